#include "analysis/lvs/sync_table.h"

namespace tapstat::analysis::lvs {

SyncTable::SyncTable(std::uint64_t) {}

void SyncTable::see(const capture::Frame&, const decode::Packet&) {}

}  // namespace tapstat::analysis::lvs
