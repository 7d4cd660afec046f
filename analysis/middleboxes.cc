#include "analysis/middleboxes.h"

#include "analysis/lvs/rewritten.h"

namespace tapstat::analysis {

Middleboxes find_middleboxes(const Model& model, capture::Timestamp now) {
  if (model.legs == nullptr) return {};
  const lvs::Rewritten rewritten = lvs::split_rewritten(model);
  return {.services = lvs::find_services(model, rewritten.services, now),
          .translations = nat::find_translations(model, rewritten.others)};
}

}  // namespace tapstat::analysis
