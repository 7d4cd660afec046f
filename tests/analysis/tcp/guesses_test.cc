// What is told of changes that nothing has proved yet, and of what becomes of them.
#include "analysis/tcp/guesses.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tapstat::test {
namespace {

using analysis::tcp::Event;
using analysis::tcp::Guesses;
using analysis::tcp::JournalChange;
using analysis::tcp::State;
using analysis::tcp::StateLeft;
using analysis::tcp::Step;
using Kind = JournalChange::Kind;
using std::chrono::seconds;

constexpr std::uint32_t kId = 7;

[[nodiscard]] Step step(int t, State from, State to, Event cause, bool sure = false) {
  return {.time = capture::Timestamp{seconds{t}},
          .from = from,
          .to = to,
          .cause = cause,
          .sure = sure,
          .frame = static_cast<std::uint64_t>(t)};
}

[[nodiscard]] Step reset(bool sure = false) {
  return step(3, State::established, State::closed, Event::rcv_rst, sure);
}
[[nodiscard]] Step fin(int t = 3) {
  return step(t, State::established, State::close_wait, Event::rcv_fin);
}
[[nodiscard]] Step answered_fin() {
  return step(4, State::close_wait, State::last_ack, Event::snd_fin, true);
}

[[nodiscard]] JournalChange change(Kind kind, const Step& step, int end = 0) {
  return {.kind = kind,
          .end = static_cast<std::uint8_t>(end),
          .connection = kId,
          .step = step,
          .left = {seconds{1}, true}};
}

// One connection, whose end 0 is told of.
class Told {
 public:
  // "+CLOSED?" is told, "-CLOSED?" taken back, "!CLOSED" proved.
  std::string after(const std::vector<JournalChange>& changes, const std::vector<Step>& open) {
    Guesses::OfEnds ends;
    for (const Step& s : open) ends[0].push_back({s, {seconds{1}, true}});
    std::vector<JournalChange> told;
    guesses_.tell(kId, changes, ends, told);
    std::string text;
    for (const JournalChange& c : told) text += text_of(c);
    return text;
  }
  [[nodiscard]] bool has_open() const { return !guesses_.connections().empty(); }

 private:
  [[nodiscard]] static std::string text_of(const JournalChange& c) {
    if (c.kind == Kind::turned) return "<>";
    const char sign = c.kind == Kind::appended ? '+' : c.kind == Kind::taken_back ? '-' : '!';
    return sign + std::string(analysis::tcp::name(c.step.to)) + (c.step.sure ? " " : "? ");
  }
  Guesses guesses_;
};

TEST(Guesses, AResetIsToldAtOnceAndOnce) {
  Told told;
  EXPECT_EQ(told.after({}, {reset()}), "+CLOSED? ");
  EXPECT_EQ(told.after({}, {reset()}), "");
  EXPECT_TRUE(told.has_open());
}

TEST(Guesses, WhatIsProvedIsNotToldAgain) {
  Told told;
  EXPECT_EQ(told.after({}, {reset()}), "+CLOSED? ");
  EXPECT_EQ(told.after({change(Kind::appended, reset(true))}, {}), "!CLOSED? ");
  EXPECT_FALSE(told.has_open());
}

TEST(Guesses, WhatTheEndOfTheInputLeavesAsItIsIsNotToldAgain) {
  Told told;
  EXPECT_EQ(told.after({}, {reset()}), "+CLOSED? ");
  EXPECT_EQ(told.after({change(Kind::appended, reset())}, {}), "");
}

TEST(Guesses, WhatDidNotHappenIsTakenBack) {
  Told told;
  EXPECT_EQ(told.after({}, {reset()}), "+CLOSED? ");
  EXPECT_EQ(told.after({}, {}), "-CLOSED? ");
  EXPECT_FALSE(told.has_open());
}

TEST(Guesses, WhatHappenedOtherwiseComesAfterTheGuessIsTakenBack) {
  Told told;
  EXPECT_EQ(told.after({}, {fin(3)}), "+CLOSE_WAIT? ");
  EXPECT_EQ(told.after({change(Kind::appended, fin(5))}, {}), "-CLOSE_WAIT? +CLOSE_WAIT? ");
}

TEST(Guesses, OnlyTheFirstIsProved) {
  Told told;
  const Step last = step(5, State::last_ack, State::closed, Event::rcv_ack_of_fin);
  EXPECT_EQ(told.after({}, {fin(), last}), "+CLOSE_WAIT? +CLOSED? ");
  EXPECT_EQ(told.after({change(Kind::appended, fin())}, {last}), "");
  EXPECT_EQ(told.after({}, {}), "-CLOSED? ");
}

TEST(Guesses, WhatComesBetweenTakesTheLaterOnesBack) {
  Told told;
  EXPECT_EQ(told.after({}, {fin()}), "+CLOSE_WAIT? ");
  EXPECT_EQ(told.after({change(Kind::appended, fin()), change(Kind::appended, answered_fin())}, {}),
            "+LAST_ACK ");
}

TEST(Guesses, BeforeTheJournalTakesSomethingBackTheyAre) {
  Told told;
  EXPECT_EQ(told.after({change(Kind::appended, fin())}, {reset()}), "+CLOSE_WAIT? +CLOSED? ");
  EXPECT_EQ(told.after({change(Kind::taken_back, fin())}, {}), "-CLOSED? -CLOSE_WAIT? ");
}

TEST(Guesses, WhereTheEndsTurnTheyComeAgain) {
  Told told;
  EXPECT_EQ(told.after({}, {reset()}), "+CLOSED? ");
  EXPECT_EQ(told.after({change(Kind::turned, {})}, {reset()}), "-CLOSED? <>+CLOSED? ");
}

TEST(Guesses, TheOtherEndIsAnotherMatter) {
  Told told;
  EXPECT_EQ(told.after({}, {reset()}), "+CLOSED? ");
  EXPECT_EQ(told.after({change(Kind::appended, fin(), 1)}, {reset()}), "+CLOSE_WAIT? ");
}

}  // namespace
}  // namespace tapstat::test
