// What is printed into a file, or into a pipe: nothing that was there is lost before there is more.
#include <gtest/gtest.h>

#include <string>

#include "tests/app/command.h"

namespace tapstat::test {
namespace {

// A folder of its own, $D, in which nothing else is.
constexpr const char* kFolder = "D=$(mktemp -d); trap 'rm -rf $D' EXIT; cd $D || exit 99\n";

[[nodiscard]] Outcome run(const std::string& script) { return shell(kFolder + script); }

TEST(Output, ReplacesAFileOnceItIsWhole) {
  const Outcome outcome = run(R"(
umask 027; echo old >f; chmod 640 f; ln f before; mkfifo p; $T states -q -r p -o f & pid=$!
exec 9>p; head -c 3000 $S/web.pcap >&9; sleep 1; cat f; ls -A | sort | tr '\n' ' '; echo
tail -c +3001 $S/web.pcap >&9; exec 9>&-; wait $pid; echo $?
cat before; $T states -q -r $S/web.pcap | diff - f && echo whole; stat -c %a f; ls -A | tr '\n' ' ')");
  const auto lines = outcome.lines();
  ASSERT_EQ(lines.size(), 7u) << outcome.out << outcome.err;
  EXPECT_EQ(lines[0], "old");
  EXPECT_EQ(lines[1].find(".f."), 0u) << lines[1];  // beside it
  EXPECT_EQ(lines[2], "0");
  EXPECT_EQ(lines[3], "old");
  EXPECT_EQ(lines[4], "whole");
  EXPECT_EQ(lines[5], "640");
  EXPECT_EQ(lines[6], "before f p ");
}

TEST(Output, FollowsNoLinkThatWasPlanted) {
  for (const char* link : {"there", "nowhere"}) {
    const Outcome outcome = run(std::string{"echo old >there; ln -s "} + link +
                                " f; $T states -r $S/web.pcap -o f; echo $?; cat there; ls -A");
    EXPECT_EQ(outcome.out, "5\nold\nf\nthere\n") << outcome.err;
    EXPECT_EQ(outcome.err,
              "tapstat: f: cannot be written: it is a symbolic link, which is not followed: name "
              "the file itself\n");
  }
}

// ... at the place where it writes until then.
TEST(Output, FollowsNoLinkBesideIt) {
  const Outcome outcome =
      run("echo old >there; echo 'ln -s there .f.$$.0; exec $T states -q -r $S/web.pcap -o f' >s; "
          "bash s; echo $?; cat there; [ -s f ] && ! [ -L f ] && echo written");
  EXPECT_EQ(outcome.out, "0\nold\nwritten\n") << outcome.err;
}

TEST(Output, ThatCannotBeWholeLeavesTheFileBeforeIt) {
  // A limit of the shell's: 1024 bytes.
  const Outcome outcome =
      run("echo old >f; (ulimit -f 1; $T tcp --json -r $S/web.pcap -o f; echo $?); cat f; ls -A");
  EXPECT_EQ(outcome.out, "5\nold\nf\n") << outcome.err;
  EXPECT_EQ(outcome.err, "tapstat: f: cannot be written: File too large\n");
}

TEST(Output, OfARunThatReadsNothingLeavesTheFileBeforeIt) {
  const Outcome outcome =
      run("echo old >f; echo a text, not a capture >x; $T tcp -r x -o f; echo $?; cat f; ls -A");
  EXPECT_EQ(outcome.out, "3\nold\nf\nx\n") << outcome.err;
}

TEST(Output, GoesIntoPipesAndDevicesAsTheyAre) {
  const Outcome outcome = run(R"(
mkfifo p; cat p >got & $T states -q -r $S/web.pcap -o p; wait; wc -l <got
$T states -q -r $S/web.pcap -o /dev/null; echo $?
$T states -q -r $S/web.pcap -o /dev/stdout | wc -l
$T states -q -r $S/web.pcap -o >(cat >got2); sleep .5; cmp got got2 && echo same; ls -A | tr '\n' ' ')");
  const std::string rows = shell("$T states -q -r $S/web.pcap | wc -l").out;
  EXPECT_EQ(outcome.out, rows + "0\n" + rows + "same\ngot got2 p ") << outcome.err;
}

TEST(Output, ThatIsFullIsTold) {
  const Outcome outcome = shell("$T tcp -r $S/web.pcap >/dev/full; echo $?");
  EXPECT_EQ(outcome.out, "5\n");
  EXPECT_EQ(outcome.err, "tapstat: standard output: cannot be written: No space left on device\n");
  const Outcome named = shell("$T tcp -r $S/web.pcap -o /dev/full; echo $?");
  EXPECT_EQ(named.out, "5\n");
  EXPECT_EQ(named.err, "tapstat: /dev/full: cannot be written: No space left on device\n");
}

TEST(Output, ThatNobodyReadsOnIsNoError) {
  for (const char* view : {"tcp", "tcp --stream", "transitions --json", "report", "tcp --json"}) {
    const Outcome outcome = shell(std::string{"for i in 1 2 3; do $T "} + view +
                                  " -r $S/web.pcap | head -n 1 >/dev/null; echo ${PIPESTATUS[0]}; "
                                  "done; $T " +
                                  view + " -r $S/web.pcap | true; echo ${PIPESTATUS[0]}");
    EXPECT_EQ(outcome.out, "0\n0\n0\n0\n") << view;
    EXPECT_EQ(outcome.err, "") << view;
  }
}

// What it expects is asked all the same.
TEST(Output, ThatNobodyReadsOnDoesNotEndWhatIsExpected) {
  const Outcome outcome = shell(
      "$T tcp --stream --json -q -r $S/web.pcap --expect 'count(client.port > 0) == 1' | true; "
      "echo ${PIPESTATUS[0]}");
  EXPECT_EQ(outcome.out, "1\n") << outcome.err;
}

}  // namespace
}  // namespace tapstat::test
