#include "report/bpdu_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tapstat::report {

using decode::Bpdu;
using decode::BpduFlags;
using decode::BpduType;
using Words = std::vector<std::string_view>;

namespace {

// As the table has them for people and the records for programs.
struct FlagWords {
  std::string_view topology_change, acknowledgment;
};
constexpr FlagWords kNames{"topology_change", "topology_change_ack"};
constexpr FlagWords kShort{"TC", "TC ack"};

// `last` is what 0x80 means.
void add_rapid_flags(BpduFlags flags, std::string_view topology_change, std::string_view last,
                     Words& words) {
  const auto add = [&](bool is_set, std::string_view word) {
    if (is_set) words.push_back(word);
  };
  add(flags.topology_change(), topology_change);
  add(flags.proposal(), "proposal");
  add(flags.learning(), "learning");
  add(flags.forwarding(), "forwarding");
  add(flags.agreement(), "agreement");
  add(flags.acknowledgment(), last);
}

[[nodiscard]] Words flag_words(const Bpdu& bpdu, const FlagWords& names) {
  Words words;
  switch (bpdu.type) {
    case BpduType::tcn:
      break;
    case BpduType::config:
      if (bpdu.flags.topology_change()) words.push_back(names.topology_change);
      if (bpdu.flags.acknowledgment()) words.push_back(names.acknowledgment);
      break;
    case BpduType::rapid:
      add_rapid_flags(bpdu.flags, names.topology_change, names.acknowledgment, words);
      break;
  }
  return words;
}

[[nodiscard]] std::string_view role_text(decode::BpduRole role) {
  constexpr std::array<std::string_view, 4> kTexts = {"role unknown", "alternate or backup", "root",
                                                      "designated"};
  return kTexts[static_cast<std::size_t>(role)];
}

}  // namespace

std::string_view bpdu_type_name(const Bpdu& bpdu) {
  if (bpdu.type == BpduType::config) return "config";
  if (bpdu.type == BpduType::tcn) return "tcn";
  return bpdu.mst ? "mst" : "rst";
}

std::string_view role_name(BpduFlags flags) {
  return kBpduRoleNames[static_cast<std::size_t>(flags.role())];
}

Words flag_names(const Bpdu& bpdu) { return flag_words(bpdu, kNames); }

Words flag_names(const decode::MstiMessage& message) {
  Words words;
  add_rapid_flags(message.flags, kNames.topology_change, "master", words);
  return words;
}

std::string_view bpdu_kind_text(const Bpdu& bpdu) {
  if (bpdu.type == BpduType::config) return bpdu.is_cisco ? "Conf PVST+" : "Conf";
  if (bpdu.type == BpduType::tcn) return bpdu.is_cisco ? "TCN PVST+" : "TCN";
  if (bpdu.mst) return "MST";
  return bpdu.is_cisco ? "RST PVST+" : "RST";
}

std::string bpdu_flags_text(const Bpdu& bpdu) {
  Words words = flag_words(bpdu, kShort);
  if (bpdu.type == BpduType::rapid) words.push_back(role_text(bpdu.flags.role()));
  return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace tapstat::report
