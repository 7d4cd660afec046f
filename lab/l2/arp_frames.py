"""ARP, RARP and neighbour discovery as octets, for what no kernel sends when asked."""

import ipaddress
import socket
import struct

from findings.scene import checksum

REQUEST, REPLY, RARP_REQUEST, RARP_REPLY = 1, 2, 3, 4
ARP, RARP, IPV6 = 0x0806, 0x8035, 0x86DD
BROADCAST, NOBODY = "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00"
NEIGHBOUR_ADVERTISEMENT = 136
OVERRIDE = 0x20000000


def mac_octets(mac):
    return bytes.fromhex(mac.replace(":", ""))


def ethernet(source, target, ether_type, payload, tags=()):
    """`tags` are (TPID, VLAN), outermost first."""
    header = mac_octets(target) + mac_octets(source)
    for protocol, vlan in tags:
        header += struct.pack("!HH", protocol, vlan)
    return (header + struct.pack("!H", ether_type) + payload).ljust(60, b"\0")


def arp(operation, sender, target, source=None, to=None, ether_type=ARP, tags=()):
    """Sender and target are (MAC, IP). Requests go to all, and replies to the target, unless told."""
    body = struct.pack("!HHBBH", 1, 0x0800, 6, 4, operation)
    for mac, address in (sender, target):
        body += mac_octets(mac) + socket.inet_aton(address)
    to = to or (BROADCAST if operation in (REQUEST, RARP_REQUEST) else target[0])
    return ethernet(source or sender[0], to, ether_type, body, tags)


def request(mac, address, wanted, **options):
    return arp(REQUEST, (mac, address), (NOBODY, wanted), **options)


def probe(mac, wanted):
    """RFC 5227 2.1.1."""
    return request(mac, "0.0.0.0", wanted)


def announcement(mac, address, **options):
    """RFC 5227 2.3."""
    return request(mac, address, address, **options)


def gratuitous_reply(mac, address):
    return arp(REPLY, (mac, address), (mac, address), to=BROADCAST)


def advertisement(mac, address):
    """Unsolicited, to all nodes, with the override flag (RFC 4861 4.4)."""
    source, target = (ipaddress.ip_address(text).packed for text in (address, "ff02::1"))
    body = struct.pack("!BBHI", NEIGHBOUR_ADVERTISEMENT, 0, 0, OVERRIDE) + source + b"\2\1" + mac_octets(mac)
    pseudo = source + target + struct.pack("!II", len(body), socket.IPPROTO_ICMPV6)
    body = body[:2] + struct.pack("!H", checksum(pseudo + body)) + body[4:]
    header = struct.pack("!IHBB", 6 << 28, len(body), socket.IPPROTO_ICMPV6, 255)
    return ethernet(mac, "33:33:00:00:00:01", IPV6, header + source + target + body)


def claimed(frame):
    """(address, MAC) of the sender in an ARP packet, and of what an advertisement is about."""
    at = 12
    while frame[at : at + 2] in (b"\x81\x00", b"\x88\xa8"):
        at += 4
    (ether_type,), body = struct.unpack_from("!H", frame, at), frame[at + 2 :]
    if ether_type == ARP and body[:6] == b"\0\1\x08\0\6\4":
        yield socket.inet_ntoa(body[14:18]), body[8:14].hex(":")
    elif ether_type == RARP and body[7] == RARP_REPLY:
        yield socket.inet_ntoa(body[24:28]), body[18:24].hex(":")
    elif ether_type == IPV6 and body[40:41] == bytes([NEIGHBOUR_ADVERTISEMENT]):
        yield str(ipaddress.ip_address(body[48:64])), body[66:72].hex(":")
