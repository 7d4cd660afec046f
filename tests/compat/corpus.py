"""Which captures to try: the corpus that TAPSTAT_CORPUS names, or the one beside the project."""

import os
import pathlib

PROJECT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77  # the exit code by which CTest knows a test that was not run

_CAPTURES = (".pcap", ".pcapng", ".cap", ".dmp", ".dump", ".trace", ".pcap.gz", ".pcapng.gz", ".cap.gz")


def directory():
    """The corpus, or None where there is none."""
    named = os.environ.get("TAPSTAT_CORPUS")
    path = pathlib.Path(named) if named else PROJECT.parent / "shared" / "corpus"
    return path if path.is_dir() else None


def captures(root):
    """Files below `root` in a fixed order: those of manifest.tsv where there is one."""
    manifest = root / "manifest.tsv"
    if manifest.is_file():
        lines = manifest.read_text().splitlines()[1:]
        return [root / line.split("\t")[0] for line in lines]
    return sorted(p for p in root.rglob("*") if p.is_file() and p.name.endswith(_CAPTURES))


def sample(paths, stride, largest=None):
    """Every `stride`-th of those captures that are no larger than `largest` bytes."""
    small = [p for p in paths if largest is None or p.stat().st_size <= largest]
    return small[::stride]


def short_name(path, root):
    return str(path.relative_to(root)) if root and path.is_relative_to(root) else str(path)
