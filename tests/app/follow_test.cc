// --follow: a capture that is read while it is written, cut off, and replaced.
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/app/command.h"

namespace tapstat::test {
namespace {

using nlohmann::json;

// `follow ARGUMENT...` follows $D/f; `append FROM TO` adds these bytes of web.pcap to it; `read_all
// N` waits until N packets were read; `stop` ends it as Ctrl-C does and keeps its status.
constexpr const char* kFollow = R"sh(
D=$(mktemp -d); F=$D/f; W=$S/web.pcap; SIZE=$(stat -c %s $S/web.pcap)
clean() { kill $(jobs -p) 2>/dev/null; rm -rf $D; }
trap clean EXIT
append() { tail -c +$(($1 + 1)) $W | head -c $(($2 - $1)) >>$F; }
follow() {
  $T "$@" -r $F --follow >$D/out 2>$D/err & pid=$!
  for i in $(seq 200); do grep -q following $D/err && return; kill -0 $pid || break; sleep .05; done
  cat $D/err >&2; return 1
}
read_all() {
  for i in $(seq 100); do
    kill -USR1 $pid; sleep .15
    [ "$(grep 'packets\? read' $D/err | tail -n 1)" = "$1 packets read" ] && return
  done
  echo "not $1 packets read" >&2; cat $D/err >&2; return 1
}
told() { for i in $(seq 100); do grep -q "$1" $D/$2 && return; sleep .1; done; cat $D/$2 >&2; return 1; }
stop() { kill -${1:-INT} $pid; wait $pid; status=$?; }
packets() { $T states --json -q 2>/dev/null -r $1 | head -n 1 | grep -o '"packets":[0-9]*' | head -n 1 | cut -d: -f2; }
rest() { tail -n +2 $1; }
)sh";

[[nodiscard]] Outcome run(const std::string& script) { return shell(kFollow + script); }

TEST(Follow, TellsWhatAReaderOfTheWholeFileTells) {
  for (const char* view : {"tcp", "findings", "events", "flows"}) {
    const Outcome outcome = run(std::string{"V="} + view + R"sh(
append 0 3000; follow $V --json; append 3000 9001; sleep .3; append 9001 $SIZE
read_all $(packets $W); stop; echo $status
diff <(rest $D/out) <($T $V --json -q -r $W | rest /dev/stdin) && echo same
grep -v -e following -e read $D/err)sh");
    EXPECT_EQ(outcome.out, "0\nsame\n") << view << outcome.err;
  }
}

TEST(Follow, WaitsForWhatIsHalfWritten) {
  // In the file's header, in a record's header, in a record.
  for (const int bytes : {0, 3, 17, 30, 50}) {
    const Outcome outcome =
        run("append 0 " + std::to_string(bytes) + "; follow tcp --json; sleep .3;" + "append " +
            std::to_string(bytes) +
            R"sh( 1000; head -c 1000 $W >$D/h; read_all $(packets $D/h); stop; echo $status
wc -l <$D/out; grep -v 'packets\? read' $D/err)sh");
    EXPECT_EQ(outcome.lines().at(0), "0") << bytes << outcome.out << outcome.err;
    EXPECT_GT(std::stoi(outcome.lines().at(1)), 1) << outcome.out;
    EXPECT_EQ(outcome.lines().size(), 3u) << outcome.out;  // and that it follows
  }
}

TEST(Follow, PrintsTransitionsAsTheyHappen) {
  const Outcome outcome = run(R"sh(
append 0 3000; follow transitions --json; told '"transition"' out; grep -c transition $D/out >$D/n
append 3000 $SIZE; for i in $(seq 100); do [ $(grep -c transition $D/out) -gt $(cat $D/n) ] && break; sleep .1; done
kill -0 $pid && [ $(grep -c transition $D/out) -gt $(cat $D/n) ] && echo more; stop TERM; echo $status)sh");
  EXPECT_EQ(outcome.out, "more\n0\n") << outcome.err;
}

TEST(Follow, GoesOnWithTheFileThatReplacesIt) {
  const Outcome outcome = run(R"sh(
cp $W $F; follow tcp --json; read_all $(packets $W)
mv $F $F.1; sleep .3; cp $S/close.pcap $D/new; mv $D/new $F; told 'another file' err
read_all $(($(packets $W) + $(packets $S/close.pcap))); stop; echo $status
grep -c '"type":"tcp"' $D/out; cat $W >$D/a; grep another $D/err | sed "s#$D##")sh");
  const auto lines = outcome.lines();
  ASSERT_EQ(lines.size(), 3u) << outcome.out << outcome.err;
  EXPECT_EQ(lines[0], "0");
  const auto count = [](const std::string& sample) {
    return std::stoi(shell("$T tcp --json -q -r $S/" + sample + " | grep -c '\"tcp\"'").out);
  };
  EXPECT_EQ(std::stoi(lines[1]), count("web.pcap") + count("close.pcap"));
  EXPECT_EQ(lines[2].find("tapstat: /f: another file has its name after packet "), 0u) << lines[2];
  EXPECT_NE(lines[2].find(": going on with it from its beginning"), std::string::npos);
}

// logrotate's copytruncate, or a writer that begins anew.
TEST(Follow, GoesOnWithAFileThatWasCutOff) {
  const Outcome outcome = run(R"sh(
cp $W $F; follow tcp --json; read_all $(packets $W); : >$F; told 'was cut off' err; cat $S/close.pcap >>$F
read_all $(($(packets $W) + $(packets $S/close.pcap))); stop; echo $status; grep -c '"type":"tcp"' $D/out)sh");
  EXPECT_EQ(outcome.lines().at(0), "0") << outcome.err;
  EXPECT_EQ(outcome.lines().at(1),
            std::to_string(
                std::stoi(shell("$T tcp --json -q -r $S/web.pcap | grep -c '\"tcp\"'").out) +
                std::stoi(shell("$T tcp --json -q -r $S/close.pcap | grep -c '\"tcp\"'").out)));
}

TEST(Follow, TellsARecordThatIsNeverCompleted) {
  const Outcome outcome = run(R"sh(
append 0 3000; cp $F $D/h; follow tcp --json; read_all $(packets $D/h); cp $S/close.pcap $D/new; mv $D/new $F; told 'another file' err
read_all $(($(packets $D/h) + $(packets $S/close.pcap))); stop; echo $status
grep -c 'cut short in record' $D/err)sh");
  // When it happens, and among what was damaged at the end.
  EXPECT_EQ(outcome.out, "4\n2\n") << outcome.err;
}

TEST(Follow, EndsWhereTheFileIsDamaged) {
  const Outcome outcome = run(R"sh(
append 0 3000; head -c 3000 $W | tail -c +1 >$F; follow tcp --json; sleep .2
head -c 4000 /dev/zero | tr '\0' '\377' >>$F; wait $pid; echo $?; grep -c '"type":"tcp"' $D/out; cat $D/err)sh");
  EXPECT_EQ(outcome.lines().at(0), "4") << outcome.out << outcome.err;
  EXPECT_GT(std::stoi(outcome.lines().at(1)), 0);
  EXPECT_NE(outcome.out.find("captured bytes, more than a capture's limit"), std::string::npos);
}

TEST(Follow, EndsWhereNoCaptureTakesItsName) {
  const Outcome outcome = run(R"sh(
cp $W $F; follow tcp --json; sleep .2; echo a text, which is no capture at all >$D/new; mv $D/new $F
wait $pid; echo $?; grep -c '"type":"tcp"' $D/out; cat $D/err)sh");
  EXPECT_EQ(outcome.lines().at(0), "4") << outcome.out << outcome.err;
  EXPECT_GT(std::stoi(outcome.lines().at(1)), 0);
  EXPECT_NE(outcome.out.find("looks like text"), std::string::npos) << outcome.out;
}

TEST(Follow, EndsAfterThePacketsAskedForAndWhenNobodyReadsOn) {
  const Outcome outcome = run(R"sh(
append 0 3000; timeout 20 $T tcp -q --json -c 5 -r $F --follow >$D/out; echo $?
head -n 1 $D/out | grep -o '"packets":5' | head -n 1
(sleep 1; append 3000 $SIZE) &
timeout 20 $T transitions -q --json -r $F --follow | head -n 2 | wc -l; echo ${PIPESTATUS[0]})sh");
  EXPECT_EQ(outcome.out, "0\n\"packets\":5\n2\n0\n") << outcome.err;
}

// Two seconds of nothing take no time of the processor that is worth speaking of.
TEST(Follow, WaitsWithoutWorking) {
  const Outcome outcome = run(R"sh(
append 0 3000; follow tcp; sleep .5
ticks() { awk '{print $14 + $15}' /proc/$pid/stat; }
before=$(ticks); sleep 2; after=$(ticks); stop; echo $((after - before)))sh");
  EXPECT_LE(std::stoi(outcome.out), 10) << outcome.err;  // of 200
}

TEST(Follow, GoesWithOneFileOnly) {
  const std::map<std::string, std::string> wrong = {
      {"tcp --follow -i lo", "-i follows by itself"},
      {"top --follow -r $S/web.pcap", "top plays"},
      {"tcp --follow -r -", "standard input"},
      {"tcp --follow -r $S/web.pcap -r $S/close.pcap", "one capture"},
      {"tcp --follow --at +1 -r $S/web.pcap", "--at"}};
  for (const auto& [command, words] : wrong) {
    const Outcome outcome = shell("timeout 20 $T " + command);
    EXPECT_EQ(outcome.code, 2) << command << outcome.err;
    EXPECT_EQ(outcome.err.find("tapstat: --follow: "), 0u) << outcome.err;
    EXPECT_NE(outcome.err.find(words), std::string::npos) << outcome.err;
  }
  EXPECT_EQ(shell("timeout 20 $T tcp --follow -r /nonexistent").code, 3);
  const Outcome pipe = shell("timeout 20 $T tcp --follow -r /dev/null");
  EXPECT_EQ(pipe.code, 3);
  EXPECT_NE(pipe.err.find("/dev/null: is no regular file"), std::string::npos) << pipe.err;
}

TEST(FileBeingWritten, IsReadToWhereItEndsAndSaidToGrow) {
  const Outcome outcome = run(R"sh(
append 0 3000; $T tcp --json -r $F >$D/out; echo $?; grep -c '"type":"tcp"' $D/out
touch -d '1 hour ago' $F; $T tcp --json -r $F >$D/out; echo $?)sh");
  EXPECT_EQ(outcome.lines().at(0), "4");
  EXPECT_GT(std::stoi(outcome.lines().at(1)), 0);
  EXPECT_EQ(outcome.lines().at(2), "4");
  const auto errors = outcome.err_lines();
  ASSERT_EQ(errors.size(), 2u) << outcome.err;
  const std::string hint =
      "; it was written to just now: if it still grows, --follow waits for the rest";
  EXPECT_NE(errors[0].find("cut short in record"), std::string::npos);
  EXPECT_TRUE(errors[0].ends_with(hint)) << errors[0];
  EXPECT_EQ(errors[1] + hint, errors[0]);
}

}  // namespace
}  // namespace tapstat::test
