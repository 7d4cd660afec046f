"""Spanning trees that change, quarrel or do not fit; of kernel bridges, or by hand where no kernel speaks it."""

import contextlib
import time

from findings.scene import CLIENT, SERVER, TCP_HEADERS, recording
from l2 import bpdus, upheavals
from l2.bpdus import Bridge, Vector
from l2.mesh import End, Link, Mesh, Plan
from sockets import Peers, send, text

FITTING = (100, 600, 400)  # hello, max age, forward delay: the shortest that fit each other (802.1D-2004 17.14)
BEGIN = 1_700_000_000  # of what is written by hand
WEB = (SERVER, 80)


def mesh(scene, priorities, pairs, timers=FITTING):
    """Bridges b1, b2, ... with links l1, l2, ..., given by the numbers of their ends; the tree stands and is quiet."""
    built = laid(scene, priorities, pairs, timers)
    stand(built)
    return built


def laid(scene, priorities, pairs, timers):
    """The same with every bridge down."""
    bridges = {f"b{n}": (priority, f"02:4c:00:00:00:{n:02x}") for n, priority in enumerate(priorities, start=1)}
    links = [Link(f"l{n}", tuple(End(f"b{end}", 10, None) for end in pair)) for n, pair in enumerate(pairs, start=1)]
    return Mesh(scene.network, Plan(timers, bridges, links))


def stand(built):
    built.watch.start()
    for name in built.plan.bridges:
        built.set_bridge(name, "up")
    upheavals.settle(built)
    quiet(built)


def host(scene, built, bridge, address):
    """Behind a bridge, at a port of its own."""
    namespace = scene.network.namespace(f"host-{bridge}")
    namespace.set("ipv6/conf/default/disable_ipv6", 1)
    scene.network.cable(namespace, "eth0", built.namespaces[bridge], "phost")
    built.namespaces[bridge].run("ip link set phost master br0")
    namespace.address("eth0", f"{address}/24")
    return namespace


def quiet(built):
    """Until no bridge tells of a change."""
    end = time.monotonic() + 30
    while any(row["tc"] or row["tcn"] for row in built.now()[0].values()) and time.monotonic() < end:
        time.sleep(0.2)
    time.sleep(2)


@contextlib.contextmanager
def tapped(scene, built):
    """The capture is made on link l1, where its first bridge is."""
    with scene.network.capture(built.tap, "l1-near", scene.path):
        time.sleep(3)
        yield built.plan.links
        time.sleep(3)


def deaf(built, name, link):
    """A bridge does not hear what arrives on a link; the capture does."""
    namespace, device = built.namespaces[name], f"p{link.name}"
    namespace.run("nft add table netdev deaf")
    namespace.run(f"nft add chain netdev deaf {device} {{ type filter hook ingress device {device} priority 0 ; }}")
    namespace.run(f"nft add rule netdev deaf {device} drop")


PAIR = [(1, 2)]
TRIANGLE = [(1, 2), (1, 3), (2, 3)]


@recording("stp-root-changed")
def root_changed(scene):
    """The second bridge gets the lower priority, and is the root from then on."""
    built = mesh(scene, (0x2000, 0x8000), PAIR)
    with tapped(scene, built):
        built.set_priority("b2", 0x1000)
        time.sleep(4)


@recording("stp-stable")
def stable(scene):
    """It gets another priority, too high for that; and nothing comes of it."""
    built = mesh(scene, (0x2000, 0x8000), PAIR)
    with tapped(scene, built):
        built.set_priority("b2", 0x4000)
        time.sleep(8)


@recording("stp-root-flapping")
def flapping(scene):
    """The root changes four times in half a minute."""
    built = mesh(scene, (0x2000, 0x4000), PAIR)
    with tapped(scene, built):
        for priority in (0x1000, 0x4000, 0x1000, 0x4000):
            built.set_priority("b2", priority)
            time.sleep(6)


@recording("stp-two-roots")
def two_roots(scene):
    """Neither bridge hears the other any longer; the wire carries what both say."""
    built = mesh(scene, (0x2000, 0x4000), PAIR)
    with tapped(scene, built) as (link,):
        deaf(built, "b1", link)
        deaf(built, "b2", link)
        time.sleep(22)


