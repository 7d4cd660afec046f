#include "report/bpdus.h"

#include <fmt/format.h>

#include "analysis/spanning_tree/bpdu_log.h"
#include "report/address_text.h"
#include "report/bpdu_words.h"
#include "report/bridge_text.h"
#include "report/printable.h"
#include "report/records.h"
#include "report/table.h"

namespace tapstat::report {

using analysis::spanning_tree::BpduLog;
using analysis::spanning_tree::LoggedBpdu;
using decode::Bpdu;
using decode::BpduType;

namespace {

void write_words(std::string_view key, const std::vector<std::string_view>& words,
                 RecordWriter& json) {
  json.begin_array(key);
  for (const std::string_view word : words) json.element(word);
  json.end_array();
}

void write_instance(const decode::MstiMessage& message, RecordWriter& json) {
  json.begin_object().field("msti", message.instance).field("flags", message.flags.bits());
  write_words("flag_names", flag_names(message), json);
  json.field("role", role_name(message.flags));
  write_bridge("regional_root", message.regional_root, json);
  json.field("internal_cost", message.internal_cost)
      .field("bridge_priority", message.bridge_priority)
      .field("port_priority", message.port_priority)
      .field("remaining_hops", message.remaining_hops)
      .end_object();
}

void write_mst(const decode::MstBpdu& mst, RecordWriter& json) {
  json.begin_object("mst")
      .field("format", mst.region.format)
      .field("region", mst.region.name)
      .field("revision", mst.region.revision)
      .field("digest", fmt::format("{:02x}", fmt::join(mst.region.digest, "")))
      .field("pre_standard", mst.is_pre_standard)
      .field("internal_cost", mst.internal_cost);
  write_bridge("bridge", mst.bridge, json);
  json.field("remaining_hops", mst.remaining_hops).begin_array("instances");
  for (const decode::MstiMessage& message : mst.instances) write_instance(message, json);
  json.end_array().end_object();
}

// Behind the type, of all but a TCN.
void write_priority_vector(const Bpdu& bpdu, RecordWriter& json) {
  const auto seconds = [](Bpdu::Time t) { return std::chrono::nanoseconds{t}; };
  json.field("flags", bpdu.flags.bits());
  write_words("flag_names", flag_names(bpdu), json);
  if (bpdu.type == BpduType::rapid) json.field("role", role_name(bpdu.flags));
  write_bridge("root", bpdu.root, json);
  json.field("root_cost", bpdu.root_cost);
  write_bridge("bridge", bpdu.bridge, json);
  json.field("port", bpdu.port)
      .field("message_age", seconds(bpdu.message_age))
      .field("max_age", seconds(bpdu.max_age))
      .field("hello_time", seconds(bpdu.hello_time))
      .field("forward_delay", seconds(bpdu.forward_delay));
  if (bpdu.mst) write_mst(*bpdu.mst, json);
}

void write_contents(const Bpdu& bpdu, RecordWriter& json) {
  json.field("protocol_version", bpdu.version)
      .field("bpdu_type", bpdu_type_name(bpdu))
      .field("encapsulation", kBpduEncapsulationNames[bpdu.is_cisco ? 1 : 0])
      .field("pvid", bpdu.cisco_vlan);
  if (bpdu.type != BpduType::tcn) write_priority_vector(bpdu, json);
}

void write_bpdu(const Report& report, const LoggedBpdu& logged, RecordWriter& json) {
  json.begin_object().field("type", "bpdu").field("t", logged.time).field("frame", logged.frame);
  if (logged.input < report.inputs.size()) {
    const capture::InputInfo& input = *report.inputs[logged.input];
    json.field("input", input.path);
    if (logged.interface < input.interfaces.size() && !input.interfaces[logged.interface].empty()) {
      json.field("interface", input.interfaces[logged.interface]);
    }
  }
  if (logged.has_source) json.field("src", logged.source);
  write_path(report, logged.vlans, logged.tunnel, json);
  const auto bpdu = report.model.layer2.bpdus->decode(logged);
  if (bpdu) {
    write_contents(*bpdu, json);
  } else {
    json.field("error", bpdu.error().reason);
  }
  json.end_object();
}

// Calls `f(logged)` for each that the view shows: between Report::from and Report::at.
template <typename F>
void for_each_bpdu(const Report& report, F&& f) {
  if (report.model.layer2.bpdus == nullptr) return;
  const auto& bpdus = report.model.layer2.bpdus->bpdus();
  for (std::uint32_t i = 0; i < bpdus.size(); ++i) {
    const auto t = bpdus[i].time;
    if ((report.from && t < *report.from) || (report.at && *report.at < t)) continue;
    const auto write = [&](RecordWriter& json) { write_bpdu(report, bpdus[i], json); };
    if (report.keeps(RecordType::bpdu, write)) f(bpdus[i]);
  }
}

[[nodiscard]] std::string vlan_text(decode::VlanStack vlans) {
  std::string text;
  for (int i = 0; i < vlans.size(); ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : ".", vlans[i]);
  }
  return text;
}

// Seconds, without digits that say nothing.
[[nodiscard]] std::string seconds_text(Bpdu::Time t) {
  return fmt::format("{:.6g}", std::chrono::duration<double>{t}.count());
}

class BpduTable {
 public:
  explicit BpduTable(const Report& report)
      : report_(report), has_inputs_(report.inputs.size() > 1), table_(columns(has_inputs_)) {}

