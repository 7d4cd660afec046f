// Dropping privileges, as /proc/self/status shows it.
#include "app/privileges.h"

#include <gtest/gtest.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>

#include "tests/app/command.h"
#include "tests/support/child.h"

namespace tapstat::test {
namespace {

constexpr const char* kNone = "0000000000000000";

class Privileges : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root, to have something to drop";
    unsetenv("SUDO_UID");
    unsetenv("SUDO_GID");
  }
};

class PrivilegesOfSudo : public Privileges {
 protected:
  static void set(const char* uid, const char* gid) {
    setenv("SUDO_UID", uid, 1);
    if (gid != nullptr) setenv("SUDO_GID", gid, 1);
  }
  void TearDown() override {
    unsetenv("SUDO_UID");
    unsetenv("SUDO_GID");
  }
};

// The error's message, or what the process is after it.
[[nodiscard]] std::string drop(const std::optional<std::string>& user) {
  const auto dropped = app::drop_privileges(user);
  return dropped ? content_of("/proc/self/status") : dropped.error().message;
}

[[nodiscard]] std::string four_times(unsigned id) {
  const std::string text = std::to_string(id);
  return text + "\t" + text + "\t" + text + "\t" + text;
}

void expect_nothing_left(const std::string& status) {
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
    EXPECT_EQ(field_of(status, set), kNone) << set;
  }
  EXPECT_EQ(field_of(status, "NoNewPrivs"), "1");
}

void become_nobody() {
  const passwd* nobody = getpwnam("nobody");
  if (nobody == nullptr || setresgid(nobody->pw_gid, nobody->pw_gid, nobody->pw_gid) != 0 ||
      setresuid(nobody->pw_uid, nobody->pw_uid, nobody->pw_uid) != 0) {
    std::abort();
  }
}

TEST_F(Privileges, OfRootWithoutSudoAreUid0WithoutCapabilities) {
  const auto child = in_child([] { return drop(std::nullopt); });
  EXPECT_EQ(field_of(child.said, "Uid"), four_times(0)) << child.said;
  expect_nothing_left(child.said);
}

TEST_F(Privileges, OfANamedUserAreAllItHas) {
  const passwd* nobody = getpwnam("nobody");
  ASSERT_NE(nobody, nullptr);
  const auto child = in_child([] { return drop("nobody"); });
  EXPECT_EQ(field_of(child.said, "Uid"), four_times(nobody->pw_uid)) << child.said;
  EXPECT_EQ(field_of(child.said, "Gid"), four_times(nobody->pw_gid));
  EXPECT_EQ(field_of(child.said, "Groups"), std::to_string(nobody->pw_gid) + " ");
  expect_nothing_left(child.said);
}

TEST_F(Privileges, OfRootCannotBeHadBack) {
  const auto child = in_child([]() -> std::string {
    if (!app::drop_privileges("nobody")) return "not dropped";
    if (setuid(0) == 0 || seteuid(0) == 0 || setresuid(0, 0, 0) == 0) return "uid 0 again";
    if (setgid(0) == 0 || setegid(0) == 0) return "gid 0 again";
    return socket(AF_PACKET, SOCK_RAW, 0) < 0 ? "nothing" : "a packet socket";
  });
  EXPECT_EQ(child.said, "nothing");
}

// Without PR_SET_NO_NEW_PRIVS uid 0 would get all of them from execve.
TEST_F(Privileges, OfUid0AreNotHadBackByExec) {
  const auto child = in_child([]() -> std::string {
    if (!app::drop_privileges(std::nullopt)) return "not dropped";
    execl("/bin/cat", "cat", "/proc/self/status", nullptr);
    return "no exec";
  });
  EXPECT_EQ(field_of(child.said, "Uid"), four_times(0)) << child.said;
  expect_nothing_left(child.said);
}

TEST_F(Privileges, OfAnUnknownUserAreAnError) {
  const auto child = in_child([] { return drop("no-such-user"); });
  EXPECT_EQ(child.said, "-Z no-such-user: there is no such user; `getent passwd` lists them");
}

TEST_F(Privileges, OfAnotherUserTakeRoot) {
  const auto child = in_child([] {
    become_nobody();
    return drop("root");
  });
  EXPECT_NE(child.said.find("-Z root: only root can become another user"), std::string::npos)
      << child.said;
}

TEST_F(Privileges, OfTheSameUserTakeNothing) {
  const auto child = in_child([] {
    become_nobody();
    return drop("nobody");
  });
  EXPECT_EQ(field_of(child.said, "CapPrm"), kNone) << child.said;
  EXPECT_EQ(field_of(child.said, "NoNewPrivs"), "1");
}

// As a set-user-ID program runs: the real user is who started it.
TEST_F(Privileges, OfASetUserIdProgramAreThoseOfWhoStartedIt) {
  const auto child = in_child([] {
    if (setresgid(2345, 0, 0) != 0 || setresuid(1234, 0, 0) != 0) std::abort();
    return drop(std::nullopt);
  });
  EXPECT_EQ(field_of(child.said, "Uid"), four_times(1234)) << child.said;
  EXPECT_EQ(field_of(child.said, "Gid"), four_times(2345));
  expect_nothing_left(child.said);
}

