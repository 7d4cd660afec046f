#include "analysis/spanning_tree/bpdu_log.h"

#include <gtest/gtest.h>

#include "decode/decoder.h"
#include "tests/support/bpdu_bytes.h"

namespace tapstat::analysis::spanning_tree {
namespace {

using test::Buffer;

class Bpdus : public testing::Test {
 protected:
  void see(const Buffer& bytes, std::optional<std::uint32_t> wire_len = {}) {
    capture::Frame frame = test::frame_of(bytes, std::chrono::seconds{100}, ++frames_,
                                          capture::LinkType::ethernet, wire_len);
    frame.input = 1;
    frame.interface = 2;
    decode::Packet packet;
    decoder_.decode(frame, packet);
    log.see(frame, packet);
  }
  [[nodiscard]] const LoggedBpdu& last() const { return log.bpdus()[log.bpdus().size() - 1]; }

  BpduLog log;

 private:
  decode::Decoder decoder_;
  std::uint64_t frames_ = 0;
};

TEST_F(Bpdus, KeepsWhereEachWasSeen) {
  see(test::pvst_bpdu_frame(test::kRstBpdu + test::kPvstVlan10, "8100 0005"));
  ASSERT_EQ(log.bpdus().size(), 1u);
  EXPECT_EQ(last().time, capture::Timestamp{std::chrono::seconds{100}});
  EXPECT_EQ(last().frame, 1u);
  EXPECT_EQ(last().input, 1);
  EXPECT_EQ(last().interface, 2);
  EXPECT_EQ(last().vlans[0], 5);
  ASSERT_TRUE(last().has_source);
  EXPECT_EQ(last().source, (decode::MacAddress{0x02, 0x0a, 0x01, 0x00, 0x01, 0x01}));
  EXPECT_EQ(log.decode(last())->cisco_vlan, 10);
}

TEST_F(Bpdus, OtherFramesAreNone) {
  see(test::tcp({}));
  see(test::arp({}));
  EXPECT_EQ(log.bpdus().size(), 0u);
}

TEST_F(Bpdus, LongOnesAreReadAsTheyWere) {
  std::string instances;
  for (int i = 0; i < 9; ++i) instances += test::kMstiMessage;
  see(test::ieee_bpdu_frame(test::kTcnBpdu));
  see(test::ieee_bpdu_frame(test::mst_bpdu("00d0", instances)));
  see(test::ieee_bpdu_frame(test::kConfigBpdu));
  const auto mst = log.decode(log.bpdus()[1]);
  ASSERT_TRUE(mst && mst->mst);
  ASSERT_EQ(mst->mst->instances.size(), 9u);
  EXPECT_EQ(mst->mst->instances[8].regional_root, mst->mst->instances[0].regional_root);
  EXPECT_EQ(log.decode(log.bpdus()[0])->type, decode::BpduType::tcn);
  EXPECT_EQ(log.decode(log.bpdus()[2])->port, 0x8002);
}

TEST_F(Bpdus, WhatWasRefusedIsKeptWithItsReason) {
  see(test::ieee_bpdu_frame("0000 00 00"));
  const Buffer whole = test::ieee_bpdu_frame(test::kConfigBpdu);
  see(Buffer(whole.begin(), whole.begin() + 40), static_cast<std::uint32_t>(whole.size()));
  see(test::ieee_bpdu_frame(""));
  EXPECT_EQ(log.decode(log.bpdus()[0]).error().reason, "too short for a config BPDU");
  EXPECT_TRUE(log.decode(log.bpdus()[1]).error().is_cut_off);
  EXPECT_EQ(log.decode(log.bpdus()[2]).error().reason, "too short for any BPDU");
}

TEST_F(Bpdus, ACopyStandsByItself) {
  see(test::ieee_bpdu_frame(test::kConfigBpdu));
  const BpduLog copy = log;
  see(test::ieee_bpdu_frame(test::kTcnBpdu));
  EXPECT_EQ(copy.bpdus().size(), 1u);
  EXPECT_TRUE(copy.decode(copy.bpdus()[0]));
}

TEST_F(Bpdus, WhatTheLogHasNoPlaceForIsCounted) {
  const Buffer tcn = test::ieee_bpdu_frame(test::kTcnBpdu);
  for (std::uint32_t i = 0; i < BpduLog::kMostBpdus + 3; ++i) see(tcn);
  EXPECT_EQ(log.bpdus().size(), BpduLog::kMostBpdus);
  EXPECT_EQ(log.left_out(), 3u);
}

}  // namespace
}  // namespace tapstat::analysis::spanning_tree
