// A capture file through everything: reader, decoders, trackers, journal and every form of every
// view.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "analysis/engine.h"
#include "analysis/tcp/event_log.h"
#include "analysis/tcp/segment_log.h"
#include "capture/open_file.h"
#include "report/report.h"

namespace {

namespace analysis = tapstat::analysis;
namespace capture = tapstat::capture;
namespace report = tapstat::report;
using analysis::tcp::Step;

class Discard final : public report::Output {
 public:
  void write(std::string_view /*text*/) override {}
};

void read(capture::Source& source, analysis::Engine& engine) {
  for (auto frames = source.next_batch(); !frames.empty(); frames = source.next_batch()) {
    engine.take(frames);
  }
  engine.finish();
}

// What the journal promises: of each end, each step goes on in time and from where the last one
// led.
void check(const std::vector<Step>& steps) {
  for (std::size_t i = 1; i < steps.size(); ++i) {
    if (steps[i].time < steps[i - 1].time || steps[i].from != steps[i - 1].to) std::abort();
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
  if (ours.size() != others.size()) std::abort();
  for (std::uint32_t id = 0; id < ours.size(); ++id) {
    for (int end = 0; end < 2; ++end) {
      if (ours[id].end(end).state() != others[id].end(end).state()) std::abort();
      if (ours[id].traffic(end).packets != others[id].traffic(end).packets) std::abort();
    }
  }
}

void print(const report::Report& what, report::View view) {
  Discard out;
  for (const auto format : {report::Format::text, report::Format::json, report::Format::zeek}) {
    if (report::has_form(view, format)) report::print(what, view, format, out);
  }
}

// Everything that only some views ask for, with checksums looked at or not.
void print_beside(const std::uint8_t* data, std::size_t size,
                  tapstat::decode::Checksums checksums) {
  auto source = capture::open_memory({data, size}, "fuzz");
  analysis::Engine engine(
      1, {},
      {.flows = true, .conns = true, .tcp_sessions = true, .bpdus = true, .checksums = checksums});
  read(**source, engine);
  const analysis::Model model = engine.model();
  for (const analysis::tcp::Connection& c : model.tcp.connections()) {
    if (model.tcp.session(c) == nullptr) std::abort();
  }
  const report::Report all{
      .model = model, .inputs = (*source)->inputs(), .zone = report::Zone::utc};
  print(all, report::View::tcp);
  print(all, report::View::flows);
  print(all, report::View::bpdus);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Once as the tables ask, by the shorter ways too, and once as a ladder does.
  auto source = capture::open_memory({data, size}, "fuzz");
  if (!source) return 0;
  analysis::Engine engine(1);
  read(**source, engine);
  const analysis::Model model = engine.model();
  print({.model = model, .inputs = (*source)->inputs(), .zone = report::Zone::utc},
        report::View::report);

  auto again = capture::open_memory({data, size}, "fuzz");
  analysis::tcp::SegmentLog log{analysis::tcp::ConnectionChoice{}};
  analysis::tcp::EventLog events;
  analysis::Engine dating(1, {.journal = true, .analysis = true, .log = &log, .events = &events},
                          {.packets = true, .neighbors = true});
  read(**again, dating);
  const analysis::Model dated = dating.model();
  check(dated);
  check_same(model, dated);
  const report::Report with_log{.model = dated,
                                .inputs = (*again)->inputs(),
                                .zone = report::Zone::utc,
                                .log = &log,
                                .events = &events};
  print(with_log, report::View::transitions);
  print(with_log, report::View::tcp);
  print(with_log, report::View::events);
  print(with_log, report::View::findings);
  print(with_log, report::View::arp);
  if (log.connection()) print(with_log, report::View::ladder);

  print_beside(data, size, tapstat::decode::Checksums::ignored);
  print_beside(data, size, tapstat::decode::Checksums::verified);
  return 0;
}