TEST_F(Privileges, AreNotDroppedWhileThreadsWouldKeepThem) {
  const auto child = in_child([] {
    std::thread sleeper([] { pause(); });
    sleeper.detach();
    return drop(std::nullopt);
  });
  EXPECT_NE(child.said.find("threads are running"), std::string::npos) << child.said;
}

TEST_F(Privileges, AreNotNeededToBindAPacketSocketAnew) {
  const auto child = in_child([]() -> std::string {
    const int fd = socket(AF_PACKET, SOCK_RAW, 0);
    if (fd < 0) return "no packet socket";
    if (!app::drop_privileges("nobody")) return "not dropped";
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = __builtin_bswap16(ETH_P_ALL);
    address.sll_ifindex = static_cast<int>(if_nametoindex("lo"));
    const void* start = &address;
    if (bind(fd, static_cast<const sockaddr*>(start), sizeof address) != 0) return "not bound";
    packet_mreq promiscuous{};
    promiscuous.mr_ifindex = address.sll_ifindex;
    promiscuous.mr_type = PACKET_MR_PROMISC;
    if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous) != 0) {
      return "not promiscuous";
    }
    return "bound and promiscuous";
  });
  EXPECT_EQ(child.said, "bound and promiscuous");
}

TEST_F(PrivilegesOfSudo, AreThoseOfWhoCalledIt) {
  set("1234", "2345");
  const auto child = in_child([] { return drop(std::nullopt); });
  EXPECT_EQ(field_of(child.said, "Uid"), four_times(1234)) << child.said;
  EXPECT_EQ(field_of(child.said, "Gid"), four_times(2345));
  EXPECT_EQ(field_of(child.said, "Groups"), "2345 ");
  expect_nothing_left(child.said);
}

TEST_F(PrivilegesOfSudo, YieldToANamedUser) {
  set("not a number", "2345");
  const auto child = in_child([] { return drop("nobody"); });
  EXPECT_EQ(field_of(child.said, "Uid"), four_times(getpwnam("nobody")->pw_uid)) << child.said;
}

TEST_F(PrivilegesOfSudo, OfRootStayUid0) {
  set("0", "0");
  const auto child = in_child([] { return drop(std::nullopt); });
  EXPECT_EQ(field_of(child.said, "Uid"), four_times(0)) << child.said;
  expect_nothing_left(child.said);
}

TEST_F(PrivilegesOfSudo, AreNotTakenFromAnyoneButRoot) {
  set("1234", "2345");
  const auto child = in_child([] {
    become_nobody();
    return drop(std::nullopt);
  });
  EXPECT_EQ(field_of(child.said, "Uid"), four_times(getpwnam("nobody")->pw_uid)) << child.said;
}

TEST_F(PrivilegesOfSudo, MustBeNumbers) {
  for (const char* wrong : {"", "root", "12x", " 12", "+12", "-1", "4294967295", "4294967296"}) {
    set(wrong, "2345");
    const auto uid = in_child([] { return drop(std::nullopt); });
    EXPECT_EQ(uid.said, std::string("SUDO_UID=") + wrong +
                            " is no number of a user or group: name the user to become with -Z, "
                            "or unset SUDO_UID and SUDO_GID");
    set("1234", wrong);
    const auto gid = in_child([] { return drop(std::nullopt); });
    EXPECT_EQ(gid.said.find(std::string("SUDO_GID=") + wrong + " is no number"), 0u) << gid.said;
  }
}

TEST_F(PrivilegesOfSudo, MustBeBoth) {
  set("1234", nullptr);
  const auto child = in_child([] { return drop(std::nullopt); });
  EXPECT_EQ(child.said.find("SUDO_GID is not set"), 0u) << child.said;
}

TEST_F(Privileges, ThatAreMissingAreNamed) {
  const auto child = in_child([]() -> std::string {
    if (!app::missing_capabilities().empty()) return "root lacks some";
    become_nobody();
    const auto missing = app::missing_capabilities();
    return missing.size() == 1 ? missing.front() : "not one";
  });
  EXPECT_EQ(child.said, "CAP_NET_RAW");
}

TEST_F(Privileges, CanBeHadByTheCommandThatIsPrinted) {
  std::array<char, 4096> path{};
  ASSERT_GT(readlink("/proc/self/exe", path.data(), path.size() - 1), 0);
  const auto child = in_child([] {
    become_nobody();
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);  // as a user's process starts; /proc/self is root's without
    return app::how_to_permit();
  });
  EXPECT_EQ(child.said, std::string("CAP_NET_RAW is missing: run it with sudo, or once: "
                                    "sudo setcap cap_net_raw+ep ") +
                            path.data());
}

TEST_F(Privileges, ThatRootLacksAreNotForSudoToGive) {
  const auto child = in_child([]() -> std::string {
    if (!app::drop_privileges(std::nullopt)) return "not dropped";
    return app::how_to_permit();
  });
  EXPECT_NE(child.said.find("although this is root"), std::string::npos) << child.said;
}

}  // namespace
}  // namespace tapstat::test
