// What to generate, and the named kinds of it that measurements use.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "bench/flood.h"
#include "bench/traffic.h"

namespace tapstat::bench {

enum class Scene : std::uint8_t { traffic, flood };

struct Job {
  Scene scene = Scene::traffic;
  std::uint64_t packets = 0;  // written at most; 0 for all until the scene ends
  std::uint32_t snaplen = 96;
  TrafficOptions traffic;
  FloodOptions flood;
};

struct Profile {
  std::string_view name;
  std::string_view what;
  Job job;
};

[[nodiscard]] std::span<const Profile> profiles();

// Null where none has this name.
[[nodiscard]] const Profile* find_profile(std::string_view name);

// Makes the job as large as will give about that many packets: a scene that ends by itself by
// having fewer or more connections or sources, any other by being cut there.
void scale(Job& job, std::uint64_t packets);

}  // namespace tapstat::bench
