#include "report/zeek_log.h"

#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "analysis/engine.h"
#include "tests/support/packet_builder.h"
#include "tests/support/string_output.h"

namespace tapstat::report {
namespace {

using std::chrono::milliseconds;
using Row = std::map<std::string, std::string>;

[[nodiscard]] std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> parts;
  std::istringstream in(line);
  for (std::string part; std::getline(in, part, '\t');) parts.push_back(part);
  return parts;
}

class ZeekLog : public testing::Test {
 protected:
  void see(const test::Buffer& frame, std::chrono::nanoseconds later = milliseconds{10}) {
    time_ += later;
    const capture::Frame f = test::frame_of(frame, time_, ++frames_);
    engine_.take({&f, 1});
  }
  void print() {
    test::StringOutput out;
    print_zeek_log({engine_.model(), {}}, out);
    std::istringstream in(out.text());
    std::vector<std::string> fields;
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("#fields\t")) fields = split(line.substr(8));
      if (line.starts_with('#')) {
        header.push_back(line);
        continue;
      }
      const auto parts = split(line);
      ASSERT_EQ(parts.size(), fields.size());
      Row& row = rows.emplace_back();
      for (std::size_t i = 0; i < parts.size(); ++i) row[fields[i]] = parts[i];
    }
  }

  std::vector<std::string> header;
  std::vector<Row> rows;

 private:
  analysis::Engine engine_{1, {}, {.conns = true}};
  std::chrono::nanoseconds time_{std::chrono::seconds{1'700'000'000}};
  std::uint64_t frames_ = 0;
};

TEST_F(ZeekLog, HeaderLinesAreThoseOfZeek) {
  see(test::udp({}));
  print();
  ASSERT_EQ(header.size(), 9u);
  EXPECT_EQ(header[0], "#separator \\x09");
  EXPECT_EQ(header[1], "#set_separator\t,");
  EXPECT_EQ(header[2], "#empty_field\t(empty)");
  EXPECT_EQ(header[3], "#unset_field\t-");
  EXPECT_EQ(header[4], "#path\tconn");
  EXPECT_EQ(header[5], "#open\t2023-11-14-22-13-20");
  EXPECT_EQ(split(header[6]).size(), split(header[7]).size());
  EXPECT_TRUE(header[7].starts_with("#types\ttime\tstring\taddr\tport\taddr\tport\tenum"));
  EXPECT_EQ(header[8], "#close\t2023-11-14-22-13-20");
}

TEST_F(ZeekLog, ATcpConnection) {
  see(test::tcp({.flags = "S", .seq = 100}));
  see(test::tcp({.src = "10.0.0.2",
                 .src_port = 80,
                 .dst = "10.0.0.1",
                 .dst_port = 40000,
                 .flags = "RA",
                 .seq = 0,
                 .ack = 101}));
  print();
  ASSERT_EQ(rows.size(), 1u);
  const Row& row = rows[0];
  EXPECT_EQ(row.at("ts"), "1700000000.010000");
  EXPECT_EQ(row.at("id.orig_h"), "10.0.0.1");
  EXPECT_EQ(row.at("id.orig_p"), "40000");
  EXPECT_EQ(row.at("id.resp_h"), "10.0.0.2");
  EXPECT_EQ(row.at("id.resp_p"), "80");
  EXPECT_EQ(row.at("proto"), "tcp");
  EXPECT_EQ(row.at("service"), "-");
  EXPECT_EQ(row.at("duration"), "0.010000");
  EXPECT_EQ(row.at("orig_bytes"), "0");
  EXPECT_EQ(row.at("conn_state"), "REJ");
  EXPECT_EQ(row.at("local_orig"), "T");
  EXPECT_EQ(row.at("history"), "Sr");
  EXPECT_EQ(row.at("orig_pkts"), "1");
  EXPECT_EQ(row.at("orig_ip_bytes"), "40");
  EXPECT_EQ(row.at("tunnel_parents"), "-");
  EXPECT_EQ(row.at("ip_proto"), "6");
}

TEST_F(ZeekLog, WhatOnePacketDoesNotTellIsUnset) {
  see(test::icmp({.type = 3, .code = 1}));
  print();
  EXPECT_EQ(rows[0].at("duration"), "-");
  EXPECT_EQ(rows[0].at("orig_bytes"), "-");
  EXPECT_EQ(rows[0].at("history"), "-");
  EXPECT_EQ(rows[0].at("conn_state"), "OTH");
}

TEST_F(ZeekLog, UidsHaveZeeksFormAndAreAllDifferent) {
  std::map<std::string, int> seen;
  for (std::uint16_t port = 1; port <= 500; ++port) see(test::udp({.src_port = port}));
  print();
  for (const Row& row : rows) {
    const std::string& uid = row.at("uid");
    EXPECT_EQ(uid.size(), 18u);
    EXPECT_EQ(uid[0], 'C');
    EXPECT_TRUE(std::all_of(uid.begin(), uid.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }));
    ++seen[uid];
  }
  EXPECT_EQ(seen.size(), 500u);
}

TEST_F(ZeekLog, ATunnelsConnectionIsItsParent) {
  see(test::ethernet(test::vxlan(test::tcp({.flags = "S"}), 7)));
  print();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].at("service"), "vxlan");
  EXPECT_EQ(rows[1].at("tunnel_parents"), rows[0].at("uid"));
}

}  // namespace
}  // namespace tapstat::report
