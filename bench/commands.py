"""Compares whole commands on one capture by the CPU time they take: commands.py TAPSTAT CAPTURE."""

import os
import shutil
import statistics
import subprocess
import sys

ROUNDS = 5


def commands(tapstat, capture):
    """What is compared; the first is what the others are measured against."""
    keep_owner = ["-Z", "root"] if os.geteuid() == 0 else []
    # As root tcpdump gives what it writes to a user of its own; /dev/null must stay root's.
    return [
        [tapstat, "tcp", "-r", capture],
        [tapstat, "tcp", "--json", "-r", capture],
        ["tcpdump", *keep_owner, "-r", capture, "-w", "/dev/null"],
        ["tshark", "-q", "-r", capture, "-z", "conv,tcp"],
    ]


def run(command):
    """CPU seconds (user and system) and peak memory in MiB of one run."""
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit status {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def name(command):
    """The command as one would type it, without folders."""
    return " ".join(os.path.basename(word) if os.path.isfile(word) else word for word in command)


def main(tapstat, capture):
    compared = [c for c in commands(tapstat, capture) if shutil.which(c[0])]
    measured = [[] for _ in compared]
    for _ in range(ROUNDS):  # in turn, so that a busy machine slows all alike
        for command, runs in zip(compared, measured):
            runs.append(run(command))

    print(f"{'median of ' + str(ROUNDS) + ' runs':<46} {'CPU s':>8} {'ratio':>8} {'peak MiB':>9}")
    first = statistics.median(cpu for cpu, _ in measured[0])
    for command, runs in zip(compared, measured):
        cpu = statistics.median(cpu for cpu, _ in runs)
        peak = statistics.median(peak for _, peak in runs)
        print(f"{name(command):<46} {cpu:8.3f} {cpu / first:8.1f} {peak:9.0f}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
