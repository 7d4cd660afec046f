// Expressions against one record: what they say of it, and what is wrong with others.
#include <gtest/gtest.h>

#include "report/query/record_filter.h"

namespace tapstat::report::query {
namespace {

using capture::Timestamp;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

const Timestamp kStart{seconds{1'795'215'175}};
const Clock kClock{kStart, kStart + seconds{100}};

// The client waits for 90 s in CLOSE_WAIT, the server is in FIN_WAIT2 since 10 s.
void write_record(RecordWriter& w) {
  const auto address = [](std::uint8_t last) {
    const std::array<std::uint8_t, 4> bytes{10, 0, 0, last};
    return analysis::IpAddress::from_wire(bytes.data(), 4);
  };
  w.begin_object().field("type", "tcp").field("id", 7u);
  w.begin_object("client")
      .field("ip", address(1))
      .field("port", std::uint16_t{40000})
      .field("mac", MacAddress{2, 0, 0, 0, 0, 0xab})
      .field("state", "CLOSE_WAIT")
      .field("since", kStart + seconds{10})
      .field("sure", true)
      .field("bytes", std::uint64_t{12'000})
      .end_object();
  w.begin_object("server")
      .field("ip", "2001:db8:0::1")  // text where an address belongs
      .field("port", std::uint16_t{443})
      .field("state", "FIN_WAIT2")
      .field("since", kStart + seconds{90})
      .field("sure", false)
      .field("bytes", std::uint64_t{500})
      .end_object();
  w.field("first", kStart).field("last", kStart + seconds{95});
  w.begin_object("rtt").field("max", nanoseconds{milliseconds{250}}).end_object();
  w.begin_object("events").field("retransmission", 3u).end_object();
  w.field("closed_by", "reset-by-client").field("community_id", "1:a(b)c");
  w.begin_array("vlan").element(10u).element(20u).end_array();
  w.begin_array("tunnel").begin_object().field("kind", "gre").field("id", 5u).end_object();
  w.begin_object().field("kind", "vxlan").field("id", 6u).end_object().end_array();
  w.end_object();
}

[[nodiscard]] bool holds(std::string_view expression) {
  auto filter = RecordFilter::parse(expression, RecordType::tcp);
  if (!filter) {
    ADD_FAILURE() << error_text(filter.error(), expression);
    return false;
  }
  (*filter)->start(kClock);
  const bool first = (*filter)->keeps(write_record);
  EXPECT_EQ((*filter)->keeps(write_record), first) << expression;  // nothing is left of the last
  return first;
}

[[nodiscard]] std::string error(std::string_view expression, RecordType type = RecordType::tcp) {
  const auto filter = RecordFilter::parse(expression, type);
  return filter ? "none" : error_text(filter.error(), expression);
}

struct Case {
  const char* expression;
  bool holds;
};

class Predicates : public testing::TestWithParam<Case> {};

TEST_P(Predicates, Hold) {
  EXPECT_EQ(holds(GetParam().expression), GetParam().holds) << GetParam().expression;
}

const Case kNumbers[] = {
    {"server.port == 443", true},
    {"server.port != 443", false},
    {"server.port >= 443 and server.port <= 443", true},
    {"server.port < 443 or server.port > 443", false},
    {"client.bytes == 12k", true},
    {"client.bytes < 12KiB", true},
    {"client.bytes > 0.01MB", true},
    {"server.port == 0x1bb", true},
    {"id", true},
    {"server.port in {80, 443}", true},
    {"server.port in {80,8000..9000}", false},
    {"server.port in 400..443", true},
    {"server.port not in {80}", true},
    {"server.port not in {443}", false},
    {"client.bytes > server.bytes", true},
    {"client.ip == server.ip", false},
};
INSTANTIATE_TEST_SUITE_P(Numbers, Predicates, testing::ValuesIn(kNumbers));

const Case kAddresses[] = {
    {"client.ip == 10.0.0.1", true},
    {"client.ip == ::ffff:10.0.0.1", true},
    {"client.ip == ::ffff:a00:1", true},
    {"server.ip == 2001:DB8::1", true},
    {"server.ip == 2001:db8:0:0:0:0:0:1", true},
    {"server.ip == \"2001:db8::1\"", true},
    {"client.ip in 10.0.0.0/8", true},
    {"client.ip in {192.168.0.0/16, 10.0.0.1/32}", true},
    {"client.ip in 10.0.0.2/31", false},
    {"client.ip == 10.0.0.0/31", true},
    {"client.ip in 10.0.0.0..10.0.0.9", true},
    {"client.ip in 0.0.0.0/0", true},
    {"client.ip in ::/0", false},
    {"server.ip in ::/0", true},
    {"server.ip in 0.0.0.0/0", false},
    {"server.ip in 2001:db8::/32", true},
    {"server.ip ~ '^2001:'", true},
    {"client.mac == 02:00:00:00:00:AB", true},
    {"client.mac == 02-00-00-00-00-ab", true},
    {"client.mac ~ '^02:'", true},
    {"server.mac", false},
};
INSTANTIATE_TEST_SUITE_P(Addresses, Predicates, testing::ValuesIn(kAddresses));

const Case kTimes[] = {
    {"rtt.max > 0.2", true},
    {"rtt.max == 250ms", true},
    {"rtt.max < 200ms", false},
    {"rtt.max in 200ms..300ms", true},
    {"client.age == 1m30s", true},
    {"server.age < 10.5", true},
    {"first == 1795215175", true},
    {"first == +0", true},
    {"last > +94.5", true},
    {"first == 2026-11-20T22:52:55Z", true},
    {"first == '2026-11-20T22:52:55Z'", true},
    {"last in +90 .. +99", true},
};
INSTANTIATE_TEST_SUITE_P(Times, Predicates, testing::ValuesIn(kTimes));

const Case kNames[] = {
    {"client.state == CLOSE_WAIT", true},
    {"client.state == close-wait", true},
    {"client.state == \"CLOSE_WAIT\"", true},
    {"client.state != ESTABLISHED", true},
    {"client.state in {ESTABLISHED, CLOSE_WAIT}", true},
    {"client.state ~ wait", true},
    {"closed_by ~ '^reset'", true},
    {"closed_by !~ reset", false},
    {"closed_by", true},
    {"client.sure", true},
    {"server.sure", false},
    {"server.sure == false", true},
    {"community_id == '1:a(b)c'", true},
    {"community_id ~ \"a\\(b\"", true},
    {"community_id ~ \"A\"", false},
    {"community_id ~ \"(?i)A\"", true},
};
INSTANTIATE_TEST_SUITE_P(Names, Predicates, testing::ValuesIn(kNames));

// All names without an end mean the same end.
const Case kEitherEnd[] = {
    {"state == CLOSE_WAIT", true},
    {"state == CLOSE_WAIT and age > 60", true},
    {"state == CLOSE_WAIT and age < 60", false},
    {"state == FIN_WAIT2 and age < 60", true},
    {"state == FIN_WAIT2 and sure", false},
    {"state == CLOSE_WAIT and client.state == CLOSE_WAIT", true},
    {"state == FIN_WAIT2 and client.state == CLOSE_WAIT", true},
    {"not (state == CLOSE_WAIT)", true},  // of the server
    {"not (client.state == CLOSE_WAIT or server.state == CLOSE_WAIT)", false},
    {"bytes > 600 and port == 443", false},
    {"ip == 10.0.0.1 and port == 40000", true},
};
INSTANTIATE_TEST_SUITE_P(EitherEnd, Predicates, testing::ValuesIn(kEitherEnd));

// A list has what one of its elements has; what is absent is in no relation to anything.
const Case kListsAndAbsence[] = {
    {"vlan == 20", true},
    {"vlan == 30", false},
    {"vlan != 20", false},
    {"vlan != 30", true},
    {"vlan > 15", true},
    {"tunnel.kind == vxlan and tunnel.id == 5", true},
    {"interfaces ~ 'x'", false},
    {"interfaces", false},
    {"not interfaces", true},
    {"handshake.client_rtt < 1", false},
    {"handshake.client_rtt >= 1", false},
    {"handshake.client_rtt != 1", false},
    {"handshake.client_rtt not in {1}", false},
    {"not handshake.client_rtt == 1", true},
    {"events.retransmission > 2", true},
    {"events.zero_window == 0", true},
    {"events.zero_window", false},
};
INSTANTIATE_TEST_SUITE_P(ListsAndAbsence, Predicates, testing::ValuesIn(kListsAndAbsence));

const Case kLogic[] = {
    {"id == 1 or id == 2 or id == 7", true},  {"id == 7 and id == 7 and id == 1", false},
    {"id == 7 or id == 1 and id == 2", true}, {"(id == 7 or id == 1) and id == 2", false},
    {"not id == 1 and id == 7", true},        {"not not id == 7", true},
    {"!(id == 7) || !(id == 1)", true},       {"id == 7 && id == 1 or id == 7", true},
    {"NOT id == 1 AND id == 7", true},        {"(((id == 7)))", true},
};
INSTANTIATE_TEST_SUITE_P(Logic, Predicates, testing::ValuesIn(kLogic));

TEST(PredicateErrors, PointAtThePlace) {
  EXPECT_EQ(error("rtt.maxx > 0.2"),
            "unknown field; did you mean rtt.max?\n  rtt.maxx > 0.2\n  ^~~~~~~~");
  EXPECT_EQ(error("id == 1 and (sate == ESTABLISHED)"),
            "unknown field; did you mean state?\n"
            "  id == 1 and (sate == ESTABLISHED)\n"
            "               ^~~~");
  EXPECT_EQ(error("state =="), "a name is missing here\n  state ==\n          ^");
}

TEST(PredicateErrors, SayWhatIsWrong) {
  const std::array<std::pair<const char*, const char*>, 29> wrong{{
      {"", "a field is missing"},
      {"()", "a field is missing"},
      {"\"state\" == 1", "a field is missing"},
      {"retransmission > 1", "did you mean events.retransmission?"},
      {"handshake", "a group of fields; name one of them, such as handshake.complete"},
      {"recv_q > 1", "such as recv_q.min"},
      {"server.port == \"x\"", "server.port is a number, and this is text"},
      {"server.port == x", "not a number"},
      {"server.port == 80x", "not a number"},
      {"server.port == state", "state is a name, and server.port is a number"},
      {"rtt.max ~ 5", "rtt.max is a duration; only text matches a regular expression"},
      {"rtt.max > 5 apples", "no expression goes on like this"},
      {"rtt.max > 5x", "not a duration"},
      {"state < CLOSED", "state is a name, which has no order"},
      {"state == CLOSE_WAI", "did you mean CLOSE_WAIT?"},
      {"state == banana", "one of CLOSED, LISTEN"},
      {"client.ip == 10.0.0", "not an IP address"},
      {"client.ip in 10.0.0.0/33", "0 to 32 bits"},
      {"client.ip ~ '['", "no regular expression"},
      {"mac == 02:00:00", "not a MAC address"},
      {"first > yesterday", "not a time"},
      {"sure == 1", "neither true nor false"},
      {"id = 1", "compare with =="},
      {"id in {1, 2", "} is missing"},
      {"id in {9..1}", "empty"},
      {"state in {CLOSED..LISTEN}", "no order"},
      {"(id == 1", ") is missing"},
      {"community_id == 'x", "never closed"},
      {"count(id == 1) > 3", "--expect"},
  }};
  for (const auto& [expression, message] : wrong) {
    EXPECT_NE(error(expression).find(message), std::string::npos)
        << expression << ": " << error(expression);
  }
}

TEST(PredicateErrors, NestingIsBounded) {
  const auto nested = [](std::size_t n) {
    return std::string(n, '(') + "id == 7" + std::string(n, ')');
  };
  EXPECT_TRUE(holds(nested(100)));
  EXPECT_NE(error(nested(101)).find("too many parentheses"), std::string::npos);
  EXPECT_NE(error(nested(100'000)).find("too many parentheses"), std::string::npos);
  std::string chain = "id == 7";
  for (int i = 0; i < 10'000; ++i) chain += " and not not id == 7";
  EXPECT_TRUE(holds(chain));
}

TEST(PredicateErrors, ControlCharactersAreNotRepeated) {
  const std::string text = error("id == \x1b[31m\xc2\x9b 1");
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos);
}

TEST(PredicateErrors, FieldsAreThoseOfTheRecord) {
  EXPECT_EQ(error("cause ~ FIN and held > 1s and age > 5", RecordType::transition), "none");
  EXPECT_EQ(error("total > 5", RecordType::state_count), "none");
  EXPECT_EQ(error("kind == connection_refused and severity != note", RecordType::finding), "none");
  EXPECT_EQ(error("notes == retransmission and client.state == CLOSED", RecordType::step), "none");
  EXPECT_NE(error("held > 1s").find("unknown field"), std::string::npos);
}

}  // namespace
}  // namespace tapstat::report::query
