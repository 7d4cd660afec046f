// What boxes between the ends make of the connections, worked out once for all views of a report.
#pragma once

#include <vector>

#include "analysis/lvs/overview.h"
#include "analysis/model.h"
#include "analysis/nat/translation.h"
#include "report/legs.h"

namespace tapstat::report {

class Forwarded {
 public:
  // `model` has legs (Wanted), and entries are judged as they stand at `now`.
  Forwarded(const analysis::Model& model, capture::Timestamp now)
      : Forwarded(model, analysis::lvs::find_services(model, now),
                  analysis::nat::find_translations(model, now)) {}
  Forwarded(const analysis::Model& model, analysis::lvs::Overview overview,
            std::vector<analysis::nat::Translation> translations)
      : overview_(std::move(overview)),
        translations_(std::move(translations)),
        legs_(model.tcp.connections(), overview_, translations_) {}

  [[nodiscard]] const analysis::lvs::Overview& overview() const { return overview_; }
  [[nodiscard]] const std::vector<analysis::nat::Translation>& translations() const {
    return translations_;
  }
  [[nodiscard]] const Legs& legs() const { return legs_; }

 private:
  analysis::lvs::Overview overview_;
  std::vector<analysis::nat::Translation> translations_;
  Legs legs_;
};

}  // namespace tapstat::report
