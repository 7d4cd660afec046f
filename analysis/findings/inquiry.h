// What rules look at, and where they put what they find.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "analysis/findings/finding.h"
#include "analysis/findings/period.h"
#include "analysis/middleboxes.h"
#include "analysis/model.h"
#include "analysis/tcp/standing.h"
#include "analysis/tcp/verdict.h"

namespace tapstat::analysis {

// A packet that shows it.
struct Evidence {
  Timestamp time;
  std::uint64_t frame = 0;  // 0: not known
};

class Inquiry {
 public:
  // `known` as find_all()'s; borrowed, as the model.
  Inquiry(const Model& model, const Period& period, const Middleboxes* known);
  ~Inquiry() = default;
  Inquiry(const Inquiry&) = delete;
  Inquiry& operator=(const Inquiry&) = delete;

  [[nodiscard]] const Model& model() const { return model_; }
  // Calls `f(connection)` for each that has a packet in the period, in the order of their ids. Of
  // one that goes on under other addresses behind a box the client's leg alone.
  template <typename F>
  void for_each_connection(F&& f) const {
    for (const tcp::Connection& c : model_.tcp.connections()) {
      if (is_in_period(c.last()) && !is_further_leg_[c.id()]) f(c);
    }
  }
  [[nodiscard]] tcp::Connection connection(std::uint32_t id) const {
    return model_.tcp.connections()[id];
  }
  [[nodiscard]] tcp::Verdict verdict(std::uint32_t id) const { return verdicts_[id]; }
  // How that end stands at the period's end.
  [[nodiscard]] tcp::Standing standing(const tcp::Connection& c, int end) const;
  // When the period ends.
  [[nodiscard]] Timestamp end() const { return end_; }
  // When it begins, where it does not with the capture.
  [[nodiscard]] Timestamp begin() const { return period_.from.value_or(Timestamp::min()); }
  // Of nothing later than end(): whether it does not lie before the period.
  [[nodiscard]] bool is_in_period(Timestamp t) const { return begin() <= t; }

  // What a finding about many connections has told of one is not told again of that one alone.
  void explain(std::uint32_t id) { explained_[id] = true; }
  [[nodiscard]] bool is_explained(std::uint32_t id) const { return explained_[id]; }

  // Likewise of an address, in what is said of neighbours.
  void explain(const IpAddress& address) { explained_addresses_.insert(address); }
  [[nodiscard]] bool is_explained(const IpAddress& address) const {
    return explained_addresses_.contains(address);
  }

  // What there is of virtual servers, at the period's end.
  [[nodiscard]] const lvs::Overview& virtual_servers() const { return middleboxes_.services; }

  // The connection itself, or as much of it as lies in the period.
  [[nodiscard]] Evidence whole(const tcp::Connection& c) const;
  // The step of that end with that cause, the last where there are several; else the connection.
  [[nodiscard]] Evidence step_with(const tcp::Connection& c, int end, tcp::Event cause) const;

  // Its first SYN; the connection where that lies before the period: the SYN is sent again, or
  // waits for its answer still.
  [[nodiscard]] Evidence attempt(const tcp::Connection& c) const;

  // The finding of this kind about that subject, made where it is the first word on it. Valid until
  // the next one is made.
  [[nodiscard]] Finding& about(FindingKind kind, const Subject& subject);
  // Likewise, in those VLANs: the same subject in others is another.
  [[nodiscard]] Finding& about(FindingKind kind, const Subject& subject, decode::VlanStack vlans);
  // A connection that shows it: its evidence, itself and its client are added. False: not so, for
  // the evidence lies before the period.
  bool add(FindingKind kind, const Subject& subject, const tcp::Connection& c,
           const Evidence& evidence);

  // Those for which there is evidence.
  [[nodiscard]] std::vector<Finding> finish();

 private:
  void find_further_legs();
  [[nodiscard]] std::size_t index_of(FindingKind kind, const Subject& subject,
                                     decode::VlanStack vlans = {});

  const Model& model_;
  Period period_;
  Timestamp end_;
  std::vector<tcp::Verdict> verdicts_;  // by connection
  std::vector<bool> explained_, is_further_leg_;
  std::set<IpAddress> explained_addresses_;
  std::optional<Middleboxes> own_;  // where nobody knew them
  const Middleboxes& middleboxes_;
  std::map<std::tuple<FindingKind, Subject, std::uint64_t>, std::size_t> index_;
  std::vector<Finding> findings_;
  std::vector<std::vector<IpAddress>> clients_;  // of each finding, with repetitions
};

// A rule looks at what there is and adds what it finds.
using Rule = void (*)(Inquiry&);

// Adds a packet that shows `finding`.
void add_evidence(Finding& finding, const Evidence& evidence);

// Where the server of `c` listens.
[[nodiscard]] Socket service_of(const tcp::Connection& c);

}  // namespace tapstat::analysis
