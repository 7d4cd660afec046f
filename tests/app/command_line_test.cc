// The program from outside: options, exit statuses, messages and what they promise.
#include <gtest/gtest.h>

#include "tests/app/command.h"
#include "tests/support/json.h"

namespace tapstat::test {
namespace {

using nlohmann::json;

// Every line a record; the first is the capture's.
[[nodiscard]] std::vector<json> records_of(const Outcome& outcome) {
  return parse_records(outcome.out);
}

// One clear line on standard error, and nothing on standard output.
void expect_refused(const Outcome& outcome, int code, const std::string& says) {
  EXPECT_EQ(outcome.code, code) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  ASSERT_EQ(outcome.err_lines().size(), 1u) << outcome.err;
  EXPECT_NE(outcome.err.find(says), std::string::npos) << outcome.err;
}

TEST(CommandLine, HelpAndVersionGoToStandardOutput) {
  for (const char* option : {"--help", "-h", "--version"}) {
    const Outcome outcome = shell(std::string{"$T "} + option);
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.err, "");
    EXPECT_NE(outcome.out.find("tapstat"), std::string::npos);
  }
}

TEST(CommandLine, WrongUsageIsTwo) {
  expect_refused(shell("$T"), 2, "nothing to read");
  expect_refused(shell("$T tcp"), 2, "nothing to read");
  expect_refused(shell("$T --no-such-option -r $S/web.pcap"), 2, "--no-such-option");
  expect_refused(shell("$T tcp -r $S/web.pcap --format yaml"), 2, "yaml");
  expect_refused(shell("$T tcp -r $S/web.pcap --at yesterday"), 2, "--at yesterday");
  expect_refused(shell("$T tcp -r $S/web.pcap --at +1 --from +1"), 2, "--at");
  expect_refused(shell("$T tcp -r - -r -"), 2, "standard input");
  expect_refused(shell("$T tcp -r $S/web.pcap -c 0"), 2, "-c");
}

TEST(CommandLine, OnlyTcpHasAZeekForm) {
  expect_refused(shell("$T flows -r $S/web.pcap --format zeek"), 2, "zeek");
  expect_refused(shell("$T -r $S/web.pcap --format zeek"), 2, "zeek");
  expect_refused(shell("$T tcp --json -r $S/web.pcap --format zeek"), 2, "--json");
  const Outcome outcome = shell("$T tcp -q -r $S/close.pcap --format zeek");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.lines().at(0), "#separator \\x09");
}

TEST(CommandLine, SpreadsheetsTakeRecordsOfOneKindOnceAllIsKnown) {
  expect_refused(shell("$T -r $S/web.pcap --format csv"), 2, "no such form");
  expect_refused(shell("$T stp -r $S/arp-stp.pcap --format csv"), 2, "no such form");
  expect_refused(shell("$T tcp --stream -r $S/web.pcap --format csv"), 2, "--stream");
  expect_refused(shell("$T lvs --triage 10.0.0.1 -r $S/web.pcap --format csv"), 2, "--triage");
  const Outcome outcome = shell("$T states -q -r $S/close.pcap --format csv | cut -d, -f2-5");
  EXPECT_EQ(outcome.lines().at(0), "state,client,server,total");
  const Outcome records = shell("$T states -q -r $S/close.pcap --json | tail -n +2");
  EXPECT_EQ(outcome.lines().size(), 1 + records.lines().size());
}

TEST(CommandLine, TheTcpRecordHasZeeksWords) {
  const auto records = records_of(shell("$T tcp --json -q -r $S/close.pcap"));
  EXPECT_EQ(records.at(1)["conn_state"], "SF");
  EXPECT_EQ(records.at(1)["history"], "ShADadFf");
}

TEST(CommandLine, FlowsAtAnInstantAreThoseOfThen) {
  const auto all = records_of(shell("$T flows --json -q -r $S/web.pcap"));
  const auto early = records_of(shell("$T flows --json -q --at +0.12 -r $S/web.pcap"));
  ASSERT_GT(all.size(), early.size());
  ASSERT_GT(early.size(), 1u);
  EXPECT_EQ(early.at(1)["id"], 0);
  const auto late = records_of(shell("$T flows --json -q --from +5 -r $S/web.pcap"));
  for (std::size_t i = 1; i < late.size(); ++i) {
    EXPECT_GE(late[i]["last"].get<double>(), late[0]["first"].get<double>());
  }
}

