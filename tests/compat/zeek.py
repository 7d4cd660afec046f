#!/usr/bin/env python3
"""Compares `tapstat tcp --format zeek` with the conn.logs that Zeek's own tests expect.

The baselines and which capture and options made them are in expected/zeek-pairs.tsv of the corpus.
conn_state and history have to be equal, but for the connections that zeek_differences.tsv names with
the reason, which have to differ. The other fields are counted.
"""

import argparse
import collections
import concurrent.futures
import csv
import pathlib
import re
import subprocess
import sys

import corpus

HERE = pathlib.Path(__file__).resolve().parent
ENDS = ("id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p")
JUDGED = ("conn_state", "history")
COUNTED = ("orig_pkts", "resp_pkts", "orig_ip_bytes", "resp_ip_bytes", "orig_bytes", "resp_bytes",
           "duration", "missed_bytes", "local_orig", "local_resp", "ip_proto")


def read_log(text):
    """The lines of a conn.log as dictionaries."""
    fields, rows = [], []
    for line in text.splitlines():
        if line.startswith("#fields"):
            fields = line.split("\t")[1:]
        elif line and not line.startswith("#"):
            rows.append(dict(zip(fields, line.split("\t"))))
    return rows


def tuple_of(row):
    """Both ends and the protocol, whichever end is the originator."""
    ends = sorted([(row["id.orig_h"], row["id.orig_p"]), (row["id.resp_h"], row["id.resp_p"])])
    return (row.get("proto", ""), row.get("ip_proto", ""), *ends)


def tuple_text(row):
    proto = row.get("proto", "?")
    return "{} {}:{}-{}:{}".format(proto, *(row[e] for e in ENDS))


def same(field, theirs, ours):
    if theirs == ours:
        return True
    if field != "duration" or "-" in (theirs, ours):
        return False
    return abs(float(theirs) - float(ours)) < 0.0000015  # theirs is a double that was rounded


def wanted_fields(rows):
    return set(rows[0]) >= set(ENDS) | set(JUDGED) if rows else False


def filter_of(command):
    """The capture filter that the test gave Zeek."""
    found = re.search(r"-f '([^']*)'", command)
    return [found.group(1)] if found else []


def run(program, capture, pair, seconds):
    options = [] if pair["ignores_checksums"] == "yes" else ["--checksums"]
    command = [program, "tcp", "--format", "zeek", "--quiet", *options, "-r", str(capture),
               *filter_of(pair["zeek_cmd"])]
    done = subprocess.run(command, capture_output=True, timeout=seconds, check=False)
    if done.returncode not in (0, 4):
        raise RuntimeError(f"exit code {done.returncode}: {done.stderr.decode(errors='replace')}")
    return read_log(done.stdout.decode())


def matched(theirs, ours):
    """Pairs of lines of the same tuple: equal ones first, then in their order; None for no line."""
    groups = collections.defaultdict(lambda: ([], []))
    for side, rows in enumerate((theirs, ours)):
        for row in rows:
            groups[tuple_of(row)][side].append(row)
    for left, right in groups.values():
        right = list(right)
        rest = []
        for row in left:
            twin = next((r for r in right if all(r[f] == row[f] for f in JUDGED)
                         and r.get("orig_pkts") == row.get("orig_pkts")), None)
            if twin is None:
                rest.append(row)
            else:
                right.remove(twin)
                yield row, twin
        for i in range(max(len(rest), len(right))):
            yield (rest[i] if i < len(rest) else None), (right[i] if i < len(right) else None)


def difference(their, our):
    """What differs of what has to be equal, in one line; None where nothing does."""
    if their is None or our is None:
        row = their or our
        return "only {} has it: {} {}".format("Zeek" if their else "tapstat",
                                              *(row[f] for f in JUDGED))
    if all(their[f] == our[f] for f in JUDGED):
        return None
    return "Zeek {} {}, tapstat {} {}".format(*(r[f] for r in (their, our) for f in JUDGED))


def explained(path):
    """{(baseline, tuple): reason}"""
    with path.open() as lines:
        rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
        return {(row["baseline"], row["connection"]): row["reason"] for row in rows}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("baselines", nargs="*", help="default: all with usable=yes")
    parser.add_argument("--tapstat", default="tapstat", help="the program to test")
    parser.add_argument("--all", action="store_true",
                        help="also those whose fields suffice, made with other options")
    parser.add_argument("--verbose", action="store_true", help="show what else differs")
    parser.add_argument("--seconds", type=float, default=60, help="time limit of one tapstat run")
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args()


def choose(root, options):
    with (root / "expected" / "zeek-pairs.tsv").open() as lines:
        for pair in csv.DictReader(lines, delimiter="\t"):
            named = pair["baseline"] in options.baselines
            if named or (not options.baselines and (options.all or pair["usable"] == "yes")):
                theirs = read_log((root / "expected" / "zeek" / pair["baseline"]).read_text())
                if wanted_fields(theirs):
                    yield pair, theirs


def main():
    options = arguments()
    root = corpus.directory()
    if not root or not (root / "expected" / "zeek-pairs.tsv").is_file():
        print("skipped: needs captures and Zeek's baselines (TAPSTAT_CORPUS)")
        return corpus.SKIPPED
    reasons = explained(HERE / "zeek_differences.tsv")
    chosen = list(choose(root, options))
    agree, total = collections.Counter(), collections.Counter()
    differing, unexplained, met = 0, 0, set()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        logs = pool.map(lambda c: run(options.tapstat, root / c[0]["corpus_file"], c[0],
                                      options.seconds), chosen)
        for (pair, theirs), ours in zip(chosen, logs):
            for their, our in matched(theirs, ours):
                key = (pair["baseline"], tuple_text(their or our))
                what = difference(their, our)
                total["connections"] += 1
                if what:
                    differing += 1
                    met.add(key)
                    if key not in reasons:
                        unexplained += 1
                        print("\t".join((*key, what)))
                    continue
                for field in COUNTED:
                    if field not in their:
                        continue
                    total[field] += 1
                    if same(field, their[field], our[field]):
                        agree[field] += 1
                    elif options.verbose:
                        print("\t".join((*key, f"{field}: Zeek {their[field]}, tapstat {our[field]}")))
    baselines = {pair["baseline"] for pair, _ in chosen}
    gone = [key for key in reasons if key[0] in baselines and key not in met]
    for key in gone:
        print("\t".join((*key, "explained, but does not differ")))
    same_ones = total["connections"] - differing
    share = same_ones / max(total["connections"], 1)
    print(f"{len(chosen)} baselines, {total['connections']} connections, {same_ones} with the same "
          f"conn_state and history ({share:.2%}); {unexplained} differ unexplained")
    print("of those, the same: " + ", ".join(f"{f} {agree[f]} of {total[f]}" for f in COUNTED))
    return 1 if unexplained or gone or (share < 0.98 and not options.all) else 0


if __name__ == "__main__":
    sys.exit(main())
