"""Measures tapstat: ./dev bench [--quick] [WHAT...], WHAT of stages, A, B, imix, flood, churn, views,
growth, jobs and memory; all of them unless told."""

import argparse
import functools
import os
import pathlib
import platform
import subprocess
import time

from captures import Captures
from measurements import Bench

PROFILES = ("A", "B", "imix", "flood", "churn")
QUICK = 0.1  # of the packets, and of the connections at once but for A
ALL = ("stages", *PROFILES, "views", "growth", "jobs", "memory")


def machine():
    """The processor, the cores and the memory."""
    lines = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")),
                 platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return f"{model}, {len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB"


def commit(root):
    """What is measured, as git names it."""
    said = subprocess.run(["git", "-C", root, "describe", "--always", "--dirty"], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return said.stdout.strip() or "unknown"


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("build", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("what", nargs="*", metavar="WHAT", help=", ".join(ALL))
    parser.add_argument("--quick", action="store_true", help="on a tenth of the packets")
    parser.add_argument("--whole", action="store_true",
                        help="tcptrace and tshark, too, read whole captures but the flood (16 GiB)")
    parser.add_argument("--rounds", type=int, help="at most, of each command (5; with --quick 3)")
    options = parser.parse_intermixed_args()
    for name in options.what:
        if name not in ALL:
            parser.error(f"nothing is called {name}; there are {', '.join(ALL)}")

    rounds = options.rounds or (3 if options.quick else 5)
    scale = QUICK if options.quick else 1.0
    bench = Bench(options.build, Captures(options.build), scale, rounds, options.whole)
    measurements = {"stages": bench.stages, "views": bench.views, "growth": bench.growth,
                    "jobs": bench.jobs, "memory": bench.memory,
                    **{profile: functools.partial(bench.compare, profile) for profile in PROFILES}}
    print(f"{time.strftime('%Y-%m-%d')}, commit {commit(options.build)}: {machine()}; "
          f"medians of at most {rounds} runs", flush=True)
    for name in ALL:
        if not options.what or name in options.what:
            measurements[name]()


if __name__ == "__main__":
    main()
