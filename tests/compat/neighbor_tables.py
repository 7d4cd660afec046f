#!/usr/bin/env python3
"""At each instant at which hosts were asked for their neighbour tables, `tapstat arp --at` has the same bindings.

Reads a recording of a lab: arp.pcap, what the tap saw, and neigh.jsonl, what `ip neigh` said in each host, one entry
a line: t, ns (the host), ip, mac, dev, state. What a tap cannot know is counted apart, by its reason.
"""

import argparse
import collections
import concurrent.futures
import json
import pathlib
import subprocess
import sys

PROJECT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77
HELD = {"REACHABLE", "STALE", "DELAY", "PROBE"}
MISSING = {"INCOMPLETE", "FAILED"}
# A host has been asked and has not answered yet, or what was sent last is on its way.
IN_FLIGHT = 0.05


def records(program, capture, *options):
    done = subprocess.run([program, "arp", "--json", "--quiet", "-r", str(capture), *options],
                          capture_output=True, timeout=60, check=True)
    return [r for r in map(json.loads, done.stdout.decode().splitlines()) if r["type"] == "arp"]


def is_group(mac):
    return int(mac[:2], 16) & 1


class Judge:
    """Compares one host's entry with the record of that address, of the untagged LAN."""

    def __init__(self, whole, entries):
        self.macs = {h["mac"] for r in whole for h in r.get("history", [])}
        # An interface none of whose neighbours the tap has ever heard lies elsewhere.
        heard = collections.defaultdict(bool)
        for e in entries:
            heard[e["ns"], e["dev"]] |= e.get("mac") in self.macs
        self.elsewhere = {key for key, any_heard in heard.items() if not any_heard}

    def verdict(self, entry, record):
        """None: the same. Else (explained, why)."""
        state = entry["state"][0]
        if (entry["ns"], entry["dev"]) in self.elsewhere:
            return True, "another LAN, which the tap does not see"
        mac = entry.get("mac")
        if state in HELD and mac:
            if is_group(mac):
                return True, "a group's address, which tapstat refuses"
            if mac not in self.macs:
                return True, "another LAN, which the tap does not see"
            if record is None:
                return False, "no record"
            macs = [h["mac"] for h in record.get("history", [])]
            if record.get("mac") == mac:
                return None
            if mac in macs:
                return None if record["state"] == "conflict" or len(macs) > 1 else (False, "another MAC")
            return False, "another MAC"
        if state in MISSING:
            if record is None:
                return False, "no record"
            if record["state"] == "incomplete":
                return None
            if entry["t"] - record["last"] < IN_FLIGHT:
                return True, "in flight"
            return False, f"{state} is {record['state']}"
        return None


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tapstat", default="tapstat", help="the program to test")
    parser.add_argument("--truth", type=pathlib.Path, default=PROJECT.parent / "shared" / "truth" / "arp")
    parser.add_argument("--stride", type=int, default=1, help="every so many instants")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--examples", type=int, default=5)
    return parser.parse_args()


def main():
    options = arguments()
    capture, tables = options.truth / "arp.pcap", options.truth / "neigh.jsonl"
    if not capture.is_file() or not tables.is_file():
        print("skipped: needs a recording with the hosts' neighbour tables (--truth)")
        return SKIPPED
    entries = [json.loads(line) for line in tables.read_text().splitlines()]
    by_time = collections.defaultdict(list)
    for entry in entries:
        by_time[entry["t"]].append(entry)
    judge = Judge(records(options.tapstat, capture), entries)
    times = sorted(by_time)[::options.stride]
    counts, explained, shown = collections.Counter(), collections.Counter(), 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        tabled = pool.map(lambda t: records(options.tapstat, capture, "--at", f"{t:.4f}"), times)
        for time, table in zip(times, tabled):
            known = {r["ip"]: r for r in table if "vlan" not in r}
            for entry in by_time[time]:
                verdict = judge.verdict(entry, known.get(entry["ip"]))
                if verdict is None:
                    counts["same"] += 1
                elif verdict[0]:
                    explained[verdict[1]] += 1
                else:
                    counts["different"] += 1
                    if shown < options.examples:
                        shown += 1
                        print(f"{verdict[1]}: {entry} is {known.get(entry['ip'])}")
    print(f"{counts['same']} entries the same, {counts['different']} different, at {len(times)} instants")
    for why, count in explained.most_common():
        print(f"{count} not to be known: {why}")
    return 1 if counts["different"] or not counts["same"] else 0


if __name__ == "__main__":
    sys.exit(main())
