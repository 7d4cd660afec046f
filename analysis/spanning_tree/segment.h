// One segment as one capture point hears it, for one spanning tree: who claims to be its designated
// port, and since when.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/spanning_tree/message.h"
#include "decode/mac_address.h"

namespace tapstat::analysis::spanning_tree {

// Where something was heard: an input, and of one with several interfaces which of them.
struct CapturePoint {
  std::uint16_t input = 0;
  std::uint16_t interface = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): it takes the 0 of a defaulted comparison for a pointer.
  friend auto operator<=>(const CapturePoint&, const CapturePoint&) = default;
};

// When and by which frame.
struct Heard {
  Timestamp time{};
  std::uint64_t frame = 0;
};

// What a port that claims to be designated said last.
struct Claim {
  Message message;
  decode::MacAddress source{};
  Heard first, last;        // of an unbroken row: no gap of its lifetime, no other bridge's claim
  Timestamp expiry{};       // when what it said is too old
  std::uint32_t count = 0;  // of the row
  std::uint32_t missed =
      0;  // of the row: hellos that should have come and did not, more than one at a time
  // The last that it sent after a better claim of another bridge, which it would have yielded to
  // had it heard it; how long such a row has lasted.
  std::optional<Heard> defiant_since;

  [[nodiscard]] bool is_of(BridgeId bridge, std::uint16_t port) const {
    return message.vector.bridge == bridge && message.vector.port == port;
  }
  // Whether it keeps sending: three hellos are not over since it was last heard.
  [[nodiscard]] bool is_fresh_at(Timestamp now) const;
};

class Segment {
 public:
  explicit Segment(CapturePoint point = {}) : point_(point) {}

  [[nodiscard]] CapturePoint point() const { return point_; }

  // A claim: of a designated port. `when` is not before what was taken already.
  void take(const Message& message, const decode::MacAddress& source, const Heard& when,
            bool may_grow);

  // The port says that it is not designated any more.
  void forget(BridgeId bridge, std::uint16_t port);
  // What is too old by then goes.
  void expire(Timestamp now);
  // When the next claim will be too old; nullopt: there is none.
  [[nodiscard]] std::optional<Timestamp> next_expiry() const;

  // The last claim that was heard, even where it is too old by now.
  [[nodiscard]] const Heard& last_heard() const { return last_heard_; }
  // Best first. The first is the designated port's, by 802.1D-1998 section 8.6.8 and 802.1D-2004
  // section 17.6; where sees_several() each is that of a segment of its own.
  [[nodiscard]] const std::vector<Claim>& claims() const { return claims_; }
  // The capture point sees several segments (a mirror port, links merged into one file): one bridge
  // keeps sending from two of its ports, or three bridges at once keep claiming what they hear.
  [[nodiscard]] bool sees_several() const { return several_; }
  // Two bridges keep claiming the segment, for longer than three hellos by `now`: one cannot hear
  // the other. The better one's claim is claims()[0]; nullptr: not so.
  [[nodiscard]] const Claim* rival(Timestamp now) const;

 private:
  static constexpr std::size_t kMostClaims = 256;  // ports that are told apart on one segment

  [[nodiscard]] Claim* claim_of(const Message& message, const decode::MacAddress& source);
  [[nodiscard]] bool is_best(const Claim& claim) const;
  void note_defiance(Claim& claim, const Heard& when);
  void drop_the_silent(const Heard& when);
  void note_several(const Claim& claim);

  CapturePoint point_;
  std::vector<Claim> claims_;
  Heard last_heard_;
  bool several_ = false;
};

}  // namespace tapstat::analysis::spanning_tree
