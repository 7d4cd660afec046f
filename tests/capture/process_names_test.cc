// Owners of sockets, of this process and of children.
#include "capture/process_names.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/capture/loopback.h"
#include "tests/support/child.h"

namespace tapstat::capture::test {
namespace {

const std::string kHere = "127.0.0.1";

[[nodiscard]] std::string own_name() {
  std::string name;
  std::getline(std::ifstream("/proc/self/comm"), name);
  return name;
}

// One that a child has alone. The child lives as long as this.
class ElsewhereSocket {
 public:
  explicit ElsewhereSocket(const char* process) {
    int ready[2] = {-1, -1};
    if (pipe(ready) != 0) return;
    Fd listener = listen_at(kHere);
    inode_ = listener.inode();
    pid_ = fork();
    if (pid_ == 0) {
      prctl(PR_SET_NAME, process);
      alarm(60);  // seconds; it ends a child that is left over
      if (write(ready[1], "", 1) == 1) pause();
      _exit(1);
    }
    char byte = 0;
    is_ready_ = pid_ > 0 && read(ready[0], &byte, 1) == 1;
    ::close(ready[0]);
    ::close(ready[1]);
  }
  ElsewhereSocket(const ElsewhereSocket&) = delete;
  ElsewhereSocket& operator=(const ElsewhereSocket&) = delete;
  ~ElsewhereSocket() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  [[nodiscard]] bool is_ready() const { return is_ready_; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] std::uint32_t inode() const { return inode_; }

 private:
  pid_t pid_ = -1;
  std::uint32_t inode_ = 0;
  bool is_ready_ = false;
};

class OwnersOfSockets : public testing::Test {
 protected:
  void SetUp() override {
    auto owners = Owners::open();
    if (!owners) GTEST_SKIP() << owners.error().message;
    finder.emplace(std::move(*owners));
  }

  std::optional<Owners> finder;
};

TEST_F(OwnersOfSockets, IsThisProcessForItsOwn) {
  const Loopback loopback{kHere};
  const Owner self{getpid(), own_name()};
  const std::vector<std::uint32_t> inodes = {loopback.listener.inode(), loopback.client.inode(),
                                             loopback.server.inode()};
  const auto search = finder->refresh(inodes);
  EXPECT_GE(search.processes, 1u);
  EXPECT_FALSE(search.is_cut);
  for (const std::uint32_t inode : inodes) EXPECT_EQ(finder->find(inode), self) << inode;
}

TEST_F(OwnersOfSockets, IsAnotherProcessByItsName) {
  const ElsewhereSocket elsewhere("else where\n)");
  ASSERT_TRUE(elsewhere.is_ready());
  const std::uint32_t inode = elsewhere.inode();
  finder->refresh({&inode, 1});
  EXPECT_EQ(finder->find(inode), (Owner{elsewhere.pid(), "else where\n)"}));
}

TEST_F(OwnersOfSockets, AreFoundOnlyWhereLookedFor) {
  const Loopback loopback{kHere};
  const std::uint32_t inode = loopback.client.inode();
  finder->refresh({&inode, 1});
  EXPECT_TRUE(finder->find(inode));
  EXPECT_FALSE(finder->find(loopback.server.inode()));
  EXPECT_FALSE(finder->find(0));
}

TEST_F(OwnersOfSockets, AreForgottenOnceClosed) {
  Loopback loopback{kHere};
  const std::uint32_t inode = loopback.client.inode();
  finder->refresh({&inode, 1});
  ASSERT_TRUE(finder->find(inode));
  loopback.client.close();
  finder->refresh({&inode, 1});
  EXPECT_FALSE(finder->find(inode));
}

TEST_F(OwnersOfSockets, AreNotLookedForWhereNoneIsWanted) {
  const std::uint32_t none = 0;
  for (const auto inodes : {std::span<const std::uint32_t>{}, {&none, 1}}) {
    const auto search = finder->refresh(inodes);
    EXPECT_EQ(search.processes + search.unreadable, 0u);
  }
}

// A pipe has an inode too ("pipe:[N]").
TEST_F(OwnersOfSockets, AreNotTakenFromOtherFiles) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(pipe(ends), 0);
  const Fd in{ends[0]}, out{ends[1]};
  const std::uint32_t inode = in.inode();
  finder->refresh({&inode, 1});
  EXPECT_FALSE(finder->find(inode));
}

TEST_F(OwnersOfSockets, AreCountedWhereTheyCannotBeRead) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root, to become somebody else";
  const ElsewhereSocket elsewhere("roots");
  ASSERT_TRUE(elsewhere.is_ready());
  const auto outcome = tapstat::test::in_child([&]() -> std::string {
    if (setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0) return "root";
    const Fd own = listen_at(kHere);
    const std::vector<std::uint32_t> inodes = {elsewhere.inode(), own.inode()};
    const auto search = finder->refresh(inodes);
    const auto owner = finder->find(own.inode());
    return std::string(search.unreadable > 0 ? "some unreadable" : "all readable") +
           (finder->find(elsewhere.inode()) ? ", root's found" : ", root's not found") +
           (owner && owner->pid == getpid() ? ", own found" : ", own not found");
  });
  EXPECT_EQ(outcome.said, "some unreadable, root's not found, own found");
}

// Root without capabilities may list the files of root's other processes and not follow them.
TEST_F(OwnersOfSockets, AreCountedWhereFilesCanBeListedOnly) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  const ElsewhereSocket elsewhere("roots");
  ASSERT_TRUE(elsewhere.is_ready());
  const auto outcome = tapstat::test::in_child([&]() -> std::string {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
    if (syscall(SYS_capset, &header, none.data()) != 0) return "capset failed";
    const std::uint32_t inode = elsewhere.inode();
    const auto search = finder->refresh({&inode, 1});
    return std::string(search.unreadable > 0 ? "some unreadable" : "all readable") +
           (finder->find(inode) ? ", found" : ", not found");
  });
  EXPECT_EQ(outcome.said, "some unreadable, not found");
}

// Processes that come and go while it looks.
TEST_F(OwnersOfSockets, AreFoundWhileProcessesVanish) {
  const Loopback loopback{kHere};
  const std::vector<std::uint32_t> inodes = {loopback.client.inode(), 0xffffffffu};
  const pid_t forking = fork();
  if (forking == 0) {
    alarm(60);  // seconds; it ends a child that is left over
    while (true) {
      const pid_t brief = fork();
      if (brief == 0) _exit(0);
      if (brief > 0) waitpid(brief, nullptr, 0);
    }
  }
  ASSERT_GT(forking, 0);
  for (int i = 0; i < 50; ++i) {
    const auto search = finder->refresh(inodes);
    EXPECT_FALSE(search.is_cut);
    EXPECT_EQ(finder->find(inodes[0]), (Owner{getpid(), own_name()}));
  }
  kill(forking, SIGKILL);
  waitpid(forking, nullptr, 0);
}

}  // namespace
}  // namespace tapstat::capture::test
