// A capture file through everything: reader, decoders, trackers, every view in every form, as a
// stream, and on the dashboard. What comes out is fit for who reads it (tests/hostile/fit.h), and
// the same whatever keys the hashes and however many threads follow.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "analysis/tcp/connections.h"
#include "capture/open_file.h"
#include "tests/hostile/full_run.h"

namespace {

namespace analysis = tapstat::analysis;
namespace capture = tapstat::capture;
using analysis::tcp::Step;
using tapstat::test::fail;
using tapstat::test::FullRun;
using tapstat::test::Manner;

// What the journal promises: of each end, each step goes on in time and from where the last one
// led.
void check(const std::vector<Step>& steps) {
  for (std::size_t i = 1; i < steps.size(); ++i) {
    if (steps[i].time < steps[i - 1].time) fail("a step before the last one");
    if (steps[i].from != steps[i - 1].to) fail("a step from elsewhere");
  }
}

void check(const analysis::Model& model) {
  const std::uint32_t connections = model.tcp.connections().size();
  for (std::uint32_t id = 0; id < connections; ++id) {
    for (int end = 0; end < 2; ++end) check(model.tcp.journal().steps(id, end));
  }
}

// Asking for more moves no state.
void check_same(const analysis::Model& a, const analysis::Model& b) {
  const auto ours = a.tcp.connections();
  const auto others = b.tcp.connections();
  if (ours.size() != others.size()) fail("connections that only one way shows");
  for (std::uint32_t id = 0; id < ours.size(); ++id) {
    for (int end = 0; end < 2; ++end) {
      if (ours[id].end(end).state() != others[id].end(end).state()) fail("another state");
      if (ours[id].traffic(end).packets != others[id].traffic(end).packets) fail("other packets");
    }
  }
}

// What tells whether two runs are looked at beside the first: they take three times as long.
[[nodiscard]] bool is_compared(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint32_t kOneOf = 16;
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < size; ++i) sum = sum * 31 + data[i];
  return sum % kOneOf == 0;
}

// The first line that differs, of both.
[[nodiscard]] std::string parting(const std::string& a, const std::string& b) {
  const auto at = static_cast<std::size_t>(
      std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
  const auto line = [at](const std::string& text) {
    const std::size_t begin = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
    return text.substr(begin, text.find('\n', begin) - begin);
  };
  return "\n" + line(a) + "\n" + line(b);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto source = capture::open_memory({data, size}, "input");
  if (!source) return 0;
  FullRun run({});
  for (auto frames = (*source)->next_batch(); !frames.empty(); frames = (*source)->next_batch()) {
    run.take(frames);
  }
  run.finish();
  check(run.whole().model());
  check_same(run.plain().model(), run.whole().model());
  tapstat::test::Transcript transcript;
  run.print((*source)->inputs(), transcript);
  tapstat::test::Transcript drawn;  // which tells of this program's memory, too
  run.draw((*source)->inputs(), drawn);

  if (!is_compared(data, size)) return 0;
  const Manner others[] = {{.secret = 0x5ca1ab1e}, {.secret = 7, .jobs = 2}};
  for (const Manner& manner : others) {
    const std::string other = tapstat::test::transcript_of({data, size}, manner);
    if (other == transcript.text()) continue;
    fail((manner.jobs == 1 ? "another key, another result" : "two threads, another result") +
         parting(transcript.text(), other));
  }
  (void)tapstat::test::transcript_of({data, size}, {.memory = 1, .color = true});
  (void)tapstat::test::transcript_of({data, size}, {.ascii = true});
  return 0;
}
