#include "report/zeek_log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <iterator>
#include <map>
#include <tuple>

#include "analysis/zeek/conn_state.h"
#include "analysis/zeek/local_nets.h"
#include "report/address_text.h"

namespace tapstat::report {
namespace {

using analysis::zeek::Conn;
using analysis::zeek::Conns;
using analysis::zeek::TcpSession;
using analysis::zeek::Transport;
using Line = fmt::memory_buffer;

constexpr std::string_view kUnset = "-";

// Name and type, as conn.log of Zeek 8 has them.
struct Field {
  std::string_view name, type;
};
constexpr std::array<Field, 22> kFields = {
    {{"ts", "time"},          {"uid", "string"},          {"id.orig_h", "addr"},
     {"id.orig_p", "port"},   {"id.resp_h", "addr"},      {"id.resp_p", "port"},
     {"proto", "enum"},       {"service", "string"},      {"duration", "interval"},
     {"orig_bytes", "count"}, {"resp_bytes", "count"},    {"conn_state", "string"},
     {"local_orig", "bool"},  {"local_resp", "bool"},     {"missed_bytes", "count"},
     {"history", "string"},   {"orig_pkts", "count"},     {"orig_ip_bytes", "count"},
     {"resp_pkts", "count"},  {"resp_ip_bytes", "count"}, {"tunnel_parents", "set[string]"},
     {"ip_proto", "count"}}};

template <typename... Args>
void append(Line& line, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(line), format, std::forward<Args>(args)...);
}

template <typename Name>
void append_names(Line& line, std::string_view title, Name&& name_of) {
  append(line, "#{}", title);
  for (const Field& field : kFields) append(line, "\t{}", name_of(field));
  line.push_back('\n');
}

// Of the log: Zeek says when it was opened and closed; here, when its first and its last packet
// were, so that the same capture gives the same log.
void append_instant(Line& line, std::string_view title,
                    const std::optional<capture::Timestamp>& at) {
  if (!at) return;
  const std::time_t t = std::chrono::floor<std::chrono::seconds>(*at).time_since_epoch().count();
  append(line, "#{}\t{:%Y-%m-%d-%H-%M-%S}\n", title, fmt::gmtime(t));
}

// Seconds with six decimals, cut and not rounded, as far as Zeek's clock goes.
void append_seconds(Line& line, std::chrono::nanoseconds time) {
  const auto micros = std::chrono::floor<std::chrono::microseconds>(time).count();
  const bool negative = micros < 0;
  const auto size = negative ? -micros : micros;
  append(line, "{}{}.{:06}", negative ? "-" : "", size / 1'000'000, size % 1'000'000);
}

// SplitMix64.
[[nodiscard]] std::uint64_t mix(std::uint64_t state, std::uint64_t value) {
  std::uint64_t z = state ^ (value + 0x9e3779b97f4a7c15u);
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

// "C" and 17 digits in base 62, as Zeek's: of what identifies the connection and of its place in
// the log, so that a capture gives the same ones each time.
void append_uid(Line& line, const Conns& conns, std::uint32_t index) {
  static constexpr std::string_view kDigits =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const Conn& conn = conns.conns[index];
  std::uint64_t hash =
      mix(index, static_cast<std::uint64_t>(conn.first.time_since_epoch().count()));
  for (int i = 0; i < 2; ++i) {
    hash = mix(hash, conn.key.address[i].high());
    hash = mix(hash, conn.key.address[i].low());
    hash = mix(hash, std::uint64_t{conn.key.port[i]} << 8 | conn.ip_protocol);
  }
  line.push_back('C');
  constexpr int kDigitsOfHalf = 9;
  for (int i = 0; i < 17; ++i) {
    if (i == kDigitsOfHalf) hash = mix(hash, index);
    line.push_back(kDigits[hash % kDigits.size()]);
    hash /= kDigits.size();
    if (hash == 0) hash = mix(index, static_cast<std::uint64_t>(i));
  }
}

[[nodiscard]] std::string_view transport_name(Transport transport) {
  switch (transport) {
    case Transport::tcp:
      return "tcp";
    case Transport::udp:
      return "udp";
    case Transport::icmp:
      return "icmp";
    case Transport::unknown_transport:
      return "unknown_transport";
  }
  return kUnset;
}

// Known of the datagrams around a tunnel only.
[[nodiscard]] std::string_view service_name(decode::Layer tunnel) {
  switch (tunnel) {
    case decode::Layer::vxlan:
      return "vxlan";
    case decode::Layer::geneve:
      return "geneve";
    case decode::Layer::gtpu:
      return "gtpv1";
    case decode::Layer::teredo:
      return "teredo";
    case decode::Layer::ayiya:
      return "ayiya";
    default:
      return kUnset;
  }
}

// What TCP's own rules tell of a connection, and what the other protocols' do.
struct Verdict {
  std::string_view conn_state, history;
  std::chrono::nanoseconds duration;
  std::uint64_t orig_bytes, resp_bytes, missed_bytes;
};

[[nodiscard]] Verdict verdict_of(const Conns& conns, const Conn& conn) {
  const int orig = conns.originator(conn);
  if (conn.session != Conn::kNone) {
    const TcpSession& session = conns.sessions[conn.session];
    return {session.conn_state(), session.history().letters(), session.last() - session.first(),
            session.size(orig),   session.size(1 - orig),      session.missed_bytes()};
  }
  const bool is_udp = conn.transport == Transport::udp;
  return {is_udp ? analysis::zeek::udp_conn_state(conn.sent[orig], conn.sent[1 - orig])
                 : analysis::zeek::kOtherConnState,
          conn.history.letters(),
          conn.last - conn.first,
          conn.payload[orig],
          conn.payload[1 - orig],
          0};
}

void append_identity(Line& line, const Conns& conns, std::uint32_t index) {
  const Conn& conn = conns.conns[index];
  const int orig = conns.originator(conn);
  const int resp = 1 - orig;
  append_seconds(line, conn.first.time_since_epoch());
  line.push_back('\t');
  append_uid(line, conns, index);
  append(line, "\t{}\t{}\t{}\t{}\t{}\t{}", address_text(conn.key.address[orig]),
         conn.key.port[orig], address_text(conn.key.address[resp]), conn.key.port[resp],
         transport_name(conn.transport), service_name(conn.tunnel));
}

void append_verdict(Line& line, const Conns& conns, const Conn& conn) {
  const Verdict verdict = verdict_of(conns, conn);
  const int orig = conns.originator(conn);
  const auto local = [&](int i) {
    return analysis::zeek::is_local(conn.key.address[i]) ? 'T' : 'F';
  };
  line.push_back('\t');
  if (verdict.duration > std::chrono::nanoseconds::zero()) {
    append_seconds(line, verdict.duration);
    append(line, "\t{}\t{}", verdict.orig_bytes, verdict.resp_bytes);
  } else {
    append(line, "{0}\t{0}\t{0}", kUnset);
  }
  append(line, "\t{}\t{}\t{}\t{}\t{}", verdict.conn_state, local(orig), local(1 - orig),
         verdict.missed_bytes, verdict.history.empty() ? kUnset : verdict.history);
}

void append_parents(Line& line, const Conns& conns, const Conn& conn) {
  line.push_back('\t');
  std::string_view between;
  for (const std::uint32_t parent : conn.parents) {
    if (parent == Conn::kNone) continue;
    append(line, "{}", between);
    append_uid(line, conns, parent);
    between = ",";
  }
  if (between.empty()) append(line, "{}", kUnset);
}

void append_conn(Line& line, const Conns& conns, std::uint32_t index) {
  const Conn& conn = conns.conns[index];
  const int orig = conns.originator(conn);
  append_identity(line, conns, index);
  append_verdict(line, conns, conn);
  for (const int i : {orig, 1 - orig}) append(line, "\t{}\t{}", conn.packets[i], conn.ip_bytes[i]);
  append_parents(line, conns, conn);
  append(line, "\t{}\n", conn.ip_protocol);
}

// Which lines --where leaves: those of connections whose records it keeps.
class Kept {
 public:
  explicit Kept(const Report& report) : all_(report.where == nullptr) {
    if (all_) return;
    report.for_each_connection([&](const analysis::tcp::Connection& c) {
      lives_.emplace(key_of(c.key()), Life{c.first(), c.last()});
    });
  }

  [[nodiscard]] bool has(const Conn& conn) const {
    if (all_) return true;
    if (conn.transport != Transport::tcp) return false;
    const auto [begin, end] = lives_.equal_range(key_of(conn.key));
    return std::any_of(begin, end, [&](const auto& entry) {
      return entry.second.first <= conn.last_packet && conn.first <= entry.second.last;
    });
  }

 private:
  struct Life {
    capture::Timestamp first, last;
  };
  using Key = std::tuple<analysis::IpAddress, analysis::IpAddress, std::uint16_t, std::uint16_t>;

  [[nodiscard]] static Key key_of(const analysis::FlowKey& key) {
    return {key.address[0], key.address[1], key.port[0], key.port[1]};
  }

  bool all_;
  std::multimap<Key, Life> lives_;
};

}  // namespace

void print_zeek_log(const Report& report, Output& out) {
  Line line;
  const auto flush = [&] {
    out.write({line.data(), line.size()});
    line.clear();
  };
  append(line, "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t{}\n",
         kUnset);
  append(line, "#path\tconn\n");
  append_instant(line, "open", report.model.totals.first);
  append_names(line, "fields", [](const Field& field) { return field.name; });
  append_names(line, "types", [](const Field& field) { return field.type; });
  flush();
  const Conns& conns = report.model.conns;
  const Kept kept(report);
  for (std::uint32_t i = 0; i < conns.conns.size(); ++i) {
    if (report.from && conns.conns[i].last_packet < *report.from) continue;
    if (!kept.has(conns.conns[i])) continue;
    append_conn(line, conns, i);
    flush();
  }
  append_instant(line, "close", report.model.totals.last);
  flush();
}

}  // namespace tapstat::report
