// What a real director told another, against what that one then had in its own table.
#include <gtest/gtest.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "analysis/lvs/sync_table.h"
#include "capture/open_file.h"
#include "decode/decoder.h"
#include "tests/support/packet_builder.h"

namespace tapstat::analysis::lvs {
namespace {

const std::filesystem::path kTruth = std::filesystem::path(TAPSTAT_TRUTH) / "lvs" / "nat-sync";

// "192.0.2.1:80".
[[nodiscard]] Socket socket_of(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const test::Buffer bytes = test::ip_bytes(text.substr(0, colon));
  Socket out{IpAddress::from_wire(bytes.data(), 4)};
  std::from_chars(text.data() + colon + 1, text.data() + text.size(), out.port);
  return out;
}

void read_into(SyncTable& table, const std::filesystem::path& path) {
  const auto source = capture::open_file(path.string());
  ASSERT_TRUE(source);
  decode::Decoder decoder;
  for (auto batch = (*source)->next_batch(); !batch.empty(); batch = (*source)->next_batch()) {
    decoder.begin_batch();
    for (const capture::Frame& frame : batch) {
      decode::Packet packet;
      decoder.decode(frame, packet);
      table.see(frame, packet);
    }
  }
}

// Lines of `ipvsadm -Lnc`: "TCP 01:59  TIME_WAIT  client  service  server".
TEST(SyncTruth, ABackupsTableIsWhatItWasTold) {
  if (!std::filesystem::exists(kTruth)) GTEST_SKIP() << "no recordings of directors";
  SyncTable table{1};
  read_into(table, kTruth / "director2.pcap");
  EXPECT_EQ(table.damaged(), 0u);
  ASSERT_EQ(table.senders().size(), 1u);
  std::ifstream listing(kTruth / "ipvs-dir2-end.txt");
  std::size_t listed = 0;
  for (std::string line; std::getline(listing, line);) {
    std::istringstream words(line);
    std::string protocol, expires, state, client, service, server;
    words >> protocol >> expires >> state >> client >> service >> server;
    if (protocol != "TCP" || server.find(':') == std::string::npos) continue;
    ++listed;
    const SyncEntry* e = table.find(6, socket_of(client), socket_of(service), Timestamp::max());
    ASSERT_NE(e, nullptr) << line;
    EXPECT_EQ(e->rip, socket_of(server)) << line;
    EXPECT_EQ(e->method, decode::IpvsMethod::masquerade);
  }
  EXPECT_GT(listed, 0u);
}

// One capture of all interfaces, and one of the interface itself: the same messages.
TEST(SyncTruth, SeveralCapturesOfOneTellTheSame) {
  if (!std::filesystem::exists(kTruth)) GTEST_SKIP() << "no recordings of directors";
  SyncTable one{1}, two{2};
  read_into(one, kTruth / "director-eth1.pcap");
  read_into(two, kTruth / "director-eth1.pcap");
  read_into(two, kTruth / "director2.pcap");
  ASSERT_EQ(one.connections().size(), two.connections().size());
  for (std::uint32_t i = 0; i < one.connections().size(); ++i) {
    EXPECT_EQ(one.connections()[i].messages, two.connections()[i].messages);
  }
}

}  // namespace
}  // namespace tapstat::analysis::lvs
