"""What agreed with the truth and what did not."""

import argparse
import pathlib
from collections import Counter

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / "build/release/app/tapstat"


SKIPPED = 77  # as exit status


def add_options(parser):
    parser.add_argument("--tapstat", default=PROGRAM, metavar="PROGRAM")
    parser.add_argument("--examples", type=int, default=5, metavar="N", help="of each kind of disagreement")


class Tally:
    """By kind; what cannot be judged is counted apart."""

    def __init__(self):
        self.agreed, self.wrong, self.apart = Counter(), Counter(), Counter()
        self.examples = []

    def judge(self, kind, good, *words):
        (self.agreed if good else self.wrong)[kind] += 1
        if not good:
            self.examples.append((kind, " ".join(map(str, words))))

    def leave_out(self, kind):
        self.apart[kind] += 1

    def merge(self, other):
        for mine, theirs in ((self.agreed, other.agreed), (self.wrong, other.wrong), (self.apart, other.apart)):
            mine.update(theirs)
        self.examples += other.examples

    def good(self, kind):
        """Nothing disagrees, and something of this kind was judged."""
        return not self.wrong.total() and self.agreed[kind] > 0

    def show(self, examples):
        print(f"{'what':30}{'agree':>8}{'wrong':>8}")
        for kind in sorted(self.agreed.keys() | self.wrong.keys()):
            print(f"{kind:30}{self.agreed[kind]:8}{self.wrong[kind]:8}")
        for kind, count in sorted(self.apart.items()):
            print(f"not judged: {kind} {count}")
        shown = Counter()
        for kind, words in self.examples:
            shown[kind] += 1
            if shown[kind] <= examples:
                print(f"wrong: {kind}: {words}")


def main(document, report):
    """The command line of a judge; its exit status."""
    parser = argparse.ArgumentParser(description=document.splitlines()[0])
    parser.add_argument("directories", nargs="+", type=pathlib.Path, metavar="DIRECTORY")
    add_options(parser)
    options = parser.parse_args()
    missing = [directory for directory in options.directories if not directory.is_dir()]
    if missing:
        print("skipped: no", *missing)
        return SKIPPED
    return 0 if report(options.directories, options) else 1
