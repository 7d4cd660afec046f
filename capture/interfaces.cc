#include "capture/interfaces.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <pcap/pcap.h>

#include <memory>
#include <string_view>
#include <utility>

namespace tapstat::capture {
namespace {

struct FreeAll {
  void operator()(pcap_if_t* all) const { pcap_freealldevs(all); }
};

// Of the packet filter, of Bluetooth, D-Bus, USB and the like: they are no networks.
[[nodiscard]] bool is_network(std::string_view name) {
  for (const std::string_view other :
       {"nflog", "nfqueue", "bluetooth", "dbus-", "usbmon", "rdma", "dag"}) {
    if (name.substr(0, other.size()) == other) return false;
  }
  return true;
}

[[nodiscard]] std::string text_of(const sockaddr* address) {
  char text[INET6_ADDRSTRLEN] = "";
  const void* const any = address;  // which kind it is it says itself
  if (address != nullptr && address->sa_family == AF_INET) {
    inet_ntop(AF_INET, &static_cast<const sockaddr_in*>(any)->sin_addr, text, sizeof text);
  } else if (address != nullptr && address->sa_family == AF_INET6) {
    inet_ntop(AF_INET6, &static_cast<const sockaddr_in6*>(any)->sin6_addr, text, sizeof text);
  }
  return text;
}

[[nodiscard]] Interface interface_of(const pcap_if_t& device) {
  Interface one;
  one.name = device.name;
  if (device.description != nullptr) one.description = device.description;
  for (const pcap_addr* a = device.addresses; a != nullptr; a = a->next) {
    if (std::string text = text_of(a->addr); !text.empty()) {
      one.addresses.push_back(std::move(text));
    }
  }
  one.is_up = (device.flags & PCAP_IF_UP) != 0;
  one.is_running = (device.flags & PCAP_IF_RUNNING) != 0;
  one.is_loopback = (device.flags & PCAP_IF_LOOPBACK) != 0;
  return one;
}

}  // namespace

Result<std::vector<Interface>> list_interfaces() {
  char words[PCAP_ERRBUF_SIZE] = "";
  pcap_if_t* first = nullptr;
  if (pcap_findalldevs(&first, words) != 0) {
    return tl::unexpected{Error{fmt::format("the interfaces cannot be listed: {}", words)}};
  }
  const std::unique_ptr<pcap_if_t, FreeAll> all{first};
  std::vector<Interface> list;
  for (const pcap_if_t* device = first; device != nullptr; device = device->next) {
    if (is_network(device->name)) list.push_back(interface_of(*device));
  }
  return list;
}

}  // namespace tapstat::capture
