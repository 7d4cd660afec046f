#include "capture/filter.h"

#include <fmt/format.h>
#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace tapstat::capture {
namespace {

struct ClosePcap {
  void operator()(pcap_t* pcap) const { pcap_close(pcap); }
};

// libpcap's own name for a link type. Files have LINKTYPE_ values and libpcap DLT_ ones, which are
// the same but for a few that systems numbered differently (libpcap's pcap-common.c).
int dlt_of(LinkType link) {
  switch (static_cast<int>(link)) {
    case 12:
    case 14:
    case 101:
      return DLT_RAW;
    case 100:
      return DLT_ATM_RFC1483;
    case 102:
      return DLT_SLIP_BSDOS;
    case 103:
      return DLT_PPP_BSDOS;
    case 106:
      return DLT_ATM_CLIP;
    default:
      return static_cast<int>(link);
  }
}

std::string describe(LinkType link) {
  const char* name = pcap_datalink_val_to_name(dlt_of(link));
  return name != nullptr ? fmt::format("link type {}", name)
                         : fmt::format("link type {}", static_cast<int>(link));
}

}  // namespace

std::string filter_library() { return pcap_lib_version(); }

void Filter::Free::operator()(bpf_program* program) const {
  pcap_freecode(program);
  delete program;
}

Result<Filter::Program> Filter::compile_program(const std::string& expression, LinkType link) {
  constexpr int kSnaplen = 262144;
  const std::unique_ptr<pcap_t, ClosePcap> pcap(pcap_open_dead(dlt_of(link), kSnaplen));
  if (pcap == nullptr) return tl::unexpected(Error{"no memory for libpcap"});
  auto code = std::make_unique<bpf_program>();
  if (pcap_compile(pcap.get(), code.get(), expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    return tl::unexpected(Error{pcap_geterr(pcap.get())});
  }
  return Program(code.release());
}

Result<Filter> Filter::compile(std::string expression) {
  // Ethernet first: its message is the one to show. The others are all that have a name.
  constexpr std::array kLinks = {
      LinkType::ethernet,     LinkType::null,       LinkType::arcnet,
      LinkType::ppp,          LinkType::fddi,       LinkType::ppp_hdlc,
      LinkType::pppoe,        LinkType::raw_bsd_12, LinkType::raw_bsd_14,
      LinkType::raw,          LinkType::c_hdlc,     LinkType::ieee802_11,
      LinkType::loop,         LinkType::linux_sll,  LinkType::ieee802_11_radiotap,
      LinkType::arcnet_linux, LinkType::ppi,        LinkType::ipv4,
      LinkType::ipv6,         LinkType::nflog,      LinkType::linux_sll2};
  Filter filter(std::move(expression));
  auto programs = std::make_shared<Programs>();
  bool any = false;
  for (const LinkType link : kLinks) {
    auto program = compile_program(filter.expression_, link);
    any = any || program.has_value();
    programs->emplace(link, std::move(program));
  }
  if (!any) {
    return tl::unexpected(Error{fmt::format("filter '{}': {}", filter.expression_,
                                            programs->at(LinkType::ethernet).error().message)});
  }
  filter.programs_ = std::move(programs);
  return filter;
}

Result<void> Filter::applies_to(LinkType link) const {
  const auto found = programs_->find(link);
  if (found != programs_->end() && found->second) return {};
  return tl::unexpected(Error{fmt::format(
      "filter '{}' does not apply to {}: {}", expression_, describe(link),
      found == programs_->end() ? "no decoder knows it" : found->second.error().message)});
}

void Filter::select(LinkType link) {
  const auto found = programs_->find(link);
  const bool applies = found != programs_->end() && found->second;
  selected_ = applies ? found->second->get() : nullptr;
  selected_link_ = link;
  any_selected_ = true;
  if (!applies) note_problem(link);
}

void Filter::note_problem(LinkType link) {
  constexpr std::size_t kMost = 16;
  const bool is_known = std::find(met_.begin(), met_.end(), link) != met_.end();
  if (is_known || met_.size() == kMost) return;
  met_.push_back(link);
  problems_.push_back(applies_to(link).error());
}

bool Filter::matches(const Frame& frame) {
  if (!any_selected_ || frame.link != selected_link_) select(frame.link);
  if (selected_ == nullptr) return false;
  pcap_pkthdr header{};
  header.caplen = frame.captured_len;
  header.len = frame.wire_len;
  return pcap_offline_filter(selected_, &header, frame.data) != 0;
}

FilteredSource::FilteredSource(std::unique_ptr<Source> source, Filter filter)
    : source_(std::move(source)), filter_(std::move(filter)) {}

std::span<const Frame> FilteredSource::next_batch() {
  matching_.clear();
  while (matching_.empty()) {
    const auto batch = source_->next_batch();
    if (batch.empty()) break;
    std::copy_if(batch.begin(), batch.end(), std::back_inserter(matching_),
                 [this](const Frame& frame) { return filter_.matches(frame); });
  }
  return matching_;
}

}  // namespace tapstat::capture
