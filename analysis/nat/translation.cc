#include "analysis/nat/translation.h"

namespace tapstat::analysis::nat {
std::vector<Translation> find_translations(const Model&, Timestamp) { return {}; }
}  // namespace tapstat::analysis::nat
