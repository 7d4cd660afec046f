#include "report/stations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "analysis/stations/gateways.h"
#include "analysis/stations/station_table.h"
#include "report/address_text.h"
#include "report/cells.h"
#include "report/printable.h"
#include "report/records.h"
#include "report/table.h"
#include "report/well_known_macs.h"

namespace tapstat::report {
namespace {

namespace stations = analysis::stations;
using stations::Gateway;
using stations::Station;

constexpr std::array<std::string_view, stations::kEvidenceKinds> kEvidenceNames = {
    "off_link", "ttl", "router_advertisement", "dhcp", "redirect", "arp_proxy"};
constexpr std::string_view kGroupAsSource = "group bit in a source address";

// So many of a list are written, and of these so many shown; all are counted.
constexpr std::size_t kMostWritten = 64, kMostShown = 3;
constexpr std::size_t kMostRowsInReport = 20;

// What is worked out of the table as a whole, for all of its records.
class StationFacts {
 public:
  StationFacts(const Report& report, const stations::StationTable& table) : table_(table) {
    const auto now = report.at ? report.at : report.model.totals.last;
    gateways_ = stations::find_gateways(table, now.value_or(capture::kEarliest));
    for (std::uint32_t i = 0; i < table.addresses().size(); ++i) {
      const stations::Address& a = table.addresses()[i];
      if (!a.is_source && !a.is_claimed()) continue;
      if (known_.insert({a.mac, a.ip}).second) ips_[a.mac].push_back(a.ip);
    }
  }

  [[nodiscard]] const Gateway* gateway(const Station& s) const {
    const auto found = gateways_.find(s.mac);
    return found == gateways_.end() ? nullptr : &found->second;
  }
  // Of what it sends and claims, in the order they were first seen.
  [[nodiscard]] const std::vector<analysis::IpAddress>& ips(const Station& s) const {
    const auto found = ips_.find(s.mac);
    return found == ips_.end() ? none_ : found->second;
  }
  [[nodiscard]] std::string_view vendor(const Station& s) const { return vendors_.find(s.mac); }
  // Ascending.
  [[nodiscard]] std::set<std::uint16_t> vlans(const Station& s) const;
  // Those of more than one tag.
  [[nodiscard]] std::vector<decode::VlanStack> stacks(const Station& s) const;

