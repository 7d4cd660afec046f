// What a run on captures may do: seen in /proc while it reads, and by what it is ended for.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string>

#include "app/privileges.h"
#include "app/system_calls.h"
#include "tests/app/command.h"
#include "tests/support/child.h"

namespace tapstat::test {
namespace {

// `start ARGUMENT...` lets tapstat read the pipe $P, which begins with part of $W; `look` prints of
// each of its threads what it may do, once each, when it has begun to wait for the rest.
constexpr const char* kPipe = R"(
D=$(mktemp -d); P=$D/p; W=${W:-$S/web.pcap}
clean() { exec 9>&-; kill -KILL $(jobs -p) 2>/dev/null; rm -rf $D; }
trap clean EXIT
mkfifo $P; exec 9<>$P
start() { $T "$@" <$P >$D/out 2>$D/err 9>&- & pid=$!; head -c 3000 $W >&9; }
look() {
  for i in $(seq 100); do grep -q 'Seccomp:.*2' /proc/$pid/status && break; sleep .1; done; sleep .3
  cat /proc/$pid/task/*/status | grep -E '^(Cap...|NoNewPrivs|Seccomp):' | sort -u
}
)";

constexpr const char* kNothing =
    "CapAmb:\t0000000000000000\nCapBnd:\t0000000000000000\nCapEff:\t0000000000000000\n"
    "CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n";

class Confinement : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root, to have something to give up";
  }
  [[nodiscard]] static Outcome run(const std::string& script) {
    return shell("unset SUDO_UID SUDO_GID\n" + script);
  }
};

TEST_F(Confinement, KeepsNothingWhateverIsRead) {
  for (const char* arguments :
       {"tcp -r $P", "report --jobs 4 -r $P", "tcp --format zeek -r -", "findings -N -r $P",
        "tcp -r $P port http", "tcp --stream -r $P -o $D/o", "stp --format dot -r $P"}) {
    const Outcome outcome =
        run(std::string{kPipe} + "start " + arguments + "; look; kill -KILL $pid");
    EXPECT_EQ(outcome.out, kNothing) << arguments << outcome.err;
  }
}

TEST_F(Confinement, KeepsNothingWhateverItIsCompressedWith) {
  for (const char* suffix : {"gz", "zst", "lz4"}) {
    const Outcome outcome = run(std::string{"W=$S/web.pcap."} + suffix + kPipe +
                                "start tcp -r $P; look; kill -KILL $pid");
    EXPECT_EQ(outcome.out, kNothing) << suffix << outcome.err;
  }
}

TEST_F(Confinement, KeepsNothingWhileAFileIsFollowed) {
  const Outcome outcome = run(std::string{kPipe} + R"(
head -c 3000 $W >$D/f; $T tcp -r $D/f --follow 2>$D/err >/dev/null & pid=$!
look; kill $pid; wait $pid; echo $?)");
  EXPECT_EQ(outcome.out, std::string{kNothing} + "0\n") << outcome.err;
}

// Nothing that others wrote is read before: not even the first byte.
TEST_F(Confinement, ComesBeforeTheFirstByte) {
  const Outcome outcome =
      run(std::string{kPipe} + "$T tcp -r $P >/dev/null 2>&1 9>&- & pid=$!; look; kill -KILL $pid");
  EXPECT_EQ(outcome.out, kNothing) << outcome.err;
}

TEST_F(Confinement, MakesItTheUserThatWasNamedOrCalledSudo) {
  const std::string look =
      "look >/dev/null; grep -E '^(Uid|Groups):' /proc/$pid/status; kill -KILL $pid";
  const Outcome named = run(std::string{kPipe} + "start tcp -Z nobody -r $P;" + look);
  EXPECT_EQ(named.out.find("Uid:\t65534\t65534\t65534\t65534\n"), 0u) << named.out << named.err;
  const Outcome called =
      run(std::string{kPipe} + "export SUDO_UID=1234 SUDO_GID=1234; start tcp -r $P;" + look);
  EXPECT_EQ(called.out, "Uid:\t1234\t1234\t1234\t1234\nGroups:\t1234 \n") << called.err;
  const Outcome root = run(std::string{kPipe} + "start tcp -r $P;" + look);
  EXPECT_EQ(root.out.find("Uid:\t0\t0\t0\t0\n"), 0u) << root.out << root.err;
}

// Whoever has none to give up is confined, too.
TEST_F(Confinement, IsForUsersAsWell) {
  const Outcome outcome = run(std::string{kPipe} + R"(
head -c 3000 $W >$D/f; chmod 755 $D; chmod 644 $D/f
setpriv --reuid 65534 --regid 65534 --clear-groups $T tcp -r $D/f --follow >/dev/null 2>$D/err & pid=$!
look | grep -v CapBnd; kill $pid; wait $pid; echo $?)");
  std::string wanted = kNothing;
  const std::string bounding = "CapBnd:\t0000000000000000\n";
  wanted.erase(wanted.find(bounding), bounding.size());
  EXPECT_EQ(outcome.out, wanted + "0\n") << outcome.err;
}

// Captures that only root may read are open by then.
TEST_F(Confinement, ReadsWhatOnlyRootMay) {
  const Outcome outcome = run(R"(
D=$(mktemp -d); trap 'rm -rf $D' EXIT; chmod 700 $D; cp $S/web.pcap $D/f; chown 1234 $D $D/f
chmod 400 $D/f; $T states -q -r $S/web.pcap >$D/wanted
$T states -q -r $D/f | diff - $D/wanted && echo same
$T states -q -Z nobody -r $D/f | diff - $D/wanted && echo same)");
  EXPECT_EQ(outcome.out, "same\nsame\n") << outcome.err;
}

// What it writes, it writes as who it is then.
TEST_F(Confinement, WritesOnlyWhereItsUserMay) {
  const Outcome outcome = run(
      "D=$(mktemp -d); trap 'rm -rf $D' EXIT; chmod 755 $D; $T states -q -Z nobody -r $S/web.pcap "
      "-o $D/f; echo $?; ls -A $D");
  EXPECT_EQ(outcome.out, "5\n");
  EXPECT_NE(outcome.err.find("Permission denied: it takes the right to make files there"),
            std::string::npos)
      << outcome.err;
}

// Of a run on captures, which needs less than a live one. The signal that ends it, or 0.
[[nodiscard]] int end_of(const std::function<void()>& call) {
  const auto child = in_child([&call]() -> std::string {
    if (!app::drop_privileges(std::nullopt) || !app::allow_only_needed_calls({})) std::abort();
    call();
    return "went on";
  });
  return child.signal;
}

TEST_F(Confinement, IsEndedForTheNetwork) {
  EXPECT_EQ(end_of([] { static_cast<void>(socket(AF_INET, SOCK_STREAM, 0)); }), SIGSYS);
  EXPECT_EQ(end_of([] { static_cast<void>(socket(AF_PACKET, SOCK_RAW, 0)); }), SIGSYS);
  EXPECT_EQ(end_of([] { static_cast<void>(if_nametoindex("lo")); }), SIGSYS);
  EXPECT_EQ(end_of([] { static_cast<void>(recv(STDIN_FILENO, nullptr, 0, 0)); }), SIGSYS);
}

TEST_F(Confinement, IsEndedForAnotherProgram) {
  EXPECT_EQ(end_of([] { execl("/bin/true", "true", nullptr); }), SIGSYS);
}

TEST_F(Confinement, IsEndedForRenamingWhereNothingIsToBeNamed) {
  EXPECT_EQ(end_of([] { static_cast<void>(std::rename("/none/a", "/none/b")); }), SIGSYS);
  EXPECT_EQ(end_of([] { static_cast<void>(unlink("/none/a")); }), SIGSYS);
}

TEST_F(Confinement, IsNotEndedForReading) {
  EXPECT_EQ(end_of([] { close(open("/etc/hostname", O_RDONLY)); }), 0);
}

}  // namespace
}  // namespace tapstat::test
