"""The state of every endpoint at any time of the last minutes, by the records that a live `tapstat transitions --json` prints.

They are applied as docs/json.md tells a reader to.
"""

import collections
import json
import threading

KEPT = 200  # seconds before anybody looks that what was CLOSED is remembered
LISTED = {"LISTEN": "CLOSED", "UNKNOWN": "CLOSED"}  # as a list of connections has it


def endpoint(ip, port):
    return f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"


class Replay(threading.Thread):
    def __init__(self, stream):
        super().__init__(daemon=True)
        self.stream = stream
        self.lock = threading.Lock()
        self.records = {}  # (connection, end): its records
        self.ends = collections.defaultdict(list)  # (local, peer): (connection, end) of each
        self.forgotten = set()  # (connection, end)
        self.taken = self.not_found = 0

    def run(self):
        for line in self.stream:
            record = json.loads(line)
            if record["type"] == "transition":
                with self.lock:
                    self._take(record)

    def _take(self, record):
        self.taken += 1
        whose = record["connection"], record["end"]
        if whose in self.forgotten:
            return  # a later connection between the same sockets tells how it really ended
        if whose not in self.records:
            local = endpoint(record["ip"], record["port"])
            peer = endpoint(record["peer_ip"], record["peer_port"])
            self.ends[local, peer].append(whose)
            self.records[whose] = []
        listed = self.records[whose]
        if "corrects" in record:
            self._find(listed, lambda r: (r["t"], r["from"], r["to"]) ==
                       (record["corrects"], record["to"], record["from"]), listed.remove)
        elif "confirms" in record:
            self._find(listed, lambda r: (r["t"], r["to"], r["sure"]) ==
                       (record["confirms"], record["to"], False), lambda r: r.update(sure=True))
        else:
            listed.append(record)
            listed.sort(key=lambda r: r["t"])

    def _find(self, listed, wanted, use):
        for record in reversed(listed):
            if wanted(record):
                use(record)
                return
        self.not_found += 1

    def forget(self, now):
        """What is over, so that this process does not grow itself."""
        with self.lock:
            for ends, connections in list(self.ends.items()):
                left = [w for w in connections if not self._is_over(w, now)]
                for whose in set(connections) - set(left):
                    del self.records[whose]
                    self.forgotten.add(whose)
                if left:
                    self.ends[ends] = left
                else:
                    del self.ends[ends]

    def _is_over(self, whose, now):
        listed = self.records[whose]
        return bool(listed) and listed[-1]["to"] == "CLOSED" and listed[-1]["t"] < now - KEPT

    def states(self, local, peer, begin, end):
        """All the states that it was in from begin to end, the last first; CLOSED before any record."""
        with self.lock:
            records = sorted((r for w in self.ends.get((local, peer), ()) for r in self.records[w]),
                             key=lambda r: r["t"])
        before = [r["to"] for r in records if r["t"] <= begin]
        during = [r["to"] for r in records if begin < r["t"] <= end]
        return [LISTED.get(state, state) for state in [*during[::-1], *(before[-1:] or ["CLOSED"])]]

    def open_at(self, t):
        """(local, peer) of what is told to be in some state."""
        with self.lock:
            known = list(self.ends)
        return {ends for ends in known if self.states(*ends, t, t)[0] != "CLOSED"}
