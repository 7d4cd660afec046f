// What the readers of all capture file formats share: the batch, the counters, the end and damage.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "capture/byte_window.h"
#include "capture/source.h"

namespace tapstat::capture {

// The most bytes a record of this link type may hold; a length above it is damage. libpcap's and
// Wireshark's bounds: 262144, and more for the few link types whose messages are longer.
[[nodiscard]] std::uint32_t max_captured_len(LinkType link);

// "capture.pcap: what"; how every message of a reader begins.
[[nodiscard]] Error input_error(const InputInfo& info, std::string_view what);
// "byte 1234", and of what where the file is compressed.
[[nodiscard]] std::string byte_position(const InputInfo& info, std::uint64_t offset);

class FileSource : public Source {
 public:
  [[nodiscard]] std::span<const Frame> next_batch() final;
  [[nodiscard]] std::vector<const InputInfo*> inputs() const final { return {&info_}; }
  [[nodiscard]] std::optional<double> progress() const final { return window_.share_read(); }

 protected:
  FileSource(ByteWindow window, InputInfo info);

  // Puts the frames of the whole records that the window holds into `out`, number and input
  // excepted, and consumes the records; it never fills the window, so that frames handed out stay
  // in their place and a pipe is waited for only when there is no frame. Calls stop() at damage.
  [[nodiscard]] virtual std::size_t parse(std::span<Frame> out) = 0;

  // At the end of the input: what record the end cuts, as a clause; nullopt where it cuts none.
  [[nodiscard]] virtual std::optional<std::string> cut_record() const = 0;

  // Ends reading here; `what` becomes InputInfo::damage.
  void stop(std::string_view what);

  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] ByteWindow& window() { return window_; }
  [[nodiscard]] const ByteWindow& window() const { return window_; }
  [[nodiscard]] InputInfo& info() { return info_; }
  [[nodiscard]] const InputInfo& info() const { return info_; }

 private:
  // Enough to spread the cost of a batch, few enough that the frames stay in the first-level cache.
  static constexpr std::size_t kBatch = 128;

  void end();
  void finish();
  void account(std::span<Frame> batch);

  ByteWindow window_;
  InputInfo info_;
  PacketClock clock_;
  bool ended_ = false;
  std::array<Frame, kBatch> frames_{};
};

}  // namespace tapstat::capture
