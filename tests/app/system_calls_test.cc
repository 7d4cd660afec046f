// The system call filter: what goes on under it, and what ends the process.
#include "app/system_calls.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "app/privileges.h"
#include "tests/support/child.h"

namespace tapstat::test {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
#else
constexpr bool kSanitized = false;
#endif

class SystemCalls : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root, to drop privileges as a capture does";
  }
};

void filter(const app::Work& work = {.captures = true}) {
  if (!app::drop_privileges(std::nullopt) || !app::allow_only_needed_calls(work)) {
    std::abort();
  }
}

[[nodiscard]] ChildOutcome filtered(const std::function<std::string()>& act) {
  return in_child([&act] {
    filter();
    return act();
  });
}

// /proc/self/status as it is now, of a file that was opened before.
[[nodiscard]] std::string reread(int fd) {
  std::array<char, 8192> text{};
  const ssize_t n = pread(fd, text.data(), text.size(), 0);
  return {text.data(), n > 0 ? static_cast<std::size_t>(n) : 0};
}

TEST_F(SystemCalls, AreFilteredForGood) {
  const auto child = in_child([] {
    const int status = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    filter();
    return reread(status);
  });
  EXPECT_EQ(field_of(child.said, "Seccomp"), "2") << child.said;
  EXPECT_EQ(field_of(child.said, "Seccomp_filters"), "1");
  EXPECT_EQ(field_of(child.said, "NoNewPrivs"), "1");
}

TEST_F(SystemCalls, AreFilteredInThreadsThatRun) {
  const auto child = in_child([]() -> std::string {
    if (!app::drop_privileges(std::nullopt)) return "not dropped";
    std::atomic<int> status{-1};
    std::atomic<bool> filtered{false};
    std::string said;
    std::thread worker([&] {
      status = open("/proc/thread-self/status", O_RDONLY | O_CLOEXEC);
      status.notify_all();
      filtered.wait(false);
      said = reread(status);
    });
    status.wait(-1);
    if (!app::allow_only_needed_calls({.captures = true})) return "not filtered";
    filtered = true;
    filtered.notify_all();
    worker.join();
    return said;
  });
  EXPECT_EQ(field_of(child.said, "Seccomp"), "2") << child.said;
}

struct Forbidden {
  const char* name;
  std::function<void()> call;
};
std::ostream& operator<<(std::ostream& out, const Forbidden& forbidden) {
  return out << forbidden.name;
}

class ForbiddenCall : public SystemCalls, public testing::WithParamInterface<Forbidden> {};

TEST_P(ForbiddenCall, EndsTheProcess) {
  const auto child = filtered([]() -> std::string {
    GetParam().call();
    return "went on";
  });
  EXPECT_EQ(child.signal, SIGSYS) << child.said;
  EXPECT_EQ(child.said, "");
}

