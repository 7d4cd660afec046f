// Views that tell a journal: transitions, the tables at an instant, the difference between two, and
// state counts over time. The journal is filled by hand; the connections come from real packets.
#include <gtest/gtest.h>

#include "analysis/engine.h"
#include "report/records.h"
#include "report/timeline.h"
#include "tests/support/json.h"
#include "tests/support/packet_builder.h"
#include "tests/support/string_output.h"

namespace tapstat::report {
namespace {

using analysis::tcp::Event;
using analysis::tcp::State;
using capture::Timestamp;
using nlohmann::json;
using std::chrono::seconds;

[[nodiscard]] Timestamp at(int second) { return Timestamp{seconds{second}}; }

// Connection 0 from 100 s to 200 s, connection 1 from 150 s on; a packet each then.
class History : public testing::Test {
 protected:
  History() {
    see(40000, 100);
    see(40001, 150);
    see(40000, 160);
    see(40000, 200);
  }

  // Frames count from 1; 0 is a timer.
  void step(std::uint32_t connection, int end, int second, State from, State to, Event cause,
            std::uint64_t frame, bool sure = true) {
    journal_.append(connection, end, {at(second), from, to, cause, sure, frame});
  }

  [[nodiscard]] Report report() const { return {.model = model_, .inputs = {}, .zone = Zone::utc}; }

  [[nodiscard]] static std::vector<json> records(const Report& report, View view) {
    test::StringOutput out;
    print(report, view, Format::json, out);
    std::vector<json> records = test::parse_records(out.text());
    records.erase(records.begin());  // capture
    return records;
  }
  [[nodiscard]] static std::string text(const Report& report, View view) {
    test::StringOutput out;
    print(report, view, Format::text, out);
    return out.text();
  }

  // End 0 is the client: its address is the lower one.
  static constexpr int kClient = 0, kServer = 1;
  analysis::tcp::Journal journal_;

 private:
  void see(std::uint16_t port, int second) {
    const test::Buffer frame = test::tcp({.src_port = port, .flags = "S", .seq = 7});
    const capture::Frame f = test::frame_of(frame, seconds{second}, ++frames_);
    engine_.take({&f, 1});
  }

