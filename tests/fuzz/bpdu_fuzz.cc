// Any bytes as a BPDU, whole or cut: the first octet says how long it was and what is behind it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "decode/bpdu.h"
#include "decode/packet.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  tapstat::decode::Packet packet;
  packet.content = tapstat::decode::Content::bpdu;
  packet.is_cisco = (data[0] & 1) != 0;
  packet.body = {data + 1, size - 1};
  packet.body_len = static_cast<std::uint32_t>(packet.body.size()) + data[0] / 2;
  const auto bpdu = tapstat::decode::parse_bpdu(packet);
  const bool is_whole = packet.body_len == packet.body.size();
  if (!bpdu && (bpdu.error().reason.empty() || (bpdu.error().is_cut_off && is_whole))) std::abort();
  if (!bpdu || !bpdu->mst) return 0;
  if (bpdu->mst->instances.size() > 64 || bpdu->mst->region.name.size() > 32) std::abort();
  return 0;
}
