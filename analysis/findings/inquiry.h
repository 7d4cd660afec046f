// What rules look at, and where they put what they find.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "analysis/findings/finding.h"
#include "analysis/model.h"
#include "analysis/tcp/verdict.h"

namespace tapstat::analysis {

// A packet that shows it.
struct Evidence {
  Timestamp time;
  std::uint64_t frame = 0;  // 0: not known
};

class Inquiry {
 public:
  explicit Inquiry(const Model& model);

  [[nodiscard]] const Model& model() const { return model_; }
  [[nodiscard]] std::uint32_t connections() const { return model_.tcp.connections().size(); }
  [[nodiscard]] const tcp::Connection& connection(std::uint32_t id) const {
    return model_.tcp.connections()[id];
  }
  [[nodiscard]] tcp::Verdict verdict(std::uint32_t id) const { return verdicts_[id]; }
  // When the capture ends.
  [[nodiscard]] Timestamp end() const { return end_; }

  // What a finding about many connections has told of one is not told again of that one alone.
  void explain(std::uint32_t id) { explained_[id] = true; }
  [[nodiscard]] bool is_explained(std::uint32_t id) const { return explained_[id]; }

  // The step of that end with that cause, the last where there are several; else the connection's
  // first packet.
  [[nodiscard]] Evidence step_with(const tcp::Connection& c, int end, tcp::Event cause) const;

  // The finding of this kind about that subject, made where it is the first word on it. Valid until
  // the next one is made.
  [[nodiscard]] Finding& about(FindingKind kind, const Subject& subject);
  // A connection that shows it: its evidence, itself and its client are added.
  void add(FindingKind kind, const Subject& subject, const tcp::Connection& c,
           const Evidence& evidence);

  [[nodiscard]] std::vector<Finding> finish();

 private:
  [[nodiscard]] std::size_t index_of(FindingKind kind, const Subject& subject);

  const Model& model_;
  Timestamp end_;
  std::vector<tcp::Verdict> verdicts_;  // by connection
  std::vector<bool> explained_;
  std::map<std::pair<FindingKind, Subject>, std::size_t> index_;
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
