// Which process has a socket, found in /proc as ss -p does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

#include "capture/source.h"

namespace tapstat::capture {

struct Owner {
  std::int32_t pid = 0;
  // As the process calls itself (/proc/PID/comm), at most 15 bytes; "?" where that cannot be read.
  // It may choose any bytes, those that drive a terminal too.
  std::string process;

  friend bool operator==(const Owner&, const Owner&) = default;
};

// Sees the processes of this /proc, which is one PID namespace's, and of these the ones whose open
// files this user may look at: its own, or with CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE those of
// all, unless a security module forbids it. For one thread at a time.
class Owners {
 public:
  // Of one search. What hidepid=2 of /proc hides is not even counted.
  struct Search {
    std::size_t processes = 0;   // whose files were looked at
    std::size_t unreadable = 0;  // processes that this user may not look at
    bool is_cut = false;         // not all was seen: by its bounds, or /proc could not be read
  };

  // Opens /proc, which the searches then go by.
  [[nodiscard]] static Result<Owners> open();

  ~Owners();
  Owners(const Owners&) = delete;
  Owners& operator=(const Owners&) = delete;
  Owners(Owners&& other) noexcept;
  Owners& operator=(Owners&& other) noexcept;

  // Looks for the processes that have the sockets with these inodes now, and forgets what it knew:
  // sockets change hands. Ends as soon as all are found; 0 is never looked for. What vanishes
  // meanwhile is left out. A socket that several processes have is the first's that /proc lists,
  // which is the lowest PID.
  Search refresh(std::span<const std::uint32_t> inodes);

  // Of the last search; nullopt for a socket that was not among those looked for, or not found.
  [[nodiscard]] std::optional<Owner> find(std::uint32_t inode) const;

 private:
  explicit Owners(int proc) : proc_(proc) {}

  int proc_ = -1;
  std::unordered_map<std::uint32_t, Owner> owners_;
};

}  // namespace tapstat::capture
