#include "app/survey.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "report/cells.h"
#include "report/time_text.h"

namespace tapstat::app {
namespace {

using analysis::tcp::Connection;
using report::Role;
using std::chrono::seconds;

constexpr std::size_t kMostMoments = 600;
constexpr std::size_t kSeconds = 8;  // of "12:34:56.789012"

// The columns, in their order.
enum class Sorted : std::uint8_t {
  id,
  client,
  client_state,
  server,
  server_state,
  packets,
  sent,
  received,
  start,
  idle,
  closed_by
};

[[nodiscard]] std::vector<tui::Column> connection_columns() {
  using tui::Align;
  return {{"Id", Align::right, 5, 4},      {"Client", Align::left, 19, 0},
          {"State", Align::left, 12, 0},   {"Server", Align::left, 19, 1},
          {"State", Align::left, 12, 0},   {"Packets", Align::right, 8, 3},
          {"Sent", Align::right, 8, 5},    {"Received", Align::right, 9, 6},
          {"Start", Align::left, 8, 7},    {"Idle", Align::right, 7, 2},
          {"Closed by", Align::left, 9, 8}};
}

// IPv4 before IPv6, whose first half has to do.
[[nodiscard]] std::uint64_t order_of(const analysis::IpAddress& address) {
  const auto bytes = address.bytes();
  const std::size_t first = address.is_v4() ? 8 : 0;
  std::uint64_t order = 0;
  for (std::size_t i = first; i < first + 8; ++i) order = order << 8 | bytes[i];
  return address.is_v4() ? order & 0xffffffffu : order | std::uint64_t{1} << 63;
}

[[nodiscard]] std::uint64_t since_epoch(capture::Timestamp t) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(t.time_since_epoch().count(), 0));
}

[[nodiscard]] std::uint64_t key_of(const Connection& c, std::size_t column) {
  const int client = c.client(), server = c.server();
  switch (static_cast<Sorted>(column)) {
    case Sorted::client:
      return order_of(c.key().address[client]);
    case Sorted::client_state:
      return static_cast<std::uint64_t>(c.end(client).state());
    case Sorted::server:
      return order_of(c.key().address[server]);
    case Sorted::server_state:
      return static_cast<std::uint64_t>(c.end(server).state());
    case Sorted::packets:
      return c.traffic(0).packets + c.traffic(1).packets;
    case Sorted::sent:
      return c.end(client).bytes();
    case Sorted::received:
      return c.end(server).bytes();
    case Sorted::start:
      return since_epoch(c.first());
    case Sorted::idle:
      return ~since_epoch(c.last());
    case Sorted::closed_by:
      return static_cast<std::uint64_t>(c.closed_by());
    case Sorted::id:
      break;
  }
  return c.id();
}

[[nodiscard]] tui::Look look_of(Role role) {
  switch (role) {
    case Role::quiet:
      return tui::Look::quiet;
    case Role::notable:
      return tui::Look::notable;
    case Role::failed:
      return tui::Look::failed;
    case Role::plain:
      break;
  }
  return tui::Look::plain;
}

[[nodiscard]] tui::Text text_of(report::Cell cell) {
  return {std::move(cell.text), look_of(cell.role)};
}

[[nodiscard]] tui::Row row_of(const report::Report& report, const Connection& c,
                              capture::Timestamp now) {
  using analysis::tcp::ClosedBy;
  const int client = c.client(), server = c.server();
  const ClosedBy by = c.closed_by();
  tui::Row row{.id = c.id(), .cells = {}, .is_over = by != ClosedBy::open};
  const auto idle = std::max(now - c.last(), std::chrono::nanoseconds{0});
  row.cells = {{std::to_string(c.id())},
               {end_text(report, c, client)},
               text_of(report::state_cell(report.standing(c, client))),
               {end_text(report, c, server)},
               text_of(report::state_cell(report.standing(c, server))),
               {std::to_string(c.traffic(client).packets + c.traffic(server).packets)},
               {report::bytes_text(c.end(client).bytes())},
               {report::bytes_text(c.end(server).bytes())},
               {report::time_of_day(c.first(), report.zone).substr(0, kSeconds)},
               {report::duration_text(idle)},
               {by == ClosedBy::open
                    ? ""
                    : std::string{analysis::tcp::kClosedByNames[static_cast<std::size_t>(by)]}}};
  return row;
}

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

