// A network segment as a script: who says what when, and what the table makes of it.
#pragma once

#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "analysis/engine.h"
#include "analysis/findings/findings.h"
#include "tests/support/nd_message.h"
#include "tests/support/packet_builder.h"

namespace tapstat::test {

// Of hosts A, B and C, and of a router.
inline constexpr std::string_view kA = "02:00:00:00:00:0a", kB = "02:00:00:00:00:0b",
                                  kC = "02:00:00:00:00:0c", kRouter = "02:00:00:00:00:fe",
                                  kZero = "00:00:00:00:00:00", kAll = "ff:ff:ff:ff:ff:ff";

[[nodiscard]] inline decode::MacAddress mac(std::string_view text) {
  return decode::mac_from_wire(mac_bytes(text).data());
}
[[nodiscard]] inline analysis::IpAddress ip(std::string_view text) {
  const Buffer bytes = ip_bytes(text);
  return analysis::IpAddress::from_wire(bytes.data(), bytes.size() == 4 ? 4 : 6);
}

class Lan {
 public:
  Lan() : engine_(7, {}, {.neighbors = true}) {}

  // At `seconds`, by the capture point `input`.
  Lan& hear(double seconds, Buffer bytes, std::uint16_t input = 0, std::uint16_t interface = 0,
            capture::LinkType link = capture::LinkType::ethernet) {
    const auto time = std::chrono::nanoseconds{static_cast<std::int64_t>(seconds * 1e9)};
    capture::Frame frame = frame_of(kept_.emplace_back(std::move(bytes)), time, ++number_, link);
    frame.input = input;
    frame.interface = interface;
    engine_.take({&frame, 1});
    return *this;
  }
  // Of which the snap length leaves so many bytes.
  Lan& hear_cut(double seconds, const Buffer& bytes, std::uint32_t captured) {
    capture::Frame frame = frame_of(kept_.emplace_back(bytes), at(seconds) - at(0), ++number_);
    frame.captured_len = captured;
    engine_.take({&frame, 1});
    return *this;
  }
  // The same frame with a Linux cooked header, with its sender's address or (of six zeros) none.
  Lan& hear_cooked(double seconds, const Buffer& ethernet, bool with_sender = true) {
    Buffer cooked = hex(with_sender ? "0004 0001 0006" : "0004 0001 0000");
    const Buffer none(6);
    const auto source = with_sender ? ethernet.begin() + 6 : none.begin();
    cooked.insert(cooked.end(), source, source + 6);
    cooked.insert(cooked.end(), 2, 0);
    cooked.insert(cooked.end(), ethernet.begin() + 12, ethernet.end());
    return hear(seconds, cooked, 0, 0, capture::LinkType::linux_sll);
  }
  Lan& hear_arp(double seconds, const ArpSpec& spec) { return hear(seconds, arp(spec)); }

  // Who has `target`? Tell `sender`, who is at `mac`.
  Lan& ask(double seconds, std::string_view mac, std::string_view sender, std::string_view target) {
    return hear_arp(seconds, {.sender_mac = mac, .sender_ip = sender, .target_ip = target});
  }
  // `mac` says to `to` that it has `address`.
  Lan& reply(double seconds, std::string_view mac, std::string_view address,
             std::string_view to = kC, std::string_view to_address = "10.0.0.3") {
    return hear_arp(seconds, {.operation = 2,
                              .sender_mac = mac,
                              .sender_ip = address,
                              .target_mac = to,
                              .target_ip = to_address,
                              .dst_mac = to});
  }
  // An announcement, RFC 5227.
  Lan& announce(double seconds, std::string_view mac, std::string_view address) {
    return hear_arp(seconds, {.sender_mac = mac, .sender_ip = address, .target_ip = address});
  }
  Lan& probe(double seconds, std::string_view mac, std::string_view address) {
    return hear_arp(seconds, {.sender_mac = mac, .sender_ip = "0.0.0.0", .target_ip = address});
  }
  // A packet of `address` from `mac` to C.
  Lan& send(double seconds, std::string_view mac, std::string_view address, std::uint8_t ttl = 64) {
    return hear(
        seconds,
        udp({.src = address, .dst = "10.0.0.3", .ttl = ttl, .src_mac = mac, .dst_mac = kC}));
  }
  // One to `address` at `mac`, from C.
  Lan& send_to(double seconds, std::string_view mac, std::string_view address) {
    return hear(seconds, udp({.src = "10.0.0.3", .dst = address, .src_mac = kC, .dst_mac = mac}));
  }

  [[nodiscard]] const analysis::neighbors::NeighborTable& table() const {
    return *engine_.model().layer2.neighbors;
  }
  // Nullptr: not known.
  [[nodiscard]] const analysis::neighbors::Binding* find(
      std::string_view address, const std::vector<std::uint16_t>& vlan = {}) const {
    analysis::neighbors::Network network;
    for (const std::uint16_t vid : vlan) network.vlans.push(vid);
    return table().find(network, ip(address));
  }
  // Nullopt: nobody has it.
  [[nodiscard]] std::optional<decode::MacAddress> mac_of(
      std::string_view address, const std::vector<std::uint16_t>& vlan = {}) const {
    const auto* binding = find(address, vlan);
    if (binding == nullptr || binding->current() == nullptr) return std::nullopt;
    return binding->current()->mac;
  }
  [[nodiscard]] analysis::neighbors::State state(std::string_view address, double seconds) const {
    return analysis::neighbors::state_of(*find(address), at(seconds));
  }
  [[nodiscard]] analysis::neighbors::Detail detail(std::string_view address, double seconds) const {
    return analysis::neighbors::detail_of(*find(address), at(seconds));
  }
  [[nodiscard]] static capture::Timestamp at(double seconds) {
    return capture::Timestamp{std::chrono::nanoseconds{static_cast<std::int64_t>(seconds * 1e9)}};
  }

  // As the capture ends with its last frame, or at `seconds`.
  [[nodiscard]] std::vector<analysis::Finding> findings(std::optional<double> seconds = {}) const {
    analysis::Period period;
    if (seconds) period.at = at(*seconds);
    return analysis::find_all(engine_.model(), period);
  }
  // Their kinds, without repetitions, in the order of the list of kinds.
  [[nodiscard]] std::vector<analysis::FindingKind> kinds(std::optional<double> seconds = {}) const {
    std::vector<analysis::FindingKind> kinds;
    for (const auto& f : findings(seconds)) kinds.push_back(f.kind);
    std::sort(kinds.begin(), kinds.end());
    kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
    return kinds;
  }

 private:
  analysis::Engine engine_;
  std::deque<Buffer> kept_;
  std::uint64_t number_ = 0;
};

}  // namespace tapstat::test
