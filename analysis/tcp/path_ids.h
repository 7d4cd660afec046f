// Small numbers for the paths that segments take, so that comparing two paths is one instruction.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "analysis/flow_index.h"
#include "analysis/flow_key.h"
#include "decode/segment.h"

namespace tapstat::analysis::tcp {

class PathIds {
 public:
  static constexpr std::uint16_t kUnseen = 0;     // of nobody
  static constexpr std::uint16_t kMany = 0xffff;  // of all paths past the 65,533rd
  static constexpr std::uint16_t kPlain = 1;      // no VLAN, no tunnel

  struct Path {
    decode::VlanStack vlans;
    decode::TunnelId tunnel = 0;
  };

  // `secret` keys the hash; numbers do not depend on it.
  explicit PathIds(std::uint64_t secret) : hash_(secret) { paths_.reserve(kMost); }

  [[nodiscard]] std::uint16_t of(decode::VlanStack vlans, decode::TunnelId tunnel) {
    if (vlans.empty() && tunnel == 0) return kPlain;
    std::uint16_t& recent = recent_[(vlans.packed() ^ tunnel) % recent_.size()];
    const Path path = (*this)[recent];
    if (path.vlans == vlans && path.tunnel == tunnel) return recent;
    const std::uint16_t found = find(vlans, tunnel);
    if (found != kMany) recent = found;
    return found;
  }

  // The path of a number that of() gave, but for kMany. Others may ask while a thread has of() find
  // new ones: what is there does not move.
  [[nodiscard]] Path operator[](std::uint16_t id) const {
    return id < kFirst ? Path{} : paths_[id - kFirst];
  }

 private:
  static constexpr std::uint16_t kFirst = kPlain + 1;
  static constexpr std::size_t kMost = kMany - kFirst;

  [[nodiscard]] std::uint16_t find(decode::VlanStack vlans, decode::TunnelId tunnel);

  KeyedHash hash_;
  FlowIndex index_;
  std::vector<Path> paths_;
  // Found lately: tunnels are numbered from 1 on, so that a few hundred keep out of each other's
  // way.
  std::array<std::uint16_t, 512> recent_{};
};

}  // namespace tapstat::analysis::tcp
