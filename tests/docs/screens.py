#!/usr/bin/env python3
"""Holds the screens of the dashboard in the documentation against what is drawn in a real terminal (tmux).

A block fenced as "screen COLUMNSxROWS CAPTURE :COMMAND :COMMAND..." is what `tapstat top -r CAPTURE` shows in a
terminal of that size once these commands were typed. With --update it is written anew. How much memory the program
takes, at the end of the first line, is left out: built with sanitizers it is more.
"""

import argparse
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from sessions import PAGES, PROJECT, blocks, rewrite

SKIPPED = 77  # the exit code by which CTest knows a test that was not run
SCREEN = re.compile(r"^screen (\d+)x(\d+) (\S+) (:.*)$")
MEMORY = re.compile(r"  [0-9.]+[kMG]$")
SECONDS = 60  # until a screen is drawn, on a busy machine
SETTLED = 2  # seconds: of one that is written anew


class Screen:
    """A block of a page, as rewrite() takes it."""

    def __init__(self, page, first, lines, kind):
        self.page, self.first, self.lines = page, first, lines
        self.last = first + len(lines)
        self.columns, self.rows, self.capture, commands = kind.groups()
        self.commands = [command.strip() for command in re.split(r" (?=:)", commands)]

    def __str__(self):
        return f"{self.page.relative_to(PROJECT)}:{self.first + 1}"


class Terminal:
    """A tmux server of its own, with the dashboard in it."""

    def __init__(self, program, screen, folder):
        self.tmux = ["tmux", "-S", f"{folder}/tmux", "-f", "/dev/null"]
        environment = os.environ | {"TZ": "UTC", "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
        subprocess.run([*self.tmux, "new-session", "-d", "-x", screen.columns, "-y", screen.rows,
                        f"exec {program} top -r {screen.capture}"], cwd=PROJECT, env=environment, check=True)

    def type(self, *keys):
        subprocess.run([*self.tmux, "send-keys", *keys], check=True)

    def lines(self):
        shown = subprocess.run([*self.tmux, "capture-pane", "-p"], capture_output=True, check=True).stdout.decode()
        first, *rest = (line.rstrip() for line in shown.splitlines())
        return [MEMORY.sub("", first), *rest]

    def wait_for(self, is_there, seconds=SECONDS):
        end = time.monotonic() + seconds
        while not is_there(lines := self.lines()) and time.monotonic() < end:
            time.sleep(0.1)
        return lines

    def end(self):
        subprocess.run([*self.tmux, "kill-server"], check=False)


def shown_by(program, screen, is_settled):
    """The lines of the terminal after the commands, as soon as they are those that stand there."""
    with tempfile.TemporaryDirectory() as folder:
        terminal = Terminal(program, screen, folder)
        try:
            for command in screen.commands:
                terminal.wait_for(lambda lines: any("packet" in line for line in lines[:1]))
                terminal.type("-l", command)
                terminal.type("Enter")
            if is_settled:
                time.sleep(SETTLED)
                return terminal.lines()
            return terminal.wait_for(lambda lines: lines == screen.lines)
        finally:
            terminal.end()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tapstat", required=True, metavar="PROGRAM", type=pathlib.Path)
    parser.add_argument("--update", action="store_true", help="write what is shown now into the pages")
    arguments = parser.parse_args()
    if shutil.which("tmux") is None:
        print("needs tmux")
        sys.exit(SKIPPED)
    screens = [Screen(page, first, lines, found) for pattern in PAGES for page in sorted(PROJECT.glob(pattern))
               for kind, first, lines in blocks(page) if kind and (found := SCREEN.match(kind))]
    changed = []
    for screen in screens:
        shown = shown_by(arguments.tapstat.resolve(), screen, arguments.update)
        if shown != screen.lines:
            changed.append((screen, shown))
            print(*difflib.unified_diff(screen.lines, shown, str(screen), "shown now", lineterm=""), sep="\n")
    print(f"{len(screens)} screens, {len(changed)} of which are drawn otherwise now")
    if arguments.update:
        for page in {screen.page for screen, _ in changed}:
            rewrite(page, [(screen, shown) for screen, shown in changed if screen.page == page])
        return
    sys.exit(1 if changed or not screens else 0)


if __name__ == "__main__":
    main()