 private:
  const stations::StationTable& table_;
  std::map<MacAddress, Gateway> gateways_;
  std::set<std::pair<MacAddress, analysis::IpAddress>> known_;
  std::map<MacAddress, std::vector<analysis::IpAddress>> ips_;
  std::vector<analysis::IpAddress> none_;
  mutable Vendors vendors_;
};

std::set<std::uint16_t> StationFacts::vlans(const Station& s) const {
  std::set<std::uint16_t> vlans;
  for (const stations::LinkId id : s.links) {
    const decode::VlanStack& stack = table_.links()[id].vlans;
    for (int i = 0; i < stack.size(); ++i) {
      if (stack[i] != 0) vlans.insert(stack[i]);  // 0 is a priority, and no VLAN (802.1Q 9.6)
    }
  }
  return vlans;
}

std::vector<decode::VlanStack> StationFacts::stacks(const Station& s) const {
  std::vector<decode::VlanStack> stacks;
  for (const stations::LinkId id : s.links) {
    const decode::VlanStack& stack = table_.links()[id].vlans;
    if (stack.size() < 2) continue;
    if (std::find(stacks.begin(), stacks.end(), stack) == stacks.end()) stacks.push_back(stack);
  }
  return stacks;
}

[[nodiscard]] std::string_view kind_name(const MacAddress& mac) {
  if (decode::is_broadcast(mac)) return "broadcast";
  return decode::is_group(mac) ? "multicast" : "unicast";
}

[[nodiscard]] bool is_group_as_source(const Station& s) {
  return decode::is_group(s.mac) && s.sent.packets > 0;
}

[[nodiscard]] std::string network_text(const stations::Network& network) {
  return fmt::format("{}/{}", address_text(network.address()), network.length());
}

void write_traffic(std::string_view key, const stations::Traffic& traffic, RecordWriter& json) {
  json.begin_object(key)
      .field("packets", traffic.packets)
      .field("bytes", traffic.bytes)
      .end_object();
}

void write_vlans(const StationFacts& facts, const Station& s, RecordWriter& json) {
  const auto vlans = facts.vlans(s);
  if (vlans.empty()) return;
  json.begin_array("vlan");
  for (const std::uint16_t vlan : vlans) json.element(vlan);
  json.end_array();
  const auto stacks = facts.stacks(s);
  if (stacks.empty()) return;
  json.begin_array("vlan_stacks");
  for (const decode::VlanStack& stack : stacks) {
    json.begin_array({});
    for (int i = 0; i < stack.size(); ++i) json.element(stack[i]);
    json.end_array();
  }
  json.end_array();
}

void write_ips(std::string_view key, const std::vector<analysis::IpAddress>& ips,
               RecordWriter& json) {
  if (ips.empty()) return;
  json.begin_array(key);
  for (std::size_t i = 0; i < std::min(ips.size(), kMostWritten); ++i) json.element(ips[i]);
  json.end_array();
}

void write_networks(const Gateway& gateway, RecordWriter& json) {
  if (gateway.is_default()) {
    json.field("networks", "default").begin_array("ip_versions");
    if (gateway.is_default_v4) json.element(4);
    if (gateway.is_default_v6) json.element(6);
    json.end_array();
    return;
  }
  const std::size_t count = gateway.networks.size();
  json.begin_array("networks");
  for (std::size_t i = 0; i < std::min(count, kMostWritten); ++i) {
    json.element(network_text(gateway.networks[i]));
  }
  json.end_array().field("network_count", count);
}

void write_gateway(const Gateway* gateway, RecordWriter& json) {
  if (gateway == nullptr) return;
  json.begin_object("gateway");
  write_networks(*gateway, json);
  json.begin_array("how");
  for (std::size_t i = 0; i < kEvidenceNames.size(); ++i) {
    if (gateway->how[i]) json.element(kEvidenceNames[i]);
  }
  json.end_array();
  write_ips("via", gateway->own, json);
  json.end_object();
}

void write_station(const Report& report, const StationFacts& facts, const Station& s,
                   RecordWriter& json) {
  const auto optional = [](std::string_view text) {
    return text.empty() ? std::nullopt : std::optional{text};
  };
  const std::string name = well_known_name(s.mac);
  json.begin_object()
      .field("type", "mac")
      .field("mac", s.mac)
      .field("kind", kind_name(s.mac))
      .field("local", decode::is_local(s.mac))
      .field("vendor", optional(facts.vendor(s)))
      .field("name", optional(name));
  write_vlans(facts, s, json);
  json.field("packets", s.sent.packets + s.received.packets)
      .field("bytes", s.sent.bytes + s.received.bytes);
  write_traffic("sent", s.sent, json);
  write_traffic("received", s.received, json);
  json.field("first", s.first).field("last", s.last);
  const auto& ips = facts.ips(s);
  write_ips("ips", ips, json);
  if (!ips.empty()) json.field("ip_count", ips.size());
  if (s.source_inputs != 0) write_interfaces(report, s.source_inputs, json);
  write_gateway(facts.gateway(s), json);
  if (is_group_as_source(s)) json.field("note", kGroupAsSource);
  json.end_object();
}

// Calls `f(station)` for each one the view shows, in the order they were first seen: with
// Report::from, those with a frame since.
template <typename F>
void for_each_station(const Report& report, const StationFacts& facts, F&& f) {
  for (const Station& s : report.model.layer2.stations->stations()) {
    if (report.from && s.last < *report.from) continue;
    const auto write = [&](RecordWriter& json) { write_station(report, facts, s, json); };
    if (report.keeps(RecordType::mac, write)) f(s);
  }
}

// The first few of them, and how many more there are.
template <typename List, typename ToText>
[[nodiscard]] std::string few_text(const List& list, std::size_t most, ToText&& to_text) {
  std::string text;
  std::size_t shown = 0;
  for (const auto& item : list) {
    if (shown == most) {
      text += fmt::format(" +{}", list.size() - shown);
      break;
    }
    text += (shown++ == 0 ? "" : ", ") + to_text(item);
  }
  return text;
}

[[nodiscard]] std::string kind_text(const MacAddress& mac) {
  const std::string kind{kind_name(mac)};
  return decode::is_local(mac) && !decode::is_group(mac) ? kind + ", local" : kind;
}

[[nodiscard]] Cell name_cell(const StationFacts& facts, const Station& s) {
  if (is_group_as_source(s)) return {std::string{kGroupAsSource}, Role::failed};
  const std::string name = well_known_name(s.mac);
  return name.empty() ? std::string{facts.vendor(s)} : name;
}

[[nodiscard]] std::string evidence_text(const Gateway& gateway) {
  std::string text;
  for (std::size_t i = 0; i < kEvidenceNames.size(); ++i) {
    if (gateway.how[i]) text += fmt::format("{}{}", text.empty() ? "" : ", ", kEvidenceNames[i]);
  }
  return text;
}

// "default via 192.0.2.1 (off_link, dhcp)".
[[nodiscard]] std::string gateway_text(const Gateway* gateway) {
  if (gateway == nullptr) return {};
  std::string text =
      gateway->is_default() ? "default" : few_text(gateway->networks, kMostShown, network_text);
  if (!gateway->own.empty()) text += " via " + few_text(gateway->own, 2, address_text);
  return fmt::format("{} ({})", text, evidence_text(*gateway));
}

[[nodiscard]] std::string inputs_text(const Report& report, const Station& s) {
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < report.inputs.size() && i < 64; ++i) {
    if ((s.source_inputs >> i & 1) != 0) paths.push_back(printable(report.inputs[i]->path));
  }
  return few_text(paths, kMostShown, [](const std::string& path) { return path; });
}

void print_table(const Report& report, const StationFacts& facts,
                 const std::vector<const Station*>& rows, std::string_view indent, Output& out) {
  const bool tells_inputs = report.inputs.size() > 1;
  std::vector<Column> columns = {{"MAC"},
                                 {"Kind"},
                                 {"Vendor or name"},
                                 {"VLAN"},
                                 {"Packets", Align::right},
                                 {"Bytes", Align::right},
                                 {"Addresses"},
                                 {"Gateway"}};
  if (tells_inputs) columns.push_back({"Sends at"});
  Table table(std::move(columns));
  for (const Station* s : rows) {
    std::vector<Cell> cells = {
        mac_text(s->mac),
        kind_text(s->mac),
        name_cell(facts, *s),
        few_text(facts.vlans(*s), kMostShown, [](std::uint16_t id) { return std::to_string(id); }),
        std::to_string(s->sent.packets + s->received.packets),
        bytes_text(s->sent.bytes + s->received.bytes),
        few_text(facts.ips(*s), kMostShown, address_text),
        gateway_text(facts.gateway(*s))};
    if (tells_inputs) cells.emplace_back(inputs_text(report, *s));
    table.add(cells);
  }
  table.print(out, report.color, indent);
}

void print_not_kept(const Report& report, std::string_view indent, Output& out) {
  const std::uint64_t frames = report.model.layer2.stations->frames_not_kept();
  if (frames == 0) return;
  out.write(fmt::format("{}{} frames have addresses beyond the first {}: they are not listed\n",
                        indent, frames, stations::StationTable::kMostStations));
}

[[nodiscard]] std::vector<const Station*> rows_of(const Report& report, const StationFacts& facts) {
  std::vector<const Station*> rows;
  for_each_station(report, facts, [&](const Station& s) { rows.push_back(&s); });
  return rows;
}

}  // namespace

