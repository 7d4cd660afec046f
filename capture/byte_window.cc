#include "capture/byte_window.h"

#include <cstring>
#include <utility>

namespace tapstat::capture {

ByteWindow::ByteWindow(std::unique_ptr<ByteStream> stream, std::size_t block)
    : stream_(std::move(stream)), capacity_(block), buffer_(allocate(block)) {}

ByteWindow::Block ByteWindow::allocate(std::size_t size) {
  return Block(new (std::align_val_t{kAlignment}) std::uint8_t[size]);
}

// Moves the unread bytes so that they end at a page boundary near the block's start; into a larger
// block when they fill more than half of this one. Either way at least half a block becomes free,
// so that the moves cost less than the reads even when a pipe brings single bytes.
void ByteWindow::make_room() {
  const Bytes tail = unread();
  const std::size_t new_end = (tail.size() + kAlignment - 1) / kAlignment * kAlignment;
  const std::size_t new_begin = new_end - tail.size();
  if (new_end > capacity_ / 2) {
    Block larger = allocate(capacity_ * 2);
    std::memcpy(larger.get() + new_begin, tail.data(), tail.size());
    buffer_ = std::move(larger);
    capacity_ *= 2;
  } else if (!tail.empty()) {
    std::memmove(buffer_.get() + new_begin, tail.data(), tail.size());
  }
  begin_ = new_begin;
  end_ = new_end;
}

bool ByteWindow::fill() {
  if (at_end_) return false;
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ == capacity_) make_room();
  const auto got = stream_->read({buffer_.get() + end_, capacity_ - end_});
  if (!got) error_ = got.error();
  at_end_ = !got || *got == 0;
  if (!at_end_) end_ += *got;
  return !at_end_;
}

bool ByteWindow::fill_to(std::size_t n) {
  while (end_ - begin_ < n) {
    if (!fill()) return false;
  }
  return true;
}

}  // namespace tapstat::capture
