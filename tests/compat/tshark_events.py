#!/usr/bin/env python3
"""Compares tapstat's TCP events and measurements with tshark's, frame by frame and stream by stream.

Events: every frame that either flags, kind by kind. Measurements, per stream: ack_rtt (samples, min,
max, last), initial_rtt, the most bytes_in_flight, and completeness.
"""

import collections
import concurrent.futures
import json
import shutil
import subprocess
import sys
from decimal import Decimal

import corpus
import tshark_streams

KINDS = ("retransmission", "fast_retransmission", "spurious_retransmission", "out_of_order",
         "duplicate_ack", "lost_segment", "ack_lost_segment", "window_full", "zero_window",
         "zero_window_probe", "zero_window_probe_ack", "window_update", "keep_alive",
         "keep_alive_ack", "reused_ports")
VALUES = ("ack_rtt", "initial_rtt", "bytes_in_flight")
FIELDS = (*tshark_streams.TSHARK_FIELDS, "tcp.completeness",
          *(f"tcp.analysis.{name}" for name in (*VALUES, *KINDS)))
# Twice: in one pass tshark prints the completeness that a stream had before each frame.
TSHARK_OPTIONS = ("-2",)


class Measured:
    """What is measured of one stream."""

    def __init__(self):
        self.rtts = []
        self.initial_rtt = None
        self.in_flight = 0
        self.completeness = None

    def values(self):
        rtts = self.rtts
        return {"samples": len(rtts), "min": min(rtts, default=None), "max": max(rtts, default=None),
                "last": rtts[-1] if rtts else None, "initial_rtt": self.initial_rtt,
                "bytes_in_flight": self.in_flight, "completeness": self.completeness}


def tshark_result(lines):
    """(frame, kind) of each event, and what is measured of each stream, in the order of streams."""
    events, streams = set(), {}
    layers = len(tshark_streams.TSHARK_FIELDS)
    for line in lines:
        cells = line.split("\t")
        cells += [""] * (len(FIELDS) - len(cells))
        tcp = [layer for layer in tshark_streams.tcp_layers("\t".join(cells[:layers]))]
        own = [layer for layer in tcp if not layer[4]]
        if not own:
            continue
        frame, _, _, index, _ = own[-1]
        stream = streams.setdefault(index, Measured())
        completeness, ack_rtt, initial_rtt, in_flight, *kinds = cells[layers:]
        events |= {(frame, kind) for kind, cell in zip(KINDS, kinds) if cell}
        if ack_rtt:
            stream.rtts.append(Decimal(ack_rtt.split(",")[-1]))
        if initial_rtt:
            stream.initial_rtt = Decimal(initial_rtt.split(",")[-1])
        if in_flight:
            stream.in_flight = max(stream.in_flight, int(in_flight.split(",")[-1]))
        if completeness:
            stream.completeness = int(completeness.split(",")[-1])
    return events, [stream.values() for stream in streams.values()]


def records(program, view, capture, seconds):
    command = [program, view, "--json", "--quiet", "-r", str(capture)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise tshark_streams.Unreadable(f"no answer within {seconds} s") from None
    if done.returncode not in tshark_streams.EXIT_CODES:
        raise tshark_streams.Unreadable(f"exit code {done.returncode}")
    return (json.loads(line, parse_float=Decimal) for line in done.stdout.decode().splitlines())


def tapstat_result(program, capture, seconds):
    """As tshark_result, and whether the capture shows packets twice."""
    events = {(r["frame"], r["kind"]) for r in records(program, "events", capture, seconds)
              if r["type"] == "event"}
    streams, twice = [], False
    for r in records(program, "tcp", capture, seconds):
        if r["type"] != "tcp":
            continue
        twice = twice or r["client"]["duplicates"] + r["server"]["duplicates"] > 0
        rtt = r.get("rtt", {})
        streams.append({"samples": rtt.get("samples", 0), "min": rtt.get("min"),
                        "max": rtt.get("max"), "last": rtt.get("last"),
                        "initial_rtt": r.get("handshake", {}).get("initial_rtt"),
                        "bytes_in_flight": max(r[end].get("bytes_in_flight", 0)
                                               for end in ("client", "server")),
                        "completeness": r["completeness"]})
    return events, streams, twice


class Comparison:
    """What one capture adds to the counts, and where both differ."""

    def __init__(self):
        self.flagged = collections.Counter()
        self.agreed = collections.Counter()
        self.differences = []
        self.twice = False

    def compare(self, theirs, ours):
        self.twice = ours[2]
        for frame, kind in sorted(theirs[0] | ours[0]):
            self.flagged[kind] += 1
            if (frame, kind) in theirs[0] and (frame, kind) in ours[0]:
                self.agreed[kind] += 1
            else:
                who = "tshark" if (frame, kind) in theirs[0] else "tapstat"
                self.differences.append(f"frame {frame} {kind}: only {who}")
        if len(theirs[1]) != len(ours[1]):
            self.differences.append(f"{len(theirs[1])} streams, {len(ours[1])} connections")
        for index, (their, our) in enumerate(zip(theirs[1], ours[1])):
            for name, value in their.items():
                self.flagged[name] += 1
                self.agreed[name] += value == our[name]
                if value != our[name]:
                    self.differences.append(
                        f"connection {index} {name}: tshark {value}, tapstat {our[name]}")


def compare(capture, options):
    result = Comparison()
    try:
        lines = tshark_streams.run_tshark(capture, options.cache, FIELDS, TSHARK_OPTIONS)
        result.compare(tshark_result(lines),
                       tapstat_result(options.tapstat, capture, options.seconds))
    except (tshark_streams.Unreadable, subprocess.TimeoutExpired) as problem:
        result.differences.append(str(problem))
    return result


def print_agreement(flagged, agreed):
    for name, count in sorted(flagged.items()):
        print(f"{name:24} {agreed[name]:8} of {count:8} {100 * agreed[name] / count:8.3f} %")


def main():
    options = tshark_streams.arguments(__doc__)
    root = corpus.directory()
    if not shutil.which("tshark") or not (options.captures or root):
        print("skipped: needs tshark and captures (TAPSTAT_CORPUS)")
        return corpus.SKIPPED
    captures, explained = tshark_streams.choose(options, root)
    flagged, agreed = collections.Counter(), collections.Counter()
    unexplained = twice = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for capture, result in zip(captures, pool.map(lambda c: compare(c, options), captures)):
            name = corpus.short_name(capture, root)
            twice += result.twice
            if not result.twice:
                flagged += result.flagged
                agreed += result.agreed
            if bool(result.differences) == (name in explained):
                continue
            unexplained += 1
            print(f"{name}: {len(result.differences)} differences"
                  + (", but it is explained" if name in explained else ""))
            for difference in result.differences[:5]:
                print(f"  {difference}", flush=True)
    print_agreement(flagged, agreed)
    print(f"{len(captures)} captures, {twice} with packets seen twice (not in the table); "
          f"{unexplained} not as explained")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
