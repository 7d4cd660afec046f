// Connections are told when they have ended, and forgotten (Settings::on_end).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "analysis/tcp/connections.h"
#include "analysis/tcp/tracker.h"
#include "tests/analysis/tcp/client.h"
#include "tests/analysis/tcp/traffic.h"

namespace tapstat::test {
namespace {

using analysis::tcp::Connection;
using analysis::tcp::Settings;
using std::chrono::milliseconds;
using std::chrono::seconds;

// What was told, a line each: id, states of client and server, packets.
class Ending {
 public:
  explicit Ending(Settings settings = {}) {
    settings.on_end = [this](std::span<const std::uint32_t> ids, capture::Timestamp) {
      for (const std::uint32_t id : ids) note(tap_->connection(id));
    };
    tap_ = std::make_unique<Tap>(settings);
  }

  [[nodiscard]] Tap& tap() { return *tap_; }
  // What was told since it was asked last, after `later` went by and a packet of somebody else
  // came.
  [[nodiscard]] std::string after(std::chrono::nanoseconds later) {
    tap_->see(arp({}), later);
    return std::exchange(told_, "");
  }
  // Records that are kept.
  [[nodiscard]] std::uint32_t kept() const {
    std::uint32_t kept = 0;
    for (const auto& shard : tap_->engine().model().tcp.tables().shards) {
      for (std::uint32_t i = 0; i < shard.connections->extent(); ++i) {
        kept += shard.connections->has(i) ? 1 : 0;
      }
    }
    return kept;
  }

 private:
  void note(const Connection& c) {
    const auto client = c.client(), server = c.server();
    told_ += fmt::format("{} {} {} {}\n", c.id(), name(c.end(client).state()),
                         name(c.end(server).state()),
                         c.traffic(client).packets + c.traffic(server).packets);
  }

  std::string told_;
  std::unique_ptr<Tap> tap_;
};

void lives(const Client& client, Tap& tap) {
  client.opens(tap);
  client.asks(tap);
  client.closes(tap);
}

TEST(Ended, ATwoSecondsAfterTheLastAck) {
  Ending ending;
  lives(Client(1), ending.tap());
  EXPECT_EQ(ending.after(milliseconds{1900}), "");
  EXPECT_EQ(ending.kept(), 1u);
  EXPECT_EQ(ending.after(milliseconds{200}), "0 TIME_WAIT CLOSED 8\n");
  EXPECT_EQ(ending.kept(), 0u);
  EXPECT_EQ(ending.after(seconds{120}), "") << "told twice";
}

// The last ACK was lost behind the tap: FIN again, and ACK again.
TEST(Ended, ALaterWordIsStillItsOwn) {
  Ending ending;
  Tap& tap = ending.tap();
  const Client client(1);
  lives(client, tap);
  tap.see(tcp(client.gets("FA", 521, 112)), milliseconds{1200});
  tap.see(tcp(client.sends("A", 112, 522)), kSoon);
  EXPECT_EQ(ending.after(milliseconds{1900}), "");
  EXPECT_EQ(ending.after(milliseconds{200}), "0 TIME_WAIT CLOSED 10\n");
}

TEST(Ended, ByReset) {
  Ending ending;
  Tap& tap = ending.tap();
  const Client client(1);
  client.opens(tap);
  client.asks(tap);
  tap.see(tcp(client.sends("R", 111, 0)));
  EXPECT_EQ(ending.after(milliseconds{2100}), "0 CLOSED CLOSED 6\n");
}

TEST(Ended, Refused) {
  Ending ending;
  const Client client(1);
  ending.tap().see(tcp(client.sends("S", 100, 0)));
  ending.tap().see(tcp(client.gets("RA", 0, 101)));
  EXPECT_EQ(ending.after(milliseconds{2100}), "0 CLOSED CLOSED 2\n");
}

// It does not come again, as it would while somebody waits for an answer.
TEST(Ended, UnansweredOnceItsSenderGaveUp) {
  Ending ending;
  ending.tap().see(tcp(Client(1).sends("S", 100, 0)));
  EXPECT_EQ(ending.after(milliseconds{500}), "");
  EXPECT_EQ(ending.after(seconds{40}), "0 CLOSED CLOSED 1\n");
  EXPECT_EQ(ending.kept(), 0u);
}

TEST(Ended, OneThatGoesOnIsKept) {
  Ending ending;
  Tap& tap = ending.tap();
  Client(1).opens(tap);
  Client(1).asks(tap);
  lives(Client(2), tap);
  EXPECT_EQ(ending.after(seconds{3}), "1 TIME_WAIT CLOSED 8\n");
  EXPECT_EQ(ending.after(seconds{1000}), "");
  Client(1).closes(tap);
  EXPECT_EQ(ending.after(seconds{3}), "0 TIME_WAIT CLOSED 8\n");
}

// The port is used again while the one before lingers, which ends its TIME_WAIT; and after it went.
TEST(Ended, AnotherOfTheSamePortsIsAnother) {
  Ending ending;
  Tap& tap = ending.tap();
  const Client client(1);
  lives(client, tap);
  tap.see(tcp(client.sends("S", 90'000, 0)), milliseconds{500});
  EXPECT_EQ(ending.after(milliseconds{1800}), "0 CLOSED CLOSED 8\n");
  tap.see(tcp(client.gets("SA", 70'000, 90'001)), kSoon);
  tap.see(tcp(client.sends("A", 90'001, 70'001)), kSoon);
  tap.see(tcp(client.sends("R", 90'001, 0)), kSoon);
  EXPECT_EQ(ending.after(seconds{3}), "1 CLOSED CLOSED 4\n");
  lives(client, tap);
  EXPECT_EQ(ending.after(seconds{3}), "2 TIME_WAIT CLOSED 8\n");
}

TEST(Ended, LikewiseWithAllThatIsTold) {
  Settings settings;
  settings.journal = settings.analysis = true;
  Ending ending(settings);
  lives(Client(1), ending.tap());
  EXPECT_EQ(ending.after(seconds{3}), "0 TIME_WAIT CLOSED 8\n");
  ending.tap().see(tcp(Client(2).sends("S", 100, 0)));
  EXPECT_EQ(ending.after(milliseconds{500}), "");
  EXPECT_EQ(ending.after(seconds{40}), "1 CLOSED CLOSED 1\n");
  EXPECT_EQ(ending.kept(), 0u);
}

TEST(Ended, ThereIsRoomForAsManyAsAreThereAtOnce) {
  Ending ending;
  constexpr std::uint32_t kAll = 20'000;
  for (std::uint32_t i = 0; i < kAll; ++i) {
    lives(Client(i), ending.tap());
    ending.tap().see(arp({}), milliseconds{20});
  }
  std::uint32_t extent = 0;
  const auto model = ending.tap().engine().model();
  for (const auto& shard : model.tcp.tables().shards) extent += shard.connections->extent();
  EXPECT_LT(extent, 1000u);  // a hundred of them end in two seconds, sixteen shards share them
  EXPECT_EQ(model.tcp.connections().size(), kAll);
  EXPECT_EQ(model.tcp.given_up(), 0u);
}

}  // namespace
}  // namespace tapstat::test
