// What capturing may do that other programs may not, and giving it up once it is no longer needed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "capture/source.h"

namespace tapstat::app {

// Of the capabilities that capturing needs, those that are not in the effective set. CAP_NET_RAW is
// all it needs: to open a packet socket. Promiscuous mode comes with the socket.
[[nodiscard]] std::vector<std::string> missing_capabilities();

// A sentence for those who lack them: what is missing, and the command that helps.
[[nodiscard]] std::string how_to_permit();

// Once the devices are open, and before the first thread is made (credentials are a thread's own):
// becomes `user` (-Z), or else who called sudo, or else stays who it is; and keeps no capability.
// A set-user-ID program becomes who started it. Sockets that are open stay usable: they can be
// bound anew, but none can be added. After an error the process may be halfway: it must end.
[[nodiscard]] capture::Result<void> drop_privileges(const std::optional<std::string>& user);

}  // namespace tapstat::app
