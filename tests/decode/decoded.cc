#include "tests/decode/decoded.h"

namespace tapstat::test {

bool decode_straight(decode::Decoder& decoder, const capture::Frame& frame, decode::Segment& out) {
  return decode::decode_tcp(frame, out) || decoder.decode_tunnelled_tcp(frame, out);
}

std::string difference(const decode::Segment& a, const decode::Segment& b) {
  std::string out;
  const auto compare = [&out](const char* name, bool same) {
    if (!same) out += std::string(out.empty() ? "" : " ") + name;
  };
  compare("time", a.time == b.time);
  compare("frame", a.frame == b.frame);
  compare("ip_src", a.ip_src == b.ip_src);
  compare("ip_dst", a.ip_dst == b.ip_dst);
  compare("macs", a.macs == b.macs);
  compare("options", a.options == b.options);
  compare("payload", a.payload == b.payload);
  compare("vlans", a.vlans == b.vlans);
  compare("tunnel", a.tunnel == b.tunnel);
  compare("seq", a.seq == b.seq);
  compare("ack", a.ack == b.ack);
  compare("payload_len", a.payload_len == b.payload_len);
  compare("payload_captured", a.payload_captured == b.payload_captured);
  compare("wire_len", a.wire_len == b.wire_len);
  compare("src_port", a.src_port == b.src_port);
  compare("dst_port", a.dst_port == b.dst_port);
  compare("window", a.window == b.window);
  compare("ip_id", a.ip_id == b.ip_id);
  compare("input", a.input == b.input);
  compare("options_len", a.options_len == b.options_len);
  compare("ip_version", a.ip_version == b.ip_version);
  compare("ttl", a.ttl == b.ttl);
  compare("flags", a.flags == b.flags);
  compare("is_short", a.is_short == b.is_short);
  return out;
}

}  // namespace tapstat::test
