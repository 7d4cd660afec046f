// What a live session has kept, played on a thread of its own while capturing goes on.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "app/exchange.h"
#include "app/options.h"
#include "app/world.h"
#include "capture/kept_frames.h"
#include "report/report.h"

namespace tapstat::app {

class Past {
 public:
  // Of another world's model. Called on that thread.
  using MakeReport = std::function<report::Report(const World&, const analysis::Model&)>;

  // Makes the thread. `exchange` is borrowed.
  Past(const Options& options, MakeReport make_report, Exchange& exchange);
  ~Past();
  Past(const Past&) = delete;
  Past& operator=(const Past&) = delete;

  // Whether begin() would do.
  [[nodiscard]] bool is_free();
  // Shows the past as soon as it has come to its end, and then does what is ordered. Until the
  // scene changes (Exchange). False: it still has the one before to clear away.
  [[nodiscard]] bool begin(capture::KeptFrames::Chunks chunks,
                           std::vector<capture::InputInfo> inputs, std::vector<tui::Order> orders);

 private:
  // What is to be played.
  struct Reel {
    capture::KeptFrames::Chunks chunks;
    std::vector<capture::InputInfo> inputs;
    std::vector<tui::Order> orders;
  };

  void run();
  void play(const Reel& reel);

  const Options options_;
  const MakeReport make_report_;
  Exchange& exchange_;
  std::mutex mutex_;
  std::condition_variable is_wanted_;
  std::optional<Reel> reel_;
  bool is_busy_ = false;
  bool is_ending_ = false;
  std::thread thread_;  // last: it uses the rest
};

}  // namespace tapstat::app
