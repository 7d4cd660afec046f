// Reading scripts.
#include "tests/analysis/tcp/script.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace tapstat::test {
namespace {

// "17" and "+17", and "-5000" as the number that many below.
[[nodiscard]] std::uint32_t number_of(const std::string& word) {
  return static_cast<std::uint32_t>(std::stoll(word));
}

[[nodiscard]] std::uint32_t next_number(std::istream& words) {
  std::string word;
  if (!(words >> word)) throw std::runtime_error("a number is missing");
  return number_of(word);
}

// "<sack 1:5 9:11>" and the like, without the brackets.
void parse_option(const std::string& text, ScriptLine& line) {
  std::istringstream words(text);
  std::string kind, range;
  words >> kind;
  TcpSpec& s = line.segment;
  if (kind == "isn") {
    line.isn_shift = next_number(words);
  } else if (kind == "mss") {
    s.mss = static_cast<std::uint16_t>(next_number(words));
  } else if (kind == "wscale") {
    s.wscale = static_cast<std::uint8_t>(next_number(words));
  } else if (kind == "sackOK") {
    s.sack_permitted = true;
  } else if (kind == "ts") {
    s.timestamps = TcpTimestamps{.tsval = next_number(words), .tsecr = 0};
    s.timestamps->tsecr = next_number(words);
  } else if (kind == "sack") {
    while (words >> range) {
      s.sack.push_back({number_of(range), number_of(range.substr(range.find(':') + 1))});
    }
  } else if (kind == "tfo") {
    s.options = hex("220a 0102030405060708");  // a cookie of eight bytes
  } else {
    throw std::runtime_error("what is <" + kind + ">");
  }
}

// "ack 301 win 512 <sackOK> lost".
void parse_fields(std::istream& words, ScriptLine& line) {
  for (std::string key; words >> key;) {
    if (key == "ack") {
      line.segment.ack = next_number(words);
      line.flags += 'A';
    } else if (key == "win") {
      line.segment.window = static_cast<std::uint16_t>(next_number(words));
    } else if (key == "lost") {
      line.lost = true;
    } else if (key.front() == '<') {
      if (std::string rest; key.back() != '>' && std::getline(words, rest, '>')) key += rest + '>';
      parse_option(key.substr(1, key.size() - 2), line);
    } else {
      throw std::runtime_error("what is " + key);
    }
  }
}

// "> F. 101:101(0) ack 301", "< icmp 3/1".
void parse_segment(std::istream& words, ScriptLine& line) {
  std::string direction, range;
  if (!(words >> direction)) return;
  line.has_segment = true;
  line.from_client = direction == ">";
  words >> line.flags >> range;
  if (line.flags == "icmp") {
    line.icmp = IcmpError{static_cast<std::uint8_t>(number_of(range)),
                          static_cast<std::uint8_t>(number_of(range.substr(range.find('/') + 1)))};
    return;
  }
  std::erase(line.flags, '.');
  line.segment.seq = number_of(range);
  line.segment.payload_len = number_of(range.substr(range.find('(') + 1));
  parse_fields(words, line);
}

[[nodiscard]] std::optional<States> parse_states(const std::string& text) {
  std::istringstream words(text);
  States s;
  if (!(words >> s.client)) return std::nullopt;
  if (!(words >> s.server)) throw std::runtime_error("two states wanted");
  return s;
}

[[nodiscard]] ScriptLine parse_line(const std::string& text, int number) {
  ScriptLine line;
  line.number = number;
  line.text = text;
  try {
    std::istringstream parts(text);
    std::string left, live, hindsight;
    std::getline(parts, left, ';');
    std::getline(parts, live, ';');
    std::getline(parts, hindsight, ';');
    line.answers = left.starts_with('+');
    std::istringstream words(left.substr(1));
    words >> line.delay;
    parse_segment(words, line);
    line.hindsight = parse_states(hindsight);
    const auto now = parse_states(live);
    if (!now && !line.hindsight) throw std::runtime_error("two states wanted");
    if (now) line.live = *now;
  } catch (const std::exception& e) {
    throw std::runtime_error(fmt::format("line {}: {}: {}", number, text, e.what()));
  }
  return line;
}

// "@at client between".
[[nodiscard]] std::vector<Observer> parse_observers(const std::string& text) {
  std::istringstream words(text);
  std::vector<Observer> observers;
  std::string word;
  for (words >> word; words >> word;) {
    observers.push_back(word == "client"    ? Observer::client
                        : word == "between" ? Observer::between
                                            : Observer::server);
  }
  return observers;
}

}  // namespace

Script read_script(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot open " + path);
  Script script{.name = path,
                .lines = {},
                .observers = {Observer::client, Observer::between, Observer::server}};
  std::string text;
  for (int number = 1; std::getline(file, text); ++number) {
    if (text.empty() || text.front() == '#') continue;
    if (text.front() == '@') {
      script.observers = parse_observers(text);
    } else {
      script.lines.push_back(parse_line(text, number));
    }
  }
  return script;
}

Script script_named(std::string_view name) {
  return read_script(fmt::format("{}/{}.script", TAPSTAT_SCRIPTS, name));
}

std::vector<std::string> script_files(std::string_view folder) {
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(fmt::format("{}/{}", TAPSTAT_SCRIPTS, folder))) {
    if (entry.path().extension() == ".script") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace tapstat::test
