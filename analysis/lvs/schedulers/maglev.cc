#include "analysis/lvs/schedulers/maglev.h"

#include <bit>
#include <cstring>

namespace tapstat::analysis::lvs {

namespace {

// generate_hash_secret(): each is both halves of its key.
constexpr std::uint64_t kOffsetKey = 2654435761u;
constexpr std::uint64_t kSkipKey = 2654446892u;

// hsiphash_1u32() of linux/siphash.c, which on 64-bit machines is SipHash-1-3 cut to 32 bits.
class SipHash13 {
 public:
  explicit SipHash13(std::uint64_t key)
      : v0_(0x736f6d6570736575u ^ key),
        v1_(0x646f72616e646f6du ^ key),
        v2_(0x6c7967656e657261u ^ key),
        v3_(0x7465646279746573u ^ key) {}

  std::uint32_t operator()(std::uint32_t word) {
    const std::uint64_t last = std::uint64_t{sizeof word} << 56 | word;
    v3_ ^= last;
    round();
    v0_ ^= last;
    v2_ ^= 0xff;
    for (int i = 0; i < 3; ++i) round();
    return static_cast<std::uint32_t>(v0_ ^ v1_ ^ v2_ ^ v3_);
  }

 private:
  void round() {
    v0_ += v1_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v3_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ += v3_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ += v1_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v2_ = std::rotl(v2_, 32);
  }
  std::uint64_t v0_, v1_, v2_, v3_;
};

// ip_vs_mh_dest_setup: where a destination asks for cells.
struct Preference {
  std::size_t next;
  std::size_t skip;
  std::uint32_t turns;
};

}  // namespace

std::uint32_t folded(const IpAddress& address) {
  const auto bytes = address.bytes();
  std::uint32_t words[4];
  std::memcpy(words, bytes.data(), sizeof words);
  if (address.is_v4()) return __builtin_bswap32(words[3]);
  return __builtin_bswap32(words[0] ^ words[1] ^ words[2] ^ words[3]);
}

std::size_t maglev_cell(std::uint32_t key) { return SipHash13(kOffsetKey)(key) % kMaglevTable; }

// ip_vs_mh_permutate() and ip_vs_mh_populate(). Weights below 64 are not shifted.
MaglevTable::MaglevTable(std::span<const ServerAddress> servers, const Weights& weights,
                         const ListOrder& order)
    : cells_(kMaglevTable) {
  const Weights turns = reduced(weights);
  std::vector<Preference> preferences;
  for (const std::uint8_t s : order) {
    const std::uint32_t key = folded(servers[s].address) + servers[s].port;
    preferences.push_back({.next = maglev_cell(key),
                           .skip = SipHash13(kSkipKey)(key) % (kMaglevTable - 1) + 1,
                           .turns = turns[s]});
  }
  std::vector<bool> taken(kMaglevTable);
  std::size_t filled = 0;
  while (true) {
    for (std::size_t i = 0; i < order.size(); ++i) {
      Preference& p = preferences[i];
      for (std::uint32_t turn = 0; turn < p.turns; ++turn) {
        while (taken[p.next]) p.next = (p.next + p.skip) % kMaglevTable;
        taken[p.next] = true;
        cells_[p.next] = order[i];
        if (++filled == kMaglevTable) return;
      }
    }
  }
}

}  // namespace tapstat::analysis::lvs
