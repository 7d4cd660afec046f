#!/usr/bin/env python3
"""Compares BPDUs with tshark's reading of them, as tshark_bpdus.py does, on damaged ones.

Each is a seed of the fuzzer with some octets changed, cut off or put behind it, in an 802.3 frame of
the right length.
"""

import argparse
import collections
import pathlib
import random
import shutil
import struct
import sys
import tempfile

import corpus
import tshark_bpdus

SEEDS = corpus.PROJECT / "tests" / "fuzz" / "seeds" / "bpdu_fuzz"
IEEE = bytes.fromhex("0180c2000000 020a01000101"), bytes.fromhex("424203")
PVST = bytes.fromhex("01000ccccccd 020a01000101 8100000a"), bytes.fromhex("aaaa03 00000c 010b")
VERSION, REGION_NAME = 2, range(39, 71)
# tshark looks for a version 4 part in versions that do not exist.
VERSIONS = (0, 1, 2, 3, 4)
# Types, lengths and flags are among the first; the name of the region is not to break tshark's lines.
LENGTHS = (3, 4, 35, 36, 37, 38)
OCTETS = (0, 1, 2, 3, 4, 5, 0x10, 0x40, 0x41, 0x50, 0x60, 0x80, 0xff)


def damaged(rng, octets):
    octets = bytearray(octets)
    kind = rng.choice(("change", "change", "lengths", "cut", "more"))
    if kind == "cut":
        return octets[:rng.randrange(len(octets) + 1)]
    if kind == "more":
        return octets + bytes(rng.randrange(20))
    places = LENGTHS if kind == "lengths" else [i for i in range(len(octets)) if i not in REGION_NAME]
    for place in rng.choices(places, k=rng.randint(1, 3)):
        if place < len(octets):
            octets[place] = rng.choice(VERSIONS if place == VERSION else OCTETS)
    return octets


def frame(in_snap, octets):
    macs, llc = PVST if in_snap else IEEE
    return macs + struct.pack("!H", len(llc) + len(octets)) + llc + octets


def pcap(seed, bpdus):
    rng = random.Random(seed)
    seeds = [path.read_bytes() for path in sorted(SEEDS.iterdir())]
    yield struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
    for i in range(bpdus):
        in_snap, *octets = rng.choice(seeds)
        data = frame(in_snap, damaged(rng, bytes(octets)))
        yield struct.pack("<IIII", 1_700_000_000 + i, 0, len(data), len(data)) + data


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tapstat", required=True, help="the program under test")
    parser.add_argument("--seeds", type=int, default=2, help="how many captures, seeds from 0")
    parser.add_argument("--bpdus", type=int, default=3000, help="in each capture")
    parser.add_argument("--seconds", type=float, default=60, help="the most that tapstat may take")
    return parser.parse_args()


def main():
    options = arguments()
    if not shutil.which("tshark"):
        print("skipped: needs tshark")
        return corpus.SKIPPED
    wrong, total = 0, collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(options.seeds):
            capture = pathlib.Path(folder) / "random.pcap"
            capture.write_bytes(b"".join(pcap(seed, options.bpdus)))
            result = tshark_bpdus.compare(capture, options)
            wrong += len(result.differences)
            total.update(bpdus=result.bpdus, fields=result.fields, refused=result.refused)
            for difference in result.differences[:5]:
                print(f"seed {seed}: {difference}")
    print(f"{total['bpdus']} BPDUs, {total['fields']} fields, {total['refused']} refused; "
          f"{wrong} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
