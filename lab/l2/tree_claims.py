"""What tapstat says of spanning tree: the `stp` records of a run (contract: docs/json.md)."""

import json
import subprocess


def bridge(record):
    """(priority with system id, MAC), as tree_truth.identity() has it."""
    return record["priority"] | record["system_id"], record["mac"]


class Claims:
    """The tree of kernel bridges: the one without VLAN and MSTI."""

    def __init__(self, record):
        self.record = record or {}

    @property
    def root(self):
        """Absent where it is not known."""
        return bridge(self.record["root"]) if "root" in self.record else None

    def segments(self, path):
        """Of one capture point, those whose designated bridge is known."""
        return [segment for segment in self.record.get("segments", [])
                if segment["input"] == str(path) and "designated_bridge" in segment]

    def bridges(self):
        """(bridge id, record) of each."""
        return [(bridge(entry["bridge"]), entry) for entry in self.record.get("bridges", [])]

    def root_changes(self):
        """(t, from or None, to or None) in time order."""
        changes = self.record.get("root_changes", [])
        return [(change["t"], *(bridge(change[end]) if end in change else None for end in ("from", "to")))
                for change in changes]

    def topology_changes(self):
        """(start, end) of each episode."""
        return [(episode["t"], episode.get("until", episode["t"]))
                for episode in self.record.get("topology_changes", [])]


def ask(tapstat, paths, *options):
    """Runs it over captures. An input without a packet is an input all the same."""
    inputs = [word for path in paths for word in ("-r", str(path))]
    done = subprocess.run([tapstat, "stp", "--json", "--quiet", *inputs, *options], check=True, timeout=60,
                          capture_output=True, text=True)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    trees = [record for record in records
             if record["type"] == "stp" and record["protocol"] == "stp" and not record.keys() & {"vlan", "msti"}]
    if len(trees) > 1:
        raise ValueError(f"{len(trees)} trees where there is one")
    return Claims(trees[0] if trees else None)
