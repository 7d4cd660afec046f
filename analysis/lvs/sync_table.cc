#include "analysis/lvs/sync_table.h"

#include <algorithm>
#include <chrono>

#include "analysis/neighbors/link_addresses.h"

namespace tapstat::analysis::lvs {
namespace {

using namespace std::chrono_literals;

// ip_vs_sync.c sends a message that is not full after IPVS_SYNC_FLUSH_TIME (2 s), and looks every
// IPVS_SYNC_CHECK_PERIOD (1 s).
constexpr auto kLate = 3s;
// What the clocks of capture points may differ by.
constexpr auto kSpread = 10s;

[[nodiscard]] SyncEntry entry_of(const decode::IpvsSyncEntry& told) {
  SyncEntry e;
  e.client = {IpAddress::from_wire(told.client, told.ip_version), told.client_port};
  e.vip = {IpAddress::from_wire(told.service, told.ip_version), told.service_port};
  e.rip = {IpAddress::from_wire(told.server, told.ip_version), told.server_port};
  e.flags = told.flags;
  e.timeout_s = told.timeout_s;
  e.fwmark = told.fwmark;
  e.state = told.state;
  e.method = told.method();
  e.protocol = told.protocol;
  return e;
}

[[nodiscard]] bool is_same_way(const SyncEntry& a, const SyncEntry& b) {
  return a.rip == b.rip && a.method == b.method;
}

// What `told` says is newer; what came before it stays.
void renew(SyncEntry& known, const SyncEntry& told) {
  SyncEntry now = told;
  now.first = known.first;
  now.first_frame = known.first_frame;
  now.messages = known.messages + 1;
  now.previous = known.previous;
  known = now;
}

}  // namespace

std::uint32_t SyncTable::hash_of(std::uint8_t protocol, const Socket& client,
                                 const Socket& vip) const {
  const std::uint64_t ports = std::uint64_t{client.port} << 32 | vip.port;
  std::uint64_t hash = hash_.add(protocol, ports);
  for (const IpAddress& address : {client.address, vip.address}) {
    hash = hash_.add(hash_.add(hash, address.high()), address.low());
  }
  return static_cast<std::uint32_t>(hash);
}

std::uint32_t SyncTable::latest_of(const Entries& entries, std::uint32_t hash,
                                   std::uint8_t protocol, const Socket& client,
                                   const Socket& vip) const {
  return entries.latest.find(hash, [&](std::uint32_t i) {
    const SyncEntry& e = entries.all[i];
    return e.protocol == protocol && e.client == client && e.vip == vip;
  });
}

bool SyncTable::is_repeat(const capture::Frame& frame, const decode::Packet& packet) {
  std::uint64_t content = hash_.add(0, packet.ip_id);
  const IpAddress source = IpAddress::from_wire(packet.ip_src, packet.ip_version);
  content = hash_.add(hash_.add(content, source.high()), source.low());
  for (const std::uint8_t octet : packet.body) content = hash_.add(content, octet);
  const bool is_known = std::any_of(shown_.begin(), shown_.end(), [&](const Shown& s) {
    return s.content == content && s.time != Timestamp::min() &&
           std::chrono::abs(frame.time - s.time) <= kSpread;
  });
  if (is_known) return true;
  shown_[next_shown_] = {content, frame.time};
  next_shown_ = (next_shown_ + 1) % shown_.size();
  return false;
}

SyncSender* SyncTable::sender_of(const capture::Frame& frame, const decode::Packet& packet) {
  const IpAddress address = IpAddress::from_wire(packet.ip_src, packet.ip_version);
  const auto known = std::find_if(senders_.begin(), senders_.end(),
                                  [&](const SyncSender& s) { return s.address == address; });
  if (known != senders_.end()) return &*known;
  if (senders_.size() == kMostSenders) return nullptr;
  senders_.push_back({.address = address,
                      .mac = neighbors::link_addresses(frame, packet).source,
                      .first = frame.time});
  return &senders_.back();
}

void SyncTable::see(const capture::Frame& frame, const decode::Packet& packet) {
  auto reader = decode::IpvsSyncReader::open(packet);
  if (!reader || is_repeat(frame, packet)) return;
  SyncSender* sender = sender_of(frame, packet);
  if (sender != nullptr) {
    ++sender->messages;
    sender->sync_id = reader->sync_id();
    sender->last = frame.time;
  }
  while (const auto told = reader->next()) {
    SyncEntry entry = entry_of(*told);
    entry.first = entry.last = frame.time;
    entry.first_frame = entry.last_frame = frame.number;
    entry.director = IpAddress::from_wire(packet.ip_src, packet.ip_version);
    entry.version = reader->version();
    entry.sync_id = reader->sync_id();
    if (sender != nullptr) ++sender->entries;
    take(entry);
  }
  if (reader->damaged() || reader->truncated()) ++damaged_;
}

void SyncTable::take(SyncEntry told) {
  Entries& entries = told.has(decode::ipvs_flag::kTemplate) ? templates_ : connections_;
  const std::uint32_t hash = hash_of(told.protocol, told.client, told.vip);
  const std::uint32_t latest = latest_of(entries, hash, told.protocol, told.client, told.vip);
  if (latest != FlowIndex::kNone && is_same_way(entries.all[latest], told)) {
    renew(entries.all[latest], told);
    return;
  }
  if (entries.all.size() == kMost) {
    ++left_out_;
    return;
  }
  const std::uint32_t id = entries.all.size();
  told.messages = 1;
  told.previous = latest;
  entries.all.append() = told;
  if (latest == FlowIndex::kNone) {
    entries.latest.insert(hash, id);
  } else {
    entries.latest.replace(hash, latest, id);
  }
}

const SyncEntry* SyncTable::find(std::uint8_t protocol, const Socket& client, const Socket& vip,
                                 Timestamp at) const {
  const auto latest = [&](const Socket& from) {
    return latest_of(connections_, hash_of(protocol, from, vip), protocol, from, vip);
  };
  std::uint32_t i = latest(client);
  if (i == FlowIndex::kNone) i = latest({client.address, 0});
  if (i == FlowIndex::kNone) return nullptr;
  const SyncEntry* e = &connections_.all[i];
  while (at < e->first - kLate && e->previous != FlowIndex::kNone) {
    e = &connections_.all[e->previous];
  }
  return e;
}

}  // namespace tapstat::analysis::lvs
