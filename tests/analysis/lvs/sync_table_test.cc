// What a sync table keeps of what directors tell one another.
#include "analysis/lvs/sync_table.h"

#include <gtest/gtest.h>

#include "decode/decoder.h"
#include "tests/support/sync_message.h"

namespace tapstat::analysis::lvs {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Buffer;
using test::sync_v0;
using test::sync_v0_entry;
using test::sync_v1;
using test::sync_v1_entry;
using test::SyncSpec;

[[nodiscard]] Socket at(std::string_view address, std::uint16_t port) {
  const Buffer bytes = test::ip_bytes(address);
  return {IpAddress::from_wire(bytes.data(), bytes.size() == 4 ? 4 : 6), port};
}

const Socket kClient = at("198.51.100.7", 40000), kVip = at("192.0.2.80", 80);

class Synchronised : public testing::Test {
 protected:
  void see(const Buffer& bytes, std::chrono::nanoseconds time = seconds{100},
           std::uint16_t input = 0) {
    capture::Frame frame = test::frame_of(bytes, time, ++frames_);
    frame.input = input;
    decode::Packet packet;
    decoder_.decode(frame, packet);
    table.see(frame, packet);
  }
  void tell(const SyncSpec& spec, std::chrono::nanoseconds time = seconds{100}) {
    see(test::sync_frame(sync_v1({sync_v1_entry(spec)}), "10.0.0.2", ++ip_id_), time);
  }
  [[nodiscard]] const SyncEntry* find(std::chrono::nanoseconds time = seconds{100}) const {
    return table.find(6, kClient, kVip, Timestamp{time});
  }

  SyncTable table{1};

 private:
  decode::Decoder decoder_;
  std::uint64_t frames_ = 0;
  std::uint16_t ip_id_ = 0;
};

TEST_F(Synchronised, AnEntryTellsTheRealServerAndTheMethod) {
  tell({.flags = 0x0103, .state = 4, .fwmark = 0, .timeout = 120});
  const SyncEntry* e = find();
  ASSERT_NE(e, nullptr);
  EXPECT_EQ(e->rip, at("10.0.0.11", 8080));
  EXPECT_EQ(e->method, decode::IpvsMethod::direct);
  EXPECT_EQ(e->state, 4);
  EXPECT_EQ(e->timeout_s, 120u);
  EXPECT_EQ(e->version, 1);
  EXPECT_EQ(e->sync_id, 7);
  EXPECT_EQ(e->director, at("10.0.0.2", 0).address);
  EXPECT_EQ(e->first_frame, 1u);
  EXPECT_EQ(table.find(17, kClient, kVip, Timestamp{seconds{100}}), nullptr);
  EXPECT_EQ(table.find(6, kVip, kClient, Timestamp{seconds{100}}), nullptr);
}

TEST_F(Synchronised, NewsOfAConnectionRenewItsEntry) {
  tell({.state = 1, .timeout = 900}, seconds{100});
  tell({.state = 4, .timeout = 120}, seconds{110});
  ASSERT_EQ(table.connections().size(), 1u);
  const SyncEntry* e = find();
  EXPECT_EQ(e->messages, 2u);
  EXPECT_EQ(e->state, 4);
  EXPECT_EQ(e->first, Timestamp{seconds{100}});
  EXPECT_EQ(e->last, Timestamp{seconds{110}});
  EXPECT_EQ(e->last_frame, 2u);
}

TEST_F(Synchronised, APortUsedAgainMayGoToAnotherServer) {
  tell({.server = "10.0.0.11"}, seconds{100});
  tell({.server = "10.0.0.12"}, seconds{200});
  ASSERT_EQ(table.connections().size(), 2u);
  EXPECT_EQ(find(seconds{50})->rip.address, at("10.0.0.11", 0).address);
  EXPECT_EQ(find(seconds{150})->rip.address, at("10.0.0.11", 0).address);
  EXPECT_EQ(find(seconds{198})->rip.address, at("10.0.0.12", 0).address) << "told late";
  EXPECT_EQ(find(seconds{300})->rip.address, at("10.0.0.12", 0).address);
}

TEST_F(Synchronised, AConnectionWhoseClientPortIsNotKnownIsFoundByItsAddress) {
  tell({.client_port = 0, .flags = 0x0800});
  ASSERT_NE(find(), nullptr);
  EXPECT_TRUE(find()->has(decode::ipvs_flag::kNoClientPort));
}

TEST_F(Synchronised, TemplatesAreApart) {
  tell({.client = "198.51.100.0", .client_port = 0, .flags = 0x1000, .timeout = 300});
  EXPECT_EQ(table.connections().size(), 0u);
  ASSERT_EQ(table.templates().size(), 1u);
  EXPECT_EQ(table.templates()[0].timeout_s, 300u);
}

TEST_F(Synchronised, Version0HasNoTimeout) {
  see(test::sync_frame(sync_v0({sync_v0_entry({.flags = 2})})));
  ASSERT_NE(find(), nullptr);
  EXPECT_EQ(find()->version, 0);
  EXPECT_EQ(find()->method, decode::IpvsMethod::tunnel);
  EXPECT_FALSE(find()->timeout_s || find()->fwmark);
}

TEST_F(Synchronised, OneMessageAtTwoPointsIsOne) {
  const Buffer frame = test::sync_frame(sync_v1({sync_v1_entry({})}));
  see(frame, seconds{100}, 0);
  see(frame, seconds{100} + milliseconds{3}, 1);
  EXPECT_EQ(find()->messages, 1u);
  ASSERT_EQ(table.senders().size(), 1u);
  EXPECT_EQ(table.senders()[0].messages, 1u);
}

TEST_F(Synchronised, SendersAreDirectors) {
  see(test::sync_frame(sync_v1({sync_v1_entry({}), sync_v1_entry({.client_port = 1})}),
                       "10.0.0.2"));
  see(test::sync_frame(sync_v1({sync_v1_entry({})}), "10.0.0.3"));
  ASSERT_EQ(table.senders().size(), 2u);
  EXPECT_EQ(table.senders()[0].entries, 2u);
  EXPECT_EQ(table.senders()[0].mac, (decode::MacAddress{2, 0, 0, 0, 0, 1}));
  EXPECT_EQ(find()->director, at("10.0.0.3", 0).address);
}

TEST_F(Synchronised, WhatStandsBeforeDamageIsKept) {
  Buffer bad = sync_v1_entry({.client_port = 1});
  bad[3] = 1;
  see(test::sync_frame(sync_v1({sync_v1_entry({}), bad})));
  EXPECT_NE(find(), nullptr);
  EXPECT_EQ(table.connections().size(), 1u);
  EXPECT_EQ(table.damaged(), 1u);
}

TEST_F(Synchronised, ACopyLivesOnByItself) {
  tell({.state = 1});
  const SyncTable then = table;
  tell({.state = 4});
  EXPECT_EQ(then.connections()[0].state, 1);
  EXPECT_EQ(find()->state, 4);
}

}  // namespace
}  // namespace tapstat::analysis::lvs
