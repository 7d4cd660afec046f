// Endpoint: what follows from what it must have sent, or taken, although the tap did not see it.
// See connection_unseen.cc for what shows that.
#include <utility>

#include "analysis/tcp/endpoint.h"

namespace tapstat::analysis::tcp {

void Endpoint::note_gap(const Segment& seg, const Scene& scene) {
  auto& gap = incidents(scene).gap;
  if (!gap) gap = Incidents::Gap{Seq{seg.seq}, {seg.time, seg.frame}};
}

void Endpoint::note_unseen(Timestamp since, bool own, const Scene& scene) {
  question(since, scene);
  if (own) unseen_ = true;
  if (!own) peer_unseen_ = true;
}

void Endpoint::meet_late(const Scene& scene) {
  settle(Event::snd_data, {heard_, 0}, false, scene);
  replay();
}

void Endpoint::answered_unseen(Sighting at, const Scene& scene) {
  if (unsettled_ == nullptr) return;
  unsettled_->receipts.keep_if([&](const Receipt& r) {
    const bool opens = r.event == Event::rcv_syn || r.event == Event::rcv_syn_ack;
    if (opens) settle(r.event, r.first, false, scene);
    return !opens;
  });
  if (settled_ == State::syn_sent) settle(Event::snd_ack, at, false, scene);
  replay();
}

void Endpoint::guess_fin(Sighting at, const Scene& scene) {
  if (!seen_) settle_all(scene);  // of such an end nothing will be proved
  Incidents& i = incidents(scene);
  i.fin_is_guessed = true;
  if (!i.unseen) i.unseen = Incidents::Unseen{nxt_, at.frame};
  has_fin_ = true;
  fin_ = nxt_;
  nxt_ = edge_ = fin_ + 1;
  settle(Event::snd_fin, at, false, scene);
  replay();
}

// Nobody is seen to acknowledge its FIN, and it does not send it again.
void Endpoint::guess_ack_of_fin(Sighting at, const Scene& scene) {
  settle(Event::rcv_ack_of_fin, at, false, scene);
  replay();
}

void Endpoint::take_back_fin(bool own, const Scene& scene) {
  if (!own && had_fin_before_) return;  // which that one had added nothing to
  if (own) {
    incidents_->fin_is_guessed = false;
    has_fin_ = false;
  }
  // Nor is it gone, where that followed.
  const Sighting gone_at{settled_since_, 0};
  const bool acknowledged = has_no_socket(settled_) && cause_ == Event::rcv_ack_of_fin;
  const bool expired = has_no_socket(settled_) && cause_ == Event::expired;
  if (acknowledged || expired) take_back_end(scene);
  const auto without = own ? &without_own_fin : &without_peers_fin;
  settled_ = without(settled_);
  gone_from_ = without(gone_from_);
  if (scene.journal != nullptr) {
    const Event fin = own ? Event::snd_fin : Event::rcv_fin;
    scene.journal->leave_out(scene.connection, scene.end, fin, without);
  }
  if (acknowledged && !own) settle(Event::rcv_ack_of_fin, gone_at, false, scene);
  replay();
}

// It never sent what its peer acknowledged: whatever was in that segment was dropped with it (RFC
// 9293 section 3.10.7.4, fifth).
void Endpoint::take_back_unseen() {
  const auto unseen = *std::exchange(incidents_->unseen, std::nullopt);
  nxt_ = unseen.nxt;
  if (before(nxt_, edge_)) edge_ = nxt_;
  if (before(nxt_, una_)) una_ = nxt_;
  if (unsettled_ == nullptr) return;
  unsettled_->receipts.keep_if([&](const Receipt& r) { return r.first.frame != unseen.frame; });
  replay();
}

}  // namespace tapstat::analysis::tcp
