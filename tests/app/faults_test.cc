// What can go wrong while packets are captured: full disks, overflowing rings, a stopped process.
#include <gtest/gtest.h>

#include <string>

#include "tests/app/command.h"
#include "tests/app/link.h"
#include "tests/support/json.h"

namespace tapstat::test {
namespace {

using nlohmann::json;

class Fault : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_namespaces()) GTEST_SKIP() << "needs root and network namespaces";
  }
  [[nodiscard]] static Outcome run(const std::string& script) { return shell(kLink + script); }
};

// `small SIZE`: $D/small has room for no more; it goes with $D.
constexpr const char* kSmall = R"(
trap 'umount $D/small 2>/dev/null; clean' EXIT
small() { mkdir $D/small && mount -t tmpfs -o size=$1 none $D/small || exit 99; }
)";

TEST_F(Fault, AFullDiskEndsTheRecordingAndNotTheAnalysis) {
  const Outcome outcome = run(std::string{kSmall} + R"(
small 64k; capture tcp --json -i tap -w $D/small/f tcp && talk 200
await "grep -q 'No space left' $D/err"; grep -c 'No space left' $D/err; stop; echo $status; grep -c '"type":"tcp"' $D/out
$T tcp --json -r $D/small/f >$D/read && grep -c '"type":"tcp"' $D/read; cat $D/err)");
  if (outcome.code == 99) GTEST_SKIP() << "needs the right to mount";
  const auto lines = outcome.lines();
  ASSERT_GT(lines.size(), 6u) << outcome.out << outcome.err;
  EXPECT_EQ(lines[0], "1");  // told while it goes on
  EXPECT_EQ(lines[1], "5");
  EXPECT_EQ(lines[2], "200");
  EXPECT_GT(std::stoi(lines[3]), 10) << "what fitted can be read";
  EXPECT_NE(outcome.out.find("/small/f: cannot be written any further, it ends after packet "),
            std::string::npos);
  EXPECT_NE(outcome.out.find(" not written: the disk was too slow, or failed\n"), std::string::npos)
      << outcome.out;
}

TEST_F(Fault, AFullDiskKeepsTheReportBefore) {
  const Outcome outcome = run(std::string{kSmall} + R"(
small 64k; echo old >$D/small/r; head -c 50000 /dev/zero >$D/small/filler
capture tcp --json -i tap -o $D/small/r tcp && talk 30; stop; echo $status; cat $D/small/r
ls -A $D/small; grep tapstat: $D/err | tail -n 1 | sed "s#$D##")");
  if (outcome.code == 99) GTEST_SKIP() << "needs the right to mount";
  EXPECT_EQ(outcome.out,
            "5\nold\nfiller\nr\ntapstat: /small/r: cannot be written: No space left on device\n")
      << outcome.err;
}

TEST_F(Fault, ALinkThatWasPlantedIsNotRecordedInto) {
  const Outcome outcome = run(
      "echo old >$D/there; ln -s there $D/f; ip netns exec $A $T states -i tap -w $D/f; echo $?;"
      "cat $D/there");
  EXPECT_EQ(outcome.out, "5\nold\n") << outcome.err;
  EXPECT_NE(outcome.err.find("it is a symbolic link, which a recording does not follow"),
            std::string::npos)
      << outcome.err;
}

// Whoever has the old one open keeps it; the new one grows under the name.
TEST_F(Fault, ARecordingTakesThePlaceOfTheOneBefore) {
  const Outcome outcome = run(R"(
echo old >$D/f; ln $D/f $D/before; capture states -i tap -w $D/f && talk 2
recorded() { $T tcp --json -q -r $D/f | grep -c '"type":"tcp"'; }
await '[ $(recorded) = 2 ]'; recorded; cat $D/before; stop; ls -A $D | grep -c '^\.f')");
  EXPECT_EQ(outcome.out, "2\nold\n0\n") << outcome.err;
}

TEST_F(Fault, AnOutputThatNobodyReadsEndsTheRun) {
  const Outcome outcome = run(R"(
{ ip netns exec $A timeout 20 $T transitions -i tap tcp 2>$D/err; echo $? >$D/code; } |
  head -n 2 >$D/out &
for i in $(seq 200); do grep -q listening $D/err && break; sleep .05; done
talk 1; sleep .5; talk 1; for i in $(seq 100); do [ -s $D/code ] && break; sleep .1; done
cat $D/code; grep -c . $D/out; grep -c captured $D/err)");
  EXPECT_EQ(outcome.out, "0\n2\n1\n") << outcome.err;
}

TEST_F(Fault, AnOutputThatIsFullEndsWhatIsPrintedMeanwhile) {
  const Outcome outcome = run(R"(
ip netns exec $A timeout 20 $T transitions -i tap tcp 2>$D/err >/dev/full & pid=$!
for i in $(seq 200); do grep -q listening $D/err && break; sleep .05; done
talk 1; wait $pid; echo $?; grep -c 'standard output: cannot be written: No space' $D/err)");
  EXPECT_EQ(outcome.out, "5\n1\n") << outcome.err;
}

