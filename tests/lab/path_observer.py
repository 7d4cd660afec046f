#!/usr/bin/env python3
"""In tapstat's place: says of a recording what its truth says and its packets determine, or lies when told so.

    path_observer.py VIEW --json --quiet -r FILE... [--at T]        with LIE in the environment: right, guess, other, lose, invent
"""

import json
import os
import pathlib
import sys

LAB = pathlib.Path(__file__).resolve().parents[2] / "lab"
sys.path.insert(1, str(LAB))
from lvs.evidence import MUST, Judged  # noqa: E402
from lvs.packets import read  # noqa: E402
from lvs.recording import NAMES, Recording, key  # noqa: E402
from lvs.verdict import faults  # noqa: E402


def path(one, evidence, mode, lie, servers):
    record = {"type": "lvs_path", "protocol": one["proto"], "mode": mode, "first": one["t0"]}
    record |= {field: one[field] for field in ("cip", "cport", "vip", "vport")}
    if evidence.server == MUST or lie == "guess":
        record |= {"rip": one["rip"], "rport": one["rport"]}
        if lie == "other":
            record["rip"] = next(server for server in servers if server not in evidence.servers)
    return record


def connection(one, number, translated):
    """The record of a connection, and its leg behind the director where that has other addresses."""
    client, server = {"ip": one["cip"], "port": one["cport"]}, {"ip": one["vip"], "port": one["vport"]}
    yield {"type": "tcp", "id": number, "client": client, "server": server} | ({"legs": [number + 1]} if translated else {})
    if translated:
        behind = {"ip": one["lip"], "port": one["lport"]} if one.get("lip") else client
        real = {"ip": one["rip"], "port": one["rport"]}
        yield {"type": "tcp", "id": number + 1, "client": behind, "server": real, "leg_of": number}


def records(view, files, at, lie):
    recording = Recording(pathlib.Path(files[0]).parent)
    names = [pathlib.Path(name).name.removesuffix(".gz") for name in files]
    judged = Judged(recording, names, read(files, recording.truth.get("gue_port")))
    if view == "findings":
        return [{"type": "finding", "kind": kind, "text": ""} for kind in faults(recording)[0]]
    if view == "nat":
        return []
    if view == "tcp":
        return [record for number, one in enumerate(recording.connections) if judged.of[one["id"]].path == MUST
                for record in connection(one, 2 * number, recording.mode in ("nat", "fullnat"))]
    servers = [one["ip"] for one in recording.truth["rips"]]
    paths = [path(one, judged.of[one["id"]], recording.mode, lie, servers)
             for one in recording.connections if judged.of[one["id"]].path == MUST]
    services = {(record["protocol"], record["vip"], record["vport"]) for record in paths}
    found = [{"type": "lvs_service", "protocol": proto, "vip": vip, "port": port, "mode": recording.mode}
             for proto, vip, port in services]
    if lie == "lose":
        del paths[:1]
    if lie == "invent" and paths:
        paths.append(paths[0] | {"cport": 1})
    if at:
        listing = recording.listing(recording.truth["captures"][names[0]]["ns"])
        paths = [record | {"state": listing.entries[key(record)][0]} for record in paths if key(record) in listing.entries]
        for service in found:
            service["real_servers"] = [
                {"ip": real[0], "port": real[1], "active": active, "inactive": inactive}
                for (proto, virtual, real), (active, inactive) in listing.servers.items()
                if (NAMES[proto], *virtual) == (service["protocol"], service["vip"], service["port"])]
    return found + paths


def main(arguments):
    files = [arguments[i + 1] for i, word in enumerate(arguments) if word == "-r"]
    for record in records(arguments[0], files, "--at" in arguments, os.environ.get("LIE")):
        print(json.dumps(record))


if __name__ == "__main__":
    main(sys.argv[1:])
