#include "analysis/flow_key.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

#include "tests/support/packet_builder.h"

namespace tapstat::analysis {
namespace {

using test::Buffer;

IpAddress address(std::string_view text) {
  const Buffer bytes = test::ip_bytes(text);
  return IpAddress::from_wire(bytes.data(), bytes.size() == 4 ? 4 : 6);
}

DirectedKey key_from(std::string_view src, std::uint16_t src_port, std::string_view dst,
                     std::uint16_t dst_port) {
  const Buffer source = test::ip_bytes(src), destination = test::ip_bytes(dst);
  decode::Segment seg{};
  seg.ip_src = source.data();
  seg.ip_dst = destination.data();
  seg.ip_version = source.size() == 4 ? 4 : 6;
  seg.src_port = src_port;
  seg.dst_port = dst_port;
  return key_of(seg);
}

struct Tuple {
  std::string_view low;
  std::uint16_t low_port;
  std::string_view high;
  std::uint16_t high_port;
};

// Bytes compare as numbers on the wire, from the first on; ports only where the addresses are
// equal.
constexpr auto kTuples = std::to_array<Tuple>({
    {"10.0.0.1", 80, "10.0.0.2", 40000},
    {"10.0.0.1", 40000, "10.0.0.2", 80},
    {"10.0.0.255", 1, "10.0.1.0", 1},
    {"1.255.255.255", 1, "2.0.0.0", 1},
    {"127.255.255.255", 1, "128.0.0.0", 1},
    {"10.0.0.1", 80, "10.0.0.1", 81},
    {"10.0.0.1", 0x00ff, "10.0.0.1", 0x0100},
    {"10.0.0.1", 0, "10.0.0.1", 65535},
    {"2001:db8::1", 443, "2001:db8::2", 5},
    {"2001:db8::ffff", 443, "2001:db8:1::", 5},
    {"2001:db8:0:1::", 443, "2001:db8:0:100::", 5},
    {"2001:db8::ff", 443, "2001:db8::100", 5},
    {"::1", 6, "::1", 7},
    {"::", 6, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 7},
});

TEST(FlowKey, ASegmentAndItsAnswerHaveTheSameKeyAndAreSentByEitherEnd) {
  for (const Tuple& t : kTuples) {
    SCOPED_TRACE(t.low);
    const DirectedKey there = key_from(t.low, t.low_port, t.high, t.high_port);
    const DirectedKey back = key_from(t.high, t.high_port, t.low, t.low_port);
    EXPECT_EQ(there.key, back.key);
    EXPECT_EQ(there.sender, 0);
    EXPECT_EQ(back.sender, 1);
  }
}

TEST(FlowKey, TheLowerEndIsFirstWithItsPort) {
  for (const Tuple& t : kTuples) {
    SCOPED_TRACE(t.low);
    const FlowKey key = key_from(t.high, t.high_port, t.low, t.low_port).key;
    EXPECT_EQ(key.address[0], address(t.low));
    EXPECT_EQ(key.address[1], address(t.high));
    EXPECT_EQ(key.port[0], t.low_port);
    EXPECT_EQ(key.port[1], t.high_port);
  }
}

// A connection of a socket to itself has no directions.
TEST(FlowKey, OneEndWithItselfIsAlwaysTheFirst) {
  for (const std::string_view ip : {"10.0.0.1", "::1"}) {
    const DirectedKey key = key_from(ip, 80, ip, 80);
    EXPECT_EQ(key.sender, 0);
    EXPECT_EQ(key.key.address[0], key.key.address[1]);
    EXPECT_EQ(key.key.port[0], key.key.port[1]);
  }
}

// ::10.0.0.1 is no mapped address (RFC 4291 section 2.5.5.1).
TEST(FlowKey, TheSameBytesInTheOtherIpVersionAreAnotherKey) {
  EXPECT_FALSE(key_from("10.0.0.1", 1, "10.0.0.2", 2).key ==
               key_from("::a00:1", 1, "::a00:2", 2).key);
  EXPECT_TRUE(address("10.0.0.1").is_v4());
  EXPECT_FALSE(address("::a00:1").is_v4());
}

constexpr std::size_t kKeyBits = (4 * 8 + 2 * 2) * 8;

FlowKey with_bit_flipped(const FlowKey& key, std::size_t bit) {
  auto halves = std::to_array(
      {key.address[0].high(), key.address[0].low(), key.address[1].high(), key.address[1].low()});
  std::array<std::uint16_t, 2> ports = {key.port[0], key.port[1]};
  if (bit < 4 * 64) {
    halves[bit / 64] ^= std::uint64_t{1} << bit % 64;
  } else {
    ports[(bit - 4 * 64) / 16] ^= static_cast<std::uint16_t>(1u << bit % 16);
  }
  return {.address = {{halves[0], halves[1]}, {halves[2], halves[3]}},
          .port = {ports[0], ports[1]}};
}

TEST(FlowKey, EveryBitTellsKeysApart) {
  const FlowKey key = key_from("2001:db8::1", 443, "2001:db8::2", 40000).key;
  for (std::size_t bit = 0; bit < kKeyBits; ++bit) {
    const FlowKey other = with_bit_flipped(key, bit);
    EXPECT_FALSE(key == other) << bit;
    EXPECT_TRUE(other == with_bit_flipped(key, bit)) << bit;
  }
}

TEST(KeyedHash, EveryBitMatters) {
  const KeyedHash hash(42);
  for (const FlowKey& key : {key_from("2001:db8::1", 443, "2001:db8::2", 40000).key,
                             key_from("10.0.0.1", 443, "10.0.0.2", 40000).key}) {
    std::set<std::uint32_t> hashes = {hash(key)};
    for (std::size_t bit = 0; bit < kKeyBits; ++bit)
      hashes.insert(hash(with_bit_flipped(key, bit)));
    EXPECT_EQ(hashes.size(), kKeyBits + 1);
  }
}

TEST(KeyedHash, EndsThatTradePortsOrAddressesHashApart) {
  const KeyedHash hash(42);
  EXPECT_NE(hash(key_from("10.0.0.1", 5, "10.0.0.2", 6).key),
            hash(key_from("10.0.0.1", 6, "10.0.0.2", 5).key));
  const IpAddress a = address("2001:db8::1"), b = address("2001:db8::2");
  EXPECT_NE(hash(FlowKey{{a, b}, {5, 5}}), hash(FlowKey{{b, a}, {5, 5}}));
  EXPECT_NE(hash(address("2001:db8::1")), hash(address("2001:db8:0:1::")));
}

TEST(KeyedHash, IsTheSameForTheSameSecretAndAnotherForAnother) {
  const FlowKey key = key_from("10.0.0.1", 443, "10.0.0.2", 40000).key;
  std::set<std::uint32_t> of_keys, of_addresses;
  for (std::uint64_t secret = 1; secret < 2000; secret += 2) {
    EXPECT_EQ(KeyedHash(secret)(key), KeyedHash(secret)(key));
    of_keys.insert(KeyedHash(secret)(key));
    of_addresses.insert(KeyedHash(secret)(key.address[0]));
  }
  EXPECT_EQ(of_keys.size(), 1000u);
  EXPECT_EQ(of_addresses.size(), 1000u);
}

// What a scan or a busy server looks like: the index takes the low bits (FlowIndex).
TEST(KeyedHash, SpreadsPortsAndAddressesThatFollowOneAnother) {
  constexpr std::size_t kBuckets = 4096, kEach = 16;
  const KeyedHash hash(0x123456789abcdef0u);
  std::array<int, kBuckets> of_ports{}, of_hosts{}, of_addresses{};
  const IpAddress server = address("192.0.2.1");
  for (std::uint32_t i = 0; i < kBuckets * kEach; ++i) {
    const FlowKey by_port{{address("10.0.0.1"), server}, {static_cast<std::uint16_t>(i), 80}};
    ++of_ports[hash(by_port) % kBuckets];
    const std::array<std::uint8_t, 4> host = {10, 0, static_cast<std::uint8_t>(i >> 8),
                                              static_cast<std::uint8_t>(i)};
    const FlowKey by_host{{IpAddress::from_wire(host.data(), 4), server}, {40000, 80}};
    ++of_hosts[hash(by_host) % kBuckets];
    ++of_addresses[hash(by_host.address[0]) % kBuckets];
  }
  // 16 expected in each; more than 48 by chance in no more than one of 10^9 tables.
  for (const auto& counts : {of_ports, of_hosts, of_addresses}) {
    EXPECT_LE(*std::max_element(counts.begin(), counts.end()), 48);
  }
}

TEST(KeyedHash, WhatCollidesUnderOneSecretDoesNotUnderAnother) {
  const KeyedHash known(1), unknown(0x123456789abcdefu);
  std::map<std::uint32_t, FlowKey> first_with;
  int collisions = 0, collide_again = 0;
  for (std::uint32_t i = 0; i < 400'000; ++i) {
    const FlowKey key{{{0, i}, address("192.0.2.1")}, {40000, 80}};
    const auto [at, is_first] = first_with.emplace(known(key), key);
    if (is_first) continue;
    ++collisions;
    if (unknown(key) == unknown(at->second)) ++collide_again;
  }
  EXPECT_GT(collisions, 5) << "of 400,000 hashes of 32 bits about 19 are expected to collide";
  EXPECT_EQ(collide_again, 0);
}

// A factor that a chosen address makes zero makes the product zero, whatever the secret.
TEST(KeyedHash, NobodyCanPrepareAddressesThatCollide) {
  constexpr std::uint64_t kOdd1 = 0xa0761d6478bd642fu, kOdd2 = 0xe7037ed1a0b428dbu;
  const KeyedHash hash(0x123456789abcdef0u);
  std::set<std::uint32_t> by_low, by_high, by_address;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    by_low.insert(hash(FlowKey{{{1, i}, {2, kOdd1}}, {40000, 80}}));
    by_high.insert(hash(FlowKey{{{kOdd2, 1}, {i, 2}}, {40000, 80}}));
    by_address.insert(hash(IpAddress{kOdd1, i}));
  }
  EXPECT_GT(by_low.size(), 990u);
  EXPECT_GT(by_high.size(), 990u);
  EXPECT_GT(by_address.size(), 990u);
}

}  // namespace
}  // namespace tapstat::analysis
