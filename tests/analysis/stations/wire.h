// A table of stations that is shown frames, for tests.
#pragma once

#include <map>
#include <string_view>

#include "analysis/stations/gateways.h"
#include "analysis/stations/station_table.h"
#include "decode/decoder.h"
#include "tests/support/packet_builder.h"

namespace tapstat::analysis::stations {

[[nodiscard]] inline IpAddress ip(std::string_view text) {
  const auto bytes = test::ip_bytes(text);
  return IpAddress::from_wire(bytes.data(), bytes.size() == 4 ? 4 : 6);
}

[[nodiscard]] inline MacAddress mac(std::string_view text) {
  return decode::mac_from_wire(test::mac_bytes(text).data());
}

class Wire {
 public:
  // A second after the frame before.
  void see(const test::Buffer& bytes, std::uint16_t input = 0) {
    capture::Frame frame = test::frame_of(bytes, std::chrono::seconds{++time_});
    frame.input = input;
    decode::Packet packet;
    decoder_.begin_batch();
    decoder_.decode(frame, packet);
    table_.see(frame, packet);
  }
  void wait(std::chrono::seconds time) { time_ += time.count(); }

  [[nodiscard]] const StationTable& table() const { return table_; }
  [[nodiscard]] const Station& station(std::string_view address) const {
    for (const Station& s : table_.stations()) {
      if (s.mac == mac(address)) return s;
    }
    static const Station kNone;
    return kNone;
  }
  [[nodiscard]] std::map<MacAddress, Gateway> gateways() const {
    return find_gateways(table_, capture::Timestamp{std::chrono::seconds{time_}});
  }

 private:
  decode::Decoder decoder_;
  StationTable table_{1};
  std::int64_t time_ = 0;
};

}  // namespace tapstat::analysis::stations
