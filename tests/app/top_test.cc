// The dashboard in a real pseudo-terminal (tmux), with keys typed at it and real traffic.
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "tests/app/command.h"
#include "tests/app/link.h"

namespace tapstat::test {
namespace {

// `dashboard COLUMNS ROWS ARGUMENT...` starts it in a terminal of that size, `keys KEY...` types,
// `screen` prints what is seen, `wait_for TEXT` waits until that is there, `end SIGNAL` sends it.
constexpr const char* kTerminal = R"(
M="tmux -L tapstat$$ -f /dev/null"
trap '$M kill-server 2>/dev/null; clean' EXIT
export LC_ALL=C.UTF-8 TERM=xterm-256color
dashboard() {
  local columns=$1 rows=$2; shift 2
  $M new-session -d -x $columns -y $rows "ip netns exec $A $T $* 2>$D/err; echo left \$?; sleep 60"
}
keys() { $M send-keys "$@"; sleep .3; }
screen() { $M capture-pane -p; }
end() { pkill -$1 -P $($M display -p '#{pane_pid}'); }
wait_for() { for i in $(seq 100); do screen | grep -q "$1" && return; sleep .1; done; screen; return 1; }
)";

class Top : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_namespaces()) GTEST_SKIP() << "needs root and network namespaces";
    if (shell("tmux -V").code != 0) GTEST_SKIP() << "needs tmux";
  }
  [[nodiscard]] static Outcome run(const std::string& script) {
    return shell(std::string{kLink} + kTerminal + script);
  }
};

TEST_F(Top, ShowsWhatTheHostsAreDoing) {
  const Outcome outcome =
      run("dashboard 80 24 top -i tap tcp; wait_for dropped; talk 3; wait_for TIME_WAIT; screen");
  const auto lines = outcome.lines();
  ASSERT_EQ(lines.size(), 24u) << outcome.out << outcome.err;
  EXPECT_NE(lines[0].find("tapstat tap  3 conn  0 dropped"), std::string::npos) << lines[0];
  EXPECT_EQ(lines[1].find("1 Connections  2 States  3 ARP/MAC"), 0u);
  EXPECT_NE(lines[2].find("Client"), std::string::npos);
  EXPECT_NE(lines[3].find("10.9.0.1:"), std::string::npos) << lines[3];
  EXPECT_NE(lines[3].find("TIME_WAIT"), std::string::npos) << lines[3];
  EXPECT_NE(lines[3].find("10.9.0.2:8080"), std::string::npos) << lines[3];
  EXPECT_EQ(lines[23].find("? help  Enter open"), 0u);
}

TEST_F(Top, AnswersKeys) {
  const Outcome outcome =
      run("dashboard 80 24 top -i tap tcp; wait_for dropped; talk 2; wait_for TIME_WAIT;"
          "keys Tab; screen | grep -c '^TIME_WAIT  *2 '; keys '?'; screen | grep -c 'this help'; "
          "keys q;"
          "keys 1 / ; keys -l 'client.port == 1'; wait_for '0 of 2' && echo filtered; keys Escape;"
          "wait_for TIME_WAIT && echo all; keys G; wait_for TIME_WAIT && echo end");
  EXPECT_EQ(outcome.out, "1\n1\nfiltered\nall\nend\n") << outcome.err;
}

TEST_F(Top, ShowsEachView) {
  const Outcome outcome =
      run("dashboard 80 24 top -i tap; wait_for dropped; talk 2; wait_for TIME_WAIT;"
          "keys 3; wait_for '^10.9.0.2 *[0-9a-f:]* *reachable' && echo neighbours;"
          "keys 4; wait_for 'nothing so far' && echo trees;"
          "keys 5; wait_for 'No virtual service' && echo lvs;"
          "keys 6; wait_for checksum_offload && echo findings;"
          "keys 7; wait_for '^10.9.0.2 *2 ' && echo talkers");
  EXPECT_EQ(outcome.out, "neighbours\ntrees\nlvs\nfindings\ntalkers\n") << outcome.err;
}

TEST_F(Top, OpensAConnection) {
  const Outcome outcome =
      run("dashboard 80 24 top -i tap tcp; wait_for dropped; talk 1; wait_for TIME_WAIT;"
          "keys Enter; wait_for '^State *TIME_WAIT *CLOSED' && echo ends;"
          "keys Tab; wait_for 'no segment since' && echo ladder;"
          "keys 4; wait_for '^client.state *TIME_WAIT' && echo record;"
          "keys Escape; wait_for '1 Connections' && echo list");
  EXPECT_EQ(outcome.out, "ends\nladder\nrecord\nlist\n") << outcome.err;
}

TEST_F(Top, HearsTheMouse) {
  // As xterm tells of a button that is pressed in column 18 of row 2, counted from 1: the tab
  // States.
  const Outcome outcome =
      run("dashboard 80 24 top -i tap tcp; wait_for dropped;"
          "$M send-keys -l \"$(printf '\\033[<0;18;2M')\"; wait_for '^State ' && echo states");
  EXPECT_EQ(outcome.out, "states\n") << outcome.err;
}

