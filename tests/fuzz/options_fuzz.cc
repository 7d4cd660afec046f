// Any bytes as a command line, a word a line: understood, or refused in a message. What would open
// files, or list interfaces, is left out.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "app/options.h"

namespace {

[[nodiscard]] std::vector<std::string> words_of(std::string text) {
  constexpr std::size_t kMost = 16;
  std::vector<std::string> words = {"tapstat"};
  text += '\n';
  for (std::size_t at = 0; at < text.size() && words.size() < kMost;) {
    const std::size_t end = text.find('\n', at);
    std::string word = text.substr(at, end - at);
    at = end + 1;
    const bool looks_around = word.find("--ipvs-config") == 0 ||
                              (word.find('-') == 0 && word.find('D') != std::string::npos);
    if (looks_around || word.find('\0') != std::string::npos) continue;
    words.push_back(std::move(word));
  }
  return words;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto words = words_of({data, data + size});
  std::vector<const char*> argv;
  for (const std::string& word : words) argv.push_back(word.c_str());
  const auto options = tapstat::app::parse_options(static_cast<int>(argv.size()), argv.data());
  if (!options && options.error().text.empty()) std::abort();
  if (!options) return 0;
  // One of the two is there, and no more memory than is meant.
  if (options->inputs.empty() == options->interfaces.empty()) std::abort();
  if (options->memory && *options->memory < tapstat::app::kLeastMemory) std::abort();
  return 0;
}
