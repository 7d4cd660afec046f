#include "analysis/tcp/unacknowledged.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <vector>

namespace tapstat::analysis::tcp {
namespace {

using capture::Timestamp;

[[nodiscard]] Timestamp at(int second) { return Timestamp{std::chrono::seconds{second}}; }

// The same in a few lines, without a thought for speed.
class Reference {
 public:
  void push(const UnackedSegment& s) { all_.push_back(s); }
  Unacknowledged::Acked acknowledge(Seq ack, std::uint32_t tsecr) {
    Unacknowledged::Acked acked;
    std::vector<UnackedSegment> left;
    for (UnackedSegment s : all_) {
      if (before(ack, s.end)) {
        if (before(s.seq, ack)) s.seq = ack;
        left.push_back(s);
        continue;
      }
      if (s.end == ack && !acked.exact) acked.exact = s.time;
      if (s.has_tsval && s.tsval == tsecr && !acked.echoed) acked.echoed = s.time;
    }
    all_ = left;
    return acked;
  }
  [[nodiscard]] std::uint32_t span(Seq base) const {
    std::uint32_t lowest = UINT32_MAX, highest = 0;
    for (const UnackedSegment& s : all_) {
      lowest = std::min(lowest, s.seq.value() - base.value());
      highest = std::max(highest, s.end.value() - base.value());
    }
    return highest - lowest;
  }
  [[nodiscard]] bool empty() const { return all_.empty(); }

 private:
  std::vector<UnackedSegment> all_;
};

// Streams in order and not, with repetitions, gaps, ACKs of all kinds, some far off, near the wrap.
TEST(Unacknowledged, IsWhatASimpleListWouldBe) {
  std::mt19937 random(7);
  const auto up_to = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  UnackedBlocks blocks;
  for (int round = 0; round < 300; ++round) {
    const Seq base{round % 2 == 0 ? 0xffffe000u : 5000u};
    Unacknowledged tested;
    Reference reference;
    Seq next = base;
    Seq acked = base;
    for (int i = 0; i < 400; ++i) {
      if (up_to(3) != 0) {
        const bool odd = round % 3 != 0 && up_to(8) == 0;
        const Seq seq = odd ? next + up_to(3000) - 2000 : next;
        const UnackedSegment s{seq, seq + 1 + up_to(1400), at(i), up_to(8), up_to(2) == 0};
        tested.push(s, blocks);
        if (before(s.seq, base)) tested.note_before_base();
        reference.push(s);
        next = later(next, s.end);
      } else {
        const bool far = up_to(50) == 0;
        const Seq ack =
            far ? Seq{up_to(UINT32_MAX)}
                : acked + up_to(static_cast<std::uint32_t>(std::max(1, distance(acked, next) + 1)));
        const std::uint32_t tsecr = up_to(8);
        const auto got = tested.acknowledge({.ack = ack, .tsecr = tsecr}, blocks);
        const auto expected = reference.acknowledge(ack, tsecr);
        ASSERT_EQ(got.exact, expected.exact) << round << " " << i;
        ASSERT_EQ(got.echoed, expected.echoed) << round << " " << i;
        if (!far) acked = later(acked, ack);
      }
      ASSERT_EQ(tested.empty(), reference.empty()) << round << " " << i;
      const auto span = tested.empty() ? 0 : tested.span(base);
      ASSERT_EQ(span, reference.empty() ? 0 : reference.span(base)) << round << " " << i;
    }
    static_cast<void>(tested.acknowledge({.ack = next}, blocks));
  }
}

TEST(Unacknowledged, TakesNoMoreThanItMay) {
  UnackedBlocks blocks;
  Unacknowledged list;
  std::uint32_t pushed = 0;
  for (; !list.is_full(); ++pushed) {
    list.push({Seq{pushed}, Seq{pushed + 1}, at(0)}, blocks);
  }
  EXPECT_EQ(pushed, Unacknowledged::kMost);
  EXPECT_EQ(list.span(Seq{0}), pushed);
  static_cast<void>(list.acknowledge({.ack = Seq{pushed - 1}}, blocks));
  EXPECT_EQ(list.span(Seq{0}), 1u);
  EXPECT_FALSE(list.is_full());
  static_cast<void>(list.acknowledge({.ack = Seq{pushed}}, blocks));
  EXPECT_TRUE(list.empty());
}

TEST(Unacknowledged, ThoseOutOfOrderAreFewer) {
  UnackedBlocks blocks;
  Unacknowledged list;
  std::uint32_t seq = 1'000'000;
  std::uint32_t pushed = 0;
  for (; !list.is_full(); ++pushed, --seq) list.push({Seq{seq}, Seq{seq + 1}, at(0)}, blocks);
  EXPECT_EQ(pushed, Unacknowledged::kMostDisordered);
  static_cast<void>(list.acknowledge({.ack = Seq{1'000'001}}, blocks));
  EXPECT_TRUE(list.empty());
}

}  // namespace
}  // namespace tapstat::analysis::tcp
