#include "report/lvs/path_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "report/lvs/end_states.h"
#include "report/lvs/words.h"
#include "report/table.h"

namespace tapstat::report {
namespace {

namespace lvs = analysis::lvs;

// "14:59", as ipvsadm has it; nothing where the entry is gone.
[[nodiscard]] std::string expire_text(const lvs::Path& path) {
  if (!path.expires) return "";
  const auto s = std::chrono::duration_cast<std::chrono::seconds>(*path.expires).count();
  return fmt::format("{:02}:{:02}", s / 60, s % 60);
}

[[nodiscard]] Cell state_cell(const lvs::Path& path) {
  const auto state = entry_state(path);
  if (!state) return {path.replaced_at ? "(replaced)" : "(expired)", Role::quiet};
  return {std::string{*state}, path.is_active ? Role::plain : Role::quiet};
}

// With a question mark where it rests on what might be otherwise.
[[nodiscard]] std::string destination_text(const Report& report, const lvs::Path& path) {
  std::string text = target_text(report, path.target.socket, path.target.mac, path.protocol, "-");
  if (!path.sure && text != "-") text += '?';
  for (const lvs::Target& other : path.others) {
    text += ", " + target_text(report, other.socket, other.mac, path.protocol, "-");
  }
  return text;
}

[[nodiscard]] Cell reception_cell(const lvs::Path& path) {
  switch (path.reception) {
    case lvs::Reception::accepted:
      return std::string{"accepted"};
    case lvs::Reception::refused:
      return {"refused", Role::failed};
    case lvs::Reception::unanswered:
      return {"unanswered", Role::failed};
    case lvs::Reception::unknown:
      break;
  }
  return std::string{};
}

[[nodiscard]] std::string evidence_text(const lvs::Path& path) {
  std::string text;
  for (std::size_t i = 0; i < path.evidence.size(); ++i) {
    if (!path.evidence[i]) continue;
    if (!text.empty()) text += ',';
    text += lvs::kEvidenceNames[i];
  }
  return text;
}

[[nodiscard]] std::vector<Cell> row_of(const Report& report, const lvs::Path& path,
                                       bool with_local) {
  std::vector<Cell> row{protocol_text(path.protocol), expire_text(path), state_cell(path),
                        socket_text(report, path.client, path.protocol),
                        socket_text(report, path.vip, path.protocol)};
  if (with_local) {
    row.emplace_back(path.local
                         ? fmt::format("[{}]", socket_text(report, *path.local, path.protocol))
                         : std::string{});
  }
  const auto ends = end_states(report, path);
  const auto state_of = [&](analysis::tcp::State EndStates::*end) {
    return ends ? std::string{name((*ends).*end)} : std::string{};
  };
  row.insert(row.end(),
             {destination_text(report, path), std::string{return_name(path.return_path)},
              reception_cell(path), state_of(&EndStates::client), state_of(&EndStates::server),
              evidence_text(path), time_of_day(path.first, report.zone),
              fmt::format("{}", fmt::join(path.connections, ","))});
  return row;
}

}  // namespace

void print_path_table(const Report& report, std::span<const lvs::Path* const> paths,
                      std::string_view indent, Output& out) {
  const bool with_local = std::any_of(
      paths.begin(), paths.end(), [](const lvs::Path* path) { return path->local.has_value(); });
  std::vector<Column> columns{{"pro"}, {"expire"}, {"state"}, {"source"}, {"virtual"}};
  if (with_local) columns.push_back({"local"});
  columns.insert(columns.end(), {{"destination"},
                                 {"answers"},
                                 {"server"},
                                 {"at client"},
                                 {"at server"},
                                 {"evidence"},
                                 {"start"},
                                 {"ids"}});
  Table table(std::move(columns));
  for (const lvs::Path* path : paths) table.add(row_of(report, *path, with_local));
  table.print(out, report.color, indent);
}

}  // namespace tapstat::report
