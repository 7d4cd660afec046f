#include "tests/hostile/tcp_invariants.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/tcp/figure5.h"
#include "tests/hostile/fail.h"

namespace tapstat::test {
namespace {

using namespace analysis::tcp;

[[nodiscard]] std::string text_of(const Step& step) {
  return fmt::format("{} -> {} by {}{}", name(step.from), name(step.to), name(step.cause),
                     step.sure ? "" : ", not sure");
}

// What is left of an arrow once a FIN turned out to be none (Journal::leave_out).
[[nodiscard]] bool is_left_of_an_arrow(const Step& step) {
  return std::any_of(kArrows.begin(), kArrows.end(), [&](const Arrow& arrow) {
    const auto fits = [&](State (*without)(State)) {
      return without(arrow.from) == step.from && without(arrow.to) == step.to;
    };
    return arrow.event == step.cause && (fits(without_own_fin) || fits(without_peers_fin));
  });
}

[[nodiscard]] bool is_same(const Step& a, const Step& b) {
  return a.time == b.time && a.from == b.from && a.to == b.to && a.cause == b.cause &&
         a.frame == b.frame;
}

void check_steps(const std::vector<Step>& steps, const Endpoint& end) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    if (!is_legal(step)) fail("no arrow: " + text_of(step));
    if (i == 0) continue;
    if (step.time < steps[i - 1].time) fail("a step before the last one: " + text_of(step));
    if (step.from != steps[i - 1].to) fail("a step from elsewhere: " + text_of(step));
  }
  const State last = steps.empty() ? State::unknown : steps.back().to;
  if (last != end.state()) {
    fail(fmt::format("the journal ends in {}, the end in {}", name(last), name(end.state())));
  }
}

[[nodiscard]] bool is_one_of(State s, std::initializer_list<State> states) {
  return std::find(states.begin(), states.end(), s) != states.end();
}

// Whether both may be so, where neither is in doubt: nobody has received a FIN, nor had one
// acknowledged, that the other end, as long as it has its socket, has not sent or received.
[[nodiscard]] bool fit(State one, State other) {
  const bool is_gone = !is_synchronized(other);
  const bool has_sent = is_one_of(other, {State::fin_wait_1, State::fin_wait_2, State::closing,
                                          State::last_ack, State::time_wait});
  const bool has_received =
      is_one_of(other, {State::close_wait, State::closing, State::last_ack, State::time_wait});
  const bool received =
      is_one_of(one, {State::close_wait, State::closing, State::last_ack, State::time_wait});
  const bool acknowledged = is_one_of(one, {State::fin_wait_2, State::time_wait});
  return is_gone || ((has_sent || !received) && (has_received || !acknowledged));
}

// Another socket took the place of one end, in the midst, or one end is still of the connection
// before: what the other end is it may be to another socket.
[[nodiscard]] bool begins_anew(const analysis::Model& model, const Connection& c) {
  for (int i = 0; i < 2; ++i) {
    const std::vector<Step> steps = model.tcp.journal().steps(c.id(), i);
    const auto anew = std::find_if(steps.begin(), steps.end(), [](const Step& step) {
      const bool opens_again = has_no_socket(step.from) && !has_no_socket(step.to);
      return step.cause == analysis::tcp::Event::superseded || opens_again;
    });
    if (anew == steps.end()) continue;
    if (anew + 1 != steps.end() || anew->to != State::closed) return true;
  }
  return false;
}

// Of ends, those that `has_to_be` says are compared.
template <typename HasToBe>
void compare(const analysis::Model& one, const analysis::Model& other, HasToBe&& has_to_be) {
  const auto ours = one.tcp.connections();
  const auto others = other.tcp.connections();
  if (ours.size() != others.size()) fail("connections that only one way shows");
  for (std::uint32_t id = 0; id < ours.size(); ++id) {
    if (!ours.has(id) || !others.has(id)) continue;
    const Connection a = ours[id];
    const Connection b = others[id];
    for (int i = 0; i < 2; ++i) {
      const Endpoint &x = a.end(i), &y = b.end(i);
      if (has_to_be(x, y) && (x.state() != y.state() || x.sure() != y.sure())) {
        fail(fmt::format("connection {}: {}{} and {}{}", id, name(x.state()), x.sure() ? "" : "?",
                         name(y.state()), y.sure() ? "" : "?"));
      }
      if (a.traffic(i).packets != b.traffic(i).packets) fail("other packets");
      if (x.bytes() != y.bytes()) fail("other bytes");
    }
  }
}

}  // namespace

bool is_legal(const Step& step) {
  if (step.from == step.to) {
    return step.cause == Event::silence || step.cause == Event::confirmed ||
           step.cause == Event::snd_rst || step.cause == Event::superseded;
  }
  if (next(step.from, step.cause) == step.to) return true;
  if (step.cause == Event::superseded && step.from == State::unknown) return true;
  return is_left_of_an_arrow(step);
}

