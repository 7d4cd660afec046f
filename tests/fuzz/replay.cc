// fuzz_replay TARGET PATH...: what a fuzz target makes of files, without a fuzzer: seeds, and what
// a fuzzer once found. PATH is a file, or a folder of files; one that is not there is left out.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

#define TARGET(name) extern "C" int name##_input(const std::uint8_t*, std::size_t);
#include "fuzz_targets.inc"
#undef TARGET

namespace {

using Input = int (*)(const std::uint8_t*, std::size_t);

[[nodiscard]] Input find(std::string_view name) {
#define TARGET(target) \
  if (name == #target) return target##_input;
#include "fuzz_targets.inc"
#undef TARGET
  return nullptr;
}

int run(Input input, const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
  std::fprintf(stderr, "%s\n", path.c_str());  // the last one is the one that failed
  input(bytes.data(), bytes.size());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const Input input = argc < 2 ? nullptr : find(argv[1]);
  if (input == nullptr) {
    std::fprintf(stderr, "usage: fuzz_replay TARGET PATH...\n");
    return 2;
  }
  int files = run(input, "/dev/null");
  for (int i = 2; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i])) {
      if (std::filesystem::exists(argv[i])) files += run(input, argv[i]);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (entry.is_regular_file()) files += run(input, entry.path());
    }
  }
  std::printf("%s: %d inputs\n", argv[1], files);
  return 0;
}
