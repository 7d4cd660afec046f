"""Runs commands and says what they took."""

import os
import resource
import statistics
import subprocess
import tempfile
import time
from typing import NamedTuple


LONG = 15  # seconds, of which one is enough


class Failed(Exception):
    """A command ended with another status than 0."""

    def __init__(self, command, status, message):
        super().__init__(f"{' '.join(command)}: exit status {status}: {message}")
        self.status = status


class Taken(NamedTuple):
    """By one run: seconds of CPU time, user and system, those of the processes it waited for included;
    seconds of wall time; the most memory in MiB, at least what this Python has."""

    cpu: float
    wall: float
    peak: float


def run(command, feeder=None):
    """One run, its output thrown away. What `feeder`, a command, writes is its standard input."""
    with tempfile.TemporaryFile() as errors:
        fed = subprocess.Popen(feeder, stdout=subprocess.PIPE) if feeder else None
        start = time.monotonic()
        with subprocess.Popen(command, stdin=fed.stdout if fed else subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=errors) as process:
            if fed:
                fed.stdout.close()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - start
        if fed:
            fed.wait()
        if process.returncode != 0:
            errors.seek(0)
            message = errors.read()[-300:].decode(errors="replace").strip()
            raise Failed(command, process.returncode, message)
    return Taken(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024)


def own_peak():
    """The most memory in MiB that this process had: the least that Taken.peak can say."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Median(NamedTuple):
    """What several runs of a command took, each figure by itself; or why it could not run."""

    taken: Taken = None
    rounds: int = 0
    failure: Failed = None


def in_turns(jobs):
    """The medians of several jobs, each (rounds, a function that makes one run), run in turns, so that
    a busy machine slows all alike. A job whose run takes LONG gets no further one."""
    runs = [[] for _ in jobs]
    failures = [None] * len(jobs)
    for turn in range(max(rounds for rounds, _ in jobs)):
        for number, (rounds, once) in enumerate(jobs):
            done = runs[number]
            if turn >= rounds or failures[number] or (done and done[-1].wall > LONG):
                continue
            try:
                done.append(once())
            except Failed as failure:
                failures[number] = failure
    return [Median(failure=failure) if failure else Median(median(done), len(done))
            for done, failure in zip(runs, failures)]


def median(runs):
    return Taken(*(statistics.median(figures) for figures in zip(*runs)))
