#include "report/lvs/configuration.h"

#include <gtest/gtest.h>

#include "report/socket_argument.h"

namespace tapstat::report {
namespace {

using analysis::lvs::Mode;
using std::chrono::seconds;

TEST(IpvsConfiguration, IsWhatIpvsadmSaveWrites) {
  const auto c = IpvsConfiguration::parse(
      "-A -t 192.0.2.1:80 -s wrr -p 50 -M 255.255.255.0\n"
      "-a -t 192.0.2.1:80 -r 10.0.0.5:8080 -m -w 4\n"
      "-a -t 192.0.2.1:80 -r 10.0.0.6:8080 -i -w 0 --tun-type gue --tun-port 6080 --tun-nocsum\n"
      "-A -u [2001:db8::1]:53 -s sh -b sh-fallback,sh-port -o\n"
      "-a -u [2001:db8::1]:53 -r [fd00::5]:1053 -g -w 1\n"
      "\n"
      "-A -f 7 -s rr\n"
      "-a -f 7 -r 10.0.0.5:0 -g -w 1 -x 100 -y 10\n");
  ASSERT_TRUE(c) << c.error();
  ASSERT_EQ(c->services.size(), 3u);
  EXPECT_EQ(c->services[0].vip, parse_socket("192.0.2.1:80"));
  EXPECT_EQ(c->services[0].scheduler, "wrr");
  EXPECT_EQ(c->services[0].persistence, seconds{50});
  ASSERT_EQ(c->services[0].servers.size(), 2u);
  EXPECT_EQ(c->services[0].servers[0].mode, Mode::nat);
  EXPECT_EQ(c->services[0].servers[0].weight, 4u);
  EXPECT_EQ(c->services[0].servers[1].mode, Mode::tun);
  EXPECT_EQ(c->services[0].servers[1].weight, 0u);
  EXPECT_EQ(c->services[1].protocol, 17);
  EXPECT_EQ(c->services[1].servers[0].socket, parse_socket("[fd00::5]:1053"));
  EXPECT_EQ(c->services[2].fwmark, 7u);
  EXPECT_FALSE(c->services[2].vip);
}

TEST(IpvsConfiguration, HasIpvsadmsDefaults) {
  const auto c =
      IpvsConfiguration::parse("-A -t 192.0.2.1:80 -p\r\n-a -t 192.0.2.1:80 -r 10.0.0.5\n");
  ASSERT_TRUE(c) << c.error();
  EXPECT_EQ(c->services[0].scheduler, "wlc");
  EXPECT_EQ(c->services[0].persistence, seconds{300});
  EXPECT_EQ(c->services[0].servers[0].mode, Mode::dr);
  EXPECT_EQ(c->services[0].servers[0].weight, 1u);
  EXPECT_EQ(c->services[0].servers[0].socket, parse_socket("10.0.0.5:80"));
}

// Of DPVS: one letter for FULLNAT where the kernel's has the flags of a scheduler.
TEST(IpvsConfiguration, KnowsFullnat) {
  const auto c = IpvsConfiguration::parse(
      "-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.5:80 -b -w 1\n");
  ASSERT_TRUE(c) << c.error();
  EXPECT_EQ(c->services[0].servers[0].mode, Mode::fullnat);
}

TEST(IpvsConfiguration, SaysWhichLineIsWrong) {
  const auto error = [](std::string_view text) {
    const auto c = IpvsConfiguration::parse(text);
    return c ? std::string{"none"} : c.error();
  };
  EXPECT_EQ(error(""), "no virtual service in it");
  EXPECT_EQ(error("-A -t 192.0.2.1:80\n-D -t 192.0.2.1:80\n"),
            "line 2: -D: neither -A (a virtual service) nor -a (a real server)");
  EXPECT_EQ(error("-A -t www:http -s rr\n"),
            "line 1: www:http: not an address and port; ipvsadm-save -n prints numbers");
  EXPECT_EQ(error("-A -s rr\n"), "line 1: no virtual service: -t, -u or -f");
  EXPECT_EQ(error("-a -t 192.0.2.1:80 -r 10.0.0.5:80\n"),
            "line 1: its virtual service has no line (-A) before it");
  EXPECT_EQ(error("-A -t 192.0.2.1:80\n-a -t 192.0.2.1:80 -w 1\n"), "line 2: no real server: -r");
  EXPECT_EQ(error("-A -t 192.0.2.1:80\n-A -t 192.0.2.1:80\n"),
            "line 2: the same virtual service a second time");
  EXPECT_EQ(error("-A -t 192.0.2.1:80 --frobnicate\n"), "line 1: unknown option --frobnicate");
  EXPECT_EQ(error("-A -t 192.0.2.1:80 -w x\n"), "line 1: -w x: not a number");
  EXPECT_EQ(error("-A -t 192.0.2.1:80 -s"), "line 1: -s: no value");
  EXPECT_EQ(error("\x1b[2J -t"),
            "line 1: ?[2J: neither -A (a virtual service) nor -a (a real server)");
}

}  // namespace
}  // namespace tapstat::report
