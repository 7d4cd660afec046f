#include "analysis/lvs/schedulers/trial.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace tapstat::analysis::lvs {

namespace {
constexpr std::size_t kNoStep = std::numeric_limits<std::size_t>::max();
}  // namespace

// A change of what IPVS counts for one server.
struct Trial::Event {
  Timestamp time;
  std::uint16_t server;  // dense
  std::int8_t active;
  std::int8_t inactive;
  std::size_t step;  // whose choice it is, or kNoStep
};

Trial::Trial(const ServiceHistory& history) : history_(&history) {
  const std::size_t all = history.choices.size();
  const std::size_t first = all > kWindow ? all - kWindow : 0;
  number_servers(first);
  for (std::size_t i = first; i < all; ++i) {
    const std::uint16_t server = history.choices[i].server;
    steps_.push_back(
        {.server = server < dense_of_.size() ? dense_of_[server] : kUnknownServer, .choice = i});
  }
  number_clients(first);
  replay(first);
}

void Trial::number_servers(std::size_t first) {
  dense_of_.assign(history_->servers, kUnknownServer);
  for (const Choice& c : history_->choices.subspan(first)) {
    if (c.server >= dense_of_.size() || dense_of_[c.server] != kUnknownServer) continue;
    if (server_of_.size() == kMaxServers) continue;
    dense_of_[c.server] = static_cast<std::uint16_t>(server_of_.size());
    server_of_.push_back(c.server);
  }
}

void Trial::number_clients(std::size_t first) {
  for (const Choice& c : history_->choices.subspan(first)) clients_.push_back(c.client);
  std::sort(clients_.begin(), clients_.end());
  clients_.erase(std::unique(clients_.begin(), clients_.end()), clients_.end());
  for (Step& step : steps_) {
    const IpAddress& client = history_->choices[step.choice].client;
    step.client = static_cast<std::uint32_t>(
        std::lower_bound(clients_.begin(), clients_.end(), client) - clients_.begin());
  }
}

std::vector<std::uint16_t> Trial::earlier_servers() const {
  std::vector<std::uint16_t> servers(clients_.size(), kUnknownServer);
  for (const Choice& older : history_->before) {
    const auto at = std::lower_bound(clients_.begin(), clients_.end(), older.client);
    if (at == clients_.end() || !(*at == older.client)) continue;
    servers[static_cast<std::size_t>(at - clients_.begin())] = dense(older.server);
  }
  return servers;
}

std::vector<Trial::Event> Trial::events() const {
  std::vector<Event> events;
  const auto add = [&](const Choice& c, std::size_t step) {
    const std::uint16_t server = dense(c.server);
    if (server == kUnknownServer) return;
    const Timestamp inactive_from = history_->is_udp ? c.time : std::max(c.time, c.inactive_from);
    const bool starts_active = inactive_from > c.time;
    events.push_back({c.time, server, starts_active, !starts_active, step});
    const bool turns = starts_active && inactive_from < c.gone_at;
    if (turns) events.push_back({inactive_from, server, -1, 1, kNoStep});
    if (c.gone_at == Timestamp::max()) return;
    const bool was_active = starts_active && !turns;
    events.push_back({std::max(c.time, c.gone_at), server,
                      static_cast<std::int8_t>(-static_cast<int>(was_active)),
                      static_cast<std::int8_t>(-static_cast<int>(!was_active)), kNoStep});
  };
  for (const Choice& c : history_->before) {
    Choice older = c;
    older.time = Timestamp::min();
    add(older, kNoStep);
  }
  const std::size_t first = history_->choices.size() - steps_.size();
  for (std::size_t i = 0; i < history_->choices.size(); ++i) {
    add(history_->choices[i], i < first ? kNoStep : i - first);
  }
  std::stable_sort(events.begin(), events.end(),
                   [](const Event& a, const Event& b) { return a.time < b.time; });
  return events;
}

// Three cursors over the same events, one a view.
void Trial::replay(std::size_t first) {
  const std::vector<Event> events = this->events();
  const std::size_t n = servers();
  loads_.resize(steps_.size() * kViews * n);
  std::vector<Load> counts[kViews];
  std::size_t next[kViews] = {};
  for (auto& c : counts) c.resize(n);
  const auto apply = [&](std::size_t view) {
    const Event& e = events[next[view]++];
    counts[view][e.server].active += e.active;
    counts[view][e.server].inactive += e.inactive;
  };
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    Step& step = steps_[i];
    const Timestamp now = history_->choices[first + i].time;
    const auto until = [&](std::size_t view, Timestamp limit) {
      while (next[view] < events.size() && events[next[view]].time <= limit) apply(view);
    };
    until(static_cast<std::size_t>(View::early), now - kRace);
    until(static_cast<std::size_t>(View::late), now + kRace);
    std::size_t& exact = next[static_cast<std::size_t>(View::exact)];
    while (exact < events.size() && events[exact].time <= now && events[exact].step != i &&
           (events[exact].step == kNoStep || events[exact].step < i)) {
      apply(static_cast<std::size_t>(View::exact));
    }
    for (std::size_t view = 0; view < kViews; ++view) {
      Load* out = loads_.data() + (i * kViews + view) * n;
      std::copy(counts[view].begin(), counts[view].end(), out);
      if (static_cast<View>(view) != View::late || step.server == kUnknownServer) continue;
      Load& own = out[step.server];  // the late view has counted the choice itself
      if (own.active > 0 && !history_->is_udp)
        --own.active;
      else if (own.inactive > 0)
        --own.inactive;
    }
    const Load* e = loads(i, View::exact);
    step.ambiguous =
        !std::equal(e, e + n, loads(i, View::early)) || !std::equal(e, e + n, loads(i, View::late));
    const bool near_last = i > 0 && now - history_->choices[first + i - 1].time < kRace;
    const bool near_next =
        i + 1 < steps_.size() && history_->choices[first + i + 1].time - now < kRace;
    step.raced = near_last || near_next;
  }
}

Sample::Sample(const Trial& of, std::vector<std::uint32_t> which)
    : trial(&of), steps(std::move(which)) {
  std::vector<std::uint32_t> counts(of.servers());
  for (const std::uint32_t i : steps) {
    if (of.steps()[i].server == kUnknownServer) continue;
    ++counts[of.steps()[i].server];
    ++known;
  }
  log_random = log_exchangeable(counts);
}

double log_exchangeable(const std::vector<std::uint32_t>& counts) {
  double log_value = std::lgamma(static_cast<double>(counts.size()));
  auto total = static_cast<double>(counts.size());
  for (const std::uint32_t count : counts) {
    log_value += std::lgamma(count + 1.0);
    total += count;
  }
  return log_value - std::lgamma(total);
}

}  // namespace tapstat::analysis::lvs