@recording("stp-root-dies")
def root_dies(scene):
    """The root falls silent; when max age is over the other bridge takes its place."""
    built = mesh(scene, (0x2000, 0x4000), PAIR)
    with tapped(scene, built):
        built.set_bridge("b1", "down")
        time.sleep(12)


@recording("stp-two-designated")
def two_designated(scene):
    """A bridge does not hear the root on one link, but by way of a third; on that link both are designated."""
    built = mesh(scene, (0x2000, 0x8000, 0x4000), TRIANGLE)
    deaf(built, "b2", built.plan.links[0])
    upheavals.settle(built)
    quiet(built)
    with tapped(scene, built):
        time.sleep(10)


@recording("stp-designated-replaced")
def replaced(scene):
    """Of two bridges on a link the other one becomes designated, since its path to the root got better."""
    built = mesh(scene, (0x8000, 0x8000, 0x2000), TRIANGLE)
    with tapped(scene, built) as links:
        built.set_cost("b1", links[1], 50)
        time.sleep(14)


@recording("stp-topology-change")
def change(scene):
    """A link comes back behind the second bridge, which tells the root of it, and is answered."""
    built = mesh(scene, (0x2000, 0x4000, 0x8000), [(1, 2), (2, 3)])
    built.plug(built.plan.links[1], "down")
    quiet(built)
    with tapped(scene, built) as links:
        built.plug(links[1], "up")
        time.sleep(26)


@recording("stp-tcn-unacknowledged")
def unacknowledged(scene):
    """The same, and the root does not hear of it."""
    built = mesh(scene, (0x4000, 0x2000, 0x8000), [(1, 2), (1, 3)])
    built.plug(built.plan.links[1], "down")
    quiet(built)
    with tapped(scene, built) as links:
        deaf(built, "b2", links[0])
        built.plug(links[1], "up")
        time.sleep(20)


def ring(scene):
    """Three bridges in a ring below the root, and at two of them who talk: a server at the root, its client in the ring."""
    built = laid(scene, (0x1000, 0x2000, 0x4000, 0x8000), [(1, 2), (2, 3), (2, 4), (3, 4)], FITTING)
    for namespace in built.namespaces.values():
        namespace.run("ip link set br0 type bridge ageing_time 400")  # Linux forgets little when the tree changes
    peers = Peers(host(scene, built, "b4", CLIENT), host(scene, built, "b1", SERVER))
    peers.listen(*WEB)
    stand(built)
    return built, peers


