#include "tests/analysis/lvs/ipvs_director.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace tapstat::analysis::lvs::sim {

namespace {

constexpr int kMaglevSize = 4093;

int overhead(const Dest& d) { return (d.active << 8) + d.inactive; }

// HPREAMBLE, HSIPROUND and HPOSTAMBLE of lib/siphash.c for one u32, BITS_PER_LONG == 64.
std::uint32_t hsiphash(std::uint32_t first, std::uint64_t k) {
  std::uint64_t v[4] = {0x736f6d6570736575ULL, 0x646f72616e646f6dULL, 0x6c7967656e657261ULL,
                        0x7465646279746573ULL};
  for (auto& x : v) x ^= k;
  const auto rol = [](std::uint64_t x, int n) { return (x << n) | (x >> (64 - n)); };
  const auto sipround = [&] {
    v[0] += v[1], v[1] = rol(v[1], 13), v[1] ^= v[0], v[0] = rol(v[0], 32);
    v[2] += v[3], v[3] = rol(v[3], 16), v[3] ^= v[2];
    v[0] += v[3], v[3] = rol(v[3], 21), v[3] ^= v[0];
    v[2] += v[1], v[1] = rol(v[1], 17), v[1] ^= v[2], v[2] = rol(v[2], 32);
  };
  const std::uint64_t b = (4ULL << 56) | first;
  v[3] ^= b;
  sipround();
  v[0] ^= b;
  v[2] ^= 0xff;
  sipround(), sipround(), sipround();
  return static_cast<std::uint32_t>((v[0] ^ v[1]) ^ (v[2] ^ v[3]));
}

}  // namespace

Director::Director(std::string scheduler, std::vector<Dest> list, Flags flags)
    : scheduler_(std::move(scheduler)), list_(std::move(list)), flags_(flags) {
  last_ = list_.size();  // the list's head
  for (const Dest& d : list_) current_weight_ = std::max(current_weight_, d.weight);
  everybody_.resize(list_.size());
  std::iota(everybody_.begin(), everybody_.end(), std::size_t{0});
  if (scheduler_ == "mh") fill_maglev();
}

Director::Found Director::schedule(std::uint32_t client, std::uint16_t port) {
  if (scheduler_ == "rr") return rr();
  if (scheduler_ == "wrr") return wrr();
  if (scheduler_ == "lc") return lc();
  if (scheduler_ == "wlc") return wlc(everybody_);
  if (scheduler_ == "sed") return sed();
  if (scheduler_ == "nq") return nq();
  if (scheduler_ == "sh") return sh(client, port);
  if (scheduler_ == "mh") return mh(client, port);
  if (scheduler_ == "dh") return list_[0].weight > 0 ? Found(0) : std::nullopt;
  if (scheduler_ == "fo") return fo();
  if (scheduler_ == "ovf") return ovf();
  if (scheduler_ == "lblc") return lblc();
  return lblcr();
}

Director::Found Director::rr() {
  for (std::size_t tries = 0; tries <= list_.size(); ++tries) {
    last_ = last_ >= list_.size() ? 0 : (last_ + 1) % list_.size();
    if (list_[last_].weight > 0) return last_;
  }
  return std::nullopt;
}

Director::Found Director::wrr() {
  int divisor = 0;
  int largest = 0;
  for (const Dest& d : list_) {
    divisor = std::gcd(divisor, d.weight);
    largest = std::max(largest, d.weight);
  }
  if (largest == 0) return std::nullopt;
  const int first = largest - (divisor - 1);
  if (last_ >= list_.size() && current_weight_ > first) current_weight_ = first;
  std::size_t at = last_ >= list_.size() ? 0 : last_ + 1;
  while (true) {
    for (; at < list_.size(); ++at) {
      if (list_[at].weight >= current_weight_) return last_ = at;
    }
    at = 0;
    current_weight_ -= divisor;
    if (current_weight_ <= 0) current_weight_ = first;
  }
}

Director::Found Director::lc() {
  Found least;
  for (std::size_t i = 0; i < list_.size(); ++i) {
    if (list_[i].weight == 0) continue;
    if (!least || overhead(list_[i]) < overhead(list_[*least])) least = i;
  }
  return least;
}

