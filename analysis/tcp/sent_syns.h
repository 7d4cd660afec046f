// The SYNs, or SYN-ACKs, that an end sent until it had an answer, which tells what it answers.
//
// It repeats the timestamp of the first that came (RFC 7323 section 4.3; Linux tcp_conn_request(),
// ts_recent of the request; a second SYN-ACK draws an ACK, and is not looked at further): when that
// was, and what it took to answer, are known then, however many went before it or after.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "analysis/seq.h"
#include "analysis/tcp/receipts.h"

namespace tapstat::analysis::tcp {

class SentSyns {
 public:
  // In the order in which they were sent. One too many is left out: nothing is known of it then.
  void add(Seq timestamp, Sighting at) {
    if (count_ < kMost) sent_[count_++] = {timestamp, at};
  }
  [[nodiscard]] bool empty() const { return count_ == 0; }

  // The one with that timestamp; nullopt where there is none, or another one has it, too.
  [[nodiscard]] std::optional<Sighting> find(Seq timestamp) const {
    std::optional<Sighting> found;
    for (std::size_t i = 0; i < count_; ++i) {
      if (sent_[i].timestamp != timestamp) continue;
      if (found) return std::nullopt;
      found = sent_[i].at;
    }
    return found;
  }

 private:
  static constexpr std::size_t kMost = 8;  // Linux sends the seventh 7 s after the first

  struct Sent {
    Seq timestamp;
    Sighting at;
  };
  std::array<Sent, kMost> sent_{};
  std::size_t count_ = 0;
};

}  // namespace tapstat::analysis::tcp
