#include "report/lvs/triage.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "analysis/forwarding/handover.h"
#include "analysis/forwarding/leg_table.h"
#include "decode/ip_protocol.h"
#include "report/address_text.h"
#include "report/forwarded.h"
#include "report/lvs/triage_meaning.h"
#include "report/lvs/words.h"

namespace tapstat::report {
namespace {

namespace forwarding = analysis::forwarding;
namespace ip_protocol = decode::ip_protocol;
namespace lvs = analysis::lvs;
using forwarding::Leg;
using forwarding::LegTable;

[[nodiscard]] bool is_of(const ClientChoice& client, const analysis::Socket& socket) {
  return socket.address == client.address && (!client.port || *client.port == socket.port);
}

// The end of a leg that asked, as far as that is seen.
[[nodiscard]] int asking_end(const Leg& leg) {
  return leg.opener >= 0 ? leg.opener : leg.first_sender;
}

// "1.2 ms later", between two packets of which the second may be stamped earlier by another clock.
[[nodiscard]] std::string later_text(capture::Timestamp from, capture::Timestamp to) {
  return to < from ? std::string{} : fmt::format(", {} later", duration_text(to - from));
}

class Inquiry {
 public:
  Inquiry(const Report& report, const ClientChoice& client) : report_(report), client_(client) {
    for (const lvs::Path& path : overview().paths) {
      taken_.insert(path.leg);
      taken_.insert(path.target.leg);
      for (const lvs::Target& other : path.others) taken_.insert(other.leg);
    }
  }

  [[nodiscard]] std::vector<Triage> run() {
    for (const lvs::Path& path : overview().paths) {
      if (is_of(client_, path.client)) take(path);
    }
    const LegTable* legs = report_.model.legs;
    for (std::uint32_t i = 0; legs != nullptr && i < legs->legs().size(); ++i) {
      const Leg& leg = legs->legs()[i];
      if (is_asked_by_client(leg) && !taken_.contains(i)) take(i, leg);
    }
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Dated& a, const Dated& b) { return a.first < b.first; });
    std::vector<Triage> all;
    for (Dated& dated : found_) all.push_back(std::move(dated.triage));
    if (all.empty()) all.push_back(not_captured());
    return all;
  }

 private:
  struct Dated {
    capture::Timestamp first;
    Triage triage;
  };

  [[nodiscard]] const lvs::Overview& overview() const { return report_.forwarded->overview(); }
  [[nodiscard]] const Leg* leg(std::uint32_t id) const {
    const LegTable* legs = report_.model.legs;
    return legs == nullptr || id >= legs->legs().size() ? nullptr : &legs->legs()[id];
  }
  [[nodiscard]] bool is_asked_by_client(const Leg& leg) const {
    const bool has_ports = leg.protocol == ip_protocol::kTcp || leg.protocol == ip_protocol::kUdp;
    return has_ports && is_of(client_, forwarding::socket_of(leg, asking_end(leg)));
  }

  void take(const lvs::Path& path) {
    Triage t{.protocol = path.protocol,
             .client = path.client,
             .asked = path.vip,
             .path = &path,
             .reached = {},
             .forwarded = forwarded(path),
             .answered = answered(path),
             .meaning = {},
             .next = {}};
    const Leg* before = leg(path.leg);
    t.reached = before == nullptr ? told_by_sync(path) : reached(*before, service_of(path));
    explain(t);
    found_.push_back({path.first, std::move(t)});
  }

