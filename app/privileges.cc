#include "app/privileges.h"

#include <fmt/format.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <limits>
#include <string_view>
#include <system_error>

#include "app/capabilities.h"
#include "app/capture_program.h"

namespace tapstat::app {
namespace {

using capture::Error;
using capture::Result;

struct Identity {
  uid_t uid;
  gid_t gid;
  std::string name;          // as the user database knows it; empty where it does not
  bool sets_groups = false;  // or keeps the supplementary groups it has
};

[[nodiscard]] Identity who_it_is() { return {getuid(), getgid(), "", false}; }

[[nodiscard]] Result<Identity> user_named(const std::string& name) {
  errno = 0;
  const passwd* entry = getpwnam(name.c_str());
  if (entry != nullptr) return Identity{entry->pw_uid, entry->pw_gid, name, true};
  const std::string why = errno != 0 ? fmt::format(" ({})", std::strerror(errno)) : "";
  return tl::unexpected{
      Error{fmt::format("-Z {}: there is no such user{}; `getent passwd` lists them", name, why)}};
}

// The highest number is none: to setresuid(2) it means "leave as it is".
[[nodiscard]] std::optional<std::uint32_t> parse_id(std::string_view text) {
  std::uint32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (id == std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return id;
}

[[nodiscard]] Result<std::uint32_t> id_from_sudo(const char* variable) {
  const char* text = secure_getenv(variable);
  if (text == nullptr) {
    return tl::unexpected{
        Error{fmt::format("{} is not set, as sudo sets it: name the user to become with -Z, or "
                          "unset SUDO_UID and SUDO_GID",
                          variable)}};
  }
  if (const auto id = parse_id(text)) return *id;
  return tl::unexpected{
      Error{fmt::format("{}={} is no number of a user or group: name the user to become with -Z, "
                        "or unset SUDO_UID and SUDO_GID",
                        variable, text)}};
}

// Who called sudo, while it still is root.
[[nodiscard]] Result<Identity> user_of_sudo() {
  const auto uid = id_from_sudo("SUDO_UID");
  if (!uid) return tl::unexpected{uid.error()};
  const auto gid = id_from_sudo("SUDO_GID");
  if (!gid) return tl::unexpected{gid.error()};
  const passwd* entry = getpwuid(*uid);
  return Identity{*uid, *gid, entry != nullptr ? entry->pw_name : "", true};
}

[[nodiscard]] bool is_from_sudo() {
  return secure_getenv("SUDO_UID") != nullptr || secure_getenv("SUDO_GID") != nullptr;
}

// Only the real user counts: who starts a set-user-ID program must not choose whom it becomes.
[[nodiscard]] Result<Identity> identity_to_take(const std::optional<std::string>& user) {
  const bool is_root = getuid() == 0;
  if (!user && !(is_root && is_from_sudo())) return who_it_is();
  auto identity = user ? user_named(*user) : user_of_sudo();
  if (!identity) return identity;
  if (identity->uid == getuid()) return who_it_is();
  if (is_root) return identity;
  return tl::unexpected{
      Error{fmt::format("-Z {}: only root can become another user (this is uid {}): run it with "
                        "sudo, or without -Z",
                        *user, getuid())}};
}

[[nodiscard]] tl::unexpected<Error> cannot_become(const Identity& identity, const char* step) {
  return tl::unexpected{
      Error{fmt::format("cannot become uid {}, gid {}: {}: {}; it takes CAP_SETUID and CAP_SETGID",
                        identity.uid, identity.gid, step, std::strerror(errno))}};
}

// Groups first: a user who is not root can set none.
[[nodiscard]] Result<void> become(const Identity& identity) {
  if (identity.sets_groups) {
    const int failed = identity.name.empty() ? setgroups(1, &identity.gid)
                                             : initgroups(identity.name.c_str(), identity.gid);
    if (failed != 0) return cannot_become(identity, "supplementary groups");
  }
  if (setresgid(identity.gid, identity.gid, identity.gid) != 0) {
    return cannot_become(identity, "setresgid");
  }
  if (setresuid(identity.uid, identity.uid, identity.uid) != 0) {
    return cannot_become(identity, "setresuid");
  }
  return {};
}

[[nodiscard]] Result<void> forbid_new_privileges() {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) return {};
  return tl::unexpected{
      Error{fmt::format("privileges cannot be given up for good: PR_SET_NO_NEW_PRIVS: {}; it takes "
                        "Linux 3.5 or later",
                        std::strerror(errno))}};
}

[[nodiscard]] bool is_nobody_but(const Identity& identity) {
  uid_t real_uid = 0, effective_uid = 0, saved_uid = 0;
  gid_t real_gid = 0, effective_gid = 0, saved_gid = 0;
  if (getresuid(&real_uid, &effective_uid, &saved_uid) != 0) return false;
  if (getresgid(&real_gid, &effective_gid, &saved_gid) != 0) return false;
  return real_uid == identity.uid && effective_uid == identity.uid && saved_uid == identity.uid &&
         real_gid == identity.gid && effective_gid == identity.gid && saved_gid == identity.gid;
}

// Trying says more than reading: what is asked here is what an intruder would ask.
[[nodiscard]] bool can_come_back(const Identity& identity) {
  if (!is_nobody_but(identity) || !has_no_capabilities()) return true;
  if (identity.uid != 0 && setuid(0) == 0) return true;
  return identity.gid != 0 && setgid(0) == 0;
}

// The kernel changes the calling thread alone. Without /proc it cannot be told.
[[nodiscard]] bool has_threads() {
  std::error_code error;
  const std::filesystem::directory_iterator tasks("/proc/self/task", error);
  return !error && std::distance(begin(tasks), end(tasks)) > 1;
}

[[nodiscard]] std::string path_of_program() {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? "tapstat" : path.string();
}

// For a shell, since it is there to be pasted.
[[nodiscard]] std::string quoted(const std::string& path) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._+-";
  if (path.find_first_not_of(kPlain) == std::string::npos) return path;
  std::string text = "'";
  for (const char c : path) text += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return text + "'";
}

}  // namespace

