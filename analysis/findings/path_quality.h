// How well the data of one end got through to the other: what the rules about paths look at.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/findings/inquiry.h"
#include "analysis/tcp/connection.h"

namespace tapstat::analysis {

// IPv6's least MTU (RFC 8200 section 5), less both headers: anything that a link takes at all
// passes below that, and a tunnel rarely leaves less.
inline constexpr std::uint32_t kAlwaysPasses = 1280 - 40 - 20;

// Of what one end sent on one connection; segments are those with payload.
struct PathQuality {
  std::uint64_t segments = 0;         // each sending counted
  std::uint64_t resent_segments = 0;  // but for those that had arrived, keep-alives and probes
  std::uint64_t resent_bytes = 0;
  std::uint32_t largest_resent = 0;  // payload of the largest that was sent again
  std::uint64_t largest_times = 0;   // how often segments as large as that were sent again
  std::uint32_t largest_acked = 0;   // payload of the largest that was acknowledged as sent
  // While the largest was missing its peer acknowledged something behind it, or a piece of it.
  bool others_arrived = false;
  capture::Timestamp last_resent{};  // where there are any
  // How long its peer's window was closed to it at a time, as far as its packets go.
  std::chrono::nanoseconds longest_zero_window{0};
  capture::Timestamp longest_zero_window_end{};
  std::vector<std::uint64_t> resent_frames{};       // the first few
  std::vector<std::uint64_t> zero_window_frames{};  // of its peer's segments that closed the window
};

// nullopt: nothing was counted.
[[nodiscard]] std::optional<PathQuality> path_quality(const Model& model, const tcp::Connection& c,
                                                      int sender);

// The judgements, apart from where the numbers come from.

// The receiver reads nothing for long.
[[nodiscard]] bool is_stalled(const PathQuality& q);
// Much is sent again.
[[nodiscard]] bool loses_much(const PathQuality& q);
// Large segments are sent again and again, while what else was sent then arrived.
[[nodiscard]] bool drops_large(const PathQuality& q);

// Tells what `q` shows of what `sender` sent on `c`.
void judge_path(Inquiry& inquiry, const tcp::Connection& c, int sender, const PathQuality& q);

}  // namespace tapstat::analysis
