#include "report/csv_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "report/query/fields.h"

namespace tapstat::report {
namespace {

using std::chrono::nanoseconds;

// The cells of a record that `write` makes, each behind its column's name; none that are empty.
[[nodiscard]] std::string filled(RecordType type, const WriteRecord& write) {
  CsvWriter csv(type);
  write(csv);
  std::string line = csv.finish_line(), cell, text;
  std::size_t column = 0;
  bool is_quoted = false;
  const auto columns = query::columns_of(type);
  for (const char c : line) {
    if (c == '"') is_quoted = !is_quoted;
    if (is_quoted || (c != ',' && c != '\n')) {
      cell += c;
      continue;
    }
    const bool is_default = columns.at(column).zero_where_absent && cell == "0";
    if (!cell.empty() && !is_default) text += columns.at(column).path + ": " + cell + "\n";
    cell.clear();
    ++column;
  }
  EXPECT_EQ(column, columns.size());
  return text;
}

TEST(CsvWriter, ColumnsAreTheFieldsOfTheRecord) {
  EXPECT_EQ(CsvWriter(RecordType::state_count).header(),
            "t,state,client,server,total,client_from,server_from,total_from\n");
}

TEST(CsvWriter, CellsAreAsInJsonAndEmptyWhereUnknown) {
  EXPECT_EQ(filled(RecordType::transition,
                   [](RecordWriter& w) {
                     w.begin_object()
                         .field("type", "transition")
                         .field("t", capture::Timestamp{nanoseconds{1'795'215'175'009'905'001}})
                         .field("connection", 7u)
                         .field("held", nanoseconds{-1'500'000'000})
                         .field("sure", true)
                         .end_object();
                   }),
            "t: 1795215175.009905001\nconnection: 7\nsure: true\nheld: -1.500000000\n");
}

TEST(CsvWriter, MembersOfObjectsAndElementsOfListsHaveTheColumnOfTheirPath) {
  EXPECT_EQ(filled(RecordType::tcp,
                   [](RecordWriter& w) {
                     w.begin_object().begin_object("client").field("port", 80u);
                     w.begin_object("recv_q").field("min", 1u).field("max", 2u).end_object();
                     w.end_object().begin_array("vlan").element(10u).element(20u).end_array();
                     w.begin_array("tunnel");
                     for (const std::uint32_t id : {5u, 6u}) {
                       w.begin_object().field("kind", "vxlan").field("id", id).end_object();
                     }
                     w.end_array().field("leg_of", 3u).end_object();
                   }),
            "vlan: \"10 20\"\ntunnel.kind: \"vxlan vxlan\"\ntunnel.id: \"5 6\"\nleg_of: 3\n"
            "client.port: 80\nclient.recv_q.min: 1\nclient.recv_q.max: 2\n");
}

struct Cell {
  std::string text, written;
};

TEST(CsvWriter, CountersOfWhatDidNotOccurAreZero) {
  CsvWriter csv(RecordType::tcp);
  csv.begin_object().begin_object("events").field("keep_alive", 3u).end_object().end_object();
  const std::string line = csv.finish_line();
  EXPECT_EQ(std::count(line.begin(), line.end(), '3'), 1);
  EXPECT_EQ(std::count(line.begin(), line.end(), '0'), 3 * 15 - 1);  // its own, and of each end
}

// OWASP, CSV Injection; RFC 4180 2.5 to 2.7.
TEST(CsvWriter, TextIsNoFormulaAndKeepsToItsCell) {
  const Cell cells[] = {{"plain", "plain"},
                        {"=HYPERLINK(1)", "'=HYPERLINK(1)"},
                        {"+1", "'+1"},
                        {"-1", "'-1"},
                        {"@SUM", "'@SUM"},
                        {"a=b", "a=b"},
                        {"a,b", "\"a,b\""},
                        {"a;b", "\"a;b\""},
                        {"a \"b\"", "\"a \"\"b\"\"\""},
                        {"=a,b", "\"'=a,b\""},
                        {"a\r\nb\t\x1b[2J", "a??b??[2J"}};
  for (const Cell& cell : cells) {
    CsvWriter csv(RecordType::state_count);
    csv.begin_object().field("state", cell.text).end_object();
    EXPECT_EQ(csv.finish_line(), "," + cell.written + ",,,,,,\n") << cell.text;
  }
}

TEST(CsvWriter, NothingIsLeftOfTheRecordBefore) {
  CsvWriter csv(RecordType::state_count);
  csv.begin_object().field("total", 1u).end_object();
  EXPECT_EQ(csv.finish_line(), ",,,,1,,,\n");
  csv.begin_object().field("state", "CLOSED").end_object();
  EXPECT_EQ(csv.finish_line(), ",CLOSED,,,,,,\n");
}

}  // namespace
}  // namespace tapstat::report
