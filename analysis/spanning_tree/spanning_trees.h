// The spanning trees that the BPDUs of all capture points tell of.
#pragma once

#include <cstdint>
#include <map>

#include "analysis/spanning_tree/instance.h"
#include "analysis/spanning_tree/trouble.h"
#include "capture/frame.h"
#include "decode/packet.h"

namespace tapstat::analysis::spanning_tree {

class SpanningTrees {
 public:
  // In the order they were captured. What is no BPDU is passed over; a damaged one is counted.
  void see(const capture::Frame& frame, const decode::Packet& packet);

  // By key: the common tree first.
  [[nodiscard]] const std::map<InstanceKey, Instance>& instances() const { return instances_; }
  [[nodiscard]] const TroubleWatch& watch() const { return watch_; }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

 private:
  static constexpr std::size_t kMostInstances = 8192;  // two for each VLAN
  // Of all of them: bridges, ports and segments; changes that are remembered.
  static constexpr std::uint32_t kMostParts = 200'000;
  static constexpr std::size_t kMostMemories = 200'000;

  template <typename Give>
  void feed(Instance& instance, Give&& give);
  [[nodiscard]] Instance* instance_of(const InstanceKey& key);

  std::map<InstanceKey, Instance> instances_;
  TroubleWatch watch_;
  std::uint64_t refused_ = 0;   // damaged BPDUs
  std::uint64_t left_out_ = 0;  // messages of instances past kMostInstances
  std::uint32_t parts_ = 0;
  std::size_t memories_ = 0;
};

}  // namespace tapstat::analysis::spanning_tree
