#include "analysis/pool.h"

#include <gtest/gtest.h>

#include <set>

namespace tapstat::analysis {
namespace {

struct Note {
  int value = 0;
  void clear() { value = 0; }
};

TEST(Pool, HandsOutObjectsThatAreNobodyElses) {
  Pool<Note> pool;
  std::set<Note*> out;
  for (int i = 0; i < 1000; ++i) out.insert(pool.take());
  EXPECT_EQ(out.size(), 1000u);
}

TEST(Pool, WhatIsGivenBackIsHandedOutAgainAsNew) {
  Pool<Note> pool;
  Note* note = pool.take();
  note->value = 5;
  pool.give_back(note);
  Note* again = pool.take();
  EXPECT_EQ(again, note);
  EXPECT_EQ(again->value, 0);
  EXPECT_NE(pool.take(), again) << "it is out";
}

TEST(Pool, GrowsToTheMostThatWereOutAtOnce) {
  Pool<Note> pool;
  std::set<Note*> seen;
  for (int round = 0; round < 100; ++round) {
    std::set<Note*> out;
    for (int i = 0; i < 10; ++i) out.insert(pool.take());
    ASSERT_EQ(out.size(), 10u) << "one was handed out twice";
    seen.insert(out.begin(), out.end());
    for (Note* note : out) pool.give_back(note);
  }
  EXPECT_EQ(seen.size(), 10u);
}

TEST(Pool, WhatIsOutNeitherMovesNorChangesAsItGrows) {
  Pool<Note> pool;
  Note* note = pool.take();
  note->value = 5;
  for (int i = 0; i < 100'000; ++i) pool.take()->value = i + 6;
  EXPECT_EQ(note->value, 5);
}

}  // namespace
}  // namespace tapstat::analysis
