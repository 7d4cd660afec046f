#include "app/survey.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "app/connection_rows.h"
#include "app/detail.h"
#include "app/inputs.h"
#include "app/page_output.h"
#include "app/pages.h"
#include "report/cells.h"
#include "report/text.h"
#include "report/time_text.h"

namespace tapstat::app {
namespace {

using std::chrono::seconds;

constexpr std::size_t kMostMoments = 600;
constexpr std::size_t kSeconds = 8;  // of "12:34:56.789012"

// Of /proc/self/statm: all pages, those that are there.
[[nodiscard]] std::uint64_t resident_bytes(int statm) {
  char text[64] = "";
  if (pread(statm, text, sizeof text - 1, 0) <= 0) return 0;
  const char* const second = std::strchr(text, ' ');
  if (second == nullptr) return 0;
  return std::strtoull(second, nullptr, 10) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

[[nodiscard]] std::string source_of(const report::Report& report) {
  std::string names;
  for (const capture::InputInfo* input : report.inputs) {
    names += (names.empty() ? "" : ",") + input->path;
  }
  return names;
}

}  // namespace

Survey::Survey(MakeReport make_report)
    : make_report_(std::move(make_report)),
      statm_(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC)) {}

Survey::~Survey() {
  if (statm_ >= 0) ::close(statm_);
}

Census::Criteria Survey::criteria() const {
  return {request_.sorted, request_.with_gone, request_.view == tui::View::talkers,
          request_.filter};
}

void Survey::ask(const tui::Request& request) {
  request_ = request;
  if (criteria() != census_.criteria()) census_.begin(criteria());
}

// The next one begins when the last has been paid for: idle, next to no time goes there.
bool Survey::go_on(const analysis::Model& model, capture::Timestamp packet_time,
                   Clock::duration budget, bool is_idle) {
  constexpr int kShare = 10, kIdleShare = 150;
  constexpr std::chrono::milliseconds kBetween{250};
  const auto now = Clock::now();
  if (!census_.is_under_way()) {
    if (now < next_census_) return false;
    census_.begin(criteria());
  }
  if (!census_.go_on(make_report_(model), packet_time, budget)) return false;
  result_ = census_.take();
  window_.reset();
  const auto pause = (is_idle ? kIdleShare : kShare) * result_.cost;
  next_census_ = now + std::max<Clock::duration>(pause, kBetween);
  return true;
}

tui::Picture Survey::picture(const analysis::Model& model, Clock::time_point now,
                             capture::Timestamp packet_time) {
  note_moment(model.totals, now);
  sort_out();
  const report::Report report = make_report_(model);
  tui::Picture picture;
  picture.request = request_;
  picture.header = header_of(report, now);
  picture.header.clock = report::time_of_day(packet_time, report.zone).substr(0, kSeconds);
  picture.table = table_of(report, packet_time);
  picture.states = state_rows();
  picture.problem = result_.problem;
  if (is_page(request_.view)) {
    make_page(report);
    picture.page = page_;
  }
  if (request_.view == tui::View::detail && request_.opened) {
    make_detail(report);
    picture.detail = detail_;
  }
  return picture;
}

tui::Page Survey::talkers_page(const report::Report& report) const {
  constexpr std::size_t kMost = 1000;
  PageOutput out(static_cast<std::size_t>(request_.columns));
  if (result_.connections > 0) print_talkers_text(report, result_.talkers.top(kMost), out);
  return out.take();
}

template <typename Make>
void Survey::make_now_and_then(Make&& make) {
  constexpr int kShare = 20;
  const auto begun = Clock::now();
  if (begun < next_making_ && made_for_ == request_) return;
  make();
  made_for_ = request_;
  const auto end = Clock::now();
  next_making_ = end + kShare * (end - begun);
}

void Survey::make_page(const report::Report& report) {
  make_now_and_then([&] {
    page_ = request_.view == tui::View::talkers ? talkers_page(report)
                                                : page_of(report, request_.view, request_.columns);
  });
}

void Survey::make_detail(const report::Report& report) {
  make_now_and_then(
      [&] { detail_ = detail_of(report, *request_.opened, request_.part, request_.columns); });
}

// Only those that are asked for come into their order, and that once.
void Survey::sort_out() {
  const Window wanted{request_.first, request_.rows, request_.is_descending};
  if (window_ == wanted) return;
  window_ = wanted;
  const bool is_descending = request_.is_descending;
  const auto before = [is_descending](const Census::Entry& a, const Census::Entry& b) {
    return is_descending ? b < a : a < b;
  };
  auto& entries = result_.entries;
  const auto first = std::min<std::uint64_t>(entries.size(), request_.first);
  const auto end =
      std::min<std::uint64_t>(entries.size(), first + static_cast<std::uint64_t>(request_.rows));
  const auto begin = entries.begin() + static_cast<std::ptrdiff_t>(first);
  const auto middle = entries.begin() + static_cast<std::ptrdiff_t>(end);
  std::nth_element(entries.begin(), begin, entries.end(), before);
  std::partial_sort(begin, middle, entries.end(), before);
}

void Survey::note_moment(const analysis::Totals& totals, Clock::time_point now) {
  // A capture that is played may have gone back.
  const bool went_back =
      !moments_.empty() && (now < moments_.back().at || totals.packets < moments_.back().packets);
  if (went_back) moments_.clear();
  if (!moments_.empty() && now - moments_.back().at < seconds{1}) return;
  Moment& moment = moments_.emplace_back();
  moment.at = now;
  moment.packets = totals.packets;
  moment.bytes = totals.bytes;
  std::transform(result_.counts.begin(), result_.counts.end(), moment.states.begin(),
                 [](const report::StateCount& count) { return count.total(); });
  if (moments_.size() > kMostMoments) moments_.pop_front();
}

tui::Header Survey::header_of(const report::Report& report, Clock::time_point now) const {
  const analysis::Totals& totals = report.model.totals;
  tui::Header header;
  header.source = source_of(report);
  header.packets = totals.packets;
  header.dropped = dropped_of(report.inputs);
  header.connections = result_.connections;
  header.given_up = report.model.tcp.given_up();
  header.memory = resident_bytes(statm_);
  if (moments_.size() < 2) return header;
  // Over the last second or two: the latest moment may be a moment ago.
  const Moment& then = moments_[moments_.size() - 2];
  const double elapsed = std::chrono::duration<double>(now - then.at).count();
  constexpr double kBits = 8;
  header.packets_a_second = static_cast<double>(totals.packets - then.packets) / elapsed;
  header.bits_a_second = static_cast<double>(totals.bytes - then.bytes) * kBits / elapsed;
  return header;
}

tui::Table Survey::table_of(const report::Report& report, capture::Timestamp packet_time) const {
  tui::Table table;
  table.columns = connection_columns(report);
  const auto& entries = result_.entries;
  table.sorted = request_.sorted;
  table.is_descending = request_.is_descending;
  table.total = entries.size();
  table.first = std::min<std::uint64_t>(request_.first, entries.size());
  const auto end = std::min<std::uint64_t>(entries.size(),
                                           table.first + static_cast<std::uint64_t>(request_.rows));
  const auto connections = report.model.tcp.connections();
  for (std::uint64_t i = table.first; i < end; ++i) {
    const std::uint32_t id = entries[static_cast<std::size_t>(i)].id;
    if (connections.has(id)) table.rows.push_back(row_of(report, connections[id], packet_time));
  }
  return table;
}

std::vector<tui::StateRow> Survey::state_rows() const {
  std::vector<tui::StateRow> rows;
  for (const report::StateCount& count : report::most_first(result_.counts)) {
    tui::StateRow row;
    row.name = name(count.state);
    row.look = look_of(report::role_of(count.state));
    row.client = count.client;
    row.server = count.server;
    for (const Moment& moment : moments_) {
      row.history.push_back(moment.states[static_cast<std::size_t>(count.state)]);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace tapstat::app
