#!/usr/bin/env python3
"""Compares packets and bytes of each MAC address with Wireshark's Endpoints (tshark -z endpoints,eth).

Wireshark counts each Ethernet header of a frame, those inside of tunnels too; tapstat's table is that
of the wire itself. Captures with more than one Ethernet header in a frame, or with another link type,
are left out and counted.
"""

import argparse
import concurrent.futures
import json
import pathlib
import shutil
import subprocess
import sys

import corpus

SECONDS = 120
SKIPPED = 77
EXIT_CODES = (0, 3, 4)


def tshark(*arguments):
    done = subprocess.run(["tshark", "-n", *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, timeout=SECONDS, check=False)
    return done.stdout.decode(errors="replace").splitlines()


def is_comparable(capture):
    """Every frame has one Ethernet header, the outermost."""
    lines = tshark("-r", str(capture), "-T", "fields", "-e", "frame.encap_type", "-e", "frame.protocols")
    for encapsulation, _, protocols in (line.partition("\t") for line in lines):
        layers = protocols.split(":")
        if encapsulation != "1" or layers.count("ethertype") + layers.count("eth") > 2 or \
                layers.count("eth") > 1:
            return False
    return bool(lines)


def expected_of(capture):
    """MAC to (packets, bytes)."""
    rows = {}
    for line in tshark("-q", "-r", str(capture), "-z", "endpoints,eth"):
        cells = line.split()
        if len(cells) == 7 and cells[0].count(":") == 5:
            rows[cells[0]] = (int(cells[1]), int(cells[2]))
    return rows


def found_of(program, capture):
    done = subprocess.run([program, "mac", "--json", "-r", str(capture)], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, timeout=SECONDS, check=False)
    if done.returncode not in EXIT_CODES:
        raise SystemExit(f"{capture}: exit status {done.returncode}")
    records = (json.loads(line) for line in done.stdout.splitlines())
    return {r["mac"]: (r["packets"], r["bytes"]) for r in records if r["type"] == "mac"}


def compare(program, capture):
    """None where there is nothing to compare, else (rows, differing ones)."""
    try:
        if not is_comparable(capture):
            return None
        expected = expected_of(capture)
    except subprocess.TimeoutExpired:
        return None
    found = found_of(program, capture)
    macs = expected.keys() | found.keys()
    return len(macs), [(m, expected.get(m), found.get(m)) for m in sorted(macs)
                       if expected.get(m) != found.get(m)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tapstat", required=True)
    parser.add_argument("--stride", type=int, default=1, help="every Nth capture only")
    parser.add_argument("--largest", type=int, help="no captures of more bytes")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("captures", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    root = corpus.directory()
    if not shutil.which("tshark") or not (root or arguments.captures):
        print("skipped: needs tshark and the corpus (TAPSTAT_CORPUS)")
        return SKIPPED
    captures = arguments.captures or corpus.sample(corpus.captures(root), arguments.stride,
                                                   arguments.largest)
    compared = rows = wrong = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for capture, result in zip(captures, pool.map(
                lambda c: compare(arguments.tapstat, c), captures)):
            if result is None:
                continue
            compared += 1
            rows += result[0]
            wrong += len(result[1])
            for mac, expected, found in result[1][:5]:
                print(f"{corpus.short_name(capture, root)}: {mac}: tshark {expected}, tapstat {found}")
    print(f"{compared} captures of {len(captures)} compared, {rows} addresses, {wrong} differ")
    return 1 if wrong or not compared else 0


sys.exit(main())
