#include "report/ladder.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "report/cells.h"
#include "report/ladder_arrow.h"
#include "report/table.h"
#include "report/transitions.h"

namespace tapstat::report {
namespace {

using analysis::tcp::Fate;
using analysis::tcp::LoggedSegment;
using analysis::tcp::Note;
using analysis::tcp::Notes;
using analysis::tcp::Step;
using capture::Timestamp;

constexpr std::size_t kNarrowest = 80;
constexpr std::size_t kWide = 100;         // from here on frame numbers and windows have room
constexpr std::size_t kStateColumns = 12;  // ESTABLISHED?

constexpr std::array<std::string_view, 2> kEndNames = {"client", "server"};

[[nodiscard]] Standing standing_of(const Step& step) { return {step.to, step.time, step.sure}; }

[[nodiscard]] std::string time_text(Timestamp t, Timestamp start) {
  fmt::memory_buffer text;
  if (start <= t) text.push_back('+');
  append_seconds(text, t - start, 6);
  return fmt::to_string(text);
}

[[nodiscard]] Role role_of(const LoggedSegment& seg, Fate fate) {
  if (fate == Fate::lost || seg.flags.rst()) return Role::failed;
  Notes ordinary;
  ordinary.add(Note::window_update);
  return seg.notes.empty() || seg.notes == ordinary ? Role::plain : Role::notable;
}

// How wide each part of a line is:
//   time frame client-state | middle | server-state
struct Columns {
  std::size_t width;
  std::size_t time = 0;
  std::size_t frame = 0;
  std::size_t middle = 0;

  Columns(const LadderRows& ladder, const LadderStyle& style)
      : width(std::max(style.width, kNarrowest)) {
    std::uint64_t last_frame = 0;
    for (const LadderRow& row : ladder.rows()) {
      time = std::max(time, time_text(ladder.time(row), ladder.start()).size());
      if (const auto* seg = ladder.segment(row)) last_frame = std::max(last_frame, seg->frame);
    }
    if (width >= kWide) frame = 1 + fmt::formatted_size("#{}", last_frame);
    middle = width - (time + frame + 1 + kStateColumns + 1 + 1 + 1 + 1 + kStateColumns);
  }

  [[nodiscard]] std::size_t client_lifeline() const { return time + frame + 1 + kStateColumns + 1; }
};

class Drawing {
 public:
  Drawing(const LadderRows& ladder, const LadderStyle& style, Output& out)
      : ladder_(ladder),
        style_(style),
        out_(out),
        glyphs_(style.ascii ? kAsciiGlyphs : kUnicodeGlyphs),
        columns_(ladder, style) {}

  void draw(const LadderNames& names);

 private:
  void draw_heading(const LadderNames& names);
  void draw_opening();
  void draw_row(const LadderRow& row);
  void draw_legend();

  void begin_line(const std::string& time, const std::string& frame, const Step* client);
  void add_segment(const LadderRow& row, const LoggedSegment& seg);
  void add_cause(const Step& step, bool at_the_left);
  void end_line(const Step* server);
  void add_state(const Step& step, bool align_right);
  void add_blanks(std::size_t n) { line_.append(std::string(n, ' ')); }
  void finish_line();

