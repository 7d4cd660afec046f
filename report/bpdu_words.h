// What a BPDU says, in words: its kind, its flags and the role of the port that sent it.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "decode/bpdu.h"

namespace tapstat::report {

inline constexpr std::array<std::string_view, 4> kBpduTypeNames = {"config", "rst", "mst", "tcn"};
inline constexpr std::array<std::string_view, 2> kBpduEncapsulationNames = {"ieee", "cisco"};
// By decode::BpduRole.
inline constexpr std::array<std::string_view, 4> kBpduRoleNames = {"unknown", "alternate_or_backup",
                                                                   "root", "designated"};
inline constexpr std::array<std::string_view, 7> kBpduFlagNames = {
    "topology_change",     "proposal", "learning", "forwarding", "agreement",
    "topology_change_ack", "master"};

[[nodiscard]] std::string_view bpdu_type_name(const decode::Bpdu& bpdu);
[[nodiscard]] std::string_view role_name(decode::BpduFlags flags);

// Of those that a BPDU of that kind can set, the ones that are set; the role is none of them.
[[nodiscard]] std::vector<std::string_view> flag_names(const decode::Bpdu& bpdu);
[[nodiscard]] std::vector<std::string_view> flag_names(const decode::MstiMessage& message);

// "MST", "RST PVST+": short, for a table.
[[nodiscard]] std::string_view bpdu_kind_text(const decode::Bpdu& bpdu);
// "TC, proposal, designated": flags and role.
[[nodiscard]] std::string bpdu_flags_text(const decode::Bpdu& bpdu);

}  // namespace tapstat::report
