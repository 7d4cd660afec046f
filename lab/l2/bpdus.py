"""BPDUs as octets, for what the kernel's bridges do not speak: RSTP, MSTP and Cisco's one tree a VLAN."""

import struct
from typing import NamedTuple

from l2.arp_frames import mac_octets

TO_BRIDGES, TO_CISCO = "01:80:c2:00:00:00", "01:00:0c:cc:cc:cd"
LLC, SNAP = b"\x42\x42\x03", b"\xaa\xaa\x03\x00\x00\x0c\x01\x0b"  # 802.1D-2004 9.1; Cisco's, protocol 0x010b
CHANGE, PROPOSAL, LEARNING, FORWARDING, AGREEMENT = 0x01, 0x02, 0x10, 0x20, 0x40
ROOT_ROLE, DESIGNATED_ROLE = 0x08, 0x0C
STEADY = DESIGNATED_ROLE | LEARNING | FORWARDING
RAPID, MULTIPLE = 2, 3  # versions
SECOND = 256  # of the times in a BPDU
TAG = 0x8100


class Bridge(NamedTuple):
    priority: int  # with the system id
    mac: str

    def octets(self):
        return struct.pack("!H", self.priority) + mac_octets(self.mac)


class Vector(NamedTuple):
    """What a designated port tells."""

    root: Bridge
    cost: int
    bridge: Bridge
    port: int
    age: float = 0  # seconds


def body(vector, flags, version=0, kind=0, timers=(20, 2, 15)):
    max_age, hello, forward_delay = timers
    times = struct.pack("!HHHH", *(int(t * SECOND) for t in (vector.age, max_age, hello, forward_delay)))
    return (struct.pack("!HBBB", 0, version, kind, flags) + vector.root.octets() + struct.pack("!I", vector.cost)
            + vector.bridge.octets() + struct.pack("!H", vector.port) + times)


def rapid(vector, flags=STEADY):
    """802.1D-2004 9.3.3; the last octet is the length of what version 1 has more, which is none."""
    return body(vector, flags, RAPID, 2) + b"\0"


def multiple(vector, name, digest, sender, internal_cost=0, flags=STEADY):
    """802.1Q-2018 14.4, without instances beside the CIST; the vector's bridge is the regional root."""
    region = b"\0" + name.encode().ljust(32, b"\0") + struct.pack("!H", 0) + digest
    tree = struct.pack("!I", internal_cost) + sender.octets() + bytes([20])
    return body(vector, flags, MULTIPLE, 2) + b"\0" + struct.pack("!H", 64) + region + tree


def per_vlan(vector, vlan, flags=STEADY):
    """Rapid-PVST+: an RST BPDU, and in a TLV of type 0 the VLAN that it is of."""
    return rapid(vector, flags) + struct.pack("!HHH", 0, 2, vlan)


def frame(source, payload, header=LLC, to=TO_BRIDGES, vlan=None):
    tag = b"" if vlan is None else struct.pack("!HH", TAG, vlan)
    content = header + payload
    return (mac_octets(to) + mac_octets(source) + tag + struct.pack("!H", len(content)) + content).ljust(60, b"\0")


def cisco(source, vector, vlan, tag=None, flags=STEADY):
    return frame(source, per_vlan(vector, vlan, flags), SNAP, TO_CISCO, tag)


def write_pcap(path, frames):
    """Of (t, frame), in time order."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for t, octets in sorted(frames, key=lambda one: one[0]):
            file.write(struct.pack("<IIII", int(t), round(t % 1 * 1e6) % 1000000, len(octets), len(octets)) + octets)
