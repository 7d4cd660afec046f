// damaged_captures [OPTION...] PATH...: captures cut off anywhere, and with bytes changed, through
// everything that reads or shows them.
//
//   --prefixes N  lengths of each file that the reader is given, from all there are (0: all)
//   --views N     numbers of packets of each that all views are shown at (0: all)
//   --changed N   copies of each with random bytes changed, through all views
//   --seed N      of what is random
//   --keep DIR    where what went wrong is written to
//
// PATH is a file, or a folder of files. Each run is a process of its own, under whatever sanitizer
// this program is built with, and has 10 seconds of processor time and 1 GiB of memory.
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "capture/open_file.h"
#include "tests/hostile/full_run.h"

namespace tapstat::test {
namespace {

using Buffer = std::vector<std::uint8_t>;

constexpr int kSeconds = 10;
constexpr long kMostKibi = 1 << 20;

struct Choice {
  std::size_t prefixes = 0, views = 0, changed = 100;
  std::uint64_t seed = 1;
  std::string keep;
  std::vector<std::string> paths;
};

struct Tally {
  std::uint64_t captures = 0, refused = 0, bytes = 0, packets = 0;
  std::uint64_t prefixes = 0, views = 0, changed = 0, failures = 0;
  long most_kibi = 0;
};

// What a child is at, for its parent to see.
class Progress {
 public:
  Progress()
      : at_(static_cast<std::size_t*>(mmap(nullptr, sizeof(std::size_t), PROT_READ | PROT_WRITE,
                                           MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {
    if (at_ == MAP_FAILED) fail("no memory to share");
  }
  ~Progress() { munmap(at_, sizeof *at_); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  [[nodiscard]] std::size_t get() const { return *at_; }
  void set(std::size_t value) { *at_ = value; }

 private:
  std::size_t* at_;
};

void limit_time() {
  const itimerval limit{.it_interval = {}, .it_value = {.tv_sec = kSeconds, .tv_usec = 0}};
  setitimer(ITIMER_PROF, &limit, nullptr);
}

// What went wrong in it; empty: nothing.
[[nodiscard]] std::string outcome_of(int status, const rusage& used) {
  if (used.ru_maxrss > kMostKibi) return fmt::format("{} MiB of memory", used.ru_maxrss >> 10);
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF) return fmt::format("{} s", kSeconds);
  if (WIFSIGNALED(status)) return fmt::format("signal {}", WTERMSIG(status));
  return WEXITSTATUS(status) == 0 ? "" : fmt::format("exit status {}", WEXITSTATUS(status));
}

class Damage {
 public:
  explicit Damage(const Choice& choice) : choice_(choice) {}

  void take(const std::string& path);
  [[nodiscard]] const Tally& tally() const { return tally_; }

 private:
  // Calls `run(i)` for each below `count` in children, of which one does as many as it can.
  void for_each(std::size_t count, const char* what, const std::function<void(std::size_t)>& run,
                const std::function<Buffer(std::size_t)>& input);
  // In a child; whether all was well.
  bool in_child(const std::function<void()>& run, std::string& wrong);
  void tell(const char* what, std::size_t i, const std::string& wrong, const Buffer& input);
  void cut(const Buffer& whole);
  void show(const Buffer& whole);
  void change(const Buffer& whole);

  const Choice& choice_;
  Tally tally_;
  Progress progress_;
  std::string path_;
};

bool Damage::in_child(const std::function<void()>& run, std::string& wrong) {
  std::fflush(stderr);
  const pid_t child = fork();
  if (child < 0) fail("no process");
  if (child == 0) {
    limit_time();
    run();
    _exit(0);
  }
  int status = 0;
  rusage used{};
  wait4(child, &status, 0, &used);
  tally_.most_kibi = std::max(tally_.most_kibi, used.ru_maxrss);
  wrong = outcome_of(status, used);
  return wrong.empty();
}

void Damage::for_each(std::size_t count, const char* what,
                      const std::function<void(std::size_t)>& run,
                      const std::function<Buffer(std::size_t)>& input) {
  progress_.set(0);
  while (progress_.get() < count) {
    std::string wrong;
    const bool is_well = in_child(
        [&] {
          for (std::size_t i = progress_.get(); i < count; ++i) {
            progress_.set(i);
            limit_time();
            run(i);
          }
        },
        wrong);
    const std::size_t at = progress_.get();
    if (!is_well) tell(what, at, wrong, input(at));
    progress_.set(is_well ? count : at + 1);
  }
}

void Damage::tell(const char* what, std::size_t i, const std::string& wrong, const Buffer& input) {
  ++tally_.failures;
  std::fprintf(stderr, "%s: %s %zu: %s\n", path_.c_str(), what, i, wrong.c_str());
  if (choice_.keep.empty()) return;
  const std::string name = fmt::format("{}/{}-{}", choice_.keep, tally_.failures, what);
  std::ofstream(name, std::ios::binary)
      .write(reinterpret_cast<const char*>(input.data()),
             static_cast<std::streamsize>(input.size()));
}

void read_to_end(const Buffer& bytes) {
  const auto source = capture::open_memory(bytes, "prefix");
  if (!source) return;
  std::uint64_t sum = 0;
  for (auto frames = (*source)->next_batch(); !frames.empty(); frames = (*source)->next_batch()) {
    for (const capture::Frame& frame : frames) {
      if (frame.captured_len > frame.wire_len) fail("more captured than there was");
      for (const std::uint8_t byte : frame.bytes()) sum += byte;
    }
  }
  const volatile std::uint64_t seen = sum;  // so that each byte is read
  (void)seen;
}

// Of `n` the ones that are looked at: all, or the first and last and what is random between.
[[nodiscard]] std::vector<std::size_t> some_of(std::size_t n, std::size_t most,
                                               std::mt19937_64& random) {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < n; ++i) {
    const bool is_at_an_end = i < most / 4 || i + most / 4 >= n;
    if (most == 0 || n <= most || is_at_an_end || random() % n < most / 2) all.push_back(i);
  }
  return all;
}

void Damage::cut(const Buffer& whole) {
  std::mt19937_64 random(choice_.seed);
  const auto lengths = some_of(whole.size(), choice_.prefixes, random);
  const auto prefix = [&](std::size_t i) {
    // A copy of its own, so that a read past the end is seen.
    return Buffer(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(lengths[i]));
  };
  for_each(
      lengths.size(), "prefix", [&](std::size_t i) { read_to_end(prefix(i)); }, prefix);
  tally_.prefixes += lengths.size();
}

// What a file comes to that is cut behind a packet, or inside of the next one: the packets before
// it. So it is followed once, and shown after each.
void Damage::show(const Buffer& whole) {
  const auto counted = capture::open_memory(whole, path_);
  if (!counted) {
    ++tally_.refused;
    return;
  }
  std::size_t packets = 0;
  for (auto frames = (*counted)->next_batch(); !frames.empty(); frames = (*counted)->next_batch()) {
    packets += frames.size();
  }
  tally_.packets += packets;
  std::mt19937_64 random(choice_.seed);
  const auto counts = some_of(packets + 1, choice_.views, random);
  const auto source = capture::open_memory(whole, path_);
  FullRun run({});
  auto next = counts.begin();
  std::size_t taken = 0;
  const auto show_here = [&] {
    if (next == counts.end() || *next != taken) return;
    ++next;
    ++tally_.views;
    std::string wrong;
    const bool is_well = in_child(
        [&] {
          run.finish();
          Transcript transcript;
          run.print((*source)->inputs(), transcript);
          run.draw((*source)->inputs(), transcript);
        },
        wrong);
    if (!is_well) tell("views", taken, wrong, whole);
  };
  show_here();
  for (auto frames = (*source)->next_batch(); !frames.empty(); frames = (*source)->next_batch()) {
    for (const capture::Frame& frame : frames) {
      run.take({&frame, 1});
      ++taken;
      show_here();
    }
  }
}

void Damage::change(const Buffer& whole) {
  if (whole.empty()) return;
  const auto changed = [&](std::size_t i) {
    constexpr std::size_t kMost = 16;
    std::mt19937_64 random(choice_.seed * 1'000'003 + i);
    Buffer copy = whole;
    for (std::size_t n = 1 + i % kMost; n > 0; --n) {
      copy[random() % copy.size()] ^= static_cast<std::uint8_t>(1 + random() % 255);
    }
    return copy;
  };
  for_each(
      choice_.changed, "changed", [&](std::size_t i) { (void)transcript_of(changed(i)); }, changed);
  tally_.changed += choice_.changed;
}

void Damage::take(const std::string& path) {
  path_ = path;
  std::ifstream file(path, std::ios::binary);
  const Buffer whole{std::istreambuf_iterator<char>(file), {}};
  ++tally_.captures;
  tally_.bytes += whole.size();
  const std::uint64_t refused_before = tally_.refused;
  cut(whole);
  show(whole);
  // Of what is no capture nothing becomes one.
  if (tally_.refused == refused_before) change(whole);
}

[[nodiscard]] std::vector<std::string> files_of(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (!std::filesystem::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) files.push_back(entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

[[nodiscard]] Choice choice_of(int argc, char** argv) {
  Choice choice;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto value = [&] { return i + 1 < argc ? std::string{argv[++i]} : std::string{}; };
    const auto number = [&] { return std::strtoull(value().c_str(), nullptr, 10); };
    if (word == "--prefixes") {
      choice.prefixes = number();
    } else if (word == "--views") {
      choice.views = number();
    } else if (word == "--changed") {
      choice.changed = number();
    } else if (word == "--seed") {
      choice.seed = number();
    } else if (word == "--keep") {
      choice.keep = value();
    } else {
      choice.paths.push_back(word);
    }
  }
  return choice;
}

}  // namespace
}  // namespace tapstat::test

int main(int argc, char** argv) {
  using namespace tapstat::test;
  const Choice choice = choice_of(argc, argv);
  const auto files = files_of(choice.paths);
  if (files.empty()) {
    std::fprintf(stderr, "damaged_captures: name captures, or folders that hold some\n");
    return 2;
  }
  Damage damage(choice);
  for (const std::string& file : files) damage.take(file);
  const Tally& t = damage.tally();
  fmt::print(
      "{} files ({} no captures), {} bytes, {} packets: {} prefixes read, all views at {} numbers "
      "of packets, {} changed copies; most memory {} MiB; {} failures\n",
      t.captures, t.refused, t.bytes, t.packets, t.prefixes, t.views, t.changed, t.most_kibi >> 10,
      t.failures);
  return t.failures == 0 && t.packets > 0 ? 0 : 1;
}
