"""What a capture of a director shows, read by a parser of our own, so that the judge does not rest on what it judges."""

import contextlib
import gzip
import pathlib
import socket
import struct
from typing import NamedTuple, Optional

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
ETHERNET, LINUX_SLL, LINUX_SLL2, RAW = 1, 113, 276, 101
IPV4, IPV6, ARP, VLAN_TAGS = 0x0800, 0x86DD, 0x0806, (0x8100, 0x88A8)
ICMP, TCP, UDP, ICMP6 = 1, 6, 17, 58
ECHOES = {ICMP: (0, 8), ICMP6: (128, 129)}
IPIP, IPV6_IN, GRE = 4, 41, 47
FILE_HEADER, RECORD_HEADER = 24, 16
SYNC_PORTS = range(8848, 8864)
OUTGOING = 4  # packet type of a cooked record
BAD = (struct.error, IndexError, ValueError, OSError)  # of bytes that are not what they seem


class Packet(NamedTuple):
    """A transport segment, innermost where it is tunnelled."""

    t: float
    capture: int  # which of the input
    ethernet: bool  # has a destination MAC
    outgoing: Optional[bool]  # of a cooked record
    src_mac: str
    dst_mac: Optional[str]
    ttl: int
    ip_id: Optional[int]
    proto: int
    src: str
    sport: int
    dst: str
    dport: int
    flags: int
    seq: int
    length: int  # of the payload
    outer: Optional[tuple]  # (source, destination) of the tunnel


class SyncEntry(NamedTuple):
    proto: int
    client: tuple
    virtual: tuple
    real: tuple


class Seen:
    """All that a set of captures shows."""

    def __init__(self):
        self.packets = []
        self.ties = set()  # (MAC, address) that ARP or neighbour discovery says
        self.spoken = set()  # (MAC, address) of frames' senders
        self.synced = []


def read(paths, gue_port=None):
    seen = Seen()
    for number, path in enumerate(paths):
        for t, link, data in records(path):
            try:
                take(seen, number, t, link, data, gue_port)
            except BAD:
                continue
    return seen


def records(path):
    """(time, link type, bytes) of each record of a pcap file."""
    data = content(path)
    if len(data) < FILE_HEADER:
        return
    order, unit = form(data)
    (link,) = struct.unpack_from(order + "I", data, 20)
    for at, seconds, fraction, captured in headers(data, order):
        yield seconds + fraction / unit, link & 0xFFFF, data[at + RECORD_HEADER : at + RECORD_HEADER + captured]


