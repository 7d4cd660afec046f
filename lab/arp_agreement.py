#!/usr/bin/env python3
"""How often tapstat's bindings agree with the hosts' own neighbour tables, for recordings of the lab's.

    arp_agreement.py DIRECTORY... [--tapstat PROGRAM]

A directory has NAME.pcap and NAME.json of each scene: who had which address, and the rows of the hosts' tables; or
arp.pcap, neigh.jsonl, and expect.json, whose `ip` names the hosts that the capture shows. At times when no table
changes: each neighbour that a host can reach, or could, is told with its MAC; one that does not answer is told as
incomplete; nothing is told that nobody said. Exit status 1 when anything disagrees.
"""

import json
import os
import pathlib
import subprocess
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

from l2.history import History, merged
from l2.tally import Tally, main

KNOWN = ("REACHABLE", "STALE", "DELAY", "PROBE")
MARGIN = 0.15  # seconds without a change on either side
POINTS = 60  # in a scene, at most


class Scene:
    """One capture, and what the hosts held meanwhile."""

    def __init__(self, name, capture, rows, claims, until=None):
        self.name = name
        self.capture = capture
        self.claims = claims  # (address, MAC) that somebody had or said; None: not known
        self.held = defaultdict(History)  # by (host, address)
        for row in rows:
            row = dict(row)
            t, after = row.pop("t"), row.pop("after", None)
            self.held[row["ns"], row["ip"]].add(t, after, row)
        self.first = min((history.times[0] for history in self.held.values()), default=0)
        self.until = until or max((history.last for history in self.held.values()), default=0)

    def points(self):
        """At both rims of each calm, and amid it."""
        changing = merged(span for history in self.held.values() for span in zip(history.after, history.times))
        begun = [start for start, _ in changing[1:]]
        calm = []
        for (_, over), next_one in zip(changing, [*begun, self.until]):
            if next_one - over > 2 * MARGIN:
                calm += sorted({over + MARGIN, (over + next_one) / 2, next_one - MARGIN})
        return calm[:: max(1, -(-len(calm) // POINTS))]

    def rows(self, t):
        """What is held then, but for what was held when it began: no packet shows that."""
        for history in self.held.values():
            row = history.at(t)
            if row and history.times[0] > self.first:
                yield row


def scenes(directory):
    directory = pathlib.Path(directory)
    single = directory / "neigh.jsonl"
    if single.exists():
        captured = json.loads((directory / "expect.json").read_text())["ip"]
        rows = [json.loads(line) for line in single.read_text().splitlines()]
        rows = [row for row in rows if row["ns"] in captured and row["dev"] == "eth0"]
        yield Scene(directory.name, directory / "arp.pcap", rows, None)
    for path in sorted(directory.glob("*.pcap")):
        about = path.with_suffix(".json")
        if about.exists() and not single.exists():
            told = json.loads(about.read_text())
            claims = {tuple(claim) for claim in told["claims"]}
            yield Scene(f"{directory.name} {path.stem}", path, told["neighbours"], claims, told["until"])


def ask(tapstat, capture, t):
    """Bindings outside VLANs, by address."""
    done = subprocess.run([tapstat, "arp", "--json", "--quiet", "-r", str(capture), "--at", str(t)], check=True,
                          timeout=60, capture_output=True, text=True)
    found = defaultdict(list)
    for record in map(json.loads, done.stdout.splitlines()):
        if record["type"] == "arp" and not record.get("vlan"):
            found[record["ip"]].append(record)
    return found


class Judge:
    def __init__(self, scene, tapstat):
        self.scene = scene
        self.tapstat = tapstat
        self.tally = Tally()

    def all(self):
        points = self.scene.points()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            answers = pool.map(lambda t: ask(self.tapstat, self.scene.capture, t), points)
            for t, bindings in zip(points, answers):
                self.at(t, bindings)
        return self.tally

    def at(self, t, bindings):
        where = f"{self.scene.name} +{t - self.scene.first:.2f} ({t:.3f})"
        for row in self.scene.rows(t):
            about = f"{row['ns']} {row['ip']} {row['state'][0]} {row.get('mac', '')}"
            if row["state"][0] in KNOWN:
                self.known(where, about, row, bindings[row["ip"]])
            else:
                self.lost(where, about, bindings[row["ip"]])
        if self.scene.claims is not None:
            self.honest(where, bindings)

    def known(self, where, about, row, told):
        now = {record.get("mac") for record in told}
        before = {entry["mac"] for record in told for entry in record.get("history", ())}
        disputed = any(record["state"] == "conflict" for record in told) or row["state"][0] != "REACHABLE"
        if int(row["mac"][:2], 16) & 1:
            self.tally.leave_out("a host took a group address for a neighbour's")
        elif row["mac"] not in now and row["mac"] in before and disputed:
            self.tally.leave_out("a host still holds what was before, or is disputed")
        else:
            self.tally.judge("neighbour", row["mac"] in now, where, about, "told:", brief(told))

    def lost(self, where, about, told):
        if any("mac" in record for record in told):
            # Others may hold it, or it did answer once: then it is told with its age.
            good = all(record["state"] != "reachable" or len(told) > 1 for record in told)
            self.tally.judge("neighbour that is lost", good, where, about, "told:", brief(told))
        else:
            good = bool(told) and all(record["state"] == "incomplete" for record in told)
            self.tally.judge("nobody there", good, where, about, "told:", brief(told))

    def honest(self, where, bindings):
        for address, told in bindings.items():
            for record in told:
                if "mac" in record:
                    good = (address, record["mac"]) in self.scene.claims
                    self.tally.judge("binding that somebody said", good, where, address, brief([record]))


def brief(told):
    return [{key: record[key] for key in ("mac", "state", "detail", "source") if key in record} for record in told]


def report(directories, options):
    """Prints it all; whether nothing disagrees, and something was judged."""
    tally = Tally()
    for directory in directories:
        for scene in scenes(directory):
            tally.merge(Judge(scene, options.tapstat).all())
    tally.show(options.examples)
    return tally.good("neighbour")


if __name__ == "__main__":
    sys.exit(main(__doc__, report))
