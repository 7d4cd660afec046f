// What follow() makes: one input of the files that have its name, one after the other.
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "capture/followed_file.h"
#include "capture/open_file.h"

namespace tapstat::capture {
namespace {

using End = FollowedFile::End;

[[nodiscard]] bool goes_on(End end) { return end == End::replaced || end == End::cut_off; }

// Nullptr: nobody waits for it any more.
[[nodiscard]] std::unique_ptr<FollowedFile> open_again(const std::string& path, Waiting& waiting) {
  for (bool told = false;;) {
    auto file = FollowedFile::open(path, waiting);
    if (file) return *std::move(file);
    if (!std::exchange(told, true)) waiting.tell(file.error().message);
    if (!waiting.wait()) return nullptr;
  }
}

class FollowedSource final : public Source {
 public:
  FollowedSource(std::unique_ptr<Source> first, std::shared_ptr<const End> end, std::string path,
                 Waiting& waiting)
      : file_(std::move(first)), end_(std::move(end)), path_(std::move(path)), waiting_(waiting) {
    info_.path = path_;
    account();
  }

  [[nodiscard]] std::span<const Frame> next_batch() override;
  [[nodiscard]] std::vector<const InputInfo*> inputs() const override { return {&info_}; }

 private:
  [[nodiscard]] const InputInfo& of_file() const { return *file_->inputs().front(); }
  [[nodiscard]] std::span<const Frame> take(std::span<const Frame> batch);
  void account();
  void account_order(const TimeOrder& now);
  void end_file();
  [[nodiscard]] bool open_next();
  [[nodiscard]] std::uint16_t interface_of(std::uint16_t number);

  std::unique_ptr<Source> file_;  // the one that is read; nullptr behind the last
  std::shared_ptr<const End> end_;
  const std::string path_;
  Waiting& waiting_;
  InputInfo info_;    // of all
  InputInfo before_;  // of those before this one
  PacketClock clock_;
  TimeOrder order_;                        // from one file to the next, and within
  std::vector<std::uint16_t> interfaces_;  // of this file: which they are in info_
  std::vector<Frame> frames_;
};

std::span<const Frame> FollowedSource::next_batch() {
  while (file_ != nullptr) {
    if (const auto batch = file_->next_batch(); !batch.empty()) return take(batch);
    end_file();
    if (!open_next()) file_.reset();
  }
  return {};
}

std::span<const Frame> FollowedSource::take(std::span<const Frame> batch) {
  frames_.assign(batch.begin(), batch.end());
  for (Frame& frame : frames_) {
    frame.number += before_.packets;
    frame.time = clock_.date(frame.time, frame.number, order_);
    frame.interface = interface_of(frame.interface);
    info_.first = std::min(info_.first.value_or(frame.time), frame.time);
    info_.last = std::max(info_.last.value_or(frame.time), frame.time);
  }
  account();
  return frames_;
}

// Names identify them: a capture that is rotated has the same in each file.
std::uint16_t FollowedSource::interface_of(std::uint16_t number) {
  const auto& names = of_file().interfaces;
  if (number >= names.size()) return number;
  while (interfaces_.size() <= number) {
    const std::string& name = names[interfaces_.size()];
    auto& all = info_.interfaces;
    auto known = std::find(all.begin(), all.end(), name);
    // Of several without a name each is its own.
    while (known != all.end() &&
           std::count(interfaces_.begin(), interfaces_.end(), known - all.begin()) > 0) {
      known = std::find(known + 1, all.end(), name);
    }
    const auto at = static_cast<std::uint16_t>(known - all.begin());
    if (known == all.end()) all.push_back(name);
    interfaces_.push_back(at);
  }
  return interfaces_[number];
}

void FollowedSource::account() {
  const InputInfo& now = of_file();
  const auto sum = [](std::optional<std::uint64_t> a, std::optional<std::uint64_t> b) {
    return a && b ? std::optional{*a + *b} : a ? a : b;
  };
  info_.format = now.format;
  info_.compression = now.compression;
  info_.snaplen = std::max(before_.snaplen, now.snaplen);
  info_.packets = before_.packets + now.packets;
  info_.bytes = before_.bytes + now.bytes;
  info_.snapped = before_.snapped + now.snapped;
  info_.kernel_dropped = sum(before_.kernel_dropped, now.kernel_dropped);
  info_.interface_dropped = sum(before_.interface_dropped, now.interface_dropped);
  info_.ended = now.ended;
  for (const LinkType link : now.link_types) {
    auto& all = info_.link_types;
    if (std::find(all.begin(), all.end(), link) == all.end()) all.push_back(link);
  }
  account_order(now.order);
}

// What is out of order within the file is so for all of them; its clock's steps it has undone.
void FollowedSource::account_order(const TimeOrder& now) {
  TimeOrder& all = info_.order;
  all = before_.order;
  all.out_of_order += order_.out_of_order;
  all.furthest_back = std::max(all.furthest_back, order_.furthest_back);
  all.steps += order_.steps + now.steps;
  if (all.first_step) return;
  all.first_step = order_.first_step;
  if (all.first_step || !now.first_step) return;
  all.first_step = now.first_step;
  all.first_step->frame += before_.packets;
}

// A record that is not whole is one only where no more of it can come.
void FollowedSource::end_file() {
  account();
  const InputInfo& now = of_file();
  info_.comments.insert(info_.comments.end(), now.comments.begin(), now.comments.end());
  info_.oddities.insert(info_.oddities.end(), now.oddities.begin(), now.oddities.end());
  if (!now.damage || *end_ == End::not_waited_for) return;
  if (*end_ != End::none) waiting_.tell(now.damage->message);
  if (!info_.damage) info_.damage = now.damage;
}

bool FollowedSource::open_next() {
  while (goes_on(*end_)) {
    waiting_.tell(fmt::format("{}: {} after packet {}: going on with it from its beginning", path_,
                              *end_ == End::replaced ? "another file has its name" : "was cut off",
                              info_.packets));
    auto file = open_again(path_, waiting_);
    if (file == nullptr) return false;
    end_ = file->end();
    auto next = open_capture(std::move(file), path_);
    if (next) {
      before_ = info_;
      order_ = {};
      interfaces_.clear();
      file_ = *std::move(next);
      return true;
    }
    if (*end_ == End::none && !info_.damage) info_.damage = next.error();
  }
  return false;
}

}  // namespace

Result<std::unique_ptr<Source>> follow(std::unique_ptr<FollowedFile> file, Waiting& waiting) {
  const std::string path = file->path();
  auto end = file->end();
  auto source = open_capture(std::move(file), path);
  while (!source && goes_on(*end)) {
    file = open_again(path, waiting);
    if (file == nullptr) break;
    end = file->end();
    source = open_capture(std::move(file), path);
  }
  if (!source) return source;
  return std::make_unique<FollowedSource>(*std::move(source), std::move(end), path, waiting);
}

}  // namespace tapstat::capture
