#include "tests/analysis/tcp/script.h"

#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "analysis/engine.h"
#include "tests/support/packet_builder.h"

namespace tapstat::test {
namespace {

using analysis::tcp::Connection;

// The number after `key`, two words on: "ack 1", "<isn +5>".
[[nodiscard]] std::uint32_t number_of(std::istream& words) {
  std::string word;
  words >> word;
  std::erase_if(word, [](char c) { return c < '0' || c > '9'; });
  return static_cast<std::uint32_t>(std::stoul(word));
}

// "> F. 101:101(0) ack 301 win 512".
void parse_segment(std::istream& words, ScriptLine& line) {
  std::string direction, range;
  if (!(words >> direction)) return;
  line.has_segment = true;
  line.from_client = direction == ">";
  words >> line.flags >> range;
  std::erase(line.flags, '.');
  line.seq = static_cast<std::uint32_t>(std::stoul(range));
  line.length = static_cast<std::uint32_t>(std::stoul(range.substr(range.find('(') + 1)));
  for (std::string key; words >> key;) {
    if (key == "ack") {
      line.ack = number_of(words);
      line.flags += 'A';
    } else if (key == "win") {
      line.window = static_cast<std::uint16_t>(number_of(words));
    } else if (key == "<isn") {
      line.client_isn_shift = number_of(words);
    } else {
      throw std::runtime_error("what is " + key);
    }
  }
}

[[nodiscard]] ScriptLine parse_line(const std::string& text, int number) {
  ScriptLine line;
  line.number = number;
  line.text = text;
  try {
    const std::size_t semicolon = text.find(';');
    std::istringstream left(text.substr(0, semicolon));
    std::istringstream states(text.substr(semicolon + 1));
    left >> line.delay;
    parse_segment(left, line);
    if (!(states >> line.client >> line.server)) throw std::runtime_error("two states wanted");
  } catch (const std::exception& e) {
    throw std::runtime_error(fmt::format("line {}: {}: {}", number, text, e.what()));
  }
  return line;
}

[[nodiscard]] std::string shown(const analysis::tcp::Endpoint& end) {
  return fmt::format("{}{}", name(end.state()), end.sure() ? "" : "?");
}

class Stage {
 public:
  explicit Stage(const Staging& staging)
      : staging_(staging), client_isn_(staging.client_isn), engine_(1) {}

  // What is wrong after this line; empty for nothing.
  [[nodiscard]] std::string play(const ScriptLine& line) {
    time_ += std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double>(line.delay));
    if (line.has_segment) {
      client_isn_ += line.client_isn_shift;
      send(line);
    } else {
      engine_.advance_to(capture::Timestamp{time_});
    }
    return compare(line);
  }

 private:
  void send(const ScriptLine& line) {
    const bool c = line.from_client;
    const bool swap = staging_.client_has_higher_address;
    const std::string_view low = staging_.ipv6 ? "fd00::1" : "10.0.0.1";
    const std::string_view high = staging_.ipv6 ? "fd00::2" : "10.0.0.2";
    const std::string_view client = swap ? high : low;
    const std::string_view server = swap ? low : high;
    const Buffer bytes = tcp({.src = c ? client : server,
                              .src_port = static_cast<std::uint16_t>(c ? 40000 : 80),
                              .dst = c ? server : client,
                              .dst_port = static_cast<std::uint16_t>(c ? 80 : 40000),
                              .flags = line.flags,
                              .seq = (c ? client_isn_ : staging_.server_isn) + line.seq,
                              .ack = line.flags.find('A') == std::string::npos
                                         ? 0
                                         : (c ? staging_.server_isn : client_isn_) + line.ack,
                              .window = line.window,
                              .payload_len = line.length});
    const capture::Frame frame = frame_of(bytes, time_, ++frames_);
    engine_.take({&frame, 1});
  }

  [[nodiscard]] std::string compare(const ScriptLine& line) const {
    const auto& connections = engine_.model().tcp.connections();
    const Connection& c = connections[connections.size() - 1];
    const std::string client = shown(c.end(c.client()));
    const std::string server = shown(c.end(c.server()));
    const bool client_ok = line.client == "*" || line.client == client;
    const bool server_ok = line.server == "*" || line.server == server;
    if (client_ok && server_ok) return "";
    return fmt::format("line {}: {}\n  wanted {} {}, shown {} {}\n", line.number, line.text,
                       line.client, line.server, client, server);
  }

  Staging staging_;
  std::uint32_t client_isn_;
  analysis::Engine engine_;
  std::chrono::nanoseconds time_{std::chrono::seconds{1'700'000'000}};
  std::uint64_t frames_ = 0;
};

}  // namespace

Script read_script(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot open " + path);
  Script script{.name = path, .lines = {}};
  std::string text;
  for (int number = 1; std::getline(file, text); ++number) {
    if (text.empty() || text.front() == '#') continue;
    script.lines.push_back(parse_line(text, number));
  }
  return script;
}

std::string play(const Script& script, const Staging& staging) {
  Stage stage(staging);
  std::string wrong;
  for (const ScriptLine& line : script.lines) wrong += stage.play(line);
  return wrong;
}

}  // namespace tapstat::test
