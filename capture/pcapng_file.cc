#include "capture/pcapng_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "capture/byte_order.h"
#include "capture/file_source.h"
#include "capture/pcapng_section.h"

namespace tapstat::capture {
namespace {

// Block types, draft-ietf-opsawg-pcapng section 4. The section header's reads the same in both byte
// orders; the obsolete packet block is from its appendix A.
constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a, kInterfaceDescription = 1, kObsoletePacket = 2,
                        kSimplePacket = 3, kInterfaceStatistics = 5, kEnhancedPacket = 6;

constexpr std::size_t kMinBlock = 12;  // type, length, length again
constexpr std::size_t kTrailerLen = 4;
constexpr std::size_t kMinPacket = 32;  // enhanced and obsolete ones
constexpr std::size_t kMinSimplePacket = 16;
constexpr std::size_t kPacketData = 28, kSimplePacketData = 12;  // where the bytes begin

// More than any block but a packet's needs; what Wireshark takes as the limit as well.
constexpr std::uint32_t kMaxBlock = 16 * 1024 * 1024;

constexpr std::uint64_t padded(std::uint32_t size) { return (std::uint64_t{size} + 3) / 4 * 4; }

std::string disagreement(std::uint32_t at_start, std::uint32_t at_end) {
  return fmt::format("says {} bytes at its start and {} at its end", at_start, at_end);
}

class PcapngSource final : public FileSource {
 public:
  PcapngSource(ByteWindow window, InputInfo info)
      : FileSource(std::move(window), std::move(info)) {}

 private:
  enum class Step : std::uint8_t { frame, passed, starved, stopped };

  struct Block {
    std::uint32_t type;
    std::uint32_t claimed;  // total length as it is written
    std::uint64_t size;     // and with the padding that some old writers did not count
    ByteOrder order;
    Bytes there;  // what the window holds from the block's first byte on, perhaps past its end
    [[nodiscard]] bool whole() const { return there.size() >= size; }
    [[nodiscard]] std::uint32_t u32(std::size_t at) const { return order.u32(there.data() + at); }
  };

  std::size_t parse(std::span<Frame> out) override;
  std::optional<std::string> cut_record() const override;

  Step step(Frame& out);
  Step read_block(const Block& block, Frame& out);
  Step packet(const Block& block, Frame& out);
  Step simple_packet(const Block& block, Frame& out);
  Step hand_out(const Block& block, std::size_t data, std::uint32_t captured_len, Frame& out);
  Step description(const Block& block);
  Step skip();

  [[nodiscard]] const PcapngInterface* interface_of_packet(std::uint32_t id);
  [[nodiscard]] bool trailer_agrees(const Block& block);
  Step bad_block(std::uint64_t begin, std::string_view what);
  Step bad_block(std::string_view what) { return bad_block(window().offset(), what); }
  Step bad_packet(std::string_view what);

