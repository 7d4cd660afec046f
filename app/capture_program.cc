#include "app/capture_program.h"

#include <fmt/format.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "app/capabilities.h"
#include "app/install_paths.h"

namespace tapstat::app {
namespace {

[[nodiscard]] bool has_file_capabilities() {
  return getxattr(kCaptureProgram, "security.capability", nullptr, 0) > 0;
}

// Then running it once more would give no more: the mount, a container or a service withholds them.
[[nodiscard]] bool is_it_already() {
  struct stat own {};
  struct stat copy {};
  if (stat("/proc/self/exe", &own) != 0 || stat(kCaptureProgram, &copy) != 0) return true;
  return own.st_dev == copy.st_dev && own.st_ino == copy.st_ino;
}

}  // namespace

void become_capture_program(char* const* argv) {
  if (has_capability(CAP_NET_RAW) || !has_file_capabilities() || is_it_already()) return;
  execv(kCaptureProgram, argv);
}

std::optional<std::string> how_to_run_capture_program() {
  struct stat copy {};
  if (stat(kCaptureProgram, &copy) != 0) return std::nullopt;
  if (!has_file_capabilities()) return "once: sudo dpkg-reconfigure tapstat";
  const group* entry = getgrgid(copy.st_gid);
  return fmt::format("as a member of the group {}", entry != nullptr ? entry->gr_name : "it has");
}

}  // namespace tapstat::app
