#include "report/json_writer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace tapstat::report {
namespace {

using std::chrono::nanoseconds;

TEST(JsonWriter, WritesNestedObjectsAndArrays) {
  JsonWriter json;
  json.begin_object().field("a", 1u).begin_array("b").element(2u).element(3u).end_array();
  json.begin_object("c").field("d", true).end_object().begin_array("e").end_array().end_object();
  EXPECT_EQ(json.finish_line(), "{\"a\":1,\"b\":[2,3],\"c\":{\"d\":true},\"e\":[]}\n");
}

TEST(JsonWriter, TimesKeepEveryNanosecond) {
  JsonWriter json;
  json.begin_object()
      .field("t", capture::Timestamp{nanoseconds{1'795'215'175'009'905'001}})
      .field("d", nanoseconds{1'500})
      .field("n", nanoseconds{-1'500'000'000})
      .end_object();
  EXPECT_EQ(json.finish_line(),
            "{\"t\":1795215175.009905001,\"d\":0.000001500,\"n\":-1.500000000}\n");
}

TEST(JsonWriter, LeavesOutWhatIsUnknown) {
  std::optional<nanoseconds> unknown{1};
  unknown.reset();
  JsonWriter json;
  json.begin_object().field("a", unknown).field("b", 1u).end_object();
  EXPECT_EQ(json.finish_line(), "{\"b\":1}\n");
}

TEST(JsonWriter, AnyBytesMakeValidJson) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text = {'x', static_cast<char>(byte), '"', '\\'};
    JsonWriter json;
    json.begin_object().field("s", text).end_object();
    const auto parsed = nlohmann::json::parse(json.finish_line(), nullptr, false);
    ASSERT_TRUE(parsed.is_object()) << byte;
    if (byte < 128) {
      EXPECT_EQ(parsed["s"], text) << byte;
    }
  }
}

TEST(JsonWriter, IsEmptyAgainAfterClear) {
  JsonWriter json;
  json.begin_object().field("a", 1u).end_object();
  (void)json.finish_line();
  json.clear();
  json.begin_object().end_object();
  EXPECT_EQ(json.finish_line(), "{}\n");
}

}  // namespace
}  // namespace tapstat::report
