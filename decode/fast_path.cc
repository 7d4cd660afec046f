#include "decode/decoder.h"
#include "decode/ip_protocol.h"
#include "decode/plain_tcp.h"
#include "decode/straight.h"

namespace tapstat::decode {
bool decode_tcp(const capture::Frame& frame, Segment& out) {
  if (const auto plain = PlainTcp::parse(frame)) [[likely]] {
    plain->write_to(out);
    return true;
  }
  Cursor at = start_of(frame);
  out.macs = nullptr;
  out.vlans = {};
  out.tunnel = 0;
  const auto type = straight::enter_link(frame.link, at, out);
  if (!type || straight::enter_ip(*type, at, out) != ip_protocol::kTcp) return false;
  return straight::read_tcp(at, frame, out);
}

}  // namespace tapstat::decode
