#include "report/query/forwarding_field_tables.h"

#include <array>
#include <string_view>

#include "analysis/lvs/overview.h"
#include "analysis/nat/translation.h"
#include "analysis/tcp/state.h"

namespace tapstat::report::query {
namespace {

namespace lvs = analysis::lvs;
using enum FieldType;

constexpr std::array kLvsServiceFields = {
    Field{"vip", address},
    Field{"port", number},
    Field{"protocol", text},
    Field{"name", text},
    Field{"mode", name, lvs::kModeNames},
    Field{"fwmark", number},
    Field{"scheduler.name", text},
    Field{"scheduler.confidence", number},
    Field{"scheduler.runner_up", text},
    Field{"scheduler.candidates.name", text},
    Field{"scheduler.candidates.confidence", number},
    Field{"persistent", boolean},
    Field{"persistence", duration},
    Field{"director.dips", address},
    Field{"director.lips", address},
    Field{"director.macs", mac},
    Field{"real_servers.ip", address},
    Field{"real_servers.port", number},
    Field{"real_servers.name", text},
    Field{"real_servers.mac", mac},
    Field{"real_servers.weight", number},
    Field{"real_servers.connections", number},
    Field{"real_servers.active", number},
    Field{"real_servers.inactive", number},
    Field{"real_servers.refused", number},
    Field{"real_servers.unanswered", number},
    Field{"real_servers.retransmissions", number},
    Field{"connections", number},
    Field{"return_paths.unseen", number},
    Field{"return_paths.director", number},
    Field{"return_paths.direct", number},
    Field{"client_rtt", duration},
    Field{"server_rtt", duration},
    Field{"client_retransmissions", number},
    Field{"rejected", number},
};

// Those of IPVS, and what it has for UDP.
constexpr std::array<std::string_view, lvs::kIpvsStates + 1> kEntryStates = [] {
  std::array<std::string_view, lvs::kIpvsStates + 1> names{};
  for (std::size_t i = 0; i < lvs::kIpvsStates; ++i) names[i] = lvs::kIpvsStateNames[i];
  names.back() = "UDP";
  return names;
}();
constexpr std::array<std::string_view, 3> kReceptions = {"accepted", "refused", "unanswered"};

constexpr std::array kLvsPathFields = {
    Field{"cip", address},
    Field{"cport", number},
    Field{"cip_name", text},
    Field{"vip", address},
    Field{"vport", number},
    Field{"lip", address},
    Field{"lport", number},
    Field{"rip", address},
    Field{"rport", number},
    Field{"rip_name", text},
    Field{"mode", name, lvs::kModeNames},
    Field{"protocol", text},
    Field{"mac", mac},
    Field{"state", name, kEntryStates},
    Field{"expires", duration},
    Field{"replaced_at", time},
    Field{"active", boolean},
    Field{"return_path", name, lvs::kReturnPathNames},
    Field{"client_state", name, analysis::tcp::kStateNames},
    Field{"server_state", name, analysis::tcp::kStateNames},
    Field{"reception", name, kReceptions},
    Field{"first", time},
    Field{"last", time},
    Field{"frame", number},
    Field{"connections", number},
    Field{"evidence", name, lvs::kEvidenceNames},
    Field{"sure", boolean},
    Field{"began_before", boolean},
    Field{"others.rip", address},
    Field{"others.rport", number},
    Field{"others.mac", mac},
    Field{"others.t", time},
    Field{"others.frame", number},
};

constexpr std::array kNatFields = {
    Field{"protocol", text},
    Field{"original.src", address},
    Field{"original.sport", number},
    Field{"original.dst", address},
    Field{"original.dport", number},
    Field{"original.id", number},
    Field{"translated.src", address},
    Field{"translated.sport", number},
    Field{"translated.dst", address},
    Field{"translated.dport", number},
    Field{"translated.id", number},
    Field{"kind", name, analysis::nat::kKindNames},
    Field{"mac", mac},
    Field{"macs", mac},
    Field{"client_state", name, analysis::tcp::kStateNames},
    Field{"server_state", name, analysis::tcp::kStateNames},
    Field{"first", time},
    Field{"last", time},
    Field{"frame", number},
    Field{"packets", number},
    Field{"replies", number},
    Field{"connections", number},
    Field{"sure", boolean},
};

}  // namespace

const RecordFields kLvsService{"lvs_service", kLvsServiceFields, {}};
const RecordFields kLvsPath{"lvs_path", kLvsPathFields, {}};
const RecordFields kNat{"nat", kNatFields, {}};

}  // namespace tapstat::report::query
