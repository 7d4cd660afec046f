#include "report/findings.h"

#include <fmt/format.h>

#include <array>

#include "report/address_text.h"
#include "report/table.h"

namespace tapstat::report {
namespace {

using analysis::Finding;
using analysis::FindingKind;

constexpr std::array<std::string_view, 3> kSeverityNames = {"error", "warning", "note"};
constexpr std::array kSeverityRoles = {Role::failed, Role::notable, Role::plain};

[[nodiscard]] std::size_t severity_index(const Finding& f) {
  return static_cast<std::size_t>(analysis::severity_of(f.kind));
}

[[nodiscard]] std::string counted(std::size_t n, std::string_view what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

[[nodiscard]] std::string frames_text(const Finding& f) {
  std::string text;
  for (const std::uint64_t frame : f.frames) {
    text += fmt::format("{}{}", text.empty() ? "" : " ", frame);
  }
  return text;
}

[[nodiscard]] std::vector<Cell> row(const Report& report, const Finding& f) {
  const std::size_t severity = severity_index(f);
  return {Cell{std::string{kSeverityNames[severity]}, kSeverityRoles[severity]},
          time_of_day(f.first, report.zone),
          std::string{analysis::kFindingNames[static_cast<std::size_t>(f.kind)]},
          subject_text(f),
          finding_text(f),
          frames_text(f)};
}

}  // namespace

std::string subject_text(const Finding& finding) {
  if (!finding.service) return "capture";
  return endpoint_text(finding.service->address, finding.service->port);
}

std::string finding_text(const Finding& finding) {
  const std::string connections = counted(finding.connections.size(), "connection");
  const std::string from = "from " + counted(finding.clients, "client");
  switch (finding.kind) {
    case FindingKind::injected_reset:
      return fmt::format("{} saw a reset whose sender went on: it came from somebody else",
                         connections);
    case FindingKind::accept_queue_full:
      return fmt::format(
          "{} {} done but not taken: the accept queue is full, or nobody calls accept()",
          connections, from);
    case FindingKind::keep_alive_failure:
      return fmt::format(
          "{} {} reset after keep-alives without an answer: the host, or the way, "
          "was gone",
          connections, from);
    case FindingKind::connection_refused:
      return fmt::format("{} {} refused: nothing accepts there", connections, from);
    case FindingKind::no_answer:
      return fmt::format("{} {} without an answer: the host is down, or a filter drops them",
                         connections, from);
    case FindingKind::asymmetric_capture:
      return fmt::format("of {} one direction only: what the unseen end did is a guess",
                         connections);
  }
  return "";
}

void write_finding(const Finding& finding, RecordWriter& json) {
  json.begin_object()
      .field("type", "finding")
      .field("t", finding.first)
      .field("kind", analysis::kFindingNames[static_cast<std::size_t>(finding.kind)])
      .field("severity", kSeverityNames[severity_index(finding)])
      .field("subject", subject_text(finding))
      .field("text", finding_text(finding))
      .begin_array("frames");
  for (const std::uint64_t frame : finding.frames) json.element(frame);
  json.end_array().begin_array("connections");
  for (const std::uint32_t id : finding.connections) json.element(id);
  json.end_array().end_object();
}

std::vector<Finding> findings_of(const Report& report) {
  std::vector<Finding> findings = analysis::find_all(report.model);
  std::erase_if(findings, [&](const Finding& f) {
    return !report.keeps(RecordType::finding, [&](RecordWriter& json) { write_finding(f, json); });
  });
  return findings;
}

void print_findings_text(const Report& report, Output& out) {
  Table table({{"Severity"}, {"First"}, {"Kind"}, {"Subject"}, {"What"}, {"Frames"}});
  for (const Finding& f : findings_of(report)) table.add(row(report, f));
  table.print(out, report.color);
}

}  // namespace tapstat::report
