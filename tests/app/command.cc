#include "tests/app/command.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace tapstat::test {
namespace {

[[nodiscard]] std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace

std::vector<std::string> Outcome::lines() const { return split_lines(out); }
std::vector<std::string> Outcome::err_lines() const { return split_lines(err); }

Outcome shell(const std::string& command) {
  const TemporaryFile out("");
  const TemporaryFile err("");
  const TemporaryFile script(
      "export TZ=UTC LC_ALL=C T='" TAPSTAT_PROGRAM "' S='" TAPSTAT_SAMPLES "'\n" + command + "\n");
  const std::string line =
      "bash " + script.path() + " >" + out.path() + " 2>" + err.path() + " </dev/null";
  const int status = std::system(line.c_str());
  Outcome outcome;
  outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  outcome.out = content_of(out.path());
  outcome.err = content_of(err.path());
  return outcome;
}

TemporaryFile::TemporaryFile(const std::string& content) {
  const char* directory = std::getenv("TMPDIR");
  std::string name = std::string{directory != nullptr ? directory : "/tmp"} + "/tapstat-XXXXXX";
  const int fd = mkstemp(name.data());
  if (fd < 0) throw std::runtime_error("mkstemp");
  close(fd);
  path_ = name;
  std::ofstream(path_, std::ios::binary) << content;
}

TemporaryFile::~TemporaryFile() { std::remove(path_.c_str()); }

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

}  // namespace tapstat::test