void for_each_station_record(const Report& report,
                             const std::function<void(const WriteRecord&)>& visit) {
  const auto* table = report.model.layer2.stations;
  if (table == nullptr) return;
  const StationFacts facts(report, *table);
  for_each_station(report, facts, [&](const Station& s) {
    visit([&](RecordWriter& json) { write_station(report, facts, s, json); });
  });
}

void print_stations_text(const Report& report, Output& out) {
  const auto* table = report.model.layer2.stations;
  if (table == nullptr) return;
  const StationFacts facts(report, *table);
  print_table(report, facts, rows_of(report, facts), {}, out);
  print_not_kept(report, {}, out);
}

void print_stations_section(const Report& report, Output& out) {
  constexpr std::string_view kIndent = "  ";
  const auto* table = report.model.layer2.stations;
  if (table == nullptr) return;
  const StationFacts facts(report, *table);
  std::vector<const Station*> rows = rows_of(report, facts);
  if (rows.empty()) return;
  const auto rank = [&](const Station* s) {
    return std::pair{facts.gateway(*s) != nullptr, s->sent.packets + s->received.packets};
  };
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const Station* a, const Station* b) { return rank(a) > rank(b); });
  const std::size_t count = rows.size();
  rows.resize(std::min(count, kMostRowsInReport));
  out.write("\nMAC addresses\n");
  print_table(report, facts, rows, kIndent, out);
  if (count > rows.size()) {
    out.write(fmt::format("{}{} more: view mac\n", kIndent, count - rows.size()));
  }
  print_not_kept(report, kIndent, out);
}

}  // namespace tapstat::report
