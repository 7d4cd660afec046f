#!/usr/bin/env python3
"""Holds the pages of docs/ against what they are about.

Each kind of finding that the program knows has a page of the same form and a row in docs/findings.md, with its
severity and an example that shows it; each view of --help is in docs/README.md, and each page is named by some other;
links between pages lead somewhere.
"""

import argparse
import pathlib
import re
import subprocess
import sys

PROJECT = pathlib.Path(__file__).resolve().parents[2]
DOCS = PROJECT / "docs"
PARTS = ["How it is told", "How sure", "What does not count", "What to do", "Example"]
# [text](target): of those that lead out of the project nothing is asked.
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")


def pages():
    return sorted([*PROJECT.glob("*.md"), *DOCS.rglob("*.md"), PROJECT / "samples" / "README.md"])


def name(page):
    return page.relative_to(PROJECT)


def kinds():
    """Each kind of finding, in the order of the code."""
    header = (PROJECT / "analysis" / "findings" / "finding.h").read_text()
    names = re.search(r"kFindingNames = \{(.*?)\};", header, re.S)[1]
    return re.findall(r'"(\w+)"', names)


def severities():
    source = (PROJECT / "analysis" / "findings" / "finding.cc").read_text()
    found, waiting = {}, []
    for kind, severity in re.findall(r"case FindingKind::(\w+):|return Severity::(\w+);", source):
        if kind:
            waiting.append(kind)
        else:
            found |= dict.fromkeys(waiting, severity)
            waiting = []
    return found


def wrong_of_finding(kind, severity):
    page = DOCS / "findings" / f"{kind}.md"
    if not page.is_file():
        yield f"{kind}: docs/findings/{kind}.md is not there"
        return
    text = page.read_text()
    if not text.startswith(f"# {kind}\n\nSeverity: {severity}\n"):
        yield f"{name(page)}: begins with another name or severity than {kind}, {severity}"
    parts = re.findall(r"^## (.*)$", text, re.M)
    if parts != PARTS:
        yield f"{name(page)}: has the parts {parts}, not {PARTS}"
    if not re.search(rf"^({severity}) +[0-9:.]+  {kind}  ", text, re.M):
        yield f"{name(page)}: no example shows it"


def wrong_of_findings():
    known, severity = kinds(), severities()
    rows = re.findall(r"^\| \[`(\w+)`\]\(findings/(\w+)\.md\) \| (\w+) \|", (DOCS / "findings.md").read_text(), re.M)
    for kind in known:
        yield from wrong_of_finding(kind, severity[kind])
        if (kind, kind, severity[kind]) not in rows:
            yield f"docs/findings.md: no row {kind}, {severity[kind]}"
    for page in (DOCS / "findings").glob("*.md"):
        if page.stem not in known:
            yield f"{name(page)}: there is no such finding"


def views(program):
    text = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    listed = re.search(r"\n\n(  .*?)\n\n", text, re.S)[1]
    return re.findall(r"^  (\w+)  ", listed, re.M)


def wrong_of_views(program):
    index = (DOCS / "README.md").read_text()
    for view in views(program):
        row = re.search(rf"^\| \[`{view}`\]\((\w[\w-]*\.md)\) \|", index, re.M)
        if not row:
            yield f"docs/README.md: no row of the view {view}"
        else:
            text = (DOCS / row[1]).read_text()
            has_output = "\n$ tapstat" in text or "\n```screen " in text
            if f"tapstat {view} " not in text or not has_output:
                yield f"docs/{row[1]}: does not show tapstat {view}"


def anchors(page):
    """As forges make them of headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.M)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {text.replace(" ", "-") for text in plain}


def wrong_of_links(page, linked):
    outside_of_blocks = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.S | re.M)
    for target in LINK.findall(outside_of_blocks):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists():
            yield f"{name(page)}: {target} leads nowhere"
        elif anchor and anchor not in anchors(file):
            yield f"{name(page)}: {target}: no such heading"
        elif file != page:
            linked.add(file)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tapstat", required=True, metavar="PROGRAM")
    arguments = parser.parse_args()
    linked, wrong = set(), []
    for page in pages():
        wrong += wrong_of_links(page, linked)
    wrong += [f"{name(page)}: no page leads to it" for page in pages() if page not in {*linked, PROJECT / "README.md"}]
    wrong += wrong_of_findings()
    wrong += wrong_of_views(arguments.tapstat)
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"{len(pages())} pages, {len(kinds())} findings, {len(views(arguments.tapstat))} views")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