// The flood is larger than the ring while nobody empties it. Of a connection that is open meanwhile
// what it sends is lost, too, and its receiver acknowledges it all the same.
TEST_F(Fault, AnOverflowingRingIsCountedAndTold) {
  const Outcome outcome = run(R"(
cat >$D/flood.py <<'END'
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(5000): s.sendto(b"x" * 1000, ("10.9.0.2", 9))
END
cat >$D/listen.py <<'END'
import socket
s = socket.create_server(("10.9.0.2", 8081))
print("ready", flush=True)
c = s.accept()[0]
for size in 5, 20000, 5:
    while size > 0: size -= len(c.recv(size))
    c.sendall(b"thanks")
c.recv(1)
END
cat >$D/send.py <<'END'
import socket, sys
c = socket.create_connection(("10.9.0.2", 8081))
for size in 5, 20000, 5:
    sys.stdin.readline()
    c.sendall(b"x" * size)
    c.recv(6)
    print("sent", flush=True)
END
mkfifo $D/cue; exec 5<>$D/cue
until_it_says() { for i in $(seq 400); do [ $(grep -c "$2" $1) -ge $3 ] && return; sleep .05; done; }
said() { until_it_says $D/sent sent $1; }
capture report --json -i tap -B 1024 || exit
ip netns exec $B python3 $D/listen.py >$D/ready & until_it_says $D/ready ready 1
ip netns exec $A python3 $D/send.py <&5 >$D/sent & sender=$!
echo >&5; said 1; kill -USR1 $pid; until_it_says $D/err 'dropped by kernel' 1
kill -STOP $pid; ip netns exec $A python3 $D/flood.py; echo >&5; said 2
kill -CONT $pid; for n in 2 3; do kill -USR1 $pid; until_it_says $D/err 'dropped by kernel' $n; done
echo >&5; wait $sender; talk 2; stop; echo $status; head -n 1 $D/out
grep -c '"type":"tcp"' $D/out; grep -c '"kind":"capture_loss"' $D/out; grep 'dropped by kernel' $D/err)");
  const auto lines = outcome.lines();
  ASSERT_EQ(lines.size(), 8u) << outcome.out << outcome.err;
  EXPECT_EQ(lines[0], "0");
  const json input = parse_json(lines[1])["inputs"][0];
  const auto dropped = input.value("kernel_dropped", std::uint64_t{0});
  EXPECT_GT(dropped, 1000u);
  EXPECT_GT(input["packets"].get<std::uint64_t>() + dropped, 5000u);  // all are accounted for
  EXPECT_EQ(lines[2], "3");
  EXPECT_EQ(lines[3], "1");
  EXPECT_LT(std::stoul(lines[4]), 1000u);  // before
  EXPECT_GT(std::stoul(lines[5]), 1000u);  // while it goes on
  EXPECT_EQ(lines[7], std::to_string(dropped) + " packets dropped by kernel");
}

// What comes while it is stopped waits in the ring.
TEST_F(Fault, AStoppedProcessGoesOnWhereItWas) {
  const Outcome outcome = run(R"(
W='--timer time_wait=2'
capture tcp --json $W -i tap -w $D/f tcp && talk 2; kill -STOP $pid; sleep 1; talk 3; sleep 4
kill -CONT $pid; sleep 1; stop; echo $status; tail -n +2 $D/out >$D/live
$T tcp --json -q $W -r $D/f | tail -n +2 | diff - $D/live && wc -l <$D/live
grep -c TIME_WAIT $D/live; grep dropped $D/err)");
  EXPECT_EQ(outcome.out, "0\n5\n0\n0 packets dropped by kernel\n") << outcome.err;
}

// What waited is read, and only then it ends.
TEST_F(Fault, AProcessThatIsEndedWhileItIsStoppedTellsWhatWaits) {
  const Outcome outcome = run(R"(
capture tcp --json -i tap -w $D/f tcp && talk 1; sleep .5; kill -STOP $pid; talk 30
kill -INT $pid; kill -CONT $pid; wait $pid; echo $?; grep -c '"type":"tcp"' $D/out
$T tcp --json -q -r $D/f | grep -c '"type":"tcp"')");
  EXPECT_EQ(outcome.out, "0\n31\n31\n") << outcome.err;
}

// The kernel has not handed over yet what came just before.
TEST_F(Fault, AnEndLosesNothingOfWhatCameBefore) {
  const Outcome outcome = run(R"(
capture tcp --json -i tap tcp && ip netns exec $A python3 -c '
import os, signal, socket
socket.socket().connect_ex(("10.9.0.2", 9))
os.kill('$pid', signal.SIGINT)'
wait $pid; echo $?; grep -c '"type":"tcp"' $D/out)");
  EXPECT_EQ(outcome.out, "0\n1\n") << outcome.err;
}

TEST_F(Fault, AStoppedReaderOfAPipeLosesNothing) {
  const Outcome outcome = run(R"(
mkfifo $D/p; $T tcp --json -q -r $D/p >$D/out 2>$D/err & pid=$!
{ head -c 5000 $S/web.pcap; sleep 1; tail -c +5001 $S/web.pcap; } >$D/p &
sleep .5; kill -STOP $pid; sleep 1; kill -CONT $pid; wait $pid; echo $?
$T tcp --json -q -r $S/web.pcap | tail -n +2 | diff - <(tail -n +2 $D/out) && echo same)");
  EXPECT_EQ(outcome.out, "0\nsame\n") << outcome.err;
}

// The interface stays away: what was captured is told all the same, to the packet before it went.
TEST_F(Fault, AnInterfaceThatStaysAwayIsWaitedForUntilTheUserEndsIt) {
  const Outcome outcome = run(R"(
capture tcp --json -i tap tcp && talk 2; ip netns exec $A python3 -c '
import os, socket
socket.socket().connect_ex(("10.9.0.2", 9))
os.execlp("ip", "ip", "link", "del", "tap")'
sleep 1.2; stop; echo $status
grep -c '"type":"tcp"' $D/out; grep tap: $D/err)");
  const auto lines = outcome.lines();
  ASSERT_EQ(lines.size(), 3u) << outcome.out << outcome.err;
  EXPECT_EQ(lines[0], "0");
  EXPECT_EQ(lines[1], "3");
  EXPECT_NE(lines[2].find("capture goes on when it is back"), std::string::npos) << lines[2];
}

}  // namespace
}  // namespace tapstat::test
