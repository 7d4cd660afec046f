#include "analysis/findings/findings.h"

#include <array>

#include "analysis/findings/rules.h"

namespace tapstat::analysis {
namespace {

// Those about many connections first: what they explain those about single ones do not tell again.
constexpr std::array<Rule, 18> kRules = {
    find_loops,
    find_handshakes_in_vain,
    find_scans,
    find_leaks,
    find_spent_ports,
    find_reset_storms,
    find_virtual_server_trouble,
    find_split_handshakes,
    find_in_connections,
    find_bad_paths,
    find_capture_loss,
    find_offload,
    find_disputed_addresses,
    find_proxies,
    find_unanswered_neighbors,
    find_tree_changes,
    find_tree_troubles,
    find_vrrp_trouble,
};

}  // namespace

std::vector<Finding> find_all(const Model& model, const Period& period, const Middleboxes* known) {
  Inquiry inquiry(model, period, known);
  for (const Rule rule : kRules) rule(inquiry);
  return inquiry.finish();
}

}  // namespace tapstat::analysis
