// Where frames come from: a file, a pipe, or several of them merged.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "capture/frame.h"
#include "capture/packet_clock.h"

namespace tapstat::capture {

// A failure of the environment or of an input, in one sentence for people: what, where, at which
// byte.
struct Error {
  std::string message;
};

template <typename T>
using Result = tl::expected<T, Error>;

// What is known of one input so far; complete once its source has ended.
struct InputInfo {
  std::string path;         // as given on the command line; "-" is standard input; or an interface
  std::string format;       // "pcap", "pcapng" or "live"
  std::string compression;  // "gzip", "zstd", "lz4", or empty
  // Of pcapng: the names of its interfaces, empty where they have none; of other formats nothing.
  std::vector<std::string> interfaces;
  std::vector<LinkType> link_types;      // in order of first appearance
  std::uint32_t snaplen = 0;             // largest of its interfaces; 0 when it states none
  std::uint64_t packets = 0;             // frames read, before any filter
  std::uint64_t bytes = 0;               // their wire lengths
  std::uint64_t snapped = 0;             // frames of which less than wire_len was captured
  std::optional<Timestamp> first, last;  // earliest and latest time
  TimeOrder order;                       // of its frames
  std::optional<Timestamp> ended;        // capturing, where its writer says: pcapng's isb_endtime
  // Of an interface what libpcap counts; of pcapng its statistics (isb_osdrop, isb_ifdrop).
  std::optional<std::uint64_t> kernel_dropped, interface_dropped;
  std::optional<std::uint64_t> received;  // of an interface: frames that the filter let through
  bool is_live = false;                   // an interface
  std::vector<std::string> comments;      // pcapng opt_comment of sections and interfaces, bounded
  std::vector<Error> oddities;  // what was strange in it and did not keep it from being read
  std::optional<Error> damage;  // why reading stopped before the input's end
};

// Hands out frames in batches. Frames of one batch stay valid until the next call.
class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;

  // The next frames in the order read; empty at the end, and then for ever. An input that turns out
  // damaged ends there: what was read before has been handed out, and inputs() says why.
  // Blocks only while not one whole frame is there (a pipe is followed as it arrives).
  [[nodiscard]] virtual std::span<const Frame> next_batch() = 0;

  // One entry a capture point, indexed by Frame::input.
  [[nodiscard]] virtual std::vector<const InputInfo*> inputs() const = 0;

  // Share of the input read so far, 0 to 1, for a progress display; nullopt where it has no size.
  [[nodiscard]] virtual std::optional<double> progress() const { return std::nullopt; }
};

}  // namespace tapstat::capture
