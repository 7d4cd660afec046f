#include "capture/kept_frames.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

namespace tapstat::capture {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 20;
// As many frames as have no more than their headers.
constexpr std::size_t kChunkFrames = kChunkBytes / 64;

[[nodiscard]] std::shared_ptr<KeptFrames::Chunk> new_chunk() {
  auto chunk = std::make_shared<KeptFrames::Chunk>();
  chunk->frames.reserve(kChunkFrames);
  chunk->bytes = std::make_unique_for_overwrite<std::uint8_t[]>(kChunkBytes);
  return chunk;
}

[[nodiscard]] bool has_room(const KeptFrames::Chunk& chunk) {
  return chunk.frames.size() < kChunkFrames &&
         chunk.used + KeptFrames::kMostOfAFrame <= kChunkBytes;
}

}  // namespace

KeptFrames::KeptFrames(std::size_t most_bytes)
    : most_chunks_(
          std::max<std::size_t>(most_bytes / (kChunkBytes + kChunkFrames * sizeof(Frame)), 2)) {}

void KeptFrames::keep(std::span<const Frame> frames) {
  for (const Frame& frame : frames) {
    Chunk& chunk = filling();
    const std::uint32_t kept = std::min(frame.captured_len, kMostOfAFrame);
    std::uint8_t* const bytes = chunk.bytes.get() + chunk.used;
    std::memcpy(bytes, frame.data, kept);
    chunk.used += kept;
    Frame& copy = chunk.frames.emplace_back(frame);
    copy.data = bytes;
    copy.captured_len = kept;
  }
}

// The oldest is used again, unless somebody is still reading it.
KeptFrames::Chunk& KeptFrames::filling() {
  if (!chunks_.empty() && has_room(*chunks_.back())) return *chunks_.back();
  std::shared_ptr<Chunk> chunk;
  if (chunks_.size() >= most_chunks_) {
    chunk = std::move(chunks_.front());
    chunks_.pop_front();
  }
  if (chunk != nullptr && chunk.use_count() == 1) {
    // What its last reader read, it read before this.
    std::atomic_thread_fence(std::memory_order_acquire);
    chunk->frames.clear();
    chunk->used = 0;
  } else {
    chunk = new_chunk();
  }
  return *chunks_.emplace_back(std::move(chunk));
}

// What comes next is kept in a new one.
KeptFrames::Chunks KeptFrames::all() {
  Chunks all(chunks_.begin(), chunks_.end());
  if (!chunks_.empty() && chunks_.back()->used > 0) chunks_.push_back(new_chunk());
  while (chunks_.size() > most_chunks_) chunks_.pop_front();
  return all;
}

std::span<const Frame> KeptSource::next_batch() {
  while (next_ < chunks_.size() && chunks_[next_]->frames.empty()) ++next_;
  if (next_ == chunks_.size()) return {};
  return chunks_[next_++]->frames;
}

std::vector<const InputInfo*> KeptSource::inputs() const {
  std::vector<const InputInfo*> inputs;
  for (const InputInfo& input : inputs_) inputs.push_back(&input);
  return inputs;
}

std::optional<double> KeptSource::progress() const {
  if (chunks_.empty()) return 1;
  return static_cast<double>(next_) / static_cast<double>(chunks_.size());
}

}  // namespace tapstat::capture
