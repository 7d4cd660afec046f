// A view's output kept as text.
#pragma once

#include <string>

#include "report/output.h"

namespace tapstat::test {

class StringOutput final : public report::Output {
 public:
  void write(std::string_view text) override { text_ += text; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace tapstat::test