  analysis::Engine engine_{1};
  std::uint64_t frames_ = 0;
  analysis::Model now_ = engine_.model();
  analysis::Model model_{
      now_.totals, {now_.tcp.tables(), journal_}, now_.decoder, now_.flows, now_.conns};
};

TEST_F(History, TransitionsOfAllConnectionsAreInOrderOfTime) {
  step(1, kClient, 150, State::unknown, State::syn_sent, Event::snd_syn, 2);
  step(0, kServer, 100, State::unknown, State::syn_received, Event::rcv_syn, 1);
  step(0, kClient, 100, State::unknown, State::syn_sent, Event::snd_syn, 1);
  step(0, kServer, 200, State::syn_received, State::established, Event::rcv_ack_of_syn, 4, false);
  step(1, kClient, 160, State::syn_sent, State::established, Event::rcv_syn_ack, 3);
  journal_.take_back(1, kClient);
  const auto r = records(report(), View::transitions);
  ASSERT_EQ(r.size(), 4u);
  EXPECT_EQ(r[0]["end"], "client");
  EXPECT_EQ(r[1]["end"], "server");
  EXPECT_EQ(r[2]["connection"], 1);
  EXPECT_EQ(r[3]["to"], "ESTABLISHED");
}

TEST_F(History, ATransitionTellsItsCauseAndHowLongTheOldStateLasted) {
  step(0, kClient, 100, State::unknown, State::time_wait, Event::rcv_fin, 1);
  step(0, kClient, 160, State::time_wait, State::closed, Event::expired, 0, false);
  const auto r = records(report(), View::transitions);
  ASSERT_EQ(r.size(), 2u);
  EXPECT_EQ(r[0], test::parse_json(R"({"type":"transition","t":100.0,"connection":0,"end":"client",
      "ip":"10.0.0.1","port":40000,"peer_ip":"10.0.0.2","peer_port":80,
      "from":"UNKNOWN","to":"TIME_WAIT","cause":"received FIN","frame":1,"sure":true})"));
  EXPECT_EQ(r[1], test::parse_json(R"({"type":"transition","t":160.0,"connection":0,"end":"client",
      "ip":"10.0.0.1","port":40000,"peer_ip":"10.0.0.2","peer_port":80,
      "from":"TIME_WAIT","to":"CLOSED","cause":"timer TIME_WAIT","sure":false,"held":60.0})"));
}

// A step that only makes a state unsure does not begin it anew.
TEST_F(History, AStateIsHeldSinceItBegan) {
  step(0, kClient, 100, State::unknown, State::syn_sent, Event::snd_syn, 1);
  step(0, kClient, 150, State::syn_sent, State::syn_sent, Event::silence, 0, false);
  step(0, kClient, 200, State::syn_sent, State::established, Event::rcv_syn_ack, 4);
  const auto r = records(report(), View::transitions);
  ASSERT_EQ(r.size(), 3u);
  EXPECT_EQ(r[1]["from"], r[1]["to"]);
  EXPECT_EQ(r[1]["held"], 50.0);
  EXPECT_EQ(r[2]["held"], 100.0);
  Report then = report();
  then.at = at(170);
  const auto tcp = records(then, View::tcp);
  EXPECT_EQ(tcp[0]["client"]["state"], "SYN_SENT");
  EXPECT_EQ(tcp[0]["client"]["since"], 100.0);
  EXPECT_EQ(tcp[0]["client"]["sure"], false);
}

TEST_F(History, AStepThatChangesNothingIsNoTransition) {
  step(0, kClient, 100, State::unknown, State::syn_sent, Event::snd_syn, 1, false);
  step(0, kClient, 150, State::syn_sent, State::syn_sent, Event::silence, 0, false);
  EXPECT_EQ(records(report(), View::transitions).size(), 1u);
}

TEST_F(History, TransitionsAsText) {
  step(0, kServer, 100, State::unknown, State::syn_received, Event::rcv_syn, 1, false);
  step(0, kServer, 163, State::syn_received, State::listen, Event::expired, 0, false);
  EXPECT_EQ(text(report(), View::transitions),
            "Time             Id  End     Address      Peer            From          To         "
            "Cause           Frame    Held\n"
            "00:01:40.000000   0  server  10.0.0.2:80  10.0.0.1:40000  UNKNOWN    →  SYN_RECV?  "
            "received SYN        1\n"
            "00:02:43.000000   0  server  10.0.0.2:80  10.0.0.1:40000  SYN_RECV?  →  LISTEN?    "
            "timer SYN_RECV         1.1min\n");
}

TEST_F(History, TransitionsBetweenTwoInstantsLeaveOutTheFirst) {
  step(0, kClient, 100, State::unknown, State::syn_sent, Event::snd_syn, 1);
  step(0, kClient, 150, State::syn_sent, State::established, Event::rcv_syn_ack, 2);
  step(0, kClient, 160, State::established, State::fin_wait_1, Event::snd_fin, 3);
  Report between = report();
  between.from = at(100);
  between.at = at(150);
  const auto r = records(between, View::transitions);
  ASSERT_EQ(r.size(), 1u);
  EXPECT_EQ(r[0]["to"], "ESTABLISHED");
  EXPECT_EQ(r[0]["held"], 50.0);
}

TEST_F(History, AnInstantShowsTheStatesOfThen) {
  step(0, kClient, 100, State::unknown, State::syn_sent, Event::snd_syn, 1);
  step(0, kClient, 200, State::syn_sent, State::established, Event::rcv_syn_ack, 4);
  Report then = report();
  then.at = at(199);
  const auto tcp = records(then, View::tcp);
  EXPECT_EQ(tcp[0]["client"]["state"], "SYN_SENT");
  EXPECT_EQ(tcp[0]["client"]["sure"], true);
  EXPECT_EQ(tcp[0]["server"]["state"], "UNKNOWN");
  EXPECT_FALSE(tcp[0]["server"].contains("since"));
}

class Difference : public History {
 protected:
  Difference() {
    step(0, kClient, 100, State::unknown, State::established, Event::snd_data, 1);
    step(0, kServer, 100, State::unknown, State::established, Event::rcv_syn, 1);
    step(1, kClient, 150, State::unknown, State::syn_sent, Event::snd_syn, 2);
    step(0, kServer, 160, State::established, State::close_wait, Event::rcv_fin, 3, false);
  }

