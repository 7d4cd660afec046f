#include "bench/traffic.h"

#include "decode/segment.h"

namespace tapstat::bench {
namespace {

using decode::TcpFlags;

constexpr std::size_t kClient = 0, kServer = 1;
constexpr std::chrono::microseconds kMeanGap{10};  // 100,000 packets a second
constexpr std::uint32_t kMaxExchanges = 8;
constexpr std::uint32_t kMaxResponse = 8;  // segments
// No dissector is registered for it, so that tools that look into payloads are not slowed.
constexpr std::uint16_t kServerPort = 18080;

constexpr std::uint8_t kAck = TcpFlags::kAck;
constexpr std::uint8_t kPshAck = TcpFlags::kPsh | TcpFlags::kAck;
constexpr std::uint8_t kFinAck = TcpFlags::kFin | TcpFlags::kAck;

}  // namespace

Traffic::Traffic(const TrafficOptions& options)
    : options_(options),
      random_(options.seed),
      flows_(options.flows),
      now_(std::chrono::seconds{1'700'000'000}) {
  for (Flow& flow : flows_) open(flow);
}

Traffic::Packet Traffic::next() {
  const auto gap = below(2 * static_cast<std::uint32_t>(kMeanGap.count()) + 1);
  now_ += std::chrono::microseconds{gap};
  Flow& flow = flows_[below(static_cast<std::uint32_t>(flows_.size()))];
  return {now_, step(flow)};
}

// Not std::uniform_int_distribution, whose numbers the standard leaves to the library.
std::uint32_t Traffic::below(std::uint32_t limit) {
  return static_cast<std::uint32_t>((random_() >> 32) * limit >> 32);
}

// An address of `hosts` ones in 10.NET.0.0/16 or fd00:NET::/112.
Socket Traffic::draw_socket(std::uint8_t net, std::uint32_t hosts, bool ipv6) {
  Socket s;
  const std::uint32_t host = 1 + below(hosts);
  const auto high = static_cast<std::uint8_t>(host >> 8);
  const auto low = static_cast<std::uint8_t>(host);
  if (ipv6) {
    s.ip[0] = 0xfd;
    s.ip[3] = net;
    s.ip[14] = high;
    s.ip[15] = low;
  } else {
    s.ip = {10, net, high, low};
  }
  s.port = kServerPort;
  return s;
}

void Traffic::open(Flow& flow) {
  flow = {};
  flow.ipv6 = below(100) < options_.ipv6_percent;
  flow.exchanges = 1 + below(kMaxExchanges);
  flow.ends[kClient].socket = draw_socket(1, 50'000, flow.ipv6);
  flow.ends[kClient].socket.port = static_cast<std::uint16_t>(32768 + below(28'232));
  flow.ends[kServer].socket = draw_socket(2, 250, flow.ipv6);
  for (End& end : flow.ends) {
    end.nxt = static_cast<std::uint32_t>(random_());
    end.clock = static_cast<std::uint32_t>(random_());
    end.ip_id = static_cast<std::uint16_t>(random_());
    end.window = 64240;
  }
}

std::span<const std::uint8_t> Traffic::step(Flow& flow) {
  switch (flow.step) {
    case Step::syn:
      flow.step = Step::syn_ack;
      return send(flow, kClient, TcpFlags::kSyn);
    case Step::syn_ack:
      flow.step = Step::ack;
      return send(flow, kServer, TcpFlags::kSyn | TcpFlags::kAck);
    case Step::ack:
      flow.step = Step::request;
      for (End& end : flow.ends) end.window = 502;  // scaled by 7 from here on
      return send(flow, kClient, kAck);
    case Step::request:
      return send_request(flow);
    case Step::response:
      return send_response(flow);
    case Step::close:
      flow.step = Step::close_ack;
      return send(flow, kServer, kFinAck);
    case Step::close_ack:
      flow.step = Step::last_fin;
      return send(flow, kClient, kAck);
    case Step::last_fin:
      flow.step = Step::last_ack;
      return send(flow, kClient, kFinAck);
    case Step::last_ack:
      break;
  }
  const auto frame = send(flow, kServer, kAck);
  open(flow);
  return frame;
}

std::span<const std::uint8_t> Traffic::send_request(Flow& flow) {
  flow.step = Step::response;
  flow.response = 1 + below(kMaxResponse);
  flow.unacked = 0;
  --flow.exchanges;
  return send(flow, kClient, kPshAck, 50 + below(750));
}

// The client acknowledges every second segment, and the last one. Sizes are those of the IMIX: four
// packets of 576 bytes to one of 1500, beside the ACKs.
std::span<const std::uint8_t> Traffic::send_response(Flow& flow) {
  if (flow.unacked == 2 || (flow.response == 0 && flow.unacked > 0)) {
    flow.unacked = 0;
    if (flow.response == 0) flow.step = flow.exchanges > 0 ? Step::request : Step::close;
    return send(flow, kClient, kAck);
  }
  ++flow.unacked;
  --flow.response;
  const std::uint32_t largest = FrameWriter::max_payload(flow.ipv6);
  const std::uint32_t len = below(5) == 0 ? largest : largest - (1500 - 576);
  return send(flow, kServer, flow.response == 0 ? kPshAck : kAck, len);
}

std::span<const std::uint8_t> Traffic::send(Flow& flow, std::size_t sender, std::uint8_t flags,
                                            std::uint32_t payload_len) {
  End& from = flow.ends[sender];
  const End& to = flow.ends[1 - sender];
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch());
  from.last_tsval = from.clock + static_cast<std::uint32_t>(ms.count());
  const bool acks = (flags & TcpFlags::kAck) != 0;
  const SegmentFields segment{.src = &from.socket,
                              .dst = &to.socket,
                              .ipv6 = flow.ipv6,
                              .flags = flags,
                              .ip_id = from.ip_id++,
                              .window = from.window,
                              .seq = from.nxt,
                              .ack = acks ? to.nxt : 0,
                              .tsval = from.last_tsval,
                              .tsecr = acks ? to.last_tsval : 0,
                              .payload_len = payload_len};
  from.nxt += payload_len + ((flags & (TcpFlags::kSyn | TcpFlags::kFin)) != 0 ? 1 : 0);
  return writer_.write(segment);
}

}  // namespace tapstat::bench
