// Wireshark's TCP analysis, segment by segment, so that both say the same of the same capture.
//
// The rules, their order and their limits are those of tcp_analyze_sequence_number() and what
// stands around it in Wireshark 4.0's epan/dissectors/packet-tcp.c; each is a function here, named
// after Wireshark's flag. Unlike the states of the two ends they judge by numbers alone, as they
// come, and are not revised. docs/events.md lists where tapstat differs, and why.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "analysis/prefetch.h"
#include "analysis/seq.h"
#include "analysis/slab.h"
#include "analysis/tcp/quality.h"
#include "analysis/tcp/segment_notes.h"
#include "analysis/tcp/unacknowledged.h"
#include "decode/segment.h"
#include "decode/tcp_options.h"

namespace tapstat::analysis::tcp {

using decode::Segment;

// What one segment shows.
struct Appraisal {
  Notes notes;
  std::uint32_t duplicate = 0;      // the how manieth, of a duplicate ACK
  std::optional<Duration> ack_rtt;  // since what it acknowledges was first sent
  // What its sender has sent and not seen acknowledged, selectively or not; nullopt where that is
  // not known.
  std::optional<std::uint32_t> bytes_in_flight;
};

// Bits of Wireshark's tcp.completeness.
namespace completeness {
inline constexpr std::uint8_t kSyn = 1, kSynAck = 2, kAck = 4, kData = 8, kFin = 16, kRst = 32;
}

// Where the parts of it live that not every connection has.
struct AnalysisStore {
  Slab<Quality> qualities;
  UnackedBlocks blocks;

  [[nodiscard]] std::size_t bytes() const { return qualities.bytes() + blocks.bytes(); }
};

class SequenceAnalysis {
 public:
  // Another connection had these addresses and ports before.
  void follow_another() { reused_ = true; }

  // Makes it as new; what it has in `store` goes back there.
  void clear(AnalysisStore& store);

  // The connection's next segment, sent by its end `sender`.
  Appraisal take(const Segment& seg, int sender, AnalysisStore& store);

  // The first segment but a SYN that acknowledges something, since the last SYN; Wireshark's
  // initial_rtt.
  [[nodiscard]] std::optional<Duration> initial_rtt() const {
    return initial_rtt_ == Duration{} ? std::nullopt : std::optional{initial_rtt_};
  }
  [[nodiscard]] std::uint8_t completeness() const { return completeness_; }
  // Of what end `i` sent; nullptr: it sent nothing to measure.
  [[nodiscard]] const Quality* quality(int i, const Slab<Quality>& qualities) const {
    const std::uint32_t at = sides_[i].quality;
    return at == kNone ? nullptr : &qualities[at];
  }

  // Of both directions.
  [[nodiscard]] RoundTrips rtt(const Slab<Quality>& qualities) const;

  // Fetches what every segment touches.
  void prefetch() const {
    fetch_line(&sides_[0]);
    fetch_line(&sides_[1]);
    fetch_line(&completeness_);
  }
  // Likewise, what is not in this record: once that itself was fetched.
  void prefetch_parts(const AnalysisStore& store) const {
    for (const Side& side : sides_) {
      side.unacked.prefetch();
      if (side.quality == kNone) continue;
      const Quality& quality = store.qualities[side.quality];
      fetch_line(&quality);
      fetch_line(&quality.distribution);
      fetch_line(&quality.timestamp_rtt);
    }
  }

 private:
  static constexpr std::uint32_t kNone = 0xffffffffu;
  static constexpr std::uint32_t kOfUnseen = 0xffffffffu;
  static constexpr std::int8_t kScaleUnknown = -1, kNotScaled = -2;

  // What Wireshark keeps of one direction (tcp_flow_t). Numbers are as on the wire; zero stands for
  // none where Wireshark has it so.
  struct alignas(64) Side {
    Seq next;    // nextseq: end of the highest segment
    Seq to_ack;  // maxseqtobeacked: end of what goes on without a hole
    Seq last_ack;
    std::uint32_t window = 0xffffffffu;  // of the last segment, as on the wire
    std::uint32_t sacked = 0;            // bytes in its SACK blocks
    std::uint32_t duplicate_acks = 0;    // kOfUnseen: it acknowledges what was not seen
    Timestamp last_ack_time{};
    Timestamp next_time{};
    std::uint32_t quality = kNone;  // index of what is measured of what it sent
    Notes last_notes;
    std::int8_t window_shift = kScaleUnknown;
    bool has_base : 1 = false;
    bool knows_flight : 1 = true;  // nothing it sent is missing, or that was acknowledged
    bool before_first_ack : 1 = false;
    bool has_resent : 1 = false;
    bool has_sent : 1 = false;
    bool awaits_ack : 1 = false;      // since a SYN no acknowledgment came
    bool was_acked_last : 1 = false;  // of both, the one whose round trip was measured last
    Unacknowledged unacked;
  };

  // What few segments touch.
  struct Rest {
    Seq base;
    Seq resent_end;  // where has_resent: what it sent twice ends here
    // The last one sent again of those as large as Quality::largest_retransmitted.
    Seq large;
    std::uint32_t large_len = 0;  // 0: none, or it was acknowledged
    bool large_is_cut = false;    // it was sent in smaller pieces since
  };

  class Judge;

  [[nodiscard]] Quality& quality_of(int end, AnalysisStore& store);
  void note_syn(const Segment& seg, int sender, bool is_first, Notes& notes);
  void appraise(const Segment& seg, int sender, Appraisal& appraisal, AnalysisStore& store);
  void note_base(const Segment& seg, int sender);
  void measure_acked(const Segment& seg, int sender, const decode::TcpOptions& options,
                     Appraisal& appraisal, AnalysisStore& store);
  void measure_flight(const Segment& seg, int sender, Appraisal& appraisal, AnalysisStore& store);
  void measure(const Segment& seg, int sender, const Appraisal& appraisal, AnalysisStore& store);
  void measure_repetition(const Segment& seg, int sender, Notes notes, Quality& quality);
  void measure_largest(const Segment& seg, int sender, Quality& quality);
  void settle_largest(int end, Seq ack, AnalysisStore& store);
  void note_options(const Segment& seg, int sender, const decode::TcpOptions& options,
                    AnalysisStore& store);
  void note_handshake(const Segment& seg, int sender);
  void note_completeness(const Segment& seg, bool is_first);

  Side sides_[2];
  std::uint8_t completeness_ = 0;
  std::uint8_t completeness_of_first_ = 0;
  bool reused_ = false;
  Rest rest_[2];
  Timestamp last_syn_{};
  Duration initial_rtt_{};
};

}  // namespace tapstat::analysis::tcp
