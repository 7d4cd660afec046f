"""findings: a capture in which each finding is made, and one beside it in which it must not be"""

import os
import signal
import sys
import time

from findings import endings, openings, paths
from findings.scene import RECORDINGS, record

AT_ONCE = 8  # most of them wait
MODULES = (openings, endings, paths)  # imported for the recordings that they enter


def start(name, directory):
    """Records one in a process of its own, which names the namespaces."""
    child = os.fork()
    if child == 0:
        try:
            record(name, directory)
        except BaseException as error:  # whatever it was: it ends this process only
            print(f"{name}: {error!r}", file=sys.stderr)
            os._exit(1)
        sys.stdout.flush()
        os._exit(0)
    return child


def main(directory):
    directory = os.path.join(directory, "findings")
    os.makedirs(directory, exist_ok=True)
    # Those that take a minute begin first.
    names = sorted(sys.argv[2:] or RECORDINGS, key=lambda name: not name.startswith("close-wait"))
    running, failed = {}, []
    signal.signal(signal.SIGTERM, lambda *_: [os.kill(child, signal.SIGTERM) for child in running])
    while names or running:
        while names and len(running) < AT_ONCE:
            name = names.pop(0)
            running[start(name, directory)] = name
        child, status = os.wait()
        name = running.pop(child)
        if status:
            failed.append(name)
        time.sleep(0.01)
    if failed:
        sys.exit(f"failed: {' '.join(failed)}")


main(sys.argv[1])
