// The connections of a capture, as those look at them who did not follow them.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/tcp/connection.h"
#include "analysis/tcp/plain_states.h"
#include "analysis/tcp/tables.h"

namespace tapstat::analysis::tcp {

// By id. Borrowed. Each connection is handed out as a copy of what it is at that moment, because
// its tracker need not keep it in this form: ask for it once.
class Connections {
 public:
  class Iterator {
   public:
    Iterator(const Connections& all, std::uint32_t id) : all_(&all), id_(id) { skip(); }
    [[nodiscard]] Connection operator*() const { return (*all_)[id_]; }
    Iterator& operator++() {
      ++id_;
      skip();
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.id_ == b.id_; }

   private:
    void skip() {
      while (id_ < all_->size() && !all_->has(id_)) ++id_;
    }

    const Connections* all_;
    std::uint32_t id_;
  };

  // NOLINTNEXTLINE(google-explicit-constructor): it is nothing but a way to look at them.
  Connections(const Tables& tables) : tables_(&tables) {}

  // Ids are below this.
  [[nodiscard]] std::uint32_t size() const { return tables_->directory.size(); }
  // False for those that were given up, too: only of the others anything can be asked.
  [[nodiscard]] bool has(std::uint32_t id) const { return tables_->directory.has(id); }
  [[nodiscard]] Connection operator[](std::uint32_t id) const;
  // See Tracker::plain().
  [[nodiscard]] std::optional<PlainStates> plain(std::uint32_t id) const;
  // When the last packet of it came. What plain() is told of, which is no past.
  [[nodiscard]] Timestamp last(std::uint32_t id) const;
  // Where it is asked for one id after the other, before each: fetches what later ones need.
  void look_ahead(std::uint32_t id) const;
  [[nodiscard]] Iterator begin() const { return {*this, 0}; }
  [[nodiscard]] Iterator end() const { return {*this, size()}; }

 private:
  const Tables* tables_;
};

}  // namespace tapstat::analysis::tcp
