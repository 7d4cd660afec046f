// A network with a director, packet by packet, as one capture point or several see it.
#pragma once

#include <gtest/gtest.h>

#include <deque>

#include "analysis/engine.h"
#include "analysis/middleboxes.h"
#include "tests/support/packet_builder.h"

namespace tapstat::analysis {

[[nodiscard]] inline Socket at(std::string_view address, std::uint16_t port) {
  const test::Buffer bytes = test::ip_bytes(address);
  return {IpAddress::from_wire(bytes.data(), bytes.size() == 4 ? 4 : 6), port};
}

class Forwarded : public testing::Test {
 protected:
  // A millisecond after the one before.
  void see(test::Buffer bytes, capture::LinkType link = capture::LinkType::ethernet,
           std::uint16_t input = 0) {
    kept_.push_back(std::move(bytes));
    now_ += std::chrono::milliseconds{1};
    capture::Frame frame = test::frame_of(kept_.back(), now_ + ahead_[input], ++frames_, link);
    frame.input = input;
    engine_.take({&frame, 1});
  }
  // As a Linux cooked capture of all interfaces has it.
  void see_cooked(const test::Buffer& packet, bool out, std::string_view mac,
                  std::uint8_t interface = 2) {
    test::Buffer bytes(20);
    bytes[0] = packet[0] >> 4 == 6 ? 0x86 : 0x08;
    bytes[1] = packet[0] >> 4 == 6 ? 0xdd : 0x00;
    bytes[7] = interface;
    bytes[9] = 1;
    bytes[10] = out ? 4 : 0;
    bytes[11] = 6;
    const test::Buffer address = test::mac_bytes(mac);
    std::copy(address.begin(), address.end(), bytes.begin() + 12);
    see(test::concat(bytes, packet), capture::LinkType::linux_sll2);
  }
  void wait(std::chrono::nanoseconds duration) { now_ += duration; }
  // The clock of that capture point is ahead.
  void put_ahead(std::uint16_t input, std::chrono::nanoseconds by) { ahead_[input] = by; }

  [[nodiscard]] lvs::Overview overview() const {
    return find_middleboxes(engine_.model(), capture::Timestamp{now_}).services;
  }
  [[nodiscard]] std::vector<nat::Translation> translations() const {
    return find_middleboxes(engine_.model(), capture::Timestamp{now_}).translations;
  }
  [[nodiscard]] const Engine& engine() const { return engine_; }

 private:
  Engine engine_{1,
                 {},
                 {.flows = true,
                  .neighbors = true,
                  .stations = true,
                  .vrrp = true,
                  .sync = true,
                  .legs = true}};
  std::deque<test::Buffer> kept_;
  std::array<std::chrono::nanoseconds, 4> ahead_{};
  std::chrono::nanoseconds now_ = std::chrono::seconds{1000};
  std::uint64_t frames_ = 0;
};

}  // namespace tapstat::analysis
