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
  // nullopt: standard output.
  [[nodiscard]] static capture::Result<std::unique_ptr<OutputFile>> open(
      const std::optional<std::string>& path);

  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile() override;

  void write(std::string_view text) override;

  // Writes what was handed over.
  void flush();

  // Writes what is left. A reader that closed the pipe has seen what it wanted: no error.
  [[nodiscard]] capture::Result<void> finish();

 private:
  OutputFile(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}

  int fd_;
  std::string name_;
  std::string buffer_;
  int error_ = 0;  // errno of the first failure
};

}  // namespace tapstat::app