// A capture of one frame whose TCP checksum is wrong: pcap header, record header, frame.
TEST(CommandLine, ABadChecksumCountsUnlessItIsLookedAt) {
  const std::string make =
      "printf "
      "'\\324\\303\\262\\241\\2\\0\\4\\0\\0\\0\\0\\0\\0\\0\\0\\0\\377\\377\\0\\0\\145\\0\\0\\0"
      "\\1\\0\\0\\0\\0\\0\\0\\0\\50\\0\\0\\0\\50\\0\\0\\0"
      "\\105\\0\\0\\50\\0\\0\\0\\0\\100\\6\\146\\316\\12\\0\\0\\1\\12\\0\\0\\2"
      "\\234\\100\\0\\120\\0\\0\\0\\1\\0\\0\\0\\0\\120\\2\\1\\0\\0\\0\\0\\0' | $T tcp --json -q -r "
      "- ";
  EXPECT_EQ(records_of(shell(make)).size(), 2u);
  const auto verified = records_of(shell(make + "--checksums"));
  ASSERT_EQ(verified.size(), 1u);
  EXPECT_EQ(verified[0]["bad_checksums"], 1);
}

TEST(CommandLine, ABrokenFilterIsWrongUsage) {
  expect_refused(shell("$T tcp -r $S/web.pcap port nonsense and"), 2, "port nonsense and");
}

// "type mgt" is an expression of 802.11's; the sample is Ethernet.
TEST(CommandLine, AFilterThatTheLinkTypeCannotHaveIsWrongUsage) {
  expect_refused(shell("$T tcp -r $S/web.pcap type mgt"), 2, "type mgt");
}

TEST(CommandLine, AnInputThatCannotBeOpenedIsThree) {
  expect_refused(shell("$T tcp -r /nowhere/x.pcap"), 3, "/nowhere/x.pcap");
  expect_refused(shell("$T tcp -r /tmp"), 3, "/tmp");
  const TemporaryFile empty("");
  expect_refused(shell("$T tcp -r " + empty.path()), 3, empty.path());
  const TemporaryFile text("hello, this is no capture at all\n");
  expect_refused(shell("$T tcp -r " + text.path()), 3, text.path());
  const TemporaryFile short_header(std::string("\xd4\xc3\xb2\xa1\x02\x00", 6));
  expect_refused(shell("$T tcp -r " + short_header.path()), 3, short_header.path());
}

TEST(CommandLine, OtherInputsAreReportedWhenOneCannotBeOpened) {
  const Outcome outcome = shell("$T tcp -q --json -r /nowhere/x.pcap -r $S/web.pcap");
  EXPECT_EQ(outcome.code, 3);
  EXPECT_EQ(outcome.err_lines().size(), 1u);
  EXPECT_EQ(records_of(outcome).at(0)["packets"], 224);
}

TEST(CommandLine, ACutFileIsFourAndWhatWasReadIsReported) {
  const std::string whole = content_of(TAPSTAT_SAMPLES "/web.pcap");
  const TemporaryFile cut(whole.substr(0, whole.size() - 10));
  const Outcome outcome = shell("$T tcp -q --json -r " + cut.path());
  EXPECT_EQ(outcome.code, 4);
  ASSERT_EQ(outcome.err_lines().size(), 1u);
  EXPECT_NE(outcome.err.find("byte"), std::string::npos);
  const auto records = records_of(outcome);
  EXPECT_EQ(records.at(0)["packets"], 223);
  EXPECT_EQ(records.at(0)["inputs"][0]["truncated"], true);
  EXPECT_GT(records.size(), 20u);
}

TEST(CommandLine, OutputThatCannotBeWrittenIsFive) {
  EXPECT_EQ(shell("$T tcp -r $S/web.pcap -o /nowhere/out").code, 5);
  const Outcome full = shell("$T tcp -q -r $S/web.pcap >/dev/full");
  EXPECT_EQ(full.code, 5);
  EXPECT_NE(full.err.find("standard output"), std::string::npos);
}

TEST(CommandLine, AClosedPipeIsNoError) {
  // More than a pipe holds.
  const Outcome outcome = shell(
      "$T tcp -q --json -r $S/lab/client_side.pcap.gz | head -1 >/dev/null; exit ${PIPESTATUS[0]}");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
}