  void take(std::uint32_t id, const Leg& leg) {
    const int end = asking_end(leg);
    Triage t{.protocol = leg.protocol,
             .client = forwarding::socket_of(leg, end),
             .asked = forwarding::socket_of(leg, 1 - end),
             .path = nullptr,
             .reached = {},
             .forwarded = {},
             .answered = answered(leg, end),
             .meaning = {},
             .next = {}};
    const lvs::Service* service = service_at(*t.asked, leg.protocol);
    t.reached = reached(leg, service);
    t.forwarded = {.answer = Answer::no,
                   .time = std::nullopt,
                   .text = "no packet of it was seen behind a director"};
    explain_unforwarded(t, {.service_is_known = service != nullptr,
                            .was_reset = leg.reset_by == 1 - end,
                            .was_answered = leg.courses[1 - end].packets > 0,
                            .complaint = complaint(id),
                            .is_out_of_servers = is_port_unreachable(id)});
    found_.push_back({leg.first, std::move(t)});
  }

  [[nodiscard]] Triage not_captured() const {
    Triage t;
    if (client_.port) t.client = analysis::Socket{client_.address, *client_.port};
    t.reached = {
        .answer = Answer::no, .time = std::nullopt, .text = "no packet of it was captured"};
    t.forwarded = {.answer = Answer::no, .time = std::nullopt, .text = "nothing to hand on"};
    t.answered = {.answer = Answer::no, .time = std::nullopt, .text = "nothing to answer"};
    explain_absent(t);
    return t;
  }

  [[nodiscard]] const lvs::Service* service_of(const lvs::Path& path) const {
    const auto& services = overview().services;
    return path.service < services.size() ? &services[path.service] : nullptr;
  }
  [[nodiscard]] const lvs::Service* service_at(const analysis::Socket& vip,
                                               std::uint8_t protocol) const {
    const auto& services = overview().services;
    const auto found = std::find_if(services.begin(), services.end(), [&](const lvs::Service& s) {
      return s.vip == vip && s.protocol == protocol;
    });
    return found == services.end() ? nullptr : &*found;
  }

  [[nodiscard]] static TriageAnswer told_by_sync(const lvs::Path& path) {
    return {.answer = Answer::yes,
            .time = path.first,
            .frame = path.frame,
            .text = "the director tells its backup of it; its packets were not captured"};
  }

  // What the client sent, and where that went.
  [[nodiscard]] TriageAnswer reached(const Leg& leg, const lvs::Service* service) const {
    const int end = asking_end(leg);
    std::string text = leg.protocol != ip_protocol::kTcp ? "its first datagram"
                       : leg.opener == end               ? "its SYN"
                                           : "it had begun before the capture; its first packet";
    if (leg.syns > 1) text += fmt::format(" (sent {} times)", leg.syns);
    const auto mac = first_hop(leg, end);
    if (mac) text += fmt::format(", to {}", mac_text(*mac));
    // Forwarded packets have been at the director, whatever they were addressed to here.
    const bool is_service = service != nullptr;
    const bool by_mac = mac && is_service && has_mac(*service, *mac);
    if (by_mac) text += ", the director";
    return {.answer = is_service ? Answer::yes : Answer::unknown,
            .time = leg.first,
            .frame = leg.first_frame,
            .text = text + (is_service ? "" : "; whether that is a director is not known")};
  }

  [[nodiscard]] std::optional<MacAddress> first_hop(const Leg& leg, int end) const {
    for (const forwarding::Crossing& crossing : leg.courses[end].seen()) {
      const forwarding::Link& link = report_.model.legs->links()[crossing.link];
      if (link.has_to()) return link.to;
    }
    return std::nullopt;
  }
  [[nodiscard]] static bool has_mac(const lvs::Service& service, const MacAddress& mac) {
    const auto& macs = service.director.macs;
    return std::find(macs.begin(), macs.end(), mac) != macs.end();
  }