  void print(Output& out) {
    for_each_bpdu(report_, [&](const LoggedBpdu& logged) { table_.measure(row(logged)); });
    table_.print_header(out, report_.color);
    for_each_bpdu(report_, [&](const LoggedBpdu& logged) {
      table_.print_row(row(logged), out, report_.color);
    });
  }

 private:
  [[nodiscard]] static std::vector<Column> columns(bool has_inputs) {
    std::vector<Column> columns{{"Time"}, {"Frame", Align::right}};
    if (has_inputs) columns.push_back({"Input"});
    columns.insert(columns.end(), {{"Source"},
                                   {"VLAN"},
                                   {"PVID", Align::right},
                                   {"Kind"},
                                   {"Root"},
                                   {"Cost", Align::right},
                                   {"Bridge"},
                                   {"Port", Align::right},
                                   {"Age", Align::right},
                                   {"Max", Align::right},
                                   {"Hello", Align::right},
                                   {"Delay", Align::right},
                                   {"Flags"}});
    return columns;
  }

  // The reason of one that was refused stands last, where it may be long.
  [[nodiscard]] std::vector<Cell> row(const LoggedBpdu& logged) const {
    std::vector<Cell> cells{time_of_day(logged.time, report_.zone), std::to_string(logged.frame)};
    if (has_inputs_) cells.emplace_back(printable(report_.inputs[logged.input]->path));
    cells.emplace_back(logged.has_source ? mac_text(logged.source) : std::string{});
    cells.emplace_back(vlan_text(logged.vlans));
    const auto bpdu = report_.model.layer2.bpdus->decode(logged);
    if (!bpdu) {
      cells.resize(kCellsBeforeFlags + (has_inputs_ ? 1 : 0), std::string{});
      cells.emplace_back("refused: " + std::string{bpdu.error().reason}, Role::failed);
      return cells;
    }
    cells.emplace_back(bpdu->cisco_vlan ? std::to_string(*bpdu->cisco_vlan) : std::string{});
    cells.emplace_back(std::string{bpdu_kind_text(*bpdu)});
    add_vector_cells(*bpdu, cells);
    return cells;
  }

  static void add_vector_cells(const Bpdu& bpdu, std::vector<Cell>& cells) {
    if (bpdu.type == BpduType::tcn) {
      cells.resize(cells.size() + kVectorCells, std::string{});
      return;
    }
    cells.emplace_back(bridge_text(bpdu.root));
    cells.emplace_back(std::to_string(bpdu.root_cost));
    cells.emplace_back(bridge_text(bpdu.sender()));
    cells.emplace_back(fmt::format("0x{:04x}", bpdu.port));
    for (const Bpdu::Time t :
         {bpdu.message_age, bpdu.max_age, bpdu.hello_time, bpdu.forward_delay}) {
      cells.emplace_back(seconds_text(t));
    }
    const bool is_notable = bpdu.flags.topology_change();
    cells.emplace_back(bpdu_flags_text(bpdu), is_notable ? Role::notable : Role::plain);
  }

  static constexpr std::size_t kVectorCells = 9, kCellsBeforeFlags = 14;

  const Report& report_;
  bool has_inputs_;
  Table table_;
};

}  // namespace

void for_each_bpdu_record(const Report& report,
                          const std::function<void(const WriteRecord&)>& visit) {
  for_each_bpdu(report, [&](const LoggedBpdu& logged) {
    visit([&](RecordWriter& json) { write_bpdu(report, logged, json); });
  });
}

void print_bpdus_text(const Report& report, Output& out) {
  BpduTable(report).print(out);
  const BpduLog* log = report.model.layer2.bpdus;
  if (log != nullptr && log->left_out() > 0) {
    out.write(fmt::format("{} later BPDUs are left out: the first {} are kept\n", log->left_out(),
                          log->bpdus().size()));
  }
}

}  // namespace tapstat::report
