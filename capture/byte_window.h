// The unread part of a byte stream as one contiguous piece of memory: what the file readers parse.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>

#include "capture/byte_stream.h"

namespace tapstat::capture {

// Memory is one block, reused: a small one, which most streams never fill, then one of kBlock. That
// grows only when more than half of it is a single record of which the bytes have really arrived,
// so it stays below four times what the stream held (or at kBlock), whatever lengths the stream
// claims.
class ByteWindow {
 public:
  static constexpr std::size_t kFirstBlock = std::size_t{64} * 1024;
  static constexpr std::size_t kBlock = std::size_t{1024} * 1024;  // measured: byte_window.cc

  explicit ByteWindow(std::unique_ptr<ByteStream> stream);

  // Valid, and in its place, until fill() is called.
  [[nodiscard]] Bytes unread() const { return {buffer_.get() + begin_, end_ - begin_}; }
  void consume(std::size_t n) {
    begin_ += n;
    consumed_ += n;
  }
  // How many bytes were consumed: the stream's offset of unread().
  [[nodiscard]] std::uint64_t offset() const { return consumed_; }

  // Adds what the stream has to unread(); false at its end and after an error.
  [[nodiscard]] bool fill();
  // Fills until `n` bytes are unread; false when the stream ends before.
  [[nodiscard]] bool fill_to(std::size_t n);

  // Why the stream ended, where it was not its proper end.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  [[nodiscard]] std::optional<double> share_read() const { return stream_->share_read(); }
  [[nodiscard]] bool is_being_written() const { return stream_->is_being_written(); }

 private:
  // Page alignment of the block and of each read's target spares the kernel's copy its slow path.
  static constexpr std::size_t kAlignment = 4096;
  struct Free {
    void operator()(std::uint8_t* block) const {
      ::operator delete[](block, std::align_val_t{kAlignment});
    }
  };
  using Block = std::unique_ptr<std::uint8_t[], Free>;

  [[nodiscard]] static Block allocate(std::size_t size);
  void make_room();

  std::unique_ptr<ByteStream> stream_;
  std::size_t capacity_ = kFirstBlock;
  Block buffer_ = allocate(kFirstBlock);
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t consumed_ = 0;
  std::optional<Error> error_;
  bool at_end_ = false;
};

}  // namespace tapstat::capture
