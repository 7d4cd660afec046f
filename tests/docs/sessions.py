#!/usr/bin/env python3
"""Holds what the documentation shows against what the program prints, session by session.

A session is a fenced block whose first line begins with "$ ": commands, each with what it prints below it. One
bash runs them all, in a folder of its own that has samples/, docs/ and lab/ as the project has them; `tapstat` is
PROGRAM, the zone is UTC, the locale has UTF-8, and standard error stands where it comes. A command goes on in lines
that begin with "> ". A line that is "..." alone stands for any lines. A block that is fenced as "live" shows an
interface, and is not run; the dashboard's screens are for screens.py. A session that is indented instead would be run
by nobody: that is an error.

A line of another block that begins with "tapstat " is an example, with what it does two spaces further on. Where it
reads captures, it must be no wrong usage: it runs with a sample in their place.

With --update what has changed is written into the page, unless the block leaves something out.
"""

import argparse
import concurrent.futures
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

PROJECT = pathlib.Path(__file__).resolve().parents[2]
PAGES = ("*.md", "docs/**/*.md", "samples/*.md", "lab/*.md")
FENCE = re.compile(r"^```(.*)$")
PROMPT, MORE = "$ ", "> "
ELISION = "..."
MARK = "\1 that was it"
FOLDERS = ("samples", "docs", "lab")
SECONDS = 120
EXAMPLE = re.compile(r"^tapstat (?!top )[^\[|]*? -r [^|]*?(?=  | \||$)")
READ = re.compile(r"(?<= -r )[^- ]\S*")
SAMPLE = "samples/close.pcap"
WRONG_USAGE = 2


class Session:
    """The lines of one block, from `first` to `last` (exclusive) of a page."""

    def __init__(self, page, first, lines):
        self.page, self.first, self.lines = page, first, lines
        self.last = first + len(lines)

    def __str__(self):
        return f"{self.page.relative_to(PROJECT)}:{self.first + 1}"

    def steps(self):
        """Pairs of a command and the lines that it is said to print."""
        steps = []
        for line in self.lines:
            if line.startswith(PROMPT):
                steps.append((line[len(PROMPT):], []))
            elif line.startswith(MORE) and not steps[-1][1]:
                steps[-1] = (f"{steps[-1][0]}\n{line[len(MORE):]}", [])
            else:
                steps[-1][1].append(line)
        return steps


def blocks(page):
    """(kind, number of its first line from 0, lines) of each fenced block; kind None: lines outside of any."""
    kind, first, lines = None, 0, []
    for number, line in enumerate(page.read_text().splitlines()):
        fence = FENCE.match(line)
        if not fence:
            lines.append(line)
            continue
        yield kind, first, lines
        kind = fence[1].strip() if kind is None else None
        first, lines = number + 1, []
    yield kind, first, lines


def examples(page):
    """(where, command) of each."""
    for kind, first, lines in blocks(page):
        if kind is None or kind == "live" or (lines and lines[0].startswith(PROMPT)):
            continue
        for number, line in enumerate(lines, first + 1):
            if (found := EXAMPLE.match(line)) and ELISION not in found[0]:
                yield f"{page.relative_to(PROJECT)}:{number}", READ.sub(SAMPLE, found[0].strip())


def wrong_usage(example, environment):
    """What is wrong with an example; None for nothing."""
    where, command = example
    # A filter that people would type as it stands has characters that mean something to a shell.
    printed = run([f"{command} >/dev/null", "echo $?"], environment)
    return f"{where}: {command}: " + " ".join(printed[0]) if printed[1] == [str(WRONG_USAGE)] else None


def sessions(page):
    found, problems = [], []
    for kind, first, lines in blocks(page):
        if kind is None:
            problems += [f"{page.relative_to(PROJECT)}:{first + i + 1}: a session that is not fenced is run by nobody"
                         for i, line in enumerate(lines) if line.startswith("    " + PROMPT)]
        elif kind != "live" and lines and lines[0].startswith(PROMPT):
            found.append(Session(page, first, lines))
    return found, problems


