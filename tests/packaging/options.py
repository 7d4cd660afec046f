#!/usr/bin/env python3
"""The man page and the completions name the options and views that the program has, and no others.

The program's side is what its --help and VIEW --help print.
"""
import argparse
import pathlib
import re
import subprocess
import sys

OPTION = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]*")


def help_of(program, *words):
    return subprocess.run([program, *words, "--help"], capture_output=True, text=True, check=True).stdout


def views_of(program):
    return re.findall(r"^  ([a-z]+) {2,}", help_of(program), re.M)


def options_of(program, view):
    """Of a view: what stands before the descriptions."""
    names = re.findall(r"^  (-[^\s,]+(?:, -[^\s,]+)*)", help_of(program, view), re.M)
    return set(OPTION.findall(" ".join(names)))


def section(page, title):
    return re.search(rf'^\.SH "?{title}"?\n(.*?)(?=^\.SH |\Z)', page, re.M | re.S).group(1)


def tags(text):
    """What stands before the paragraphs of .TP, without the fonts."""
    lines = re.findall(r"^\.TP\n\.[BIR]+ (.*)$", text, re.M)
    return [re.sub(r'[",]|\\f.', "", line).replace("\\-", "-") for line in lines]


def of_man_page(page):
    return tags(section(page, "VIEWS")), set(OPTION.findall(" ".join(tags(section(page, "OPTIONS")))))


def of_bash(path, views):
    script = f'. "{path}"; echo $_tapstat_views; for view; do _tapstat_options "$view"; echo; done'
    lines = subprocess.run(["bash", "-c", script, "bash", *views], capture_output=True, text=True, check=True).stdout
    named, *options = lines.splitlines()
    return named.split(), dict(zip(views, (set(line.split()) for line in options)))


def of_zsh(text):
    specifications = re.findall(r"^\s*(?:choices\+=\()?[\"']?[*(]?.*?\[", text, re.M)
    return re.findall(r"^  [\"']([a-z]+):", text, re.M), set(OPTION.findall(" ".join(specifications)))


def of_fish(text):
    commands = "\n".join(re.findall(r"^complete .*", text, re.M))
    short = {"-" + name for name in re.findall(r" -s (\w)", commands)}
    long = {"--" + name for name in re.findall(r" -l ([\w-]+)", commands)}
    return re.findall(r"'__tapstat_view none' -a ([a-z]+)", commands), short | long


class Comparison:
    def __init__(self):
        self.failed = False

    def compare(self, where, named, known):
        for name in sorted(set(named) - set(known)):
            self.fail(f"{where} names {name}, which the program does not know")
        for name in sorted(set(known) - set(named)):
            self.fail(f"{where} does not name {name}, which the program knows")

    def fail(self, message):
        print(message)
        self.failed = True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tapstat", required=True)
    parser.add_argument("--packaging", required=True, type=pathlib.Path)
    arguments = parser.parse_args()
    completions = arguments.packaging / "completions"

    views = views_of(arguments.tapstat)
    options = {view: options_of(arguments.tapstat, view) for view in views}
    everything = set().union(*options.values())
    if len(views) < 10 or len(everything) < 30:
        sys.exit("the program's --help cannot be read: this test looks for nothing")

    comparison = Comparison()
    read_bash, of_views = of_bash(completions / "tapstat.bash", views)
    comparison.compare("tapstat.bash", read_bash, views)
    for view in views:
        comparison.compare(f"tapstat.bash ({view})", of_views[view], options[view])
    for where, (read_views, read_options) in {
        "tapstat.1": of_man_page((arguments.packaging / "tapstat.1.in").read_text()),
        "_tapstat": of_zsh((completions / "_tapstat").read_text()),
        "tapstat.fish": of_fish((completions / "tapstat.fish").read_text()),
    }.items():
        comparison.compare(where, read_views, views)
        comparison.compare(where, read_options, everything)
    return comparison.failed


if __name__ == "__main__":
    sys.exit(main())