TEST(CommandLine, PrintsIntoAFile) {
  const TemporaryFile out("");
  const Outcome outcome = shell("$T tcp -q -r $S/web.pcap -o " + out.path());
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(content_of(out.path()), shell("$T tcp -q -r $S/web.pcap").out);
}

TEST(CommandLine, ColoursOnlyWhereAskedForOrOnATerminal) {
  const std::string plain = shell("$T tcp -q -r $S/web.pcap").out;
  const std::string colored = shell("$T tcp -q --color always -r $S/web.pcap").out;
  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
  EXPECT_NE(colored.find('\x1b'), std::string::npos);
  const std::string terminal = "script -qec \"$T tcp -q -r $S/web.pcap\" /dev/null";
  EXPECT_NE(shell(terminal).out.find('\x1b'), std::string::npos);
  EXPECT_EQ(shell("NO_COLOR=1 " + terminal).out.find('\x1b'), std::string::npos);
}

TEST(CommandLine, CtrlCReportsWhatWasReadSoFar) {
  const Outcome outcome =
      shell("(cat $S/web.pcap; sleep 1) | $T states -r - & sleep 0.5; kill -INT $!; wait $!");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, shell("$T states -r $S/web.pcap").out);
}

TEST(CommandLine, FilesAloneMeanTheReport) {
  EXPECT_EQ(shell("$T -q $S/web.pcap").out, shell("$T report -q -r $S/web.pcap").out);
}

TEST(CommandLine, SaysNothingBesideTheOutputWhenAllIsWell) {
  EXPECT_EQ(shell("$T tcp -r $S/web.pcap").err, "");
}

// The same packets in any container, and down any pipe, are the same records.
TEST(CommandLine, EveryFormOfACaptureGivesTheSameRecords) {
  const Outcome plain = shell("cd $S; $T tcp -q --json -r web.pcap | tail -n +2");
  ASSERT_EQ(plain.code, 0);
  ASSERT_GT(plain.lines().size(), 20u);
  for (const char* command : {
           "$T tcp -q --json -r web.pcapng",
           "$T tcp -q --json -r web.pcap.gz",
           "$T tcp -q --json -r web.pcap.zst",
           "$T tcp -q --json -r web.pcap.lz4",
           "$T tcp -q --json -r - <web.pcap",
           "$T tcp -q --json -r - <web.pcapng",
           "$T tcp -q --json -r - <web.pcap.zst",
           "cat web.pcap.gz | $T tcp -q --json -r -",
           "cat web.pcap | $T tcp -q --json -r -",
       }) {
    const Outcome outcome = shell("cd $S; " + std::string{command} + " | tail -n +2");
    EXPECT_EQ(outcome.out, plain.out) << command;
    EXPECT_EQ(outcome.err, "") << command;
  }
}

TEST(CommandLine, AFilterLeavesOutWhatDoesNotMatch) {
  const auto records = records_of(shell("$T tcp -q --json -r $S/web.pcap port 443 and ip6"));
  ASSERT_GT(records.size(), 1u);
  EXPECT_LT(records[0]["packets"], 224);
  EXPECT_EQ(records[0]["inputs"][0]["packets"], 224);
  for (std::size_t i = 1; i < records.size(); ++i) EXPECT_EQ(records[i]["server"]["port"], 443);
}

TEST(CommandLine, StopsAfterTheNumberOfPacketsAskedFor) {
  EXPECT_EQ(records_of(shell("$T tcp -q --json -c 10 -r $S/web.pcap")).at(0)["packets"], 10);
}

TEST(CommandLine, AtShowsTheTablesOfThatInstant) {
  const auto records = records_of(shell("$T tcp -q --json --at +0.2 -r $S/web.pcap"));
  const auto all = records_of(shell("$T tcp -q --json -r $S/web.pcap"));
  EXPECT_LT(records.size(), all.size());
  const double start = all.at(0)["first"];
  for (std::size_t i = 1; i < records.size(); ++i) {
    EXPECT_LE(records[i]["last"].get<double>(), start + 0.2);
  }
}

