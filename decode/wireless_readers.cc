#include "decode/capture_header.h"
#include "decode/ieee80211.h"
#include "decode/readers.h"

namespace tapstat::decode {
namespace {

// Only the first packet of an aggregate is read: a frame is decoded to one packet.
void read_aggregate(Walk& walk) {
  const auto subframe = AmsduSubframeView::parse(walk.at.bytes);
  if (!subframe) return walk.refuse(subframe.error());
  walk.out().macs = subframe->macs();
  walk.at.skip(AmsduSubframeView::kLen);
  walk.at.clip(subframe->length());
  walk.enter(Layer::llc);
}

void read_data_frame(Walk& walk, bool padded_header) {
  const auto wlan = Ieee80211View::parse(walk.at.bytes);
  if (!wlan) return walk.refuse(wlan.error());
  if (!wlan->is_data() || wlan->is_protected()) return walk.stop(StopReason::unsupported);
  if (wlan->is_fragment()) return walk.stop(StopReason::fragment);
  const std::size_t header_len =
      padded_header ? (wlan->header_len() + 3) / 4 * 4 : wlan->header_len();
  if (walk.at.bytes.size() < header_len) {
    return walk.refuse({DecodeError::Kind::too_short, static_cast<std::uint32_t>(header_len)});
  }
  walk.out().macs = wlan->macs();
  walk.at.skip(header_len);
  if (wlan->is_aggregate()) return read_aggregate(walk);
  walk.enter(Layer::llc);
}

}  // namespace

void read_ieee80211(Walk& walk) { read_data_frame(walk, false); }

void read_radiotap(Walk& walk) {
  const auto radiotap = RadiotapView::parse(walk.at.bytes);
  if (!radiotap) return walk.refuse(radiotap.error());
  walk.at.skip(radiotap->header_len());
  walk.enter(Layer::ieee80211);
  read_data_frame(walk, radiotap->has_data_padding());
}

void read_ppi(Walk& walk) {
  const auto ppi = PpiView::parse(walk.at.bytes);
  if (!ppi) return walk.refuse(ppi.error());
  walk.at.skip(ppi->header_len());
  walk.enter_link_type(ppi->link_type());
}

void read_nflog(Walk& walk) {
  const auto nflog = NflogView::parse(walk.at.bytes);
  if (!nflog) return walk.refuse(nflog.error());
  if (!nflog->is_ipv4() && !nflog->is_ipv6()) return walk.stop(StopReason::unsupported);
  walk.at.skip(nflog->header_len());
  walk.at.clip(static_cast<std::uint32_t>(nflog->payload_len()));
  walk.enter_ip();
}

}  // namespace tapstat::decode
