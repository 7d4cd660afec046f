#include "report/lvs/road.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "report/address_text.h"
#include "report/lvs/words.h"
#include "report/text_width.h"

namespace tapstat::report {
namespace {

namespace lvs = analysis::lvs;

struct Strokes {
  std::string_view to, from, only, first, middle, last, down, line, cut;
};
constexpr Strokes kBoxes{" ──→ ", " ←── ", " ──", " ─┬", "├", "└", "│", "─", "…"};
constexpr Strokes kPlain{" --> ", " <-- ", " --", " -+", "+", "`", "|", "-", ">"};

struct Branch {
  std::string share;  // " 33% "
  std::string server;
};

// What the drawing says.
struct Road {
  std::vector<std::string> stations;  // before the real servers
  std::vector<Branch> branches;
  std::array<std::uint32_t, lvs::kReturnPathNames.size()> back{};  // paths, by lvs::ReturnPath
};

[[nodiscard]] std::string clients_text(const Report& report, const lvs::Overview& overview,
                                       const lvs::Service& service) {
  std::set<analysis::IpAddress> clients;
  for (const std::uint32_t i : service.paths) clients.insert(overview.paths[i].client.address);
  if (clients.size() == 1) return "CIP " + host_text(report.names, *clients.begin());
  return fmt::format("CIP ({} clients)", clients.size());
}

[[nodiscard]] std::string locals_text(const Report& report, const lvs::Service& service) {
  const auto& lips = service.director.lips;
  if (lips.size() == 1) return "LIP " + host_text(report.names, lips.front());
  return fmt::format("LIP ({})", lips.size());
}

[[nodiscard]] std::string share_text(std::size_t part, std::size_t whole) {
  const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  return fmt::format(" {:>3.0f}% ", percent);
}

[[nodiscard]] std::vector<Branch> branches_of(const Report& report, const lvs::Service& service) {
  std::vector<Branch> branches;
  const std::size_t whole = std::max<std::size_t>(service.paths.size(), 1);
  std::size_t told = 0;
  for (const lvs::RealServer& server : service.servers) {
    told += server.connections;
    branches.push_back(
        {share_text(server.connections, whole),
         "RIP " + target_text(report, server.socket, server.mac, service.protocol, "?")});
  }
  if (told < service.paths.size()) {
    branches.push_back(
        {share_text(service.paths.size() - told, whole), "RIP ? (the packets do not tell)"});
  }
  return branches;
}

[[nodiscard]] Road road_of(const Report& report, const lvs::Overview& overview,
                           const lvs::Service& service) {
  Road road;
  road.stations = {clients_text(report, overview, service),
                   "VIP " + socket_text(report, service.vip, service.protocol)};
  if (!service.director.lips.empty()) road.stations.push_back(locals_text(report, service));
  road.branches = branches_of(report, service);
  for (const std::uint32_t i : service.paths) {
    ++road.back[static_cast<std::size_t>(overview.paths[i].return_path)];
  }
  return road;
}

[[nodiscard]] std::string repeat(std::string_view text, std::size_t times) {
  std::string all;
  for (; times > 0; --times) all += text;
  return all;
}

// The stations in a line, and the real servers below one another at its end.
[[nodiscard]] std::vector<std::string> draw_across(const Road& road, const Strokes& s) {
  const std::string way = fmt::format("{}", fmt::join(road.stations, s.to));
  const auto blank = std::string(width_of(way) + width_of(s.first) - 1, ' ');
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < road.branches.size(); ++i) {
    const Branch& branch = road.branches[i];
    const bool is_last = i + 1 == road.branches.size();
    const std::string start = i > 0 ? blank + std::string{is_last ? s.last : s.middle}
                              : road.branches.size() == 1 ? way + std::string{s.only}
                                                          : way + std::string{s.first};
    lines.push_back(
        fmt::format("{}{}{}{}{}", start, s.line, branch.share, s.to.substr(1), branch.server));
  }
  // The way back, as wide as the way there.
  const std::string by_director = fmt::format("{}{}RIP", fmt::join(road.stations, s.from), s.from);
  const std::string& client = road.stations.front();
  const std::size_t room = width_of(by_director) - width_of(client) - width_of(s.from) - 3;
  const std::string past =
      client + std::string{s.from.substr(0, s.from.size() - 1)} + repeat(s.line, room) + " RIP";
  using enum lvs::ReturnPath;
  const auto count = [&](lvs::ReturnPath way_back) {
    return road.back[static_cast<std::size_t>(way_back)];
  };
  if (count(director) > 0) {
    lines.push_back(fmt::format("{}  {} through the director", by_director, count(director)));
  }
  if (count(direct) > 0) {
    lines.push_back(fmt::format("{}  {} past the director", past, count(direct)));
  }
  if (count(unseen) > 0) {
    lines.push_back(fmt::format("{}{} no answer captured",
                                std::string(width_of(by_director) + 2, ' '), count(unseen)));
  }
  return lines;
}

// A line a station, for narrow terminals and long addresses.
[[nodiscard]] std::vector<std::string> draw_down(const Road& road, const Strokes& s) {
  std::vector<std::string> lines;
  for (const std::string& station : road.stations) {
    lines.push_back(lines.empty() ? station : fmt::format("{} {}", s.last, station));
  }
  for (std::size_t i = 0; i < road.branches.size(); ++i) {
    const bool is_last = i + 1 == road.branches.size();
    lines.push_back(fmt::format("  {}{}{}", is_last ? s.last : s.middle, road.branches[i].share,
                                road.branches[i].server));
  }
  lines.push_back(fmt::format("back: {} through the director, {} past it, {} not captured",
                              road.back[1], road.back[2], road.back[0]));
  return lines;
}

// As much of the line as there is room for.
[[nodiscard]] std::string cut(std::string line, std::size_t width, const Strokes& s) {
  if (width == 0 || width_of(line) <= width) return line;
  std::size_t taken = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(line[i]) & 0xc0u) != 0x80u;
    if (begins && taken++ == width - 1) return line.substr(0, i) + std::string{s.cut};
  }
  return line;
}

}  // namespace

void draw_road(const Report& report, const lvs::Overview& overview, const lvs::Service& service,
               Output& out) {
  constexpr std::size_t kIndent = 2;
  const Strokes& strokes = report.ascii ? kPlain : kBoxes;
  const Road road = road_of(report, overview, service);
  const std::size_t width = report.width > kIndent ? report.width - kIndent : 1;
  auto lines = draw_across(road, strokes);
  const bool fits = std::all_of(lines.begin(), lines.end(),
                                [&](const std::string& line) { return width_of(line) <= width; });
  if (!fits) lines = draw_down(road, strokes);
  for (std::string& line : lines) {
    out.write(fmt::format("  {}\n", cut(std::move(line), width, strokes)));
  }
}

}  // namespace tapstat::report
