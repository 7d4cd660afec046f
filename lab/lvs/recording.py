"""A recording of a director: what its kernel and the servers said, and which captures there are."""

import json
import re
from dataclasses import dataclass
from typing import NamedTuple

from lvs.packets import TCP, UDP

MODES = {"fnat": "fullnat"}
PROTOCOLS = {"tcp": TCP, "udp": UDP}
NAMES = {number: name for name, number in PROTOCOLS.items()}
EARLY = 0.001  # seconds before connect() that a packet may bear as its time


class CaptureSet(NamedTuple):
    name: str
    files: list
    director: object = None  # whose captures these are, and nobody else's
    fast: dict = {}  # seconds that a capture's clock is made to be fast


@dataclass
class Listing:
    """What ipvsadm said at one moment."""

    t: float
    servers: dict  # (protocol, virtual, real) -> (active, inactive)
    entries: dict  # (protocol, client, virtual) -> (state, real)


class Recording:
    def __init__(self, directory):
        self.directory = directory
        self.truth = json.loads((directory / "truth.json").read_text())
        self.name = directory.name
        self.mode = MODES.get(self.truth["mode"], self.truth["mode"])
        self.connections = sorted(self.truth["connections"], key=lambda one: one["t0"])
        self.directors = self.truth["directors"]
        self.by_tuple = {}
        for one in self.connections:
            self.by_tuple.setdefault(key(one), []).append(one)

    def at(self, tuple_, t):
        """The connection of this tuple that is open at t, or begins then."""
        found = self.by_tuple.get(tuple_)
        return max((one for one in found if one["t0"] - EARLY <= t), key=lambda one: one["t0"], default=found[0]) if found else None

    def path(self, name):
        plain = self.directory / name
        return plain if plain.exists() else self.directory / (name + ".gz")

    def sets(self):
        captures = self.truth["captures"]

        def of(hosts, interface=None):
            return [name for name, about in captures.items()
                    if about["ns"] in hosts and (interface is None or (about["if"] == "any") == (interface == "any"))]

        servers = {one["rs"] for one in self.truth["rips"]}
        clients = set(self.truth["cips"])
        found = [CaptureSet(name.removesuffix(".pcap"), [name], captures[name]["ns"]) for name in of(self.directors)]
        for director in self.directors:
            if len(cards := of([director], "card")) > 1:
                found.append(CaptureSet(f"{director} cards", cards, director))
        first = next(iter(self.directors))
        anywhere = of([first], "any")
        beside = of(servers, "card")
        found.append(CaptureSet("any+servers", anywhere + beside))
        found.append(CaptureSet("clocks differ", anywhere + beside, fast=dict(zip(beside, (0.37, -1.8, 0.06, -0.002)))))
        found.append(CaptureSet("any+clients", anywhere + of(clients, "card")))
        found.append(CaptureSet("servers", beside))
        found.append(CaptureSet("clients", of(clients, "card")))
        found.append(CaptureSet("everything", list(captures)))
        return [one for one in found if one.files]

    def listing(self, director):
        """Of IPVS with its usual timeouts, and whose entries nothing but packets ends."""
        path = self.directory / f"ipvs-{director}-end.txt"
        usual = self.mode != "fullnat" and not self.truth.get("timeouts") and not self.truth.get("split") and path.exists()
        return parse_listing(path.read_text()) if usual else None


def places(directories):
    """Each directory that is a recording, or has recordings in it: these."""
    for directory in directories:
        if (directory / "truth.json").exists():
            yield directory
        else:
            yield from sorted(path.parent for path in directory.glob("*/truth.json"))


def key(one):
    """Of a connection or a path: protocol, client and virtual service."""
    return PROTOCOLS[one.get("proto") or one["protocol"]], (one["cip"], one["cport"]), (one["vip"], one["vport"])


def endpoint(text):
    address, _, port = text.rpartition(":")
    return address.strip("[]"), int(port)


def parse_listing(text):
    """`ipvsadm -Ln` and `-Lnc`, each below its heading; the first line has the time."""
    found = Listing(float(re.search(r"t=([\d.]+)", text)[1]), {}, {})
    part, service = None, None
    for line in text.splitlines():
        words = line.split()
        if line.startswith("## "):
            part = line[3:]
        elif len(words) < 2 or words[0] not in ("TCP", "UDP", "FWM", "->"):
            continue
        elif part == "ipvsadm -Lnc" and words[0] != "->":
            client, virtual, real = map(endpoint, words[3:6])
            if client[1]:
                found.entries[PROTOCOLS[words[0].lower()], client, virtual] = (words[2], real)
        elif part == "ipvsadm -Ln" and words[0] in ("TCP", "UDP"):
            service = PROTOCOLS[words[0].lower()], endpoint(words[1])
        elif part == "ipvsadm -Ln" and words[0] == "FWM":
            service = None
        elif part == "ipvsadm -Ln" and service and words[1][-1].isdigit():
            found.servers[*service, endpoint(words[1])] = int(words[4]), int(words[5])
    return found
