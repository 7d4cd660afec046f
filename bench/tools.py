"""tapstat and what it is measured beside, each as it is run to follow every connection of a capture."""

import os
import tempfile
from typing import Callable, NamedTuple


class Tool(NamedTuple):
    """How it is run, and how it is shown."""

    shown: str
    command: Callable  # of a capture's path and a folder that is thrown away
    rounds: int
    slow: bool = False  # gets a shorter capture


def tcpdump(capture, _):
    # As root tcpdump gives what it writes to a user of its own; /dev/null must stay root's.
    keep_owner = ["-Z", "root"] if os.geteuid() == 0 else []
    return ["tcpdump", *keep_owner, "-r", capture, "-w", "/dev/null"]


def tools(build, *options):
    """All of them: tapstat with these options, tcpdump, then the others. tcptrace would ask name servers
    without -n, softflowd would give up flows past 8,192; without -n softflowd sends nothing to anyone."""
    tapstat = [str(build / "app" / "tapstat"), "states", *options, "-r"]
    walk = str(build / "bench" / "tapstat_walk")
    return [
        Tool(" ".join(["tapstat", *tapstat[1:], "F"]), lambda f, _: [*tapstat, f], 5),
        Tool("tcpdump -r F -w /dev/null", tcpdump, 5),
        Tool("tapstat_walk F", lambda f, _: [walk, f], 5),
        Tool("nfpcapd -r F -w DIR", lambda f, folder: ["nfpcapd", "-r", f, "-w", folder], 3),
        Tool("softflowd -m 20000000 -r F",
             lambda f, _: ["softflowd", "-m", "20000000", "-r", f], 3),
        Tool("tcptrace -n F", lambda f, _: ["tcptrace", "-n", f], 1, slow=True),
        Tool("tshark -q -z conv,tcp -r F",
             lambda f, _: ["tshark", "-q", "-z", "conv,tcp", "-r", f], 1, slow=True),
    ]


def once(run, tool, capture, scratch):
    """A function that runs a tool on a capture once."""
    def make_run():
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            return run(tool.command(capture, folder))
    return make_run
