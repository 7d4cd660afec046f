// Where the tap is: at which hosts' own interfaces, as their answers tell. What a tap at a host's
// interface shows, that host received; elsewhere it may be lost behind the tap.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "analysis/flow_key.h"
#include "analysis/huge_pages.h"
#include "analysis/prefetch.h"

namespace tapstat::analysis::tcp {

class Vantage {
 public:
  using Duration = std::chrono::nanoseconds;

  // `secret` keys the hash, so that nobody can prepare addresses that collide.
  explicit Vantage(std::uint64_t secret) : hash_(secret), hosts_(kFewHosts) {}

  // A handshake: how long each end took to answer the other, and the frame that told.
  struct Handshake {
    IpAddress client;
    Duration client_response{};
    IpAddress server;
    Duration server_response{};
    std::uint64_t frame = 0;
  };

  void note(const Handshake& handshake);

  // Whether the tap is at that host's interface, by all handshakes noted so far. Of several inputs
  // one may be, and what it alone shows is then certain; but a host whose packets are met at
  // another one as well does not answer at once there, and is not taken for near.
  [[nodiscard]] bool is_at(const IpAddress& host) const { return judge(host, {}, {}); }
  // Likewise by `own` as well, which is not noted yet.
  [[nodiscard]] bool is_at(const IpAddress& host, const Handshake& own) const;

  // Whether handshakes, so many of them, must be noted in the order of their frames: of hosts that
  // are too many the first are kept.
  [[nodiscard]] bool minds_order_of(std::size_t handshakes) const {
    return count_ < kMostHosts && count_ + 2 * handshakes > kMostHosts;
  }

  // What note(handshake), and what is_at(host), will read.
  void prefetch(const Handshake& handshake) const {
    prefetch(handshake.client);
    prefetch(handshake.server);
  }
  void prefetch(const IpAddress& host) const { fetch_line(&hosts_[home(hash_(host))]); }

 private:
  // A kernel answers a SYN or a SYN-ACK at once, so that what passes between the two is the way to
  // it and back. Of two hosts the tap is at the one where that is nothing beside the other's.
  static constexpr Duration kFar = std::chrono::milliseconds{1};
  static constexpr int kFarther = 8;
  static constexpr std::size_t kMostHosts = 65'536;  // those met later are taken for far

  static constexpr std::size_t kFewHosts = 64;

  // In the table itself, so that one miss is all it takes to look it up.
  struct alignas(32) Host {
    IpAddress address;
    std::uint32_t near = 0, far = 0;
    std::uint32_t hash = 0;
    bool is_known = false;
  };

  struct Vote {
    IpAddress host;
    bool near = false;
  };

  [[nodiscard]] static std::array<Vote, 2> votes_of(const Handshake& handshake);
  void count(const Vote& vote);
  // By votes that are not counted, too, of these numbers.
  [[nodiscard]] bool judge(const IpAddress& host, std::uint32_t near, std::uint32_t far) const;

  [[nodiscard]] std::size_t home(std::uint32_t hash) const { return hash & (hosts_.size() - 1); }
  // Where it is, or would be: open addressing.
  [[nodiscard]] std::size_t find(const IpAddress& address, std::uint32_t hash) const;
  void grow();

  KeyedHash hash_;
  std::vector<Host, PageAllocator<Host>> hosts_;  // a power of two, at most half of them known
  std::size_t count_ = 0;
  bool any_near_ = false;
};

// What one shard of the connections knows of it: how it stood when the block began, so that nothing
// depends on what other shards came to meanwhile. What is heard waits for the block's end.
class VantageShare {
 public:
  explicit VantageShare(const Vantage& known) : known_(known) {}

  void note(const Vantage::Handshake& handshake) { heard_.push_back(handshake); }
  [[nodiscard]] bool is_at(const IpAddress& host) const { return known_.is_at(host); }
  [[nodiscard]] bool is_at(const IpAddress& host, const Vantage::Handshake& own) const {
    return known_.is_at(host, own);
  }
  void prefetch(const IpAddress& host) const { known_.prefetch(host); }
  // In the order of frames, since the block began; whose end clears it.
  [[nodiscard]] std::vector<Vantage::Handshake>& heard() { return heard_; }

 private:
  const Vantage& known_;
  std::vector<Vantage::Handshake> heard_;
};

}  // namespace tapstat::analysis::tcp