  [[nodiscard]] TriageAnswer forwarded(const lvs::Path& path) const {
    const lvs::Target& target = path.target;
    const bool is_told = target.socket || target.mac;
    std::string text =
        is_told ? "to " + target_text(report_, target.socket, target.mac, path.protocol, "")
                : "to a real server that the packets do not tell";
    if (target.socket && target.mac) text += fmt::format(" ({})", mac_text(*target.mac));
    if (path.local) {
      text += fmt::format(", from {}", socket_text(report_, *path.local, path.protocol));
    }
    if (target.frame != 0) text += later_text(path.first, target.first);
    for (const lvs::Target& other : path.others) {
      text += fmt::format(", and in frame {} to {}", other.frame,
                          target_text(report_, other.socket, other.mac, path.protocol, "another"));
    }
    if (!path.sure) text += "; not proven by packets alone";
    return {.answer = Answer::yes,
            .time = target.frame == 0 ? std::nullopt : std::optional{target.first},
            .frame = target.frame,
            .text = std::move(text)};
  }

  // Looks at the real server's own leg where there is one.
  [[nodiscard]] TriageAnswer answered(const lvs::Path& path) const {
    const Leg* own = leg(path.target.leg);
    if (own == nullptr) own = leg(path.leg);
    TriageAnswer answer;
    switch (path.reception) {
      case lvs::Reception::accepted:
        answer.answer = Answer::yes;
        answer.text = "it accepted";
        break;
      case lvs::Reception::refused:
        answer.answer = Answer::yes;
        answer.text = "it refused, with a reset";
        break;
      case lvs::Reception::unanswered:
        answer.answer = Answer::no;
        answer.text = "nothing came back";
        break;
      case lvs::Reception::unknown:
        answer.answer = path.return_path == lvs::ReturnPath::unseen ? Answer::unknown : Answer::yes;
        answer.text = answer.answer == Answer::yes ? "it sends" : "no answer was captured";
        break;
    }
    if (path.return_path == lvs::ReturnPath::director) answer.text += ", through the director";
    if (path.return_path == lvs::ReturnPath::direct) answer.text += ", past the director";
    const bool is_accepted_unseen =
        path.reception == lvs::Reception::accepted && path.return_path == lvs::ReturnPath::unseen;
    if (is_accepted_unseen) answer.text += ": the client went on; the answers were not captured";
    if (own != nullptr) date(*own, path.reception, answer);
    return answer;
  }

  static void date(const Leg& leg, lvs::Reception reception, TriageAnswer& answer) {
    if (reception == lvs::Reception::refused && leg.reset_frame != 0) {
      answer.time = leg.reset_at;
      answer.frame = leg.reset_frame;
    }
  }

  [[nodiscard]] static TriageAnswer answered(const Leg& leg, int client) {
    TriageAnswer answer;
    if (leg.courses[1 - client].packets == 0) {
      answer.answer = Answer::no;
      answer.text = "nothing came back";
      return answer;
    }
    answer.answer = Answer::yes;
    answer.text =
        leg.reset_by == 1 - client ? "with a reset, by whom it asked" : "by whom it asked";
    date(leg, leg.reset_by == 1 - client ? lvs::Reception::refused : lvs::Reception::accepted,
         answer);
    return answer;
  }

  // The first ICMP error about it.
  [[nodiscard]] std::optional<std::string> complaint(std::uint32_t leg) const {
    for (const forwarding::Complaint& c : report_.model.legs->complaints()) {
      if (c.leg != leg) continue;
      return fmt::format("ICMP type {} code {} from {} in frame {}", c.type, c.code,
                         host_text(report_.names, c.by), c.frame);
    }
    return std::nullopt;
  }

  // What a director says that has no real server to give (ip_vs_leave of ip_vs_core.c).
  [[nodiscard]] bool is_port_unreachable(std::uint32_t leg) const {
    const auto& all = report_.model.legs->complaints();
    const auto first =
        std::find_if(all.begin(), all.end(), [leg](const auto& c) { return c.leg == leg; });
    return first != all.end() && first->says_port_unreachable();
  }

  const Report& report_;
  const ClientChoice& client_;
  std::set<std::uint32_t> taken_;  // legs of paths
  std::vector<Dated> found_;
};

}  // namespace

std::vector<Triage> triage(const Report& report, const ClientChoice& client) {
  return Inquiry(report, client).run();
}

}  // namespace tapstat::report
