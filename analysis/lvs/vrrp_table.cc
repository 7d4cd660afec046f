#include "analysis/lvs/vrrp_table.h"

namespace tapstat::analysis::lvs {

VrrpTable::VrrpTable(std::uint64_t) {}

void VrrpTable::see(const capture::Frame&, const decode::Packet&) {}

}  // namespace tapstat::analysis::lvs
