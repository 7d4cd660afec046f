#!/usr/bin/env python3
"""Has tapstat read every capture of the corpus: no sanitizer report, no hang, no odd exit code.

Starting a sanitized program costs more than reading most captures, so each run reads several; when
one goes wrong its captures are read again one by one, to name the one at fault.
"""

import argparse
import concurrent.futures
import subprocess
import sys

import corpus

EXIT_CODES = (0, 3, 4)  # done; an input unreadable; an input damaged
VIEWS = (["report", "--json"], ["tcp"])
SANITIZER_REPORTS = (b"ERROR: ", b"runtime error:")


def complaint(program, view, captures, seconds):
    """What went wrong with one run, or None."""
    command = [program, *view, "--quiet"]
    for capture in captures:
        command += ["-r", str(capture)]
    try:
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return f"no end within {seconds} s"
    reported = any(sign in done.stderr for sign in SANITIZER_REPORTS)
    if done.returncode in EXIT_CODES and not reported:
        return None
    return f"exit code {done.returncode}\n{done.stderr.decode(errors='replace')[:2000]}"


def complaints(options, view, captures):
    """(capture, what went wrong); of the group as a whole where no single capture is at fault."""
    together = complaint(options.tapstat, view, captures, options.seconds * 3)
    if together is None:
        return []
    single = [(c, complaint(options.tapstat, view, [c], options.seconds)) for c in captures]
    guilty = [(str(c), what) for c, what in single if what]
    return guilty or [(" ".join(map(str, captures)), f"only when read together: {together}")]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tapstat", default="tapstat", help="the program to test")
    parser.add_argument("--together", type=int, default=16, help="captures of one run")
    parser.add_argument("--seconds", type=float, default=10, help="time limit for one capture")
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args()


def main():
    options = arguments()
    root = corpus.directory()
    if not root:
        print("skipped: needs captures (TAPSTAT_CORPUS)")
        return corpus.SKIPPED
    captures = corpus.captures(root)
    groups = [captures[i:i + options.together] for i in range(0, len(captures), options.together)]
    work = [(view, group) for view in VIEWS for group in groups]
    wrong = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        results = pool.map(lambda w: complaints(options, *w), work)
        for (view, _), found in zip(work, results):
            for capture, what in found:
                wrong += 1
                print(f"tapstat {' '.join(view)} -r {capture}: {what}", flush=True)
    print(f"{len(captures)} captures, {wrong} complaints")
    return 1 if wrong or not captures else 0


if __name__ == "__main__":
    sys.exit(main())
