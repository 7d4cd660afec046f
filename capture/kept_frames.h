// The last frames of a live capture, so that they can be read again while it goes on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "capture/frame.h"
#include "capture/source.h"

namespace tapstat::capture {

class KeptFrames {
 public:
  // Frames in the order they came, and their bytes. Once it is not the last any more, it is never
  // changed.
  struct Chunk {
    std::vector<Frame> frames;
    std::unique_ptr<std::uint8_t[]> bytes;
    std::size_t used = 0;
  };
  using Chunks = std::vector<std::shared_ptr<const Chunk>>;

  // Of a frame so many bytes are kept, as if the snap length were that: headers, and what is known
  // by its content.
  static constexpr std::uint32_t kMostOfAFrame = 256;

  // Takes about that many bytes at most, allocated as they are needed.
  explicit KeptFrames(std::size_t most_bytes);

  // The oldest make room, a chunk at a time. Allocates nothing once all there is has been used.
  void keep(std::span<const Frame> frames);
  // Those that are kept now. They stay as they are for whoever holds them.
  [[nodiscard]] Chunks all();

 private:
  [[nodiscard]] Chunk& filling();

  std::size_t most_chunks_;
  std::deque<std::shared_ptr<Chunk>> chunks_;  // the last is being filled
};

// Hands them out again, as an input each that had these properties when they were kept.
class KeptSource final : public Source {
 public:
  KeptSource(KeptFrames::Chunks chunks, std::vector<InputInfo> inputs)
      : chunks_(std::move(chunks)), inputs_(std::move(inputs)) {}

  [[nodiscard]] std::span<const Frame> next_batch() override;
  [[nodiscard]] std::vector<const InputInfo*> inputs() const override;
  [[nodiscard]] std::optional<double> progress() const override;

 private:
  KeptFrames::Chunks chunks_;
  std::vector<InputInfo> inputs_;
  std::size_t next_ = 0;
};

}  // namespace tapstat::capture