def download(server, client, seconds):
    """A little at a time, each when the last has arrived."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        send(server, client, text(100))
        time.sleep(0.2)


@recording("stp-change-and-tcp", snaplen=TCP_HEADERS)
def change_and_transfer(scene):
    """The link that a download takes is cut; it goes on when the blocked one of the ring takes over."""
    built, peers = ring(scene)
    with tapped(scene, built) as links:
        client, server = peers.open((CLIENT, 41000), WEB)
        download(server, client, 3)
        built.plug(links[2], "down")
        download(server, client, 20)


@recording("stp-change-beside-tcp", snaplen=TCP_HEADERS)
def change_beside_transfer(scene):
    """A link comes up that the download does not take."""
    built, peers = ring(scene)
    built.plug(built.plan.links[3], "down")
    quiet(built)
    with tapped(scene, built) as links:
        client, server = peers.open((CLIENT, 41000), WEB)
        built.plug(links[3], "up")
        download(server, client, 20)


@recording("stp-timer-mismatch")
def timers(scene):
    """A forward delay too short for the max age that goes with it."""
    built = mesh(scene, (0x2000, 0x8000), PAIR, timers=(100, 600, 200))
    with tapped(scene, built):
        time.sleep(5)


@recording("stp-loop")
def loop(scene):
    """A plug that returns to a port what the port has sent."""
    built = mesh(scene, (0x2000, 0x8000), PAIR)
    with tapped(scene, built) as (link,):
        built.lose(link, "far")
        built.rewire(f"{link.name}-near", f"{link.name}-near")
        time.sleep(6)


@recording("stp-backup-port")
def backup(scene):
    """A cable from a bridge to itself: its BPDUs come back on another port, which is blocked."""
    built = mesh(scene, (0x2000, 0x8000), [(1, 2)] * 3)
    one, other, _ = built.plan.links
    for link, end in ((one, other), (other, one)):
        built.lose(link, "far")
        built.rewire(f"{link.name}-near", f"{end.name}-near")
    upheavals.settle(built)
    quiet(built)
    with tapped(scene, built):
        time.sleep(6)


FIRST, SECOND = Bridge(0x2000, "02:4c:00:00:00:01"), Bridge(0x8000, "02:4c:00:00:00:02")
FIRST_PORT, SECOND_PORT = "02:4c:00:00:01:01", "02:4c:00:00:02:01"


def hellos(seconds, say, every=2.0, begin=0.0):
    """What `say(t)` has of frames, each so often."""
    for step in range(int(seconds / every)):
        t = begin + step * every
        for octets in say(t):
            yield BEGIN + t, octets


def rapid_root(episodes):
    """A root that tells of a change for hello and a second from the beginning of each episode on."""

    def say(t):
        changing = any(start <= t <= start + 3 for start in episodes)
        flags = bpdus.STEADY | (bpdus.CHANGE if changing else 0)
        yield bpdus.frame(FIRST_PORT, bpdus.rapid(Vector(FIRST, 0, FIRST, 0x8001), flags))

    return say


@recording("stp-topology-change-storm")
def storm(scene):
    """By hand, RSTP: eight changes in a minute and a half of which the tree never rests."""
    bpdus.write_pcap(scene.path, hellos(80, rapid_root([8 + 8 * n for n in range(8)])))


@recording("stp-topology-changes")
def changes(scene):
    """By hand, RSTP: three changes in as many minutes."""
    bpdus.write_pcap(scene.path, hellos(180, rapid_root([10, 70, 130])))


def trunk(tag_of_twenty):
    """Rapid-PVST+ of VLANs 1, 10 and 20 as a trunk has it: the native VLAN untagged, in both forms."""

    def tree(vlan):
        bridge = Bridge(0x2000 | vlan, FIRST.mac)
        return Vector(bridge, 0, bridge, 0x8001)

    def say(_):
        yield bpdus.frame(FIRST_PORT, bpdus.rapid(tree(1)))
        yield bpdus.cisco(FIRST_PORT, tree(1), 1)
        yield bpdus.cisco(FIRST_PORT, tree(10), 10, tag=10)
        yield bpdus.cisco(FIRST_PORT, tree(20), 20, tag=tag_of_twenty)

    return say


@recording("stp-vlan-mismatch")
def vlan_mismatch(scene):
    """By hand, Rapid-PVST+: what is of VLAN 20 arrives tagged 30."""
    bpdus.write_pcap(scene.path, hellos(20, trunk(30)))


@recording("stp-vlans")
def vlans(scene):
    """By hand, Rapid-PVST+: three VLANs, each where it belongs."""
    bpdus.write_pcap(scene.path, hellos(20, trunk(20)))


NOTHING_MAPPED = bytes.fromhex("ac36177f50283cd4b83821d8ab26de62")  # 802.1Q-2018 table 13-2
ANSWER = bpdus.ROOT_ROLE | bpdus.LEARNING | bpdus.FORWARDING | bpdus.AGREEMENT


def regions(answer):
    """MSTP of a root, and twice what a bridge below it answers."""
    root = Vector(FIRST, 0, FIRST, 0x8001)

    def say(t):
        yield bpdus.frame(FIRST_PORT, bpdus.multiple(root, "campus", NOTHING_MAPPED, FIRST))
        if t in (2, 10):
            yield bpdus.frame(SECOND_PORT, answer)

    return say


@recording("stp-region-mismatch")
def region_mismatch(scene):
    """By hand, MSTP: two bridges of one region's name, whose VLANs are mapped differently."""
    other = bytes.fromhex("000102030405060708090a0b0c0d0e0f")
    below = Vector(FIRST, 200000, SECOND, 0x8001, 1)
    answer = bpdus.multiple(below, "campus", other, SECOND, flags=ANSWER)
    bpdus.write_pcap(scene.path, hellos(20, regions(answer)))


