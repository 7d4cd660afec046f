// Reader of the pcapng file format (draft-ietf-opsawg-pcapng).
#pragma once

#include <memory>

#include "capture/byte_window.h"
#include "capture/source.h"

namespace tapstat::capture {

// Whether four bytes are the type of a section header block, with which every pcapng file begins.
[[nodiscard]] bool is_pcapng_magic(Bytes first_four);

// Checks the first section header, the window's next bytes; `info` says path and compression. The
// error names the path. Later sections, interfaces and everything else are read as the frames are.
[[nodiscard]] Result<std::unique_ptr<Source>> open_pcapng(ByteWindow window, InputInfo info);

}  // namespace tapstat::capture
