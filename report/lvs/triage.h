// An operator's three questions about one client: did what it sent reach the director, was it
// handed on and to whom, did the real server answer and which way.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/forwarding/leg.h"
#include "analysis/lvs/overview.h"
#include "report/output.h"
#include "report/record_writer.h"
#include "report/report.h"

namespace tapstat::report {

struct ClientChoice {
  analysis::IpAddress address;
  std::optional<std::uint16_t> port;  // nullopt: all its connections
};

enum class Answer : std::uint8_t { unknown, yes, no };
inline constexpr std::array<std::string_view, 3> kAnswerNames = {"unknown", "yes", "no"};

// The answer to one of the questions.
struct TriageAnswer {
  Answer answer = Answer::unknown;
  std::optional<capture::Timestamp> time;  // of the packet that shows it
  std::uint64_t frame = 0;                 // likewise; 0: none does
  std::string text;                        // a sentence
};

// What became of one connection of the client.
struct Triage {
  std::uint8_t protocol = 0;  // of IP; 0: nothing of the client was captured
  std::optional<analysis::Socket> client;
  std::optional<analysis::Socket> asked;
  const analysis::lvs::Path* path = nullptr;  // nullptr: nobody handed it on
  TriageAnswer reached, forwarded, answered;
  std::string meaning;            // what that comes to
  std::vector<std::string> next;  // what to look at
};

// Those of the client in order of time; one that says so where nothing of it was captured.
[[nodiscard]] std::vector<Triage> triage(const Report& report, const ClientChoice& client);

void write_lvs_triage(const Triage& triage, const ClientChoice& client, RecordWriter& json);
void print_lvs_triage(const Report& report, const Triage& triage, const ClientChoice& client,
                      Output& out);

}  // namespace tapstat::report
