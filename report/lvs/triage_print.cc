#include <fmt/format.h>

#include "report/address_text.h"
#include "report/ip_protocol_name.h"
#include "report/lvs/triage.h"
#include "report/lvs/words.h"

namespace tapstat::report {
namespace {

void write_answer(std::string_view key, const TriageAnswer& answer, RecordWriter& json) {
  json.begin_object(key)
      .field("answer", kAnswerNames[static_cast<std::size_t>(answer.answer)])
      .field("t", answer.time);
  if (answer.frame != 0) json.field("frame", answer.frame);
  json.field("text", answer.text).end_object();
}

void print_answer(const Report& report, std::string_view question, const TriageAnswer& answer,
                  Output& out) {
  std::string where;
  if (answer.frame != 0) where += fmt::format("frame {}", answer.frame);
  if (answer.time) {
    where += fmt::format("{}{}", where.empty() ? "" : ", ", time_of_day(*answer.time, report.zone));
  }
  out.write(fmt::format("  {:<34} {:<7}  {}{}{}\n", question,
                        kAnswerNames[static_cast<std::size_t>(answer.answer)], where,
                        where.empty() ? "" : ": ", answer.text));
}

}  // namespace

void write_lvs_triage(const Triage& t, const ClientChoice& client, RecordWriter& json) {
  json.begin_object().field("type", "lvs_triage").field("cip", client.address);
  if (t.client) json.field("cport", t.client->port);
  if (t.asked) json.field("vip", t.asked->address).field("vport", t.asked->port);
  if (t.protocol != 0) json.field("protocol", ip_protocol_name(t.protocol));
  if (t.path != nullptr) {
    const auto& target = t.path->target;
    json.field("mode", mode_name(t.path->mode));
    if (target.socket)
      json.field("rip", target.socket->address).field("rport", target.socket->port);
    json.field("mac", target.mac).field("return_path", return_name(t.path->return_path));
  }
  write_answer("reached", t.reached, json);
  write_answer("forwarded", t.forwarded, json);
  write_answer("answered", t.answered, json);
  json.field("meaning", t.meaning).begin_array("next");
  for (const std::string& step : t.next) json.element(step);
  json.end_array().end_object();
}

void print_lvs_triage(const Report& report, const Triage& t, const ClientChoice& client,
                      Output& out) {
  if (t.client && t.asked) {
    out.write(fmt::format("{} {} to {}{}\n", protocol_text(t.protocol),
                          socket_text(report, *t.client, t.protocol),
                          socket_text(report, *t.asked, t.protocol),
                          t.path == nullptr ? "" : fmt::format(" ({})", mode_name(t.path->mode))));
  } else {
    out.write(fmt::format("{}\n", client.port ? endpoint_text(client.address, *client.port)
                                              : host_text(report.names, client.address)));
  }
  print_answer(report, "Did it reach the director?", t.reached, out);
  print_answer(report, "Was it handed on, and to whom?", t.forwarded, out);
  print_answer(report, "Did the real server answer, how?", t.answered, out);
  out.write(fmt::format("  {} {}\n", report.ascii ? "=>" : "⇒", t.meaning));
  for (const std::string& step : t.next) {
    out.write(fmt::format("     {} {}\n", report.ascii ? "-" : "•", step));
  }
}

}  // namespace tapstat::report
