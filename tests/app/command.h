// Runs the built program as a shell would.
#pragma once

#include <string>
#include <vector>

namespace tapstat::test {

struct Outcome {
  int code = -1;  // 128 + N when signal N ended it, as shells say
  std::string out;
  std::string err;

  [[nodiscard]] std::vector<std::string> lines() const;      // of out
  [[nodiscard]] std::vector<std::string> err_lines() const;  // of err
};

// `command` is a shell command in which $T is the program and $S the folder of samples; TZ is UTC.
[[nodiscard]] Outcome shell(const std::string& command);

// A file that is gone with the object.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

[[nodiscard]] std::string content_of(const std::string& path);

}  // namespace tapstat::test
