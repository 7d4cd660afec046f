#include "analysis/conversation.h"

#include <gtest/gtest.h>

#include "decode/decoder.h"
#include "tests/support/packet_builder.h"

namespace tapstat::analysis {
namespace {

[[nodiscard]] std::optional<Conversation> conversation(const test::Buffer& bytes) {
  decode::Decoder decoder;
  decode::Packet packet;
  const capture::Frame frame = test::frame_of(bytes);
  decoder.decode(frame, packet);
  return conversation_of(packet);
}

TEST(Conversation, APacketAndItsAnswerHaveTheSameKey) {
  const auto question = conversation(test::udp({}));
  const auto answer = conversation(
      test::udp({.src = "10.0.0.2", .src_port = 53, .dst = "10.0.0.1", .dst_port = 40000}));
  ASSERT_TRUE(question && answer);
  EXPECT_EQ(question->directed.key, answer->directed.key);
  EXPECT_NE(question->directed.sender, answer->directed.sender);
}

TEST(Conversation, IcmpQueriesArePairedWithTheirAnswers) {
  struct {
    std::uint8_t query, answer;
  } const pairs[] = {{8, 0}, {13, 14}, {15, 16}, {17, 18}, {10, 9}};
  for (const auto& pair : pairs) {
    const auto query = conversation(test::icmp({.type = pair.query}));
    const auto answer =
        conversation(test::icmp({.src = "10.0.0.2", .dst = "10.0.0.1", .type = pair.answer}));
    ASSERT_TRUE(query && answer);
    EXPECT_EQ(query->directed.key, answer->directed.key) << int{pair.query};
    EXPECT_FALSE(query->is_one_way);
  }
}

TEST(Conversation, AnEchoHasAnIdentifierAndAnErrorHasNone) {
  EXPECT_EQ(conversation(test::icmp({.type = 8, .rest = 0x12340001}))->echo, 0x1234);
  const auto error = conversation(test::icmp({.type = 3, .code = 1, .rest = 0x12340001}));
  EXPECT_FALSE(error->echo);
  EXPECT_TRUE(error->is_one_way);
}

TEST(Conversation, TcpIsNone) { EXPECT_FALSE(conversation(test::tcp({}))); }

TEST(Conversation, ArpIsNone) { EXPECT_FALSE(conversation(test::arp({}))); }

TEST(Conversation, OtherProtocolsHaveNoPorts) {
  const auto gre = conversation(test::ethernet(test::ip_packet(test::Buffer(20), 89)));
  ASSERT_TRUE(gre);
  EXPECT_EQ(gre->protocol, 89);
  EXPECT_EQ(gre->payload_len, 20u);
  EXPECT_EQ(gre->directed.key.port[0], 0);
}

}  // namespace
}  // namespace tapstat::analysis
