#!/usr/bin/env python3
"""How often tapstat's spanning trees agree with what the bridges said, for recordings of the lab's.

    stp_agreement.py DIRECTORY... [--tapstat PROGRAM]

At each time when no bridge's table changes for a while: of each link by its capture alone, and of all of them
together, root, designated bridge and port and their costs; every port's role and every root port that is claimed.
Over the whole: each change of root and each topology change. Exit status 1 when anything disagrees.
"""

import gzip
import os
import sys
from concurrent.futures import ThreadPoolExecutor

from l2.tally import Tally, main
from l2.tree_claims import ask, bridge
from l2.tree_truth import Designated, Truth, as_number, knows_of_change, role, tells_change

PCAP_HEADER = 24  # octets
COSTS = 1 << 16  # of designated costs rtnetlink tells the low 16 bits (IFLA_BRPORT_DESIGNATED_COST)
SLACK = 0.4  # seconds between a table and the wire: two polls, the kernel's timers, a busy machine


class Judge:
    def __init__(self, directory, tapstat):
        self.truth = Truth(directory)
        self.tapstat = tapstat
        self.slack = SLACK + self.truth.blur
        self.near = self.truth.hello + self.slack
        self.tally = Tally()
        # A capture without a packet may be an empty file, of which there is nothing to say.
        self.paths = {link["name"]: capture(self.truth.directory / link["pcap"]) for link in self.truth.links}
        self.links = [link for link in self.truth.links if self.paths[link["name"]]]
        self.every_path = [self.paths[link["name"]] for link in self.links]

    def all(self):
        points = list(self.truth.calm_points())
        if not points:
            raise SystemExit(f"{self.truth.directory}: the tree never stands")
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for t, answers in zip(points, pool.map(self._ask_at, points)):
                self.at(t, *answers)
            for link, claims in zip(self.links, pool.map(lambda path: ask(self.tapstat, [path]), self.every_path)):
                self.root_changes(link, claims.root_changes())
                self.topology_changes(link, claims.topology_changes())
        self.tally.agreed["points in time"] = len(points)
        return self.tally

    def _ask_at(self, t):
        alone = [ask(self.tapstat, [path], "--at", str(t)) for path in self.every_path]
        return alone, ask(self.tapstat, self.every_path, "--at", str(t))

    def _when(self, t):
        return f"{self.truth.directory.name} +{t - self.truth.first:.2f} ({t:.3f})"

    # At a point in time.

    def at(self, t, alone, together):
        for link, claims in zip(self.links, alone):
            self.segment(t, link, claims, "alone")
            self.root(t, link, claims)
            self.segment(t, link, together, "together")
        self.common_root(t, together)
        for wanted, entry in together.bridges():
            self.bridge(t, wanted, entry)

    def fresh(self, segments, t):
        """What was heard before longer than max age is what was, and not claimed of now."""
        return [segment for segment in segments if segment.get("last", t) > t - self.truth.max_age]

    def segment(self, t, link, claims, how):
        ends = self.truth.ends(link, t)
        found = self.fresh(claims.segments(self.paths[link["name"]]), t)
        where = f"{self._when(t)} {link['name']}"
        if not ends:
            return self.tally.leave_out("link down")
        if len(set(ends)) > 1:  # one does not hear the other: the wire shows what either holds, or both
            self.tally.leave_out("ends disagree")
            for segment in found:
                self.claimed(f"segment {how}", segment, ends, where)
            return None
        if len(found) != 1:
            return self.tally.judge(f"segment {how}", False, where, f"{len(found)} segments, not one as {ends[0]}")
        self.claimed(f"segment {how}", found[0], ends, where)
        return self.state(t, found[0], where)

    def claimed(self, kind, segment, ends, where):
        told = Designated(None, bridge(segment["designated_bridge"]), segment["designated_port"], segment["root_cost"])
        good = any(told._replace(root=end.root, cost=told.cost % COSTS) == end for end in ends)
        self.tally.judge(kind, good, where, f"is told as {told}, not {ends}")

    def state(self, t, segment, where):
        """Of the designated port, where it is claimed."""
        name = self.truth.bridge_named(bridge(segment["designated_bridge"]), t)
        port = self.truth.ports_at(name, t).get(segment["designated_port"]) if name else None
        if port:
            self.port(where, segment, port, self.truth.bridges[name].at(t))

    def root(self, t, link, claims):
        ends = self.truth.ends(link, t)
        if ends:
            roots = {end.root for end in ends}
            kind = "root" if len(roots) == 1 else "root, of two"
            where = f"{self._when(t)} {link['name']}"
            self.tally.judge(kind, claims.root in roots, where, f"root {claims.root}, not {roots}")

    def common_root(self, t, claims):
        roots = {end.root for link in self.links for end in self.truth.ends(link, t)}
        if len(roots) == 1:
            self.tally.judge("root together", claims.root in roots, self._when(t), f"root {claims.root}, not {roots}")
        else:
            self.tally.leave_out("two roots")

    def bridge(self, t, wanted, entry):
        """What is claimed of a bridge: a claim that is wrong is an error, none is none."""
        where = f"{self._when(t)} {wanted}"
        name = self.truth.bridge_named(wanted, t)
        row = self.truth.bridges[name].at(t) if name else None
        if not row or not row["up"]:
            return self.tally.leave_out("bridge down or renamed")
        ports = self.truth.ports_at(name, t)
        if "root_cost" in entry:
            self.tally.judge("bridge's cost", entry["root_cost"] == row["root_path_cost"], where,
                             f"cost {entry['root_cost']}, not {row['root_path_cost']}")
        if "root_port" in entry:
            truth = [number for number, port in ports.items() if as_number(port["no"]) == row["root_port"]]
            self.tally.judge("root port claimed", entry["root_port"] in truth, where,
                             f"root port {entry['root_port']}, not {truth}")
        for claim in entry.get("ports", []):
            port = ports.get(claim["port"])
            self.tally.judge("port claimed", port is not None, where, f"no port {claim['port']}")
            if port:
                self.port(where, claim, port, row)
        return None

    def port(self, where, claim, port, row):
        """Role and state. Of a port or a bridge that is down nothing tells until what it said has aged."""
        truth = role(row, port)
        if truth == "disabled" or port["oper"] != "UP":
            return self.tally.leave_out("port down")
        if "role" in claim:
            self.tally.judge("role claimed", claim["role"] == truth, where, f"{brief(claim)}, but {truth}")
        if "state" in claim:
            good = claim["state"] == port["state"]
            self.tally.judge("state claimed", good, where, f"{brief(claim)}, but {port['state']}")
        return None

    # Over the whole recording.

    def root_changes(self, link, changes):
        """Each is true when it is told, follows from the one before, and none is missing where the tree stands."""
        last = None
        for t, before, after in changes:
            where = f"{self._when(t)} {link['name']} {before} -> {after}"
            believed = self.truth.roots_between(t - self.near, t + self.near)
            if after in believed or not self.transient(after, t):
                self.tally.judge("root change told", after is None or after in believed, where, f"but {believed}")
            else:
                self.tally.leave_out("root too short for a poll")
            self.tally.judge("root change follows", last is None or before == last, where, f"after {last}")
            last = after
        points = [t for t in self.truth.calm_points() if len({end.root for end in self.truth.ends(link, t)}) == 1]
        for earlier, t in zip(points, points[1:]):
            self.between(link, changes, earlier, t)

    def transient(self, root, t):
        """A bridge that takes itself for the root, until the next that it hears: shorter than from poll to poll."""
        return self.truth.bridge_named(root, t) is not None and self.truth.upset(t - self.near, t + self.near)

    def between(self, link, changes, earlier, t):
        """Of two points: as many changes as lead from the one root to the other; none where no bridge changed its."""
        before, after = (self.truth.ends(link, point)[0].root for point in (earlier, t))
        told = [change for change in changes if earlier < change[0] <= t]
        where = f"{self._when(earlier)} to {self._when(t)} {link['name']}"
        if before != after:
            self.tally.judge("root change found", bool(told) and told[-1][2] == after, where,
                             f"{before} -> {after}: told {told}")
        elif len(self.truth.roots_between(earlier, t)) == 1:
            self.tally.judge("no root change", not told, where, f"told {told}")

    def topology_changes(self, link, episodes):
        """Each episode is of changes that bridges tell of, no more than two hellos apart; each of these is in one."""
        spans = self.truth.told_changes(link, tells_change)
        possible = self.truth.told_changes(link, knows_of_change)
        for episode in episodes:
            touched = [span for span in spans if self.touch(span, episode)]
            apart = [after[0] - before[1] for before, after in zip(touched, touched[1:])]
            if not touched and any(self.touch(span, episode) for span in possible):
                self.tally.leave_out("topology change told from a role too short for a poll")
                continue
            good = touched and max(apart, default=0) <= 2 * self.truth.hello + self.slack
            self.tally.judge("topology change told", good, self._when(episode[0]), link["name"],
                             self.relative([episode])[0], "is", self.relative(touched), "of", self.relative(spans))
        for span in spans:
            self.found(link, span, [episode for episode in episodes if self.touch(span, episode)])

    def found(self, link, span, touching):
        start, end = span
        gaps = [(before[1], after[0]) for before, after in zip(touching, touching[1:])]
        if not touching and (end - start < self.near or self.deaf(link, start, end)):
            self.tally.leave_out("topology change too short for a hello, or lost")
        elif gaps and all(self.truth.upset(*gap) or self.truth.lossy(link, *gap) for gap in gaps):
            self.tally.leave_out("topology change while the tree was rebuilt, or told in vain")
        else:
            self.tally.judge("topology change found", len(touching) == 1, self._when(start), link["name"],
                             self.relative([span])[0], "is told as", self.relative(touching))

    def relative(self, spans):
        return [tuple(round(t - self.truth.first, 2) for t in span) for span in spans]

    def deaf(self, link, start, end):
        """One end does not hear the other, so the capture may not, either."""
        times = [start + step * 0.25 for step in range(int((end - start) / 0.25) + 1)]
        return sum(len(set(self.truth.ends(link, t))) > 1 for t in times) * 0.25 > self.truth.hello

    def touch(self, span, episode):
        return episode[0] <= span[1] + self.slack and episode[1] >= span[0] - self.slack


def brief(claim):
    return {key: claim[key] for key in ("port", "role", "state", "last") if key in claim}


def capture(path):
    """The file, or its gzipped form; None if it has no packet."""
    packed = path.with_name(path.name + ".gz")
    with gzip.open(packed) if packed.exists() else path.open("rb") as file:
        found = len(file.read(PCAP_HEADER + 1)) > PCAP_HEADER
    return (packed if packed.exists() else path) if found else None


def report(directories, options):
    """Prints it all; whether nothing disagrees, and something was judged."""
    tally = Tally()
    for directory in directories:
        tally.merge(Judge(directory, options.tapstat).all())
    tally.show(options.examples)
    return tally.good("segment alone")


if __name__ == "__main__":
    sys.exit(main(__doc__, report))
