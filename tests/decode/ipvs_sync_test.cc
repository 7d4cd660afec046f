// IPVS synchronisation messages of both versions, damaged ones, and what only has their port.
#include "decode/ipvs_sync.h"

#include <gtest/gtest.h>

#include "tests/decode/decoded.h"
#include "tests/support/sync_message.h"

namespace tapstat::decode {
namespace {

using test::Buffer;
using test::concat;
using test::Decoded;
using test::hex;
using test::sync_v0;
using test::sync_v0_entry;
using test::sync_v1;
using test::sync_v1_entry;

[[nodiscard]] Buffer octets(const std::uint8_t* at, std::size_t n = 4) { return {at, at + n}; }
[[nodiscard]] std::string text(Bytes b) { return {b.begin(), b.end()}; }

struct Read {
  std::vector<IpvsSyncEntry> entries;
  bool truncated = false, damaged = false, is_sync = false;
};

// The entries borrow from `message`.
[[nodiscard]] Read read(const Buffer& message, std::size_t wire_len) {
  Read out;
  auto reader = IpvsSyncReader::open(message, wire_len);
  if (!reader) return out;
  out.is_sync = true;
  while (const auto entry = reader->next()) out.entries.push_back(*entry);
  out.truncated = reader->truncated();
  out.damaged = reader->damaged();
  return out;
}
[[nodiscard]] Read read(const Buffer& message) { return read(message, message.size()); }

TEST(IpvsSync, Version1HasEveryField) {
  const Buffer message = sync_v1({sync_v1_entry({.flags = 0x0123, .state = 4, .fwmark = 9})}, 42);
  auto reader = IpvsSyncReader::open(message, message.size());
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->version(), 1);
  EXPECT_EQ(reader->sync_id(), 42);
  EXPECT_EQ(reader->count(), 1);
  const auto e = reader->next();
  ASSERT_TRUE(e);
  EXPECT_EQ(e->ip_version, 4);
  EXPECT_EQ(e->protocol, 6);
  EXPECT_EQ(octets(e->client), hex("c6336407"));
  EXPECT_EQ(octets(e->service), hex("c0000250"));
  EXPECT_EQ(octets(e->server), hex("0a00000b"));
  EXPECT_EQ(e->client_port, 40000);
  EXPECT_EQ(e->service_port, 80);
  EXPECT_EQ(e->server_port, 8080);
  EXPECT_EQ(e->state, 4);
  EXPECT_EQ(e->flags, 0x0123u);
  EXPECT_EQ(e->method(), IpvsMethod::direct);
  EXPECT_TRUE(e->has(ipvs_flag::kInactive));
  EXPECT_EQ(e->fwmark, 9u);
  EXPECT_EQ(e->timeout_s, 900u);
  EXPECT_FALSE(reader->next());
  EXPECT_FALSE(reader->truncated() || reader->damaged());
}

TEST(IpvsSync, Version1OverIpv6) {
  const Buffer message = sync_v1(
      {sync_v1_entry({.client = "2001:db8::7", .service = "2001:db8::80", .server = "fd00::b"})});
  const Read r = read(message);
  ASSERT_EQ(r.entries.size(), 1u);
  EXPECT_EQ(r.entries[0].ip_version, 6);
  EXPECT_EQ(octets(r.entries[0].server, 16), test::ip_bytes("fd00::b"));
}

// The octets in between are in nobody's own size.
TEST(IpvsSync, ParametersAreReadAndTheNextEntryIsAligned) {
  const Buffer sequences =
      concat({1, 24}, hex("00000001 00000002 00000003 00000004 00000005 00000006"));
  const Buffer engine = concat({3, 3}, {'s', 'i', 'p'});
  const Buffer unknown = {0x40 | 9, 1, 0};
  const Buffer first = sync_v1_entry({.parameters = concat(concat(sequences, engine), unknown)});
  ASSERT_NE(first.size() % 4, 0u);
  const Buffer message = sync_v1({first, sync_v1_entry({.client_port = 40001})});
  const Read r = read(message);
  ASSERT_EQ(r.entries.size(), 2u);
  ASSERT_TRUE(r.entries[0].sequences);
  EXPECT_EQ(r.entries[0].sequences->at(0), (IpvsSequence{1, 2, 3}));
  EXPECT_EQ(r.entries[0].sequences->at(1), (IpvsSequence{4, 5, 6}));
  EXPECT_EQ(text(r.entries[0].persistence_engine), "sip");
  EXPECT_EQ(r.entries[1].client_port, 40001);
  EXPECT_FALSE(r.damaged);
}

TEST(IpvsSync, Version0HasEveryField) {
  const Buffer message =
      sync_v0({sync_v0_entry({.flags = 0x0002}), sync_v0_entry({.client_port = 40001})}, 3);
  auto reader = IpvsSyncReader::open(message, message.size());
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->version(), 0);
  EXPECT_EQ(reader->sync_id(), 3);
  const auto e = reader->next();
  ASSERT_TRUE(e);
  EXPECT_EQ(e->client_port, 40000);
  EXPECT_EQ(e->service_port, 80);
  EXPECT_EQ(e->server_port, 8080);
  EXPECT_EQ(octets(e->server), hex("0a00000b"));
  EXPECT_EQ(e->method(), IpvsMethod::tunnel);
  EXPECT_FALSE(e->timeout_s || e->fwmark);
  EXPECT_EQ(reader->next()->client_port, 40001);
  EXPECT_FALSE(reader->damaged());
}

