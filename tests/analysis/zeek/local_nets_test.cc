#include "analysis/zeek/local_nets.h"

#include <gtest/gtest.h>

#include "tests/support/packet_builder.h"

namespace tapstat::analysis::zeek {
namespace {

[[nodiscard]] bool local(std::string_view address) {
  const test::Buffer bytes = test::ip_bytes(address);
  return is_local(IpAddress::from_wire(bytes.data(), bytes.size() == 4 ? 4 : 6));
}

TEST(LocalNets, WhatIanaGivesNobodyIsLocal) {
  for (const char* address :
       {"10.1.2.3", "100.127.0.1", "172.31.255.255", "192.168.0.1", "224.0.0.9", "255.255.255.255",
        "::", "::1", "fe80::1", "fd00::1", "2001:0:1::1", "2001:db8::1", "2002:a00:1::1"}) {
    EXPECT_TRUE(local(address)) << address;
  }
}

TEST(LocalNets, EverythingElseIsNot) {
  for (const char* address : {"9.255.255.255", "100.128.0.1", "172.32.0.1", "192.0.1.1",
                              "224.2.127.254", "::2", "ff02::1", "2001:200::1", "2002:800::1"}) {
    EXPECT_FALSE(local(address)) << address;
  }
}

}  // namespace
}  // namespace tapstat::analysis::zeek
