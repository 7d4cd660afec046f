"""The captures to measure on, made by tapstat_generate and kept until it or their options change."""

import hashlib
import json
import subprocess
from typing import NamedTuple


class Capture(NamedTuple):
    """A file and how many packets are in it."""

    path: str
    packets: int
    command: str  # that makes it


class Captures:
    """Those of one build, in its folder captures/."""

    def __init__(self, build):
        self.generator = build / "bench" / "tapstat_generate"
        self.walk = build / "bench" / "tapstat_walk"
        self.folder = build / "captures"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.version = hashlib.sha256(self.generator.read_bytes()).hexdigest()
        self.drop_stale()

    def drop_stale(self):
        """Removes what another generator made: it would take room and not be read again."""
        for note in self.folder.glob("*.json"):
            if json.loads(note.read_text())["generator"] != self.version:
                note.with_suffix(".pcap").unlink(missing_ok=True)
                note.unlink()

    def make(self, profile, **options):
        """The capture of a profile with these options of tapstat_generate, in the page cache."""
        arguments = generate_arguments(profile, options)
        name = "-".join([profile, *(f"{key}-{value}" for key, value in sorted(options.items()))])
        path = self.folder / f"{name}.pcap"
        note = self.folder / f"{name}.json"
        made = {"generator": self.version, "arguments": arguments}
        known = json.loads(note.read_text()) if path.exists() and note.exists() else {}
        if {key: known.get(key) for key in made} != made:
            subprocess.run([self.generator, path, *arguments], check=True)
            known = {**made, "packets": self.count(path)}
            note.write_text(json.dumps(known))
        warm(path)
        command = " ".join(["tapstat_generate", path.name, *arguments])
        return Capture(str(path), known["packets"], command)

    def feeder(self, profile, **options):
        """The command that writes such a capture to its standard output."""
        return [str(self.generator), "-", *generate_arguments(profile, options)]

    def count(self, path):
        """The packets in a file."""
        said = subprocess.run([self.walk, path], check=True, stdout=subprocess.PIPE, text=True).stdout
        return int(said.split()[0])


def generate_arguments(profile, options):
    """As tapstat_generate takes them."""
    return ["--profile", profile, *(f"--{key}={value}" for key, value in sorted(options.items()))]


def warm(path):
    """Reads a file into the page cache."""
    with open(path, "rb") as file:
        while file.read(1 << 22):
            pass
