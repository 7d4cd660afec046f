// IP datagrams put together from their fragments (RFC 791 section 3.2, RFC 8200 section 4.5).
//
// Bounded in datagrams waiting, bytes and age; what is over a bound is given up oldest first. Time
// is the capture's. As in Linux (inet_frag_queue_insert), a fragment that lies wholly inside what
// is there already is a duplicate and ignored; one that overlaps in part makes the datagram void,
// since what it would have become depends on the receiver (RFC 5722).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>
#include <vector>

#include "decode/bytes.h"
#include "decode/hash.h"
#include "decode/segment.h"

namespace tapstat::decode {

// What two fragments must share to be of one datagram. The capture point is part of it because a
// packet seen at two points is two sightings of every fragment.
struct FragmentKey {
  std::array<std::uint8_t, 32> addresses{};  // source, destination
  VlanStack vlans;
  TunnelId tunnel = 0;
  std::uint32_t id = 0;
  std::uint16_t input = 0;
  std::uint8_t protocol = 0;  // IPv4 only: in IPv6 the id alone tells
  std::uint8_t ip_version = 0;
  friend bool operator==(const FragmentKey&, const FragmentKey&) = default;
};

struct Fragment {
  Timestamp time;
  Bytes bytes;               // payload, all of it captured
  std::uint32_t offset = 0;  // in bytes
  bool more = false;
  std::uint8_t next_header = 0;  // what the payload is, by this fragment's header
};

struct Datagram {
  Bytes payload;                 // valid until release()
  std::uint8_t next_header = 0;  // by the first fragment
};

class Reassembler {
 public:
  struct Limits {
    std::size_t datagrams = 4096;
    std::size_t bytes = std::size_t{16} << 20;
    std::chrono::nanoseconds age = std::chrono::seconds(30);  // net.ipv4.ipfrag_time
  };

  // `secret` keys the hash; nothing depends on it.
  explicit Reassembler(std::uint64_t secret) : Reassembler(secret, Limits()) {}
  Reassembler(std::uint64_t secret, Limits limits)
      : limits_(limits), by_key_(0, KeyHash{WordHash(secret)}) {}

  enum class Verdict : std::uint8_t { waiting, duplicate, overlap, impossible };
  // The datagram this fragment completes, or what was done with the fragment.
  [[nodiscard]] tl::expected<Datagram, Verdict> add(const FragmentKey& key,
                                                    const Fragment& fragment);

  // Gives back the buffers of completed datagrams.
  void release() { completed_.clear(); }

  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  [[nodiscard]] std::size_t waiting_bytes() const { return bytes_; }

 private:
  struct Piece {
    std::uint32_t offset, end;  // in the datagram
    std::uint32_t at;           // in Waiting::bytes
  };
  struct Waiting {
    FragmentKey key;
    Timestamp started;
    std::vector<std::uint8_t> bytes;  // in the order of arrival
    std::vector<Piece> pieces;        // by offset
    std::optional<std::uint32_t> size;
    std::uint8_t next_header = 0;
  };
  struct KeyHash {
    std::size_t operator()(const FragmentKey& key) const;

    WordHash words;
  };
  using Queue = std::list<Waiting>;  // oldest first

  static std::optional<Verdict> refusal(const Waiting& datagram, const Fragment& fragment);
  [[nodiscard]] Queue::iterator find_or_start(const FragmentKey& key, Timestamp now);
  void store(Waiting& datagram, const Fragment& fragment);
  [[nodiscard]] Datagram complete(Queue::iterator datagram);
  Waiting take_out(Queue::iterator datagram);
  void give_up_aged(Timestamp now);
  void give_up_over_bounds();

  Limits limits_;
  Queue waiting_;
  std::unordered_map<FragmentKey, Queue::iterator, KeyHash> by_key_;
  std::size_t bytes_ = 0;
  std::vector<std::vector<std::uint8_t>> completed_;
};

}  // namespace tapstat::decode