// Timers run on to the instant asked for, past the last packet.
TEST(CommandLine, AtLetsTimersRunPastTheLastPacket) {
  const auto later = records_of(shell("$T states -q --json --at +600 -r $S/web.pcap"));
  for (std::size_t i = 1; i < later.size(); ++i) {
    EXPECT_NE(later[i]["state"], "TIME_WAIT");
    EXPECT_NE(later[i]["state"], "SYN_SENT");
  }
}

TEST(CommandLine, FromAndToLeaveOutTheRest) {
  const auto all = records_of(shell("$T tcp -q --json -r $S/web.pcap"));
  const auto window = records_of(shell("$T tcp -q --json --from +1 --to +4 -r $S/web.pcap"));
  const double start = all.at(0)["first"];
  ASSERT_GT(window.size(), 1u);
  EXPECT_LT(window[0]["packets"], all[0]["packets"]);
  for (std::size_t i = 1; i < window.size(); ++i) {
    EXPECT_GE(window[i]["last"].get<double>(), start + 1);
    EXPECT_LE(window[i]["last"].get<double>(), start + 4);
  }
}

TEST(CommandLine, TimesMayBeGivenInAnyForm) {
  const auto all = records_of(shell("$T states -q --json -r $S/web.pcap"));
  const auto epoch = static_cast<std::int64_t>(all.at(0)["first"].get<double>()) + 2;
  const std::string at = shell("date -u -d @" + std::to_string(epoch) + " +%FT%TZ").lines().at(0);
  const Outcome wanted = shell("$T states -q --at " + std::to_string(epoch) + " -r $S/web.pcap");
  EXPECT_EQ(wanted.code, 0);
  EXPECT_EQ(shell("$T states -q --at " + at + " -r $S/web.pcap").out, wanted.out);
  EXPECT_EQ(
      shell("$T states -q --at '" + at.substr(0, 10) + " " + at.substr(11, 8) + "' -r $S/web.pcap")
          .out,
      wanted.out);
}

TEST(CommandLine, SeveralInputsAreOneCapture) {
  const auto records = records_of(shell("$T tcp -q --json -r $S/web.pcap -r $S/close.pcap"));
  EXPECT_EQ(records.at(0)["inputs"].size(), 2u);
  EXPECT_EQ(records.at(0)["packets"], 224 + 164);
  for (std::size_t i = 1; i < records.size(); ++i) {
    EXPECT_EQ(records[i]["id"], i - 1);
    EXPECT_EQ(records[i]["interfaces"].size(), 1u);
  }
}

TEST(CommandLine, AnUnknownLinkTypeIsNamedAndItsPacketsOnlyCounted) {
  std::string file = content_of(TAPSTAT_SAMPLES "/web.pcap");
  file[20] = static_cast<char>(147);  // LINKTYPE_USER0
  const TemporaryFile unknown(file);
  const Outcome outcome = shell("$T tcp --json -r " + unknown.path());
  EXPECT_EQ(outcome.code, 3);
  EXPECT_EQ(records_of(outcome).at(0)["undecoded"], 224);
  ASSERT_EQ(outcome.err_lines().size(), 1u) << outcome.err;
  EXPECT_NE(outcome.err.find("link type 147"), std::string::npos);
}

TEST(CommandLine, ASnapLengthOfZeroIsToldAndReadAsNoLimit) {
  std::string file = content_of(TAPSTAT_SAMPLES "/web.pcap");
  file.replace(16, 4, 4, '\0');
  const TemporaryFile zero(file);
  const Outcome outcome = shell("$T tcp -r " + zero.path());
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, shell("$T tcp -r $S/web.pcap").out);
  ASSERT_EQ(outcome.err_lines().size(), 1u) << outcome.err;
  EXPECT_NE(outcome.err.find("snap length 0 at byte 16"), std::string::npos);
}

TEST(CommandLine, ARecordLongerThanTheFileIsNamedByItsByte) {
  std::string file = content_of(TAPSTAT_SAMPLES "/web.pcap");
  file.replace(24 + 8, 4, "\xff\xff\xff\x7f");  // captured length of the first record
  const TemporaryFile damaged(file);
  const Outcome outcome = shell("$T tcp -r " + damaged.path());
  EXPECT_EQ(outcome.code, 4);
  ASSERT_EQ(outcome.err_lines().size(), 1u) << outcome.err;
  EXPECT_NE(outcome.err.find("byte 24"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace tapstat::test
