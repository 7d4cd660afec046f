#include "analysis/spanning_tree/message.h"

#include <algorithm>

namespace tapstat::analysis::spanning_tree {
namespace {

using decode::Bpdu;
using decode::BpduRole;
using decode::BpduType;

constexpr std::uint64_t kPriorityShift = 48;

// An MSTI's message has of the sender only the priority: the rest is that of its CIST bridge id and
// port id (802.1Q section 14.4.1).
[[nodiscard]] BridgeId bridge_of(const decode::MstiMessage& msti, BridgeId cist) {
  constexpr std::uint64_t kAddress = (std::uint64_t{1} << kPriorityShift) - 1;
  const std::uint64_t priority = msti.bridge_priority | msti.regional_root.system_id();
  return BridgeId{priority << kPriorityShift | (cist.value() & kAddress)};
}

[[nodiscard]] std::uint16_t port_of(const decode::MstiMessage& msti, std::uint16_t cist) {
  return static_cast<std::uint16_t>((msti.port_priority & 0xf0) << 8 | (cist & 0x0fff));
}

// Only designated ports send config BPDUs (802.1D-1998 section 8.6.1).
[[nodiscard]] BpduRole role_of(const Bpdu& bpdu) {
  return bpdu.type == BpduType::config ? BpduRole::designated : bpdu.flags.role();
}

[[nodiscard]] Message common_message(const Bpdu& bpdu, const Surroundings& around) {
  Message m;
  m.key = key_of(bpdu, around);
  m.vector = {.root = bpdu.root,
              .external_cost = bpdu.root_cost,
              .regional_root = bpdu.bridge,
              .internal_cost = bpdu.mst ? bpdu.mst->internal_cost : 0,
              .bridge = bpdu.sender(),
              .port = bpdu.port};
  // Its flags say nothing of states, whatever its version.
  m.version = bpdu.type == BpduType::config ? std::uint8_t{0} : bpdu.version;
  m.flags = bpdu.flags;
  m.role = role_of(bpdu);
  m.message_age = bpdu.message_age;
  m.timers = {bpdu.hello_time, bpdu.max_age, bpdu.forward_delay};
  if (bpdu.mst) {
    m.remaining_hops = bpdu.mst->remaining_hops;
    m.region = bpdu.mst->region;
  }
  return m;
}

[[nodiscard]] Message msti_message(const Message& common, const decode::MstBpdu& mst,
                                   const decode::MstiMessage& msti) {
  Message m = common;
  m.key = {InstanceKey::Kind::msti, msti.regional_root.system_id(), common.key.tunnel, mst.region};
  m.vector = {.root = msti.regional_root,
              .external_cost = 0,
              .regional_root = msti.regional_root,
              .internal_cost = msti.internal_cost,
              .bridge = bridge_of(msti, mst.bridge),
              .port = port_of(msti, common.vector.port)};
  m.flags = msti.flags;
  m.role = msti.flags.role();
  m.remaining_hops = msti.remaining_hops;
  return m;
}

}  // namespace

std::chrono::nanoseconds Message::lifetime() const {
  using std::chrono::nanoseconds;
  using std::chrono::seconds;
  const nanoseconds age = message_age, limit = timers.max_age;
  if (version == 0) return limit > age ? limit - age : nanoseconds{0};
  // Within a region hops count, at its boundary ages: who listens there is not known.
  const bool is_fresh = remaining_hops.value_or(0) > 1 || age + seconds{1} <= limit;
  return is_fresh ? 3 * std::max<nanoseconds>(timers.hello_time, seconds{1}) : nanoseconds{0};
}

InstanceKey key_of(const Bpdu& bpdu, const Surroundings& around) {
  const decode::VlanStack& vlans = around.vlans;
  const std::uint16_t tag = vlans.empty() ? std::uint16_t{0} : vlans[vlans.size() - 1];
  if (!bpdu.is_cisco) return {InstanceKey::Kind::common, tag, around.tunnel, {}};
  // A TCN has no TLV; untagged it is of the native VLAN, which is 1 unless set.
  const std::uint16_t vlan = bpdu.cisco_vlan.value_or(tag == 0 ? std::uint16_t{1} : tag);
  return {InstanceKey::Kind::cisco, vlan, around.tunnel, {}};
}

std::vector<Message> messages_of(const Bpdu& bpdu, const Surroundings& around) {
  std::vector<Message> messages{common_message(bpdu, around)};
  if (!bpdu.mst) return messages;
  for (const decode::MstiMessage& msti : bpdu.mst->instances) {
    messages.push_back(msti_message(messages.front(), *bpdu.mst, msti));
  }
  return messages;
}

}  // namespace tapstat::analysis::spanning_tree
