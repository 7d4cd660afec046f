#!/usr/bin/env python3
"""Compares tapstat's connections with tshark's tcp.stream: ids, endpoints, packets of each end.

TCP quoted inside ICMP errors opens no connection here, so tshark's streams are numbered anew without
those that such quotes opened.
"""

import argparse
import concurrent.futures
import hashlib
import ipaddress
import itertools
import json
import pathlib
import re
import shutil
import subprocess
import sys

import corpus

TSHARK_FIELDS = ("frame.number", "frame.protocols", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
                 "tcp.srcport", "tcp.dstport", "tcp.stream")
TSHARK_SECONDS = 120
EXIT_CODES = (0, 3, 4)


class Unreadable(Exception):
    """The program under test could not be run, hung or died."""


def run_tshark(capture, cache, fields=TSHARK_FIELDS, options=()):
    """tshark's lines about the TCP frames of a capture; kept in `cache`, where there is one."""
    kept = None
    if cache:
        asked = "\n".join((str(capture.resolve()), *fields, *options))
        kept = cache / hashlib.sha256(asked.encode()).hexdigest()
        if kept.exists():
            return kept.read_text().splitlines()
    command = ["tshark", "-n", *options, "-r", str(capture), "-Y", "tcp", "-T", "fields",
               "-E", "occurrence=a", "-E", "aggregator=,"]
    for field in fields:
        command += ["-e", field]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          timeout=TSHARK_SECONDS, check=False)
    text = done.stdout.decode(errors="replace")
    if kept:
        kept.write_text(text)
    return text.splitlines()


def tcp_layers(line):
    """(frame, source, destination, stream, quoted in an ICMP error) of each TCP header of a frame.

    A source is (address, port). Wireshark lists fields of one name in the order of its layers, so a
    walk along frame.protocols tells which address belongs to which TCP header. A header cut before
    its window has no stream and is left out.
    """
    cells = line.split("\t")
    cells += [""] * (len(TSHARK_FIELDS) - len(cells))
    frame, protocols = int(cells[0]), cells[1].split(":")
    ip_src, ip_dst, ip6_src, ip6_dst, sport, dport, stream = (
        iter(c.split(",") if c else []) for c in cells[2:])
    source = destination = None
    quoted = False
    for protocol in protocols:
        if protocol == "ip":
            source, destination = next(ip_src, None), next(ip_dst, None)
        elif protocol == "ipv6":
            source, destination = next(ip6_src, None), next(ip6_dst, None)
        elif protocol in ("icmp", "icmpv6"):
            quoted = True
        elif protocol == "tcp":
            index = next(stream, None)
            ends = (source, next(sport, None)), (destination, next(dport, None))
            if index is not None:
                yield frame, *ends, int(index), quoted


def endpoint(end):
    address, port = end
    return (str(ipaddress.ip_address(address)) if address else "-"), int(port)


class Stream:
    """One connection: packets by endpoint, and the frame it began at where that is known."""

    def __init__(self, frame=None):
        self.frame = frame
        self.packets = {}

    def add(self, source, destination, packets=1):
        self.packets[source] = self.packets.get(source, 0) + packets
        self.packets.setdefault(destination, 0)

    def __str__(self):
        ends = ", ".join(f"{ip}.{port} sent {n}" for (ip, port), n in sorted(self.packets.items()))
        return ends + (f" (from frame {self.frame})" if self.frame else "")


def tshark_streams(lines):
    """The streams in the order of their first packets, and the numbers that no packet has."""
    streams, numbers = {}, set()
    for line in lines:
        for frame, source, destination, index, quoted in tcp_layers(line):
            numbers.add(index)
            if not quoted:
                stream = streams.setdefault(index, Stream(frame))
                stream.add(endpoint(source), endpoint(destination))
    unused = sorted(set(range(max(numbers, default=-1) + 1)) - numbers)
    return list(streams.values()), unused


def run_tapstat(program, capture, seconds):
    command = [program, "tcp", "--json", "--quiet", "-r", str(capture)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise Unreadable(f"no answer within {seconds} s") from None
    if done.returncode not in EXIT_CODES:
        raise Unreadable(f"exit code {done.returncode}: {done.stderr.decode(errors='replace')[-300:]}")
    return done.stdout.decode().splitlines()


def tapstat_streams(lines):
    streams = []
    for record in map(json.loads, lines):
        if record["type"] != "tcp":
            continue
        if record["id"] != len(streams):
            raise Unreadable(f"id {record['id']} where {len(streams)} was due")
        stream = Stream()
        ends = [((r["ip"], r["port"]), r["packets"]) for r in (record["client"], record["server"])]
        for (end, packets), (peer, _) in zip(ends, reversed(ends)):
            stream.add(end, peer, packets)
        streams.append(stream)
    return streams


def first_difference(theirs, ours):
    for index, (their, our) in enumerate(itertools.zip_longest(theirs, ours)):
        if their is None or our is None or their.packets != our.packets:
            return f"connection {index}: tshark {their or 'has none'}; tapstat {our or 'has none'}"
    return None


def compare(capture, options):
    """None where both agree, otherwise what differs first, in one line."""
    try:
        ours = tapstat_streams(run_tapstat(options.tapstat, capture, options.seconds))
        theirs, unused = tshark_streams(run_tshark(capture, options.cache))
    except (Unreadable, subprocess.TimeoutExpired) as problem:
        return str(problem)
    difference = first_difference(theirs, ours)
    if difference:
        return f"{difference} [{len(theirs)} against {len(ours)}]"
    return f"tshark gives no packet the stream numbers {unused}" if unused else None


def explained_in(document):
    """What the document names between backticks, captures among it."""
    return set(re.findall(r"`([^`\n]+)`", document.read_text())) if document else set()


def arguments(description=__doc__):
    """What both scripts that lay tapstat beside tshark are told."""
    parser = argparse.ArgumentParser(description=description,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("captures", nargs="*", type=pathlib.Path,
                        help="default: the corpus (TAPSTAT_CORPUS)")
    parser.add_argument("--tapstat", default="tapstat", help="the program to test")
    parser.add_argument("--explained", type=pathlib.Path,
                        help="a document; the captures it names between backticks have to differ")
    parser.add_argument("--cache", type=pathlib.Path,
                        help="an existing directory that keeps tshark's answers between runs")
    parser.add_argument("--stride", type=int, default=1, help="every n-th capture only")
    parser.add_argument("--largest", type=int, help="leave out captures of more bytes")
    parser.add_argument("--seconds", type=float, default=10, help="time limit of one tapstat run")
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args()


def choose(options, root):
    """The captures to compare, and the names of those that have to differ."""
    named = explained_in(options.explained)
    if options.captures:
        return options.captures, named
    everything = corpus.captures(root)
    chosen = set(corpus.sample(everything, options.stride, options.largest))
    return [c for c in everything if c in chosen or corpus.short_name(c, root) in named], named


def main():
    options = arguments()
    root = corpus.directory()
    if not shutil.which("tshark") or not (options.captures or root):
        print("skipped: needs tshark and captures (TAPSTAT_CORPUS)")
        return corpus.SKIPPED
    captures, explained = choose(options, root)
    names = [corpus.short_name(c, root) for c in captures]
    unexpected = differing = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for name, difference in zip(names, pool.map(lambda c: compare(c, options), captures)):
            differing += difference is not None
            if (difference is not None) == (name in explained):
                continue
            unexpected += 1
            print(f"{name}: {difference or 'explained, but does not differ'}", flush=True)
    print(f"{len(captures)} captures, {len(captures) - differing} the same, {differing} differ; "
          f"{unexpected} not as explained")
    return 1 if unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
