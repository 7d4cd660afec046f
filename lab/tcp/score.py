"""Holds what tapstat says against every sample that the kernels gave.

A sample agrees where the kernel had the inferred state, or tapstat tells the kernel's, at most SLACK and the
connection's one-way delay away from it; between two samples that differ, at either of them. Next to a packet
of the connection it is one sample more. CLOSED, LISTEN and not listed are the same. An endpoint is judged from
the connection's first packet in the capture until AFTERWARDS after its socket was last listed.
"""

import bisect
import collections
import math

from inference import Piece

SLACK = 0.010
WHEEL = 2.1  # seconds: the grid of the kernel's timers of a minute (docs/agreement.md)
MINUTE = 59.9
SAMPLE = 0.030
AFTERWARDS = 5.0
CLOSED_ALWAYS = [Piece(-math.inf, math.inf, "CLOSED", False)]


class Tally:
    """Samples by what FIELDS name."""

    FIELDS = ("late", "scenario", "lossy", "hidden", "sure", "truth", "inferred")

    def __init__(self):
        self.counts = collections.Counter()
        self.examples = collections.defaultdict(list)

    def add(self, count, **where):
        self.counts[tuple(where[field] for field in self.FIELDS)] += count

    def merge(self, other):
        self.counts += other.counts
        for key, examples in other.examples.items():
            self.examples[key] += examples

    def select(self, **wanted):
        """(those that agree, all) of the samples in which all these fields have these values."""
        agree = total = 0
        for key, count in self.counts.items():
            values = dict(zip(self.FIELDS, key))
            if all(values[field] == value for field, value in wanted.items()):
                total += count
                agree += count if values["truth"] == values["inferred"] else 0
        return agree, total


def ended_by_timer(runs, packets):
    """The times around the end of sockets that a timer of a minute ended: when exactly, no wire shows."""
    for run in runs:
        if run.state in ("TIME_WAIT", "FIN_WAIT2") and run.until < math.inf:
            before = bisect.bisect_left(packets, run.until)
            if before and run.until - packets[before - 1] > MINUTE:
                yield run.last - WHEEL, run.until + WHEEL


class Judge:
    def __init__(self, recording, capture, inferred, strict=False):
        self.strict = strict
        self.recording = recording
        self.capture = capture
        self.inferred = inferred
        self.lossy = recording.lossy_at(capture)
        self.tally = Tally()

    def all(self):
        for (client, server), connection in self.recording.connections.items():
            if (client, server) in self.capture.packets:
                self._endpoint(connection, "client", client, server)
                self._endpoint(connection, "server", server, client)
        return self.tally

    def _span(self, local, peer):
        """From the connection's first packet until some seconds after the end of this socket."""
        packets = self.capture.packets[local, peer]
        listed = [run.last for run in self.recording.runs_of(local, peer) if run.state != "CLOSED"]
        end = max(listed, default=packets[-1])
        return packets[0], min(end + AFTERWARDS, self.capture.last)

    def _hidden(self, connection, role, slack):
        """When no wire shows what an end does, as its scenario says."""
        for entry in connection.get("hidden", ()):
            if entry["end"] == role and any(self.capture.name.endswith(at) for at in entry["captures"]):
                yield entry["from"] - slack, entry.get("to", math.inf) + slack

    def _unseen(self, local, peer, slack):
        """From where an end sent what was lost before the capture until it is heard of again."""
        seen = self.capture.sent[local, peer]
        for t, shown in self.recording.lost[local, peer]:
            if not self.capture.name.endswith(shown):
                again = bisect.bisect_left(seen, t)
                yield t - slack, (seen[again] if again < len(seen) else math.inf) + slack

    def _endpoint(self, connection, role, local, peer):
        host = self.recording.host_of.get(local.rsplit(":", 1)[0])
        if host is None:
            return
        samples = self.recording.samples[host]
        begin, end = self._span(local, peer)
        slack = SLACK + connection.get("one_way_s", 0)
        runs = self.recording.runs_of(local, peer)
        packets = self.capture.packets[local, peer]
        hidden = [] if self.strict else [
            *self._hidden(connection, role, slack), *self._unseen(local, peer, slack),
            *ended_by_timer(runs, packets)]
        view = View(runs, slack, packets, hidden)
        where = {"late": self.capture.late > 0, "scenario": connection["scenario"],
                 "lossy": (local, peer) in self.lossy}
        low, high = bisect.bisect_left(samples, begin), bisect.bisect_right(samples, end)
        told = self.inferred.get((local, peer), CLOSED_ALWAYS)
        for piece in told:
            first = bisect.bisect_left(samples, piece.start, low, high)
            last = bisect.bisect_left(samples, piece.end, low, high)
            for count, t, truth, is_hidden in view.judge(piece.state, samples, first, last, told):
                self.tally.add(count, truth=truth, inferred=piece.state, sure=piece.sure,
                               hidden=is_hidden, **where)
                if truth != piece.state and not is_hidden:
                    self.tally.examples[truth, piece.state].append(
                        (piece.sure, count, t, self.capture.name, role, local, peer, where["scenario"]))


class View:
    """One endpoint's truth."""

    def __init__(self, runs, slack, packets, hidden):
        self.runs = runs
        self.slack = slack
        self.packets = packets
        self.hidden = hidden
        edges = {edge for run in runs for edge in (run.after - slack, run.until + slack)}
        edges |= {edge for run in runs for edge in (run.first, run.until)}
        edges |= {edge for span in hidden for edge in span}
        self.edges = sorted(edges)

    def judge(self, state, samples, first, last, told=()):
        """Samples that fall to one of the pieces told, from first up to last, in groups: (count, time of the first, truth, hidden)."""
        while first < last:
            t = samples[first]
            edge = bisect.bisect_right(self.edges, t)
            after = math.inf if edge == len(self.edges) else self.edges[edge]
            group = bisect.bisect_left(samples, after, first + 1, last)
            is_hidden = any(start <= t < end for start, end in self.hidden)
            if self._accepts(state, t, self.slack):
                yield group - first, t, state, is_hidden
            else:
                yield from self._one_by_one(state, samples[first:group], is_hidden, told)
            first = group

    def _one_by_one(self, state, times, is_hidden, told):
        wrong = collections.Counter()
        for t in times:
            good = self._by_packet(state, t) or any(
                piece.start - self.slack < t < piece.end + self.slack
                and self._accepts(piece.state, t, self.slack) for piece in told)
            wrong[state if good else self._truth(t)] += 1
        for truth, count in wrong.items():
            yield count, times[0], truth, is_hidden

    def _by_packet(self, state, t):
        near = bisect.bisect_left(self.packets, t - self.slack)
        by_packet = near < len(self.packets) and self.packets[near] <= t + self.slack
        return by_packet and self._accepts(state, t, self.slack + SAMPLE)

    def _accepts(self, state, t, slack):
        return any(
            run.after - slack < t < run.until + slack for run in self.runs if run.state == state)

    def _truth(self, t):
        for run in self.runs:
            if t < run.until:
                return run.state
        return "CLOSED"
