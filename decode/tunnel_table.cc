#include "decode/tunnel_table.h"

#include <array>
#include <utility>

namespace tapstat::decode {
namespace {

constexpr std::size_t kFirstSlots = 64;

// Multilinear, and mixed at the end: the products do not wait for one another. Keys come from the
// capture, so a sender may choose collisions; the table is bounded, which bounds what that costs.
[[nodiscard]] std::uint32_t hash_of(TunnelId outer, const TunnelKey& inner) {
  const std::uint64_t what = std::uint64_t{inner.id} << 8 | static_cast<std::uint64_t>(inner.kind);
  std::uint64_t hash = inner.src.high * 0x9e3779b97f4a7c15u + inner.src.low * 0xbf58476d1ce4e5b9u +
                       inner.dst.high * 0x94d049bb133111ebu + inner.dst.low * 0xff51afd7ed558ccdu +
                       what * 0xc4ceb9fe1a85ec53u + outer * 0xc6a4a7935bd1e995u;
  hash = (hash ^ hash >> 32) * 0xd6e8feb86659fd93u;
  return static_cast<std::uint32_t>(hash >> 32);
}

[[nodiscard]] std::array<std::uint8_t, 16> bytes_of(const TunnelAddress& address) {
  std::array<std::uint8_t, 16> out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::uint64_t half = i < 8 ? address.high : address.low;
    out[i] = static_cast<std::uint8_t>(half >> (56 - 8 * (i % 8)));
  }
  return out;
}

[[nodiscard]] TunnelHop hop_of(const TunnelKey& key) {
  return {.kind = key.kind,
          .outer_src = bytes_of(key.src),
          .outer_dst = bytes_of(key.dst),
          .has_id = key.has_id,
          .id = key.id};
}

}  // namespace

TunnelTable::TunnelTable() : hops_(1), links_(1), slots_(kFirstSlots) {}

TunnelId TunnelTable::intern(std::span<const TunnelKey> tunnels) {
  TunnelId id = 0;
  for (const TunnelKey& tunnel : tunnels) {
    id = intern(id, tunnel);
    if (id == kMaxTunnelIds) break;  // shared by all that came too late
  }
  return id;
}

TunnelId TunnelTable::intern(TunnelId outer, const TunnelKey& inner) {
  TunnelId& recent = recent_[(inner.src.low ^ inner.id) % recent_.size()];
  if (recent != 0 && is(recent, outer, inner)) return recent;
  return recent = find_or_add(outer, inner);
}

TunnelId TunnelTable::find_or_add(TunnelId outer, const TunnelKey& inner) {
  const std::uint32_t hash = hash_of(outer, inner);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = hash & mask; slots_[i].id != 0; i = (i + 1) & mask) {
    if (slots_[i].hash == hash && is(slots_[i].id, outer, inner)) return slots_[i].id;
  }
  return add(outer, inner, hash);
}

TunnelId TunnelTable::add(TunnelId outer, const TunnelKey& inner, std::uint32_t hash) {
  if (hops_.size() >= kMaxTunnelIds) {
    if (hops_.size() == kMaxTunnelIds) hops_.push_back({TunnelHop{}});
    return kMaxTunnelIds;
  }
  const auto id = static_cast<TunnelId>(hops_.size());
  std::vector<TunnelHop> list = hops_[outer];
  list.push_back(hop_of(inner));
  hops_.push_back(std::move(list));
  links_.push_back({.inner = inner, .outer = outer});
  if (links_.size() > slots_.size() / 2) grow();
  place({.hash = hash, .id = id});
  return id;
}

void TunnelTable::place(Slot slot) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = slot.hash & mask;
  while (slots_[i].id != 0) i = (i + 1) & mask;
  slots_[i] = slot;
}

void TunnelTable::grow() {
  const auto before = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
  for (const Slot& slot : before) {
    if (slot.id != 0) place(slot);
  }
}

const std::vector<TunnelHop>& TunnelTable::hops(TunnelId id) const {
  return hops_[id < hops_.size() ? id : 0];
}

}  // namespace tapstat::decode
