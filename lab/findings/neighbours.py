"""Neighbours: addresses that are used twice, move, are answered for by others, or by nobody."""

import time

from findings.scene import filter_by, recording
from l2 import arp_frames
from l2.hub import Hub
from sockets import settle

A, B, C = "192.0.2.1", "192.0.2.2", "192.0.2.3"
SHARED, ABSENT = "192.0.2.50", "192.0.2.77"
BEHIND = [f"198.51.100.{n}" for n in (5, 6, 7, 8)]


def three(scene):
    hub = Hub(scene.network)
    return hub, hub.host(A), hub.host(B), hub.host(C)


def announce(host, address, times=2):
    """As keepalived and arping -U do it."""
    for _ in range(times):
        host.send(arp_frames.announcement(host.mac, address))
        settle(0.1)


@recording("arp-conflict")
def conflict(scene):
    """A third host takes the second's address, and both answer for it."""
    hub, asker, owner, other = three(scene)
    with hub.capture(scene.path):
        asker.ask(B)
        settle(1)
        other.take(B)
        asker.forget()
        asker.ask(B)
        settle(2)


@recording("arp-move")
def move(scene):
    """A failover: the address goes from one host to another, which announces it and is used from then on."""
    hub, asker, old, new = three(scene)
    old.take(SHARED)
    with hub.capture(scene.path):
        asker.ask(SHARED)
        settle(2)
        old.leave(SHARED)
        new.take(SHARED)
        announce(new, SHARED)
        settle(1)
        for _ in range(3):
            asker.ask(SHARED)
            settle(1)


@recording("arp-announced")
def announced(scene):
    """A host probes for its address, takes and announces it, and does so again when it is restarted."""
    hub, asker, _, host = three(scene)
    with hub.capture(scene.path):
        for _ in range(2):
            for _ in range(3):
                host.send(arp_frames.probe(host.mac, SHARED))
                settle(1)
            host.take(SHARED)
            announce(host, SHARED)
            host.send(arp_frames.gratuitous_reply(host.mac, SHARED))
            asker.ask(SHARED)
            settle(1)
            host.leave(SHARED)
            asker.forget()


@recording("arp-flip-flop")
def flip_flop(scene):
    """Two hosts take an address from each other every five seconds, and announce it each time."""
    hub, asker, one, other = three(scene)
    one.take(SHARED)
    with hub.capture(scene.path):
        asker.ask(SHARED)
        for _ in range(4):
            settle(4)
            one.leave(SHARED)
            other.take(SHARED)
            announce(other, SHARED)
            settle(1)
            asker.ask(SHARED)
            one, other = other, one
        settle(1)


@recording("arp-failback")
def failback(scene):
    """An address goes to the other host, and a good minute later back."""
    hub, asker, one, other = three(scene)
    one.take(SHARED)
    with hub.capture(scene.path):
        asker.ask(SHARED)
        for wait in (5, 65):
            settle(wait)
            one.leave(SHARED)
            other.take(SHARED)
            announce(other, SHARED)
            settle(1)
            asker.ask(SHARED)
            one, other = other, one
        settle(1)


@recording("arp-proxy")
def proxy(scene):
    """A router answers for four addresses behind it; their packets come with its MAC, and a TTL one lower."""
    hub, asker, router, _ = three(scene)
    far = scene.network.namespace("far")
    scene.network.cable(router.namespace, "eth1", far, "eth0")
    router.namespace.address("eth1", "198.51.100.1/24")
    far.address("eth0", *(f"{address}/24" for address in BEHIND))
    far.run("ip route add default via 198.51.100.1")
    router.set("ipv4/ip_forward", 1)
    router.set("ipv4/conf/eth0/proxy_arp", 1)
    router.set("ipv4/neigh/eth0/proxy_delay", 0)
    router.claims.update((address, router.mac) for address in BEHIND)
    asker.run("ip route add 198.51.100.0/24 dev eth0")
    with hub.capture(scene.path):
        for address in BEHIND:
            asker.ask(address)
            settle(0.3)
        settle(1)


@recording("arp-two-addresses")
def two_addresses(scene):
    """A server with two addresses answers for both."""
    hub, asker, server, _ = three(scene)
    server.take(SHARED)
    with hub.capture(scene.path):
        asker.ask(B, SHARED)
        settle(1)


@recording("arp-unanswered")
def unanswered(scene):
    """A host that is not there is asked for again and again."""
    hub, asker, other, _ = three(scene)
    with hub.capture(scene.path):
        asker.ask(B)
        for _ in range(2):
            asker.ask(ABSENT)
            settle(4)
        other.ask(A)
        settle(0.5)


@recording("arp-late-answer")
def late(scene):
    """It is asked for twice while its link is down, and answers the third time."""
    hub, asker, _, _ = three(scene)
    hub.unplug(2)
    with hub.capture(scene.path):
        asker.ask(B)
        settle(1.6)
        hub.plug_in(2)
        settle(2)
        asker.ask(B)
        settle(1)


