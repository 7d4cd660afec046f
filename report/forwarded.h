// What boxes between the ends make of the connections, worked out once for all views of a report.
#pragma once

#include <vector>

#include "analysis/middleboxes.h"
#include "analysis/model.h"
#include "report/legs.h"

namespace tapstat::report {

class Forwarded {
 public:
  // `model` has legs (Wanted), and entries are judged as they stand at `now`.
  Forwarded(const analysis::Model& model, capture::Timestamp now)
      : Forwarded(model, analysis::find_middleboxes(model, now)) {}
  Forwarded(const analysis::Model& model, analysis::Middleboxes middleboxes)
      : middleboxes_(std::move(middleboxes)),
        legs_(model.tcp.connections(), middleboxes_.services, middleboxes_.translations) {}

  [[nodiscard]] const analysis::Middleboxes& middleboxes() const { return middleboxes_; }
  [[nodiscard]] const analysis::lvs::Overview& overview() const { return middleboxes_.services; }
  [[nodiscard]] const std::vector<analysis::nat::Translation>& translations() const {
    return middleboxes_.translations;
  }
  [[nodiscard]] const Legs& legs() const { return legs_; }

 private:
  analysis::Middleboxes middleboxes_;
  Legs legs_;
};

}  // namespace tapstat::report
