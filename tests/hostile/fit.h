// Whether what is printed is fit to be: for a terminal, which acts on control characters, and for
// the programs that read records.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "report/report.h"

namespace tapstat::test {

// What text may have besides printable characters of UTF-8 and line feeds.
struct TextManner {
  bool color = false;  // ECMA-48's SGR
  bool ascii = false;  // and no character beyond ASCII
  bool tabs = false;
};

// What is wrong with it, and where; nullopt: nothing.
[[nodiscard]] std::optional<std::string> unfit_text(std::string_view text,
                                                    const TextManner& manner = {});
// As a view's output in that form; `manner` is that of text.
[[nodiscard]] std::optional<std::string> unfit_output(std::string_view output,
                                                      report::Format format,
                                                      const TextManner& manner = {});

}  // namespace tapstat::test