@recording("arp-scan")
def scan(scene):
    """Sixty-four addresses in a row, of which two are there."""
    hub, scanner, _, _ = three(scene)
    with hub.capture(scene.path):
        for last in range(2, 66):
            scanner.send(arp_frames.request(scanner.mac, A, f"192.0.2.{last}"))
            time.sleep(0.02)
        settle(1.2)


@recording("arp-busy-router")
def busy(scene):
    """A router looks for thirty hosts that it has something for, and finds them all."""
    hub = Hub(scene.network)
    router, farm = hub.host(A), hub.host()
    farm.set("ipv4/conf/all/arp_ignore", 1)
    addresses = [f"192.0.2.{100 + n}" for n in range(30)]
    for number, address in enumerate(addresses):
        device, mac = f"host{number}", f"02:4c:00:01:00:{number:02x}"
        farm.claims.add((address, mac))
        farm.run(f"ip link add {device} link eth0 address {mac} type macvlan mode bridge")
        farm.run(f"ip link set {device} up")
        farm.run(f"ip address add {address}/32 dev {device}")
        farm.run(f"ip route add {A} dev {device} src {address} metric {number + 1}")
    # They are one kernel, which would answer for all of them from one device.
    filter_by(farm.namespace, "output", "drop")
    with hub.capture(scene.path):
        for address in addresses:
            router.ask(address)
            time.sleep(0.05)
        settle(1.2)


@recording("arp-unsolicited-reply")
def unsolicited(scene):
    """A host tells another, three times and unasked, where its own address is."""
    hub, asker, _, teller = three(scene)
    with hub.capture(scene.path):
        asker.ask(B)
        settle(6)
        for _ in range(3):
            teller.send(arp_frames.arp(arp_frames.REPLY, (teller.mac, C), (asker.mac, A)))
            settle(2)


@recording("arp-spoof")
def spoof(scene):
    """The same with the address of another, who is there."""
    hub, asker, _, liar = three(scene)
    with hub.capture(scene.path):
        asker.ask(B)
        settle(6)
        for _ in range(2):
            liar.send(arp_frames.arp(arp_frames.REPLY, (liar.mac, B), (asker.mac, A)))
            settle(1)


@recording("arp-gratuitous-reply")
def gratuitous_reply(scene):
    """A host tells everybody where its address is, by replies that nobody asked for: arping -A."""
    hub, asker, _, teller = three(scene)
    with hub.capture(scene.path):
        asker.ask(C)
        for _ in range(3):
            teller.send(arp_frames.gratuitous_reply(teller.mac, C))
            settle(2)


@recording("arp-source-mismatch")
def mismatch(scene):
    """Requests whose sender is not who sent the frame."""
    hub, asker, _, liar = three(scene)
    with hub.capture(scene.path):
        asker.ask(B)
        for _ in range(3):
            liar.send(arp_frames.request("02:66:66:66:66:66", "192.0.2.66", A, source=liar.mac))
            settle(0.5)


@recording("arp-vrrp")
def vrrp(scene):
    """A VRRP router announces its virtual MAC out of its own, and answers with it."""
    hub, asker, router, _ = three(scene)
    virtual = "00:00:5e:00:01:33"
    router.set("ipv4/conf/all/arp_ignore", 1)
    router.run(f"ip link add vrrp link eth0 address {virtual} type macvlan mode bridge")
    router.run("ip link set vrrp up")
    router.run(f"ip address add {SHARED}/32 dev vrrp")
    with hub.capture(scene.path):
        for _ in range(2):
            router.send(arp_frames.announcement(virtual, SHARED, source=router.mac))
            settle(0.5)
        asker.send(arp_frames.request(asker.mac, A, SHARED))
        settle(1)


def two_of_ipv6(scene):
    hub = Hub(scene.network)
    hosts = [hub.host(ipv6=True) for _ in range(3)]
    settle(3)  # their link-local addresses are theirs by then
    for host, last in zip(hosts, (1, 2)):
        host.take(f"2001:db8:1::{last}")
    return hub, hosts


@recording("dad-failed")
def dad_failed(scene):
    """A host wants the IPv6 address of another, asks whether it is free, and is told."""
    hub, (asker, _, wanting) = two_of_ipv6(scene)
    with hub.capture(scene.path):
        asker.ask("2001:db8:1::2")
        settle(1)
        wanting.take("2001:db8:1::2", dad=True)
        settle(3)


@recording("dad-unique")
def dad_unique(scene):
    """It wants one that is free, and takes it."""
    hub, (asker, _, wanting) = two_of_ipv6(scene)
    with hub.capture(scene.path):
        asker.ask("2001:db8:1::2")
        settle(1)
        wanting.take("2001:db8:1::3", dad=True)
        settle(3)
        asker.ask("2001:db8:1::3")
        settle(1)
