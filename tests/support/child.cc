#include "tests/support/child.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace tapstat::test {
namespace {

[[nodiscard]] std::string read_all(int fd) {
  std::string text;
  std::array<char, 4096> piece{};
  for (ssize_t n = 0; (n = read(fd, piece.data(), piece.size())) > 0;) {
    text.append(piece.data(), static_cast<std::size_t>(n));
  }
  return text;
}

[[noreturn]] void be_child(int out, const std::function<std::string()>& act) {
  alarm(60);  // seconds; it ends a child that hangs
  dup2(out, STDOUT_FILENO);
  close(out);
  const std::string said = act();
  const bool all = write(STDOUT_FILENO, said.data(), said.size()) == ssize_t(said.size());
  _exit(all ? 0 : 1);
}

}  // namespace

ChildOutcome in_child(const std::function<std::string()>& act) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) std::abort();
  const pid_t child = fork();
  if (child < 0) std::abort();
  if (child == 0) {
    close(ends[0]);
    be_child(ends[1], act);
  }
  close(ends[1]);
  ChildOutcome outcome;
  outcome.said = read_all(ends[0]);
  close(ends[0]);
  int status = 0;
  if (waitpid(child, &status, 0) != child) std::abort();
  if (WIFEXITED(status)) outcome.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
  return outcome;
}

std::string field_of(const std::string& status, const std::string& name) {
  const std::string start = "\n" + name + ":\t";
  const std::size_t at = ("\n" + status).find(start);
  if (at == std::string::npos) return "no " + name;
  const std::size_t from = at + start.size() - 1;  // of status, which lacks the first "\n"
  return status.substr(from, status.find('\n', from) - from);
}

}  // namespace tapstat::test