void run_sh() { execl("/bin/sh", "sh", "-c", "echo a shell", nullptr); }
void ask_netlink() { static_cast<void>(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0)); }
void open_udp() { static_cast<void>(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)); }
void open_packet() { static_cast<void>(socket(AF_PACKET, SOCK_RAW, 0)); }
void type_into_shell() {
  char key = 'x';
  ioctl(STDIN_FILENO, TIOCSTI, &key);
}
void join_userns() { static_cast<void>(syscall(SYS_unshare, 0x10000000)); }
void send_somewhere() { send(STDIN_FILENO, "", 0, 0); }
void kill_parent() { kill(getppid(), 0); }
void kill_init() { kill(1, 0); }
void change_mode() { chmod("/tmp", 01777); }
void map_code() {
  static_cast<void>(mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}
void make_code() {
  void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(page, 4096, PROT_READ | PROT_EXEC);
}
void set_tcp_option() {
  const int one = 1;
  setsockopt(STDIN_FILENO, 6, 1, &one, sizeof one);
}

INSTANTIATE_TEST_SUITE_P(
    SystemCalls, ForbiddenCall,
    testing::Values(Forbidden{"execve", run_sh}, Forbidden{"socket_netlink", ask_netlink},
                    Forbidden{"socket_udp", open_udp}, Forbidden{"socket_packet", open_packet},
                    Forbidden{"ioctl_TIOCSTI", type_into_shell}, Forbidden{"unshare", join_userns},
                    Forbidden{"sendto", send_somewhere}, Forbidden{"kill_parent", kill_parent},
                    Forbidden{"kill_init", kill_init}, Forbidden{"chmod", change_mode},
                    Forbidden{"mmap_exec", map_code}, Forbidden{"mprotect_exec", make_code},
                    Forbidden{"setsockopt_tcp", set_tcp_option}),
    [](const auto& forbidden) { return std::string{forbidden.param.name}; });

TEST_F(SystemCalls, ThatTraceEndTheProcess) {
  if (kSanitized) GTEST_SKIP() << "the sanitizer's leak check traces";
  const auto child = filtered([]() -> std::string {
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    return "went on";
  });
  EXPECT_EQ(child.signal, SIGSYS) << child.said;
}

TEST_F(SystemCalls, ThatMakeProcessesEndTheProcess) {
  if (kSanitized) GTEST_SKIP() << "the sanitizer's leak check makes one";
  const auto child = filtered([]() -> std::string {
    if (fork() == 0) _exit(0);
    return "went on";
  });
  EXPECT_EQ(child.signal, SIGSYS) << child.said;
}

TEST_F(SystemCalls, ThatWriteFilesAreRefused) {
  if (kSanitized) GTEST_SKIP() << "the sanitizer opens files";
  const auto child = filtered([]() -> std::string {
    if (open("/etc/passwd", O_RDONLY) < 0) return "not even read";
    for (const int way : {O_WRONLY, O_RDWR}) {
      if (open("/dev/null", way) >= 0) return "opened";
      if (errno != EACCES) return "failed";
    }
    return "refused";
  });
  EXPECT_EQ(child.said, "refused");
}

TEST_F(SystemCalls, ThatARecordingNeedsAreAllowedWhereItIsMade) {
  const auto child = in_child([]() -> std::string {
    filter({.captures = true, .records = true});
    const std::string first = "/tmp/tapstat-calls-" + std::to_string(getpid());
    const std::string second = first + ".1";
    const int fd = open(first.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return "not opened";
    if (fallocate(fd, 0, 0, 4096) != 0 && errno != EOPNOTSUPP) return "no space";
    if (write(fd, "x", 1) != 1 || ftruncate(fd, 1) != 0 || fsync(fd) != 0) return "not written";
    close(fd);
    if (rename(first.c_str(), second.c_str()) != 0) return "not renamed";
    return unlink(second.c_str()) == 0 ? "recorded" : "not removed";
  });
  EXPECT_EQ(child.said, "recorded") << child.signal;
}

// What libraries do by themselves: local time, a terminal's size, memory, interfaces.
TEST_F(SystemCalls, ThatLibrariesMakeGoOn) {
  const auto child = filtered([]() -> std::string {
    const std::time_t now = std::time(nullptr);
    std::tm tm{};
    localtime_r(&now, &tm);
    std::array<char, 64> text{};
    if (std::strftime(text.data(), text.size(), "%F %T %z %Z", &tm) == 0) return "no time";
    winsize size{};
    ioctl(STDIN_FILENO, TIOCGWINSZ, &size);
    static_cast<void>(isatty(STDIN_FILENO));
    std::vector<char> much(64 << 20, 'x');
    much.resize(much.size() * 2);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (if_nametoindex("lo") == 0) return "no lo";
    std::array<char, IF_NAMESIZE> name{};
    if (if_indextoname(1, name.data()) == nullptr) return "no first interface";
    return "went on";
  });
  EXPECT_EQ(child.said, "went on") << "signal " << child.signal;
}

// malloc makes an arena a thread, and gives back what is freed at its end.
TEST_F(SystemCalls, OfThreadsThatAllocateGoOn) {
  const auto child = in_child([]() -> std::string {
    if (!app::drop_privileges(std::nullopt)) return "not dropped";
    std::atomic<bool> filtered{false};
    std::thread worker([&filtered] {
      filtered.wait(false);
      for (int round = 0; round < 3; ++round) {
        std::vector<std::string> pieces(20000, std::string(1000, 'x'));
      }
    });
    if (!app::allow_only_needed_calls({.captures = true})) return "not filtered";
    filtered = true;
    filtered.notify_all();
    worker.join();
    return "went on";
  });
  EXPECT_EQ(child.said, "went on") << "signal " << child.signal;
}

TEST_F(SystemCalls, OfSignalsToItselfGoOn) {
  const auto child = filtered([]() -> std::string {
    std::signal(SIGTERM, SIG_IGN);
    if (raise(SIGTERM) != 0 || kill(getpid(), SIGTERM) != 0) return "no signal";
    return "went on";
  });
  EXPECT_EQ(child.said, "went on") << "signal " << child.signal;
  EXPECT_EQ(filtered([]() -> std::string { std::abort(); }).signal, SIGABRT);
}

// With the leak check, in a build with AddressSanitizer.
TEST_F(SystemCalls, AtExitGoOn) {
  const auto child = filtered([]() -> std::string { std::exit(7); });
  EXPECT_EQ(child.code, 7) << "signal " << child.signal;
}

// Plays a kernel built without seccomp. By hand: libseccomp would remember that it was there.
void take_seccomp_away() {
  constexpr unsigned kNumber = offsetof(seccomp_data, nr);
  constexpr unsigned kFirstArgument = offsetof(seccomp_data, args);
  std::array<sock_filter, 7> program = {{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kNumber),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 3, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prctl, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kFirstArgument),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_SECCOMP, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog filter = {program.size(), program.data()};
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) std::abort();
}

TEST_F(SystemCalls, OfAKernelWithoutSeccompAreAnError) {
  const auto child = in_child([]() -> std::string {
    take_seccomp_away();
    const auto filtered = app::allow_only_needed_calls({.captures = true});
    return filtered ? "filtered" : filtered.error().message;
  });
  EXPECT_EQ(child.said.find("system calls cannot be filtered: this kernel has no seccomp"), 0u)
      << child.said;
}

}  // namespace
}  // namespace tapstat::test
