// -i: real traffic of two network namespaces, captured on the veth pair between them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/app/command.h"

namespace tapstat::test {
namespace {

using nlohmann::json;

// What all scripts share: namespaces $A and $B with the interface `tap` each, 10.9.0.1
// and 10.9.0.2; `capture ARGUMENT...` starts tapstat in $A, `talk N` makes N connections from $A to
// $B that $A closes, `stop` ends the capture as Ctrl-C does and keeps its status.
constexpr const char* kLink = R"(
A=tsa$$ B=tsb$$ D=$(mktemp -d)
clean() { kill $(jobs -p) 2>/dev/null; ip netns del $A; ip netns del $B; rm -rf $D; }
trap clean EXIT
ip netns add $A && ip netns add $B || exit 99
ip link add tap netns $A type veth peer name tap netns $B || exit 99
for side in "$A 1" "$B 2"; do set -- $side
  ip netns exec $1 sysctl -qw net.ipv6.conf.all.disable_ipv6=1
  ip -n $1 link set lo up; ip -n $1 addr add 10.9.0.$2/24 dev tap; ip -n $1 link set tap up
done
capture() {
  ip netns exec $A $T "$@" >$D/out 2>$D/err & pid=$!
  for i in $(seq 200); do grep -q listening $D/err && return; kill -0 $pid || break; sleep .05; done
  cat $D/err >&2; return 1
}
talk() {
  cat >$D/server.py <<'END'
import socket, sys
s = socket.create_server(("10.9.0.2", 8080), backlog=512)
print("ready", flush=True)
for _ in range(int(sys.argv[1])):
    c = s.accept()[0]
    c.sendall(b"x" * len(c.recv(100)) * 100)
    c.recv(1)
    c.close()
END
  cat >$D/client.py <<'END'
import socket, sys
for _ in range(int(sys.argv[1])):
    c = socket.create_connection(("10.9.0.2", 8080))
    c.sendall(b"hello")
    got = 0
    while got < 500: got += len(c.recv(1000))
    c.shutdown(socket.SHUT_WR)
    c.recv(1)
    c.close()
END
  ip netns exec $B python3 $D/server.py $1 >$D/ready & local server=$!
  for i in $(seq 200); do grep -q ready $D/ready && break; sleep .05; done
  ip netns exec $A python3 $D/client.py $1; wait $server
}
stop() { sleep .3; kill -${1:-INT} $pid; wait $pid; status=$?; }
)";

[[nodiscard]] bool has_namespaces() {
  return geteuid() == 0 && shell("ip netns add ts$$ && ip netns del ts$$").code == 0;
}

class Live : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_namespaces()) GTEST_SKIP() << "needs root and network namespaces";
  }
  // The script prints what is to be looked at.
  [[nodiscard]] static Outcome run(const std::string& script) { return shell(kLink + script); }
};

[[nodiscard]] std::vector<json> records_of(const Outcome& outcome) {
  std::vector<json> records;
  for (const std::string& line : outcome.lines()) records.push_back(json::parse(line));
  return records;
}

TEST_F(Live, TellsTheStatesOfBothEnds) {
  const Outcome outcome =
      run("capture tcp --json -i tap tcp && talk 5; stop; cat $D/out $D/err >&1");
  ASSERT_GE(outcome.lines().size(), 6u) << outcome.out << outcome.err;
  int connections = 0;
  for (const std::string& line : outcome.lines()) {
    if (line.front() != '{') continue;
    const json record = json::parse(line);
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

TEST_F(Live, TellsTheSameOfItsRecording) {
  const Outcome outcome =
      run("capture tcp --json -i tap -w $D/f.pcapng && talk 20; stop; tail -n +2 $D/out >$D/live;"
          "$T tcp --json -q -r $D/f.pcapng | tail -n +2 >$D/offline; wc -l <$D/live;"
          "diff $D/live $D/offline && echo same");
  EXPECT_EQ(outcome.out, "20\nsame\n") << outcome.err;
}

TEST_F(Live, KeepsWhatWasRecordedWhenKilled) {
  const Outcome outcome =
      run("capture states -i tap -w $D/f.pcapng && talk 3; sleep 1.5; stop KILL;"
          "$T tcp --json -q -r $D/f.pcapng | grep -c '\"tcp\"'; echo $?");
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
  EXPECT_EQ(json::parse(outcome.lines().back())["type"], "capture");
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
  const auto records = records_of(outcome);
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
