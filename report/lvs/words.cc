#include "report/lvs/words.h"

#include <algorithm>

#include "decode/ip_protocol.h"
#include "report/address_text.h"
#include "report/ip_protocol_name.h"

namespace tapstat::report {

namespace lvs = analysis::lvs;

std::string_view mode_name(lvs::Mode mode) {
  return lvs::kModeNames[static_cast<std::size_t>(mode)];
}

std::string_view forward_name(lvs::Mode mode) {
  switch (mode) {
    case lvs::Mode::nat:
      return "Masq";
    case lvs::Mode::dr:
      return "Route";
    case lvs::Mode::tun:
      return "Tunnel";
    case lvs::Mode::fullnat:
      break;
  }
  return "FullNAT";  // of DPVS' ipvsadm; the kernel's has none
}

std::string_view return_name(lvs::ReturnPath way) {
  return lvs::kReturnPathNames[static_cast<std::size_t>(way)];
}

std::optional<std::string_view> entry_state(const lvs::Path& path) {
  if (path.state) return name(*path.state);
  const bool is_held = path.protocol != decode::ip_protocol::kTcp && path.expires;
  return is_held ? std::optional<std::string_view>{"UDP"} : std::nullopt;
}

std::string protocol_text(std::uint8_t protocol) {
  std::string text = ip_protocol_name(protocol);
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return 'a' <= c && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

std::string socket_text(const Report& report, const analysis::Socket& socket,
                        std::uint8_t protocol) {
  return socket_text(report.names, socket.address, socket.port, protocol);
}

std::string target_text(const Report& report, const std::optional<analysis::Socket>& socket,
                        const std::optional<MacAddress>& mac, std::uint8_t protocol,
                        std::string_view unknown) {
  if (socket) return socket_text(report, *socket, protocol);
  return mac ? mac_text(*mac) : std::string{unknown};
}

}  // namespace tapstat::report
