#include "analysis/spanning_tree/spanning_trees.h"

#include "decode/outer_header.h"

namespace tapstat::analysis::spanning_tree {
namespace {

// The address of the port that sent it; zeros where the link's header has none.
[[nodiscard]] decode::MacAddress source_of(const capture::Frame& frame,
                                           const decode::Packet& packet) {
  if (packet.macs != nullptr) return decode::mac_from_wire(packet.macs + 6);
  const auto header = decode::outer_header(frame);
  return header ? header->source : decode::MacAddress{};
}

}  // namespace

void SpanningTrees::see(const capture::Frame& frame, const decode::Packet& packet) {
  if (packet.content != decode::Content::bpdu) return;
  const auto bpdu = decode::parse_bpdu(packet);
  if (!bpdu) {
    ++refused_;
    return;
  }
  const Heard when{frame.time, frame.number};
  const CapturePoint point{frame.input, frame.interface};
  const Surroundings around{packet.vlans, packet.tunnel};
  const auto source = source_of(frame, packet);
  watch_.see(*bpdu, packet, point, source, when);
  if (bpdu->type == decode::BpduType::tcn) {
    Instance* instance = instance_of(key_of(*bpdu, around));
    if (instance == nullptr) return;
    feed(*instance, [&] { instance->take_notification(point, source, when); });
    return watch_.look_at_notification(*instance, point, source, when);
  }
  for (const Message& message : messages_of(*bpdu, around)) {
    Instance* instance = instance_of(message.key);
    if (instance == nullptr) continue;
    feed(*instance, [&] { instance->take(message, point, source, when); });
    watch_.look(*instance, message, point, when);
  }
}

// Gives it something, within the bounds of all of them together.
template <typename Give>
void SpanningTrees::feed(Instance& instance, Give&& give) {
  instance.may_grow(parts_ < kMostParts, memories_ < kMostMemories);
  parts_ -= instance.parts();
  memories_ -= instance.memories();
  give();
  parts_ += instance.parts();
  memories_ += instance.memories();
}

Instance* SpanningTrees::instance_of(const InstanceKey& key) {
  const auto found = instances_.find(key);
  if (found != instances_.end()) return &found->second;
  if (instances_.size() == kMostInstances) {
    ++left_out_;
    return nullptr;
  }
  return &instances_.emplace(key, Instance(key)).first->second;
}

}  // namespace tapstat::analysis::spanning_tree
