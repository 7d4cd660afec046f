#include "analysis/stations/station_table.h"

#include <algorithm>
#include <utility>

#include "analysis/stations/address_kinds.h"
#include "analysis/stations/claims.h"

namespace tapstat::analysis::stations {

using decode::OuterHeader;

namespace {

// Places for conversations, as many as a busy link has at a time: 2 MiB, a huge page.
constexpr std::size_t kPathSets = 1u << 15;

[[nodiscard]] Link link_of(const capture::Frame& frame, const OuterHeader& header) {
  return {frame.input, frame.interface, header.vlans};
}

}  // namespace

StationTable::StationTable(std::uint64_t secret)
    : hash_(secret), addresses_(secret), paths_(kPathSets) {}

void StationTable::see(const capture::Frame& frame, const decode::Packet& packet) {
  const auto header = decode::outer_header(frame);
  if (!header) return;
  count(frame, look(frame, *header));
  if (packet.tunnel != 0) return;
  const auto link = links_.enter(link_of(frame, *header));
  if (!link) return;
  note_claims(packet, {frame.time, *link, header->source}, addresses_);
  notices_.see(packet, {frame.time, *link, header->source});
}

void StationTable::see(SegmentBlock block) {
  std::array<std::optional<Look>, kMostInBlock> looks;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const capture::Frame& frame = *block[i].frame;
    if (const auto header = decode::outer_header(frame)) looks[i] = look(frame, *header);
  }
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (looks[i]) fetch(*looks[i]);
  }
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (looks[i]) count(*block[i].frame, *looks[i]);
  }
}

StationTable::Look StationTable::look(const capture::Frame& frame,
                                      const OuterHeader& header) const {
  Look look{.header = header, .link = link_of(frame, header)};
  look.hash = hash_of(look.link, header);
  fetch_line(&set_of(look.hash));
  return look;
}

// Both ends' stations, where the conversation is known.
void StationTable::fetch(const Look& look) const {
  for (const Path& path : set_of(look.hash).paths) {
    if (path.hash != look.hash) continue;
    for (const std::uint32_t station : {path.sender, path.receiver}) {
      if (station != kNone) fetch_lines(stations_[station]);
    }
  }
}

StationTable::Path& StationTable::path_of(const capture::Frame& frame, const Look& look) {
  auto& [first, second] = set_of(look.hash).paths;
  if (first.hash == look.hash) return first;
  std::swap(first, second);
  if (first.hash == look.hash) return first;
  first = enter(look.link, look.header, frame.time);
  first.hash = look.hash;
  return first;
}

void StationTable::count(const capture::Frame& frame, const Look& look) {
  const OuterHeader& header = look.header;
  Path& path = path_of(frame, look);
  if (header.ttl > path.best_ttl && path.source != kNone) {
    path.best_ttl = header.ttl;
    Address& source = addresses_[path.source];
    source.best_ttl = std::max(source.best_ttl, header.ttl);
  }
  const bool is_kept = path.sender != kNone && (path.receiver != kNone || !header.destination);
  frames_not_kept_ += is_kept ? 0u : 1u;
  add(path.sender, &Station::sent, frame);
  add(path.receiver, &Station::received, frame);
}

void StationTable::add(std::uint32_t station, Traffic Station::*direction,
                       const capture::Frame& frame) {
  if (station == kNone) return;
  Station& s = stations_[station];
  ++(s.*direction).packets;
  (s.*direction).bytes += frame.wire_len;
  s.first = std::min(s.first, frame.time);
  s.last = std::max(s.last, frame.time);
}

std::uint64_t StationTable::hash_of(const Link& link, const OuterHeader& header) const {
  const std::uint64_t point = std::uint64_t{link.input} << 16 | link.interface;
  const std::uint64_t from = decode::number_of(header.source) << 16 | header.ip_version;
  const std::uint64_t to = header.destination ? decode::number_of(*header.destination) : ~0ull;
  std::uint64_t hash = hash_.add(hash_.add(0, from), to);
  hash = hash_.add(hash, link.vlans.packed() ^ point << 48 ^ point >> 16);
  if (header.ip_version == 0) return hash;
  const IpAddress src = IpAddress::from_wire(header.ip_src, header.ip_version);
  const IpAddress dst = IpAddress::from_wire(header.ip_dst, header.ip_version);
  if (header.ip_version == 4) return hash_.add(hash_.add(hash, src.low()), dst.low());
  hash = hash_.add(hash_.add(hash, src.high()), src.low());
  return hash_.add(hash_.add(hash, dst.high()), dst.low());
}

StationTable::Path StationTable::enter(const Link& link, const OuterHeader& header,
                                       capture::Timestamp time) {
  Path path;
  path.sender = enter_station(header.source, time);
  if (header.destination) path.receiver = enter_station(*header.destination, time);
  if (path.sender != kNone && link.input < 64) {
    stations_[path.sender].source_inputs |= std::uint64_t{1} << link.input;
  }
  const auto id = links_.enter(link);
  if (!id) return path;
  for (const std::uint32_t station : {path.sender, path.receiver}) {
    if (station != kNone) note_link(stations_[station], *id);
  }
  if (header.ip_version != 0) enter_addresses(*id, header, path);
  return path;
}

void StationTable::enter_addresses(LinkId link, const OuterHeader& header, Path& path) {
  const IpAddress src = IpAddress::from_wire(header.ip_src, header.ip_version);
  const IpAddress dst = IpAddress::from_wire(header.ip_dst, header.ip_version);
  // A host that sends to itself has a neighbour loop it back (BFD's echo, RFC 5881 section 4),
  // whose address that is not.
  if (src == dst) return;
  if (is_host_address(src) && path.sender != kNone) {
    path.source = addresses_.enter(header.source, link, src, AddressTable::kMostSeen);
    if (path.source != kNone) addresses_[path.source].is_source = true;
  }
  const bool to_one = header.destination && !decode::is_group(*header.destination);
  if (to_one && is_host_address(dst) && path.receiver != kNone) {
    const auto i = addresses_.enter(*header.destination, link, dst, AddressTable::kMostSeen);
    if (i != kNone) addresses_[i].is_destination = true;
  }
}

std::uint32_t StationTable::enter_station(const MacAddress& mac, capture::Timestamp time) {
  const auto hash = static_cast<std::uint32_t>(hash_.add(0, decode::number_of(mac)));
  const std::uint32_t known =
      index_.find(hash, [&](std::uint32_t i) { return stations_[i].mac == mac; });
  if (known != kNone) return known;
  if (stations_.size() >= kMostStations) return kNone;
  const auto i = static_cast<std::uint32_t>(stations_.size());
  Station& added = stations_.emplace_back();
  added.mac = mac;
  added.first = added.last = time;
  index_.insert(hash, i);
  return i;
}

void StationTable::note_link(Station& station, LinkId link) {
  const auto at = std::lower_bound(station.links.begin(), station.links.end(), link);
  if (at != station.links.end() && *at == link) return;
  if (sightings_ >= kMostSightings) return;
  station.links.insert(at, link);
  ++sightings_;
}

}  // namespace tapstat::analysis::stations
