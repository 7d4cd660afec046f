// Any bytes as an IPVS synchronisation message, whole and cut.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "decode/ipvs_sync.h"

namespace {

using namespace tapstat::decode;

// The addresses must be the message's own bytes.
std::uint64_t sum_of(const IpvsSyncEntry& entry) {
  std::uint64_t sum = entry.flags;
  for (const std::uint8_t* address : {entry.client, entry.service, entry.server}) {
    for (int i = 0; i < (entry.ip_version == 4 ? 4 : 16); ++i) sum += address[i];
  }
  for (const std::uint8_t octet : entry.persistence_engine) sum += octet;
  for (const std::uint8_t octet : entry.persistence_data) sum += octet;
  return sum;
}

void read(tapstat::capture::Bytes message, std::size_t wire_len) {
  auto reader = IpvsSyncReader::open(message, wire_len);
  if (!reader) return;
  std::size_t entries = 0;
  std::uint64_t sum = 0;
  while (const auto entry = reader->next()) {
    ++entries;
    sum += sum_of(*entry);
  }
  const bool is_whole = !reader->damaged() && !reader->truncated();
  if (entries > reader->count() || is_whole != (entries == reader->count())) std::abort();
  if (sum == 0 && entries > 255) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read({data, size}, size);
  if (size >= 4) read({data, size}, std::size_t{data[2]} << 8 | data[3]);
  return 0;
}
