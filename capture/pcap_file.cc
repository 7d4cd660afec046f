#include "capture/pcap_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "capture/byte_order.h"
#include "capture/file_source.h"

namespace tapstat::capture {
namespace {

constexpr std::uint32_t kMicroseconds = 0xa1b2c3d4;
constexpr std::uint32_t kNanoseconds = 0xa1b23c4d;
constexpr std::uint32_t kKuznetzov = 0xa1b2cd34;  // Alexey Kuznetzov's patch: longer record headers

constexpr std::size_t kFileHeaderLen = 24;
constexpr std::size_t kRecordHeaderLen = 16;
constexpr std::size_t kKuznetzovHeaderLen = 24;

// Version 2.3 put the captured length before the wire length; files of that version itself have
// either order, and DG/UX wrote 543.0 with the old one (libpcap's sf-pcap.c knows the same cases).
enum class LengthOrder : std::uint8_t { captured_first, wire_first, larger_is_wire };

// What the file header says of the records.
struct Layout {
  ByteOrder order;
  std::size_t header_len = kRecordHeaderLen;
  std::uint32_t fraction_ns = 1000;  // unit of the time's second half
  LengthOrder lengths = LengthOrder::captured_first;
  LinkType link{};
  std::uint32_t max_len = 0;
};

struct Record {
  Timestamp time{};
  std::uint32_t captured_len = 0;
  std::uint32_t wire_len = 0;
};

bool known_magic(std::uint32_t magic) {
  return magic == kMicroseconds || magic == kNanoseconds || magic == kKuznetzov;
}

LengthOrder length_order(std::uint16_t major, std::uint16_t minor) {
  constexpr std::uint16_t kDgUx = 543;
  if (major == kDgUx || (major == 2 && minor < 3)) return LengthOrder::wire_first;
  if (major == 2 && minor == 3) return LengthOrder::larger_is_wire;
  return LengthOrder::captured_first;
}

Record read_record(const Layout& layout, const std::uint8_t* at) {
  const ByteOrder order = layout.order;
  std::uint32_t captured = order.u32(at + 8);
  std::uint32_t wire = order.u32(at + 12);
  if (layout.lengths != LengthOrder::captured_first) [[unlikely]] {
    if (layout.lengths == LengthOrder::wire_first || captured > wire) std::swap(captured, wire);
  }
  // Seconds are unsigned, good until 2106. A fraction of a second or more carries over by itself.
  const std::int64_t ns = std::int64_t{order.u32(at)} * 1'000'000'000 +
                          std::int64_t{order.u32(at + 4)} * layout.fraction_ns;
  return {Timestamp{std::chrono::nanoseconds{ns}}, captured, std::max(captured, wire)};
}

class PcapSource final : public FileSource {
 public:
  PcapSource(ByteWindow window, InputInfo info, const Layout& layout)
      : FileSource(std::move(window), std::move(info)), layout_(layout) {}

 private:
  std::size_t parse(std::span<Frame> out) override;
  std::optional<std::string> cut_record() const override;
  void stop_at_length(std::uint64_t record_number, std::uint32_t captured_len);

  Layout layout_;
};

std::size_t PcapSource::parse(std::span<Frame> out) {
  const Layout layout = layout_;  // a copy the compiler can keep in registers
  const Bytes unread = window().unread();
  const std::uint8_t* at = unread.data();
  std::size_t left = unread.size();
  std::size_t n = 0;
  while (n < out.size() && left >= layout.header_len) {
    const Record record = read_record(layout, at);
    const std::size_t size = layout.header_len + record.captured_len;
    const bool too_long = record.captured_len > layout.max_len;
    if (too_long || left < size) {
      window().consume(unread.size() - left);
      if (too_long) stop_at_length(info().packets + n + 1, record.captured_len);
      return n;
    }
    Frame& frame = out[n++];
    frame.time = record.time;
    frame.data = at + layout.header_len;
    frame.captured_len = record.captured_len;
    frame.wire_len = record.wire_len;
    frame.link = layout.link;
    at += size;
    left -= size;
  }
  window().consume(unread.size() - left);
  return n;
}

void PcapSource::stop_at_length(std::uint64_t record_number, std::uint32_t captured_len) {
  stop(fmt::format("record {} at {} says {} captured bytes, more than a capture's limit of {}",
                   record_number, byte_position(info(), window().offset()), captured_len,
                   layout_.max_len));
}

std::optional<std::string> PcapSource::cut_record() const {
  const Bytes rest = window().unread();
  if (rest.empty()) return std::nullopt;
  const std::uint64_t number = info().packets + 1;
  const std::string position = byte_position(info(), window().offset());
  if (rest.size() < layout_.header_len) {
    return fmt::format("cut short in the header of record {} at {}: {} bytes of {} are there",
                       number, position, rest.size(), layout_.header_len);
  }
  return fmt::format("cut short in record {} at {}: {} bytes of {} are there", number, position,
                     rest.size() - layout_.header_len,
                     read_record(layout_, rest.data()).captured_len);
}

}  // namespace

bool is_pcap_magic(Bytes first_four) {
  return known_magic(ByteOrder{false}.u32(first_four.data())) ||
         known_magic(ByteOrder{true}.u32(first_four.data()));
}

Result<std::unique_ptr<Source>> open_pcap(ByteWindow window, InputInfo info) {
  info.format = "pcap";
  if (!window.fill_to(kFileHeaderLen)) {
    if (window.error()) return tl::unexpected(input_error(info, window.error()->message));
    return tl::unexpected(
        input_error(info, fmt::format("{} bytes are too short for a pcap file header of {}",
                                      window.unread().size(), kFileHeaderLen)));
  }
  const std::uint8_t* header = window.unread().data();
  const ByteOrder order{!known_magic(ByteOrder{false}.u32(header))};
  const std::uint32_t magic = order.u32(header);
  const std::uint16_t major = order.u16(header + 4);
  const std::uint16_t minor = order.u16(header + 6);
  if (major < 2) {
    return tl::unexpected(input_error(
        info, fmt::format("is a pcap file of version {}.{}, which nothing reads", major, minor)));
  }
  // 0 is what writers put that know no limit; libpcap reads it as its maximum.
  info.snaplen = order.u32(header + 16);
  if (info.snaplen == 0) {
    info.oddities.push_back(input_error(info, "snap length 0 at byte 16 is taken for no limit"));
  }
  // The upper half says whether and how long a frame check sequence follows each frame; IP's own
  // length leaves it out.
  const LinkType link{static_cast<std::uint16_t>(order.u32(header + 20) & 0xffff)};
  info.link_types = {link};
  const Layout layout{.order = order,
                      .header_len = magic == kKuznetzov ? kKuznetzovHeaderLen : kRecordHeaderLen,
                      .fraction_ns = magic == kNanoseconds ? 1u : 1000u,
                      .lengths = length_order(major, minor),
                      .link = link,
                      .max_len = max_captured_len(link)};
  window.consume(kFileHeaderLen);
  return std::make_unique<PcapSource>(std::move(window), std::move(info), layout);
}

}  // namespace tapstat::capture
