// Settings::on_steps: who applies the changes that are told has what the journals have.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "analysis/engine.h"
#include "analysis/tcp/journal.h"
#include "tests/analysis/tcp/recording.h"
#include "tests/support/packet_builder.h"

namespace tapstat::analysis::tcp {
namespace {

using std::chrono::seconds;
using Kind = JournalChange::Kind;

[[nodiscard]] bool is_same(const Step& a, const Step& b) {
  return a.time == b.time && a.from == b.from && a.to == b.to && a.cause == b.cause &&
         a.sure == b.sure && a.frame == b.frame;
}

// The steps of each end, from changes alone.
class Mirror {
 public:
  void apply(std::span<const JournalChange> changes) {
    for (const JournalChange& change : changes) apply(change);
  }
  [[nodiscard]] const std::vector<Step>& steps(std::uint32_t connection, int end) {
    return steps_[{connection, end}];
  }
  [[nodiscard]] int count(Kind kind) const {
    const auto found = counts_.find(kind);
    return found == counts_.end() ? 0 : found->second;
  }

 private:
  void apply(const JournalChange& change) {
    ++counts_[change.kind];
    std::vector<Step>& steps = steps_[{change.connection, change.end}];
    if (change.kind == Kind::appended) {
      const bool was_sure = steps.empty() || steps.back().sure;
      EXPECT_EQ(change.left.was_sure, was_sure);
      EXPECT_TRUE(!change.left.held || !steps.empty());
      steps.push_back(change.step);
    } else if (change.kind == Kind::taken_back) {
      ASSERT_FALSE(steps.empty());
      EXPECT_TRUE(is_same(steps.back(), change.step));
      steps.pop_back();
    } else if (change.kind == Kind::vouched) {
      const auto found = std::find_if(steps.rbegin(), steps.rend(),
                                      [&](const Step& step) { return is_same(step, change.step); });
      ASSERT_NE(found, steps.rend());
      found->sure = true;
    }
  }

