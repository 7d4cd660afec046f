// tcpdump's filter expressions (pcap-filter(7)), compiled by libpcap for each link type that
// occurs.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "capture/source.h"

struct bpf_program;

namespace tapstat::capture {

// The library that compiles them, with its version.
[[nodiscard]] std::string filter_library();

class Filter {
 public:
  // Refuses an expression that no link type can have, with libpcap's words. One that only some link
  // types can have ("type mgt" is of 802.11 alone) is accepted.
  [[nodiscard]] static Result<Filter> compile(std::string expression);

  // Whether this link type can have the expression. Callers that know the link types of an input
  // ask beforehand; otherwise it is found out at the first frame.
  [[nodiscard]] Result<void> compile_for(LinkType link);

  // A frame of a link type that cannot have the expression does not match; problems() says so.
  [[nodiscard]] bool matches(const Frame& frame);

  // One sentence for each link type met that cannot have the expression (the first few of them).
  [[nodiscard]] const std::vector<Error>& problems() const { return problems_; }

 private:
  struct Free {
    void operator()(bpf_program* program) const;
  };
  using Program = std::unique_ptr<bpf_program, Free>;

  explicit Filter(std::string expression) : expression_(std::move(expression)) {}

  [[nodiscard]] static Result<Program> compile_program(const std::string& expression,
                                                       LinkType link);
  void select(LinkType link);

  std::string expression_;
  std::unordered_map<LinkType, Program> programs_;  // null where the link type cannot have it
  std::vector<Error> problems_;
  // Frames of one link type come in long runs: the program of the last one.
  LinkType selected_link_{};
  const bpf_program* selected_ = nullptr;
  bool any_selected_ = false;
};

// Hands out the frames of another source that match; numbers and inputs stay as they are there.
class FilteredSource final : public Source {
 public:
  FilteredSource(std::unique_ptr<Source> source, Filter filter);

  [[nodiscard]] std::span<const Frame> next_batch() override;
  [[nodiscard]] std::vector<const InputInfo*> inputs() const override { return source_->inputs(); }
  [[nodiscard]] std::optional<double> progress() const override { return source_->progress(); }

  [[nodiscard]] const std::vector<Error>& problems() const { return filter_.problems(); }

 private:
  std::unique_ptr<Source> source_;
  Filter filter_;
  std::vector<Frame> matching_;
};

}  // namespace tapstat::capture
