#include "capture/open_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "capture/byte_stream.h"
#include "capture/byte_window.h"
#include "capture/decompress.h"
#include "capture/file_source.h"
#include "capture/pcap_file.h"
#include "capture/pcapng_file.h"

namespace tapstat::capture {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMagicLen = 4;
constexpr std::size_t kShown = 8;  // bytes quoted of a file that is no capture

struct ForeignFormat {
  std::string_view start;
  std::string_view what;
};

// Files that people take for captures, or that hold one.
constexpr std::array kForeignFormats = {
    ForeignFormat{"snoop\0\0\0"sv, "a Solaris snoop capture; editcap -F pcap converts it"sv},
    ForeignFormat{"GMBU"sv, "a Network Monitor capture; editcap -F pcap converts it"sv},
    ForeignFormat{"RTSS"sv, "a Network Monitor 1 capture; editcap -F pcap converts it"sv},
    ForeignFormat{"XCP\0"sv, "a NetXray capture; editcap -F pcap converts it"sv},
    ForeignFormat{"TRSNIFF data"sv, "a Sniffer capture; editcap -F pcap converts it"sv},
    ForeignFormat{"BZh"sv, "compressed by bzip2; decompress it first"sv},
    ForeignFormat{"\xfd\x37zXZ\0"sv, "compressed by xz; decompress it first"sv},
    ForeignFormat{"\x02\x21\x4c\x18"sv, "in the legacy lz4 format; decompress it first"sv},
    ForeignFormat{"PK\x03\x04"sv, "a zip archive; unpack it first"sv},
    ForeignFormat{"7z\xbc\xaf\x27\x1c"sv, "a 7-zip archive; unpack it first"sv},
    ForeignFormat{"\x7f"
                  "ELF"sv,
                  "a program"sv},
};

bool begins_with(Bytes bytes, std::string_view start) {
  return bytes.size() >= start.size() &&
         std::equal(start.begin(), start.end(), bytes.begin(),
                    [](char c, std::uint8_t byte) { return static_cast<std::uint8_t>(c) == byte; });
}

bool looks_like_text(Bytes start) {
  return std::all_of(start.begin(), start.end(), [](std::uint8_t byte) {
    return (byte >= 0x20 && byte < 0x7f) || byte == '\t' || byte == '\n' || byte == '\r';
  });
}

std::string describe_unknown(Bytes unread) {
  for (const ForeignFormat& format : kForeignFormats) {
    if (begins_with(unread, format.start)) return fmt::format("is {}", format.what);
  }
  const Bytes start = unread.first(std::min(unread.size(), kShown));
  return fmt::format("is neither a pcap nor a pcapng capture (it begins with {:02x}{})",
                     fmt::join(start, " "),
                     looks_like_text(start) ? ", which looks like text" : "");
}

// Why less than a format's magic could be read.
Error too_little(const ByteWindow& window, const InputInfo& info) {
  if (window.error()) return input_error(info, window.error()->message);
  const std::size_t size = window.unread().size();
  if (size != 0) {
    return input_error(info, fmt::format("{} bytes are too short for a capture file", size));
  }
  return input_error(info,
                     info.compression.empty()
                         ? "is empty"
                         : fmt::format("holds nothing but an empty {} stream", info.compression));
}

Result<std::unique_ptr<Source>> open_format(ByteWindow window, InputInfo info) {
  if (!window.fill_to(kMagicLen)) return tl::unexpected(too_little(window, info));
  const Bytes magic = window.unread().first(kMagicLen);
  if (is_pcap_magic(magic)) return open_pcap(std::move(window), std::move(info));
  if (is_pcapng_magic(magic)) return open_pcapng(std::move(window), std::move(info));
  (void)window.fill_to(kShown);  // a shorter file is quoted as far as it goes
  return tl::unexpected(input_error(info, describe_unknown(window.unread())));
}

}  // namespace

Result<std::unique_ptr<Source>> open_capture(std::unique_ptr<ByteStream> stream, std::string path) {
  InputInfo info;
  info.path = std::move(path);
  ByteWindow window(std::move(stream));
  const auto compression = detect_compression(window);
  if (!compression) return open_format(std::move(window), std::move(info));
  info.compression = to_string(*compression);
  return open_format(ByteWindow(make_decompressor(*compression, std::move(window))),
                     std::move(info));
}

Result<std::unique_ptr<Source>> open_file(const std::string& path) {
  auto stream = open_byte_stream(path);
  if (!stream) return tl::unexpected(stream.error());
  return open_capture(std::move(*stream), path);
}

Result<std::unique_ptr<Source>> open_memory(Bytes bytes, const std::string& name) {
  return open_capture(make_memory_stream(bytes), name);
}

}  // namespace tapstat::capture
