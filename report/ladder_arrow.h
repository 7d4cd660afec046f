// The middle of a ladder's line: a segment as an arrow from one end to the other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "analysis/tcp/segment_fate.h"
#include "analysis/tcp/segment_log.h"

namespace tapstat::report {

// The characters a ladder is drawn with.
struct LadderGlyphs {
  std::string_view lifeline;
  std::string_view line;   // of an arrow
  std::string_view again;  // of the arrow of what is sent again
  std::string_view right, left;
  std::string_view lost;
};

inline constexpr LadderGlyphs kUnicodeGlyphs{"│", "─", "═", "→", "←", "✗"};
inline constexpr LadderGlyphs kAsciiGlyphs{"|", "-", "=", ">", "<", "X"};

// `columns` wide exactly. `detailed` where there is room to spare. What does not fit is left out,
// the least telling first.
[[nodiscard]] std::string arrow_text(const analysis::tcp::LoggedSegment& seg,
                                     analysis::tcp::Fate fate, bool to_the_right,
                                     std::size_t columns, bool detailed,
                                     const LadderGlyphs& glyphs);

// "SYN", "FIN,PSH,ACK"; "" for none.
[[nodiscard]] std::string flag_names(decode::TcpFlags flags);

}  // namespace tapstat::report
