#include "analysis/lvs/schedulers/hashing.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analysis/lvs/schedulers/maglev.h"
#include "analysis/lvs/schedulers/weights.h"

namespace tapstat::analysis::lvs {

namespace {

// How likely each kind of key is before anything is seen; the rest is for what cannot be replayed:
// fallback to another server, an unknown table, the hash of another kernel.
constexpr double kByAddress = 0.6;
constexpr double kByPort = 0.3;
constexpr double kByUnknownTable = 0.07;
constexpr double kByUnknownPortTable = 0.03;

enum class Key : std::uint8_t { address, address_and_port };

// `addr_fold` plus port, as both schedulers hash it.
std::uint32_t key_of(const Choice& choice, Key key) {
  return folded(choice.client) + (key == Key::address ? 0u : choice.client_port);
}

// How often each server got each cell of a hash table.
class Cells {
 public:
  Cells(std::size_t cells, std::size_t servers) : servers_(servers), counts_(cells * servers) {}
  void count(std::size_t cell, std::uint16_t server) {
    if (counts_[cell * servers_ + server]++ == 0) used_.push_back(cell);
  }
  void done() {
    std::sort(used_.begin(), used_.end());
    used_.erase(std::unique(used_.begin(), used_.end()), used_.end());
  }
  // `server_of(cell)` is the table.
  template <typename Table>
  [[nodiscard]] Score score(std::size_t known, Table server_of) const {
    std::uint32_t hits = 0;
    for (const std::size_t cell : used_) {
      const std::size_t server = server_of(cell);
      if (server < servers_) hits += counts_[cell * servers_ + server];
    }
    return {.hits = double(hits), .misses = double(known) - hits};
  }

