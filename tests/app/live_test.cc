// -i: real traffic of two network namespaces, captured on the veth pair between them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <string>
#include <vector>

#include "tests/app/command.h"
#include "tests/app/link.h"
#include "tests/support/json.h"

namespace tapstat::test {
namespace {

using nlohmann::json;

class Live : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_namespaces()) GTEST_SKIP() << "needs root and network namespaces";
  }
  // The script prints what is to be looked at.
  [[nodiscard]] static Outcome run(const std::string& script) { return shell(kLink + script); }
};

TEST_F(Live, TellsTheStatesOfBothEnds) {
  const Outcome outcome =
      run("capture tcp --json -i tap tcp && talk 5; stop; cat $D/out $D/err >&1");
  ASSERT_GE(outcome.lines().size(), 6u) << outcome.out << outcome.err;
  int connections = 0;
  for (const std::string& line : outcome.lines()) {
    if (line.front() != '{') continue;
    const json record = parse_json(line);
    if (record["type"] == "capture") {
      EXPECT_EQ(record["inputs"][0]["interface"], "tap");
      EXPECT_EQ(record["inputs"][0]["kernel_dropped"], 0);
      continue;
    }
    ++connections;
    EXPECT_EQ(record["client"]["ip"], "10.9.0.1");
    EXPECT_EQ(record["client"]["state"], "TIME_WAIT");
    EXPECT_EQ(record["server"]["state"], "CLOSED");
    EXPECT_EQ(record["server"]["bytes"], 500);
  }
  EXPECT_EQ(connections, 5);
  EXPECT_NE(outcome.out.find(" packets captured\n"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find(" packets received by filter\n0 packets dropped by kernel\n"),
            std::string::npos);
}

// The server leaves a connection half closed for as long as it is looked at: both ends are told,
// and the client's, which is on this host, as its kernel has it.
TEST_F(Live, StandsBesideWhatTheKernelSays) {
  const Outcome outcome = run(R"(
cat >$D/hold.py <<'END'
import socket, sys, time
s = socket.create_server(("10.9.0.2", 8080))
print("ready", flush=True)
c = s.accept()[0]
c.recv(1)
time.sleep(10)
END
cat >$D/open.py <<'END'
import socket, time
c = socket.create_connection(("10.9.0.2", 8080))
c.shutdown(socket.SHUT_WR)
print("open", flush=True)
time.sleep(10)
END
capture tcp --json -i tap tcp
ip netns exec $B python3 $D/hold.py >$D/ready & hold=$!
for i in $(seq 200); do grep -q ready $D/ready && break; sleep .05; done
ip netns exec $A python3 $D/open.py >$D/opened & open=$!
for i in $(seq 200); do grep -q open $D/opened && break; sleep .05; done
sleep 1; stop; kill $hold $open; tail -n 1 $D/out; tail -n 1 $D/err)");
  const auto lines = outcome.lines();
  ASSERT_EQ(lines.size(), 2u) << outcome.out << outcome.err;
  const json record = parse_json(lines[0]);
  EXPECT_EQ(record["client"]["state"], "FIN_WAIT2");
  EXPECT_FALSE(record["client"].contains("kernel_state"));
  EXPECT_EQ(record["owner"]["uid"], 0);
  EXPECT_EQ(record["server"]["state"], "CLOSE_WAIT");
  EXPECT_EQ(lines[1], "1 TCP state compared with this host's kernel, 0 different");
}

// Also of what timers ended after the last packet.
TEST_F(Live, TellsTheSameOfItsRecording) {
  const Outcome outcome = run(
      "W='--timer time_wait=1'; capture tcp --json $W -i tap -w $D/f.pcapng && talk 20; sleep 4;"
      "stop; tail -n +2 $D/out >$D/live; $T tcp --json $W -q -r $D/f.pcapng | tail -n +2 "
      ">$D/offline;"
      "wc -l <$D/live; grep -c TIME_WAIT $D/live; diff $D/live $D/offline && echo same");
  EXPECT_EQ(outcome.out, "20\n0\nsame\n") << outcome.err;
}

TEST_F(Live, CountsPacketsOfAnyOfItsInterfaces) {
  const Outcome outcome =
      run("capture tcp -c 1 -i tap -i lo && talk 1; wait $pid; echo $?; cat $D/err");
  EXPECT_EQ(outcome.lines().front(), "0");
  EXPECT_NE(outcome.out.find("\n1 packet captured"), std::string::npos) << outcome.out;
}

TEST_F(Live, PutsFramesOfSeveralInterfacesIntoOneCapture) {
  const Outcome outcome =
      run("capture tcp --json -i tap -i lo -s 9000 && talk 2; stop; cat $D/out; cat $D/err >&2");
  const auto records = parse_records(outcome.out);
  ASSERT_EQ(records.size(), 3u) << outcome.out << outcome.err;
  EXPECT_EQ(records.front()["inputs"][1]["interface"], "lo");
  EXPECT_EQ(records.back()["interfaces"], json::array({"tap"}));
}

TEST_F(Live, TellsTheReportAtTheEndWithAllItMayUse) {
  const Outcome outcome = run(
      "capture report --json -N --jobs 2 -i tap -w $D/%H.pcapng -G 3600 && talk 3; kill -USR1 $pid;"
      "stop; echo $status; grep -c '\"tcp\"' $D/out; ls $D | grep -c pcapng; cat $D/err >&2");
  EXPECT_EQ(outcome.out, "0\n3\n1\n") << outcome.err;
}

TEST_F(Live, KeepsWhatWasRecordedWhenKilled) {
  const Outcome outcome =
      run("capture states -i tap -w $D/f.pcapng && talk 3; "
          "recorded() { $T tcp --json -q -r $D/f.pcapng | grep -c '\"tcp\"'; };"
          "await '[ \"$(recorded)\" = 3 ]'; stop KILL; recorded; echo $?");
  EXPECT_EQ(outcome.out, "3\n0\n") << outcome.err;
}

TEST_F(Live, EndsAfterThePacketsAskedFor) {
  const Outcome outcome =
      run("capture tcp -c 7 -i tap tcp && talk 1; wait $pid; echo $?; cat $D/err");
  EXPECT_EQ(outcome.lines().front(), "0");
  EXPECT_NE(outcome.out.find("7 packets captured"), std::string::npos) << outcome.out;
}

TEST_F(Live, PrintsConnectionsAsTheyEnd) {
  const Outcome outcome =
      run("capture tcp --stream --json -i tap tcp && talk 2; sleep 3;"
          "grep -c '\"tcp\"' $D/out; stop; tail -n 1 $D/out");
  ASSERT_EQ(outcome.lines().size(), 2u) << outcome.out << outcome.err;
  EXPECT_EQ(outcome.lines().front(), "2");
  EXPECT_EQ(parse_json(outcome.lines().back())["type"], "capture");
}

TEST_F(Live, WaitsForAnInterfaceThatIsMadeAnew) {
  const Outcome outcome =
      run("capture tcp --json -i tap tcp && talk 1; ip -n $A link del tap; sleep 1.2;"
          "ip link add tap netns $A type veth peer name tap netns $B;"
          "ip -n $A addr add 10.9.0.1/24 dev tap; ip -n $A link set tap up;"
          "ip -n $B addr add 10.9.0.2/24 dev tap; ip -n $B link set tap up;"
          "sleep 1; talk 2; stop; grep -c '\"tcp\"' $D/out; grep tap: $D/err");
  ASSERT_GE(outcome.lines().size(), 3u) << outcome.out << outcome.err;
  EXPECT_EQ(outcome.lines().front(), "3");
  EXPECT_NE(outcome.out.find("capture goes on when it is back"), std::string::npos);
  EXPECT_NE(outcome.out.find("the interface is back"), std::string::npos);
}

TEST_F(Live, GoesOnOnAnInterfaceThatWasDown) {
  const Outcome outcome =
      run("capture tcp --json -i tap tcp && talk 1; ip -n $A link set tap down; sleep .5;"
          "ip -n $A link set tap up; sleep .5; talk 2; stop; grep -c '\"tcp\"' $D/out");
  EXPECT_EQ(outcome.out, "3\n") << outcome.err;
}

TEST_F(Live, SeesAllInterfacesAtOnce) {
  const Outcome outcome = run("capture tcp --json -i any tcp && talk 2; stop; cat $D/out");
  const auto records = parse_records(outcome.out);
  ASSERT_EQ(records.size(), 3u) << outcome.out << outcome.err;
  EXPECT_EQ(records.front()["inputs"][0]["link_types"][0], "LINUX_SLL2");
}

TEST_F(Live, HasNoPrivilegesLeft) {
  const Outcome outcome =
      run("capture states -i tap -Z nobody; grep -E '^(Uid|CapEff|CapPrm|NoNewPrivs|Seccomp):' "
          "/proc/$pid/status; stop; echo $status");
  const auto lines = outcome.lines();
  ASSERT_EQ(lines.size(), 6u) << outcome.out << outcome.err;
  EXPECT_EQ(lines[0], "Uid:\t65534\t65534\t65534\t65534");
  EXPECT_EQ(lines[1], "CapPrm:\t0000000000000000");
  EXPECT_EQ(lines[2], "CapEff:\t0000000000000000");
  EXPECT_EQ(lines[3], "NoNewPrivs:\t1");
  EXPECT_EQ(lines[4], "Seccomp:\t2");
  EXPECT_EQ(lines[5], "0");
}

TEST_F(Live, WithoutPermissionSaysWhatIsMissing) {
  const Outcome outcome =
      run("ip netns exec $A setpriv --reuid 65534 --clear-groups --bounding-set "
          "-all --inh-caps -all $T states -i tap; echo $?");
  EXPECT_EQ(outcome.out, "6\n") << outcome.err;
  EXPECT_NE(outcome.err.find("CAP_NET_RAW"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("setcap cap_net_raw"), std::string::npos) << outcome.err;
}

TEST_F(Live, RecordsIntoFilesInTurn) {
  const Outcome outcome = run(
      "capture states -i tap -w $D/f.pcapng -C 1 -W 3 && for i in 1 2 3; do talk 1000; done; stop;"
      "cd $D; ls f.pcapng*; for f in f.pcapng*; do $T states -q -r $f >/dev/null; echo $?; done");
  EXPECT_EQ(outcome.out, "f.pcapng0\nf.pcapng1\nf.pcapng2\n0\n0\n0\n") << outcome.err;
}

TEST_F(Live, ListsInterfaces) {
  const Outcome outcome = run("ip netns exec $A $T -D");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.out.find("tap"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("any"), std::string::npos);
  EXPECT_NE(outcome.out.find("lo"), std::string::npos);
  EXPECT_NE(outcome.out.find("10.9.0.1"), std::string::npos);
}

TEST(LiveOptions, AreChecked) {
  const std::map<std::string, std::string> wrong = {
      {"states -i lo -r $S/close.pcap", "-r and -i"},
      {"states -i lo --at +1", "--at"},
      {"states -r $S/close.pcap -s 100", "-s"},
      {"states -r $S/close.pcap -C 1", "-w"},
      {"states -r $S/close.pcap -w /tmp/x -W 3", "-W"},
      {"states -i lo -w -", "-o"},
      {"states -i lo -s 300000", "-s"}};
  for (const auto& [command, word] : wrong) {
    const Outcome outcome = shell("$T " + command);
    EXPECT_EQ(outcome.code, 2) << command << outcome.err;
    EXPECT_EQ(outcome.out, "") << command;
    EXPECT_NE(outcome.err.find(word), std::string::npos) << outcome.err;
  }
}

TEST(LiveOptions, AnInterfaceThatIsNotThereIsTold) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  const Outcome outcome = shell("$T states -i nosuch0");
  EXPECT_EQ(outcome.code, 3);
  EXPECT_NE(outcome.err.find("nosuch0: no such interface"), std::string::npos) << outcome.err;
}

TEST(LiveOptions, AFilterThatIsNoneIsTold) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  const Outcome outcome = shell("$T states -i lo port port");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("port port"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace tapstat::test
