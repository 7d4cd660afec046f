#include "report/kernel_truth.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "report/printable.h"

namespace tapstat::report {
namespace {

using analysis::IpAddress;
using analysis::tcp::Connection;
using analysis::tcp::State;
using capture::KernelState;

[[nodiscard]] State state_of(KernelState state) {
  switch (state) {
    case KernelState::established:
      return State::established;
    case KernelState::syn_sent:
      return State::syn_sent;
    case KernelState::syn_recv:
    case KernelState::new_syn_recv:
      return State::syn_received;
    case KernelState::fin_wait1:
      return State::fin_wait_1;
    case KernelState::fin_wait2:
      return State::fin_wait_2;
    case KernelState::time_wait:
      return State::time_wait;
    case KernelState::close:
      return State::closed;
    case KernelState::close_wait:
      return State::close_wait;
    case KernelState::last_ack:
      return State::last_ack;
    case KernelState::listen:
      return State::listen;
    case KernelState::closing:
      return State::closing;
  }
  return State::unknown;
}

[[nodiscard]] IpAddress address_of(const capture::SocketEnd& end) {
  return IpAddress::from_wire(end.address.data(), 6);
}

[[nodiscard]] bool is_over(const Connection& c) {
  return has_no_socket(c.end(0).state()) && has_no_socket(c.end(1).state());
}

}  // namespace

std::size_t KernelTruth::Hash::operator()(const Tuple& t) const {
  constexpr std::uint64_t kMix = 0x9e3779b97f4a7c15u;
  std::uint64_t hash = std::uint64_t{t.local_port} << 16 | t.remote_port;
  for (const std::uint64_t part :
       {t.local.high(), t.local.low(), t.remote.high(), t.remote.low()}) {
    hash = (hash ^ part) * kMix;
    hash ^= hash >> 32;
  }
  return hash;
}

KernelTruth::KernelTruth(std::span<const capture::KernelSocket> sockets,
                         const OwnersByInode& owners, capture::Timestamp taken,
                         const KernelTruth* before)
    : taken_(taken) {
  for (const capture::KernelSocket& socket : sockets) {
    if (socket.state == KernelState::listen) continue;
    KernelEnd end{.state = state_of(socket.state), .uid = std::nullopt, .owner = std::nullopt};
    if (socket.inode != 0) {
      end.uid = socket.uid;
      const auto owner = owners.find(socket.inode);
      if (owner != owners.end()) end.owner = owner->second;
    }
    const Tuple tuple{address_of(socket.local), address_of(socket.remote), socket.local.port,
                      socket.remote.port};
    ends_.insert_or_assign(tuple, std::move(end));
  }
  if (before != nullptr) note_gone(*before);
}

// Those that have been gone for longest are forgotten with all others, when there are too many.
void KernelTruth::note_gone(const KernelTruth& before) {
  constexpr std::size_t kMost = 100'000;
  if (before.gone_.size() < kMost) gone_ = before.gone_;
  for (const auto& [tuple, end] : before.ends_) gone_.insert(tuple);
  for (const auto& [tuple, end] : ends_) gone_.erase(tuple);
}

std::optional<KernelEnd> KernelTruth::find(const Connection& c, int i) const {
  if (is_over(c)) return std::nullopt;
  const auto& key = c.key();
  const Tuple tuple{key.address[i], key.address[1 - i], key.port[i], key.port[1 - i]};
  if (const auto found = ends_.find(tuple); found != ends_.end()) return found->second;
  return gone_.contains(tuple) ? std::optional{KernelEnd{}} : std::nullopt;
}

bool KernelTruth::is_comparable(const Connection& c, int i, const Standing& standing) const {
  // A timer of the kernel's may be later than ours by 2.05 s (docs/agreement.md).
  constexpr std::chrono::milliseconds kAtRest{200}, kOfTimers{2100};
  if (standing.state == State::unknown || taken_ <= c.last() + kAtRest) return false;
  const bool by_timer = standing.since && c.last() < *standing.since;
  if (by_timer && taken_ <= *standing.since + kOfTimers) return false;
  return find(c, i).has_value();
}

std::optional<KernelEnd> KernelTruth::contradiction(const Connection& c, int i,
                                                    const Standing& standing) const {
  if (!is_comparable(c, i, standing)) return std::nullopt;
  auto end = find(c, i);
  const bool is_same =
      end->state == standing.state || (has_no_socket(end->state) && has_no_socket(standing.state));
  return is_same ? std::nullopt : std::move(end);
}

std::string owner_text(const KernelEnd& end) {
  if (end.owner) return fmt::format("{}({})", printable(end.owner->process), end.owner->pid);
  return end.uid ? fmt::format("uid {}", *end.uid) : "";
}

}  // namespace tapstat::report