  PcapngSection section_;
  Timestamp last_time_{};         // for packets without one
  std::uint64_t handed_out_ = 0;  // packets, those of the batch in work included
  // Of a block that is passed over without keeping it: its length and how much of it is still to
  // come.
  std::uint32_t skipped_claim_ = 0;
  std::uint32_t skip_left_ = 0;
};

std::size_t PcapngSource::parse(std::span<Frame> out) {
  std::size_t n = 0;
  while (n < out.size()) {
    const Step done = step(out[n]);
    if (done == Step::starved || done == Step::stopped) break;
    if (done == Step::frame) ++n;
  }
  return n;
}

PcapngSource::Step PcapngSource::step(Frame& out) {
  if (skip_left_ != 0) return skip();
  const Bytes there = window().unread();
  if (there.size() < kMinBlock) return Step::starved;
  Block block{.type = section_.order().u32(there.data()),
              .claimed = 0,
              .size = 0,
              .order = section_.order(),
              .there = there};
  if (block.type == kSectionHeader) {
    const auto order = PcapngSection::byte_order(there);
    if (!order) return bad_block("is a section header without a byte order");
    block.order = *order;
  }
  block.claimed = block.u32(4);
  block.size = padded(block.claimed);
  if (block.claimed < kMinBlock) {
    return bad_block(
        fmt::format("says a length of {} bytes, less than any block has", block.claimed));
  }
  return read_block(block, out);
}

PcapngSource::Step PcapngSource::read_block(const Block& block, Frame& out) {
  if (block.type == kEnhancedPacket || block.type == kObsoletePacket) return packet(block, out);
  if (block.type == kSimplePacket) return simple_packet(block, out);
  if (block.size > kMaxBlock) {
    return bad_block(fmt::format("says a length of {} bytes, more than a block's limit of {}",
                                 block.size, kMaxBlock));
  }
  if (block.type == kSectionHeader || block.type == kInterfaceDescription ||
      block.type == kInterfaceStatistics) {
    return description(block);
  }
  skipped_claim_ = block.claimed;
  skip_left_ = static_cast<std::uint32_t>(block.size);
  return skip();
}

// Section 4.3; the obsolete block (appendix A) differs in that half of the interface number's place
// holds a count of drops, which no program we know of fills.
PcapngSource::Step PcapngSource::packet(const Block& block, Frame& out) {
  if (block.size < kMinPacket) {
    return bad_block(fmt::format("is a packet in {} bytes, which are too few", block.size));
  }
  if (block.there.size() < kPacketData) return Step::starved;
  const std::uint32_t id =
      block.type == kEnhancedPacket ? block.u32(8) : block.order.u16(block.there.data() + 8);
  const PcapngInterface* interface = interface_of_packet(id);
  if (interface == nullptr) return Step::stopped;
  const std::uint32_t captured_len = block.u32(20);
  // Both are told before the bytes are waited for: a length that is wrong must cost no memory.
  if (captured_len > interface->max_len) {
    return bad_packet(fmt::format("says {} captured bytes, more than a capture's limit of {}",
                                  captured_len, interface->max_len));
  }
  if (captured_len > block.size - kMinPacket || block.size - captured_len > kMaxBlock) {
    return bad_packet(
        fmt::format("says {} captured bytes in a block of {}", captured_len, block.size));
  }
  if (!block.whole()) return Step::starved;
  out.time = interface->scale.time(std::uint64_t{block.u32(12)} << 32 | block.u32(16));
  out.wire_len = std::max(block.u32(24), captured_len);
  out.link = interface->link;
  out.interface = interface->number;
  return hand_out(block, kPacketData, captured_len, out);
}

// Section 4.4: the first interface's, of as many bytes as its snapshot length left, without a time.
PcapngSource::Step PcapngSource::simple_packet(const Block& block, Frame& out) {
  if (block.size < kMinSimplePacket || block.size > kMaxBlock) {
    return bad_block(fmt::format("is a packet in {} bytes, which it cannot be", block.size));
  }
  const PcapngInterface* interface = interface_of_packet(0);
  if (interface == nullptr) return Step::stopped;
  if (!block.whole()) return Step::starved;
  out.wire_len = block.u32(8);
  out.time = last_time_;
  out.link = interface->link;
  out.interface = interface->number;
  std::uint32_t captured_len =
      std::min(out.wire_len, static_cast<std::uint32_t>(block.size - kMinSimplePacket));
  if (interface->snaplen != 0) captured_len = std::min(captured_len, interface->snaplen);
  if (captured_len > interface->max_len) {
    return bad_packet(fmt::format("has {} captured bytes, more than a capture's limit of {}",
                                  captured_len, interface->max_len));
  }
  return hand_out(block, kSimplePacketData, captured_len, out);
}

PcapngSource::Step PcapngSource::hand_out(const Block& block, std::size_t data,
                                          std::uint32_t captured_len, Frame& out) {
  if (!trailer_agrees(block)) return Step::stopped;
  out.data = block.there.data() + data;
  out.captured_len = captured_len;
  last_time_ = out.time;
  ++handed_out_;
  window().consume(block.size);
  return Step::frame;
}

PcapngSource::Step PcapngSource::description(const Block& block) {
  const std::size_t least = block.type == kSectionHeader          ? PcapngSection::kMinHeader
                            : block.type == kInterfaceDescription ? PcapngSection::kMinInterface
                                                                  : PcapngSection::kMinStatistics;
  if (block.size < least) {
    return bad_block(
        fmt::format("of type {:#x} says a length of {} bytes, less than the {} it must have",
                    block.type, block.size, least));
  }
  if (!block.whole()) return Step::starved;
  if (!trailer_agrees(block)) return Step::stopped;
  const Bytes bytes = block.there.first(block.size);
  std::optional<std::string> problem;
  if (block.type == kSectionHeader) {
    problem = PcapngSection::unreadable_version(bytes, block.order);
    if (!problem) section_.begin(bytes, block.order, info());
  } else if (block.type == kInterfaceDescription) {
    problem = section_.add_interface(bytes, info());
  } else {
    section_.add_statistics(bytes, info());
  }
  if (problem) return bad_block("is " + *problem);
  window().consume(block.size);
  return Step::passed;
}

// Passes over as much of the block as is there; its last four bytes are waited for and checked.
PcapngSource::Step PcapngSource::skip() {
  const std::size_t here = window().unread().size();
  const std::size_t body_left = skip_left_ - kTrailerLen;
  const std::size_t n = std::min(body_left, here);
  window().consume(n);
  skip_left_ -= static_cast<std::uint32_t>(n);
  if (here - n < kTrailerLen) return Step::starved;
  const std::uint32_t again = section_.order().u32(window().unread().data());
  if (again != skipped_claim_) {
    const std::uint64_t begin = window().offset() + kTrailerLen - padded(skipped_claim_);
    return bad_block(begin, disagreement(skipped_claim_, again));
  }
  window().consume(kTrailerLen);
  skip_left_ = 0;
  return Step::passed;
}

const PcapngInterface* PcapngSource::interface_of_packet(std::uint32_t id) {
  const auto& interfaces = section_.interfaces();
  if (id < interfaces.size()) return &interfaces[id];
  (void)bad_packet(
      fmt::format("is of interface {}, but its section has described {} of them so far", id,
                  interfaces.size()));
  return nullptr;
}

bool PcapngSource::trailer_agrees(const Block& block) {
  const std::uint32_t again = block.u32(block.size - kTrailerLen);
  if (again == block.claimed) return true;
  (void)bad_block(disagreement(block.claimed, again));
  return false;
}

PcapngSource::Step PcapngSource::bad_block(std::uint64_t begin, std::string_view what) {
  stop(fmt::format("the block at {}, after packet {}, {}", byte_position(info(), begin),
                   handed_out_, what));
  return Step::stopped;
}

PcapngSource::Step PcapngSource::bad_packet(std::string_view what) {
  stop(fmt::format("packet {} in the block at {} {}", handed_out_ + 1,
                   byte_position(info(), window().offset()), what));
  return Step::stopped;
}

std::optional<std::string> PcapngSource::cut_record() const {
  const Bytes rest = window().unread();
  std::uint64_t have = rest.size();
  std::uint64_t size = 0;  // 0 while the length itself is not there
  if (skip_left_ != 0) {
    size = padded(skipped_claim_);
    have += size - skip_left_;
  } else if (rest.empty()) {
    return std::nullopt;
  } else if (rest.size() >= kMinBlock) {
    const auto order = PcapngSection::byte_order(rest);
    const bool section = is_pcapng_magic(rest.first(4)) && order;
    size = (section ? *order : section_.order()).u32(rest.data() + 4);
    size = padded(static_cast<std::uint32_t>(size));
  }
  const std::uint64_t begin = window().offset() + rest.size() - have;
  return fmt::format("cut short in the block at {}, after packet {}: {} bytes of {} are there",
                     byte_position(info(), begin), handed_out_, have, size != 0 ? size : kMinBlock);
}

}  // namespace

bool is_pcapng_magic(Bytes first_four) {
  return ByteOrder{}.u32(first_four.data()) == kSectionHeader;
}

Result<std::unique_ptr<Source>> open_pcapng(ByteWindow window, InputInfo info) {
  info.format = "pcapng";
  if (!window.fill_to(PcapngSection::kMinHeader)) {
    if (window.error()) return tl::unexpected(input_error(info, window.error()->message));
    return tl::unexpected(
        input_error(info, fmt::format("{} bytes are too short for a pcapng section header of {}",
                                      window.unread().size(), PcapngSection::kMinHeader)));
  }
  const auto order = PcapngSection::byte_order(window.unread());
  if (!order) {
    return tl::unexpected(
        input_error(info, "begins as a pcapng file, but its section header has no byte order"));
  }
  if (const auto version = PcapngSection::unreadable_version(window.unread(), *order)) {
    return tl::unexpected(input_error(info, "is " + *version));
  }
  return std::make_unique<PcapngSource>(std::move(window), std::move(info));
}

}  // namespace tapstat::capture
