#!/usr/bin/env python3
"""Compares tapstat's community_id with the published baselines and with the specification's formula.

The baselines are those of the specification, of Zeek and of Arkime, below expected/ in the corpus.
An id depends on nothing but the five-tuple and the seed, so that each baseline is held against
every capture that has its five-tuple; the specification's own have to occur.
"""

import argparse
import base64
import concurrent.futures
import hashlib
import ipaddress
import json
import re
import sys

import corpus
import tshark_streams

TCP = 6
SPECIFICATION = "baseline_deflt.json"


def key_of(one, other):
    """A five-tuple without its direction; an end is (address bytes, port)."""
    return tuple(sorted((one, other)))


def end_of(address, port):
    return ipaddress.ip_address(address).packed, int(port)


def by_formula(key):
    """https://github.com/corelight/community-id-spec, version 1, seed 0."""
    (source, sport), (destination, dport) = key
    hashed = (b"\0\0" + source + destination + bytes((TCP, 0)) + sport.to_bytes(2, "big") +
              dport.to_bytes(2, "big"))
    return "1:" + base64.b64encode(hashlib.sha1(hashed).digest()).decode()


def specification_baselines(expected):
    for path in expected.rglob(SPECIFICATION):
        for entry in json.loads(path.read_text()):
            if entry["proto"] == TCP:
                yield (key_of(end_of(entry["saddr"], entry["sport"]),
                              end_of(entry["daddr"], entry["dport"])), entry["communityid"])


def zeek_baselines(expected):
    """Lines that show the hashed bytes: seed, two addresses, protocol, padding, two ports."""
    line = re.compile(r"^00:00 ([0-9a-f:]+) ([0-9a-f:]+) 06 00 ([0-9a-f:]+) ([0-9a-f:]+) .* -> (\S+)",
                      re.MULTILINE)
    for path in expected.rglob("*.pcap.out"):
        for match in line.finditer(path.read_text()):
            source, destination, sport, dport = (
                bytes.fromhex(g.replace(":", "")) for g in match.groups()[:4])
            yield (key_of((source, int.from_bytes(sport, "big")),
                          (destination, int.from_bytes(dport, "big"))), match.group(5))


def arkime_baselines(expected):
    for path in expected.rglob("*.test"):
        for session in json.loads(path.read_text())["sessions3"]:
            body = session["body"]
            published = body.get("network", {}).get("community_id")
            if published and body.get("ipProtocol") == TCP:
                yield (key_of(*(end_of(body[end]["ip"], body[end]["port"])
                                for end in ("source", "destination"))), published)


def records(program, capture, seconds):
    lines = tshark_streams.run_tapstat(program, capture, seconds)
    return [r for r in map(json.loads, lines) if r["type"] == "tcp"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tapstat", default="tapstat", help="the program to test")
    parser.add_argument("--stride", type=int, default=1, help="every n-th capture only")
    parser.add_argument("--largest", type=int, help="leave out captures of more bytes")
    parser.add_argument("--seconds", type=float, default=10, help="time limit of one tapstat run")
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args()


def choose(root, options):
    """The sample, and always the specification's own captures."""
    everything = corpus.captures(root)
    chosen = set(corpus.sample(everything, options.stride, options.largest))
    return [c for c in everything if c in chosen or "community-id" in str(c)]


def main():
    options = arguments()
    root = corpus.directory()
    if not root or not (root / "expected").is_dir():
        print("skipped: needs captures and their baselines (TAPSTAT_CORPUS)")
        return corpus.SKIPPED
    expected = root / "expected"
    required = dict(specification_baselines(expected))
    published = {**dict(arkime_baselines(expected)), **dict(zeek_baselines(expected)), **required}
    captures = choose(root, options)
    seen, wrong, connections = set(), 0, 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        read = pool.map(lambda c: records(options.tapstat, c, options.seconds), captures)
        for capture, found in zip(captures, read):
            for record in found:
                connections += 1
                key = key_of(*(end_of(record[e]["ip"], record[e]["port"])
                               for e in ("client", "server")))
                seen.add(key)
                due = published.get(key, by_formula(key))
                if record["community_id"] != due:
                    wrong += 1
                    print(f"{corpus.short_name(capture, root)}: connection {record['id']}: "
                          f"{record['community_id']}, published {due}")
    missing = [key for key in required if key not in seen]
    for key in missing:
        print(f"no connection has the baseline's five-tuple of {required[key]}")
    print(f"{connections} connections of {len(captures)} captures, "
          f"{len(seen & set(published))} of {len(published)} baselines met, {wrong} wrong")
    return 1 if wrong or missing or not required else 0


if __name__ == "__main__":
    sys.exit(main())
