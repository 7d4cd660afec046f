// Scripts of segments with the states of both ends after each, run through the whole engine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tapstat::test {

// One line of a script, as packetdrill writes segments and RFC 9293's figures write states:
//
//   +0.010 > F. 101:101(0) ack 301 win 512 <mss 1460> ; FIN_WAIT1 CLOSE_WAIT?
//   +60                                               ; CLOSED? CLOSED
//
// ">" goes from client to server. Numbers count from each end's initial sequence number; a line
// without a segment only lets time pass. "?" marks a state that is not sure; "*" stands for any
// state.
struct ScriptLine {
  int number = 0;
  std::string text;
  double delay = 0;
  bool has_segment = false;
  bool from_client = true;
  std::string flags;
  std::uint32_t seq = 0;
  std::uint32_t length = 0;
  std::uint32_t ack = 0;
  std::uint16_t window = 64240;
  std::uint32_t client_isn_shift =
      0;                       // <isn +N>: the client's numbers count from a new ISN from here on
  std::string client, server;  // expected states
};

struct Script {
  std::string name;
  std::vector<ScriptLine> lines;
};

// How a script is played. Nothing may depend on it.
struct Staging {
  bool ipv6 = false;
  bool client_has_higher_address = false;
  std::uint32_t client_isn = 1000;
  std::uint32_t server_isn = 5000;
};

// Throws std::runtime_error that names file and line where a script cannot be read.
[[nodiscard]] Script read_script(const std::string& path);

// Empty when every state was as expected; otherwise the line, what was wanted and what was shown.
[[nodiscard]] std::string play(const Script& script, const Staging& staging);

}  // namespace tapstat::test
