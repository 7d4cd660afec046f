// A capture file through everything: reader, decoders, tracker and both forms of every view.
#include <cstddef>
#include <cstdint>

#include "analysis/engine.h"
#include "capture/open_file.h"
#include "report/report.h"

namespace {

class Discard final : public tapstat::report::Output {
 public:
  void write(std::string_view /*text*/) override {}
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tapstat;
  auto source = capture::open_memory({data, size}, "fuzz");
  if (!source) return 0;
  analysis::Engine engine(1);
  for (auto frames = (*source)->next_batch(); !frames.empty(); frames = (*source)->next_batch()) {
    engine.take(frames);
  }
  const report::Report report{engine.model(), (*source)->inputs(), std::nullopt, report::Zone::utc};
  Discard out;
  for (const auto format : {report::Format::text, report::Format::json}) {
    report::print(report, report::View::report, format, out);
  }
  return 0;
}
