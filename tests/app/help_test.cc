// --help fits a screen, and what it says can be done.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/app/command.h"

namespace tapstat::test {
namespace {

// Before the shell's prompt, on the smallest terminal there usually is.
constexpr std::size_t kLines = 23;
constexpr std::size_t kColumns = 80;

[[nodiscard]] std::vector<std::string> views() {
  std::vector<std::string> names;
  for (const std::string& line : shell("$T --help").lines()) {
    const bool is_view = line.starts_with("  ") && line.at(2) != ' ';
    if (is_view) names.push_back(line.substr(2, line.find(' ', 2) - 2));
  }
  return names;
}

[[nodiscard]] std::vector<std::string> examples_of(const std::string& view) {
  std::vector<std::string> commands;
  for (const std::string& line : shell("$T " + view + " --help").lines()) {
    if (line.starts_with("  tapstat ") || line.starts_with("  sudo tapstat ")) {
      commands.push_back(line.substr(2));
    }
  }
  return commands;
}

// In a folder with captures of the names that examples use; no interface is called nosuch0.
[[nodiscard]] Outcome run_example(std::string command) {
  if (const auto at = command.find("eth0 "); at != std::string::npos || command.ends_with("eth0")) {
    command.replace(std::min(at, command.size() - 4), 4, "nosuch0");
  }
  return shell(R"(
D=$(mktemp -d); trap 'rm -r "$D"' EXIT; cd "$D"
ln -s "$S"/web.pcap web.pcap
ln -s "$S"/arp-stp.pcap lan.pcap
ln -s "$S"/stp/link_l1.pcap.gz link1.pcap
ln -s "$S"/stp/link_l2.pcap.gz link2.pcap
ln -s "$S"/lvs/nat/director.pcap.gz director.pcap
ln -s "$S"/gateway.pcap router.pcap
echo '-A -t 198.18.0.1:80 -s rr' >ipvs.rules
tapstat() { "$T" "$@"; }
sudo() { "$@"; }
)" + command);
}

TEST(Help, FitsAScreen) {
  const auto lines = shell("$T --help").lines();
  EXPECT_LE(lines.size(), kLines) << "for a view more, general_help() has to say less";
  for (const std::string& line : lines) EXPECT_LE(line.size(), kColumns) << line;
}

TEST(Help, OfAViewFitsTheWidthOfAScreen) {
  for (const std::string& view : views()) {
    for (const std::string& line : shell("$T " + view + " --help").lines()) {
      EXPECT_LE(line.size(), kColumns) << line;
    }
  }
}

TEST(Help, NamesTheViewsThatThereAre) {
  const auto names = views();
  EXPECT_GE(names.size(), 15u);
  for (const std::string& view : names) {
    if (view == "top") continue;
    // A word that is no view is a filter, and a wrong one.
    const std::string which = view == "ladder" ? " --connection 0" : "";
    const Outcome outcome = shell("$T " + view + " -q -r $S/web.pcap" + which);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
  }
}

TEST(Help, OfAViewHasItsOwnOptionsOnly) {
  const auto has = [](const std::string& view, const std::string& option) {
    return shell("$T " + view + " -h").out.find("\n  " + option + " ") != std::string::npos;
  };
  EXPECT_TRUE(has("ladder", "--connection"));
  EXPECT_FALSE(has("tcp", "--connection"));
  EXPECT_TRUE(has("transitions", "--stream"));
  EXPECT_FALSE(has("states", "--stream"));
  EXPECT_TRUE(has("tcp", "--json"));
  EXPECT_FALSE(has("top", "--json"));
}

TEST(Help, OfSomethingElseIsTheGeneralOne) {
  EXPECT_EQ(shell("$T nosuchview --help").out, shell("$T --help").out);
}

TEST(Help, ExamplesWork) {
  for (const std::string& view : views()) {
    const auto commands = examples_of(view);
    EXPECT_GE(commands.size(), 2u) << view;
    for (const std::string& command : commands) {
      const Outcome outcome = run_example(command);
      SCOPED_TRACE(command + "\n" + outcome.err);
      if (command.find("eth0") != std::string::npos) {
        EXPECT_TRUE(outcome.code == 3 || outcome.code == 6);  // no such interface; no permission
      } else if (view == "top") {
        EXPECT_NE(outcome.err.find("terminal"), std::string::npos);
      } else if (command.find("--expect") != std::string::npos) {
        EXPECT_LE(outcome.code, 1);
      } else {
        EXPECT_EQ(outcome.code, 0);
      }
    }
  }
}

}  // namespace
}  // namespace tapstat::test
