#include "report/lvs/service_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/address_text.h"
#include "report/lvs/words.h"

namespace tapstat::report {
namespace {

namespace lvs = analysis::lvs;

void print_fact(std::string_view name, const std::string& text, Output& out) {
  if (!text.empty()) out.write(fmt::format("  {:<11}{}\n", name, text));
}

void append(std::string& list, const std::string& item) {
  if (!list.empty()) list += ", ";
  list += item;
}

// "nat: isn 40, numbers 40, ttl 38 of 40 paths".
[[nodiscard]] std::string mode_text(const lvs::Overview& overview, const lvs::Service& service) {
  std::array<std::size_t, lvs::kEvidenceNames.size()> counts{};
  for (const std::uint32_t i : service.paths) {
    for (std::size_t e = 0; e < counts.size(); ++e) counts[e] += overview.paths[i].evidence[e];
  }
  std::string evidence;
  for (std::size_t e = 0; e < counts.size(); ++e) {
    if (counts[e] > 0) append(evidence, fmt::format("{} {}", lvs::kEvidenceNames[e], counts[e]));
  }
  if (evidence.empty()) return std::string{mode_name(service.mode)};
  return fmt::format("{}: {} of {} paths", mode_name(service.mode), evidence, service.paths.size());
}

[[nodiscard]] std::string scheduler_text(const lvs::SchedulerGuess& guess) {
  constexpr std::size_t kMost = 4;  // confidences
  const auto& candidates = guess.candidates;
  if (candidates.empty()) return "";
  if (candidates.size() == 1) {
    return fmt::format("{} (confidence {:.2f})", in_words(guess), candidates.front().confidence);
  }
  std::string confidences;
  for (std::size_t i = 0; i < std::min(kMost, candidates.size()); ++i) {
    append(confidences,
           fmt::format("{} {:.2f}", name_of(candidates[i].name), candidates[i].confidence));
  }
  return fmt::format("{} ({}{})", in_words(guess), confidences,
                     candidates.size() > kMost ? ", ..." : "");
}

[[nodiscard]] std::string persistence_text(const lvs::SchedulerGuess& guess) {
  if (!guess.is_persistent) return "";
  if (!guess.persistence) return "clients come back to the real server they had";
  return fmt::format("a client came back to the real server it had after up to {} s",
                     guess.persistence->count());
}

// Those with most connections.
[[nodiscard]] std::string clients_text(const Report& report, const lvs::Overview& overview,
                                       const lvs::Service& service) {
  constexpr std::size_t kMost = 4;
  std::map<analysis::IpAddress, std::size_t> counts;
  for (const std::uint32_t i : service.paths) ++counts[overview.paths[i].client.address];
  std::vector<std::pair<analysis::IpAddress, std::size_t>> clients(counts.begin(), counts.end());
  std::stable_sort(clients.begin(), clients.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (std::size_t i = 0; i < std::min(kMost, clients.size()); ++i) {
    append(text,
           fmt::format("{} ({})", host_text(report.names, clients[i].first), clients[i].second));
  }
  if (clients.size() > kMost) append(text, fmt::format("{} more", clients.size() - kMost));
  return text;
}

[[nodiscard]] std::string director_text(const Report& report, const lvs::Director& director) {
  std::string text;
  for (const auto& a : director.dips) append(text, "DIP " + host_text(report.names, a));
  for (const auto& a : director.lips) append(text, "LIP " + host_text(report.names, a));
  for (const auto& mac : director.macs) append(text, "MAC " + mac_text(mac));
  return text;
}

[[nodiscard]] std::string handshakes_text(const lvs::Service& service) {
  std::string text;
  if (service.client_rtt) {
    append(text, fmt::format("{} to the client and back", duration_text(*service.client_rtt)));
  }
  if (service.server_rtt) {
    append(text, fmt::format("{} to the real server and back", duration_text(*service.server_rtt)));
  }
  return text.empty() ? text : text + " (medians)";
}

[[nodiscard]] std::string resent_text(const lvs::Service& service) {
  std::string text;
  if (service.client_retransmissions) {
    append(text, fmt::format("{} segments before the director", *service.client_retransmissions));
  }
  std::uint64_t behind = 0;
  bool is_known = false;
  for (const lvs::RealServer& server : service.servers) {
    is_known |= server.retransmissions.has_value();
    behind += server.retransmissions.value_or(0);
  }
  if (is_known) append(text, fmt::format("{} behind it", behind));
  return text;
}

[[nodiscard]] std::string failures_text(const Report& report, const lvs::Service& service) {
  std::string text;
  for (const lvs::RealServer& server : service.servers) {
    const auto who = target_text(report, server.socket, server.mac, service.protocol, "?");
    if (server.refused > 0) append(text, fmt::format("{} refused by {}", server.refused, who));
    if (server.unanswered > 0) {
      append(text, fmt::format("{} not answered by {}", server.unanswered, who));
    }
  }
  if (service.rejected > 0) {
    append(text,
           fmt::format("{} rejected by the director: no real server available", service.rejected));
  }
  return text;
}

}  // namespace

void print_service_facts(const Report& report, const lvs::Overview& overview,
                         const lvs::Service& service, Output& out) {
  print_fact("mode", mode_text(overview, service), out);
  print_fact("scheduler", scheduler_text(service.scheduler), out);
  print_fact("persistent", persistence_text(service.scheduler), out);
  print_fact("clients", clients_text(report, overview, service), out);
  print_fact("director", director_text(report, service.director), out);
  print_fact("handshake", handshakes_text(service), out);
  print_fact("sent again", resent_text(service), out);
  print_fact("failures", failures_text(report, service), out);
}

}  // namespace tapstat::report
