#!/usr/bin/env python3
"""How often tapstat's table of translations is the one of the kernel that translated, for recordings of the lab's.

    nat_agreement.py DIRECTORY... [--tapstat PROGRAM]

A directory is a recording or has recordings in it: captures at the router, and truth.json with what `conntrack -E` said of
each connection, which capture is at which interface, and the router's MACs. Of the captures on both sides together, and of the
one on `any`: each connection that was rewritten and has a packet on both sides is told, once, with both tuples and its kind;
one that was not rewritten is not. Of one side alone: nothing is told that is not so. None of it is a virtual service. Exit
status 1 when anything disagrees.
"""

import json
import subprocess
import sys
from collections import Counter

from l2.tally import Tally, main
from lvs.recording import places
from lvs.packets import ICMP, ICMP6, TCP, UDP, read

NUMBERS = {"tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": ICMP6, "ipv6-icmp": ICMP6, "icmp6": ICMP6}
ECHO = (ICMP, ICMP6)
FIELDS = ("src", "sport", "dst", "dport")
EARLY = 0.05  # seconds by which a record's first packet may precede the kernel's own time


def plain(proto, tuple_):
    """Addresses and ports; of an echo the identifier, or None where it is not told, and no other port."""
    number = tuple_.get("id", tuple_.get("sport")) if proto in ECHO else tuple_.get("sport")
    return tuple_["src"], number, tuple_["dst"], number if proto in ECHO else tuple_.get("dport")


class Recording:
    def __init__(self, directory):
        self.directory = directory
        self.name = directory.name
        self.truth = json.loads((directory / "truth.json").read_text())
        self.rewritten, self.others = [], Counter()
        for one in self.truth["connections"]:
            proto = NUMBERS[one["protocol"]]
            both = plain(proto, one["original"]), plain(proto, one["translated"])
            if both[0] == both[1]:
                self.others[proto, both[0]] += 1
            else:
                self.rewritten.append((proto, *both, one))

    def sets(self):
        names = list(self.truth["captures"])
        cards = [name for name in names if self.truth["captures"][name] != "any"]
        return [(cards, True), *(([name], name not in cards) for name in names)]

    def path(self, name):
        plain_ = self.directory / name
        return plain_ if plain_.exists() else self.directory / (name + ".gz")


def kind(original, translated):
    source, target = original[:2] != translated[:2], original[2:] != translated[2:]
    return "both" if source and target else "snat" if source else "dnat"


def expected(recording, seen, t_last):
    """Rewritten connections with a packet in the same direction on both sides, each under its tuples."""
    present = {(packet.proto, packet.src, packet.sport, packet.dst, packet.dport) for packet in seen.packets}

    def there(proto, tuple_):
        src, sport, dst, dport = tuple_
        return (proto, src, sport, dst, dport) in present, (proto, dst, dport, src, sport) in present

    found = Counter()
    for proto, original, translated, one in recording.rewritten:
        before, after = there(proto, original), there(proto, translated)
        if one["t"] <= t_last and any(a and b for a, b in zip(before, after)):
            found[proto, original, translated] += 1
    return found


def told(recording, names, tapstat):
    """The table, and virtual services and their paths, of which there are none."""
    inputs = [word for name in names for word in ("-r", str(recording.path(name)))]
    records = []
    for view in ("nat", "lvs"):
        done = subprocess.run([tapstat, view, "--json", "--quiet", *inputs], check=True, timeout=120,
                              capture_output=True, text=True)
        records += map(json.loads, done.stdout.splitlines())
    services = [record for record in records if record["type"].startswith("lvs_")]
    return [record for record in records if record["type"] == "nat"], services


def same(proto, one, other):
    """Identifiers of echoes count where both are known."""
    if proto in ECHO and None in (one[1], other[1]):
        return (one[0], one[2]) == (other[0], other[2])
    return one == other


def judge(recording, names, both_sides, tapstat, tally):
    seen = read(map(recording.path, names))
    where = f"{recording.name} [{'+'.join(names)}]"
    must = expected(recording, seen, max((packet.t for packet in seen.packets), default=0))
    may = Counter((proto, original, translated) for proto, original, translated, _ in recording.rewritten)
    records, services = told(recording, names, tapstat)
    for record in services:
        tally.judge("no virtual service", False, where, json.dumps(record)[:200])
    for record in records:
        proto = NUMBERS.get(record["protocol"])
        original, translated = plain(proto, record["original"]), plain(proto, record["translated"])
        match = next((one for one in may if one[0] == proto and may[one] > 0
                      and same(proto, one[1], original) and same(proto, one[2], translated)), None)
        tally.judge(f"{record['protocol']} told is so", match is not None, where, original, "->", translated)
        if match:
            may[match] -= 1
            must[match] -= 1
            tally.judge("kind", record.get("kind") == kind(*match[1:]), where, original, translated, record.get("kind"))
            if record.get("mac"):
                tally.judge("box", record["mac"] in recording.truth["macs"], where, original, record["mac"])
    for (proto, original, translated), left in must.items():
        if both_sides:
            tally.judge("translation", left <= 0, where, proto, original, "->", translated, "not told")
        elif left > 0:
            tally.leave_out("seen twice on one card, not told")


def report(directories, options):
    """Prints it all; whether nothing disagrees, and something was judged."""
    tally = Tally()
    for directory in places(directories):
        recording = Recording(directory)
        for names, both_sides in recording.sets():
            judge(recording, names, both_sides, options.tapstat, tally)
    tally.show(options.examples)
    return tally.good("translation")


if __name__ == "__main__":
    sys.exit(main(__doc__, report))