std::vector<std::string> missing_capabilities() {
  if (has_capability(CAP_NET_RAW)) return {};
  return {"CAP_NET_RAW"};
}

std::string how_to_permit() {
  if (geteuid() == 0) {
    return "CAP_NET_RAW is missing although this is root: what started it took it away, a "
           "container (docker run --cap-add NET_RAW) or a service (CapabilityBoundingSet=)";
  }
  if (const auto how = how_to_run_capture_program()) {
    return "CAP_NET_RAW is missing: run it with sudo, or " + *how;
  }
  return fmt::format(
      "CAP_NET_RAW is missing: run it with sudo, or once: sudo setcap cap_net_raw+ep {}",
      quoted(path_of_program()));
}

Result<void> drop_privileges(const std::optional<std::string>& user) {
  if (has_threads()) {
    return tl::unexpected{Error{
        "privileges cannot be given up: threads are running that would keep them; this is a bug"}};
  }
  const auto identity = identity_to_take(user);
  if (!identity) return tl::unexpected{identity.error()};
  // First, since CAP_SETPCAP goes with root.
  if (auto emptied = empty_bounding_set(); !emptied) return emptied;
  if (auto became = become(*identity); !became) return became;
  if (auto emptied = empty_capability_sets(); !emptied) return emptied;
  if (auto forbidden = forbid_new_privileges(); !forbidden) return forbidden;
  if (!can_come_back(*identity)) return {};
  return tl::unexpected{Error{
      fmt::format("privileges were not given up: uid {} can have them back; do not run it as root "
                  "here, but once: sudo setcap cap_net_raw+ep {}",
                  identity->uid, quoted(path_of_program()))}};
}

}  // namespace tapstat::app
