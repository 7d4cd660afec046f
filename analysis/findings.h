// What is wrong with the hosts and the capture, as far as single connections show it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "analysis/model.h"
#include "analysis/socket.h"

namespace tapstat::analysis {

enum class FindingKind : std::uint8_t {
  injected_reset,      // the host it was said to come from went on
  accept_queue_full,   // the handshake done, by the client's data, and the SYN-ACK sent again
  keep_alive_failure,  // a connection reset because its keep-alives went unanswered
  connection_refused,
  no_answer,
  asymmetric_capture,  // one direction only
};

inline constexpr std::array<std::string_view, 6> kFindingNames = {
    "injected_reset",     "accept_queue_full", "keep_alive_failure",
    "connection_refused", "no_answer",         "asymmetric_capture",
};

enum class Severity : std::uint8_t { error, warning, note };

[[nodiscard]] Severity severity_of(FindingKind kind);

struct Finding {
  FindingKind kind{};
  Timestamp first{};  // of its evidence
  // What it is about, where a server listens or is thought to; nullopt: the capture.
  std::optional<Socket> service;
  std::vector<std::uint32_t> connections;
  std::vector<std::uint64_t> frames;  // at most kMostFrames; empty where no journal was kept
  std::uint32_t clients = 0;          // how many different ones
};

inline constexpr std::size_t kMostFrames = 10;

// The most severe first; of equal ones the earliest.
[[nodiscard]] std::vector<Finding> find_all(const Model& model);

}  // namespace tapstat::analysis
