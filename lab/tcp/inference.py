"""What tapstat says of a capture: the state of every endpoint over time."""

import collections
import json
import math
import subprocess
from typing import NamedTuple

from recording import endpoint, state_name

PATIENCE = 120  # seconds


class Piece(NamedTuple):
    start: float
    end: float
    state: str
    sure: bool


def transitions(program, capture):
    """The records of `tapstat transitions` about a capture."""
    source = "-" if capture.late else str(capture.path)
    done = subprocess.run(
        [program, "transitions", "--json", "-r", source], input=capture.bytes if capture.late else None,
        stdout=subprocess.PIPE, check=True, timeout=PATIENCE,
    )
    return done.stdout.splitlines()


def pieces(lines):
    """(local, peer) to its pieces, by the records; before the first record an endpoint is CLOSED."""
    changes = collections.defaultdict(list)
    for line in lines:
        record = json.loads(line)
        if record["type"] == "transition":
            local = endpoint(record["ip"], record["port"])
            peer = endpoint(record["peer_ip"], record["peer_port"])
            changes[local, peer].append((record["t"], state_name(record["to"]), record["sure"]))
    return {ends: _joined(listed) for ends, listed in changes.items()}


def _joined(changes):
    changes.sort(key=lambda change: change[0])  # stable: of changes at one time the last one holds
    starts = [(-math.inf, "CLOSED", False), *changes]
    ends = [change[0] for change in changes] + [math.inf]
    return [Piece(*start[:1], end, *start[1:]) for start, end in zip(starts, ends) if end > start[0]]
