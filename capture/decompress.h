// gzip (RFC 1952), Zstandard (RFC 8878) and LZ4 frames, recognised by magic and undone as a stream.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "capture/byte_stream.h"
#include "capture/byte_window.h"

namespace tapstat::capture {

enum class Compression { gzip, zstd, lz4 };

[[nodiscard]] std::string_view to_string(Compression compression);

// What the window's next bytes are compressed with; nullopt for none of the three. Consumes
// skippable frames (zstd and lz4 share their magic) that stand before the first frame.
[[nodiscard]] std::optional<Compression> detect_compression(ByteWindow& window);

// The decompressed bytes of what `compressed` has unread and brings later: any number of members or
// frames, one after another, ended by the end of the stream. Damaged or cut data is an Error that
// says so, after everything that could be decompressed. Memory: what the format's window takes, at
// most 128 MiB, of which only what data really filled is touched.
[[nodiscard]] std::unique_ptr<ByteStream> make_decompressor(Compression compression,
                                                            ByteWindow compressed);

}  // namespace tapstat::capture
