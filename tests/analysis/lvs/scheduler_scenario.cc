#include "tests/analysis/lvs/scheduler_scenario.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <queue>
#include <random>

#include "tests/analysis/lvs/ipvs_director.h"

namespace tapstat::analysis::lvs::sim {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Random = std::mt19937_64;

constexpr const char* kAll[] = {"rr", "wrr", "lc", "wlc", "sed",  "nq",   "sh",
                                "mh", "dh",  "fo", "ovf", "lblc", "lblcr"};

int uniform(Random& random, int low, int high) {
  return std::uniform_int_distribution<int>(low, high)(random);
}
bool chance(Random& random, double p) { return std::bernoulli_distribution(p)(random); }

IpAddress v4(std::uint32_t host_order) {
  const std::uint8_t wire[4] = {
      static_cast<std::uint8_t>(host_order >> 24), static_cast<std::uint8_t>(host_order >> 16),
      static_cast<std::uint8_t>(host_order >> 8), static_cast<std::uint8_t>(host_order)};
  return IpAddress::from_wire(wire, 4);
}

enum class Health : std::uint8_t { up, dead, refusing };

struct Life {
  Timestamp inactive_from, gone_at;
};

// What clients do in the lab, and how long IPVS keeps the entry: FIN_WAIT and TIME_WAIT 120 s,
// CLOSE 10 s, SYN_RECV 60 s, UDP 300 s.
Life live(Random& random, Timestamp start, Health health, bool is_udp) {
  const auto after = [&](auto d) { return start + d; };
  if (is_udp) return {start, after(seconds(300))};
  if (health == Health::dead) return {Timestamp::max(), after(seconds(60))};
  if (health == Health::refusing) return {after(microseconds(700)), after(seconds(10))};
  const int kind = uniform(random, 0, 9);
  const Timestamp end = after(kind < 5 ? microseconds(uniform(random, 3000, 60000))
                                       : microseconds(uniform(random, 300000, 3500000)));
  if (kind >= 8) return {Timestamp::max(), Timestamp::max()};  // left open
  if (kind == 4) return {end, end + seconds(10)};              // reset
  return {end, end + seconds(120)};
}

struct Entry {
  Timestamp at;
  std::size_t dest;
  bool goes;  // or else turns inactive
  bool was_active;
  friend bool operator>(const Entry& a, const Entry& b) { return a.at > b.at; }
};

// A director under load, and its clock.
class Run {
 public:
  Run(Random& random, Director& director, std::vector<Health> health, bool is_udp)
      : random_(&random), director_(&director), health_(std::move(health)), is_udp_(is_udp) {}

  void until(Timestamp now) {
    while (!due_.empty() && due_.top().at <= now) {
      const Entry e = due_.top();
      due_.pop();
      Dest& d = director_->list()[e.dest];
      (e.goes && !e.was_active ? d.inactive : d.active) -= 1;
      if (!e.goes) ++d.inactive;
    }
  }

  Life open(Timestamp now, std::size_t dest) {
    const Life life = live(*random_, now, health_[dest], is_udp_);
    Dest& d = director_->list()[dest];
    const bool active = life.inactive_from > now;
    ++(active ? d.active : d.inactive);
    const bool turns = active && life.inactive_from < life.gone_at;
    if (turns) due_.push({life.inactive_from, dest, false, true});
    if (life.gone_at != Timestamp::max()) due_.push({life.gone_at, dest, true, active && !turns});
    return life;
  }