Counters::Counted Counters::of(const Connection& c) {
  Counted now{.first = c.first(), .last = c.last()};
  for (int i = 0; i < 2; ++i) {
    const auto at = static_cast<std::size_t>(i);
    now.packets[at] = c.traffic(i).packets;
    now.wire_bytes[at] = c.traffic(i).wire_bytes;
    now.duplicates[at] = c.duplicates(i);
    now.bytes[at] = c.end(i).bytes();
  }
  return now;
}

void Counters::check(const analysis::Model& model) {
  if (model.totals.tcp < tcp_ || model.totals.packets < packets_) fail("fewer packets than before");
  if (model.tcp.given_up() < given_up_) fail("fewer given up than before");
  tcp_ = model.totals.tcp;
  packets_ = model.totals.packets;
  given_up_ = model.tcp.given_up();
  std::uint64_t sum = 0;
  for (const Connection& c : model.tcp.connections()) {
    const Counted now = of(c);
    const auto [at, is_new] = last_.try_emplace(c.id(), now);
    Counted& then = at->second;
    for (std::size_t i = 0; i < 2; ++i) {
      sum += now.packets[i];
      const bool shrank = now.packets[i] < then.packets[i] ||
                          now.wire_bytes[i] < then.wire_bytes[i] ||
                          now.duplicates[i] < then.duplicates[i] || now.bytes[i] < then.bytes[i];
      if (shrank) fail("a counter shrank");
      if (now.duplicates[i] > now.packets[i]) fail("more duplicates than packets");
    }
    if (now.first != then.first || now.last < then.last) fail("another beginning, or end");
    then = now;
  }
  if (given_up_ == 0 && sum != tcp_) {
    fail(fmt::format("{} packets of connections, {} of TCP", sum, tcp_));
  }
}

void ToldSteps::take(std::span<const JournalChange> changes) {
  for (const JournalChange& change : changes) {
    auto& steps = steps_[{change.connection, change.end}];
    switch (change.kind) {
      case JournalChange::Kind::appended:
        steps.push_back(change.step);
        break;
      case JournalChange::Kind::taken_back:
        if (steps.empty() || !is_same(steps.back(), change.step)) fail("taken back, and not there");
        steps.pop_back();
        break;
      case JournalChange::Kind::vouched: {
        const auto known = std::find_if(steps.begin(), steps.end(),
                                        [&](const Step& s) { return is_same(s, change.step); });
        if (known == steps.end()) fail("vouched for, and not there");
        known->sure = true;
        break;
      }
      case JournalChange::Kind::turned:
        break;
    }
  }
}

void ToldSteps::check(const analysis::Model& model) const {
  const auto connections = model.tcp.connections();
  for (std::uint32_t id = 0; id < connections.size(); ++id) {
    if (!connections.has(id)) continue;
    for (int end = 0; end < 2; ++end) {
      const auto told = steps_.find({id, end});
      const auto has = model.tcp.journal().steps(id, end);
      const auto known = told == steps_.end() ? std::vector<Step>{} : told->second;
      const bool same = std::equal(
          known.begin(), known.end(), has.begin(), has.end(),
          [](const Step& a, const Step& b) { return is_same(a, b) && a.sure == b.sure; });
      if (!same) fail(fmt::format("connection {}: told otherwise than it is", id));
    }
  }
}

void check_journal(const analysis::Model& model) {
  for (const Connection& c : model.tcp.connections()) {
    for (int i = 0; i < 2; ++i) check_steps(model.tcp.journal().steps(c.id(), i), c.end(i));
  }
}

void check_ends(const analysis::Model& model) {
  for (const Connection& c : model.tcp.connections()) {
    for (int i = 0; i < 2; ++i) {
      const Endpoint& end = c.end(i);
      if (!end.was_seen() && c.traffic(i).packets > c.duplicates(i) && end.bytes() > 0) {
        fail("an end that sent, and was not seen");
      }
      if (end.state() == State::unknown && end.sure()) fail("surely unknown");
      const auto queue = end.send_queue(end.state());
      if (queue && *queue > 0x7fff'ffffu) fail("a queue longer than numbers allow");
    }
  }
}

void check_sure_ends(const analysis::Model& model) {
  for (const Connection& c : model.tcp.connections()) {
    const Endpoint &one = c.end(0), &other = c.end(1);
    const bool are_sure = one.sure() && other.sure() && !begins_anew(model, c);
    if (are_sure && (!fit(one.state(), other.state()) || !fit(other.state(), one.state()))) {
      fail(fmt::format("surely {} opposite {}", name(one.state()), name(other.state())));
    }
  }
}

void check_same(const analysis::Model& one, const analysis::Model& other) {
  compare(one, other, [](const Endpoint&, const Endpoint&) { return true; });
}

void check_same_so_far(const analysis::Model& one, const analysis::Model& other) {
  compare(one, other, [](const Endpoint& a, const Endpoint& b) { return a.sure() && b.sure(); });
}

}  // namespace tapstat::test
