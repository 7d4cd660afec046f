// Where the tap is: at which hosts' own interfaces, as their answers tell. What a tap at a host's
// interface shows, that host received; elsewhere it may be lost behind the tap.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "analysis/flow_index.h"
#include "analysis/flow_key.h"

namespace tapstat::analysis::tcp {

class Vantage {
 public:
  using Duration = std::chrono::nanoseconds;

  // `secret` keys the hash, so that nobody can prepare addresses that collide.
  explicit Vantage(std::uint64_t secret) : hash_(secret) {}

  // A handshake: how long each end took to answer the other.
  void note(const IpAddress& client, Duration client_response, const IpAddress& server,
            Duration server_response);

  // Whether the tap is at that host's interface, by all handshakes seen so far. Of several inputs
  // one may be, and what it alone shows is then certain; but a host whose packets are met at
  // another one as well does not answer at once there, and is not taken for near.
  [[nodiscard]] bool is_at(const IpAddress& host) const;

 private:
  // A kernel answers a SYN or a SYN-ACK at once, so that what passes between the two is the way to
  // it and back. Of two hosts the tap is at the one where that is nothing beside the other's.
  static constexpr Duration kFar = std::chrono::milliseconds{1};
  static constexpr int kFarther = 8;
  static constexpr std::size_t kMostHosts = 65'536;  // those met later are taken for far

  struct Host {
    IpAddress address;
    std::uint32_t near = 0, far = 0;
  };

  void vote(const IpAddress& host, bool near);

  KeyedHash hash_;
  FlowIndex index_;
  std::vector<Host> hosts_;
  bool any_near_ = false;
};

}  // namespace tapstat::analysis::tcp
