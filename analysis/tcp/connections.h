// The connections of a capture, as those look at them who did not follow them.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/arena.h"
#include "analysis/tcp/connection.h"
#include "analysis/tcp/tracker.h"

namespace tapstat::analysis::tcp {

// By id. Borrowed. Each connection is handed out as a copy of what it is at that moment, because
// its tracker need not keep it in this form: ask for it once.
class Connections {
 public:
  class Iterator {
   public:
    Iterator(const Connections& all, std::uint32_t id) : all_(&all), id_(id) {}
    [[nodiscard]] Connection operator*() const { return (*all_)[id_]; }
    Iterator& operator++() {
      ++id_;
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.id_ == b.id_; }

   private:
    const Connections* all_;
    std::uint32_t id_;
  };

  explicit Connections(const Tracker& tracker) : tracker_(&tracker) {}
  explicit Connections(const Arena<Connection>& all) : all_(&all) {}

  [[nodiscard]] std::uint32_t size() const {
    return tracker_ != nullptr ? tracker_->size() : all_->size();
  }
  [[nodiscard]] Connection operator[](std::uint32_t id) const {
    return tracker_ != nullptr ? tracker_->connection(id) : (*all_)[id];
  }
  // See Tracker::plain().
  [[nodiscard]] std::optional<ConnectionStore::Plain> plain(std::uint32_t id) const {
    return tracker_ != nullptr ? tracker_->plain(id) : std::nullopt;
  }
  [[nodiscard]] Iterator begin() const { return {*this, 0}; }
  [[nodiscard]] Iterator end() const { return {*this, size()}; }

 private:
  const Tracker* tracker_ = nullptr;
  const Arena<Connection>* all_ = nullptr;
};

}  // namespace tapstat::analysis::tcp
