// Any bytes as an expression of --where and of --expect over each type of record: parsed, and where
// that works, asked of records with and without their fields.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "report/query/expectation.h"
#include "report/query/record_filter.h"

namespace {

namespace report = tapstat::report;
namespace query = tapstat::report::query;
using report::RecordType;
using tapstat::capture::Timestamp;

void write_record(report::RecordWriter& w) {
  w.begin_object().field("id", 7u).field("t", Timestamp{}).field("first", Timestamp{});
  for (const char* end : {"client", "server"}) {
    w.begin_object(end)
        .field("ip", tapstat::analysis::IpAddress{})
        .field("port", 80u)
        .field("state", "CLOSE_WAIT")
        .field("since", Timestamp{})
        .field("sure", true)
        .end_object();
  }
  w.field("state", "CLOSED").field("cause", "sent \xff FIN").field("text", "");
  w.begin_array("vlan").element(1u).element(2u).end_array().end_object();
}

void write_nothing(report::RecordWriter& w) { w.begin_object().end_object(); }

void check(const query::Error& error, std::string_view expression) {
  const std::string text = query::error_text(error, expression);
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n') std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes as text
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  for (const auto type :
       {RecordType::tcp, RecordType::state_count, RecordType::transition, RecordType::event,
        RecordType::step, RecordType::finding, RecordType::flow, RecordType::arp,
        RecordType::lvs_path, RecordType::nat}) {
    if (const auto filter = query::RecordFilter::parse(text, type)) {
      (*filter)->start({Timestamp{}, Timestamp{}});
      (void)(*filter)->keeps(write_record);
      (void)(*filter)->keeps(write_nothing);
    } else {
      check(filter.error(), text);
    }
    if (const auto expectation = query::Expectation::parse(text, type)) {
      (*expectation)->start({Timestamp{}, Timestamp{}});
      (*expectation)->take(write_record);
      (*expectation)->take(write_nothing);
      (void)(*expectation)->failure();
    } else {
      check(expectation.error(), text);
    }
  }
  return 0;
}
