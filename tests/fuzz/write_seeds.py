#!/usr/bin/env python3
"""Writes the seeds that samples/ does not have: ICMP errors about TCP, odd frames, BPDUs, what load balancers say,
segments in odd orders, arguments, keys.

Without them a fuzzer would have to guess that an error quotes a connection's addresses and ports.
`tests/fuzz/write_seeds.py` rewrites tests/fuzz/seeds/; ./dev fuzz reads them beside the samples.
"""

import gzip
import ipaddress
import pathlib
import struct

SEEDS = pathlib.Path(__file__).parent / "seeds"
ETHERNET, RAW = 1, 101
FIN, SYN, RST, ACK = 1, 2, 4, 16
CLIENT, SERVER, ROUTER = "10.0.0.1", "10.0.0.2", "10.0.0.9"
CLIENT6, SERVER6, ROUTER6 = "fd00::1", "fd00::2", "fd00::9"


def ip(source, destination, protocol, payload, identification=0, ttl=64):
    source, destination = ipaddress.ip_address(source), ipaddress.ip_address(destination)
    if source.version == 6:
        head = struct.pack("!IHBB", 6 << 28, len(payload), protocol, ttl)
    else:
        head = struct.pack(
            "!BBHHHBBH", 0x45, 0, 20 + len(payload), identification, 0, ttl, protocol, 0)
    return head + source.packed + destination.packed + payload


def tcp(source, destination, flags, seq, ack=0, data=b"", ports=(40000, 80), **of_ip):
    head = struct.pack("!HHIIBBHHH", *ports, seq, ack, 5 << 4, flags, 64240, 0, 0)
    return ip(source, destination, 6, head + data, **of_ip)


def back(source, destination, *segment, **of_ip):
    return tcp(source, destination, *segment, ports=(80, 40000), **of_ip)


def icmp(router, receiver, kind, code, quote, extension=b""):
    if extension:
        quote = quote.ljust(128, b"\0") + extension
    message = struct.pack("!BBHI", kind, code, 0, 32 << 16 if extension else 0) + quote
    return ip(router, receiver, 58 if ":" in router else 1, message)