  [[nodiscard]] Report between(int from, int to) const {
    Report r = report();
    r.from = at(from);
    r.at = at(to);
    return r;
  }
};

TEST_F(Difference, OfAConnectionThatWasThereTellsBothStates) {
  const json c = records(between(120, 170), View::tcp).at(0);
  EXPECT_EQ(c["change"], "changed");
  EXPECT_EQ(c["client"]["state_from"], "ESTABLISHED");
  EXPECT_EQ(c["client"]["state"], "ESTABLISHED");
  EXPECT_EQ(c["server"]["state_from"], "ESTABLISHED");
  EXPECT_EQ(c["server"]["state"], "CLOSE_WAIT");
}

TEST_F(Difference, OfAConnectionThatBeganHasNoStateBefore) {
  const json c = records(between(120, 170), View::tcp).at(1);
  EXPECT_EQ(c["change"], "opened");
  EXPECT_FALSE(c["client"].contains("state_from"));
}

TEST_F(Difference, NamesWhatClosedAndWhatOnlyHadPackets) {
  EXPECT_EQ(records(between(170, 199), View::tcp).at(0)["change"], "active");
  step(0, kClient, 180, State::established, State::closed, Event::rcv_rst, 4);
  step(0, kServer, 180, State::close_wait, State::closed, Event::snd_rst, 4);
  EXPECT_EQ(records(between(170, 199), View::tcp).at(0)["change"], "closed");
  EXPECT_EQ(records(between(90, 199), View::tcp).at(0)["change"], "opened-and-closed");
}

// Connection 1 has its last packet at 150 s; a timer changes it without one.
TEST_F(Difference, ShowsWhatATimerChangedAndNotWhatRested) {
  EXPECT_EQ(records(between(170, 300), View::tcp).size(), 1u);
  step(1, kClient, 281, State::syn_sent, State::closed, Event::expired, 0, false);
  const auto r = records(between(170, 300), View::tcp);
  ASSERT_EQ(r.size(), 2u);
  EXPECT_EQ(r[1]["change"], "closed");
}

TEST_F(Difference, OfStateCountsIsOfAllConnections) {
  const auto r = records(between(120, 300), View::states);
  ASSERT_EQ(r.size(), 4u);
  EXPECT_EQ(r[1],
            test::parse_json(R"({"type":"state_count","state":"ESTABLISHED","client":1,"server":0,
      "total":1,"client_from":1,"server_from":1,"total_from":2})"));
  EXPECT_EQ(r[0],
            test::parse_json(R"({"type":"state_count","state":"SYN_SENT","client":1,"server":0,
      "total":1,"client_from":0,"server_from":0,"total_from":0})"));
}

TEST_F(Difference, AsText) {
  EXPECT_EQ(text(between(120, 170), View::states),
            "Change  Count  Client  Server  State\n"
            "    +1  0 → 1   0 → 1       0  SYN_SENT\n"
            "    -1  2 → 1       1   1 → 0  ESTABLISHED\n"
            "    +1  0 → 1       0   0 → 1  CLOSE_WAIT\n"
            "    +1  0 → 1       0   0 → 1  UNKNOWN\n");
  const std::string tcp = text(between(120, 170), View::tcp);
  EXPECT_NE(tcp.find("ESTABLISHED → CLOSE_WAIT?"), std::string::npos) << tcp;
  EXPECT_NE(tcp.find("  opened\n"), std::string::npos) << tcp;
  Report plain = between(120, 170);
  plain.ascii = true;
  EXPECT_NE(text(plain, View::tcp).find("ESTABLISHED -> CLOSE_WAIT?"), std::string::npos);
}

TEST_F(Difference, OverTimeEveryRowIsTheTableOfItsInstant) {
  Report series = report();
  series.every = seconds{10};
  const auto all = records(series, View::states);
  std::size_t seen = 0;
  for (int second = 100; second <= 200; second += 10) {
    Report then = report();
    then.at = at(second);
    std::vector<json> wanted;
    if (second < 150) {
      // The tables at that instant would hold the first connection alone.
      wanted.push_back({{"client", 1}, {"server", 1}, {"state", "ESTABLISHED"}, {"total", 2}});
    } else {
      wanted = records(then, View::states);
    }
    for (json& w : wanted) {
      w["t"] = static_cast<double>(second);
      w["type"] = "state_count";
      ASSERT_LT(seen, all.size());
      EXPECT_EQ(all[seen++], w);
    }
  }
  EXPECT_EQ(seen, all.size());
}

TEST_F(Difference, OverTimeAsText) {
  Report series = report();
  series.every = seconds{50};
  EXPECT_EQ(text(series, View::states),
            "Time             SYN_SENT  ESTABLISHED  CLOSE_WAIT  UNKNOWN\n"
            "00:01:40.000000         0            2           0        0\n"
            "00:02:30.000000         1            2           0        1\n"
            "00:03:20.000000         1            1           1        1\n");
}

TEST_F(Difference, OverTimeWithManyStatesHasTheirNamesInTwoLines) {
  int second = 161;
  auto from = State::close_wait;
  for (const auto to : {State::last_ack, State::closed, State::fin_wait_1, State::fin_wait_2,
                        State::closing, State::time_wait}) {
    step(0, kServer, second++, from, to, Event::snd_fin, 3);
    from = to;
  }
  Report series = report();
  series.every = seconds{1};
  const std::string table = text(series, View::states);
  const std::string heading = table.substr(0, table.find('\n', table.find('\n') + 1) + 1);
  EXPECT_EQ(
      heading,
      "                         SYN_   ESTAB   FIN_   FIN_  CLOSE_   CLO  LAST_  TIME_   UNK\n"
      "Time             CLOSED  SENT  LISHED  WAIT1  WAIT2    WAIT  SING    ACK   WAIT  NOWN\n");
}

TEST_F(Difference, OverTimeStaysBetweenTwoInstants) {
  Report series = between(120, 145);
  series.every = seconds{10};
  EXPECT_EQ(count_instants(series), 3u);
  series.from = at(50);  // nothing began before 100
  EXPECT_EQ(count_instants(series), 5u);
  series.at = at(1000);  // timers run on
  EXPECT_EQ(count_instants(series), 91u);
  series.at = at(90);
  EXPECT_EQ(count_instants(series), 0u);
}

}  // namespace
}  // namespace tapstat::report
