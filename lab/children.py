"""Recordings made side by side, each in a process of its own, whose id names its namespaces."""

import os
import signal
import sys
import time


def start(name, work):
    child = os.fork()
    if child == 0:
        try:
            work(name)
        except BaseException as error:  # whatever it was: it ends this process only
            print(f"{name}: {error!r}", file=sys.stderr)
            os._exit(1)
        sys.stdout.flush()
        os._exit(0)
    return child


def run(names, work, at_once):
    """Calls work(name) for each, so many at once; the names of those that failed."""
    waiting, running, failed = list(names), {}, []
    signal.signal(signal.SIGTERM, lambda *_: [os.kill(child, signal.SIGTERM) for child in running])
    while waiting or running:
        while waiting and len(running) < at_once:
            name = waiting.pop(0)
            running[start(name, work)] = name
        child, status = os.wait()
        name = running.pop(child)
        if status:
            failed.append(name)
        time.sleep(0.01)
    return failed
