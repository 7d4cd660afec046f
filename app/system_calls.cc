#include "app/system_calls.h"

#include <fmt/format.h>
#include <seccomp.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <memory>
#include <string_view>

#include "app/allowed_calls.h"

namespace tapstat::app {
namespace {

using capture::Error;
using capture::Result;

struct ReleaseFilter {
  void operator()(void* filter) const { seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, ReleaseFilter>;

[[nodiscard]] tl::unexpected<Error> no_seccomp() {
  return tl::unexpected{
      Error{"system calls cannot be filtered: this kernel has no seccomp that can; it takes Linux "
            "4.14 or later, with CONFIG_SECCOMP_FILTER"}};
}

[[nodiscard]] tl::unexpected<Error> failure(std::string_view step, int error) {
  if (error == ENOSYS || error == EINVAL) return no_seccomp();
  return tl::unexpected{
      Error{fmt::format("system calls cannot be filtered: {}: {}", step, std::strerror(error))}};
}

// libseccomp returns the error, negated.
[[nodiscard]] Result<void> set_attributes(void* filter) {
  struct Attribute {
    scmp_filter_attr attribute;
    std::uint32_t value;
    std::string_view name;
  };
  constexpr Attribute kAttributes[] = {
      {SCMP_FLTATR_API_SYSRAWRC, 1, "errors of the kernel"},  // else all are ECANCELED
      {SCMP_FLTATR_CTL_TSYNC, 1, "all threads"},
      {SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS, "other architectures"},
  };
  for (const Attribute& attribute : kAttributes) {
    const int set = seccomp_attr_set(filter, attribute.attribute, attribute.value);
    if (set != 0) return failure(attribute.name, -set);
  }
  return {};
}

[[nodiscard]] Result<void> add_rules(void* filter, const Work& work) {
  for (const AllowedCall& allowed : allowed_calls(work)) {
    // A call that this architecture does not have (a negative number) is passed over.
    const int added = seccomp_rule_add_array(filter, allowed.action, allowed.call,
                                             static_cast<unsigned>(allowed.only_if.size()),
                                             allowed.only_if.data());
    if (added != 0) return failure(allowed.why, -added);
  }
  return {};
}

}  // namespace

Result<void> allow_only_needed_calls(const Work& work) {
  constexpr unsigned kKillsProcess = 3;  // seccomp_api_get(3): all threads, whole processes
  if (seccomp_api_get() < kKillsProcess) return no_seccomp();
  tzset();  // the first local time would open /etc/localtime
  const Filter filter{seccomp_init(SCMP_ACT_KILL_PROCESS)};
  if (filter == nullptr) return failure("seccomp_init", ENOMEM);
  if (auto set = set_attributes(filter.get()); !set) return set;
  if (auto added = add_rules(filter.get(), work); !added) return added;
  const int loaded = seccomp_load(filter.get());
  if (loaded != 0) return failure("seccomp_load", -loaded);
  return {};
}

}  // namespace tapstat::app
