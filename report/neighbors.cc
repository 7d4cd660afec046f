#include "report/neighbors.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "analysis/neighbors/binding.h"
#include "analysis/neighbors/neighbor_table.h"
#include "analysis/neighbors/network.h"
#include "analysis/neighbors/virtual_mac.h"
#include "report/address_text.h"
#include "report/link_names.h"
#include "report/names.h"
#include "report/records.h"
#include "report/table.h"

namespace tapstat::report {
namespace {

using analysis::neighbors::Asker;
using analysis::neighbors::Binding;
using analysis::neighbors::Claim;
using analysis::neighbors::Network;
using analysis::neighbors::State;
using analysis::neighbors::Stint;
using capture::Timestamp;

constexpr std::array<std::string_view, 3> kSourceNames = {"arp", "rarp", "nd"};

[[nodiscard]] Timestamp now_of(const Report& report) {
  if (report.at) return *report.at;
  return report.model.totals.last.value_or(Timestamp{});
}

// LAN by LAN, by address; with Report::from only what was heard of since.
[[nodiscard]] std::vector<const Binding*> bindings_of(const Report& report) {
  std::vector<const Binding*> bindings;
  const auto* table = report.model.layer2.neighbors;
  if (table == nullptr) return bindings;
  for (const Binding& b : table->bindings()) {
    if (!report.from || *report.from <= b.last) bindings.push_back(&b);
  }
  std::stable_sort(bindings.begin(), bindings.end(), [](const Binding* a, const Binding* b) {
    return std::tuple(order_of(a->network), !a->address.is_v4(), a->address) <
           std::tuple(order_of(b->network), !b->address.is_v4(), b->address);
  });
  return bindings;
}

[[nodiscard]] std::string_view source_name(const Binding& b) {
  return kSourceNames[static_cast<std::size_t>(b.source)];
}
[[nodiscard]] std::string_view state_name(State state) {
  return analysis::neighbors::kStateNames[static_cast<std::size_t>(state)];
}
[[nodiscard]] std::string_view detail_name(const Binding& b, Timestamp now) {
  const auto detail = analysis::neighbors::detail_of(b, now);
  return analysis::neighbors::kDetailNames[static_cast<std::size_t>(detail)];
}

void write_network(const Report& report, const Network& network, RecordWriter& json) {
  write_path(report, network.vlans, 0, json);
  if (!network.in_overlay) return;
  json.begin_object("overlay")
      .field("kind", tunnel_kind_name(network.overlay))
      .field("id", network.overlay_id)
      .end_object();
}

void write_text(std::string_view key, std::string_view text, RecordWriter& json) {
  if (!text.empty()) json.field(key, text);
}

void write_history(const Binding& b, RecordWriter& json) {
  if (b.history.empty()) return;
  json.begin_array("history");
  for (const Stint& stint : b.history) {
    json.begin_object()
        .field("mac", stint.mac)
        .field("first", stint.first)
        .field("last", stint.last)
        .field("frame", stint.frame)
        .end_object();
  }
  json.end_array();
}

void write_askers(const Binding& b, RecordWriter& json) {
  if (b.askers.empty()) return;
  json.begin_array("asked_by");
  for (const Asker& asker : b.askers) {
    json.begin_object()
        .field("mac", asker.mac)
        .field("ip", asker.address)
        .field("requests", asker.requests)
        .field("first", asker.first)
        .field("last", asker.last)
        .end_object();
  }
  json.end_array();
}

void write_binding(const Report& report, const Binding& b, Vendors& vendors, RecordWriter& json) {
  const Timestamp now = now_of(report);
  json.begin_object().field("type", "arp").field("ip", b.address);
  if (const Claim* claim = b.current()) {
    json.field("mac", claim->mac);
    write_text("vendor", vendors.find(claim->mac), json);
    write_text("virtual", analysis::neighbors::virtual_protocol(claim->mac), json);
  }
  json.field("state", state_name(state_of(b, now)));
  write_text("detail", detail_name(b, now), json);
  json.field("source", source_name(b));
  write_network(report, b.network, json);
  json.field("first", b.first)
      .field("last", b.last)
      .field("requests", b.requests)
      .field("replies", b.replies)
      .field("gratuitous", b.gratuitous)
      .field("announcements", b.announcements)
      .field("probes", b.probes)
      .field("changes", b.changes)
      .field("router", b.router);
  write_history(b, json);
  write_askers(b, json);
  json.end_object();
}

// Calls `f(binding)` on those that Report::where leaves.
template <typename F>
void for_each_binding(const Report& report, Vendors& vendors, F&& f) {
  for (const Binding* b : bindings_of(report)) {
    const auto write = [&](RecordWriter& json) { write_binding(report, *b, vendors, json); };
    if (report.keeps(RecordType::arp, write)) f(*b);
  }
}

// "10.20" for a tag in a tag, "vxlan 7" in an overlay.
[[nodiscard]] std::string network_text(const Network& network) {
  std::string text;
  for (int i = 0; i < network.vlans.size(); ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : ".", network.vlans[i]);
  }
  if (!network.in_overlay) return text;
  return fmt::format("{}{}{} {}", text, text.empty() ? "" : " ", tunnel_kind_name(network.overlay),
                     network.overlay_id);
}

[[nodiscard]] Cell state_cell(const Binding& b, Timestamp now) {
  const State state = state_of(b, now);
  const std::string_view detail = detail_name(b, now);
  std::string text{state_name(state)};
  if (!detail.empty()) text += fmt::format(" ({})", detail);
  switch (state) {
    case State::conflict:
      return {text, Role::failed};
    case State::incomplete:
      return {text, Role::notable};
    case State::stale:
      return {text, Role::quiet};
    case State::reachable:
      break;
  }
  return text;
}

[[nodiscard]] std::string mac_of(const Binding& b) {
  const Claim* claim = b.current();
  return claim == nullptr ? "" : mac_text(claim->mac);
}

[[nodiscard]] std::string vendor_of(const Binding& b, Vendors& vendors) {
  const Claim* claim = b.current();
  return claim == nullptr ? "" : std::string{vendors.find(claim->mac)};
}

[[nodiscard]] std::vector<Cell> row_of(const Report& report, const Binding& b, Vendors& vendors) {
  const auto counted = [](std::uint64_t n) { return n == 0 ? std::string{} : std::to_string(n); };
  return {host_text(report.names, b.address),
          mac_of(b),
          state_cell(b, now_of(report)),
          network_text(b.network),
          std::string{source_name(b)},
          counted(b.requests),
          counted(b.replies),
          counted(b.gratuitous),
          counted(b.probes),
          counted(b.changes),
          time_of_day(b.first, report.zone),
          time_of_day(b.last, report.zone),
          vendor_of(b, vendors)};
}

void print_unkept(const Report& report, Output& out) {
  const auto* table = report.model.layer2.neighbors;
  if (table == nullptr || table->unkept() == 0) return;
  out.write(
      fmt::format("{} messages about further addresses are not in the table: it has no room for "
                  "more than {}\n",
                  table->unkept(), analysis::neighbors::NeighborTable::kMostBindings));
}

}  // namespace

void for_each_neighbor_record(const Report& report,
                              const std::function<void(const WriteRecord&)>& visit) {
  Vendors vendors;
  for_each_binding(report, vendors, [&](const Binding& b) {
    visit([&](RecordWriter& json) { write_binding(report, b, vendors, json); });
  });
}

void print_neighbors_text(const Report& report, Output& out) {
  Table table({{"Address"},
               {"MAC address"},
               {"State"},
               {"VLAN"},
               {"By"},
               {"Asked", Align::right},
               {"Replies", Align::right},
               {"Gratuitous", Align::right},
               {"Probes", Align::right},
               {"Changes", Align::right},
               {"First"},
               {"Last"},
               {"Vendor"}});
  Vendors vendors;
  for_each_binding(report, vendors,
                   [&](const Binding& b) { table.add(row_of(report, b, vendors)); });
  table.print(out, report.color);
  print_unkept(report, out);
}

void print_neighbors_section(const Report& report, Output& out) {
  bool any = false;
  Vendors vendors;
  for_each_binding(report, vendors, [&](const Binding&) { any = true; });
  if (!any) return;
  out.write("\nNeighbours (ARP, RARP, IPv6 ND)\n");
  print_neighbors_text(report, out);
}

}  // namespace tapstat::report
