// Scripts of segments with the states of both ends after each, run through the whole engine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/packet_builder.h"

namespace tapstat::test {

// One line of a script, as packetdrill writes segments and RFC 9293's figures write states:
//
//   +0.010 > F. 101:101(0) ack 301 win 512 ; FIN_WAIT1 CLOSE_WAIT? ; FIN_WAIT1 ESTABLISHED
//   =0.2   < F. 1:1(0) ack 2 <sack 3:9>    ;; CLOSING? FIN_WAIT1|CLOSING
//   +60                                    ; CLOSED? CLOSED
//   +0.010 < icmp 3/1                      ;; CLOSED CLOSED
//
// ">" goes from client to server. Numbers count from each end's initial sequence number and may be
// negative; a line without a segment only lets time pass. An ICMP error quotes what its receiver
// sent last.
//
// "+" is a time after the line before, and after whatever of the other end's this may answer: what
// a host takes to think, to which the way is added from the tap to it and back (Observer). "=" is a
// time after the line before and nothing else: a timer, or a segment that crosses another.
//
// A RST with which an end answers a SYN before it has sent anything has the number 0, whatever is
// written (RFC 9293 section 3.10.7.1).
//
// "lost" behind a segment: it never arrives. A tap at its receiver does not see it.
//
// The first pair of states is what is shown right after the line: "?" marks one that is not sure,
// "*" stands for any. The second pair is what the journal says of the same instant once the script
// was played to its end, where CLOSED and LISTEN are one; "A|B" allows two that no wire tells
// apart; "?" allows any, provided that it is not said to be sure. An end that sent something which
// the tap cannot have seen is not asked about until it is heard again.
//
// Options: <sackOK> <wscale n> <mss n> <ts VAL ECR> <sack L:R ...> <tfo>, and <isn +N>: from here
// on the sender's numbers count from a new ISN, this far from the old one.
struct States {
  std::string client = "*", server = "*";
};

struct IcmpError {
  std::uint8_t type = 0, code = 0;
};

struct ScriptLine {
  int number = 0;
  std::string text;
  double delay = 0;
  bool answers = true;  // "+"
  bool has_segment = false;
  bool from_client = true;
  bool lost = false;
  std::optional<IcmpError> icmp;
  std::uint32_t isn_shift = 0;
  TcpSpec segment;  // with relative numbers; ports and addresses are the stage's
  std::string flags;
  States live;
  std::optional<States> hindsight;
};

// Where the tap is, and so how long after a segment its answer comes by.
enum class Observer : std::uint8_t {
  nowhere,  // no time passes on the way
  client,   // at the client's own interface
  between,
  server,
};

struct Script {
  std::string name;
  std::vector<ScriptLine> lines;
  std::vector<Observer> observers;  // "@at client between": the only ones to see it in this order
                                    // (else all but nowhere)
};

// How a script is played. Nothing may depend on it.
struct Staging {
  bool ipv6 = false;
  bool client_has_higher_address = false;
  std::uint32_t client_isn = 1000;
  std::uint32_t server_isn = 5000;
  Observer observer = Observer::nowhere;
  std::uint16_t client_port = 40000;
  std::uint32_t start = 0;  // seconds
};

// Throws std::runtime_error that names file and line where a script cannot be read.
[[nodiscard]] Script read_script(const std::string& path);

// Empty when every state was as expected; otherwise the line, what was wanted and what was shown.
[[nodiscard]] std::string play(const Script& script, const Staging& staging);

// One of tests/scripts, such as "vectors/01_normal_close".
[[nodiscard]] Script script_named(std::string_view name);

// The scripts in a folder of tests/scripts, by name.
[[nodiscard]] std::vector<std::string> script_files(std::string_view folder);

}  // namespace tapstat::test
