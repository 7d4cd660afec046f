#include "report/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "analysis/findings/findings.h"
#include "report/finding_words.h"
#include "report/forwarded.h"
#include "report/table.h"

namespace tapstat::report {
namespace {

using analysis::Finding;

constexpr std::array<std::string_view, 3> kSeverityNames = {"error", "warning", "note"};
constexpr std::array kSeverityRoles = {Role::failed, Role::notable, Role::plain};
constexpr std::string_view kIndent = "  ";
// Words are not broken, however narrow the terminal.
constexpr std::size_t kNarrowest = 40;

[[nodiscard]] std::size_t severity_index(const Finding& f) {
  return static_cast<std::size_t>(analysis::severity_of(f.kind));
}

// `text`, which is ASCII, in lines of at most `width` columns with their indent.
void print_wrapped(std::string_view text, std::size_t width, Output& out) {
  const std::size_t room = std::max(width, kNarrowest) - kIndent.size();
  while (!text.empty()) {
    std::size_t end = text.size();
    if (end > room) {
      end = text.rfind(' ', room);
      if (end == std::string_view::npos) end = std::min(text.find(' '), text.size());
    }
    out.write(fmt::format("{}{}\n", kIndent, text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

[[nodiscard]] std::string frames_text(const Finding& f) {
  std::string text = f.frames.size() == 1 ? "Frame" : "Frames";
  for (const std::uint64_t frame : f.frames) text += fmt::format(" {}", frame);
  return text;
}

void print_heading(const Report& report, const Finding& f, Output& out) {
  const std::size_t severity = severity_index(f);
  fmt::memory_buffer line;
  append_cell(line, kSeverityNames[severity], kSeverityRoles[severity], report.color);
  const std::size_t padding = kSeverityNames[1].size() - kSeverityNames[severity].size();
  fmt::format_to(std::back_inserter(line), "{:{}}  {}  {}  {}\n", "", padding,
                 time_of_day(f.first, report.zone), name(f.kind),
                 subject_text(f.subject, report.names));
  out.write({line.data(), line.size()});
}

void print_each(const Report& report, const std::vector<Finding>& findings, Output& out) {
  for (const Finding& f : findings) {
    print_heading(report, f, out);
    print_wrapped(finding_text(f, report.names), report.width, out);
    print_wrapped(advice_of(f.kind), report.width, out);
    if (!f.frames.empty()) print_wrapped(frames_text(f), report.width, out);
  }
}

}  // namespace

void write_finding(const Finding& finding, RecordWriter& json) {
  json.begin_object()
      .field("type", "finding")
      .field("t", finding.first)
      .field("kind", name(finding.kind))
      .field("severity", kSeverityNames[severity_index(finding)])
      .field("subject", subject_text(finding.subject))
      .field("text", finding_text(finding))
      .field("advice", advice_of(finding.kind))
      .begin_array("frames");
  for (const std::uint64_t frame : finding.frames) json.element(frame);
  json.end_array().begin_array("connections");
  for (const std::uint32_t id : finding.connections) json.element(id);
  json.end_array().end_object();
}

std::vector<Finding> findings_of(const Report& report) {
  const auto* known = report.forwarded == nullptr ? nullptr : &report.forwarded->middleboxes();
  std::vector<Finding> findings = analysis::find_all(report.model, {report.from, report.at}, known);
  std::erase_if(findings, [&](const Finding& f) {
    return !report.keeps(RecordType::finding, [&](RecordWriter& json) { write_finding(f, json); });
  });
  return findings;
}

void print_findings_text(const Report& report, Output& out) {
  print_each(report, findings_of(report), out);
}

void print_findings_section(const Report& report, Output& out) {
  const std::vector<Finding> findings = findings_of(report);
  if (findings.empty()) return;
  out.write("\nFindings\n");
  print_each(report, findings, out);
}

}  // namespace tapstat::report
