#include "report/ladder_arrow.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace tapstat::report {
namespace {

using analysis::tcp::Fate;
using analysis::tcp::LoggedSegment;
using analysis::tcp::Note;
using decode::TcpFlags;

constexpr std::size_t kGapOfLost = 6;  // between the end of a lost segment's arrow and its aim

struct NoteText {
  std::string_view full, brief;
};

// In the order of Note.
constexpr std::array<NoteText, analysis::tcp::kNoteCount> kNoteTexts = {{
    {"retransmission", "resent"},
    {"fast retransmission", "resent"},
    {"spurious retransmission", "resent"},
    {"out of order", "out of order"},
    {"segment before it not seen", "gap before"},
    {"acks what was not seen", "acks unseen"},
    {"duplicate ACK", "dup ACK"},
    {"window full", "window full"},
    {"zero window", "zero window"},
    {"zero-window probe", "probe"},
    {"zero-window probe ACK", "probe ACK"},
    {"window update", "window"},
    {"keep-alive", "keep-alive"},
    {"keep-alive ACK", "keep-alive"},
    {"ports used again", "ports reused"},
}};

[[nodiscard]] std::string notes_text(const LoggedSegment& seg, Fate fate, bool brief) {
  std::string text;
  const auto add = [&](std::string_view note) {
    if (!text.empty()) text += ", ";
    text += note;
  };
  for (std::size_t i = 0; i < kNoteTexts.size(); ++i) {
    if (seg.notes.has(static_cast<Note>(i))) add(brief ? kNoteTexts[i].brief : kNoteTexts[i].full);
  }
  if (fate == Fate::lost && !brief) add("lost");
  return text;
}

[[nodiscard]] bool tells_of_window(const LoggedSegment& seg) {
  return seg.notes.has(Note::window_update) || seg.notes.has(Note::window_full);
}

// Which of a segment's numbers are told.
struct Detail {
  bool window = false;
  bool end = true;  // of the payload's range
  bool ack = true;
};

// "SYN seq 0, ACK 1", "PSH 1:301(300), ACK 1", "ACK 301": every flag by its name, that of an
// acknowledgment with its number.
[[nodiscard]] std::string label_text(const LoggedSegment& seg, const Detail& detail) {
  std::string text =
      flag_names(TcpFlags(seg.flags.bits() & static_cast<std::uint8_t>(~TcpFlags::kAck)));
  const auto gap = [&] { return text.empty() ? "" : " "; };
  if (seg.payload_len > 0) {
    const std::int64_t end = seg.seq + seg.payload_len;
    text += detail.end ? fmt::format("{}{}:{}({})", gap(), seg.seq, end, seg.payload_len)
                       : fmt::format("{}{}({})", gap(), seg.seq, seg.payload_len);
  } else if (!text.empty() || !seg.flags.ack()) {
    text += fmt::format("{}seq {}", gap(), seg.seq);
  }
  if (seg.flags.ack() && (detail.ack || text.empty())) {
    text += fmt::format("{}ACK {}", text.empty() ? "" : ", ", seg.ack);
  }
  if (detail.window) text += fmt::format(", win {}", seg.window);
  return text;
}

struct Wording {
  std::string label, notes;

  // With the least there is around it: one character of line, blanks, and the arrow's head.
  [[nodiscard]] std::size_t min_width() const {
    return 1 + 1 + label.size() + 1 + 1 + (notes.empty() ? 0 : 1 + notes.size() + 1) + 1;
  }
};

// The most telling words that fit.
[[nodiscard]] Wording choose_words(const LoggedSegment& seg, Fate fate, std::size_t columns,
                                   bool detailed) {
  struct Choice {
    Detail detail;
    bool brief;
  };
  const bool window = (detailed && seg.flags.ack()) || tells_of_window(seg);
  const std::array<Choice, 6> choices = {{
      {{.window = window}, false},
      {{}, false},
      {{}, true},
      {{.end = false}, true},
      {{.ack = false}, true},
      {{.end = false, .ack = false}, true},
  }};
  Wording words;
  for (const Choice& choice : choices) {
    words = {label_text(seg, choice.detail), notes_text(seg, fate, choice.brief)};
    if (words.min_width() <= columns) return words;
  }
  words.notes.clear();
  const std::size_t around = words.min_width() - words.label.size();
  words.label.resize(std::min(words.label.size(), columns - around));
  return words;
}

[[nodiscard]] std::string repeated(std::string_view glyph, std::size_t n) {
  std::string text;
  for (; n > 0; --n) text += glyph;
  return text;
}

}  // namespace

std::string flag_names(TcpFlags flags) {
  static constexpr std::array<std::pair<std::uint8_t, std::string_view>, 8> kNames = {{
      {TcpFlags::kSyn, "SYN"},
      {TcpFlags::kFin, "FIN"},
      {TcpFlags::kRst, "RST"},
      {TcpFlags::kPsh, "PSH"},
      {TcpFlags::kUrg, "URG"},
      {TcpFlags::kEce, "ECE"},
      {TcpFlags::kCwr, "CWR"},
      {TcpFlags::kAck, "ACK"},
  }};
  std::string text;
  for (const auto& [bit, name] : kNames) {
    if (!flags.has_any(bit)) continue;
    if (!text.empty()) text += ',';
    text += name;
  }
  return text;
}

std::string arrow_text(const LoggedSegment& seg, Fate fate, bool to_the_right, std::size_t columns,
                       bool detailed, const LadderGlyphs& glyphs) {
  const Wording words = choose_words(seg, fate, columns, detailed);
  const bool lost = fate == Fate::lost;
  const std::string_view line = seg.notes.sent_again() ? glyphs.again : glyphs.line;
  std::size_t spare = columns - words.min_width();
  const std::size_t gap = lost ? std::min(spare, kGapOfLost) : 0;
  spare -= gap;
  const std::size_t lead = std::min<std::size_t>(spare, 1);
  spare -= lead;
  const std::size_t neck = words.notes.empty() ? 0 : std::min<std::size_t>(spare, 1);
  spare -= neck;

  std::vector<std::string> pieces;  // from the sender on
  pieces.push_back(repeated(line, 1 + lead));
  pieces.push_back(" " + words.label + " ");
  pieces.push_back(repeated(line, 1 + spare));
  if (!words.notes.empty()) {
    pieces.push_back(" " + words.notes + " ");
    pieces.push_back(repeated(line, neck));
  }
  pieces.emplace_back(lost ? glyphs.lost : to_the_right ? glyphs.right : glyphs.left);
  pieces.emplace_back(gap, ' ');
  if (!to_the_right) std::reverse(pieces.begin(), pieces.end());
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  return text;
}

}  // namespace tapstat::report