[[nodiscard]] std::optional<std::uint64_t> dropped_of(const report::Report& report) {
  std::optional<std::uint64_t> dropped;
  for (const capture::InputInfo* input : report.inputs) {
    for (const auto& some : {input->kernel_dropped, input->interface_dropped}) {
      if (some) dropped = dropped.value_or(0) + *some;
    }
  }
  return dropped;
}

}  // namespace

Survey::Survey(MakeReport make_report)
    : make_report_(std::move(make_report)),
      statm_(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC)) {}

Survey::~Survey() {
  if (statm_ >= 0) ::close(statm_);
}

void Survey::begin(const tui::Request& request) {
  if (request.filter != request_.filter) {
    filter_.reset();
    problem_.clear();
    if (!request.filter.empty()) {
      auto filter = report::query::RecordFilter::parse(request.filter, report::RecordType::tcp);
      if (filter) filter_ = std::move(*filter);
      if (!filter) problem_ = filter.error().message;
    }
  }
  request_ = request;
  next_ = 0;
  connections_ = 0;
  entries_.clear();
  counts_ = report::no_states();
}

// The clock is asked now and then: to look at one takes about as long.
bool Survey::go_on(const analysis::Model& model, Clock::duration budget) {
  constexpr int kAtOnce = 32;
  const auto end = Clock::now() + budget;
  report::Report report = make_report_(model);
  if (filter_) {
    filter_->start(report::query::clock_of(report));
    report.where = filter_.get();
  }
  const std::uint32_t size = model.tcp.connections().size();
  do {
    for (int i = 0; i < kAtOnce && next_ < size; ++i) look_at(report, next_++);
  } while (next_ < size && Clock::now() < end);
  return next_ >= size;
}

void Survey::look_at(const report::Report& report, std::uint32_t id) {
  const auto connections = report.model.tcp.connections();
  if (!connections.has(id)) return;
  const Connection c = connections[id];
  ++connections_;
  ++counts_[static_cast<std::size_t>(c.end(c.client()).state())].client;
  ++counts_[static_cast<std::size_t>(c.end(c.server()).state())].server;
  if (report.keeps(c)) entries_.push_back({key_of(c, request_.sorted), id});
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
  picture.problem = problem_;
  return picture;
}

// Only those that are asked for come into their order.
void Survey::sort_out() {
  const bool is_descending = request_.is_descending;
  const auto before = [is_descending](const Entry& a, const Entry& b) {
    return is_descending ? b < a : a < b;
  };
  const auto first = std::min<std::uint64_t>(entries_.size(), request_.first);
  const auto end =
      std::min<std::uint64_t>(entries_.size(), first + static_cast<std::uint64_t>(request_.rows));
  const auto begin = entries_.begin() + static_cast<std::ptrdiff_t>(first);
  const auto middle = entries_.begin() + static_cast<std::ptrdiff_t>(end);
  std::nth_element(entries_.begin(), begin, entries_.end(), before);
  std::partial_sort(begin, middle, entries_.end(), before);
}

void Survey::note_moment(const analysis::Totals& totals, Clock::time_point now) {
  if (!moments_.empty() && now - moments_.back().at < seconds{1}) return;
  Moment& moment = moments_.emplace_back();
  moment.at = now;
  moment.packets = totals.packets;
  moment.bytes = totals.bytes;
  std::transform(counts_.begin(), counts_.end(), moment.states.begin(),
                 [](const report::StateCount& count) { return count.total(); });
  if (moments_.size() > kMostMoments) moments_.pop_front();
}

tui::Header Survey::header_of(const report::Report& report, Clock::time_point now) const {
  const analysis::Totals& totals = report.model.totals;
  tui::Header header;
  header.source = source_of(report);
  header.packets = totals.packets;
  header.dropped = dropped_of(report);
  header.connections = connections_;
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
  table.columns = connection_columns();
  table.sorted = request_.sorted;
  table.is_descending = request_.is_descending;
  table.total = entries_.size();
  table.first = std::min<std::uint64_t>(request_.first, entries_.size());
  const auto end = std::min<std::uint64_t>(entries_.size(),
                                           table.first + static_cast<std::uint64_t>(request_.rows));
  const auto connections = report.model.tcp.connections();
  for (std::uint64_t i = table.first; i < end; ++i) {
    const std::uint32_t id = entries_[static_cast<std::size_t>(i)].id;
    if (connections.has(id)) table.rows.push_back(row_of(report, connections[id], packet_time));
  }
  return table;
}

std::vector<tui::StateRow> Survey::state_rows() const {
  std::vector<tui::StateRow> rows;
  for (const report::StateCount& count : report::most_first(counts_)) {
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