@recording("stp-region")
def region(scene):
    """By hand, MSTP: two bridges of one region."""
    below = Vector(FIRST, 0, FIRST, 0x8001)
    answer = bpdus.multiple(below, "campus", NOTHING_MAPPED, SECOND, internal_cost=20000, flags=ANSWER)
    bpdus.write_pcap(scene.path, hellos(20, regions(answer)))


def designated(sender, vector):
    return bpdus.frame(sender, bpdus.rapid(vector))


def far(age, cost=20000):
    """What the second bridge tells of a root that it has not heard itself for so long."""
    return designated(SECOND_PORT, Vector(FIRST, cost, SECOND, 0x8002, age))


@recording("stp-near-max-age")
def near_max_age(scene):
    """By hand, RSTP: a bridge whose news of the root are 19 of 20 seconds old, for half a minute."""
    bpdus.write_pcap(scene.path, hellos(30, lambda _: [far(19)]))


@recording("stp-young-enough")
def young_enough(scene):
    """By hand, RSTP: one whose news have room for another bridge."""
    bpdus.write_pcap(scene.path, hellos(30, lambda _: [far(17)]))


def pausing(silence):
    """A root of STP, whose word holds for max age, that says nothing from 10 seconds on, for so many."""
    hello = bpdus.frame(FIRST_PORT, bpdus.body(Vector(FIRST, 0, FIRST, 0x8001), 0))
    return lambda t: [] if 10 < t < 10 + silence else [hello]


@recording("stp-missed-hellos")
def missed_hellos(scene):
    """By hand, STP: of the hellos of a port two in a row do not come."""
    bpdus.write_pcap(scene.path, hellos(30, pausing(6)))


@recording("stp-missed-hello")
def missed_hello(scene):
    """By hand, STP: one does not come."""
    bpdus.write_pcap(scene.path, hellos(30, pausing(4)))


def beside(root):
    """A root, and a bridge below it that answers as its root port does."""
    answer = bpdus.rapid(Vector(root, 0, root, 0x8001), ANSWER)
    return lambda _: [designated(FIRST_PORT, Vector(root, 0, root, 0x8001)), bpdus.frame(SECOND_PORT, answer),
                      designated("02:4c:00:00:02:02", Vector(root, 20000, SECOND, 0x8002, 1))]


@recording("stp-default-root")
def default_root(scene):
    """By hand, RSTP: two bridges with the priority that nobody has set; the lower address is the root."""
    bpdus.write_pcap(scene.path, hellos(20, beside(Bridge(0x8000, FIRST.mac))))


@recording("stp-chosen-root")
def chosen_root(scene):
    """By hand, RSTP: a root with a priority of its own."""
    bpdus.write_pcap(scene.path, hellos(20, beside(FIRST)))


THIRD, THIRD_PORT = Bridge(0x8000, "02:4c:00:00:00:03"), "02:4c:00:00:03:01"


def costs(second, third):
    """A root, and the root ports of two bridges on one link, each with what its bridge makes of the way."""

    def say(_):
        yield designated(FIRST_PORT, Vector(FIRST, 0, FIRST, 0x8001))
        for bridge, port, cost in ((SECOND, SECOND_PORT, second), (THIRD, THIRD_PORT, third)):
            yield bpdus.frame(port, bpdus.rapid(Vector(FIRST, cost, bridge, 0x8001, 1), ANSWER))

    return say


@recording("stp-mixed-path-costs")
def mixed_path_costs(scene):
    """By hand, RSTP: 100 Mbit/s are 19 to one bridge, and 200000 to another."""
    bpdus.write_pcap(scene.path, hellos(20, costs(19, 200000)))


@recording("stp-one-table")
def one_table(scene):
    """By hand, RSTP: both count by the new table."""
    bpdus.write_pcap(scene.path, hellos(20, costs(20000, 200000)))
