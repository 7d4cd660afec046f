// Standard output or a file, written in large pieces, with what went wrong kept for the end.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "capture/new_file.h"
#include "capture/source.h"
#include "report/output.h"

namespace tapstat::app {

class OutputFile final : public report::Output {
 public:
  // When a file has its name: once it is whole, so that whatever happens until then the one before
  // it stays; or from the beginning, for what is printed while it happens.
  enum class Named : bool { at_the_end, at_once };

  // nullopt: standard output. `line_buffered`: each line is written at once.
  [[nodiscard]] static capture::Result<std::unique_ptr<OutputFile>> open(
      const std::optional<std::string>& path, Named named, bool line_buffered);

  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  // A file that was to be named at the end, and is not finished, leaves nothing behind.
  ~OutputFile() override = default;

  void write(std::string_view text) override;

  // Writes what was handed over.
  void flush();

  // Writes what is left. A reader that closed the pipe has seen what it wanted: no error.
  [[nodiscard]] capture::Result<void> finish();
  // Nothing that is written now will be read: the disk is full, the reader has gone.
  [[nodiscard]] bool has_failed() const { return error_ != 0; }

 private:
  OutputFile(std::optional<capture::NewFile> file, std::string name, bool line_buffered)
      : file_(std::move(file)), name_(std::move(name)), line_buffered_(line_buffered) {}

  std::optional<capture::NewFile> file_;  // nullopt: standard output
  std::string name_;
  bool line_buffered_;
  std::string buffer_;
  int error_ = 0;  // errno of the first failure
};

}  // namespace tapstat::app
