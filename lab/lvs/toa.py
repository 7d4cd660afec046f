"""Puts the client's address into TCP options (TOA), as FULLNAT directors do, on packets that the kernel queues for it.

    toa.py QUEUE VARIANT [MISSING]

VARIANT `syn`: on the SYN and until the server's first data is acknowledged; `ack`: not on the SYN (DPVS). Each MISSING-th port goes
without. Offloads must be off, since checksums are made anew.
"""

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
SYN = 2


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


class Options:
    """Which packets get one: (client, virtual) of each connection -> the acknowledgement number that they bear."""

    def __init__(self, variant, missing):
        self.variant, self.missing = variant, missing
        self.early = {}

    def wanted(self, packet, start):
        sport, dport, _, ack = struct.unpack_from("!HHII", packet, start)
        name, flags = (packet[12:16], sport, packet[16:20], dport), packet[start + 13]
        if flags & SYN:
            self.early.pop(name, None)
            wanted = self.variant == "syn"
        else:
            wanted = self.early.setdefault(name, ack) == ack
        return wanted and not (self.missing and sport % self.missing == 0)

    def added(self, packet):
        """The packet with an option, where it gets one and has room for it."""
        start = (packet[0] & 15) * 4
        length = (packet[start + 12] >> 4) * 4
        if packet[9] != socket.IPPROTO_TCP or not self.wanted(packet, start):
            return packet
        if length + SIZE > LONGEST_HEADER or len(packet) + SIZE > LONGEST_PACKET:
            return packet
        header, segment = bytearray(packet[:start]), bytearray(packet[start:])
        segment[20:20] = struct.pack("!BB", KIND, SIZE) + packet[start : start + 2] + packet[12:16]
        segment[12] = (length + SIZE) // 4 << 4 | (segment[12] & 15)
        header[2:4] = struct.pack("!H", len(packet) + SIZE)
        header[10:12] = b"\0\0"
        header[10:12] = struct.pack("!H", checksum(bytes(header)))
        segment[16:18] = b"\0\0"
        pseudo = bytes(header[12:20]) + struct.pack("!HH", socket.IPPROTO_TCP, len(segment))
        segment[16:18] = struct.pack("!H", checksum(pseudo + bytes(segment)))
        return bytes(header + segment)


def main(queue, variant, missing=0):
    port = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    port.bind((0, 0))
    port.send(message(CONFIG, queue, attribute(CFG_CMD, struct.pack("!BBH", CMD_BIND, 0, socket.AF_INET))))
    port.send(message(CONFIG, queue, attribute(CFG_PARAMS, struct.pack("!IB", 0xFFFF, COPY_PACKET))))
    options = Options(variant, missing)
    while True:
        data = port.recv(1 << 17)
        kind = struct.unpack_from("=H", data, 4)[0]
        if kind != SUBSYSTEM | PACKET:
            continue
        found = attributes(data)
        packet, number = found[ATTR_PAYLOAD], found[ATTR_HEADER][:4]
        verdict = [attribute(ATTR_VERDICT, struct.pack("!I", ACCEPT) + number)]
        changed = options.added(packet)
        if changed is not packet:
            verdict.append(attribute(ATTR_PAYLOAD, changed))
        port.send(message(VERDICT, queue, *verdict))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:]))