Director::Found Director::wlc(const std::vector<std::size_t>& among) {
  Found least;
  for (const std::size_t i : among) {
    if (list_[i].weight == 0) continue;
    if (!least ||
        overhead(list_[*least]) * list_[i].weight > overhead(list_[i]) * list_[*least].weight) {
      least = i;
    }
  }
  return least;
}

Director::Found Director::sed() {
  Found least;
  for (std::size_t i = 0; i < list_.size(); ++i) {
    if (list_[i].weight == 0) continue;
    if (!least || (list_[*least].active + 1) * list_[i].weight >
                      (list_[i].active + 1) * list_[*least].weight) {
      least = i;
    }
  }
  return least;
}

Director::Found Director::nq() {
  for (std::size_t i = 0; i < list_.size(); ++i) {
    if (list_[i].weight > 0 && list_[i].active == 0) return i;
  }
  return sed();
}

Director::Found Director::sh(std::uint32_t client, std::uint16_t port) {
  const std::uint32_t hash = ((client + (flags_.port ? port : 0u)) * 0x61C88647u) >> (32 - 8);
  std::vector<std::size_t> buckets;
  for (std::size_t i = 0; buckets.size() < 256; i = (i + 1) % list_.size()) {
    for (int n = 0; n < std::max(list_[i].weight, 1) && buckets.size() < 256; ++n) {
      buckets.push_back(i);
    }
  }
  const std::size_t i = buckets[hash];
  return list_[i].weight > 0 ? Found(i) : std::nullopt;
}

void Director::fill_maglev() {
  maglev_.assign(kMaglevSize, -1);
  int divisor = 0;
  for (const Dest& d : list_) divisor = std::gcd(divisor, d.weight);
  std::vector<int> perm, skip;
  for (const Dest& d : list_) {
    perm.push_back(static_cast<int>(hsiphash(d.address + d.port, 2654435761UL) % kMaglevSize));
    skip.push_back(
        static_cast<int>(hsiphash(d.address + d.port, 2654446892UL) % (kMaglevSize - 1)) + 1);
  }
  int n = 0;
  while (n < kMaglevSize) {
    for (std::size_t i = 0; i < list_.size(); ++i) {
      for (int turn = 0; turn < list_[i].weight / divisor && n < kMaglevSize; ++turn, ++n) {
        while (maglev_[static_cast<std::size_t>(perm[i])] >= 0) {
          perm[i] = (perm[i] + skip[i]) % kMaglevSize;
        }
        maglev_[static_cast<std::size_t>(perm[i])] = static_cast<int>(i);
      }
    }
  }
}

Director::Found Director::mh(std::uint32_t client, std::uint16_t port) {
  const std::uint32_t key = client + (flags_.port ? port : 0u);
  return static_cast<std::size_t>(maglev_[hsiphash(key, 2654435761UL) % kMaglevSize]);
}

Director::Found Director::fo() {
  Found best;
  for (std::size_t i = 0; i < list_.size(); ++i) {
    if (list_[i].weight > (best ? list_[*best].weight : 0)) best = i;
  }
  return best;
}

Director::Found Director::ovf() {
  Found best;
  for (std::size_t i = 0; i < list_.size(); ++i) {
    const Dest& d = list_[i];
    if (d.weight == 0 || d.active > d.weight) continue;
    if (!best || d.weight > list_[*best].weight) best = i;
  }
  return best;
}

bool Director::overloaded(std::size_t i) const {
  if (list_[i].active <= list_[i].weight) return false;
  return std::any_of(list_.begin(), list_.end(),
                     [](const Dest& d) { return d.active * 2 < d.weight; });
}

Director::Found Director::lblc() {
  if (!address_set_.empty() && !overloaded(address_set_[0])) return address_set_[0];
  const Found found = wlc(everybody_);
  if (found) address_set_ = {*found};
  return found;
}

Director::Found Director::lblcr() {
  const Found cached = wlc(address_set_);
  if (cached && !overloaded(*cached)) return cached;
  const Found found = wlc(everybody_);
  if (found && std::find(address_set_.begin(), address_set_.end(), *found) == address_set_.end()) {
    address_set_.insert(address_set_.begin(), *found);
  }
  return found;
}

}  // namespace tapstat::analysis::lvs::sim
