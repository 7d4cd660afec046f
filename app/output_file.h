// Standard output or a file, written in large pieces, with what went wrong kept for the end.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "capture/source.h"
#include "report/output.h"

namespace tapstat::app {

class OutputFile final : public report::Output {
 public:
  // nullopt: standard output. `line_buffered`: each line is written at once.
  [[nodiscard]] static capture::Result<std::unique_ptr<OutputFile>> open(
      const std::optional<std::string>& path, bool line_buffered);

  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile() override;

  void write(std::string_view text) override;

  // Writes what was handed over.
  void flush();

  // Writes what is left. A reader that closed the pipe has seen what it wanted: no error.
  [[nodiscard]] capture::Result<void> finish();

 private:
  OutputFile(int fd, std::string name, bool line_buffered)
      : fd_(fd), name_(std::move(name)), line_buffered_(line_buffered) {}

  int fd_;
  std::string name_;
  bool line_buffered_;
  std::string buffer_;
  int error_ = 0;  // errno of the first failure
};

}  // namespace tapstat::app
