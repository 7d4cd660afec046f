#include "capture/live_capture.h"

#include <fmt/format.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

namespace tapstat::capture {
namespace {

using std::chrono::milliseconds;

// The kernel hands over what is in a part of the ring after that time at the latest.
constexpr milliseconds kMostDelay{20};

[[nodiscard]] tl::unexpected<LiveError> failed(LiveError::Cause cause, std::string message) {
  LiveError error;
  error.message = std::move(message);
  error.cause = cause;
  return tl::unexpected{std::move(error)};
}

[[nodiscard]] tl::unexpected<LiveError> not_activated(pcap_t* handle, const std::string& name,
                                                      int status) {
  using Cause = LiveError::Cause;
  const std::string words = pcap_geterr(handle);
  switch (status) {
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
      return failed(Cause::permission, fmt::format("{}: no permission to capture", name));
    case PCAP_ERROR_NO_SUCH_DEVICE:
      return failed(Cause::device,
                    fmt::format("{}: no such interface (tapstat -D lists those there are)", name));
    case PCAP_ERROR_IFACE_NOT_UP:
      return failed(Cause::device,
                    fmt::format("{0}: the interface is down (ip link set {0} up)", name));
    default:
      return failed(Cause::device, fmt::format("{}: cannot capture: {}", name,
                                               words.empty() ? pcap_statustostr(status) : words));
  }
}

// DLT_ values are those of capture files but for a few, of which live ones have raw IP alone.
[[nodiscard]] LinkType link_type_of(int dlt) {
  return dlt == DLT_RAW ? LinkType::raw : static_cast<LinkType>(dlt);
}

// "any" can tell on which interface each packet was; by default it does not.
void tell_interfaces(pcap_t* handle) {
  int* links = nullptr;
  const int n = pcap_list_datalinks(handle, &links);
  if (n <= 0) return;
  if (std::find(links, links + n, DLT_LINUX_SLL2) != links + n) {
    (void)pcap_set_datalink(handle, DLT_LINUX_SLL2);
  }
  pcap_free_datalinks(links);
}

[[nodiscard]] tl::expected<void, LiveError> set_filter(pcap_t* handle, const std::string& name,
                                                       const std::string& filter) {
  if (filter.empty()) return {};
  bpf_program program{};
  if (pcap_compile(handle, &program, filter.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    return failed(LiveError::Cause::filter,
                  fmt::format("filter \"{}\": {}", filter, pcap_geterr(handle)));
  }
  const int status = pcap_setfilter(handle, &program);
  pcap_freecode(&program);
  if (status == 0) return {};
  return failed(LiveError::Cause::device,
                fmt::format("{}: the filter cannot be set: {}", name, pcap_geterr(handle)));
}

[[nodiscard]] Timestamp time_of(const pcap_pkthdr& header) {
  // tv_usec has nanoseconds, as was asked for.
  return Timestamp{std::chrono::seconds{header.ts.tv_sec} +
                   std::chrono::nanoseconds{header.ts.tv_usec}};
}

}  // namespace

void LiveCapture::Close::operator()(pcap* handle) const { pcap_close(handle); }

LiveCapture::~LiveCapture() = default;

tl::expected<LiveCapture::Device, LiveError> LiveCapture::open_device(
    const std::string& name, const LiveSettings& settings) {
  char words[PCAP_ERRBUF_SIZE] = "";
  Device device{.handle = {}, .drops = InterfaceDrops(name)};
  device.handle.reset(pcap_create(name.c_str(), words));
  pcap_t* const handle = device.handle.get();
  if (handle == nullptr) {
    return failed(LiveError::Cause::device, fmt::format("{}: cannot capture: {}", name, words));
  }
  pcap_set_snaplen(handle, static_cast<int>(settings.snaplen));
  pcap_set_promisc(handle, settings.promiscuous ? 1 : 0);
  pcap_set_buffer_size(handle, static_cast<int>(settings.ring_bytes));
  pcap_set_timeout(handle, static_cast<int>(kMostDelay.count()));
  pcap_set_immediate_mode(handle, settings.immediate ? 1 : 0);
  pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO);
  if (const int status = pcap_activate(handle); status < 0) {
    return not_activated(handle, name, status);
  }
  if (name == "any") tell_interfaces(handle);
  if (auto set = set_filter(handle, name, settings.filter); !set) {
    return tl::unexpected{set.error()};
  }
  if (pcap_setnonblock(handle, 1, words) != 0) {
    return failed(LiveError::Cause::device, fmt::format("{}: cannot capture: {}", name, words));
  }
  device.fd = pcap_get_selectable_fd(handle);
  device.info.path = name;
  device.info.format = "live";
  device.info.is_live = true;
  device.info.link_types = {link_type_of(pcap_datalink(handle))};
  device.info.snaplen = settings.snaplen;
  return device;
}

tl::expected<std::unique_ptr<LiveCapture>, LiveError> LiveCapture::open(
    const std::vector<std::string>& interfaces, const LiveSettings& settings) {
  std::unique_ptr<LiveCapture> capture{new LiveCapture};
  capture->settings_ = settings;
  for (const std::string& name : interfaces) {
    auto device = open_device(name, settings);
    if (!device) return tl::unexpected{std::move(device.error())};
    capture->devices_.push_back(std::move(*device));
  }
  capture->frames_.reserve(kMostFrames);
  // The one frame more that each device may put there before it notices that it is full.
  capture->bytes_ = std::make_unique_for_overwrite<std::uint8_t[]>(
      kMostBytes + interfaces.size() * settings.snaplen);
  return capture;
}

std::span<const Frame> LiveCapture::poll(milliseconds timeout, std::uint64_t most) {
  most_ = static_cast<std::size_t>(std::min<std::uint64_t>(most, kMostFrames));
  frames_.clear();
  used_ = 0;
  look_for_lost();
  read_all();
  if (frames_.empty()) {
    wait(timeout);
    read_all();
  }
  account();
  return frames_;
}

void LiveCapture::read_all() {
  for (std::size_t i = 0; i < devices_.size(); ++i) read(static_cast<std::uint16_t>(i));
  if (devices_.size() == 1) return;
  std::stable_sort(frames_.begin(), frames_.end(),
                   [](const Frame& a, const Frame& b) { return a.time < b.time; });
}

// Those that are gone have no descriptor worth asking.
void LiveCapture::wait(milliseconds timeout) {
  std::vector<pollfd> all;
  for (const Device& device : devices_) {
    all.push_back({device.is_gone ? -1 : device.fd, POLLIN, 0});
  }
  (void)::poll(all.data(), all.size(), static_cast<int>(timeout.count()));
}

// Each of them gets its share, so that none waits for a busier one. What came before an interface
// went is in the ring that stays, and may be handed over only now.
void LiveCapture::read(std::uint16_t input) {
  Device& device = devices_[input];
  const std::size_t others = devices_.size() - input;
  const std::size_t share = (most_ - frames_.size() + others - 1) / others;
  if (share == 0) return;
  Taking taking{this, input};
  void* const user = &taking;  // which libpcap takes for bytes
  const int taken = pcap_dispatch(device.handle.get(), static_cast<int>(share), &LiveCapture::take,
                                  static_cast<unsigned char*>(user));
  if (taken == PCAP_ERROR && !device.is_gone) lose(device);
}

void LiveCapture::take(unsigned char* taking, const pcap_pkthdr* header,
                       const unsigned char* bytes) {
  const void* const user = taking;
  const auto& to = *static_cast<const Taking*>(user);
  to.capture->take(to, *header, bytes);
}

// Copied: the kernel has its part of the ring back before the batch is through.
void LiveCapture::take(const Taking& taking, const pcap_pkthdr& header,
                       const unsigned char* bytes) {
  Device& device = devices_[taking.input];
  const std::uint32_t captured = std::min(header.caplen, settings_.snaplen);
  std::uint8_t* const to = bytes_.get() + used_;
  std::memcpy(to, bytes, captured);
  used_ += captured;
  Frame& frame = frames_.emplace_back();
  frame.time = time_of(header);
  frame.data = to;
  frame.captured_len = captured;
  frame.wire_len = std::max(header.len, captured);
  frame.link = device.info.link_types.front();
  frame.input = taking.input;
  if (used_ >= kMostBytes) pcap_breakloop(device.handle.get());
}

void LiveCapture::account() {
  for (Frame& frame : frames_) {
    InputInfo& info = devices_[frame.input].info;
    frame.number = ++number_;
    ++info.packets;
    info.bytes += frame.wire_len;
    info.snapped += frame.captured_len < frame.wire_len ? 1 : 0;
  }
}

std::span<const Frame> LiveCapture::date() {
  for (Frame& frame : frames_) {
    InputInfo& info = devices_[frame.input].info;
    frame.time = clock_.date(frame.time, frame.number, info.order);
    info.first = info.first ? std::min(*info.first, frame.time) : frame.time;
    info.last = info.last ? std::max(*info.last, frame.time) : frame.time;
  }
  return frames_;
}

void LiveCapture::lose(Device& device) {
  notices_.push_back({fmt::format("{}: {}; capture goes on when it is back", device.info.path,
                                  pcap_geterr(device.handle.get()))});
  device.is_gone = true;
  next_look_ = {};
}

void LiveCapture::look_for_lost() {
  constexpr milliseconds kEvery{500};
  const bool all_there = std::none_of(devices_.begin(), devices_.end(),
                                      [](const Device& device) { return device.is_gone; });
  if (all_there) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_look_) return;
  next_look_ = now + kEvery;
  for (Device& device : devices_) {
    if (!device.is_gone || !is_bound_again(device)) continue;
    device.is_gone = false;
    notices_.push_back({fmt::format("{}: the interface is back", device.info.path)});
  }
}