TEST_F(Top, PlaysACapture) {
  const Outcome outcome =
      run("dashboard 80 24 top -r $S/web.pcap; wait_for 'PLAY 1x' && echo playing;"
          "keys '$'; wait_for 'END.*packet 224' && echo end;"
          "keys ,; wait_for 'PAUSED.*packet 223' && echo back; keys '^'; wait_for 'packet 1 ' && "
          "echo start;"
          "keys -l ':goto +1.5'; keys Enter; wait_for '+1.50s' && echo time;"
          "keys Enter 2; wait_for '^+0.000000 .*PSH 1:43' && echo ladder; keys q q; wait_for "
          "'left 0'; cat $D/err");
  EXPECT_EQ(outcome.out, "playing\nend\nback\nstart\ntime\nladder\n") << outcome.err;
}

TEST_F(Top, PlaysWhatALiveSessionHasKept) {
  const Outcome outcome =
      run("dashboard 80 24 top -i tap tcp; wait_for dropped; talk 2; wait_for TIME_WAIT;"
          "keys ,; wait_for 'PAST PAUSED 1x.*packet 1[0-9] ' && echo past;"
          "keys '^'; wait_for 'packet 1 ' && screen | grep -c SYN_SENT;"
          "talk 1; keys L; wait_for '3 conn  0 dropped' && echo present");
  EXPECT_EQ(outcome.out, "past\n1\npresent\n") << outcome.err;
}

// There curses would ask another program for the mouse.
TEST_F(Top, WorksOnAConsole) {
  const Outcome outcome =
      run("export TERM=linux; dashboard 80 24 top -i tap tcp; wait_for dropped; sleep 1;"
          "keys m; keys m; keys 2; wait_for '^State ' && echo states; keys q; wait_for 'left 0'");
  EXPECT_EQ(outcome.out, "states\n") << outcome.err;
}

TEST_F(Top, LeavesTheTerminalAsItWas) {
  const Outcome outcome =
      run("dashboard 80 24 top -i tap tcp; wait_for dropped; talk 1; wait_for TIME_WAIT; keys q;"
          "wait_for 'left 0'; screen | head -n 1; cat $D/err");
  EXPECT_EQ(outcome.lines().front(), "left 0") << outcome.out << outcome.err;
  EXPECT_NE(outcome.out.find(" packets received by filter\n0 packets dropped by kernel\n"),
            std::string::npos)
      << outcome.out;
}

TEST_F(Top, LeavesTheTerminalAsItWasWhenItIsEnded) {
  for (const char* signal : {"INT", "TERM", "HUP", "QUIT", "SEGV"}) {
    const Outcome outcome = run(
        std::string{"dashboard 80 24 top -i tap tcp; wait_for dropped; end "} + signal +
        "; wait_for left; $M display -p '#{alternate_on}'; keys -l typed; screen | grep -c typed");
    EXPECT_EQ(outcome.out, "0\n1\n") << signal << outcome.err;
  }
}

TEST_F(Top, FollowsTheSizeOfTheTerminal) {
  const Outcome outcome =
      run("dashboard 80 24 top -i tap tcp; wait_for dropped; talk 2; wait_for TIME_WAIT;"
          "$M resize-window -x 40 -y 10; sleep .5; screen | wc -l; screen | head -n 3 | tail -n 1");
  ASSERT_EQ(outcome.lines().size(), 2u) << outcome.out << outcome.err;
  EXPECT_EQ(outcome.lines()[0], "10");
  EXPECT_EQ(outcome.lines()[1].find("Client"), 0u) << outcome.out;
}

TEST(TopOptions, NeedsATerminal) {
  const Outcome offline = shell("$T top -r $S/close.pcap </dev/null");
  EXPECT_EQ(offline.code, 2);
  EXPECT_NE(offline.err.find("needs a terminal"), std::string::npos) << offline.err;
  const Outcome printing = shell("$T top -i lo --json");
  EXPECT_EQ(printing.code, 2);
  EXPECT_NE(printing.err.find("prints nothing"), std::string::npos) << printing.err;
  const Outcome window = shell("$T top -r $S/close.pcap --from +1");
  EXPECT_EQ(window.code, 2);
  EXPECT_NE(window.err.find(":goto"), std::string::npos) << window.err;
  const Outcome pipe = shell("cat $S/close.pcap | $T top -r -");
  EXPECT_EQ(pipe.code, 2);
  EXPECT_NE(pipe.err.find("played from a file"), std::string::npos) << pipe.err;
  const Outcome missing = shell("$T top -r $S/close.pcap -r /nowhere.pcap");
  EXPECT_EQ(missing.code, 3);
  if (geteuid() != 0) return;
  const Outcome piped = shell("$T top -i lo | cat; exit ${PIPESTATUS[0]}");
  EXPECT_EQ(piped.code, 2);
  EXPECT_NE(piped.err.find("needs a terminal"), std::string::npos) << piped.err;
}

}  // namespace
}  // namespace tapstat::test
