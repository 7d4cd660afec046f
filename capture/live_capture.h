// Frames from network interfaces, as they pass.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "capture/frame.h"
#include "capture/interface_drops.h"
#include "capture/source.h"

struct pcap;
struct pcap_pkthdr;

namespace tapstat::capture {

struct LiveSettings {
  // Bytes kept of a frame: all of it, as segments that the sender's card cuts up are longer than
  // the MTU.
  std::uint32_t snaplen = 262'144;
  // Of each interface's ring, where frames wait in the kernel: at ten gigabits a second room for
  // about fifty milliseconds.
  std::size_t ring_bytes = std::size_t{64} << 20;
  bool promiscuous = true;
  bool immediate = false;  // each frame at once, for more work of the processor
  std::string filter;      // a BPF expression, run by the kernel; empty for none
};

struct LiveError : Error {
  enum class Cause : std::uint8_t { device, permission, filter };
  Cause cause = Cause::device;
};

// Something happened to an interface, for people.
using Notice = Error;

class LiveCapture {
 public:
  // Opens all of them, or none: names as ip-link(8) has them, or "any".
  [[nodiscard]] static tl::expected<std::unique_ptr<LiveCapture>, LiveError> open(
      const std::vector<std::string>& interfaces, const LiveSettings& settings);

  ~LiveCapture();
  LiveCapture(const LiveCapture&) = delete;
  LiveCapture& operator=(const LiveCapture&) = delete;

  // The frames that have come, `most` at most, of several interfaces in the order of time; waits
  // for the first up to `timeout`, or until a signal. Empty: none came. Valid until the next call.
  // An interface that goes down or away is waited for: it comes back under its name.
  [[nodiscard]] std::span<const Frame> poll(std::chrono::milliseconds timeout, std::uint64_t most);

  // The frames that poll() handed out last, dated as by a clock that is never set back
  // (PacketClock). Once for each poll(): a recording has them as they came.
  [[nodiscard]] std::span<const Frame> date();
  // What that clock says when the system's says `own`.
  [[nodiscard]] Timestamp now(Timestamp own) const { return clock_.now(own); }

  // One each, indexed by Frame::input. Of drops what update_counters() asked last.
  [[nodiscard]] std::vector<const InputInfo*> inputs() const;
  void update_counters();
  // Whether poll() has handed out all that had come when update_counters() asked. Never, where the
  // kernel counts what libpcap leaves out: on loopback, each packet it sees a second time.
  [[nodiscard]] bool has_all_counted() const;

  // What happened since somebody asked.
  [[nodiscard]] std::vector<Notice> take_notices();

 private:
  struct Close {
    void operator()(pcap* handle) const;
  };
  // A count of libpcap's, which begins anew after 2^32.
  struct Count {
    std::uint64_t value = 0;

    [[nodiscard]] std::uint64_t follow(std::uint32_t now) {
      return value += now - static_cast<std::uint32_t>(value);
    }
  };
  struct Device {
    std::unique_ptr<pcap, Close> handle;
    InterfaceDrops drops;
    int fd = -1;
    InputInfo info{};
    Count received{}, kernel_dropped{};
    bool is_gone = false;
  };
  // Where a callback of libpcap puts a frame.
  struct Taking {
    LiveCapture* capture;
    std::uint16_t input;
  };
  // A batch stays in the second-level cache until it is through.
  static constexpr std::size_t kMostFrames = 256;
  static constexpr std::size_t kMostBytes = std::size_t{256} << 10;

  LiveCapture() = default;
  [[nodiscard]] static tl::expected<Device, LiveError> open_device(const std::string& name,
                                                                   const LiveSettings& settings);
  static void take(unsigned char* taking, const pcap_pkthdr* header, const unsigned char* bytes);
  void take(const Taking& taking, const pcap_pkthdr& header, const unsigned char* bytes);
  void wait(std::chrono::milliseconds timeout);
  void read_all();
  void read(std::uint16_t input);
  void lose(Device& device);
  void look_for_lost();
  [[nodiscard]] bool is_bound_again(Device& device) const;
  void account();

  LiveSettings settings_;
  std::vector<Device> devices_;
  std::vector<Frame> frames_;
  PacketClock clock_;  // of all of them
  std::unique_ptr<std::uint8_t[]> bytes_;
  std::size_t used_ = 0;
  std::size_t most_ = kMostFrames;  // of this batch
  std::uint64_t number_ = 0;
  std::vector<Notice> notices_;
  std::chrono::steady_clock::time_point next_look_{};  // for those that are gone
};

}  // namespace tapstat::capture
