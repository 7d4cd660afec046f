#include "report/names.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "decode/ip_protocol.h"
#include "tests/support/packet_builder.h"

namespace tapstat::report {
namespace {

namespace ip_protocol = decode::ip_protocol;

class VendorLists : public testing::Test {
 protected:
  void SetUp() override {
    const auto folder = std::filesystem::path{testing::TempDir()};
    const std::string test = testing::UnitTest::GetInstance()->current_test_info()->name();
    large_ = (folder / (test + "-oui.csv")).string();
    small_ = (folder / (test + "-oui36.csv")).string();
    std::ofstream{large_} << "Registry,Assignment,Organization Name,Organization Address\n"
                             "MA-L,0050C2,IEEE Registration Authority,Piscataway\n"
                             "MA-L,001122,\"Lamps, Switches & Co.\",\"1 High Street\n"
                             "MA-L is no line of its own\n"
                             "Springfield\"\n"
                             "MA-L,00AABB,Bell\x07 and Escape\x1b,Somewhere\n"
                             "MA-L,00CCDD\n";
    std::ofstream{small_} << "MA-S,0050C2123,Small Maker,Elsewhere\n";
  }
  void TearDown() override {
    std::filesystem::remove(large_);
    std::filesystem::remove(small_);
  }

  [[nodiscard]] std::string find(const MacAddress& mac) const {
    Vendors vendors({large_, "/nonexistent/mam.csv", small_});
    return std::string{vendors.find(mac)};
  }

 private:
  std::string large_, small_;
};

TEST_F(VendorLists, NameTheMakerOfAnAddress) {
  EXPECT_EQ(find({0x00, 0x11, 0x22, 0x33, 0x44, 0x55}), "Lamps, Switches & Co.");
  EXPECT_EQ(find({0x00, 0x11, 0x23, 0x33, 0x44, 0x55}), "");
}

TEST_F(VendorLists, TheLongestBeginningCounts) {
  EXPECT_EQ(find({0x00, 0x50, 0xc2, 0x12, 0x3f, 0xff}), "Small Maker");
  EXPECT_EQ(find({0x00, 0x50, 0xc2, 0x12, 0x4f, 0xff}), "IEEE Registration Authority");
}

TEST_F(VendorLists, NobodyMadeALocalAddress) {
  EXPECT_EQ(find({0x02, 0x11, 0x22, 0x33, 0x44, 0x55}), "");
}

TEST_F(VendorLists, WhatATerminalWouldObeyIsNotPrinted) {
  EXPECT_EQ(find({0x00, 0xaa, 0xbb, 0, 0, 0}), "Bell? and Escape?");
}

TEST_F(VendorLists, ALineThatIsCutShortSaysNothing) {
  EXPECT_EQ(find({0x00, 0xcc, 0xdd, 0, 0, 0}), "");
}

TEST(Vendors, OfTheSystemAreKnownWhereItHasTheLists) {
  if (!std::filesystem::exists("/usr/share/ieee-data/oui.csv")) {
    GTEST_SKIP() << "ieee-data is not installed";
  }
  EXPECT_NE(Vendors{}.find({0x00, 0x00, 0x0c, 0, 0, 1}), "");  // Cisco's first
}

TEST(Services, AreThoseOfTheirProtocol) {
  const analysis::HostNames hosts;
  const Names names(hosts);
  if (names.service(53, ip_protocol::kTcp).empty()) GTEST_SKIP() << "no table of services";
  EXPECT_EQ(names.service(53, ip_protocol::kUdp), "domain");
  EXPECT_EQ(names.service(514, ip_protocol::kTcp), "shell");
  EXPECT_EQ(names.service(514, ip_protocol::kUdp), "syslog");
  EXPECT_EQ(names.service(514, ip_protocol::kSctp), "");
  EXPECT_EQ(names.service(5672, ip_protocol::kSctp), "amqp");
}

TEST(SocketText, IsNumbersWithoutNames) {
  const auto v6 = analysis::IpAddress::from_wire(test::ip_bytes("2001:db8::1").data(), 6);
  EXPECT_EQ(host_text(nullptr, v6), "2001:db8::1");
  EXPECT_EQ(socket_text(nullptr, v6, 514, ip_protocol::kUdp), "[2001:db8::1]:514");
}

}  // namespace
}  // namespace tapstat::report
