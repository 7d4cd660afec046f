#include "app/messages.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <string>
#include <vector>

#include "capture/byte_stream.h"
#include "decode/decoder.h"
#include "report/link_names.h"
#include "report/printable.h"
#include "report/time_order.h"

namespace tapstat::app {
namespace {

[[nodiscard]] std::vector<capture::LinkType> unknown_link_types(const capture::InputInfo& input) {
  std::vector<capture::LinkType> unknown;
  std::copy_if(input.link_types.begin(), input.link_types.end(), std::back_inserter(unknown),
               [](capture::LinkType link) { return !decode::decodes(link); });
  return unknown;
}

// Interfaces that are served in turn disturb the order by less.
void warn_of_order(const capture::InputInfo& input) {
  constexpr std::chrono::seconds kNotable{1};
  std::string texts[] = {report::clock_step_text(input.order), ""};
  if (input.order.furthest_back >= kNotable) texts[1] = report::out_of_order_text(input.order);
  for (const std::string& text : texts) {
    if (!text.empty()) complain(fmt::format("{}: {}", capture::display_name(input.path), text));
  }
}

}  // namespace

// Of a file, too, the name may be another's choice.
void complain(std::string_view message) {
  fmt::print(stderr, "tapstat: {}\n", report::printable(message, "\n"));
}

tl::unexpected<ExitCode> leave(ExitCode code, std::string_view message) {
  complain(message);
  return tl::unexpected{code};
}

bool complain_of_damage(InputInfos inputs) {
  bool damaged = false;
  for (const capture::InputInfo* input : inputs) {
    if (!input->damage) continue;
    complain(input->damage->message);
    damaged = true;
  }
  return damaged;
}

void print_warnings(InputInfos inputs, const analysis::Totals& totals) {
  std::string parts;
  const auto add = [&](std::uint64_t n, std::string_view what) {
    if (n > 0) parts += fmt::format("{}{} {}", parts.empty() ? "" : ", ", n, what);
  };
  bool any_unknown = false;
  for (const capture::InputInfo* input : inputs) {
    for (const capture::Error& oddity : input->oddities) complain(oddity.message);
    warn_of_order(*input);
    for (const capture::LinkType link : unknown_link_types(*input)) {
      complain(fmt::format("{}: packets of link type {} ({}) are counted only: no decoder knows it",
                           input->path, static_cast<unsigned>(link), report::link_type_name(link)));
      any_unknown = true;
    }
  }
  if (!any_unknown) add(totals.undecoded, "not understood");
  add(totals.malformed, "malformed");
  add(totals.truncated, "with headers cut off by the snap length");
  if (!parts.empty()) complain(fmt::format("of {} packets {}", totals.packets, parts));
}

void announce(InputInfos inputs) {
  for (const capture::InputInfo* input : inputs) {
    complain(fmt::format("listening on {}, link type {}, snapshot length {} bytes", input->path,
                         report::link_type_name(input->link_types.front()), input->snaplen));
  }
}

void print_counters(InputInfos inputs, std::uint64_t not_written) {
  std::uint64_t captured = 0, received = 0, by_kernel = 0, by_interface = 0;
  for (const capture::InputInfo* input : inputs) {
    captured += input->packets;
    received += input->received.value_or(0);
    by_kernel += input->kernel_dropped.value_or(0);
    by_interface += input->interface_dropped.value_or(0);
  }
  const auto line = [](std::uint64_t n, std::string_view what) {
    fmt::print(stderr, "{} packet{} {}\n", n, n == 1 ? "" : "s", what);
  };
  line(captured, "captured");
  line(received, "received by filter");
  line(by_kernel, "dropped by kernel");
  if (by_interface > 0) line(by_interface, "dropped by interface");
  if (not_written > 0) line(not_written, "not written: the disk was too slow, or failed");
}

void print_packets_read(InputInfos inputs) {
  std::uint64_t read = 0;
  for (const capture::InputInfo* input : inputs) read += input->packets;
  fmt::print(stderr, "{} packet{} read\n", read, read == 1 ? "" : "s");
}

void print_comparison(const report::Comparison& comparison) {
  if (comparison.compared == 0) return;
  fmt::print(stderr, "{} TCP state{} compared with this host's kernel, {} different\n",
             comparison.compared, comparison.compared == 1 ? "" : "s", comparison.different);
}

bool is_all_unknown(const capture::InputInfo& input) {
  return input.packets > 0 && unknown_link_types(input).size() == input.link_types.size();
}

}  // namespace tapstat::app