def content(path):
    path = pathlib.Path(path)
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def form(data):
    """Byte order, and what a second's fraction counts."""
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    return order, 10**9 if data[:4] in (b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d") else 10**6


def headers(data, order):
    at = FILE_HEADER
    while at + RECORD_HEADER <= len(data):
        seconds, fraction, captured, _ = struct.unpack_from(order + "IIII", data, at)
        yield at, seconds, fraction, captured
        at += RECORD_HEADER + captured


def shifted(path, by):
    """The same capture by a clock that is fast by so many seconds."""
    data = bytearray(content(path))
    order, unit = form(data) if len(data) >= FILE_HEADER else ("<", 1)
    for at, seconds, fraction, _ in headers(bytes(data), order):
        struct.pack_into(order + "II", data, at, *divmod(seconds * unit + fraction + round(by * unit), unit))
    return data


def mac_text(raw):
    return ":".join(f"{byte:02x}" for byte in raw)


def take(seen, number, t, link, data, gue_port):
    ethernet, outgoing, destination = link == ETHERNET, None, None
    if ethernet:
        destination, source, (kind,), at = mac_text(data[:6]), mac_text(data[6:12]), struct.unpack_from("!H", data, 12), 14
        while kind in VLAN_TAGS:
            (kind,), at = struct.unpack_from("!H", data, at + 2), at + 4
    elif link == LINUX_SLL2:
        (kind,), outgoing, source, at = struct.unpack_from("!H", data), data[10] == OUTGOING, mac_text(data[12:18]), 20
    elif link == LINUX_SLL:
        (kind,), outgoing, source, at = struct.unpack_from("!H", data, 14), data[1] == OUTGOING, mac_text(data[6:12]), 16
    else:
        source, kind, at = "", IPV4 if data[0] >> 4 == 4 else IPV6, 0
    if kind == ARP:
        take_arp(seen, data[at:])
    elif kind in (IPV4, IPV6):
        frame = (t, number, ethernet, outgoing, source, destination)
        take_ip(seen, frame, data[at:], None, gue_port)


def take_arp(seen, data):
    sender = socket.inet_ntoa(data[14:18])
    if sender != "0.0.0.0":
        seen.ties.add((mac_text(data[8:14]), sender))


def take_ip(seen, frame, data, outer, gue_port):
    if data[0] >> 4 == 4:
        header, (total, ip_id, fragment), ttl, proto = (data[0] & 15) * 4, struct.unpack_from("!HHH", data, 2), data[8], data[9]
        src, dst = socket.inet_ntoa(data[12:16]), socket.inet_ntoa(data[16:20])
        if fragment & 0x1FFF:
            return
    else:
        header, ip_id, ttl, proto = 40, None, data[7], data[6]
        total = 40 + struct.unpack_from("!H", data, 4)[0]
        src, dst = socket.inet_ntop(socket.AF_INET6, data[8:24]), socket.inet_ntop(socket.AF_INET6, data[24:40])
    if not outer:
        seen.spoken.add((frame[4], src))
    rest = data[header:]
    if proto in (IPIP, IPV6_IN):
        take_ip(seen, frame, rest, (src, dst), gue_port)
    elif proto == GRE and struct.unpack_from("!H", rest, 2)[0] in (IPV4, IPV6):
        # Of checksum, key and sequence number, each that is there takes four bytes.
        at = 4 + 4 * sum(bool(rest[0] & bit) for bit in (0x80, 0x20, 0x10))
        take_ip(seen, frame, rest[at:], (src, dst), gue_port)
    elif proto == UDP and gue_port and struct.unpack_from("!H", rest, 2)[0] == gue_port:
        take_ip(seen, frame, rest[8 + 4 + (rest[8] & 31) * 4 :], (src, dst), gue_port)
    elif proto in ECHOES and rest[0] in ECHOES[proto]:
        take_echo(seen, frame, (ttl, ip_id, proto, src, dst), rest, outer)
    elif proto == ICMP6:
        take_discovery(seen, src, rest)
    elif proto in (TCP, UDP):
        take_segment(seen, frame, (ttl, ip_id, proto, src, dst), rest, total - header, outer)


def take_segment(seen, frame, network, data, size, outer):
    ttl, ip_id, proto, src, dst = network
    sport, dport = struct.unpack_from("!HH", data)
    if proto == TCP:
        (seq,), flags, length = struct.unpack_from("!I", data, 4), data[13] & 0x1F, size - (data[12] >> 4) * 4
    else:
        seq, flags, length = 0, 0, size - 8
        if dport in SYNC_PORTS and dst.startswith(("224.", "ff")):
            seen.synced += sync_entries(data[8:])
    seen.packets.append(Packet(*frame, ttl, ip_id, proto, src, sport, dst, dport, flags, seq, length, outer))


def take_echo(seen, frame, network, data, outer):
    """The identifier stands where others have ports."""
    ttl, ip_id, proto, src, dst = network
    number, seq = struct.unpack_from("!HH", data, 4)
    seen.packets.append(Packet(*frame, ttl, ip_id, proto, src, number, dst, number, data[0], seq, len(data) - 8, outer))


def take_discovery(seen, src, data):
    kind, at = data[0], 24
    if kind not in (135, 136):
        return
    about = src if kind == 135 else socket.inet_ntop(socket.AF_INET6, data[8:24])
    while at + 8 <= len(data) and data[at + 1]:
        if data[at] == kind - 134 and about != "::":  # the sender's own link-layer address: option 1 or 2
            seen.ties.add((mac_text(data[at + 2 : at + 8]), about))
        at += data[at + 1] * 8


def sync_entries(data):
    """Of both versions of the protocol (linux/net/netfilter/ipvs/ip_vs_sync.c), as far as the message was captured."""
    found = []
    with contextlib.suppress(*BAD):
        found.extend(sync_v1(data) if data[0] == 0 else sync_v0(data))
    return found


def sync_v0(data):
    at = 4
    for _ in range(data[0]):
        proto, cport, vport, dport = data[at + 1], *struct.unpack_from("!HHH", data, at + 2)
        caddr, vaddr, daddr = (socket.inet_ntoa(data[at + i : at + i + 4]) for i in (8, 12, 16))
        yield SyncEntry(proto, (caddr, cport), (vaddr, vport), (daddr, dport))
        (flags,) = struct.unpack_from("!H", data, at + 20)
        at += 24 + (24 if flags & 0x0600 else 0)


def sync_v1(data):
    at = 8
    for _ in range(data[4]):
        family, size = (socket.AF_INET6, 16) if data[at] & 1 else (socket.AF_INET, 4)
        length = struct.unpack_from("!H", data, at + 2)[0] & 0x0FFF
        cport, vport, dport = struct.unpack_from("!HHH", data, at + 10)
        caddr, vaddr, daddr = (socket.inet_ntop(family, data[at + 24 + i * size : at + 24 + (i + 1) * size]) for i in range(3))
        yield SyncEntry(data[at + 1], (caddr, cport), (vaddr, vport), (daddr, dport))
        at += (length + 3) & ~3
