#include "tests/fuzz/segment_script.h"

#include <algorithm>
#include <utility>

namespace tapstat::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint8_t kFin = 1, kSyn = 2, kRst = 4, kPsh = 8, kAck = 16;
constexpr std::size_t kEthernet = 14;

void put(Bytes& out, std::uint64_t value, int octets) {
  for (int i = octets - 1; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(value >> 8 * i));
}

// One of them is IPv6.
[[nodiscard]] bool is_ipv6(unsigned connection) { return connection == 3; }

void put_address(Bytes& out, unsigned connection, int end) {
  if (is_ipv6(connection)) {
    put(out, 0xfd00'0000'0000'0000u, 8);
    put(out, static_cast<std::uint64_t>(end + 1), 8);
  } else {
    put(out, 0x0a00'0001u + static_cast<std::uint32_t>(end), 4);
  }
}

}  // namespace

// Near where numbers wrap, and where their order turns.
SegmentScript::SegmentScript(std::span<const std::uint8_t> bytes) : choices_(bytes) {
  constexpr std::array<std::uint32_t, kConnections> kFirst = {0xffff'ff00u, 1000, 0x7fff'fff0u, 0};
  for (unsigned i = 0; i < kConnections; ++i) {
    hosts_[i][0].nxt = kFirst[i];
    hosts_[i][1].nxt = kFirst[i] ^ 0x5555u;
  }
}

std::optional<std::span<const capture::Frame>> SegmentScript::next() {
  if (choices_.is_empty()) return std::nullopt;
  bytes_.clear();
  frames_.clear();
  step();
  return frames_;
}

void SegmentScript::step() {
  const std::uint8_t who = choices_.byte();
  const unsigned connection = who & 3u;
  const int sender = who >> 2 & 1;
  const unsigned kind = who >> 3;
  if (kind < 14) return send_usual(kind, connection, sender);
  if (kind < 22) return send_odd(kind, connection, sender);
  if (kind < 26) return send_again(kind);
  if (kind == 26) return send_error(connection);
  if (kind == 27) return send_burst();
  pass_time(kind);
}

SegmentScript::Tcp SegmentScript::usual(unsigned connection, int sender, std::uint8_t flags) {
  const Host& host = hosts_[connection][static_cast<std::size_t>(sender)];
  Tcp segment{.connection = connection, .sender = sender, .flags = flags};
  segment.seq = host.nxt;
  if ((flags & kAck) != 0) segment.ack = host.heard;
  return segment;
}

void SegmentScript::send_usual(unsigned kind, unsigned connection, int sender) {
  constexpr std::array<std::uint8_t, 14> kFlags = {
      kSyn, kSyn | kAck, kAck,        kAck,        kAck | kPsh, kAck | kPsh, kFin | kAck,
      kRst, kRst | kAck, kFin | kAck, kAck | kPsh, kAck,        kSyn,        kFin | kAck | kPsh};
  Tcp segment = usual(connection, sender, kFlags[kind]);
  if ((segment.flags & kPsh) != 0) segment.payload_len = choices_.byte();
  if (kind == 0 || kind == 1) segment.options = options();
  if (kind == 11) segment.window = 0;
  if (kind == 12) segment.seq += 1 + choices_.number();  // another incarnation
  send(segment);
}

// Numbers, flags and lengths as they come.
void SegmentScript::send_odd(unsigned kind, unsigned connection, int sender) {
  Tcp segment = usual(connection, sender, kAck);
  const auto near = [this] {
    return static_cast<std::uint32_t>(static_cast<std::int8_t>(choices_.byte())) * 4;
  };
  switch (kind) {
    case 14:  // out of order, or overlapping
      segment.seq += near();
      segment.payload_len = choices_.byte();
      return send(segment);
    case 15:
      segment.ack += near();
      return send(segment);
    case 16:
      segment.flags = choices_.byte();
      segment.seq += near();
      segment.ack += near();
      segment.payload_len = choices_.byte();
      return send(segment);
    case 17:
      segment.flags = choices_.byte();
      segment.seq = choices_.number();
      segment.ack = choices_.number();
      segment.window = choices_.word();
      segment.payload_len = choices_.word() % 2048;
      return send(segment);
    case 18:  // a keep-alive or a probe
      segment.seq -= 1;
      segment.payload_len = choices_.byte() & 1;
      return send(segment);
    case 19:
      segment.options = options();
      segment.payload_len = choices_.byte();
      return send(segment);
    case 20: {  // the snap length, or a length that is not true
      segment.payload_len = choices_.byte();
      note(segment);
      Bytes frame = bytes_of(segment);
      const auto captured = static_cast<std::uint32_t>(frame.size()) - choices_.byte() % 80u;
      return add(std::move(frame), captured);
    }
    default: {
      note(segment);
      Bytes frame = bytes_of(segment);
      const std::size_t at = kEthernet + choices_.below(60);
      if (at < frame.size()) frame[at] = choices_.byte();
      const auto whole = static_cast<std::uint32_t>(frame.size());
      return add(std::move(frame), whole);
    }
  }
}

// What was sent before: by its sender, or as it was seen at another place.
void SegmentScript::send_again(unsigned kind) {
  if (sent_.empty()) return;
  Bytes frame = sent_[choices_.byte() % sent_.size()];
  const std::size_t ttl = kEthernet + (frame[12] == 0x86 ? 7u : 8u);
  if (kind == 23) {
    frame[5] ^= 0x10;
    frame[11] ^= 0x10;
    frame[ttl] = static_cast<std::uint8_t>(frame[ttl] - 1);
  }
  if (kind == 24) {  // in a VLAN
    const Bytes tag = {0x81, 0x00, 0x00, static_cast<std::uint8_t>(1 + choices_.below(4))};
    frame.insert(frame.begin() + 12, tag.begin(), tag.end());
  }
  const auto whole = static_cast<std::uint32_t>(frame.size());
  add(std::move(frame), whole);
}

void SegmentScript::send_error(unsigned connection) {
  if (sent_.empty() || is_ipv6(connection)) return;
  const Bytes& about = sent_[choices_.byte() % sent_.size()];
  if (about[12] != 0x08) return;
  Bytes frame(about.begin(), about.begin() + kEthernet);
  const std::size_t quoted = std::min<std::size_t>(about.size() - kEthernet, 28);
  put(frame, 0x4500, 2);
  put(frame, 28 + quoted, 2);
  put(frame, 0, 4);
  put(frame, 0x4001'0000u, 4);
  put(frame, 0x0a00'0009u, 4);
  put(frame, 0x0a00'0001u, 4);
  put(frame, choices_.below(2) == 0 ? 3 : 11, 1);
  put(frame, choices_.below(16), 1);
  put(frame, 0, 6);
  frame.insert(frame.end(), about.begin() + kEthernet,
               about.begin() + static_cast<std::ptrdiff_t>(kEthernet + quoted));
  const auto whole = static_cast<std::uint32_t>(frame.size());
  add(std::move(frame), whole);
}

// A flood: what is followed has a bound.
void SegmentScript::send_burst() {
  constexpr unsigned kMost = 4;
  const std::uint8_t flags = choices_.byte();
  if (bursts_++ >= kMost) return;
  for (std::uint32_t i = 0; i < kBurst; ++i) {
    Tcp segment{.connection = 1, .flags = flags, .seq = i};
    segment.src_port = static_cast<std::uint16_t>(20000 + bursts_ * kBurst + i);
    Bytes frame = bytes_of(segment);
    const auto whole = static_cast<std::uint32_t>(frame.size());
    add(std::move(frame), whole);
  }
}

// Up to some days at once; back, as clocks are set; or to the ends of time (capture/frame.h).
void SegmentScript::pass_time(unsigned kind) {
  if (kind == 31) {
    constexpr std::array kEnds = {capture::kEarliest, capture::kLatest, capture::Timestamp{}};
    now_ = kEnds[choices_.below(kEnds.size())];
  } else {
    const auto by = std::chrono::nanoseconds{std::int64_t{1} << choices_.below(49)};
    now_ += kind == 30 ? -by : by;
  }
  now_ = std::clamp(now_, capture::kEarliest, capture::kLatest);
}

void SegmentScript::note(const Tcp& segment) {
  auto& hosts = hosts_[segment.connection];
  Host& sender = hosts[static_cast<std::size_t>(segment.sender)];
  const bool takes_one = (segment.flags & (kSyn | kFin)) != 0;
  const std::uint32_t end = segment.seq + segment.payload_len + (takes_one ? 1u : 0u);
  if (end - sender.nxt < 0x8000'0000u || (segment.flags & kSyn) != 0) sender.nxt = end;
  hosts[static_cast<std::size_t>(1 - segment.sender)].heard = sender.nxt;
}

void SegmentScript::send(const Tcp& segment) {
  constexpr std::size_t kKept = 32;
  note(segment);
  Bytes frame = bytes_of(segment);
  if (sent_.size() == kKept) sent_.erase(sent_.begin());
  sent_.push_back(frame);
  const auto whole = static_cast<std::uint32_t>(frame.size());
  add(std::move(frame), whole);
}

// Window scale, SACK permitted, timestamps, or whatever.
std::vector<std::uint8_t> SegmentScript::options() {
  const std::uint8_t which = choices_.byte();
  Bytes out;
  if ((which & 1u) != 0) out.insert(out.end(), {1, 3, 3, static_cast<std::uint8_t>(which >> 4)});
  if ((which & 2u) != 0) out.insert(out.end(), {1, 1, 4, 2});
  if ((which & 4u) != 0) {
    out.insert(out.end(), {1, 1, 8, 10});
    put(out, choices_.number(), 4);
    put(out, choices_.number(), 4);
  }
  if ((which & 8u) != 0) {
    const unsigned words = choices_.below(5);
    for (unsigned i = 0; i < words; ++i) put(out, choices_.number(), 4);
  }
  return out;
}

std::vector<std::uint8_t> SegmentScript::bytes_of(const Tcp& segment) {
  const bool six = is_ipv6(segment.connection);
  const auto port = static_cast<std::uint16_t>(segment.src_port != 0 ? segment.src_port
                                                                     : 40000 + segment.connection);
  const auto header = static_cast<std::uint32_t>(20 + segment.options.size());
  Bytes frame = {2, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0};
  frame[5] = static_cast<std::uint8_t>(2 - segment.sender);
  frame[11] = static_cast<std::uint8_t>(1 + segment.sender);
  put(frame, six ? 0x86ddu : 0x0800u, 2);
  if (six) {
    put(frame, 0x6000'0000u, 4);
    put(frame, header + segment.payload_len, 2);
    put(frame, 0x0640, 2);
  } else {
    put(frame, 0x4500, 2);
    put(frame, 20 + header + segment.payload_len, 2);
    put(frame, (segment.seq & 0xffffu) << 16, 4);
    put(frame, 0x4006'0000u, 4);
  }
  put_address(frame, segment.connection, segment.sender);
  put_address(frame, segment.connection, 1 - segment.sender);
  put(frame, segment.sender == 0 ? port : 80, 2);
  put(frame, segment.sender == 0 ? 80 : port, 2);
  put(frame, segment.seq, 4);
  put(frame, segment.ack, 4);
  put(frame, (header / 4) << 12 | segment.flags, 2);
  put(frame, segment.window, 2);
  put(frame, 0, 4);
  frame.insert(frame.end(), segment.options.begin(), segment.options.end());
  frame.insert(frame.end(), segment.payload_len, 'x');
  return frame;
}

void SegmentScript::add(std::vector<std::uint8_t> frame, std::uint32_t captured_len) {
  const auto whole = static_cast<std::uint32_t>(frame.size());
  now_ = std::min(now_ + std::chrono::microseconds{10}, capture::kLatest);
  frame.resize(std::min(captured_len, whole));
  frame.shrink_to_fit();  // so that a read past the end is seen
  bytes_.push_back(std::move(frame));
  const Bytes& kept = bytes_.back();
  frames_.push_back({.time = now_,
                     .data = kept.data(),
                     .number = ++number_,
                     .captured_len = static_cast<std::uint32_t>(kept.size()),
                     .wire_len = whole,
                     .link = capture::LinkType::ethernet,
                     .input = 0});
}

}  // namespace tapstat::test
