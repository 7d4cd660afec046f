#include "tests/analysis/tcp/recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "capture/open_file.h"
#include "decode/decoder.h"

namespace tapstat::test {
namespace {

class RecordingSource final : public capture::Source {
 public:
  explicit RecordingSource(Recording recording) : recording_(std::move(recording)) {
    for (const Recorded& r : recording_) {
      frames_.push_back({.time = r.time,
                         .data = r.bytes.data(),
                         .number = frames_.size() + 1,
                         .captured_len = static_cast<std::uint32_t>(r.bytes.size()),
                         .wire_len = r.wire_len,
                         .link = r.link});
    }
  }

  [[nodiscard]] std::span<const capture::Frame> next_batch() override {
    return std::exchange(done_, true) ? std::span<const capture::Frame>{} : frames_;
  }
  [[nodiscard]] std::vector<const capture::InputInfo*> inputs() const override { return {&info_}; }

 private:
  Recording recording_;
  std::vector<capture::Frame> frames_;
  capture::InputInfo info_;
  bool done_ = false;
};

[[nodiscard]] capture::Frame frame_of(const Recorded& r) {
  return {.time = r.time,
          .data = r.bytes.data(),
          .number = 1,
          .captured_len = static_cast<std::uint32_t>(r.bytes.size()),
          .wire_len = r.wire_len,
          .link = r.link};
}

}  // namespace

Recording read_sample(const std::string& name) {
  const std::string path = TAPSTAT_SAMPLES "/" + name + ".pcap";
  const auto source = capture::open_file(path);
  if (!source) throw std::runtime_error(source.error().message);
  Recording all;
  for (auto batch = (*source)->next_batch(); !batch.empty(); batch = (*source)->next_batch()) {
    for (const capture::Frame& f : batch) {
      all.push_back({.time = f.time,
                     .bytes = {f.data, f.data + f.captured_len},
                     .wire_len = f.wire_len,
                     .link = f.link});
    }
  }
  return all;
}

std::vector<Exchange> exchanges_of(const Recording& all) {
  std::vector<Exchange> exchanges;
  for (const Recorded& r : all) {
    const capture::Frame frame = frame_of(r);
    decode::Segment segment;
    if (!decode::decode_tcp(frame, segment)) continue;
    const analysis::FlowKey key = analysis::key_of(segment).key;
    auto found = std::find_if(exchanges.begin(), exchanges.end(),
                              [&](const Exchange& e) { return e.key == key; });
    if (found == exchanges.end()) found = exchanges.insert(found, {key, {}});
    found->frames.push_back(r);
  }
  return exchanges;
}

std::unique_ptr<capture::Source> source_of(Recording recording) {
  return std::make_unique<RecordingSource>(std::move(recording));
}

std::unique_ptr<analysis::Engine> read_through(capture::Source& source) {
  auto engine = std::make_unique<analysis::Engine>(1, analysis::tcp::Settings{.journal = true});
  for (auto batch = source.next_batch(); !batch.empty(); batch = source.next_batch()) {
    engine->take(batch);
  }
  engine->finish();
  return engine;
}

std::string steps_of(const analysis::Engine& engine, std::uint32_t connection) {
  const auto tables = engine.model().tcp;
  const capture::Timestamp first = tables.connections()[connection].first();
  std::string text;
  for (int end = 0; end < 2; ++end) {
    for (const analysis::tcp::Step& s : tables.journal().steps(connection, end)) {
      text += fmt::format("end {} at {:.6f} s: {} > {}{}, {}, frame {}\n", end,
                          std::chrono::duration<double>(s.time - first).count(), name(s.from),
                          name(s.to), s.sure ? "" : "?", name(s.cause), s.frame);
    }
  }
  return text;
}

}  // namespace tapstat::test