def ethernet(packet, tags=(), macs=(1, 2)):
    head = bytes((2, 0, 0, 0, 0, macs[1], 2, 0, 0, 0, 0, macs[0]))
    head += b"".join(struct.pack("!HH", 0x8100, tag) for tag in tags)
    return head + (b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00") + packet


def gre(packet):
    return ip("192.0.2.1", "192.0.2.2", 47, b"\0\0\x08\0" + packet)


def pcap(frames, step=0.01, link=ETHERNET):
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    for i, frame in enumerate(frames):
        microseconds = 1_700_000_000_000_000 + int(i * step * 1e6)
        out += struct.pack("<IIII", *divmod(microseconds, 1_000_000), len(frame), len(frame))
        out += frame
    return out


def about(packet):
    """As much of it as every router quotes."""
    return packet[:(40 if packet[0] >> 4 == 6 else 20) + 8]


SYN_4, SYN_6 = tcp(CLIENT, SERVER, SYN, 1000), tcp(CLIENT6, SERVER6, SYN, 1000)
SYN_ACK_4 = back(SERVER, CLIENT, SYN | ACK, 5000, 1001)
SYN_ACK_6 = back(SERVER6, CLIENT6, SYN | ACK, 5000, 1001)
ACK_4 = tcp(CLIENT, SERVER, ACK, 1001, 5001)
DATA_4 = tcp(CLIENT, SERVER, ACK, 1001, 5001, b"x" * 10)
UNREACHABLE = icmp(ROUTER, CLIENT, 3, 1, about(SYN_4))
UNREACHABLE_6 = icmp(ROUTER6, CLIENT6, 1, 3, about(SYN_6))
LABELS = bytes.fromhex("2000 0000 0008 0101 00010140")  # RFC 4950


def with_options(packet):
    """The IPv6 packet with destination options before what it carries."""
    options = bytes((packet[6], 0, 1, 4, 0, 0, 0, 0))
    length = struct.pack("!H", len(packet) - 40 + len(options))
    return packet[:4] + length + b"\x3c" + packet[7:40] + options + packet[40:]


def seen_twice(packets):
    """On both sides of a router."""
    for number, (packet, ttl) in enumerate(packets):
        for side in range(2):
            seen = bytearray(packet)
            seen[4:6] = struct.pack("!H", 100 + number)
            seen[8] = ttl - side
            yield ethernet(bytes(seen), macs=(1 + side, 2 + side))


CAPTURES = {
    "syn-unreachable": pcap([ethernet(SYN_4), ethernet(UNREACHABLE)]),
    "syn-unreachable-6": pcap([ethernet(SYN_6), ethernet(UNREACHABLE_6)]),
    "syn-ack-unreachable": pcap(
        [ethernet(p) for p in (SYN_4, SYN_ACK_4, icmp(ROUTER, SERVER, 3, 0, about(SYN_ACK_4)))]),
    "syn-ack-prohibited-6": pcap(
        [ethernet(p) for p in (SYN_6, SYN_ACK_6, icmp(ROUTER6, SERVER6, 1, 1, about(SYN_ACK_6)))]),
    "data-unreachable": pcap(
        [ethernet(p) for p in (
            SYN_4, SYN_ACK_4, ACK_4, DATA_4, icmp(ROUTER, CLIENT, 3, 13, about(DATA_4)), DATA_4)]),
    "too-big": pcap(
        [ethernet(p) for p in (SYN_6, SYN_ACK_6, icmp(ROUTER6, CLIENT6, 2, 0, about(SYN_6)))]),
    "time-exceeded-in-vlan": pcap(
        [ethernet(p, (10, 20))
         for p in (SYN_4, icmp(ROUTER, CLIENT, 11, 0, about(SYN_4), LABELS), SYN_4)]),
    "in-tunnel": pcap([ethernet(gre(p)) for p in (SYN_4, UNREACHABLE, SYN_4)]),
    "raw-ip": pcap([SYN_4, UNREACHABLE], link=RAW),
    "options-before-tcp": pcap(
        [ethernet(with_options(SYN_6)),
         ethernet(icmp(ROUTER6, CLIENT6, 1, 4, with_options(SYN_6)))]),
    "error-again-and-late": pcap(
        [ethernet(p) for p in (SYN_4, SYN_4, UNREACHABLE, UNREACHABLE, SYN_ACK_4, UNREACHABLE)], 1.0),
    "error-first": pcap([ethernet(UNREACHABLE), ethernet(SYN_4)]),
    "seen-twice": pcap(
        seen_twice([(SYN_4, 64), (SYN_ACK_4, 60), (ACK_4, 64), (DATA_4, 64),
                    (back(SERVER, CLIENT, FIN | ACK, 5001, 1011), 60),
                    (tcp(CLIENT, SERVER, RST, 1011), 64)]), 0.002),
}

# Link type, then how much longer the frame was on the wire.
FRAMES = {
    "unreachable": (ETHERNET, 0, ethernet(UNREACHABLE)),
    "unreachable-6": (ETHERNET, 0, ethernet(UNREACHABLE_6)),
    "unreachable-cut": (ETHERNET, 4, ethernet(UNREACHABLE)[:-4]),
    "unreachable-whole-quote": (ETHERNET, 0, ethernet(icmp(ROUTER, CLIENT, 3, 13, DATA_4))),
    "time-exceeded-labels": (
        ETHERNET, 0, ethernet(icmp(ROUTER, CLIENT, 11, 0, about(SYN_4), LABELS), (5,))),
    "options-before-tcp": (
        ETHERNET, 0, ethernet(icmp(ROUTER6, CLIENT6, 1, 4, with_options(SYN_6)))),
    "unreachable-in-gre": (ETHERNET, 0, ethernet(gre(UNREACHABLE))),
    "tunnel-unreachable": (ETHERNET, 0, ethernet(icmp(ROUTER, "192.0.2.1", 3, 1, gre(SYN_4)))),
    "unreachable-raw": (RAW, 0, UNREACHABLE),
    "syn": (ETHERNET, 0, ethernet(SYN_4)),
    "syn-6-options": (ETHERNET, 0, ethernet(with_options(SYN_6), (1, 2))),
}


BPDU_VECTOR = bytes.fromhex("600a020a01000200 00000004 800a020a01000100 8002 0180 1400 0200 0f00")
MST_REGION = b"\0" + b"floor-1".ljust(32, b"\0") + b"\0\7" + bytes(range(16))
MSTI_MESSAGE = bytes.fromhex("3d 2005020a01000400 00000064 90 40 12")
PVST_VLAN = bytes.fromhex("0000 0002 000a")


def mst(version, length, *behind):
    rst = bytes((0, 0, version, 2, 0x7C)) + BPDU_VECTOR + b"\0"
    return rst + struct.pack("!H", length) + MST_REGION + b"".join(behind)


CIST = bytes.fromhex("000000c8 1000020a01000300 13")
PRE_STANDARD = bytes.fromhex(
    "1000020a01000300 000000c8 13"
    "0005 3d 2005020a01000400 00000064 9005020a01000300 8003 12 00")

# In SNAP or not, then the octets.
BPDUS = {
    "config": (0, b"\0\0\0\0\x81" + BPDU_VECTOR),
    "config-pvst": (1, b"\0\0\0\0\x81" + BPDU_VECTOR + b"\0" + PVST_VLAN),
    "tcn": (0, b"\0\0\0\x80"),
    "rst": (0, b"\0\0\2\2\x3c" + BPDU_VECTOR + b"\0"),
    "rst-pvst": (1, b"\0\0\2\2\x3c" + BPDU_VECTOR + b"\0" + PVST_VLAN),
    "mst": (0, mst(3, 96, CIST, MSTI_MESSAGE, MSTI_MESSAGE)),
    "mst-counted": (0, mst(3, 2, CIST, MSTI_MESSAGE, MSTI_MESSAGE)),
    "mst-pre-standard": (
        0, mst(3, 0, PRE_STANDARD).replace(b"\0floor", bytes((64 + 26,)) + b"floor")),
    "spt": (0, mst(4, 80, CIST, MSTI_MESSAGE, b"\0\x55", bytes(85))),
}

# As ipvsadm-save -n writes it, with an option of each kind.
IPVS_CONFIGURATION = b"""-A -t 192.0.2.1:80 -s wrr -p 50 -M 255.255.255.0 -b sh-port
-a -t 192.0.2.1:80 -r 10.0.0.5:8080 -m -w 4 -x 9 -y 5
-A -u [2001:db8::1]:53 -s sh -o
-a -u [2001:db8::1]:53 -r [fd00::5]:53 -i -w 0 --tun-type gue --tun-port 6080 --tun-nocsum
-A -f 7 -s rr
-a -f 7 -r 10.0.0.5:0 -g -w 1
"""

def sync_entry(parameters=b"", v6=False):
    addresses = b"".join(ipaddress.ip_address(a).packed for a in (
        ("2001:db8::7", "2001:db8::80", "fd00::b") if v6 else ("198.51.100.7", "192.0.2.80", "10.0.0.11")))
    body = struct.pack("!IHHHHII", 0x0103, 1, 40000, 80, 8080, 0, 900) + addresses + parameters
    return struct.pack("!BBH", v6, 6, 4 + len(body)) + body


def sync_v1(*entries):
    body = b""
    for entry in entries:
        body = body.ljust((len(body) + 3) // 4 * 4, b"\0") + entry
    return struct.pack("!BBHBBH", 0, 7, 8 + len(body), len(entries), 1, 0) + body


def sync_v0(flags, options=b""):
    entry = struct.pack("!BBHHH", 0, 6, 40000, 80, 8080) + bytes((198, 51, 100, 7, 192, 0, 2, 80, 10, 0, 0, 11))
    body = (entry + struct.pack("!HH", flags, 1) + options) * 2
    return struct.pack("!BBH", 2, 7, 4 + len(body)) + body


SHIFTS = struct.pack("!IIIIII", 1, 2, 3, 4, 5, 6)
SYNC = {
    "v1": sync_v1(sync_entry(), sync_entry(v6=True)),
    "v1-parameters": sync_v1(sync_entry(b"\1\x18" + SHIFTS + b"\3\3sip\2\4abcd\x49\1\0"), sync_entry()),
    "v0": sync_v0(3),
    "v0-options": sync_v0(0x600, SHIFTS),
}

CLIENT_SOCKET = bytes.fromhex("9c40c6336407")
CLIENT_SOCKET_6 = bytes.fromhex("9c4020010db8000000000000000000000007")
SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
CARRIED = {
    "toa": b"\xfe\x08" + CLIENT_SOCKET,
    "toa-6": b"\xfd\x14" + CLIENT_SOCKET_6,
    "vtoa": b"\xfc\x14" + CLIENT_SOCKET + bytes.fromhex("00000005c000025000500000"),
    "vtoa-6": b"\xf9\x28" + CLIENT_SOCKET_6 + bytes(4) + CLIENT_SOCKET_6[2:],
    "kind-28": bytes.fromhex("1c0701c6336407"),
    "uoa": bytes(40) + b"\x1f\x08" + CLIENT_SOCKET,
    "proxy-1": b"PROXY TCP4 198.51.100.7 192.0.2.80 40000 80\r\n",
    "proxy-1-6": b"PROXY TCP6 2001:db8::7 2001:db8::80 40000 80\r\n",
    "proxy-1-unknown": b"PROXY UNKNOWN\r\n",
    "proxy-2": SIGNATURE + bytes.fromhex("2111000cc6336407c00002509c400050"),
    "proxy-2-6": SIGNATURE + b"\x21\x21\0\x24" + CLIENT_SOCKET_6[2:] * 2 + bytes.fromhex("9c400050"),
    "proxy-2-local": SIGNATURE + bytes.fromhex("20000000"),
}

ADVERTS = {
    "v2": bytes.fromhex("21f7960100010bddcb0071280000000000000000"),
    "v3": bytes.fromhex("31016402006465930a0000640a000065"),
    "v3-6": bytes.fromhex("3101640100640000fe800000000000000000000000000100"),
}


def netlink(kind, body, flags=2):
    return struct.pack("<IHHII", 16 + len(body), kind, flags, 1, 0) + body


def kernel_socket(family, state, source, destination, ports=(80, 40000)):
    ends = [ipaddress.ip_address(end).packed.ljust(16, b"\0") for end in (source, destination)]
    head = struct.pack("<BBBB", family, state, 0, 0) + struct.pack("!HH", *ports)
    return netlink(20, head + b"".join(ends) + struct.pack("<8I", 0, 1, 0, 0, 0, 0, 1000, 4711))


DUMP_DONE = netlink(3, bytes(4))
KERNEL_SOCKETS = {
    "ipv4": kernel_socket(2, 1, "192.0.2.1", "192.0.2.2"),
    "ipv6": kernel_socket(10, 6, "2001:db8::1", "2001:db8::2"),
    "mapped-listener": kernel_socket(10, 10, "::ffff:192.0.2.1", "::", (80, 0)) + DUMP_DONE,
    "whole": kernel_socket(2, 1, "192.0.2.1", "192.0.2.2") + DUMP_DONE,
    "refused": netlink(2, struct.pack("<i", -2)),
    "interrupted": netlink(3, bytes(4), 0x12),
}


def dns_name(name):
    return b"".join(bytes((len(label),)) + label.encode() for label in name.split(".")) + b"\0"


def dns(question, kind, *answers):
    head = struct.pack("!6H", 7, 0x8180, 1, len(answers), 0, 0)
    return head + dns_name(question) + struct.pack("!HH", kind, 1) + b"".join(answers)


def answer(kind, data, owner=b"\xc0\x0c"):
    return owner + struct.pack("!HHIH", kind, 1, 300, len(data)) + data


DNS = {
    "a": dns("www.example.org", 1, answer(1, bytes((192, 0, 2, 1)))),
    "aaaa": dns("www.example.org", 28, answer(28, ipaddress.ip_address("2001:db8::1").packed)),
    "alias": dns("www.example.org", 1, answer(5, b"\3web\xc0\x10"),
                 answer(1, bytes((192, 0, 2, 1)), b"\xc0\x2d")),
    "pointer": dns("1.2.0.192.in-addr.arpa", 12, answer(12, dns_name("www.example.org"))),
    "to-itself": dns("a", 1, answer(5, b"\xc0\x1a")),
}

DHCP_HEAD = bytes((2, 1, 6, 0)) + bytes(12) + bytes((10, 0, 0, 5)) + bytes(216) + b"\x63\x82\x53\x63"
DHCP = {
    "ack": DHCP_HEAD + b"\x35\1\5\1\4\xff\xff\xff\0\3\4\x0a\0\0\1\xff",
    "classless": DHCP_HEAD + b"\x35\1\5\x79\x0d\0\x0a\0\0\1\x18\xc0\0\2\x0a\0\0\2\xff",
    "overload": DHCP_HEAD + b"\x35\1\2\x34\1\3\x21\x08\xc0\0\2\0\x0a\0\0\2\0\0\xff",
}


def block(kind, body):
    body = body.ljust((len(body) + 3) // 4 * 4, b"\0")
    return struct.pack("<II", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value.ljust((len(value) + 3) // 4 * 4, b"\0")


def enhanced(frame, interface=0):
    return block(6, struct.pack("<IIIII", interface, 0x60000, 0, len(frame), len(frame)) + frame)


SECTION = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + option(1, b"\x1b[31mred"))
INTERFACES = (block(1, struct.pack("<HHI", 1, 0, 0) + option(2, b"eth0") + option(9, b"\x09"))
              + block(1, struct.pack("<HHI", 101, 0, 96) + option(2, b"\x9b\xe2\x80\xae") + option(14, bytes(8))))
STATISTICS = block(5, struct.pack("<III", 0, 0x60000, 9) + option(3, bytes(8)) + option(7, bytes(8)))
PCAPNG = (SECTION + INTERFACES + enhanced(ethernet(SYN_4)) + enhanced(SYN_6, 1)
          + block(3, struct.pack("<I", 60) + ethernet(ACK_4)) + STATISTICS)
FILES = {
    "pcap": pcap([ethernet(SYN_4)]),
    "pcap-gzip": gzip.compress(pcap([ethernet(SYN_4), ethernet(ACK_4)]), mtime=0),
    "pcapng": PCAPNG,
    "pcapng-gzip": gzip.compress(PCAPNG, mtime=0),
}
# Names that would drive a terminal.
CAPTURES["names-of-interfaces"] = SECTION + INTERFACES + enhanced(
    bytes.fromhex("0180c2000000 020a01000101 0026 424203") + BPDUS["config"][1], 0) + enhanced(SYN_4, 1)

QUERIES = {
    "where": b'state == CLOSE_WAIT and server.port in {80, 443} or not rtt.max > 200ms',
    "pattern": b'cause ~ "^sent (SYN|FIN)$" and client.ip in 10.0.0.0/8',
    "expect": b"count(state == CLOSE_WAIT and age > 60) == 0 and max(rtt.max) < 1s",
}
ARGUMENTS = {str(number): text for number, text in enumerate((
    b"2026-11-21T14:05:00.25+01:00", b"1795215175.5", b"+12.5", b"1h30m", b"10.0.0.1:80",
    b"[fd00::1]:80", b"10.0.0.1:40000-[::2]:80", b"time_wait=inf"))}
OPTIONS = {
    "tcp": b"tcp\n-r\na.pcap\n--where\nstate == CLOSED\n--format\nzeek\nport 80",
    "live": b"-i\neth0\n-w\nf.pcapng\n-C\n10\n-W\n3\n--memory\n1G",
    "lvs": b"lvs\na.pcap\n--triage\n10.0.0.1:80\n--toa-kind\n254,28\n--stack\nbsd\n--timer\ntime_wait=3",
}
DASHBOARD = {
    "commands": bytes((24, 80, 0)) + b"::sort packets\n:open 3\n/state == CLOSED\n",
    "keys": bytes((50, 160, 1)) + b"1234567?jjkGgsSr tm" + bytes(range(0x80, 0xA0)),
}


# A step of tests/fuzz/segment_script.cc: what, of which connection's end.
def segment(kind, end=0, connection=0, *more):
    return bytes((kind << 3 | end << 2 | connection,)) + bytes(more)


HANDSHAKE = segment(0, 0, 0, 0) + segment(1, 1, 0, 0) + segment(2)
CLOSE = segment(6) + segment(2, 1) + segment(6, 1) + segment(2)
SEGMENTS = {
    "whole": HANDSHAKE + segment(4, 0, 0, 100) + segment(2, 1) + segment(5, 1, 0, 200) + segment(2) + CLOSE,
    "wrapped": HANDSHAKE + segment(4, 0, 0, 255) * 3 + segment(2, 1) + CLOSE,
    "reset": HANDSHAKE + segment(4, 0, 0, 9) + segment(8, 1),
    "overlapping": HANDSHAKE + segment(14, 0, 0, 0xF0, 60) + segment(14, 0, 0, 8, 60) + segment(22, 0, 0, 3) + CLOSE,
    "seen-twice": b"".join(s + segment(23, 0, 0, i) for i, s in enumerate((
        segment(0, 0, 0, 0), segment(1, 1, 0, 0), segment(2)))),
    "again-later": HANDSHAKE + CLOSE + segment(29, 0, 0, 40) + segment(12) + segment(1, 1, 0, 0) + segment(2),
    "refused": segment(0, 0, 2, 0) + segment(26, 0, 2, 0, 0, 3),
    "flood": segment(27, 0, 0, 2) * 3 + HANDSHAKE + segment(29, 0, 0, 45),
    "back-in-time": HANDSHAKE + segment(30, 0, 0, 40) + segment(4, 0, 0, 5) + segment(31, 0, 0, 1) + CLOSE,
    "crossed": segment(0, 0, 1, 0) + segment(0, 1, 1, 0) + segment(1, 0, 1, 0) + segment(1, 1, 1, 0) + segment(6, 0, 1) + segment(6, 1, 1),
    "lying": HANDSHAKE + segment(20, 0, 0, 100, 30) + segment(21, 1, 0, 3, 0xFF) + segment(17, 0, 0, *range(14)),
    "cut-ipv6": segment(0, 0, 3, 5, 1, 2, 3, 4, 5, 6, 7, 8) + segment(1, 1, 3, 0) + segment(20, 0, 3, 90, 79),
}

SEEDS_OF = {
    "arguments_fuzz": ARGUMENTS,
    "capture_fuzz": FILES,
    "dashboard_fuzz": DASHBOARD,
    "dhcp_fuzz": DHCP,
    "dns_fuzz": DNS,
    "engine_fuzz": CAPTURES,
    "options_fuzz": OPTIONS,
    "query_fuzz": QUERIES,
    "tcp_fuzz": SEGMENTS,
    "decode_fuzz": {
        name: struct.pack("<HH", link, excess) + frame
        for name, (link, excess, frame) in FRAMES.items()
    },
    "ipvs_sync_fuzz": SYNC,
    "client_address_fuzz": CARRIED,
    "vrrp_fuzz": ADVERTS,
    "bpdu_fuzz": {name: bytes((in_snap,)) + octets for name, (in_snap, octets) in BPDUS.items()},
    "ipvs_config_fuzz": {"saved": IPVS_CONFIGURATION},
    "kernel_sockets_fuzz": {name: b"\1" + answer for name, answer in KERNEL_SOCKETS.items()},
}


def main():
    for target, seeds in SEEDS_OF.items():
        folder = SEEDS / target
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            if not old.name.startswith("found-"):  # by a fuzzer
                old.unlink()
        for name, data in seeds.items():
            (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
