#include "decode/decoder.h"

#include "decode/fast_tunnels.h"
#include "decode/readers.h"
#include "decode/reassembly.h"
#include "decode/tunnel_table.h"
#include "decode/walk.h"

namespace tapstat::decode {
namespace {

using Reader = void (*)(Walk&);

// Null for layers that are ends, not steps.
Reader reader_of(Layer layer) {
  switch (layer) {
    case Layer::ethernet:
      return read_ethernet;
    case Layer::sll:
      return read_sll;
    case Layer::sll2:
      return read_sll2;
    case Layer::null:
      return read_loopback;
    case Layer::ppp:
      return read_ppp;
    case Layer::pppoe:
      return read_pppoe;
    case Layer::c_hdlc:
      return read_c_hdlc;
    case Layer::ieee80211:
      return read_ieee80211;
    case Layer::radiotap:
      return read_radiotap;
    case Layer::vlan:
      return read_vlan;
    case Layer::mpls:
      return read_mpls;
    case Layer::llc:
      return read_llc;
    case Layer::snap:
      return read_snap;
    case Layer::ipv4:
      return read_ipv4;
    case Layer::ipv6:
      return read_ipv6;
    case Layer::ipv6_extension:
      return read_ipv6_extension;
    case Layer::tcp:
      return read_tcp;
    case Layer::udp:
      return read_udp;
    case Layer::icmp:
    case Layer::icmpv6:
      return read_icmp;
    case Layer::arp:
      return read_arp;
    case Layer::gre:
      return read_gre;
    case Layer::erspan:
      return read_erspan;
    case Layer::vxlan:
      return read_vxlan;
    case Layer::geneve:
      return read_geneve;
    case Layer::gue:
      return read_gue;
    case Layer::gtpu:
      return read_gtpu;
    case Layer::l2tp:
      return read_l2tp;
    case Layer::teredo:
      return read_teredo;
    case Layer::ayiya:
      return read_ayiya;
    case Layer::fabric_path:
      return read_fabric_path;
    case Layer::fddi:
      return read_fddi;
    case Layer::arcnet:
      return read_arcnet;
    case Layer::ppi:
      return read_ppi;
    case Layer::nflog:
      return read_nflog;
    case Layer::uoa:
      return read_uoa;
    case Layer::none:
    case Layer::sctp:
    case Layer::bpdu:
      return nullptr;
  }
  return nullptr;
}

}  // namespace

struct Decoder::State {
  State(Checksums how, std::uint64_t secret) : fragments(secret), tunnels(secret), checksums(how) {}

  Reassembler fragments;
  TunnelTable tunnels;
  Carriers carriers;
  Hops hops;
  Checksums checksums;
};

Decoder::Decoder(Checksums checksums, std::uint64_t secret)
    : state_(std::make_unique<State>(checksums, secret)) {}
Decoder::~Decoder() = default;

void Decoder::begin_batch() { state_->fragments.release(); }

void Decoder::decode(const capture::Frame& frame, Packet& out) {
  state_->carriers.count = 0;
  Walk walk(frame,
            {state_->fragments, state_->tunnels, state_->carriers, state_->hops, state_->checksums},
            out);
  walk.enter_link_type(static_cast<std::uint32_t>(frame.link));
  while (const Reader read = reader_of(walk.next())) read(walk);
  out.carriers = std::span(state_->carriers.list).first(state_->carriers.count);
}

bool Decoder::decode_tunnelled_tcp(const capture::Frame& frame, Segment& out) {
  return decode::decode_tunnelled_tcp(frame, state_->tunnels, out);
}

const std::vector<TunnelHop>& Decoder::tunnel(TunnelId id) const {
  return state_->tunnels.hops(id);
}

}  // namespace tapstat::decode
