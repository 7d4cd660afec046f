"""What else happens among neighbours, beside the recordings of findings: each with the kernels' tables as truth."""

import struct
import time

from findings.neighbours import A, ABSENT, B, C, announce, three, two_of_ipv6
from l2 import arp_frames
from sockets import settle

SCENES = {}
FIRST6, SECOND6, THIRD6, ABSENT6 = (f"2001:db8:1::{last}" for last in ("1", "2", "3", "77"))
DOT1Q, DOT1AD = 0x8100, 0x88A8


def scene(function):
    SCENES[function.__name__.replace("_", "-")] = function
    return function


def short_memory(host, milliseconds=3000):
    for family in ("ipv4", "ipv6"):
        host.set(f"{family}/neigh/eth0/base_reachable_time_ms", milliseconds)
        host.set(f"{family}/neigh/eth0/delay_first_probe_time", 1)


@scene
def request_reply(world):
    hub, first, second, third = three(world)
    with hub.capture(world.path, quiet=True):
        first.ask(B)
        settle(0.5)
        third.ask(A)
        second.ask(C)
        settle(1)


@scene
def gratuitous_request(world):
    """Who knows the host already hears it; the others need not."""
    hub, first, _, third = three(world)
    with hub.capture(world.path, quiet=True):
        first.ask(C)
        settle(1.5)
        announce(third, C, times=3)
        settle(1)


@scene
def mac_change(world):
    hub, first, _, third = three(world)
    with hub.capture(world.path, quiet=True):
        first.ask(C)
        settle(2)
        third.mac = "02:4c:ee:00:00:03"
        third.claims.add((C, third.mac))
        third.run(f"ip link set eth0 address {third.mac}")
        announce(third, C)
        settle(1.5)
        first.ask(C)
        settle(1)


@scene
def unicast_poll(world):
    hub, first, second, _ = three(world)
    for host in (first, second):
        short_memory(host)
    with hub.capture(world.path, quiet=True):
        for _ in range(12):
            first.ask(B)
            settle(1)


@scene
def peer_lost(world):
    hub, first, _, _ = three(world)
    short_memory(first)
    with hub.capture(world.path, quiet=True):
        first.ask(B)
        settle(2)
        hub.unplug(2)
        for _ in range(12):
            first.ask(B)
            settle(1)


@scene
def lost_and_found(world):
    hub, first, _, _ = three(world)
    short_memory(first)
    with hub.capture(world.path, quiet=True):
        first.ask(B)
        settle(2)
        hub.unplug(2)
        for _ in range(10):
            first.ask(B)
            settle(1)
        hub.plug_in(2)
        settle(0.5)
        for _ in range(3):
            first.ask(B)
            settle(1)


@scene
def failover_with_traffic(world):
    """The old owner is cut off, and the new one announces the address right away."""
    hub, first, _, third = three(world)
    with hub.capture(world.path, quiet=True):
        first.ask(B)
        settle(2)
        hub.unplug(2)
        third.take(B)
        announce(third, B)
        for _ in range(4):
            settle(1)
            first.ask(B)
        settle(1)


@scene
def nd_resolution(world):
    hub, (first, second, third) = two_of_ipv6(world)
    third.take(THIRD6)
    for host in (first, second):
        short_memory(host)
    with hub.capture(world.path, quiet=True):
        first.ask(SECOND6)
        third.ask(FIRST6)
        for _ in range(6):
            settle(1)
            first.ask(SECOND6)


@scene
def nd_unanswered(world):
    hub, (first, _, _) = two_of_ipv6(world)
    with hub.capture(world.path, quiet=True):
        first.ask(ABSENT6)
        settle(5)


@scene
def nd_move(world):
    """An unsolicited advertisement with the override flag."""
    hub, (first, second, third) = two_of_ipv6(world)
    with hub.capture(world.path, quiet=True):
        first.ask(SECOND6)
        settle(2)
        second.leave(SECOND6)
        third.take(SECOND6)
        third.send(arp_frames.advertisement(third.mac, SECOND6))
        settle(1)
        first.ask(SECOND6)
        settle(1)


@scene
def rarp(world):
    """By hand: a request for one's own address, and the answer."""
    hub, first, second, _ = three(world)
    with hub.capture(world.path, quiet=True):
        first.ask(B)
        nobody = (first.mac, "0.0.0.0")
        first.send(arp_frames.arp(arp_frames.RARP_REQUEST, nobody, nobody, ether_type=arp_frames.RARP))
        second.send(arp_frames.arp(arp_frames.RARP_REPLY, (second.mac, B), (first.mac, A), ether_type=arp_frames.RARP))
        settle(1)


@scene
def vlans(world):
    """By hand: the same address in two VLANs, one of them within another. The kernel has no VLANs; it drops them."""
    hub, first, second, third = three(world)
    with hub.capture(world.path, quiet=True):
        for host, tags in ((first, [(DOT1Q, 10)]), (second, [(DOT1AD, 200), (DOT1Q, 10)])):
            host.send(arp_frames.announcement(host.mac, "192.0.2.99", tags=tags))
        third.ask(A)
        settle(1)


@scene
def odd_frames(world):
    """By hand: what is no proper ARP, between what is."""
    hub, first, second, third = three(world)
    whole = arp_frames.arp(arp_frames.REPLY, (third.mac, "192.0.2.66"), (first.mac, A))
    with hub.capture(world.path, quiet=True):
        first.ask(B)
        settle(0.2)
        for operation in (0, 77, 8):
            third.raw.send(whole[:20] + struct.pack("!H", operation) + whole[22:])
        third.raw.send(whole[:18] + b"\x08\x10" + whole[20:])  # lengths of the addresses
        third.raw.send(whole[:14] + b"\0\x20" + whole[16:])  # a kind of hardware
        third.raw.send(whole[:22] + b"\xff" * 6 + whole[28:])  # a sender that is everybody
        third.raw.send(whole[:28] + b"\0\0\0\0" + whole[32:])  # and one without an address
        third.raw.send(whole[:30])
        settle(0.5)
        second.ask(A)
        settle(0.5)


@scene
def many(world):
    """All ask all, again and again."""
    hub, *hosts = three(world)
    addresses = (A, B, C)
    with hub.capture(world.path, quiet=True):
        for _ in range(20):
            host, wanted = hub.rng.choice(hosts), hub.rng.choice((*addresses, ABSENT))
            host.ask(wanted)
            if hub.rng.random() < 0.3:
                host.forget()
            time.sleep(hub.rng.uniform(0.05, 0.4))
        settle(1)
