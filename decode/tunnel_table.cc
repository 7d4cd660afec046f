#include "decode/tunnel_table.h"

#include <array>
#include <utility>

namespace tapstat::decode {
namespace {

constexpr std::size_t kFirstSlots = 64;

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

TunnelTable::TunnelTable(std::uint64_t secret)
    : hash_(secret), hops_(1), links_(1), slots_(kFirstSlots) {}

std::uint32_t TunnelTable::hash_of(TunnelId outer, const TunnelKey& inner) const {
  const std::uint64_t what = std::uint64_t{inner.id} << 8 | static_cast<std::uint64_t>(inner.kind);
  return hash_.of({inner.src.high, inner.src.low, inner.dst.high, inner.dst.low, what, outer});
}

TunnelId TunnelTable::intern(std::span<const TunnelKey> tunnels) {
  TunnelId id = 0;
  for (const TunnelKey& tunnel : tunnels) {
    id = intern(id, tunnel);
    if (id == kMaxTunnelIds) break;  // shared by all that came too late
  }
  return id;
}

TunnelId TunnelTable::intern(TunnelId outer, const TunnelKey& inner) {
  TunnelId& recent = recent_[recent_place(inner)];
  if (recent != 0 && is(recent, outer, inner)) return recent;
  return recent = find_or_add(outer, inner);
}

// Quick, and not keyed: tunnels that share a place only take turns there. By the golden ratio
// (Knuth, TAOCP volume 3, section 6.4).
std::size_t TunnelTable::recent_place(const TunnelKey& inner) {
  constexpr std::uint64_t kGoldenRatio = 0x9e3779b97f4a7c15;
  const std::uint64_t ends = inner.src.low << 32 ^ inner.dst.low;
  return static_cast<std::size_t>((ends ^ inner.id) * kGoldenRatio >> (64 - kRecentBits));
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
