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

// Copies share what was compiled.
class Filter {
 public:
  // For all link types that are decoded, at once: names of hosts and services are asked for here,
  // and never once packets are read. Refuses an expression that no link type can have, with
  // libpcap's words. One that only some link types can have ("type mgt" is of 802.11 alone) is
  // accepted.
  [[nodiscard]] static Result<Filter> compile(std::string expression);

  // Whether this link type can have the expression.
  [[nodiscard]] Result<void> applies_to(LinkType link) const;

  // A frame of a link type that cannot have the expression does not match; problems() says so.
  [[nodiscard]] bool matches(const Frame& frame);

  // One sentence for each link type met that cannot have the expression (the first few of them).
  [[nodiscard]] const std::vector<Error>& problems() const { return problems_; }

 private:
  struct Free {
    void operator()(bpf_program* program) const;
  };
  using Program = std::unique_ptr<bpf_program, Free>;
  // Of each link type: the program, or why it cannot have one.
  using Programs = std::unordered_map<LinkType, Result<Program>>;

  explicit Filter(std::string expression) : expression_(std::move(expression)) {}

  [[nodiscard]] static Result<Program> compile_program(const std::string& expression,
                                                       LinkType link);
  void select(LinkType link);
  void note_problem(LinkType link);

  std::string expression_;
  std::shared_ptr<const Programs> programs_;
  std::vector<LinkType> met_;  // that cannot have it
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

  [[nodiscard]] const Filter& filter() const { return filter_; }

 private:
  std::unique_ptr<Source> source_;
  Filter filter_;
  std::vector<Frame> matching_;
};

}  // namespace tapstat::capture
