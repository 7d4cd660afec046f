// Who says that an address is his, and who is asked for: from ARP (RFC 826) and IPv6 neighbour
// discovery (RFC 4861). Not who has it in the end, which is the neighbour table's question: a claim
// may be a proxy's.
#pragma once

#include "analysis/stations/address_table.h"
#include "capture/frame.h"
#include "decode/packet.h"

namespace tapstat::analysis::stations {

// Where a frame was heard, and whose it is by its outermost header.
struct Heard {
  capture::Timestamp time;
  LinkId link = 0;
  MacAddress source{};
};

// Enters into `addresses` what `packet`, which is in no tunnel, says of them.
void note_claims(const decode::Packet& packet, const Heard& heard, AddressTable& addresses);

}  // namespace tapstat::analysis::stations
