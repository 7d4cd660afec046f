// Reader of the pcap file format (draft-ietf-opsawg-pcap), as libpcap and its variants wrote it.
#pragma once

#include <memory>

#include "capture/byte_window.h"
#include "capture/source.h"

namespace tapstat::capture {

// Whether four bytes are the magic of a pcap file: microseconds, nanoseconds or Kuznetzov's
// modified form, in either byte order.
[[nodiscard]] bool is_pcap_magic(Bytes first_four);

// Reads the file header, the window's next bytes; `info` says path and compression. The error names
// the path.
[[nodiscard]] Result<std::unique_ptr<Source>> open_pcap(ByteWindow window, InputInfo info);

}  // namespace tapstat::capture
