#include "report/transition_stream.h"

#include <unordered_map>
#include <vector>

#include "report/cells.h"
#include "report/records.h"

namespace tapstat::report {
namespace {

using analysis::tcp::Connection;
using analysis::tcp::Event;
using analysis::tcp::JournalChange;
using analysis::tcp::State;
using capture::Timestamp;

// As wide as the cells of nearly all rows are, of IPv4 at least.
[[nodiscard]] std::vector<Cell> usual_row(const Report& report) {
  return {{"00:00:00.000000"},
          {"1000000"},
          {"client"},
          {"192.168.100.100:65535"},
          {"192.168.100.100:65535"},
          {"ESTABLISHED?"},
          {arrow_text(report)},
          {"ESTABLISHED?"},
          {"takes back 00:00:00.000000"},
          {"1000000"},
          {"999.999ms"}};
}

[[nodiscard]] Table usual_table(const Report& report) {
  Table table = transition_table();
  table.measure(usual_row(report));
  return table;
}

[[nodiscard]] bool is_shown(const Report& report, const Transition& t) {
  return t.changes_something() && report.keeps(t);
}

// Back to the state before, which is known from then on that is known now.
[[nodiscard]] Transition taking_back(const Transition& t, Timestamp now) {
  Transition back = t;
  back.step = {.time = now,
               .from = t.step.to,
               .to = t.step.from,
               .cause = t.step.cause,
               .sure = t.was_sure && t.step.from != State::unknown};
  back.held.reset();
  back.was_sure = t.step.sure;
  back.corrects = t.step.time;
  return back;
}

[[nodiscard]] Transition confirming(const Transition& t, Timestamp now) {
  Transition same = t;
  same.step = {
      .time = now, .from = t.step.to, .to = t.step.to, .cause = Event::confirmed, .sure = true};
  same.held.reset();
  same.was_sure = false;
  same.confirms = t.step.time;
  return same;
}

// How often the ends of connections change places in what is told: until then each is called what
// it was called before.
class Turns {
 public:
  explicit Turns(std::span<const JournalChange> changes) {
    for (const JournalChange& change : changes) {
      if (change.kind == JournalChange::Kind::turned) ++ahead_[change.connection];
    }
  }
  void pass(std::uint32_t id) { --ahead_[id]; }
  // Index of the end that counts as the client.
  [[nodiscard]] int client_of(const Connection& c) const {
    const auto ahead = ahead_.find(c.id());
    return ahead != ahead_.end() && ahead->second % 2 != 0 ? c.server() : c.client();
  }

 private:
  std::unordered_map<std::uint32_t, int> ahead_;
};

}  // namespace

TransitionStream::TransitionStream(Format format, Output& out)
    : stream_(format, out, usual_table) {}

void TransitionStream::tell(const Report& report, std::span<const JournalChange> changes,
                            Timestamp now) {
  Turns turns(changes);
  const auto connections = report.model.tcp.connections();
  for (const JournalChange& change : changes) {
    if (change.kind == JournalChange::Kind::turned) {
      turns.pass(change.connection);
      continue;
    }
    const Connection c = connections[change.connection];
    const Transition t{.connection = c,
                       .step = change.step,
                       .held = change.left.held,
                       .end = change.end,
                       .is_client = change.end == turns.client_of(c),
                       .was_sure = change.left.was_sure};
    tell(report, change.kind, t, now);
  }
}

void TransitionStream::tell(const Report& report, JournalChange::Kind kind, const Transition& t,
                            Timestamp now) {
  switch (kind) {
    case JournalChange::Kind::appended:
      if (is_shown(report, t)) print(report, t);
      break;
    case JournalChange::Kind::taken_back:
      if (is_shown(report, t)) print(report, taking_back(t, now));
      break;
    case JournalChange::Kind::vouched:
      tell_proved(report, t, now);
      break;
    case JournalChange::Kind::turned:
      break;
  }
}

// A row that was there only because the state was not sure, or that --where wanted only so, goes;
// and one may come.
void TransitionStream::tell_proved(const Report& report, const Transition& t, Timestamp now) {
  Transition proved = t;
  proved.step.sure = proved.was_sure = true;
  const bool was_shown = is_shown(report, t);
  const bool stays = is_shown(report, proved);
  if (was_shown && !stays) {
    Transition gone = t;
    gone.was_sure = true;
    print(report, taking_back(gone, now));
  } else if (stays && !was_shown) {
    print(report, proved);
  } else if (stays && !t.step.sure) {
    print(report, confirming(t, now));
  }
}

void TransitionStream::print(const Report& report, const Transition& t) {
  stream_.print(
      report, [&] { return transition_row(report, t); },
      [&](RecordWriter& json) { write_transition(t, json); });
}

}  // namespace tapstat::report
