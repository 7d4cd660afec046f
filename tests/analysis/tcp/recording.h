// Captured frames kept, so that they can be read again: whole, without some, or from several
// inputs.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "analysis/engine.h"
#include "analysis/flow_key.h"
#include "capture/source.h"
#include "tests/analysis/tcp/script.h"

namespace tapstat::test {

struct Recorded {
  capture::Timestamp time{};
  Buffer bytes;
  std::uint32_t wire_len = 0;
  capture::LinkType link = capture::LinkType::ethernet;
};

using Recording = std::vector<Recorded>;

// One of samples/, by its name without ".pcap".
[[nodiscard]] Recording read_sample(const std::string& name);

// What the tap saw of a script.
[[nodiscard]] Recording record(const Script& script, const Staging& staging);

// The TCP segments among them, by five-tuple, in the order of first packet.
struct Exchange {
  analysis::FlowKey key;
  Recording frames;
};
[[nodiscard]] std::vector<Exchange> exchanges_of(const Recording& all);

// As a capture source, a single input.
[[nodiscard]] std::unique_ptr<capture::Source> source_of(Recording recording);

// Reads everything, with a journal, to the end and beyond (Engine::finish).
[[nodiscard]] std::unique_ptr<analysis::Engine> read_through(capture::Source& source);

// What the journal has of a connection, a line each.
[[nodiscard]] std::string steps_of(const analysis::Engine& engine, std::uint32_t connection);

}  // namespace tapstat::test
