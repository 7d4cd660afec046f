// The table of fields against what is really written, and against what is documented.
#include "report/query/fields.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "analysis/engine.h"
#include "capture/open_file.h"
#include "report/lvs.h"
#include "report/view_records.h"
#include "tests/report/lvs_scene.h"
#include "tests/support/bpdu_bytes.h"
#include "tests/support/everything_wanted.h"

namespace tapstat::report::query {
namespace {

namespace fs = std::filesystem;

constexpr std::array kRecordTypes = {
    RecordType::tcp,      RecordType::state_count, RecordType::transition, RecordType::event,
    RecordType::step,     RecordType::finding,     RecordType::flow,       RecordType::arp,
    RecordType::mac,      RecordType::stp,         RecordType::bpdu,       RecordType::lvs_service,
    RecordType::lvs_path, RecordType::nat};

// Notes the path of each value, and whether the table says that it is what it is.
class Checker final : public RecordWriter {
 public:
  explicit Checker(RecordType type) : type_(type) {}
  [[nodiscard]] bool wants(std::string_view /*key*/) const override { return true; }

 private:
  void open_object(std::string_view key) override { open_.emplace_back(key); }
  void close_object() override { open_.pop_back(); }
  void open_array(std::string_view key) override { open_.emplace_back(key); }
  void close_array() override { open_.pop_back(); }
  void put(std::string_view key, std::uint64_t) override { check(key, {FieldType::number}); }
  void put(std::string_view key, std::int64_t) override { check(key, {FieldType::number}); }
  void put(std::string_view key, double) override { check(key, {FieldType::number}); }
  void put(std::string_view key, bool) override { check(key, {FieldType::boolean}); }
  void put(std::string_view key, std::string_view text) override {
    const auto field =
        check(key, {FieldType::text, FieldType::name, FieldType::address, FieldType::mac});
    if (!field || field->type != FieldType::name) return;
    EXPECT_NE(std::find(field->names.begin(), field->names.end(), text), field->names.end())
        << field->path << " can be " << text << ", which the table does not say";
  }
  void put(std::string_view key, capture::Timestamp) override { check(key, {FieldType::time}); }
  void put(std::string_view key, std::chrono::nanoseconds) override {
    check(key, {FieldType::duration});
  }
  void put(std::string_view key, const analysis::IpAddress&) override {
    check(key, {FieldType::address});
  }
  void put(std::string_view key, const MacAddress&) override { check(key, {FieldType::mac}); }

  std::optional<Field> check(std::string_view key, std::initializer_list<FieldType> types) {
    std::string path;
    for (const std::string& part : open_) path += part.empty() ? "" : part + '.';
    path += key;
    if (key.empty()) path.pop_back();
    if (path == "type") return std::nullopt;
    const auto found = find_field(type_, path);
    EXPECT_TRUE(found && !found->is_age) << path << " is written, and no field of the table";
    if (!found) return std::nullopt;
    EXPECT_NE(std::find(types.begin(), types.end(), found->field.type), types.end())
        << path << " is not " << description(found->field.type);
    return found->field;
  }

