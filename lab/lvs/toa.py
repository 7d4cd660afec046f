"""Does to packets that the kernel queues for it what FULLNAT directors do beside translating.

    toa.py VARIANT [MISSING [delta]]

VARIANT tells where the client's address is put into a TCP option (TOA): `syn` on the SYN and until the server's first data is
acknowledged, `ack` not on the SYN (DPVS), `none`. Each MISSING-th port goes without. `delta`: the client's sequence numbers
become the director's own, and the SYN loses its timestamps. Offloads must be off, since checksums are made anew.
"""

import random
import socket
import struct
import sys

NETLINK_NETFILTER, SUBSYSTEM = 12, 3 << 8
PACKET, VERDICT, CONFIG = 0, 1, 2
CFG_CMD, CFG_PARAMS, CMD_BIND, COPY_PACKET = 1, 2, 1, 2
ATTR_HEADER, ATTR_VERDICT, ATTR_PAYLOAD = 1, 2, 10
ACCEPT = 1
REQUEST = 1
KIND, SIZE = 254, 8
LONGEST_HEADER, LONGEST_PACKET = 60, 1500
SYN, ACK = 2, 16
NOP, SACK, TIMESTAMPS = 1, 5, 8
REQUESTS, REPLIES = 1, 2  # the queues


def attribute(kind, data):
    size = 4 + len(data)
    return struct.pack("=HH", size, kind) + data + b"\0" * (-size % 4)


def message(kind, queue, *attributes):
    body = struct.pack("!BBH", 0, 0, queue) + b"".join(attributes)
    return struct.pack("=IHHII", 16 + len(body), SUBSYSTEM | kind, REQUEST, 0, 0) + body


def attributes(data):
    at, found = 20, {}
    while at + 4 <= len(data):
        size, kind = struct.unpack_from("=HH", data, at)
        found[kind & 0x3FFF] = data[at + 4 : at + size]
        at += (size + 3) & ~3 or 4
    return found


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def checked(header, segment):
    """The packet, with lengths and checksums that fit."""
    header[2:4] = struct.pack("!H", len(header) + len(segment))
    header[10:12] = b"\0\0"
    header[10:12] = struct.pack("!H", checksum(bytes(header)))
    segment[16:18] = b"\0\0"
    pseudo = bytes(header[12:20]) + struct.pack("!HH", socket.IPPROTO_TCP, len(segment))
    segment[16:18] = struct.pack("!H", checksum(pseudo + bytes(segment)))
    return bytes(header + segment)


def options(segment):
    """(kind, offset, length) of each option that has one."""
    at, end = 20, (segment[12] >> 4) * 4
    while at + 1 < end and segment[at]:
        if segment[at] == NOP:
            at += 1
            continue
        yield segment[at], at, segment[at + 1]
        at += max(segment[at + 1], 2)


def add(segment, at, difference):
    struct.pack_into("!I", segment, at, (struct.unpack_from("!I", segment, at)[0] + difference) & 0xFFFFFFFF)


class Rewriter:
    """What becomes of packets on their way to and from real servers, beside their addresses."""

    def __init__(self, variant, missing, delta):
        self.variant, self.missing, self.own_numbers = variant, missing, delta
        self.early = {}  # (client, virtual) -> the acknowledgement number until which its packets get an option
        self.deltas = {}  # client -> what its sequence numbers are raised by

    def rewritten(self, queue, packet):
        header = bytearray(packet[: (packet[0] & 15) * 4])
        segment = bytearray(packet[len(header) :])
        if header[9] != socket.IPPROTO_TCP:
            return packet
        if queue == REPLIES:
            self.lowered(header, segment)
        else:
            self.raised(header, segment)
            self.introduced(header, segment)
        return checked(header, segment)

    def raised(self, header, segment):
        client = bytes(header[12:16]), bytes(segment[:2])
        if self.own_numbers and segment[13] & SYN:
            self.deltas[client] = random.getrandbits(32)
            for kind, at, size in options(segment):
                if kind == TIMESTAMPS:
                    segment[at : at + size] = bytes([NOP]) * size
        add(segment, 4, self.deltas.get(client, 0))

    def lowered(self, header, segment):
        delta = self.deltas.get((bytes(header[16:20]), bytes(segment[2:4])), 0)
        if segment[13] & ACK:
            add(segment, 8, -delta)
        for kind, at, size in options(segment):
            if kind == SACK:
                for edge in range(at + 2, at + size, 4):
                    add(segment, edge, -delta)

    def introduced(self, header, segment):
        """With the client's address, where it is wanted and there is room."""
        length = (segment[12] >> 4) * 4
        room = length + SIZE <= LONGEST_HEADER and len(header) + len(segment) + SIZE <= LONGEST_PACKET
        if room and self.wanted(header, segment):
            segment[20:20] = bytes([KIND, SIZE]) + segment[:2] + header[12:16]
            segment[12] = (length + SIZE) // 4 << 4 | (segment[12] & 15)

    def wanted(self, header, segment):
        sport, _, _, ack = struct.unpack_from("!HHII", segment)
        name = bytes(header[12:20]), bytes(segment[:4])
        if segment[13] & SYN:
            self.early.pop(name, None)
            wanted = self.variant == "syn"
        else:
            wanted = self.variant != "none" and self.early.setdefault(name, ack) == ack
        return wanted and not (self.missing and sport % self.missing == 0)


def main(variant, missing="0", delta=""):
    port = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    port.bind((0, 0))
    for queue in (REQUESTS, REPLIES):
        port.send(message(CONFIG, queue, attribute(CFG_CMD, struct.pack("!BBH", CMD_BIND, 0, socket.AF_INET))))
        port.send(message(CONFIG, queue, attribute(CFG_PARAMS, struct.pack("!IB", 0xFFFF, COPY_PACKET))))
    rewriter = Rewriter(variant, int(missing), bool(delta))
    while True:
        data = port.recv(1 << 17)
        kind, queue = struct.unpack_from("=H", data, 4)[0], struct.unpack_from("!H", data, 18)[0]
        if kind != SUBSYSTEM | PACKET:
            continue
        found = attributes(data)
        verdict = attribute(ATTR_VERDICT, struct.pack("!I", ACCEPT) + found[ATTR_HEADER][:4])
        changed = attribute(ATTR_PAYLOAD, rewriter.rewritten(queue, found[ATTR_PAYLOAD]))
        port.send(message(VERDICT, queue, verdict, changed))


if __name__ == "__main__":
    main(*sys.argv[1:])
