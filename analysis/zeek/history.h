// A connection's history as Zeek writes it: a letter for each kind of thing that happened, in
// order.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tapstat::analysis::zeek {

// Upper case for the originator. Most letters come once a direction or at the 1st, 10th, 100th
// time, so that real ones are short; of a hostile one the first kMost letters are kept.
class History {
 public:
  static constexpr std::size_t kMost = 46;

  void add(char letter) {
    if (size_ < kMost) letters_[size_++] = letter;
  }
  // Of either role's, the originator's letter given.
  void add(char letter, bool from_originator) {
    constexpr char kToLower = 'a' - 'A';
    add(static_cast<char>(from_originator ? letter : letter + kToLower));
  }
  void replace_by(std::string_view letters) {
    size_ = 0;
    for (const char letter : letters) add(letter);
  }

  [[nodiscard]] std::string_view letters() const { return {letters_.data(), size_}; }

 private:
  std::array<char, kMost> letters_{};
  std::uint8_t size_ = 0;
};

// What is written at the 1st, 10th, 100th ... time (Session::ScaledHistoryEntry).
class ScaledCount {
 public:
  // Whether this time is one of those.
  [[nodiscard]] bool count() {
    if (++count_ != threshold_) return false;
    constexpr std::uint32_t kMostThreshold = 1'000'000'000;
    if (threshold_ < kMostThreshold) threshold_ *= 10;
    return true;
  }

 private:
  std::uint32_t count_ = 0;
  std::uint32_t threshold_ = 1;
};

}  // namespace tapstat::analysis::zeek
