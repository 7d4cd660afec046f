#!/usr/bin/env python3
"""How often tapstat's paths CIP -> VIP -> RIP are those that directors took, for recordings of a real IPVS.

    lvs_agreement.py DIRECTORY... [--tapstat PROGRAM]

A directory is a recording (truth.json, captures, ipvs-*-end.txt) or has recordings in it. Each is judged by what each capture
at the director shows alone, by its cards together, with the real servers' and the clients' captures beside it, by these alone,
and by all at once. A path that the packets determine must be told, and rightly; what they leave open must be left open.
Columns: `right` paths with their real server, `open` told without it where packets leave it open, `could` the same where they
hint at it, `more` told rightly though they need not be, `lost`, `wrong` and invented ones; then other judgements as agreed/wrong.
Exit status 1 when anything is wrong.
"""

import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from l2.tally import main
from lvs.evidence import Judged
from lvs.packets import read
from lvs.recording import Recording
from lvs.verdict import Verdict, ask, faults

EVERYTHING = "everything"
PATHS = {"path": "right", "path, server open": "open", "path, server not asked for": "could", "path, more than asked": "more",
         "path lost!": "lost", "path!": "wrong", "path invented!": "inv"}
OTHERS = ("mode", "state", "counts", "scheduler", "fault")


def recordings(directories):
    for directory in directories:
        places = [directory] if (directory / "truth.json").exists() else sorted(path.parent for path in directory.glob("*/truth.json"))
        yield from map(Recording, places)


def judge(recording, capture_set, tapstat):
    seen = read(map(recording.path, capture_set.files), recording.truth.get("gue_port"))
    verdict = Verdict(recording, capture_set.files, Judged(recording, capture_set.files, seen))
    records = ask(tapstat, "lvs", recording, capture_set.files)
    verdict.services(records)
    verdict.paths(records)
    verdict.translations(ask(tapstat, "nat", recording, capture_set.files))
    listing = recording.listing(capture_set.director) if capture_set.director else None
    if listing:
        records = ask(tapstat, "lvs", recording, capture_set.files, "--at", f"{listing.t:.6f}")
        verdict.counts(records, listing, verdict.states(records, listing))
    must, may = faults(recording)
    verdict.findings(ask(tapstat, "findings", recording, capture_set.files), must if capture_set.name == EVERYTHING else (), may)
    return verdict


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
    jobs = [(recording, one) for recording in recordings(directories) for one in recording.sets()]
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