def run(commands, environment):
    """The lines that each of the commands prints."""
    # What the next command finds in $? is the status of the one before.
    script = "".join(f"{command}\nstatus=$?; printf '\\n%s\\n' '{MARK}'; (exit $status)\n" for command in commands)
    with tempfile.TemporaryDirectory() as folder:
        for name in FOLDERS:
            os.symlink(PROJECT / name, pathlib.Path(folder) / name)
        done = subprocess.run(["bash", "-o", "pipefail", "-c", script], cwd=folder, env=environment, timeout=SECONDS,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    printed = done.stdout.decode().split(f"\n{MARK}\n")
    if len(printed) != len(commands) + 1:
        sys.exit(f"bash did not come to the end of: {script}")
    return [[line.rstrip() for line in text.splitlines()] for text in printed[:-1]]


def is_shown(documented, printed):
    """Whether these lines are those, where "..." stands for any."""
    if ELISION not in documented:
        return documented == printed
    at = documented.index(ELISION)
    if documented[:at] != printed[:at]:
        return False
    rest = documented[at + 1:]
    return any(is_shown(rest, printed[i:]) for i in range(at, len(printed) + 1))


def printed_by(session, environment):
    """What the block should hold, and whether that is what it holds."""
    lines, same = [], True
    steps = session.steps()
    for (command, documented), printed in zip(steps, run([command for command, _ in steps], environment)):
        # An empty line before the next command is the page's.
        rest = [""] if documented and documented[-1] == "" else []
        shown = [line.rstrip() for line in documented[:len(documented) - len(rest)]]
        ok = is_shown(shown, printed)
        same = same and ok
        typed = PROMPT + command.replace("\n", f"\n{MORE}")
        lines += [typed, *(shown if ok else printed), *rest]
    return "\n".join(lines).splitlines(), same


def environment_with(program, folder):
    os.symlink(pathlib.Path(program).resolve(), pathlib.Path(folder) / "tapstat")
    kept = {name: value for name, value in os.environ.items()
            if name not in ("COLUMNS", "TERM") and not name.startswith("LC_")}
    return kept | {"PATH": f"{folder}:{os.environ['PATH']}", "TZ": "UTC", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}


def report(session, printed):
    text = difflib.unified_diff(session.lines, printed, str(session), "printed now", lineterm="")
    print("\n".join(text))


def rewrite(page, changed):
    """Puts what was printed into a page, the last block first: the numbers of the others' lines stay true."""
    lines = page.read_text().splitlines()
    for session, printed in sorted(changed, key=lambda pair: -pair[0].first):
        lines[session.first:session.last] = printed
    page.write_text("\n".join(lines) + "\n")


def update(changed):
    for page in {session.page for session, _ in changed}:
        of_page = [(s, p) for s, p in changed if s.page == page]
        whole = [(s, p) for s, p in of_page if ELISION not in s.lines]
        rewrite(page, whole)
        for session, printed in of_page:
            if ELISION in session.lines:
                print(f"{session}: leaves something out; mend it by hand")
                report(session, printed)
            else:
                print(f"{session}: rewritten")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tapstat", required=True, metavar="PROGRAM")
    parser.add_argument("--update", action="store_true", help="write what is printed now into the pages")
    parser.add_argument("pages", nargs="*", type=pathlib.Path, help="only these pages")
    arguments = parser.parse_args()
    pages = [p.resolve() for p in arguments.pages] or [p for pattern in PAGES for p in sorted(PROJECT.glob(pattern))]
    found, problems = [], []
    for page in pages:
        of_page, wrong = sessions(page)
        found += of_page
        problems += wrong
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor() as pool:
        environment = environment_with(arguments.tapstat, folder)
        results = list(pool.map(lambda session: printed_by(session, environment), found))
        commands = [example for page in pages for example in examples(page)]
        problems += filter(None, pool.map(lambda example: wrong_usage(example, environment), commands))
    changed = [(session, printed) for session, (printed, same) in zip(found, results) if not same]
    print(f"{len(found)} sessions and {len(commands)} examples of {len(pages)} pages; "
          f"{len(changed)} sessions print something else now")
    print(*problems, sep="\n", end="\n" if problems else "")
    if not found:
        sys.exit("no session at all")
    if arguments.update:
        update(changed)
        return
    for session, printed in changed:
        report(session, printed)
    sys.exit(1 if changed or problems else 0)


if __name__ == "__main__":
    main()