  const LadderRows& ladder_;
  const LadderStyle& style_;
  Output& out_;
  const LadderGlyphs& glyphs_;
  Columns columns_;
  fmt::memory_buffer line_;
  bool any_unsure_ = false;
  bool any_lost_ = false;
};

void Drawing::draw(const LadderNames& names) {
  draw_heading(names);
  draw_opening();
  for (const LadderRow& row : ladder_.rows()) draw_row(row);
  draw_legend();
}

// The client above its lifeline where there is room, the server at the right edge; in two lines
// where they are too long for one.
void Drawing::draw_heading(const LadderNames& names) {
  fmt::format_to(fmt::appender(line_), "Connection {}, from {}", names.connection,
                 date_and_time(ladder_.start(), style_.zone));
  finish_line();
  const std::string client = "client " + names.endpoint[kClientSide];
  const std::string server = "server " + names.endpoint[kServerSide];
  const std::size_t lifeline = columns_.client_lifeline();
  if (client.size() <= lifeline) add_blanks(lifeline + 1 - client.size());
  line_.append(client);
  if (line_.size() + 2 + server.size() > columns_.width) finish_line();
  add_blanks(columns_.width - line_.size() - server.size());
  line_.append(server);
  finish_line();
}

// How both ends stood where the window opens.
void Drawing::draw_opening() {
  const Step* client = ladder_.opening(kClientSide);
  const Step* server = ladder_.opening(kServerSide);
  if (client == nullptr && server == nullptr) return;
  begin_line("", "", client);
  add_blanks(columns_.middle);
  end_line(server);
}

void Drawing::draw_row(const LadderRow& row) {
  const LoggedSegment* seg = ladder_.segment(row);
  const Step* client = ladder_.step(row, kClientSide);
  begin_line(time_text(ladder_.time(row), ladder_.start()),
             seg != nullptr && columns_.frame > 0 ? fmt::format("#{}", seg->frame) : "", client);
  if (seg != nullptr) {
    add_segment(row, *seg);
  } else {
    add_cause(*ladder_.any_step(row), client != nullptr);
  }
  end_line(ladder_.step(row, kServerSide));
}

void Drawing::draw_legend() {
  if (any_unsure_) {
    line_.append(std::string_view{"? inferred, not confirmed by a later packet"});
    finish_line();
  }
  if (any_lost_) {
    line_.append(glyphs_.lost);
    line_.append(std::string_view{" lost: its receiver went on as if it had never come"});
    finish_line();
  }
}

void Drawing::begin_line(const std::string& time, const std::string& frame, const Step* client) {
  add_blanks(columns_.time - time.size());
  line_.append(time);
  add_blanks(columns_.frame - frame.size());
  line_.append(frame);
  line_.push_back(' ');
  if (client != nullptr) {
    add_state(*client, true);
  } else {
    add_blanks(kStateColumns);
  }
  line_.push_back(' ');
  line_.append(glyphs_.lifeline);
}

void Drawing::add_segment(const LadderRow& row, const LoggedSegment& seg) {
  any_lost_ = any_lost_ || row.fate == Fate::lost;
  append_cell(line_,
              arrow_text(seg, row.fate, ladder_.sender(row) == kClientSide, columns_.middle,
                         columns_.width >= kWide, glyphs_),
              role_of(seg, row.fate), style_.color);
}

// Why a state changed that no segment changed, next to it.
void Drawing::add_cause(const Step& step, bool at_the_left) {
  std::string cause = cause_text(step);
  cause.resize(std::min(cause.size(), columns_.middle - 1));
  const std::size_t rest = columns_.middle - 1 - cause.size();
  add_blanks(at_the_left ? 1 : rest);
  append_cell(line_, cause, Role::quiet, style_.color);
  add_blanks(at_the_left ? rest : 1);
}

void Drawing::end_line(const Step* server) {
  line_.append(glyphs_.lifeline);
  if (server != nullptr) {
    line_.push_back(' ');
    add_state(*server, false);
  }
  finish_line();
}

void Drawing::add_state(const Step& step, bool align_right) {
  const std::string text = state_text(standing_of(step));
  any_unsure_ = any_unsure_ || text.back() == '?';
  if (align_right) add_blanks(kStateColumns - text.size());
  append_cell(line_, text, report::role_of(step.to), style_.color);
}

void Drawing::finish_line() {
  line_.push_back('\n');
  out_.write({line_.data(), line_.size()});
  line_.clear();
}

void write_segment(const LoggedSegment& seg, Fate fate, RecordWriter& json) {
  json.field("flags", flag_names(seg.flags)).field("seq", seg.seq);
  if (seg.flags.ack()) json.field("ack", seg.ack);
  json.field("len", seg.payload_len).field("window", seg.window);
  if (!seg.notes.empty()) {
    json.begin_array("notes");
    seg.notes.for_each([&](Note note) { json.element(analysis::tcp::name(note)); });
    json.end_array();
  }
  json.field("ack_rtt", seg.ack_rtt).field("bytes_in_flight", seg.bytes_in_flight);
  if (fate != Fate::unknown) json.field("arrived", fate == Fate::arrived);
}

void write_state(const Step* step, std::string_view key, RecordWriter& json) {
  if (step == nullptr) return;
  json.begin_object(key)
      .field("state", analysis::tcp::name(step->to))
      .field("sure", step->sure)
      .end_object();
}

// All of a record but how both ends stand, and its end.
void write_row(const LadderRows& ladder, const LadderRow& row, std::uint32_t connection,
               RecordWriter& json) {
  json.begin_object()
      .field("type", "step")
      .field("t", ladder.time(row))
      .field("connection", connection);
  if (const LoggedSegment* seg = ladder.segment(row)) {
    json.field("frame", seg->frame).field("end", kEndNames[ladder.sender(row)]);
    write_segment(*seg, row.fate, json);
  } else {
    const std::size_t side = ladder.step(row, kClientSide) != nullptr ? kClientSide : kServerSide;
    json.field("end", kEndNames[side]).field("cause", cause_text(*ladder.step(row, side)));
  }
}

}  // namespace

void draw_ladder(const LadderRows& ladder, const LadderNames& names, const LadderStyle& style,
                 Output& out) {
  Drawing(ladder, style, out).draw(names);
}

void for_each_step(
    const LadderRows& ladder, const LadderNames& names,
    const std::function<void(const LadderRow& row, const WriteRecord& write)>& visit) {
  std::array<const Step*, 2> standing = {ladder.opening(kClientSide), ladder.opening(kServerSide)};
  for (const LadderRow& row : ladder.rows()) {
    for (const std::size_t side : {kClientSide, kServerSide}) {
      if (const Step* step = ladder.step(row, side)) standing[side] = step;
    }
    visit(row, [&](RecordWriter& json) {
      write_row(ladder, row, names.connection, json);
      for (const std::size_t side : {kClientSide, kServerSide}) {
        write_state(standing[side], kEndNames[side], json);
      }
      json.end_object();
    });
  }
}

namespace {

[[nodiscard]] analysis::tcp::Connection connection_of(const Report& report) {
  return report.model.tcp.connections()[*report.log->connection()];
}

[[nodiscard]] LadderRows rows_of(const Report& report) {
  const auto c = connection_of(report);
  return {*report.log, report.model.tcp.journal(), c.id(), c.client(), {report.from, report.at}};
}

[[nodiscard]] LadderNames names_of(const Report& report) {
  const auto c = connection_of(report);
  return {c.id(), {end_text(report, c, c.client()), end_text(report, c, c.server())}};
}

}  // namespace

void print_ladder_text(const Report& report, Output& out) {
  LadderRows rows = rows_of(report);
  if (report.where != nullptr) {
    std::vector<bool> kept;
    for_each_step(rows, names_of(report), [&](const LadderRow&, const WriteRecord& write) {
      kept.push_back(report.keeps(RecordType::step, write));
    });
    rows.keep_only(kept);
  }
  draw_ladder(rows, names_of(report), {report.width, report.ascii, report.color, report.zone}, out);
}

void for_each_step(const Report& report, const std::function<void(const WriteRecord&)>& visit) {
  for_each_step(rows_of(report), names_of(report),
                [&](const LadderRow&, const WriteRecord& write) { visit(write); });
}

}  // namespace tapstat::report
