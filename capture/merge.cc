#include "capture/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace tapstat::capture {
namespace {

class MergeSource final : public Source {
 public:
  explicit MergeSource(std::vector<std::unique_ptr<Source>> sources);

  [[nodiscard]] std::span<const Frame> next_batch() override;
  [[nodiscard]] std::vector<const InputInfo*> inputs() const override;
  [[nodiscard]] std::optional<double> progress() const override;

 private:
  static constexpr std::size_t kBatch = 128;

  struct Part {
    std::unique_ptr<Source> source;
    std::uint16_t first_input;     // Frame::input of the source's first capture point
    std::span<const Frame> batch;  // what is not merged yet of the source's current batch
  };
  // A part by the time of its next frame; the heap's front is the one to take from.
  struct Head {
    Timestamp time;
    std::size_t part;
    // The order std::push_heap calls "less": what is to be taken later.
    friend bool operator<(const Head& a, const Head& b) {
      return a.time != b.time ? a.time > b.time : a.part > b.part;
    }
  };

  void refill(std::size_t part);

  std::vector<Part> parts_;
  std::vector<Head> heads_;
  std::vector<std::size_t> used_up_;  // parts whose next batch is not asked for yet
  std::vector<Frame> merged_;
  std::uint64_t number_ = 0;
};

MergeSource::MergeSource(std::vector<std::unique_ptr<Source>> sources) {
  merged_.reserve(kBatch);
  std::size_t input = 0;
  for (auto& source : sources) {
    const std::size_t inputs = source->inputs().size();
    used_up_.push_back(parts_.size());
    parts_.push_back({std::move(source), static_cast<std::uint16_t>(input), {}});
    input += inputs;
  }
}

void MergeSource::refill(std::size_t part) {
  Part& p = parts_[part];
  p.batch = p.source->next_batch();
  if (p.batch.empty()) return;  // it has ended, and takes no further part
  heads_.push_back({p.batch.front().time, part});
  std::push_heap(heads_.begin(), heads_.end());
}

std::span<const Frame> MergeSource::next_batch() {
  for (const std::size_t part : used_up_) refill(part);
  used_up_.clear();
  merged_.clear();
  // Asking a source for more would take away its frames that are merged already, so the batch ends
  // with the first of the sources' batches that does.
  while (!heads_.empty() && used_up_.empty() && merged_.size() < kBatch) {
    std::pop_heap(heads_.begin(), heads_.end());
    Head& head = heads_.back();
    Part& part = parts_[head.part];
    Frame& frame = merged_.emplace_back(part.batch.front());
    frame.number = ++number_;
    frame.input = static_cast<std::uint16_t>(frame.input + part.first_input);
    part.batch = part.batch.subspan(1);
    if (part.batch.empty()) {
      used_up_.push_back(head.part);
      heads_.pop_back();
    } else {
      head.time = part.batch.front().time;
      std::push_heap(heads_.begin(), heads_.end());
    }
  }
  return merged_;
}

std::vector<const InputInfo*> MergeSource::inputs() const {
  std::vector<const InputInfo*> all;
  for (const Part& part : parts_) {
    const auto some = part.source->inputs();
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

// The mean of the parts: how large they are is not known here.
std::optional<double> MergeSource::progress() const {
  double sum = 0;
  for (const Part& part : parts_) {
    const auto share = part.source->progress();
    if (!share) return std::nullopt;
    sum += *share;
  }
  return sum / static_cast<double>(parts_.size());
}

}  // namespace

Result<std::unique_ptr<Source>> merge(std::vector<std::unique_ptr<Source>> sources) {
  constexpr std::size_t kMaxInputs = 65536;
  assert(!sources.empty());
  if (sources.size() == 1) return std::move(sources.front());
  std::size_t inputs = 0;
  for (const auto& source : sources) inputs += source->inputs().size();
  if (inputs > kMaxInputs) {
    return tl::unexpected(Error{
        fmt::format("{} captures are more than the {} that can be merged", inputs, kMaxInputs)});
  }
  return std::make_unique<MergeSource>(std::move(sources));
}

}  // namespace tapstat::capture