// The shifts of -3 and +2, as hosts of either order write them.
TEST(IpvsSync, Version0SequencesAreInTheSendersOrder) {
  for (const Buffer& sequences : {hex("00001000 fffffffd 00000000 00002000 00000002 00000000"),
                                  hex("00100000 fdffffff 00000000 00200000 02000000 00000000")}) {
    const Buffer message = sync_v0({sync_v0_entry({.flags = 0x0600, .parameters = sequences}),
                                    sync_v0_entry({.client_port = 40001})});
    const Read r = read(message);
    ASSERT_EQ(r.entries.size(), 2u);
    EXPECT_EQ(r.entries[0].sequences->at(0), (IpvsSequence{0x1000, 0xfffffffd, 0}));
    EXPECT_EQ(r.entries[0].sequences->at(1), (IpvsSequence{0x2000, 2, 0}));
    EXPECT_EQ(r.entries[1].client_port, 40001);
  }
}

TEST(IpvsSync, EveryPrefixKeepsTheEntriesBeforeTheCut) {
  for (const bool is_v1 : {true, false}) {
    const Buffer one = is_v1 ? sync_v1_entry({}) : sync_v0_entry({});
    const Buffer whole = is_v1 ? sync_v1({one, one, one}) : sync_v0({one, one, one});
    const std::size_t header = whole.size() - 3 * one.size();
    for (std::size_t kept = header + one.size(); kept < whole.size(); ++kept) {
      const Buffer cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(kept));
      const Read r = read(cut, whole.size());
      ASSERT_TRUE(r.is_sync);
      EXPECT_EQ(r.entries.size(), (kept - header) / one.size());
      EXPECT_TRUE(r.truncated);
      EXPECT_FALSE(r.damaged);
    }
  }
}

TEST(IpvsSync, DamageEndsTheMessageAndIsSaid) {
  const Buffer good = sync_v1_entry({});
  const auto after_one = [&](const Buffer& bad) { return read(sync_v1({good, bad})); };
  Buffer bad = good;
  bad[3] = 200;  // longer than the message
  EXPECT_TRUE(after_one(bad).damaged);
  bad = good;
  bad[3] = 35;  // shorter than its fields
  EXPECT_TRUE(after_one(bad).damaged);
  bad = good;
  bad[2] |= 0x10;  // an unknown version
  EXPECT_TRUE(after_one(bad).damaged);
  bad = good;
  bad[0] = 1;  // IPv6, and no room for it
  EXPECT_TRUE(after_one(bad).damaged);
  for (const Buffer& parameters :
       {Buffer{9, 1, 0}, Buffer{3, 0}, Buffer{3, 9, 'x'}, Buffer{3}, Buffer{1, 2, 0, 0}}) {
    const Read r = after_one(sync_v1_entry({.parameters = parameters}));
    EXPECT_EQ(r.entries.size(), 1u);
    EXPECT_TRUE(r.damaged);
  }
  Buffer more = sync_v1({good});
  more[4] = 2;
  EXPECT_TRUE(read(more).damaged);
}

TEST(IpvsSync, IsToldFromOtherPacketsToThatPort) {
  const auto is_sync = [](const test::UdpSpec& spec) {
    const Decoded d(test::udp(spec));
    return IpvsSyncReader::open(*d).has_value();
  };
  const Buffer message = sync_v1({sync_v1_entry({})});
  EXPECT_TRUE(is_sync({.dst = "224.0.0.81", .dst_port = 8848, .payload = message}));
  EXPECT_TRUE(is_sync({.dst = "239.1.2.3", .dst_port = 8848 + 63, .payload = message}));
  EXPECT_TRUE(is_sync({.src = "fe80::1", .dst = "ff02::51", .dst_port = 8848, .payload = message}));
  EXPECT_FALSE(is_sync({.dst = "224.0.0.81", .dst_port = 8848 + 64, .payload = message}));
  EXPECT_FALSE(is_sync({.dst = "10.0.0.9", .dst_port = 8848, .payload = message}));
  const auto with = [&](std::size_t at, std::uint8_t value) {
    Buffer other = message;
    other[at] = value;
    return is_sync({.dst = "224.0.0.81", .dst_port = 8848, .payload = other});
  };
  EXPECT_FALSE(with(3, 1));   // another size than it has
  EXPECT_FALSE(with(4, 0));   // no entries
  EXPECT_FALSE(with(5, 2));   // an unknown version
  EXPECT_FALSE(with(6, 1));   // spare octets in use
  EXPECT_FALSE(with(9, 89));  // what IPVS does not balance
  EXPECT_FALSE(is_sync({.dst = "224.0.0.81", .dst_port = 8848, .payload = {0, 1, 0, 3}}));
}

}  // namespace
}  // namespace tapstat::decode
