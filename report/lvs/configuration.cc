#include "report/lvs/configuration.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "decode/ip_protocol.h"
#include "report/socket_argument.h"

namespace tapstat::report {
namespace {

namespace ip_protocol = decode::ip_protocol;
using analysis::lvs::Mode;
using Problem = tl::unexpected<std::string>;

constexpr std::uint32_t kDefaultPersistence = 300;  // IPVS_SVC_PERSISTENT_TIMEOUT of ip_vs.h

template <typename T>
[[nodiscard]] std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// What is quoted in messages: a file may hold anything.
[[nodiscard]] std::string quoted(std::string_view word) {
  constexpr std::size_t kMost = 60;
  std::string text{word.substr(0, kMost)};
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || '~' < c; }, '?');
  return text;
}

[[nodiscard]] std::vector<std::string_view> words_of(std::string_view line) {
  constexpr std::string_view kBlank = " \t\r";
  std::vector<std::string_view> words;
  for (auto from = line.find_first_not_of(kBlank); from != std::string_view::npos;) {
    const auto to = std::min(line.find_first_of(kBlank, from), line.size());
    words.push_back(line.substr(from, to - from));
    from = line.find_first_not_of(kBlank, to);
  }
  return words;
}

// A line, option by option.
class Line {
 public:
  explicit Line(std::vector<std::string_view> words) : words_(std::move(words)) {}

  IntendedService service;
  IntendedServer server;
  std::optional<std::string_view> server_text;

  [[nodiscard]] tl::expected<void, std::string> read_options() {
    for (next_ = 1; next_ < words_.size();) {
      const std::string_view option = words_[next_++];
      if (auto done = read(option); !done) return done;
    }
    if (!service.vip && !service.fwmark) return Problem{"no virtual service: -t, -u or -f"};
    if (!server_text) return {};
    return read_server();
  }

 private:
  using Result = tl::expected<void, std::string>;

  [[nodiscard]] Result read(std::string_view option) {
    if (option == "-t") return read_vip(ip_protocol::kTcp);
    if (option == "-u") return read_vip(ip_protocol::kUdp);
    if (option == "--sctp-service") return read_vip(ip_protocol::kSctp);
    if (option == "-f") return read_number(option, service.fwmark.emplace());
    if (option == "-w") return read_number(option, server.weight);
    if (option == "-s") return read_word(option, service.scheduler);
    if (option == "-p") return read_persistence();
    if (option == "-r") {
      server_text = value();
      return server_text->empty() ? Result{Problem{"-r: no address"}} : Result{};
    }
    return read_mode(option) ? Result{} : skip(option);
  }

  [[nodiscard]] bool read_mode(std::string_view option) {
    if (option == "-g")
      server.mode = Mode::dr;
    else if (option == "-i")
      server.mode = Mode::tun;
    else if (option == "-m")
      server.mode = Mode::nat;
    else if (option == "-b" && words_.front() == "-a")
      server.mode = Mode::fullnat;  // of DPVS
    else
      return false;
    return true;
  }

  // Options that say nothing that packets could be compared with.
  [[nodiscard]] Result skip(std::string_view option) {
    constexpr std::array<std::string_view, 5> kAlone = {"-o", "-6", "--tun-nocsum", "--tun-csum",
                                                        "--tun-remcsum"};
    constexpr std::array<std::string_view, 8> kWithValue = {
        "-M", "-x", "-y", "-b", "--pe", "--tun-type", "--tun-port", "--sched-flags"};
    if (std::find(kAlone.begin(), kAlone.end(), option) != kAlone.end()) return {};
    if (std::find(kWithValue.begin(), kWithValue.end(), option) == kWithValue.end()) {
      return Problem{fmt::format("unknown option {}", quoted(option))};
    }
    return value().empty() ? Result{Problem{fmt::format("{}: no value", option)}} : Result{};
  }

  [[nodiscard]] std::string_view value() {
    return next_ < words_.size() ? words_[next_++] : std::string_view{};
  }

  [[nodiscard]] Result read_vip(std::uint8_t protocol) {
    const std::string_view text = value();
    service.protocol = protocol;
    service.vip = parse_socket(text);
    if (service.vip) return {};
    return Problem{
        fmt::format("{}: not an address and port; ipvsadm-save -n prints numbers", quoted(text))};
  }

  [[nodiscard]] Result read_number(std::string_view option, std::uint32_t& into) {
    const std::string_view text = value();
    const auto parsed = number<std::uint32_t>(text);
    if (!parsed) return Problem{fmt::format("{} {}: not a number", option, quoted(text))};
    into = *parsed;
    return {};
  }

  [[nodiscard]] Result read_word(std::string_view option, std::string& into) {
    into = quoted(value());
    return into.empty() ? Result{Problem{fmt::format("{}: no value", option)}} : Result{};
  }

  // Its value may be left out.
  [[nodiscard]] Result read_persistence() {
    std::uint32_t timeout = kDefaultPersistence;
    if (next_ < words_.size() && !words_[next_].starts_with('-')) {
      if (auto read = read_number("-p", timeout); !read) return read;
    }
    service.persistence = std::chrono::seconds{timeout};
    return {};
  }

  // Without a port it has that of the service.
  [[nodiscard]] Result read_server() {
    if (const auto socket = parse_socket(*server_text)) {
      server.socket = *socket;
      return {};
    }
    const auto port = service.vip ? service.vip->port : std::uint16_t{0};
    if (const auto socket = parse_socket(fmt::format("{}:{}", *server_text, port))) {
      server.socket = *socket;
      return {};
    }
    return Problem{fmt::format("-r {}: not an address and port; ipvsadm-save -n prints numbers",
                               quoted(*server_text))};
  }

  std::vector<std::string_view> words_;
  std::size_t next_ = 0;
};

[[nodiscard]] tl::expected<void, std::string> take(std::string_view text,
                                                   std::vector<IntendedService>& services) {
  auto words = words_of(text);
  if (words.empty() || words.front().starts_with('#')) return {};
  const std::string_view command = words.front();
  if (command != "-A" && command != "-a") {
    return Problem{
        fmt::format("{}: neither -A (a virtual service) nor -a (a real server)", quoted(command))};
  }
  Line line(std::move(words));
  if (auto read = line.read_options(); !read) return read;
  const auto known = std::find_if(services.begin(), services.end(), [&](const auto& service) {
    return is_same(service, line.service);
  });
  if (command == "-A") {
    if (known != services.end()) return Problem{"the same virtual service a second time"};
    services.push_back(std::move(line.service));
    return {};
  }
  if (known == services.end()) return Problem{"its virtual service has no line (-A) before it"};
  if (!line.server_text) return Problem{"no real server: -r"};
  known->servers.push_back(line.server);
  return {};
}

}  // namespace

tl::expected<IpvsConfiguration, std::string> IpvsConfiguration::parse(std::string_view text) {
  IpvsConfiguration configuration;
  std::size_t line = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    ++line;
    if (const auto taken = take(text.substr(0, end), configuration.services); !taken) {
      return Problem{fmt::format("line {}: {}", line, taken.error())};
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (configuration.services.empty()) return Problem{"no virtual service in it"};
  return configuration;
}

}  // namespace tapstat::report
