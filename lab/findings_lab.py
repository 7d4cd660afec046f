"""findings: a capture in which each finding is made, and one beside it in which it must not be"""

import os
import sys

import children
from findings import directors, endings, neighbours, openings, paths, routers, trees
from findings.scene import RECORDINGS, record

AT_ONCE = 8  # most of them wait
# Imported for the recordings that they enter.
MODULES = (openings, endings, paths, neighbours, routers, trees, directors)


def main(directory):
    directory = os.path.join(directory, "findings")
    os.makedirs(directory, exist_ok=True)
    # Those that take a minute begin first.
    names = sorted(sys.argv[2:] or RECORDINGS, key=lambda name: not name.startswith("close-wait"))
    failed = children.run(names, lambda name: record(name, directory), AT_ONCE)
    if failed:
        sys.exit(f"failed: {' '.join(failed)}")


main(sys.argv[1])
