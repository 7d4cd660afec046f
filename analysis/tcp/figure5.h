// RFC 9293 figure 5 as data: which arrow leads from which state on which event, and nothing else.
//
// The figure's user calls are seen from the wire: OPEN is a SYN sent, CLOSE a FIN sent. Beside its
// arrows stand those of section 3.10.7 (resets) and the two that a passive observer needs: an
// endpoint first met in the middle of its life. What a segment means for an endpoint, and so which
// event it is, is endpoint.cc's part.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "analysis/tcp/state.h"

namespace tapstat::analysis::tcp {

enum class Event : std::uint8_t {
  snd_syn,      // active OPEN
  snd_syn_ack,  // the answer to a SYN
  snd_ack,      // in SYN_SENT: the ACK of the peer's SYN
  snd_data,     // new payload
  snd_fin,      // CLOSE
  snd_rst,      // abort, or the answer of a host that has no such socket
  rcv_syn,
  rcv_syn_ack,  // acceptable: it acknowledges our SYN
  rcv_ack_of_syn,
  rcv_fin,  // in order: all data before it is here
  rcv_ack_of_fin,
  rcv_rst,     // acceptable by RFC 5961 section 3.2
  rcv_error,   // an ICMP error that quotes the SYN or SYN-ACK
  expired,     // the state's timer ran out
  gave_up,     // it stopped sending again what nobody acknowledged
  no_answer,   // of a host nobody heard of: there is no socket, as far as anyone knows
  superseded,  // its socket went on in a new incarnation of the connection, or was replaced there
  silence,     // no arrow: nothing says any more that the state holds
  confirmed,   // no arrow: from here on it is proved
};

inline constexpr int kEventCount = 19;

inline constexpr std::array<std::string_view, kEventCount> kEventNames = {
    "sent SYN",
    "sent SYN-ACK",
    "sent ACK",
    "sent data",
    "sent FIN",
    "sent RST",
    "received SYN",
    "received SYN-ACK",
    "received ACK of SYN",
    "received FIN",
    "received ACK of FIN",
    "received RST",
    "received ICMP error",
    "timer",
    "gave up",
    "no answer",
    "new connection",
    "silence",
    "confirmed",
};

[[nodiscard]] constexpr std::string_view name(Event e) {
  return kEventNames[static_cast<std::size_t>(e)];
}

struct Arrow {
  State from;
  Event event;
  State to;
};

inline constexpr auto kArrows = std::to_array<Arrow>({
    // Opening: the left and right branches of the figure, top down.
    {State::closed, Event::snd_syn, State::syn_sent},
    {State::closed, Event::rcv_syn, State::syn_received},  // "was LISTEN" shows only now
    {State::closed, Event::snd_syn_ack, State::syn_received},
    {State::listen, Event::snd_syn, State::syn_sent},
    {State::listen, Event::rcv_syn, State::syn_received},
    {State::listen, Event::snd_syn_ack, State::syn_received},
    {State::syn_sent, Event::rcv_syn, State::syn_received},  // crossed SYNs
    {State::syn_sent, Event::snd_syn_ack, State::syn_received},
    {State::syn_sent, Event::rcv_syn_ack, State::established},
    {State::syn_sent, Event::snd_ack, State::established},  // proves the SYN-ACK came
    {State::syn_sent, Event::snd_data, State::established},
    {State::syn_sent, Event::snd_fin, State::fin_wait_1},  // the SYN-ACK and ACK went unseen
    {State::syn_received, Event::rcv_ack_of_syn, State::established},
    {State::syn_received, Event::snd_data, State::established},  // proves the ACK came
    {State::syn_received, Event::rcv_fin, State::close_wait},    // the FIN carries the ACK
    {State::syn_received, Event::snd_fin, State::fin_wait_1},
    {State::established, Event::snd_syn_ack,
     State::syn_received},  // sent again: the ACK was not there
    // Closing.
    {State::established, Event::snd_fin, State::fin_wait_1},
    {State::established, Event::rcv_fin, State::close_wait},
    {State::fin_wait_1, Event::rcv_ack_of_fin, State::fin_wait_2},
    {State::fin_wait_1, Event::rcv_fin, State::closing},
    {State::fin_wait_2, Event::rcv_fin, State::time_wait},
    {State::closing, Event::rcv_ack_of_fin, State::time_wait},
    {State::close_wait, Event::snd_fin, State::last_ack},
    {State::last_ack, Event::rcv_ack_of_fin, State::closed},
    {State::time_wait, Event::expired, State::closed},
    // A new incarnation out of TIME_WAIT (RFC 9293 section 3.10.7.4, MAY-2; RFC 6191).
    {State::time_wait, Event::snd_syn, State::syn_sent},
    {State::time_wait, Event::rcv_syn, State::syn_received},
    {State::time_wait, Event::snd_syn_ack, State::syn_received},
    // Resets: a passive opener returns to LISTEN (Note 1), everyone else is gone (section 3.10.7).
    {State::syn_sent, Event::rcv_rst, State::closed},
    {State::syn_received, Event::rcv_rst, State::listen},
    {State::established, Event::rcv_rst, State::closed},
    {State::fin_wait_1, Event::rcv_rst, State::closed},
    {State::fin_wait_2, Event::rcv_rst, State::closed},
    {State::close_wait, Event::rcv_rst, State::closed},
    {State::closing, Event::rcv_rst, State::closed},
    {State::last_ack, Event::rcv_rst, State::closed},
    {State::time_wait, Event::rcv_rst, State::closed},
    {State::listen, Event::snd_rst, State::closed},
    {State::syn_sent, Event::snd_rst, State::closed},
    {State::syn_received, Event::snd_rst, State::closed},
    {State::established, Event::snd_rst, State::closed},
    {State::fin_wait_1, Event::snd_rst, State::closed},
    {State::fin_wait_2, Event::snd_rst, State::closed},
    {State::close_wait, Event::snd_rst, State::closed},
    {State::closing, Event::snd_rst, State::closed},
    {State::last_ack, Event::snd_rst, State::closed},
    {State::time_wait, Event::snd_rst, State::closed},
    // Waits that end (timers.h).
    {State::syn_sent, Event::expired, State::closed},
    {State::syn_received, Event::expired, State::listen},
    {State::fin_wait_2, Event::expired, State::closed},
    {State::syn_sent, Event::gave_up, State::closed},
    {State::syn_received, Event::gave_up, State::listen},
    {State::established, Event::gave_up, State::closed},
    {State::close_wait, Event::gave_up, State::closed},
    {State::fin_wait_1, Event::gave_up, State::closed},
    {State::closing, Event::gave_up, State::closed},
    {State::last_ack, Event::gave_up, State::closed},
    // ICMP errors end only what is not synchronized (RFC 1122 section 4.2.3.9, Linux tcp_v4_err).
    {State::syn_sent, Event::rcv_error, State::closed},
    {State::syn_received, Event::rcv_error, State::listen},
    // First met in the middle of its life.
    {State::unknown, Event::snd_syn, State::syn_sent},
    {State::unknown, Event::rcv_syn, State::syn_received},
    {State::unknown, Event::snd_syn_ack, State::syn_received},
    {State::unknown, Event::rcv_syn_ack, State::syn_sent},  // it must have sent a SYN
    {State::unknown, Event::snd_ack, State::established},
    {State::unknown, Event::snd_data, State::established},
    {State::unknown, Event::snd_fin, State::fin_wait_1},
    {State::unknown, Event::rcv_fin, State::close_wait},
    {State::unknown, Event::snd_rst, State::closed},
    {State::unknown, Event::rcv_rst, State::closed},
    {State::unknown, Event::no_answer, State::closed},
    // A new incarnation on the same five-tuple takes the place of this one.
    {State::syn_sent, Event::superseded, State::closed},
    {State::syn_received, Event::superseded, State::closed},
    {State::established, Event::superseded, State::closed},
    {State::fin_wait_1, Event::superseded, State::closed},
    {State::fin_wait_2, Event::superseded, State::closed},
    {State::close_wait, Event::superseded, State::closed},
    {State::closing, Event::superseded, State::closed},
    {State::last_ack, Event::superseded, State::closed},
    {State::time_wait, Event::superseded, State::closed},
});

using ArrowTable = std::array<std::array<State, kEventCount>, kStateCount>;

// Lowers the list; an event without an arrow leaves the state as it is. Two arrows for one state
// and event do not compile: the throw is not a constant expression.
[[nodiscard]] consteval ArrowTable lower_arrows() {
  ArrowTable table{};
  std::array<std::array<bool, kEventCount>, kStateCount> drawn{};
  for (std::size_t s = 0; s < kStateCount; ++s) table[s].fill(static_cast<State>(s));
  for (const Arrow& a : kArrows) {
    const auto s = static_cast<std::size_t>(a.from);
    const auto e = static_cast<std::size_t>(a.event);
    if (drawn[s][e]) throw "two arrows for one state and event";
    drawn[s][e] = true;
    table[s][e] = a.to;
  }
  return table;
}

inline constexpr ArrowTable kFigure5 = lower_arrows();

[[nodiscard]] constexpr State next(State s, Event e) {
  return kFigure5[static_cast<std::size_t>(s)][static_cast<std::size_t>(e)];
}

// The state of an end that has not sent the FIN it was thought to have sent.
[[nodiscard]] constexpr State without_own_fin(State s) {
  switch (s) {
    case State::fin_wait_1:
    case State::fin_wait_2:
      return State::established;
    case State::closing:
    case State::time_wait:
    case State::last_ack:
      return State::close_wait;
    default:
      return s;
  }
}

// What led on from `s`, where a handshake ended with a FIN that turned out to be none: that it
// ended holds.
[[nodiscard]] constexpr Event without_fin(State s) {
  return s == State::syn_received ? Event::rcv_ack_of_syn : Event::snd_ack;
}

// Likewise of one that has not received it.
[[nodiscard]] constexpr State without_peers_fin(State s) {
  switch (s) {
    case State::close_wait:
      return State::established;
    case State::closing:
    case State::last_ack:
      return State::fin_wait_1;
    case State::time_wait:
      return State::fin_wait_2;
    default:
      return s;
  }
}

}  // namespace tapstat::analysis::tcp
