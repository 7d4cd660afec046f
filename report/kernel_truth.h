// What the kernel of this host says of the connections that end here, beside what packets tell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "analysis/ip_address.h"
#include "analysis/tcp/connection.h"
#include "capture/kernel_sockets.h"
#include "capture/process_names.h"
#include "report/standing.h"

namespace tapstat::report {

// Of one end that is here.
struct KernelEnd {
  analysis::tcp::State state = analysis::tcp::State::closed;  // closed: it has no socket
  std::optional<std::uint32_t> uid;                           // whose socket it is
  std::optional<capture::Owner> owner;                        // the process, where that may be seen
};

using OwnersByInode = std::unordered_map<std::uint32_t, capture::Owner>;

class KernelTruth {
 public:
  // `taken`: when the sockets were asked for; `before`: what was known until then, nullptr for
  // nothing.
  KernelTruth(std::span<const capture::KernelSocket> sockets, const OwnersByInode& owners,
              capture::Timestamp taken, const KernelTruth* before);

  // Whether this host has a connection at all.
  [[nodiscard]] bool has_sockets() const { return !ends_.empty(); }

  // Nullopt where no socket of this host was ever seen to be end `i` (what is forwarded has none,
  // though the address be this host's), or nothing is left of the connection: its addresses and
  // ports may be another's by now.
  [[nodiscard]] std::optional<KernelEnd> find(const analysis::tcp::Connection& c, int i) const;

  // The same, where it says something else than `standing`, which is how packets tell that the end
  // stands. Not while the connection moves: one of the two would be out of date.
  [[nodiscard]] std::optional<KernelEnd> contradiction(const analysis::tcp::Connection& c, int i,
                                                       const Standing& standing) const;
  // Whether it may be held against what packets tell.
  [[nodiscard]] bool is_comparable(const analysis::tcp::Connection& c, int i,
                                   const Standing& standing) const;

 private:
  struct Tuple {
    analysis::IpAddress local, remote;
    std::uint16_t local_port = 0, remote_port = 0;
    friend bool operator==(const Tuple&, const Tuple&) = default;
  };
  struct Hash {
    [[nodiscard]] std::size_t operator()(const Tuple& t) const;
  };

  void note_gone(const KernelTruth& before);

  std::unordered_map<Tuple, KernelEnd, Hash> ends_;
  std::unordered_set<Tuple, Hash> gone_;  // that there were
  capture::Timestamp taken_;
};

// "nginx(1234)", or the user where the process may not be seen; empty for no socket.
[[nodiscard]] std::string owner_text(const KernelEnd& end);

}  // namespace tapstat::report