  std::map<std::pair<std::uint32_t, int>, std::vector<Step>> steps_;
  std::map<Kind, int> counts_;
};

void expect_same(const std::vector<Step>& told, const std::vector<Step>& kept) {
  ASSERT_EQ(told.size(), kept.size());
  EXPECT_TRUE(std::equal(told.begin(), told.end(), kept.begin(), is_same));
}

TEST(JournalChanges, AreNotKeptUnlessAskedFor) {
  Journal journal;
  journal.append(0, 0, {.to = State::established});
  journal.turn(0);
  journal.take_back(0, 0);
  EXPECT_TRUE(journal.changes().empty());
}

TEST(JournalChanges, SayWhatTheStateThatWasLeftHadBeen) {
  Journal journal(true);
  const Timestamp start{seconds{1000}};
  journal.append(0, 1, {.time = start, .to = State::established});
  journal.append(0, 1,
                 {.time = start + seconds{1},
                  .from = State::established,
                  .to = State::established,
                  .cause = Event::confirmed,
                  .sure = true});
  journal.append(0, 1,
                 {.time = start + seconds{5}, .from = State::established, .to = State::close_wait});
  const auto& changes = journal.changes();
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(changes[0].left.held, std::nullopt);
  EXPECT_FALSE(changes[1].left.was_sure);
  EXPECT_TRUE(changes[2].left.was_sure);
  EXPECT_EQ(changes[2].left.held, seconds{5}) << "since the state began";
}

TEST(JournalChanges, TurningTakesAllBackAndTellsItAnew) {
  Journal journal(true);
  journal.append(3, 0, {.to = State::syn_sent});
  journal.append(3, 1, {.to = State::syn_received});
  journal.append(3, 0, {.from = State::syn_sent, .to = State::established});
  journal.append(4, 0, {.to = State::established});
  journal.changes().clear();
  journal.turn(3);
  std::vector<Kind> kinds;
  for (const JournalChange& change : journal.changes()) kinds.push_back(change.kind);
  EXPECT_EQ(kinds,
            (std::vector<Kind>{Kind::taken_back, Kind::taken_back, Kind::taken_back, Kind::turned,
                               Kind::appended, Kind::appended, Kind::appended}));
  journal.changes().clear();
  journal.turn(7);
  journal.turn(2);
  EXPECT_TRUE(journal.changes().empty()) << "nothing was told of them";
}

TEST(JournalChanges, OfOneThatIsForgottenAreForgotten) {
  Journal journal(true);
  journal.append(0, 0, {.to = State::syn_sent});
  journal.append(1, 0, {.to = State::syn_sent});
  journal.forget(0);
  ASSERT_EQ(journal.changes().size(), 1u);
  EXPECT_EQ(journal.changes().front().connection, 1u);
}

// What a seeded sequence of all that can happen to a journal comes to.
TEST(JournalChanges, LeadToTheJournalWhateverHappens) {
  std::mt19937 random{11};
  Journal journal(true);
  Mirror mirror;
  Timestamp now{seconds{1'700'000'000}};
  const auto state = [&] { return static_cast<State>(random() % 10 + 1); };
  for (int i = 0; i < 20'000; ++i) {
    const auto connection = static_cast<std::uint32_t>(random() % 5);
    const int end = static_cast<int>(random() % 2);
    now += seconds{random() % 3};
    switch (random() % 12) {
      case 0:
        journal.take_back(connection, end);
        break;
      case 1:
        journal.leave_out(connection, end, Event::snd_fin, without_own_fin);
        break;
      case 2:
        journal.vouch(connection, end);
        break;
      case 3:
        journal.turn(connection);
        break;
      default:
        journal.append(connection, end,
                       {.time = now,
                        .from = state(),
                        .to = state(),
                        .cause = random() % 4 == 0 ? Event::snd_fin : Event::rcv_fin,
                        .sure = random() % 2 == 0,
                        .frame = random() % 100});
    }
    if (random() % 7 == 0) {
      mirror.apply(journal.changes());
      journal.changes().clear();
      expect_same(mirror.steps(connection, end), journal.steps(connection, end));
    }
  }
  for (const Kind kind : {Kind::appended, Kind::taken_back, Kind::vouched, Kind::turned}) {
    EXPECT_GT(mirror.count(kind), 1000);
  }
}

// What was told is what the journal has, and after that what leads to the state that the end is in
// as far as anyone knows.
void expect_told(const std::vector<Step>& told, const std::vector<Step>& kept, State state) {
  ASSERT_GE(told.size(), kept.size());
  EXPECT_TRUE(std::equal(kept.begin(), kept.end(), told.begin(), is_same));
  EXPECT_EQ(told.empty() ? State::unknown : told.back().to, state);
}

// Frame by frame.
class ToldScript : public testing::TestWithParam<const char*> {};

TEST_P(ToldScript, IsToldAsItIsKept) {
  Kind all[] = {Kind::appended, Kind::taken_back, Kind::vouched, Kind::turned};
  std::map<Kind, int> counts;
  for (const std::string& file : test::script_files(GetParam())) {
    SCOPED_TRACE(file);
    const test::Recording frames = test::record(
        test::read_script(file), {.observer = test::Observer::between, .client_port = 70});
    Mirror mirror;
    Settings settings{.journal = true};
    settings.on_steps = [&](std::span<const JournalChange> changes, Timestamp) {
      mirror.apply(changes);
    };
    Engine engine(1, settings);
    const auto for_each_end = [&](auto&& f) {
      const auto tables = engine.model().tcp;
      for (std::uint32_t id = 0; id < tables.connections().size(); ++id) {
        for (int end = 0; end < 2; ++end) {
          f(mirror.steps(id, end), tables.journal().steps(id, end),
            tables.connections()[id].end(end).state());
        }
      }
    };
    const auto source = test::source_of(frames);
    for (auto batch = source->next_batch(); !batch.empty(); batch = source->next_batch()) {
      for (const capture::Frame& frame : batch) {
        engine.take({&frame, 1});
        for_each_end(expect_told);
      }
    }
    engine.finish();
    for_each_end([](const auto& told, const auto& kept, State) { expect_same(told, kept); });
    for (const Kind kind : all) counts[kind] += mirror.count(kind);
  }
  EXPECT_GT(counts[Kind::appended], 50);
  EXPECT_GT(counts[Kind::taken_back], 0);
}

INSTANTIATE_TEST_SUITE_P(Scripts, ToldScript, testing::Values("tcp", "repaired", "vectors"));

// The end with the lower port is taken for the server's until a SYN says otherwise.
TEST(JournalChanges, TellWhenTheClientTurnsOutToBeTheServer) {
  std::vector<JournalChange> told;
  Settings settings{.journal = true};
  settings.on_steps = [&](std::span<const JournalChange> changes, Timestamp) {
    told.insert(told.end(), changes.begin(), changes.end());
  };
  Engine engine(1, settings);
  std::uint64_t number = 0;
  const auto see = [&](const test::TcpSpec& spec) {
    const test::Buffer bytes = test::tcp(spec);
    ++number;
    const capture::Frame frame = test::frame_of(bytes, seconds{1'700'000'000 + number}, number);
    engine.take({&frame, 1});
  };
  const auto client_port = [&] {
    const Connection c = engine.model().tcp.connections()[0];
    return c.key().port[c.client()];
  };
  const auto turns = [&] {
    return std::count_if(told.begin(), told.end(),
                         [](const JournalChange& change) { return change.kind == Kind::turned; });
  };
  see({.src_port = 80, .dst_port = 40000, .flags = "A", .seq = 100, .ack = 500});
  EXPECT_EQ(client_port(), 40000);
  EXPECT_EQ(turns(), 0);
  test::TcpSpec answer{.src_port = 40000, .dst_port = 80, .flags = "SA", .seq = 499, .ack = 100};
  std::swap(answer.src, answer.dst);
  see(answer);
  EXPECT_EQ(client_port(), 80);
  EXPECT_EQ(turns(), 1);
}

}  // namespace
}  // namespace tapstat::analysis::tcp
