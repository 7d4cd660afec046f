#!/usr/bin/env python3
"""Compares who became master of each virtual router with what tshark's fields of the adverts say.

Captures: those of keepalived in samples/findings/, and the directors' of ../shared/truth/lvs.
"""

import argparse
import json
import shutil
import subprocess
import sys

import corpus

SAMPLES = corpus.PROJECT / "samples" / "findings"
TRUTH = corpus.PROJECT.parent / "shared" / "truth" / "lvs"
FIELDS = ("ip.src", "vrrp.virt_rtr_id", "vrrp.prio")


def adverts(capture):
    """(source, virtual router, priority) of each, in order."""
    command = ["tshark", "-n", "-r", capture, "-Y", "vrrp && !icmp", "-T", "fields"]
    for field in FIELDS:
        command += ["-e", field]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for line in printed.splitlines():
        source, router, priority = line.split("\t")
        yield source, int(router), int(priority)


def takeovers(capture):
    """(router, old, new) of each change of who speaks, where the old one does not speak on."""
    said = [(router, source) for source, router, priority in adverts(capture) if priority]
    changes = []
    for router in sorted({router for router, _ in said}):
        speakers = [source for of, source in said if of == router]
        changes += [(router, old, new) for old, new in zip(speakers, speakers[1:]) if old != new]
    return changes


def findings(tapstat, capture):
    printed = subprocess.run([tapstat, "findings", "--json", "-r", capture], check=True, capture_output=True, text=True).stdout
    records = [json.loads(line) for line in printed.splitlines()]
    return [r for r in records if r["type"] == "finding" and r["kind"].startswith("vrrp_")]


def told(found):
    """The same of a finding's sentence: "virtual router 51: NEW took over from OLD, ...; NEW took over from OLD, ..."."""
    for finding in found:
        if finding["kind"] != "vrrp_failover":
            continue
        head, _, rest = finding["text"].partition(": ")
        for part in rest.split("; "):
            new, told_of_one, old = part.partition(" took over from ")
            if not told_of_one:  # "and 3 more"
                continue
            yield int(head.split()[2]), old.split(",")[0], new


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tapstat", required=True)
    options = parser.parse_args()
    if shutil.which("tshark") is None:
        print("skipped: needs tshark")
        return corpus.SKIPPED
    captures = sorted(SAMPLES.glob("vrrp-*.pcap")) + sorted(TRUTH.glob("*/director*.pcap"))
    wrong = 0
    for capture in captures:
        found = findings(options.tapstat, capture)
        changes = takeovers(capture)
        if any(f["kind"] == "vrrp_split_brain" for f in found):
            # Both speak in turn, for longer than Master_Down_Interval.
            agrees = len(changes) >= 6 and not list(told(found))
        else:
            agrees = sorted(told(found)) == sorted(changes)
        if not agrees:
            wrong += 1
            print(f"{corpus.short_name(capture, corpus.PROJECT.parent)}: {changes} by tshark, {[f['text'] for f in found]}")
    print(f"{len(captures)} captures, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
