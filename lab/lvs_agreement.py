#!/usr/bin/env python3
"""How often tapstat's paths CIP -> VIP -> RIP are those that directors took, for recordings of a real IPVS.

    lvs_agreement.py DIRECTORY... [--tapstat PROGRAM]

A directory is a recording (truth.json, captures, ipvs-*-end.txt) or has recordings in it. Each is judged by what each capture
at the director shows alone, by its cards together, with the real servers' (whose clocks may differ) and the clients' captures
beside it, by these alone, and by all at once. A path that the packets determine must be told, and rightly; what they leave open
must be left open. Columns: `right` paths with their real server, `open` told without it where packets leave it open, `could` the
same where they hint at it, `more` told rightly though they need not be, `lost`, `wrong` and invented ones; then other judgements
as agreed/wrong. Exit status 1 when anything is wrong.
"""

import os
import pathlib
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from l2.tally import main
from lvs import legs
from lvs.evidence import Judged
from lvs.packets import read, shifted
from lvs.recording import Recording, places
from lvs.verdict import Failed, Verdict, ask, faults

EVERYTHING = "everything"
PATHS = {"path": "right", "path, server open": "open", "path, server not asked for": "could", "path, more than asked": "more",
         "path lost!": "lost", "path!": "wrong", "path invented!": "inv"}
OTHERS = ("mode", "state", "counts", "scheduler", "legs", "fault")


def judge(recording, capture_set, tapstat):
    seen = read(map(recording.path, capture_set.files), recording.truth.get("gue_port"))
    verdict = Verdict(recording, Judged(recording, capture_set.files, seen))
    with tempfile.TemporaryDirectory() as directory:
        try:
            ask_all(verdict, recording, capture_set, list(inputs(recording, capture_set, pathlib.Path(directory))), tapstat)
        except Failed as failure:
            verdict.say("answer", False, failure)
    return verdict


def inputs(recording, capture_set, directory):
    for name in capture_set.files:
        if name in capture_set.fast:
            (directory / name).write_bytes(shifted(recording.path(name), capture_set.fast[name]))
            yield directory / name
        else:
            yield recording.path(name)


def ask_all(verdict, recording, capture_set, paths, tapstat):
    records = ask(tapstat, "lvs", paths)
    verdict.services(records)
    verdict.paths(records)
    verdict.translations(ask(tapstat, "nat", paths))
    listing = recording.listing(capture_set.director) if capture_set.director else None
    if listing:
        records = ask(tapstat, "lvs", paths, "--at", f"{listing.t:.6f}")
        verdict.counts(records, listing, verdict.states(records, listing))
    if capture_set.director and recording.truth["captures"][capture_set.files[0]]["if"] == "any":
        clients = [recording.path(name) for name, about in recording.truth["captures"].items()
                   if about["ns"] in recording.truth["cips"] and about["if"] != "any"]
        legs.judge(verdict, ask(tapstat, "tcp", paths), ask(tapstat, "tcp", clients))
    must, may = faults(recording)
    verdict.findings(ask(tapstat, "findings", paths), must if capture_set.name == EVERYTHING else (), may)


def row(name, capture_set, count):
    def pair(what):
        wrong = sum(number for key, number in count.items() if key.startswith(what) and key.endswith("!"))
        agreed = sum(number for key, number in count.items() if key.startswith(what) and not key.endswith(("!", " open")))
        return f"{agreed}/{wrong}" if agreed or wrong else "-"

    paths = (count[what] for what in PATHS)
    print(f"{name[:24]:25}{capture_set:16}" + "".join(f"{one:6}" for one in paths)
          + "".join(f"{pair(what):>10}" for what in OTHERS))


def report(directories, options):
    """Prints it all; whether nothing is wrong, and something was judged."""
    jobs = [(recording, one) for recording in map(Recording, places(directories)) for one in recording.sets()]
    total, examples, shown = Counter(), [], Counter()
    print(f"{'recording':25}{'captures':16}" + "".join(f"{one:>6}" for one in PATHS.values())
          + "".join(f"{one:>10}" for one in OTHERS))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for (recording, one), verdict in zip(jobs, pool.map(lambda job: judge(*job, options.tapstat), jobs)):
            row(recording.name, one.name, verdict.count)
            total.update(verdict.count)
            examples += [(what, f"{recording.name} [{one.name}]: {words}") for what, words in verdict.examples]
    row("total", "", total)
    for what, words in examples:
        shown[what] += 1
        if shown[what] <= options.examples:
            print(f"wrong: {what}: {words}"[:400])
    for what, number in sorted(shown.items()):
        print(f"wrong in all: {what} {number}")
    return not examples and total["path"] > 0


if __name__ == "__main__":
    sys.exit(main(__doc__, report))
