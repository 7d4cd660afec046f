// Opens a capture file of any format we read, compressed or not, from a path, a pipe or memory.
#pragma once

#include <memory>
#include <string>

#include "capture/byte_stream.h"
#include "capture/source.h"

namespace tapstat::capture {

// Format and compression are told by the first bytes, whatever the name ends in. "-" is standard
// input. An error is one sentence that names the path: not there, no permission, not a capture, ...
[[nodiscard]] Result<std::unique_ptr<Source>> open_file(const std::string& path);

// The same of what is open already: messages call it `path`.
[[nodiscard]] Result<std::unique_ptr<Source>> open_capture(std::unique_ptr<ByteStream> stream,
                                                           std::string path);

// The same for bytes in memory, which must outlive the source; messages call them `name`.
[[nodiscard]] Result<std::unique_ptr<Source>> open_memory(Bytes bytes, const std::string& name);

}  // namespace tapstat::capture
