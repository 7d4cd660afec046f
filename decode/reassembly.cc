#include "decode/reassembly.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <utility>

namespace tapstat::decode {
namespace {

constexpr std::uint32_t kMaxDatagram = 65535;

bool is_impossible(const Fragment& fragment) {
  const std::size_t end = fragment.offset + fragment.bytes.size();
  return fragment.bytes.empty() || end > kMaxDatagram ||
         (fragment.more && fragment.bytes.size() % 8 != 0);
}

// Damaged captures hold any times, so the difference is taken without sign.
bool is_older(Timestamp started, Timestamp now, std::chrono::nanoseconds age) {
  const auto ticks = [](Timestamp t) {
    return static_cast<std::uint64_t>(t.time_since_epoch().count());
  };
  return now > started && ticks(now) - ticks(started) > static_cast<std::uint64_t>(age.count());
}

}  // namespace

std::size_t Reassembler::KeyHash::operator()(const FragmentKey& key) const {
  std::array<std::uint64_t, 4> addresses{};
  std::memcpy(addresses.data(), key.addresses.data(), sizeof addresses);
  std::uint64_t hash = 0;
  for (const std::uint64_t word : addresses) hash = words.add(hash, word);
  hash = words.add(hash, key.vlans.packed());
  hash = words.add(hash, std::uint64_t{key.tunnel} << 32 | key.id);
  return words.add(hash, std::uint64_t{key.input} << 8 | key.protocol);
}

tl::expected<Datagram, Reassembler::Verdict> Reassembler::add(const FragmentKey& key,
                                                              const Fragment& fragment) {
  give_up_aged(fragment.time);
  if (is_impossible(fragment)) return tl::unexpected(Verdict::impossible);
  const auto datagram = find_or_start(key, fragment.time);
  if (const auto verdict = refusal(*datagram, fragment)) {
    if (*verdict == Verdict::overlap) take_out(datagram);
    return tl::unexpected(*verdict);
  }
  store(*datagram, fragment);
  // Pieces do not overlap, so as many bytes as the datagram has are all of them.
  if (datagram->size && datagram->bytes.size() == *datagram->size) return complete(datagram);
  give_up_over_bounds();
  return tl::unexpected(Verdict::waiting);
}

std::optional<Reassembler::Verdict> Reassembler::refusal(const Waiting& datagram,
                                                         const Fragment& fragment) {
  const auto end = fragment.offset + static_cast<std::uint32_t>(fragment.bytes.size());
  const auto after = std::upper_bound(
      datagram.pieces.begin(), datagram.pieces.end(), fragment.offset,
      [](std::uint32_t offset, const Piece& piece) { return offset < piece.offset; });
  if (after != datagram.pieces.begin()) {
    const Piece& before = *std::prev(after);
    if (before.end >= end) return Verdict::duplicate;
    if (before.end > fragment.offset) return Verdict::overlap;
  }
  if (after != datagram.pieces.end() && after->offset < end) return Verdict::overlap;
  // Two last fragments that disagree, or bytes behind the last one.
  const bool last_again = !fragment.more && datagram.size && *datagram.size != end;
  const bool behind_end = datagram.size && end > *datagram.size;
  const bool before_known =
      !fragment.more && !datagram.pieces.empty() && datagram.pieces.back().end > end;
  if (last_again || behind_end || before_known) return Verdict::overlap;
  return std::nullopt;
}

Reassembler::Queue::iterator Reassembler::find_or_start(const FragmentKey& key, Timestamp now) {
  const auto known = by_key_.find(key);
  if (known != by_key_.end()) return known->second;
  const auto started = waiting_.insert(
      waiting_.end(),
      Waiting{.key = key, .started = now, .bytes = {}, .pieces = {}, .size = {}, .next_header = 0});
  by_key_.emplace(key, started);
  return started;
}

void Reassembler::store(Waiting& datagram, const Fragment& fragment) {
  const Piece piece{.offset = fragment.offset,
                    .end = fragment.offset + static_cast<std::uint32_t>(fragment.bytes.size()),
                    .at = static_cast<std::uint32_t>(datagram.bytes.size())};
  datagram.bytes.insert(datagram.bytes.end(), fragment.bytes.begin(), fragment.bytes.end());
  bytes_ += fragment.bytes.size();
  const auto by_offset = [](const Piece& a, const Piece& b) { return a.offset < b.offset; };
  datagram.pieces.insert(
      std::upper_bound(datagram.pieces.begin(), datagram.pieces.end(), piece, by_offset), piece);
  if (!fragment.more) datagram.size = piece.end;
  if (fragment.offset == 0) datagram.next_header = fragment.next_header;
}

Datagram Reassembler::complete(Queue::iterator datagram) {
  Waiting whole = take_out(datagram);
  bool in_order = true;
  for (const Piece& piece : whole.pieces) in_order = in_order && piece.at == piece.offset;
  if (in_order) {
    completed_.push_back(std::move(whole.bytes));
  } else {
    std::vector<std::uint8_t>& sorted = completed_.emplace_back();
    sorted.reserve(whole.bytes.size());
    for (const Piece& piece : whole.pieces) {
      const auto from = whole.bytes.begin() + static_cast<std::ptrdiff_t>(piece.at);
      sorted.insert(sorted.end(), from,
                    from + static_cast<std::ptrdiff_t>(piece.end - piece.offset));
    }
  }
  return {.payload = completed_.back(), .next_header = whole.next_header};
}

Reassembler::Waiting Reassembler::take_out(Queue::iterator datagram) {
  bytes_ -= datagram->bytes.size();
  by_key_.erase(datagram->key);
  Waiting out = std::move(*datagram);
  waiting_.erase(datagram);
  return out;
}

void Reassembler::give_up_aged(Timestamp now) {
  while (!waiting_.empty() && is_older(waiting_.front().started, now, limits_.age)) {
    take_out(waiting_.begin());
  }
}

void Reassembler::give_up_over_bounds() {
  while (waiting_.size() > limits_.datagrams || bytes_ > limits_.bytes) take_out(waiting_.begin());
}

}  // namespace tapstat::decode
