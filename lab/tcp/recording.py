"""What a run left behind in its directory: captures, and what the kernels and the relay said.

    *_side.pcap      the capture at one host's port
    meta.json        {seed, seconds, begun, dropped, ...}: about the run as a whole
    conns.jsonl      {scenario, client, server, one_way_s, late_s, hidden, ev}: one line for each pair of endpoints
    drops.jsonl      {t, kind, capture, src, dst}: what that capture shows and the receiver never got
    intervals.jsonl  runs of samples with one state (sampler.py)
    samples.jsonl    when the samples were taken (sampler.py); or truth.jsonl: {t, ns}, a line for each

Each may be compressed by gzip, with .gz after its name.
"""

import collections
import gzip
import itertools
import json
import math
import pathlib
import struct
from typing import NamedTuple

from wire import parse

PERIOD = 0.025  # seconds from sample to sample
BUSY = 0.020  # seconds; what a relay held longer than this came at a time that no packet tells
MOST_HELD = 0.05  # the part of the connections that may be left out for that
LEAST_SAMPLES = 0.9  # the part of the samples that there must be


def opened(path):
    path = pathlib.Path(path)
    if path.suffix == ".gz":
        return gzip.open(path)
    return open(path, "rb")


def endpoint(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


class Capture:
    """A pcap file of Ethernet frames, in whole or from some seconds after `begun` (unless told, its first packet)."""

    def __init__(self, path, late=0.0, begun=None):
        self.path = path
        self.late = late
        self.name = ("late_" if late else "") + path.name.split(".")[0]
        with opened(path) as file:
            content = file.read()
        order = "<" if content[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
        nano = b"\x3c" in content[:4]
        self.bytes = content[:24]
        self.packets = collections.defaultdict(list)  # (local, peer): times, of either's packets
        self.sent = collections.defaultdict(list)  # the same, of those that local sent
        self.last = 0
        at, start = 24, begun
        while at + 16 <= len(content):
            seconds, part, length, _ = struct.unpack_from(order + "IIII", content, at)
            t = seconds + part / (1e9 if nano else 1e6)
            start = start or t
            if t >= start + late:
                if late:
                    self.bytes += content[at : at + 16 + length]
                self._enter(t, content[at + 16 : at + 16 + length])
            at += 16 + length
        for times in (*self.packets.values(), *self.sent.values()):
            times.sort()

    def _enter(self, t, frame):
        self.last = max(self.last, t)
        segment = parse(frame)
        if segment:
            ends = endpoint(segment.src, segment.sport), endpoint(segment.dst, segment.dport)
            self.sent[ends].append(t)
            self.packets[ends].append(t)
            self.packets[ends[::-1]].append(t)


class Run(NamedTuple):
    """A kernel had this state from first to last, and had another one before `after` and from `until` on."""

    state: str
    first: float
    last: float
    after: float
    until: float


CLOSED = Run("CLOSED", -math.inf, math.inf, -math.inf, math.inf)
SYNONYMS = {
    "ESTAB": "ESTABLISHED", "SYN_RCVD": "SYN_RECV", "NEW_SYN_RECV": "SYN_RECV",
    "FIN_WAIT_1": "FIN_WAIT1", "FIN_WAIT_2": "FIN_WAIT2",
    "UNCONN": "CLOSED", "CLOSE": "CLOSED", "LISTEN": "CLOSED",
}


def state_name(text):
    text = text.upper().replace("-", "_")
    return SYNONYMS.get(text, text)


def with_closed(runs):
    """The same runs with CLOSED wherever the kernel did not list the socket."""
    full = []
    before = -math.inf  # the first sample that had no earlier run's state
    known = -math.inf  # the last sample that had
    for run in sorted(runs, key=lambda run: run.first):
        if run.first > before + 1e-6:
            full.append(Run("CLOSED", before, run.after, known, run.first))
        full.append(run)
        before, known = run.until, run.last
    if before < math.inf:
        full.append(Run("CLOSED", before, math.inf, known, math.inf))
    return full


class Recording:
    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        about = self.directory / "meta.json"
        self.about = json.loads(about.read_text()) if about.exists() else {}
        self.connections = {}  # (client, server): line of conns.jsonl
        self.held = 0  # connections that are not among them
        for line in self._lines("conns.jsonl"):
            if line.get("late_s", 0) > BUSY:
                self.held += 1
            elif "client" in line:
                self.connections.setdefault((line["client"], line["server"]), line)
        self.host_of = {}  # address: host
        self.runs = collections.defaultdict(list)  # (local, peer): runs, CLOSED included
        self._read_runs()
        self.samples = self._read_samples()  # host: times
        self.lossy = collections.defaultdict(set)  # capture: pairs with loss behind it
        self.lost = collections.defaultdict(list)  # (sender, receiver): (time, capture that shows it)
        for line in self._lines("drops.jsonl"):
            if line["kind"] == "lost_after_capture":
                ends = line["src"], line["dst"]
                self.lossy[line["capture"]] |= {ends, ends[::-1]}
                self.lost[ends].append((line["t"], line["capture"]))

    def _lines(self, name):
        path = self.directory / name
        if not path.exists():
            path = self.directory / f"{name}.gz"
        with opened(path) as file:
            yield from map(json.loads, file)

    def _read_runs(self):
        for line in self._lines("intervals.jsonl"):
            state = state_name(line["state"])
            if state == "CLOSED":  # a listener
                continue
            self.host_of[line["local"].rsplit(":", 1)[0]] = line["ns"]
            first, last = line["first"], line["last"]
            run = Run(state, first, last,
                      first if line["prev"] is None else line["prev"],
                      math.inf if line["next"] is None else line["next"])
            self.runs[line["local"], line["peer"]].append(run)
        for ends, runs in self.runs.items():
            self.runs[ends] = with_closed(runs)

    def _read_samples(self):
        times = {}
        if any(self.directory.glob("samples.jsonl*")):
            for line in self._lines("samples.jsonl"):
                steps = itertools.accumulate(line["steps"], initial=0)
                times[line["ns"]] = [line["start"] + step / 1e6 for step in steps]
        else:
            for line in self._lines("truth.jsonl"):
                mine = times.setdefault(line["ns"], [])
                if not mine or mine[-1] != line["t"]:
                    mine.append(line["t"])
        return times

    def runs_of(self, local, peer):
        return self.runs.get((local, peer)) or [CLOSED]

    def captures(self, lates):
        """All of them; and those at clients once more for each of these delays, as if they had begun so much later."""
        for path in sorted([*self.directory.glob("*.pcap"), *self.directory.glob("*.pcap.gz")]):
            yield Capture(path)
            if path.name.startswith("client_side."):
                yield from (Capture(path, late, self.about.get("begun")) for late in lates)

    def weaknesses(self):
        """Why this recording is no measurement: a busy machine's, whatever tapstat says of it."""
        due = self.about.get("seconds", 0) / PERIOD
        for host, times in self.samples.items():
            if len(times) < LEAST_SAMPLES * due:
                yield f"{len(times)} of {due:.0f} samples of {host}"
        if self.held > MOST_HELD * (self.held + len(self.connections)):
            yield f"{self.held} connections were held by the relay for more than {BUSY} s"
        if self.about.get("dropped"):
            yield f"{self.about['dropped']} packets are not in the captures, or were lost unnoticed"

    def lossy_at(self, capture):
        """Pairs of endpoints that lost something behind a capture point."""
        return next((pairs for point, pairs in self.lossy.items() if capture.name.endswith(point)), set())
