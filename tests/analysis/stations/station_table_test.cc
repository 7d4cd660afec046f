#include "analysis/stations/station_table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/analysis/stations/wire.h"

namespace tapstat::analysis::stations {
namespace {

constexpr const char* kA = "02:00:00:00:00:01";
constexpr const char* kB = "02:00:00:00:00:02";

TEST(StationTable, CountsFramesOfBothDirectionsApart) {
  Wire wire;
  wire.see(test::tcp({}));
  wire.see(test::tcp({.src_mac = kB, .dst_mac = kA}));
  wire.see(test::tcp({.payload_len = 100, .src_mac = kB, .dst_mac = kA}));
  const Station& a = wire.station(kA);
  EXPECT_EQ(a.sent.packets, 1u);
  EXPECT_EQ(a.received.packets, 2u);
  EXPECT_EQ(a.received.bytes, a.sent.bytes * 2 + 100);
  EXPECT_EQ(a.first, capture::Timestamp{std::chrono::seconds{1}});
  EXPECT_EQ(a.last, capture::Timestamp{std::chrono::seconds{3}});
}

TEST(StationTable, WhatIsInsideOfATunnelIsNotOnThisWire) {
  Wire wire;
  wire.see(test::ethernet(test::vxlan(test::tcp({}), 7), {.src_mac = "02:00:00:00:00:aa"}));
  EXPECT_EQ(wire.station("02:00:00:00:00:aa").sent.packets, 1u);
  EXPECT_EQ(wire.station(kA).sent.packets, 0u);
}

TEST(StationTable, KnowsTheLinksAndWhereItSends) {
  Wire wire;
  wire.see(test::tcp({.vlan = {20}}));
  wire.see(test::tcp({.vlan = {10}}));
  wire.see(test::tcp({.vlan = {10}}), 1);
  wire.see(test::tcp({.vlan = {10}}), 1);
  EXPECT_EQ(wire.station(kA).links.size(), 3u);
  EXPECT_EQ(wire.station(kA).source_inputs, 3u);
  EXPECT_EQ(wire.station(kB).source_inputs, 0u);
}

TEST(StationTable, AddressesAreThoseOfSourcesAndClaims) {
  Wire wire;
  wire.see(test::arp({.sender_ip = "10.0.0.7"}));
  wire.see(test::tcp({.src = "10.0.0.8", .ttl = 63}));
  wire.see(test::tcp({.src = "10.0.0.8", .ttl = 64}));
  wire.see(test::udp({.src = "0.0.0.0"}));
  std::vector<IpAddress> of_a;
  const AddressTable& addresses = wire.table().addresses();
  for (std::uint32_t i = 0; i < addresses.size(); ++i) {
    const Address& a = addresses[i];
    if (a.mac == mac(kA) && (a.is_source || a.is_claimed())) of_a.push_back(a.ip);
    if (a.ip == ip("10.0.0.8") && a.is_source) {
      EXPECT_EQ(a.best_ttl, 64);
    }
  }
  EXPECT_EQ(of_a, (std::vector{ip("10.0.0.7"), ip("10.0.0.8")}));
}

TEST(StationTable, AFloodOfAddressesIsCountedAndNotKept) {
  Wire wire;
  test::Buffer frame = test::arp({});
  constexpr std::uint32_t kBeyond = 100;
  for (std::uint32_t i = 0; i < StationTable::kMostStations + kBeyond; ++i) {
    for (int octet = 0; octet < 4; ++octet) {
      frame[8u + static_cast<std::size_t>(octet)] = static_cast<std::uint8_t>(i >> (8 * octet));
    }
    wire.see(frame);
  }
  EXPECT_EQ(wire.table().stations().size(), StationTable::kMostStations);
  EXPECT_GE(wire.table().frames_not_kept(), kBeyond);
  EXPECT_LE(wire.table().addresses().size(), AddressTable::kMost);
}

// For --at.
TEST(StationTable, ACopyStaysAsItWas) {
  Wire wire;
  wire.see(test::tcp({}));
  const StationTable copy = wire.table();
  wire.see(test::tcp({}));
  wire.see(test::tcp({.src_mac = kB, .dst_mac = kA}));
  EXPECT_EQ(copy.stations()[0].sent.packets, 1u);
  EXPECT_EQ(copy.addresses().size(), 2u);
}

}  // namespace
}  // namespace tapstat::analysis::stations
