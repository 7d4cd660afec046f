// The number of a bridge's port as its makers would print it.
#pragma once

#include <string>

#include "analysis/spanning_tree/topology.h"

namespace tapstat::report {

// Which of its 16 bits are priority and which number. All bridges compare all 16.
enum class PortLayout : std::uint8_t {
  eight_eight,  // 802.1D-1998 section 8.5.5.1
  four_twelve,  // 802.1t and 802.1D-2004 section 9.2.7
  six_ten,      // of the Linux bridge: BR_PORT_BITS in net/bridge/br_private.h
};

// Guessed by what the bridge sends.
[[nodiscard]] PortLayout port_layout(const analysis::spanning_tree::Bridge& bridge);

// "128.1": priority, in steps of its layout as bridges print it, and number.
[[nodiscard]] std::string port_text(std::uint16_t port, PortLayout layout);
[[nodiscard]] std::string port_text(std::uint16_t port,
                                    const analysis::spanning_tree::BridgeView* bridge);

}  // namespace tapstat::report