 private:
  std::size_t servers_;
  std::vector<std::uint32_t> counts_;
  std::vector<std::size_t> used_;
};

template <typename Hash>
Cells cells_of(const Sample& sample, Key key, std::size_t size, Hash hash) {
  Cells cells(size, sample.trial->servers());
  for (const std::uint32_t i : sample.steps) {
    const Step& step = sample.trial->steps()[i];
    if (step.server == kUnknownServer) continue;
    cells.count(hash(key_of(sample.trial->history().choices[step.choice], key)), step.server);
  }
  cells.done();
  return cells;
}

// Any table at all: each client has its server, by shares that are not known.
double log_unknown_table(const Sample& sample) {
  const std::size_t n = sample.trial->servers();
  std::vector<std::uint32_t> counts(sample.trial->clients() * n);
  for (const std::uint32_t i : sample.steps) {
    const Step& step = sample.trial->steps()[i];
    if (step.server != kUnknownServer) ++counts[step.client * n + step.server];
  }
  std::vector<std::uint32_t> clients_of(n);
  double hits = 0;
  for (std::size_t c = 0; c < sample.trial->clients(); ++c) {
    const auto begin = counts.begin() + static_cast<std::ptrdiff_t>(c * n);
    const auto most = std::max_element(begin, begin + static_cast<std::ptrdiff_t>(n));
    if (*most == 0) continue;
    ++clients_of[static_cast<std::size_t>(most - begin)];
    hits += *most;
  }
  return log_exchangeable(clients_of) +
         log_likelihood({.hits = hits, .misses = static_cast<double>(sample.known) - hits}, sample);
}

void add_unknown_tables(Explanation& explanation, const Sample& sample, double log_share) {
  explanation.add(log_share + std::log(kByUnknownTable) + log_unknown_table(sample), {});
  explanation.add(log_share + std::log(kByUnknownPortTable) + sample.log_random, {});
}

// ip_vs_sh_hashkey(): hash_32() of linux/hash.h down to 8 bits.
constexpr std::size_t kShTable = 256;
std::size_t sh_hash(std::uint32_t key) { return key * 0x61c88647u >> 24; }

// ip_vs_sh_reassign(): the table is filled by going round the list, each destination as often in a
// row as its weight says.
std::vector<std::uint8_t> sh_round(const ListOrder& order, const Weights& weights) {
  std::vector<std::uint8_t> round;
  for (const std::uint8_t server : order) round.insert(round.end(), weights[server], server);
  return round;
}

// Destinations that nobody hashed to, or whose weight is 0, stand in the list too.
void add_sh_tables(Explanation& explanation, const Sample& sample, const Cells& cells,
                   std::size_t hidden, double log_share) {
  const std::size_t seen = sample.trial->servers();
  const std::size_t all = seen + hidden;
  if (all > kMostPermuted) return;
  const std::uint32_t largest = hidden > 0 ? 1 : (seen > 3 ? 4 : 6);
  const std::vector<ListOrder> orders = all_orders(all);
  for (const Weights& weights : all_weights(all, largest, true)) {
    const bool is_equal = all_equal(weights);
    const Weights shown(weights.begin(), weights.begin() + static_cast<std::ptrdiff_t>(seen));
    const double prior = log_share + log_prior(weights) - std::lgamma(double(all) + 1);
    for (const ListOrder& order : orders) {
      const std::vector<std::uint8_t> round = sh_round(order, weights);
      const Score score =
          cells.score(sample.known, [&](std::size_t cell) { return round[cell % round.size()]; });
      explanation.add(prior + log_likelihood(score, sample), is_equal ? reduced(shown) : shown);
    }
  }
}

void add_sh_key(Explanation& explanation, const Sample& sample, Key key, double log_share) {
  constexpr double kHidden[] = {0.7, 0.2, 0.1};  // how many destinations nobody was seen to get
  const Cells cells = cells_of(sample, key, kShTable, sh_hash);
  for (std::size_t hidden = 0; hidden < std::size(kHidden); ++hidden) {
    add_sh_tables(explanation, sample, cells, hidden, log_share + std::log(kHidden[hidden]));
  }
}

struct MaglevTheory {
  Weights weights;
  ListOrder order;
};

std::vector<MaglevTheory> maglev_theories(std::size_t servers) {
  std::vector<MaglevTheory> all;
  const Weights equal(servers, 1);
  ListOrder any(servers);
  std::iota(any.begin(), any.end(), std::uint8_t{0});
  if (servers > kMostPermuted) return {{equal, any}};
  for (const ListOrder& order : all_orders(servers)) all.push_back({equal, order});
  for (const Weights& weights : all_weights(servers, servers > 3 ? 3 : 5, false)) {
    if (!all_equal(weights)) all.push_back({weights, any});  // the order moves only a few cells
  }
  return all;
}

}  // namespace

Explanation explain_by_sh(const Sample& sample) {
  Explanation explanation;
  if (sample.trial->servers() > kMostPermuted) {
    add_unknown_tables(explanation, sample, std::log(1 / kByUnknownTable));
    return explanation;
  }
  add_sh_key(explanation, sample, Key::address, std::log(kByAddress));
  add_sh_key(explanation, sample, Key::address_and_port, std::log(kByPort));
  add_unknown_tables(explanation, sample, 0);
  return explanation;
}

Explanation explain_by_mh(const Sample& sample) {
  Explanation explanation;
  const std::size_t n = sample.trial->servers();
  const auto addresses = sample.trial->history().addresses;
  if (addresses.size() < sample.trial->history().servers) {
    add_unknown_tables(explanation, sample, std::log(1 / (kByUnknownTable + kByUnknownPortTable)));
    return explanation;
  }
  std::vector<ServerAddress> servers;
  for (std::size_t s = 0; s < n; ++s) servers.push_back(addresses[sample.trial->original(s)]);
  const auto cell = [](std::uint32_t key) { return maglev_cell(key); };
  const Cells by_address = cells_of(sample, Key::address, kMaglevTable, cell);
  const Cells by_port = cells_of(sample, Key::address_and_port, kMaglevTable, cell);
  for (const MaglevTheory& theory : maglev_theories(n)) {
    const MaglevTable table(servers, theory.weights, theory.order);
    const auto server_of = [&](std::size_t c) { return table.server(c); };
    const bool is_equal = all_equal(theory.weights);
    const double prior =
        log_prior(theory.weights) - (is_equal ? std::lgamma(static_cast<double>(n) + 1) : 0);
    const auto add = [&](const Cells& cells, double share) {
      explanation.add(
          prior + std::log(share) + log_likelihood(cells.score(sample.known, server_of), sample),
          theory.weights);
    };
    add(by_address, kByAddress);
    add(by_port, kByPort);
  }
  add_unknown_tables(explanation, sample, 0);
  return explanation;
}

}  // namespace tapstat::analysis::lvs
