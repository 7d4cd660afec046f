#include "app/capabilities.h"

#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>

namespace tapstat::app {
namespace {

// 32 capabilities each; the kernel wants the least of them first.
using Sets = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

[[nodiscard]] __user_cap_header_struct this_thread() { return {_LINUX_CAPABILITY_VERSION_3, 0}; }

[[nodiscard]] std::optional<Sets> capability_sets() {
  auto header = this_thread();
  Sets sets{};
  if (syscall(SYS_capget, &header, sets.data()) != 0) return std::nullopt;
  return sets;
}

[[nodiscard]] tl::unexpected<capture::Error> failure(const char* step) {
  return tl::unexpected{
      capture::Error{fmt::format("capabilities cannot be given up: {}: {}; leave out what forbids "
                                 "it (a container's or a service's settings)",
                                 step, std::strerror(errno))}};
}

}  // namespace

bool has_capability(int capability) {
  const auto sets = capability_sets();
  if (!sets) return false;
  const auto index = static_cast<std::size_t>(CAP_TO_INDEX(capability));
  return ((*sets)[index].effective & CAP_TO_MASK(capability)) != 0;
}

capture::Result<void> empty_bounding_set() {
  // Reading fails behind the last capability that this kernel knows.
  for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0;
       ++capability) {
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0) continue;
    if (errno == EPERM) return {};
    return failure("PR_CAPBSET_DROP");
  }
  return {};
}

capture::Result<void> empty_capability_sets() {
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) {
    return failure("PR_CAP_AMBIENT_CLEAR_ALL");
  }
  auto header = this_thread();
  const Sets none{};
  if (syscall(SYS_capset, &header, none.data()) != 0) return failure("capset");
  return {};
}

bool has_no_capabilities() {
  const auto sets = capability_sets();
  return sets && std::all_of(sets->begin(), sets->end(), [](const auto& set) {
           return set.effective == 0 && set.permitted == 0 && set.inheritable == 0;
         });
}

}  // namespace tapstat::app
