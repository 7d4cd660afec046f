// What an interface loses before the kernel has it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace tapstat::capture {

// Asked of files that are opened once: libpcap would open them each time, which nobody may once
// capturing has begun.
class InterfaceDrops {
 public:
  explicit InterfaceDrops(const std::string& interface);
  ~InterfaceDrops();
  InterfaceDrops(const InterfaceDrops&) = delete;
  InterfaceDrops& operator=(const InterfaceDrops&) = delete;
  InterfaceDrops(InterfaceDrops&& other) noexcept;
  InterfaceDrops& operator=(InterfaceDrops&& other) noexcept;

  // Since this was made; nullopt for an interface that does not say.
  [[nodiscard]] std::optional<std::uint64_t> count() const;

 private:
  [[nodiscard]] std::optional<std::uint64_t> total() const;

  std::array<int, 2> files_{-1, -1};
  std::uint64_t before_ = 0;
};

}  // namespace tapstat::capture
