#!/usr/bin/env python3
"""Compares tapstat's connections with tshark's on random TCP segments.

Few addresses, ports and sequence numbers, so that five-tuples are reused in every way: SYNs again and
anew, SYN-ACKs and RSTs out of the blue, equal ports, equal ends, both IP versions, SYNs with data.
"""

import argparse
import pathlib
import random
import shutil
import struct
import sys
import tempfile

import corpus
import tshark_streams

FIN, SYN, RST, ACK = 1, 2, 4, 16
FLAGS = (SYN, SYN, SYN, SYN | ACK, ACK, ACK, ACK, RST, RST | ACK, FIN | ACK, SYN | FIN, SYN | RST, 0)
SEQUENCE_NUMBERS = (0, 1, 2, 1000, 1001, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff)
LINKTYPE_RAW = 101


def segment(rng, ports):
    payload = bytes(rng.choice((0, 0, 0, 1, 10)))
    return struct.pack(">HHIIBBHHH", rng.choice(ports), rng.choice(ports),
                       rng.choice(SEQUENCE_NUMBERS), rng.choice(SEQUENCE_NUMBERS), 5 << 4,
                       rng.choice(FLAGS), rng.choice((0, 1, 65535)), 0, 0) + payload


def packet(rng, hosts, ports):
    tcp = segment(rng, ports)
    source, destination = rng.choice(hosts), rng.choice(hosts)
    if rng.random() < 0.5:
        header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0)
        return header + bytes((10, 0, 0, source, 10, 0, 0, destination)) + tcp
    prefix = b"\x20\x01\x0d\xb8" + bytes(11)
    header = struct.pack(">IHBB", 6 << 28, len(tcp), 6, 64)
    return header + prefix + bytes((source,)) + prefix + bytes((destination,)) + tcp


def pcap(seed, packets):
    rng = random.Random(seed)
    hosts, ports = range(1, 2 + seed % 3), range(79, 81 + seed % 5)
    yield struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, LINKTYPE_RAW)
    time = 1_700_000_000_000_000
    for _ in range(packets):
        time += rng.choice((0, 1, 1000, 1_000_000, 100_000_000))
        data = packet(rng, hosts, ports)
        yield struct.pack("<IIII", *divmod(time, 1_000_000), len(data), len(data)) + data


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tapstat", default="tapstat", help="the program to test")
    parser.add_argument("--seeds", type=int, default=6, help="how many captures, seeds from 0")
    parser.add_argument("--packets", type=int, default=2000, help="in each capture")
    parser.add_argument("--seconds", type=float, default=10, help="time limit of one tapstat run")
    options = parser.parse_args()
    options.cache = None
    return options


def main():
    options = arguments()
    if not shutil.which("tshark"):
        print("skipped: needs tshark")
        return corpus.SKIPPED
    differing = 0
    with tempfile.TemporaryDirectory() as directory:
        for seed in range(options.seeds):
            capture = pathlib.Path(directory, f"seed-{seed}.pcap")
            with capture.open("wb") as file:
                file.writelines(pcap(seed, options.packets))
            difference = tshark_streams.compare(capture, options)
            if difference:
                differing += 1
                print(f"seed {seed}, {options.packets} packets: {difference}")
    print(f"{options.seeds} random captures, {differing} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