  RecordType type_;
  std::vector<std::string> open_;
};

[[nodiscard]] std::function<void(const WriteRecord&)> check_as(RecordType type) {
  return [type](const WriteRecord& write) {
    Checker checker(type);
    write(checker);
  };
}

void check_view(const Report& report, View view) {
  for_each_queried_record(report, view, check_as(record_type(view)));
}

void check_forwarded(const Report& report) {
  check_view(report, View::lvs);
  check_view(report, View::nat);
  for_each_lvs_service_record(report, check_as(RecordType::lvs_service));
}

// All views of the capture twice: whole, and what happened in the first second.
void check_capture(const fs::path& path) {
  auto source = capture::open_file(path.string());
  ASSERT_TRUE(source) << path;
  analysis::tcp::SegmentLog log{analysis::tcp::ConnectionChoice{}};
  analysis::tcp::EventLog events;
  analysis::HostNames hosts;
  analysis::Engine engine(1, {.journal = true, .analysis = true, .log = &log, .events = &events},
                          test::everything_wanted(), &hosts);
  for (auto frames = (*source)->next_batch(); !frames.empty(); frames = (*source)->next_batch()) {
    engine.take(frames);
  }
  engine.finish();
  const analysis::Model model = engine.model();
  const Names names(hosts);
  const Forwarded forwarded(model, model.totals.last.value_or(capture::Timestamp{}));
  Report whole{.model = model,
               .inputs = (*source)->inputs(),
               .log = &log,
               .names = path.stem() == "names" ? &names : nullptr};
  whole.forwarded = &forwarded;
  check_forwarded(whole);
  for (const View view : {View::tcp, View::states, View::transitions, View::events, View::findings,
                          View::flows, View::arp, View::mac, View::stp, View::bpdus}) {
    check_view(whole, view);
  }
  if (log.connection()) check_view(whole, View::ladder);
  if (!model.totals.first) return;
  const Report part{.model = model,
                    .inputs = (*source)->inputs(),
                    .from = *model.totals.first,
                    .at = *model.totals.first + std::chrono::seconds{1}};
  for (const View view : {View::tcp, View::states}) check_view(part, view);
  const Report over_time{
      .model = model, .inputs = (*source)->inputs(), .every = std::chrono::seconds{60}};
  check_view(over_time, View::states);
}

TEST(Fields, EverythingWrittenOfTheSamplesIsInTheTable) {
  std::size_t captures = 0;
  for (const auto& file : fs::recursive_directory_iterator(TAPSTAT_SAMPLES)) {
    const auto extension = file.path().extension();
    if (extension != ".pcap" && extension != ".pcapng") continue;
    check_capture(file.path());
    ++captures;
  }
  EXPECT_GE(captures, 40u);
}

// The samples have no spanning trees but those of the kernel: STP.
TEST(Fields, EverythingWrittenOfBpdusIsInTheTable) {
  analysis::Engine engine(1, {}, {.bpdus = true});
  for (const test::Buffer& bytes :
       {test::ieee_bpdu_frame(test::mst_bpdu("0050", test::kMstiMessage)),
        test::pvst_bpdu_frame(test::kRstBpdu + test::kPvstVlan10, "8100 000a"),
        test::ethernet(test::gre_frame(test::ieee_bpdu_frame(test::kConfigBpdu), {.key = 5})),
        test::ieee_bpdu_frame("0000")}) {
    const capture::Frame frame = test::frame_of(bytes);
    engine.take({&frame, 1});
  }
  capture::InputInfo input;
  input.path = "a.pcapng";
  input.interfaces = {"eth0"};
  const analysis::Model model = engine.model();
  check_view({.model = model, .inputs = {&input}}, View::bpdus);
}

// The samples do not have all that there may be of them.
TEST(Fields, EverythingWrittenOfServicesAndTranslationsIsInTheTable) {
  lvs::Path path = path_of("198.51.100.7:4001", "10.0.0.5:8080");
  path.local = path.target.socket;
  path.target.mac = MacAddress{2, 0, 0, 0, 0, 1};
  path.others = {path.target};
  path.evidence.set();
  path.replaced_at = path.last;
  lvs::RealServer server = real_server("10.0.0.5:8080", 1);
  server.mac = path.target.mac;
  server.weight = 1;
  server.retransmissions = 1;
  auto overview = overview_of({path}, {server});
  lvs::Service& service = overview.services.front();
  service.fwmark = 1;
  service.director = {{path.client.address}, {path.client.address}, {*path.target.mac}};
  service.scheduler = {.candidates = {{lvs::Scheduler::rr, 0.5}, {lvs::Scheduler::lc, 0.5}},
                       .weights = {1},
                       .is_persistent = true,
                       .persistence = std::chrono::seconds{1}};
  service.client_rtt = service.server_rtt = std::chrono::seconds{1};
  service.client_retransmissions = 1;
  analysis::nat::Translation translation;
  translation.macs = {*path.target.mac, *path.target.mac};
  analysis::nat::Translation echo = translation;
  echo.protocol = 1;
  check_forwarded(Scene(overview, {translation, echo}).report());
}

// The names in backquotes of each section of docs/json.md, by its heading.
[[nodiscard]] std::map<std::string, std::set<std::string>> documented_names() {
  std::ifstream file(TAPSTAT_DOCS "/json.md");
  std::map<std::string, std::set<std::string>> names;
  std::string section;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) section = line.substr(3);
    for (std::size_t at = line.find('`'); at != std::string::npos; at = line.find('`', at + 1)) {
      const std::size_t end = line.find('`', at + 1);
      if (end == std::string::npos) break;
      names[section].insert(line.substr(at + 1, end - at - 1));
      at = end;
    }
  }
  return names;
}

// Fixed by the project's list of records, and not written by any view yet.
[[nodiscard]] bool is_to_come(std::string_view group) { return group == "owner"; }

// A field has its name in the section of its record, and so has the object it is a member of; the
// kinds of events have theirs where the records of events are described.
[[nodiscard]] bool is_documented(const std::map<std::string, std::set<std::string>>& names,
                                 const std::string& record, std::string_view path) {
  const std::string group{path.substr(0, path.find('.'))};
  const std::string leaf{path.substr(path.rfind('.') + 1)};
  if (is_to_come(group)) return true;
  return names.at(record).contains(group) &&
         names.at(group == "events" ? "event" : record).contains(leaf);
}

TEST(Fields, AllAreDocumented) {
  const auto documented = documented_names();
  for (const RecordType type : kRecordTypes) {
    const RecordFields& record = fields_of(type);
    const std::string section{record.record};
    ASSERT_TRUE(documented.contains(section)) << section;
    const auto check = [&](const Field& field) {
      EXPECT_TRUE(is_documented(documented, section, field.path))
          << section << ": " << field.path << " is not in docs/json.md";
    };
    std::for_each(record.fields.begin(), record.fields.end(), check);
    std::for_each(record.end_fields.begin(), record.end_fields.end(), check);
  }
}

TEST(Fields, EachPathIsFoundAgain) {
  for (const RecordType type : kRecordTypes) {
    for (const std::string& path : paths_of(type)) {
      EXPECT_TRUE(find_field(type, path)) << path;
    }
  }
}

}  // namespace
}  // namespace tapstat::report::query
