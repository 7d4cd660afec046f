// Virtual services made by hand, for the views that show them.
#pragma once

#include <string>
#include <vector>

#include "analysis/engine.h"
#include "report/forwarded.h"
#include "report/query/literal.h"
#include "report/report.h"
#include "report/socket_argument.h"
#include "tests/support/json.h"
#include "tests/support/string_output.h"

namespace tapstat::report {

namespace lvs = analysis::lvs;

[[nodiscard]] inline analysis::Socket socket(std::string_view text) {
  return parse_socket(text).value();
}

// A connection of that client through VIP 192.0.2.1:80 to the real server `rip`.
[[nodiscard]] inline lvs::Path path_of(std::string_view client, std::string_view rip,
                                       lvs::Mode mode = lvs::Mode::nat) {
  lvs::Path path;
  path.protocol = 6;
  path.client = socket(client);
  path.vip = socket("192.0.2.1:80");
  path.mode = mode;
  if (!rip.empty()) path.target.socket = socket(rip);
  path.target.frame = 2;
  path.target.first = capture::Timestamp{std::chrono::milliseconds{1001}};
  path.state = lvs::IpvsState::established;
  path.expires = std::chrono::seconds{899};
  path.is_active = true;
  path.return_path = lvs::ReturnPath::director;
  path.reception = lvs::Reception::accepted;
  path.first = path.last = capture::Timestamp{std::chrono::seconds{1}};
  path.frame = 1;
  path.evidence.set(static_cast<std::size_t>(lvs::Evidence::isn));
  path.sure = true;
  return path;
}

[[nodiscard]] inline lvs::RealServer real_server(std::string_view ip, std::uint32_t connections) {
  lvs::RealServer server;
  if (!ip.empty()) server.socket = socket(ip);
  server.connections = connections;
  return server;
}

// One service, 192.0.2.1:80, of all these paths and real servers.
[[nodiscard]] inline lvs::Overview overview_of(std::vector<lvs::Path> paths,
                                               std::vector<lvs::RealServer> servers) {
  lvs::Overview overview;
  lvs::Service& service = overview.services.emplace_back();
  service.vip = socket("192.0.2.1:80");
  service.protocol = 6;
  service.mode = paths.empty() ? lvs::Mode::nat : paths.front().mode;
  service.servers = std::move(servers);
  for (std::uint32_t i = 0; i < paths.size(); ++i) service.paths.push_back(i);
  overview.paths = std::move(paths);
  return overview;
}

// A report on these, of a capture without packets.
class Scene {
 public:
  explicit Scene(lvs::Overview overview, std::vector<analysis::nat::Translation> nat = {})
      : model_(engine_.model()), forwarded_(model_, {std::move(overview), std::move(nat)}) {}

  [[nodiscard]] Report report() const {
    Report report{.model = model_, .inputs = {}, .zone = Zone::utc};
    report.forwarded = &forwarded_;
    return report;
  }

 private:
  analysis::Engine engine_{1, {}, {.legs = true}};
  analysis::Model model_;
  Forwarded forwarded_;
};

[[nodiscard]] inline std::string text_of(const Report& report, View view) {
  test::StringOutput out;
  print(report, view, Format::text, out);
  return out.text();
}

// Of that type.
[[nodiscard]] inline std::vector<nlohmann::json> records_of(const Report& report, View view,
                                                            std::string_view type) {
  test::StringOutput out;
  print(report, view, Format::json, out);
  std::vector<nlohmann::json> records = test::parse_records(out.text());
  std::erase_if(records, [&](const nlohmann::json& r) { return r["type"] != type; });
  return records;
}

[[nodiscard]] inline bool has_line(const std::string& text, std::string_view line) {
  return ("\n" + text).find("\n" + std::string{line} + "\n") != std::string::npos;
}

}  // namespace tapstat::report
