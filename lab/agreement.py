#!/usr/bin/env python3
"""How often tapstat's states agree with what the kernels said, for a recording of the lab's.

    agreement.py --truth DIRECTORY [--tapstat PROGRAM]

Samples in which no wire shows the state (a host that is gone, an abort whose RST is lost) count apart.
Exit status 1 when a rate is below the least that is asked for.
"""

import argparse
import os
import sys

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "tcp"))
from inference import pieces, transitions  # noqa: E402
from recording import Recording  # noqa: E402
from score import Judge, Tally  # noqa: E402

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../build/release/app/tapstat")
ORDER = ("SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2", "CLOSE_WAIT", "CLOSING",
         "LAST_ACK", "TIME_WAIT", "CLOSED", "UNKNOWN")
SHORT = {"ESTABLISHED": "ESTAB", "FIN_WAIT1": "FIN_W1", "FIN_WAIT2": "FIN_W2", "CLOSE_WAIT": "CLOSE_W",
         "TIME_WAIT": "TIME_W"}


def rate(pair):
    agree, total = pair
    return agree / total if total else 1.0


def add_options(parser):
    parser.add_argument("--tapstat", default=PROGRAM, metavar="PROGRAM")
    parser.add_argument("--late", type=float, nargs="+", default=[], metavar="SECONDS",
                        help="also as if the client's capture had begun so much later; once for each")
    parser.add_argument("--strict", action="store_true", help="what no wire shows counts like the rest")
    parser.add_argument("--by-scenario", action="store_true")
    parser.add_argument("--examples", type=int, default=0, metavar="N", help="of each kind of disagreement")
    parser.add_argument("--least-clean", type=float, default=0, metavar="RATE",
                        help="without loss behind the capture point")
    parser.add_argument("--least-lossy", type=float, default=0, metavar="RATE", help="with such loss")
    parser.add_argument("--least-late", type=float, default=0, metavar="RATE",
                        help="with --late, in that capture")
    parser.add_argument("--least-sure", type=float, default=0, metavar="RATE", help="where tapstat is sure")
    parser.add_argument("--least-state", type=float, default=0, metavar="RATE", help="of each state of the kernel's")


def summary(name, tally, **where):
    """One line of the table of captures."""
    where["hidden"] = False
    agree, total = tally.select(**where)
    sure = tally.select(**where, sure=True)
    unknown = tally.select(**where, inferred="UNKNOWN")
    rates = [rate((agree, total)), rate(tally.select(**where, lossy=False)),
             rate(tally.select(**where, lossy=True)), rate(sure),
             1 - sure[1] / max(1, total), unknown[1] / max(1, total)]
    hidden = tally.select(**(where | {"hidden": True}))
    print(f"{name:20}{total:9}", *(f"{value:9.5f}" for value in rates), f"{hidden[1]:9}{rate(hidden):9.5f}")


def confusion(tally):
    table = {}
    for key, count in tally.counts.items():
        where = dict(zip(tally.FIELDS, key))
        if not where["hidden"] and not where["late"]:
            cell = where["truth"], where["inferred"]
            table[cell] = table.get(cell, 0) + count
    names = [name for name in ORDER if any(name in cell for cell in table)]
    print("\nrows: what the kernel said, columns: what tapstat says (whole captures)")
    print(" " * 12 + "".join(f"{SHORT.get(name, name):>9}" for name in names))
    for truth in names:
        if any(truth == cell[0] for cell in table):
            cells = (table.get((truth, inferred), 0) for inferred in names)
            print(f"{truth:12}" + "".join(f"{cell or '.':>9}" for cell in cells))


def by_scenario(tally):
    names = {key[tally.FIELDS.index("scenario")] for key in tally.counts}
    rows = [(rate(tally.select(scenario=name, hidden=False, late=False)), name) for name in names]
    print(f"\n{'scenario (whole captures)':34}{'samples':>9}{'agree':>9}{'sure':>9}{'hidden':>9}{'agree':>9}")
    for agree, name in sorted(rows):
        here = {"scenario": name, "late": False}
        total = tally.select(**here, hidden=False)[1]
        sure = rate(tally.select(**here, hidden=False, sure=True))
        hidden = tally.select(**here, hidden=True)
        print(f"{name:34}{total:9}{agree:9.5f}{sure:9.5f}{hidden[1]:9}{rate(hidden):9.5f}")


def examples(tally, count):
    print("\ndisagreements: first of so many samples")
    for (truth, inferred), found in sorted(tally.examples.items()):
        # Those that tapstat is sure of come first, then those that last longest.
        for sure, samples, t, capture, role, local, peer, scenario in sorted(found, reverse=True)[:count]:
            print(f"{truth} told as {inferred}{'' if sure else '?'}: {t:.6f} {samples:5} {capture}"
                  f" {role} {local} of {peer} {scenario}")


def report(directory, options):
    """Prints it all; whether the rates are what was asked for."""
    recording = Recording(directory)
    tally = Tally()
    print(f"{'capture':20}{'samples':>9}{'agree':>10}{'no loss':>10}{'loss':>10}{'sure':>10}"
          f"{'not sure':>10}{'unknown':>10}{'hidden':>10}{'agree':>9}")
    for capture in recording.captures(options.late):
        inferred = pieces(transitions(options.tapstat, capture))
        one = Judge(recording, capture, inferred, options.strict).all()
        summary(f"{capture.name} {capture.late:g}" if capture.late else capture.name, one)
        tally.merge(one)
    summary("all whole captures", tally, late=False)
    confusion(tally)
    if options.by_scenario:
        by_scenario(tally)
    if options.examples:
        examples(tally, options.examples)
    return enough(tally, options)


def enough(tally, options):
    good = True
    for what, least, found in (
        ("without loss", options.least_clean, tally.select(late=False, hidden=False, lossy=False)),
        ("with loss", options.least_lossy, tally.select(late=False, hidden=False, lossy=True)),
        ("of the late capture", options.least_late, tally.select(late=True, hidden=False)),
        ("where sure", options.least_sure, tally.select(hidden=False, sure=True)),
        *((f"about {state}", options.least_state, tally.select(late=False, hidden=False, truth=state))
          for state in ORDER),
    ):
        if rate(found) < least:
            print(f"agreement {what} is {rate(found):.5f}, less than {least}", file=sys.stderr)
            good = False
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--truth", required=True, metavar="DIRECTORY")
    add_options(parser)
    options = parser.parse_args()
    return 0 if report(options.truth, options) else 1


if __name__ == "__main__":
    sys.exit(main())