// An interface made anew under the same name has another index: the socket, whose ring and filter
// are kept, is bound to that. It takes no privilege.
bool LiveCapture::is_bound_again(Device& device) const {
  ifreq request{};
  device.info.path.copy(request.ifr_name, IFNAMSIZ - 1);
  if (ioctl(device.fd, SIOCGIFINDEX, &request) != 0) return false;
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = request.ifr_ifindex;
  const void* const any = &address;
  if (bind(device.fd, static_cast<const sockaddr*>(any), sizeof address) != 0) return false;
  if (settings_.promiscuous) {
    packet_mreq membership{};
    membership.mr_ifindex = request.ifr_ifindex;
    membership.mr_type = PACKET_MR_PROMISC;
    (void)setsockopt(device.fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &membership, sizeof membership);
  }
  return true;
}

std::vector<const InputInfo*> LiveCapture::inputs() const {
  std::vector<const InputInfo*> all;
  std::transform(devices_.begin(), devices_.end(), std::back_inserter(all),
                 [](const Device& device) { return &device.info; });
  return all;
}

void LiveCapture::update_counters() {
  for (Device& device : devices_) {
    pcap_stat counters{};
    if (pcap_stats(device.handle.get(), &counters) != 0) continue;
    device.info.received = device.received.follow(counters.ps_recv);
    device.info.kernel_dropped = device.kernel_dropped.follow(counters.ps_drop);
    const auto dropped = device.drops.count();
    if (dropped) device.info.interface_dropped = dropped;
  }
}

bool LiveCapture::has_all_counted() const {
  return std::all_of(devices_.begin(), devices_.end(), [](const Device& device) {
    return device.info.packets + device.kernel_dropped.value >= device.received.value;
  });
}

std::vector<Notice> LiveCapture::take_notices() { return std::exchange(notices_, {}); }

}  // namespace tapstat::capture
