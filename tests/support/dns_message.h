// DNS messages made by hand (RFC 1035 section 4.1).
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "capture/frame.h"

namespace tapstat::test {

class DnsMessage {
 public:
  explicit DnsMessage(std::uint16_t flags = 0x8180) : bytes_(12) { set(2, flags); }

  DnsMessage& question(std::string_view name) {
    this->name(name);
    number(1).number(1);
    count(4);
    return *this;
  }
  DnsMessage& a(std::string_view owner, std::array<std::uint8_t, 4> address) {
    return name(owner).a_data(address);
  }
  DnsMessage& a_data(std::array<std::uint8_t, 4> address) {
    begin_record(1, address.size());
    bytes_.insert(bytes_.end(), address.begin(), address.end());
    return *this;
  }
  DnsMessage& aaaa(std::string_view owner, std::array<std::uint8_t, 16> address) {
    name(owner).begin_record(28, address.size());
    bytes_.insert(bytes_.end(), address.begin(), address.end());
    return *this;
  }
  DnsMessage& cname(std::string_view owner, std::string_view target) {
    return named(5, owner, target);
  }
  DnsMessage& ptr(std::string_view owner, std::string_view target) {
    return named(12, owner, target);
  }
  // The name of the question, by its place.
  DnsMessage& pointer_to_question() { return raw({0xc0, 12}); }
  DnsMessage& raw(std::initializer_list<std::uint8_t> bytes) {
    bytes_.insert(bytes_.end(), bytes);
    return *this;
  }

  [[nodiscard]] const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  DnsMessage& named(std::uint16_t type, std::string_view owner, std::string_view target) {
    name(owner).begin_record(type, target.size() + 2);
    return name(target);
  }
  DnsMessage& name(std::string_view text) {
    while (!text.empty()) {
      const std::string_view label = text.substr(0, text.find('.'));
      bytes_.push_back(static_cast<std::uint8_t>(label.size()));
      bytes_.insert(bytes_.end(), label.begin(), label.end());
      text.remove_prefix(label.size() < text.size() ? label.size() + 1 : label.size());
    }
    bytes_.push_back(0);
    return *this;
  }
  DnsMessage& number(std::size_t value) {
    bytes_.push_back(static_cast<std::uint8_t>(value >> 8 & 0xff));
    bytes_.push_back(static_cast<std::uint8_t>(value & 0xff));
    return *this;
  }
  void begin_record(std::uint16_t type, std::size_t size) {
    number(type).number(1).number(0).number(60).number(size);
    count(6);
  }
  void set(std::size_t at, std::uint16_t value) {
    bytes_[at] = static_cast<std::uint8_t>(value >> 8);
    bytes_[at + 1] = static_cast<std::uint8_t>(value & 0xff);
  }
  void count(std::size_t at) {
    set(at, static_cast<std::uint16_t>((bytes_[at] << 8 | bytes_[at + 1]) + 1));
  }

  std::vector<std::uint8_t> bytes_;
};

}  // namespace tapstat::test
