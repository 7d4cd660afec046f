// What DNS answers in the capture say that addresses are called.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "analysis/ip_address.h"
#include "decode/dns.h"
#include "decode/packet.h"

namespace tapstat::analysis {

class HostNames {
 public:
  // No more addresses than these are kept; those that come later stay without a name.
  static constexpr std::size_t kMostNames = 100'000;

  // A packet that may be, or hold, a DNS answer: over UDP, or whole in one TCP segment (RFC 1035
  // section 4.2.2).
  void take(const decode::Packet& packet);
  void take(const decode::Segment& segment);

  // The name that was asked for when the address was the answer, at the end of whatever aliases;
  // the last one of several. Where nobody asked for one, the name that the address was asked for.
  // Empty: unknown.
  [[nodiscard]] std::string_view find(const IpAddress& address) const;

 private:
  struct Name {
    std::string text;
    bool was_asked_for = false;  // else from a pointer record
  };

  void take_message(decode::Bytes message);
  void enter(const IpAddress& address, std::string_view name, bool was_asked_for);

  // Ordered, so that no addresses can be prepared that collide.
  std::map<IpAddress, Name> names_;
};

}  // namespace tapstat::analysis
