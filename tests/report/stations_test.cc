#include "report/stations.h"

#include <gtest/gtest.h>

#include <map>

#include "analysis/engine.h"
#include "report/well_known_macs.h"
#include "tests/support/json.h"
#include "tests/support/packet_builder.h"
#include "tests/support/string_output.h"

namespace tapstat::report {
namespace {

using nlohmann::json;
using std::chrono::seconds;

class Stations : public testing::Test {
 protected:
  void see(const test::Buffer& frame, seconds at = seconds{1}) {
    const capture::Frame f = test::frame_of(frame, at, ++frames_);
    engine_.take({&f, 1});
  }
  [[nodiscard]] std::string print(Format format, std::optional<seconds> from = {}) const {
    test::StringOutput out;
    const auto instant = from ? std::optional{capture::Timestamp{*from}} : std::nullopt;
    report::print({.model = engine_.model(), .inputs = {}, .from = instant}, View::mac, format,
                  out);
    return out.text();
  }
  // By MAC address.
  [[nodiscard]] std::map<std::string, json> records(std::optional<seconds> from = {}) const {
    std::map<std::string, json> records;
    for (const json& record : test::parse_records(print(Format::json, from))) {
      if (record["type"] == "mac") records[record["mac"]] = record;
    }
    return records;
  }

 private:
  analysis::Engine engine_{1, {}, {.stations = true}};
  std::uint64_t frames_ = 0;
};

TEST_F(Stations, ARecordSaysWhatAnAddressIs) {
  see(test::tcp({.vlan = {30}}));
  see(test::tcp({.vlan = {7, 30}, .src_mac = "02:00:00:00:00:02", .dst_mac = "02:00:00:00:00:01"}));
  const json r = records().at("02:00:00:00:00:01");
  EXPECT_EQ(r["kind"], "unicast");
  EXPECT_EQ(r["local"], true);
  EXPECT_EQ(r["vlan"], test::parse_json("[7, 30]"));
  EXPECT_EQ(r["vlan_stacks"], test::parse_json("[[7, 30]]"));
  EXPECT_EQ(r["packets"], 2);
  EXPECT_EQ(r["sent"]["packets"], 1);
  EXPECT_EQ(r["received"]["packets"], 1);
  EXPECT_EQ(r["bytes"], r["sent"]["bytes"].get<int>() + r["received"]["bytes"].get<int>());
  EXPECT_EQ(r["ips"], test::parse_json(R"(["10.0.0.1"])"));
}

TEST_F(Stations, WhatIsUnknownIsLeftOut) {
  see(test::ethernet(test::Buffer(46), {.ether_type = 0x9999}));
  const json r = records().at("02:00:00:00:00:01");
  for (const char* key : {"vlan", "vlan_stacks", "vendor", "name", "ips", "ip_count", "gateway",
                          "note", "interfaces"}) {
    EXPECT_FALSE(r.contains(key)) << key;
  }
}

TEST_F(Stations, GroupsAreNamedAndNoteworthyAsSources) {
  see(test::arp({}));
  see(test::tcp({.src_mac = "01:00:5e:00:00:fb"}));
  const auto all = records();
  EXPECT_EQ(all.at("ff:ff:ff:ff:ff:ff")["kind"], "broadcast");
  EXPECT_FALSE(all.at("ff:ff:ff:ff:ff:ff").contains("note"));
  EXPECT_EQ(all.at("01:00:5e:00:00:fb")["kind"], "multicast");
  EXPECT_EQ(all.at("01:00:5e:00:00:fb")["note"], "group bit in a source address");
}

TEST_F(Stations, FromAnInstantOnThoseHeardSince) {
  see(test::tcp({}), seconds{1});
  see(test::tcp({.src_mac = "02:00:00:00:00:09"}), seconds{5});
  const auto since = records(seconds{3});
  EXPECT_FALSE(since.contains("02:00:00:00:00:01"));
  EXPECT_TRUE(since.contains("02:00:00:00:00:02"));
  EXPECT_TRUE(since.contains("02:00:00:00:00:09"));
}

TEST_F(Stations, AGatewaySaysForWhatAndHowThatIsKnown) {
  see(test::arp({.operation = 2, .sender_ip = "10.0.0.1", .target_ip = "10.0.0.2"}));
  see(test::tcp({.src = "10.0.0.2",
                 .dst = "198.51.100.4",
                 .src_mac = "02:00:00:00:00:02",
                 .dst_mac = "02:00:00:00:00:01"}));
  see(test::tcp({.src = "198.51.100.4", .dst = "10.0.0.2", .ttl = 61}));
  const json gateway = records().at("02:00:00:00:00:01")["gateway"];
  EXPECT_EQ(gateway["networks"], test::parse_json(R"(["198.51.100.4/32"])"));
  EXPECT_EQ(gateway["how"], test::parse_json(R"(["off_link", "ttl"])"));
  EXPECT_EQ(gateway["via"], test::parse_json(R"(["10.0.0.1"])"));
  EXPECT_NE(print(Format::text).find("198.51.100.4/32 via 10.0.0.1 (off_link, ttl)"),
            std::string::npos);
}

TEST(WellKnownMacs, HaveTheNamesOfTheirStandards) {
  const auto name_of = [](std::string_view mac) {
    return well_known_name(decode::mac_from_wire(test::mac_bytes(mac).data()));
  };
  EXPECT_EQ(name_of("01:80:c2:00:00:0e"), "nearest bridge (LLDP, PTP)");
  EXPECT_EQ(name_of("01:80:c2:00:00:05"), "bridge control, reserved");
  EXPECT_EQ(name_of("01:00:5e:00:00:fb"), "IPv4 multicast 224..239.(0|128).0.251");
  EXPECT_EQ(name_of("33:33:00:01:00:02"), "IPv6 multicast ff0x::1:2");
  EXPECT_EQ(name_of("33:33:ff:12:34:56"), "IPv6 multicast solicited-node ff02::1:ff12:3456");
  EXPECT_EQ(name_of("00:00:5e:00:01:07"), "VRRP (or CARP) router 7");
  EXPECT_EQ(name_of("00:00:5e:00:02:ff"), "VRRP IPv6 router 255");
  EXPECT_EQ(name_of("00:00:0c:07:ac:0a"), "HSRP group 10");
  EXPECT_EQ(name_of("00:00:0c:9f:f1:02"), "HSRPv2 group 258");
  EXPECT_EQ(name_of("00:07:b4:00:01:02"), "GLBP group 1 forwarder 2");
  EXPECT_EQ(name_of("02:00:00:00:00:01"), "");
  EXPECT_EQ(name_of("00:00:5e:00:03:01"), "");
}

}  // namespace
}  // namespace tapstat::report
