// An IP network: an address and how many of its leading bits count.
#pragma once

#include <cstdint>

#include "analysis/ip_address.h"

namespace tapstat::analysis::stations {

class Network {
 public:
  // The network of that size which `address` is in; `length` in bits of its family, at most all.
  Network(const IpAddress& address, unsigned length);
  // The default route's: every address of that family.
  [[nodiscard]] static Network everything(bool v4);

  [[nodiscard]] const IpAddress& address() const { return address_; }
  [[nodiscard]] unsigned length() const { return length_; }
  [[nodiscard]] bool is_v4() const { return is_v4_; }
  [[nodiscard]] bool contains(const IpAddress& address) const;
  [[nodiscard]] bool contains(const Network& other) const {
    return length_ <= other.length_ && contains(other.address_);
  }
  // The smallest one that has all of both; both are of one family.
  [[nodiscard]] static Network around(const Network& a, const Network& b);

  friend bool operator==(const Network&, const Network&) = default;
  friend bool operator<(const Network& a, const Network& b) {
    return a.address_ == b.address_ ? a.length_ < b.length_ : a.address_ < b.address_;
  }

 private:
  IpAddress address_;
  unsigned length_;
  bool is_v4_;
};

}  // namespace tapstat::analysis::stations
