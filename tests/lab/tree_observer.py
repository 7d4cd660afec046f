"""Stands in for tapstat where the judge is judged: a crude observer of 802.1D config BPDUs and TCNs.

What a port on a link would hold names its segment; the root is that of the best of all.
"""

import functools
import gzip
import struct


def bridge_id(value):
    number = int.from_bytes(value[:2], "big")
    return {"priority": number & 0xF000, "system_id": number & 0x0FFF, "mac": value[2:].hex(":")}


@functools.cache
def bpdus(path):
    """(t, BPDU) of each in a capture."""
    data = (gzip.open if str(path).endswith(".gz") else open)(path, "rb").read()
    unit = 1e-9 if data[:4] == b"\x4d\x3c\xb2\xa1" else 1e-6
    at, found = 24, []
    while at + 16 <= len(data):
        seconds, fraction, size, _ = struct.unpack_from("<IIII", data, at)
        if data[at + 30 : at + 33] == b"\x42\x42\x03":
            found.append((seconds + fraction * unit, data[at + 33 : at + 16 + size]))
        at += 16 + size
    return found


def best(heard, now):
    """(t, BPDU) of what a port there would hold: of the same sender the newer, of others the better one that holds."""
    held = None
    for t, bpdu in heard:
        if bpdu[3] == 0 and t <= now:
            if not held or t > held[0] + left(held[1]) or bpdu[17:27] == held[1][17:27] or bpdu[5:27] < held[1][5:27]:
                held = t, bpdu
    return held if held and now < held[0] + left(held[1]) else None


def left(bpdu):
    """Seconds for which it holds."""
    age, most = struct.unpack_from("!HH", bpdu, 27)
    return (most - age) / 256


def segment(path, t, bpdu):
    return {"input": str(path), "designated_bridge": bridge_id(bpdu[17:25]), "role": "designated", "last": t,
            "designated_port": int.from_bytes(bpdu[25:27], "big"), "root_cost": int.from_bytes(bpdu[13:17], "big")}


def root_changes(heard):
    root = None
    for t, bpdu in heard:
        found = best(heard, t)
        if found and found[1][5:13] != root:
            if root:
                yield {"t": t, "from": bridge_id(root), "to": bridge_id(found[1][5:13])}
            root = found[1][5:13]


def episodes(heard, hello):
    found = []
    for t, bpdu in heard:
        if bpdu[3] == 0x80 or bpdu[4] & 1:
            if found and t - found[-1]["until"] <= 2 * hello:
                found[-1]["until"] = t
            else:
                found.append({"t": t, "until": t})
    return found


def observe(paths, at=None):
    """The record `stp` of these captures."""
    now = at or max(t for path in paths for t, _ in bpdus(path))
    found = [(path, *heard) for path in paths if (heard := best(bpdus(path), now))]
    record = {"type": "stp", "protocol": "stp", "segments": [segment(*one) for one in found]}
    if found:
        record["root"] = bridge_id(min(bpdu[5:13] for _, _, bpdu in found))
    if not at:
        heard = [one for path in paths for one in bpdus(path)]
        record |= {"root_changes": list(root_changes(heard)), "topology_changes": episodes(heard, 1)}
    return record