 private:
  Random* random_;
  Director* director_;
  std::vector<Health> health_;
  bool is_udp_;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> due_;
};

std::vector<Dest> draw_list(Random& random, Scenario& s, const Wish& wish) {
  const int n =
      wish.weights.empty() ? uniform(random, 2, 4) : static_cast<int>(wish.weights.size());
  s.weights = wish.weights;
  const bool equal = chance(random, 0.5);
  const int largest = chance(random, 0.1) ? 8 : 5;
  while (static_cast<int>(s.weights.size()) < n) {
    s.weights.push_back(equal ? 1 : uniform(random, 1, largest));
  }
  if (!wish.plain && n > 2 && chance(random, 0.1)) {
    s.weights[static_cast<std::size_t>(uniform(random, 0, n - 1))] = 0;
  }
  const auto net = static_cast<std::uint32_t>(random()) & ~0xffu;
  std::vector<int> hosts(200);
  std::iota(hosts.begin(), hosts.end(), 5);
  std::shuffle(hosts.begin(), hosts.end(), random);
  std::vector<Dest> list;
  for (int i = 0; i < n; ++i) {
    const auto at = static_cast<std::size_t>(i);
    list.push_back({.address = net + static_cast<std::uint32_t>(hosts[at]),
                    .port = 8080,
                    .weight = s.weights[at]});
  }
  return list;
}

void add_flaws(Random& random, Scenario& s, double share) {
  for (Choice& c : s.choices) {
    if (chance(random, share)) {
      c.server =
          static_cast<std::uint16_t>(uniform(random, 0, static_cast<int>(s.addresses.size()) - 1));
    } else if (chance(random, share)) {
      c.server = kUnknownServer;
    }
  }
}

// Of all up, or of one that is not.
std::vector<Health> draw_health(Random& random, std::size_t servers, const Wish& wish) {
  std::vector<Health> health(servers, Health::up);
  if (!wish.plain && chance(random, 0.25)) {
    health[static_cast<std::size_t>(uniform(random, 0, static_cast<int>(servers) - 1))] =
        chance(random, 0.5) ? Health::dead : Health::refusing;
  }
  return health;
}

// Two to six of one network.
std::vector<std::uint32_t> draw_clients(Random& random) {
  const auto net = static_cast<std::uint32_t>(random()) & ~0xffu;
  std::vector<std::uint32_t> clients;
  for (int i = uniform(random, 2, 6); i > 0; --i) {
    clients.push_back(net + static_cast<std::uint32_t>(uniform(random, 2, 254)));
  }
  return clients;
}

}  // namespace

std::string Scenario::describe() const {
  std::string text = scheduler + (by_port ? "-port" : "") + " weights";
  for (const int w : weights) text += " " + std::to_string(w);
  text += (is_persistent ? " persistent" : "") + std::string(is_udp ? " udp" : "") + " ";
  for (const Choice& c : choices) {
    text += c.server == kUnknownServer ? '?' : static_cast<char>('0' + c.server);
  }
  return text;
}

Scenario draw(std::uint64_t seed, const Wish& wish) {
  Random random(seed);
  Scenario s;
  s.scheduler = wish.scheduler.empty() ? kAll[uniform(random, 0, 12)] : wish.scheduler;
  std::vector<Dest> list = draw_list(random, s, wish);
  s.by_port = (s.scheduler == "sh" || s.scheduler == "mh") && chance(random, 0.2);
  s.is_udp = !wish.plain && chance(random, 0.15);
  s.is_persistent = !wish.plain && chance(random, 0.12);
  const std::vector<Health> health = draw_health(random, list.size(), wish);
  Director director(s.scheduler, list, {.port = s.by_port});
  Run run(random, director, health, s.is_udp);
  const std::vector<std::uint32_t> clients = draw_clients(random);
  const std::size_t count =
      wish.choices > 0 ? wish.choices : static_cast<std::size_t>(uniform(random, 60, 200));
  const std::size_t unseen =
      !wish.plain && chance(random, 0.15) ? static_cast<std::size_t>(uniform(random, 3, 20)) : 0;

  Timestamp now = Timestamp(seconds(1'000'000));
  std::map<std::uint32_t, std::size_t> templates;
  std::map<std::size_t, std::uint16_t> sight;
  for (std::size_t refused = 0; s.choices.size() < count && refused < 5000;) {
    // Some come together: then the capture may have them in the other order.
    now += chance(random, 0.03) ? microseconds(uniform(random, 5, 200))
                                : microseconds(uniform(random, 3000, 200000));
    run.until(now);
    const std::uint32_t client = clients[random() % clients.size()];
    const auto port = static_cast<std::uint16_t>(uniform(random, 32768, 60999));
    const auto kept = templates.find(client);
    const auto dest = s.is_persistent && kept != templates.end() ? std::optional(kept->second)
                                                                 : director.schedule(client, port);
    if (!dest) {
      ++refused;
      continue;
    }
    templates[client] = *dest;
    const Life life = run.open(now, *dest);
    const auto index = static_cast<std::uint16_t>(sight.size());
    const auto [seen, is_new] = sight.try_emplace(*dest, index);
    if (is_new) s.addresses.push_back({v4(list[*dest].address), list[*dest].port});
    const auto jitter = microseconds(uniform(random, 0, 60));
    Choice c{.time = now + jitter,
             .client = v4(client),
             .client_port = port,
             .server = seen->second,
             .inactive_from = life.inactive_from,
             .gone_at = life.gone_at};
    (s.before.size() < unseen ? s.before : s.choices).push_back(c);
  }
  std::stable_sort(s.choices.begin(), s.choices.end(),
                   [](const Choice& a, const Choice& b) { return a.time < b.time; });
  add_flaws(random, s, wish.flaws);
  return s;
}

}  // namespace tapstat::analysis::lvs::sim
