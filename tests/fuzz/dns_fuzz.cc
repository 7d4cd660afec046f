// Any bytes as a DNS message.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "decode/dns.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto records = tapstat::decode::dns_records({data, size});
  if (records.size() > tapstat::decode::kMostDnsRecords) std::abort();
  for (const auto& record : records) {
    for (const auto* name : {&record.owner, &record.target}) {
      if (name->size() > 253) std::abort();
      for (const char c : *name) {
        if (c < '!' || c > '~') std::abort();
      }
    }
  }
  return 0;
}
