// A capture followed and shown in all the ways there are: each view in each form, as a stream, and
// on the dashboard. Whatever is printed is checked to be fit for who reads it.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "analysis/engine.h"
#include "analysis/host_names.h"
#include "analysis/tcp/event_log.h"
#include "analysis/tcp/segment_log.h"
#include "capture/source.h"
#include "report/names.h"
#include "report/report.h"
#include "report/tcp_stream.h"
#include "report/transition_stream.h"
#include "tests/hostile/fail.h"

namespace tapstat::test {

struct Manner {
  std::uint64_t secret = 1;
  unsigned jobs = 1;
  std::size_t memory = std::numeric_limits<std::size_t>::max();
  bool ascii = false;
  bool color = false;
};

// What was printed, kept as text: fit to be, or the program ends here (abort), saying why.
class Transcript {
 public:
  // What `print` writes into the output it is given.
  void add(const char* what, report::Format format, const Manner& manner,
           const std::function<void(report::Output&)>& print);
  void add_text(const char* what, const std::string& text, const Manner& manner);
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

using Infos = std::vector<const capture::InputInfo*>;

class FullRun {
 public:
  explicit FullRun(const Manner& manner);
  FullRun(const FullRun&) = delete;
  FullRun& operator=(const FullRun&) = delete;
  ~FullRun() = default;

  void take(std::span<const capture::Frame> frames);
  // The input has ended. Once, before it is printed.
  void finish();

  // Everything, once it has ended.
  void print(const Infos& inputs, Transcript& into) const;
  // The dashboard's views, at any time.
  void draw(const Infos& inputs, Transcript& into) const;

  [[nodiscard]] const analysis::Engine& plain() const { return plain_; }
  [[nodiscard]] const analysis::Engine& whole() const { return whole_; }

 private:
  // Told as it goes on, from an engine of its own.
  struct Streamed {
    explicit Streamed(const Manner& manner);

    std::string text;
    std::unique_ptr<report::Output> out;
    report::TcpStream connections;
    report::TransitionStream transitions;
    analysis::Engine engine;
  };

  [[nodiscard]] report::Report report_of(const analysis::Model& model, const Infos& inputs) const;
  void print_plain(const Infos& inputs, Transcript& into) const;
  void print_whole(const Infos& inputs, Transcript& into) const;

  Manner manner_;
  analysis::tcp::SegmentLog log_{analysis::tcp::ConnectionChoice{}};
  analysis::tcp::EventLog events_;
  analysis::HostNames hosts_;
  report::Names names_{hosts_};
  analysis::Engine plain_;  // with nothing that views may want: by the shortest ways
  analysis::Engine whole_;  // with all of it but Zeek's connections
  analysis::Engine zeek_;   // with these, and checksums verified
  Streamed streamed_;
};

// All of it over a capture file in memory: what is printed, empty where it is none. That does not
// depend on Manner::secret or ::jobs.
[[nodiscard]] std::string transcript_of(capture::Bytes file, const Manner& manner = {});

}  // namespace tapstat::test
