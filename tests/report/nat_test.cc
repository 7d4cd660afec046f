#include "report/nat.h"

#include <gtest/gtest.h>

#include "tests/report/lvs_scene.h"
#include "tests/support/json.h"

namespace tapstat::report {
namespace {

using analysis::nat::Translation;
using nlohmann::json;

[[nodiscard]] Translation masqueraded() {
  Translation t;
  t.protocol = 17;
  t.original = {socket("10.0.0.7:4001"), socket("198.51.100.9:53")};
  t.translated = {socket("192.0.2.1:61001"), socket("198.51.100.9:53")};
  t.kind = analysis::nat::Kind::snat;
  t.macs = {{2, 0, 0, 0, 0, 1}};
  t.packets = 2;
  t.connections = {3, 5};
  t.sure = true;
  return t;
}

TEST(Nat, ARecordHasBothTuples) {
  const Scene scene({}, {masqueraded()});
  const json r = records_of(scene.report(), View::nat, "nat").at(0);
  EXPECT_EQ(r["protocol"], "udp");
  EXPECT_EQ(r["original"],
            test::parse_json(
                R"({"src": "10.0.0.7", "sport": 4001, "dst": "198.51.100.9", "dport": 53})"));
  EXPECT_EQ(r["translated"]["src"], "192.0.2.1");
  EXPECT_EQ(r["kind"], "snat");
  EXPECT_EQ(r["mac"], "02:00:00:00:00:01");
  EXPECT_EQ(r["connections"], test::parse_json("[3, 5]"));
  EXPECT_FALSE(r.contains("client_state"));
}

TEST(Nat, AnEchoHasAnIdentifierAndNoPorts) {
  Translation t = masqueraded();
  t.protocol = 1;
  t.original = {socket("10.0.0.7:77"), socket("198.51.100.9:77")};
  const Scene scene({}, {t});
  const json r = records_of(scene.report(), View::nat, "nat").at(0);
  EXPECT_EQ(r["original"],
            test::parse_json(R"({"src": "10.0.0.7", "dst": "198.51.100.9", "id": 77})"));
}

TEST(Nat, TheTableHasTheReplyAsConntrackHasIt) {
  const Scene scene({}, {masqueraded()});
  Report report = scene.report();
  report.ascii = true;
  const std::string text = text_of(report, View::nat);
  EXPECT_NE(text.find("udp    [UNREPLIED]  10.0.0.7:4001 -> 198.51.100.9:53  198.51.100.9:53 -> "
                      "192.0.2.1:61001  snat"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace tapstat::report
