// The data of one direction as Zeek's reassembler has it: what was delivered, and where it gave up.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "analysis/pool.h"

namespace tapstat::analysis::zeek {

// Pieces beyond a hole, sorted, apart from each other. Where there is no room for one more, the
// farthest are forgotten and count as a gap in the end: a stream with that many holes at once has
// gaps anyway.
class Pieces {
 public:
  struct Piece {
    std::uint64_t first, end;
  };
  static constexpr std::size_t kMost = 64;

  void add(Piece piece);
  void drop_first();
  [[nodiscard]] const Piece& first() const { return pieces_[0]; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  void clear() { size_ = 0; }

 private:
  void insert_at(std::size_t at, Piece piece);

  std::array<Piece, kMost> pieces_;
  std::size_t size_ = 0;
};

// Numbers are relative: the SYN is 0, the first byte 1 (TCP_Reassembler.cc, Reassem.cc).
class Stream {
 public:
  struct Gap {
    std::uint64_t bytes = 0;
    std::uint32_t holes = 0;  // one after the other
  };

  // [first, first + length) was sent, of which everything below `acknowledged` is over and done.
  // `none_acknowledged`: of this direction nothing ever was.
  void add(std::uint64_t first, std::uint64_t length, std::uint64_t acknowledged,
           bool none_acknowledged, Pool<Pieces>& pool);

  // The receiver has everything below `number`. What of it was never seen is a gap.
  // `is_partial`: of a connection whose beginning was not seen.
  [[nodiscard]] Gap acknowledge(std::uint64_t number, bool is_partial, Pool<Pieces>& pool);

  [[nodiscard]] std::uint64_t delivered() const { return delivered_; }
  [[nodiscard]] bool has_given_up() const { return given_up_; }
  // Data that nobody acknowledged yet.
  [[nodiscard]] bool holds_data() const { return !given_up_ && top_ > trimmed_; }

  void give_back(Pool<Pieces>& pool);

 private:
  [[nodiscard]] Gap skip_to(std::uint64_t number, Pool<Pieces>& pool);
  void deliver_what_follows(Pool<Pieces>& pool);

  std::uint64_t delivered_ = 1;  // everything below was, or was given up
  std::uint64_t trimmed_ = 1;    // everything below was acknowledged
  std::uint64_t top_ = 0;        // the end of the farthest piece
  Pieces* beyond_ = nullptr;     // while there is a hole
  bool given_up_ = false;        // Zeek's skip_deliveries: too much data without an ACK
};

}  // namespace tapstat::analysis::zeek
