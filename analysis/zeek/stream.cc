#include "analysis/zeek/stream.h"

#include <algorithm>

namespace tapstat::analysis::zeek {
namespace {

// init-bare.zeek: tcp_max_initial_window and tcp_max_above_hole_without_any_acks,
// tcp_excessive_data_without_further_acks.
constexpr std::uint64_t kMostWithoutAcks = 16384;
constexpr std::uint64_t kMostWithoutFurtherAcks = 10u << 20;

}  // namespace

void Pieces::add(Piece piece) {
  std::size_t i = 0;
  while (i < size_ && pieces_[i].end < piece.first) ++i;
  if (i == size_ || piece.end < pieces_[i].first) return insert_at(i, piece);
  Piece& grown = pieces_[i];
  grown.first = std::min(grown.first, piece.first);
  grown.end = std::max(grown.end, piece.end);
  std::size_t next = i + 1;
  for (; next < size_ && pieces_[next].first <= grown.end; ++next) {
    grown.end = std::max(grown.end, pieces_[next].end);
  }
  std::move(pieces_.begin() + static_cast<std::ptrdiff_t>(next),
            pieces_.begin() + static_cast<std::ptrdiff_t>(size_),
            pieces_.begin() + static_cast<std::ptrdiff_t>(i + 1));
  size_ -= next - (i + 1);
}

void Pieces::insert_at(std::size_t at, Piece piece) {
  if (at == kMost) return;
  if (size_ == kMost) --size_;
  for (std::size_t i = size_; i > at; --i) pieces_[i] = pieces_[i - 1];
  pieces_[at] = piece;
  ++size_;
}

void Pieces::drop_first() {
  --size_;
  for (std::size_t i = 0; i < size_; ++i) pieces_[i] = pieces_[i + 1];
}

void Stream::add(std::uint64_t first, std::uint64_t length, std::uint64_t acknowledged,
                 bool none_acknowledged, Pool<Pieces>& pool) {
  const std::uint64_t end = first + length;
  if (given_up_ || end < first || (first < acknowledged && end <= acknowledged)) return;
  first = std::max({first, acknowledged, trimmed_});
  if (first >= end) return;
  top_ = std::max(top_, end);
  if (first <= delivered_) {
    delivered_ = std::max(delivered_, end);
    deliver_what_follows(pool);
    if (none_acknowledged && top_ > kMostWithoutAcks) trimmed_ = delivered_;
  } else {
    if (beyond_ == nullptr) beyond_ = pool.take();
    beyond_->add({first, end});
  }
  const std::uint64_t undelivered = top_ > delivered_ ? top_ - delivered_ : 0;
  if ((none_acknowledged && undelivered > kMostWithoutAcks) ||
      top_ - std::min(top_, trimmed_) > kMostWithoutFurtherAcks) {
    given_up_ = true;
    give_back(pool);
  }
}

Stream::Gap Stream::acknowledge(std::uint64_t number, bool is_partial, Pool<Pieces>& pool) {
  Gap gap;
  if (number <= trimmed_) return gap;
  // Undelivered() says why: the first ACK of such a connection, or its answer to a keep-alive.
  const bool is_no_gap = number <= 2 && is_partial;
  if (number > delivered_ && !is_no_gap) gap = skip_to(number, pool);
  deliver_what_follows(pool);
  trimmed_ = number;
  return gap;
}

Stream::Gap Stream::skip_to(std::uint64_t number, Pool<Pieces>& pool) {
  Gap gap;
  if (!given_up_) {
    while (beyond_ != nullptr && beyond_->first().first < number) {
      gap.bytes += beyond_->first().first - delivered_;
      ++gap.holes;
      delivered_ = beyond_->first().first;
      deliver_what_follows(pool);
    }
    if (number > delivered_) {
      gap.bytes += number - delivered_;
      ++gap.holes;
    }
  }
  delivered_ = std::max(delivered_, number);
  return gap;
}

void Stream::deliver_what_follows(Pool<Pieces>& pool) {
  while (beyond_ != nullptr && beyond_->first().first <= delivered_) {
    delivered_ = std::max(delivered_, beyond_->first().end);
    beyond_->drop_first();
    if (beyond_->empty()) give_back(pool);
  }
}

void Stream::give_back(Pool<Pieces>& pool) {
  if (beyond_ != nullptr) pool.give_back(beyond_);
  beyond_ = nullptr;
}

}  // namespace tapstat::analysis::zeek
