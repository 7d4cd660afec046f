"""Kernel bridges in namespaces, joined by links with a tap in each; drawn from a seed.

    bridge --- p3 ===== near [tap] far ===== p3 --- bridge

The two devices of a tap hand each other what comes in (nftables' fwd). `near` is captured: what the bridge there
sends is seen even when it is lost behind the tap, what the other one sends only when it was not lost before.
"""

import contextlib
import os
import random
import time
from typing import NamedTuple

from l2.kernel_tables import Tables
from l2.watch import Watch

# hello, max age, forward delay in hundredths of a second. Linux takes no less than 1, 6 and 2 s.
SHORT = ((100, 600, 200), (100, 600, 300), (100, 600, 400))
AS_DEFAULT = (100, 1000, 800)  # nearly 2, 20, 15 halved
COSTS = (None, 2, 4, 4, 19, 19, 100, 250, 2000, 20000, 65535)  # None: what the kernel gives a veth
PRIORITIES = (0x1000, 0x4000, 0x8000, 0x8000, 0x8000, 0xF000, 0x8064)


class End(NamedTuple):
    bridge: str
    cost: int | None
    priority: int | None


class Link(NamedTuple):
    name: str
    ends: tuple  # of two Ends; the first is at the captured side of the tap
    plugged: bool = True


class Plan(NamedTuple):
    """What is built, all of it from the seed."""

    timers: tuple
    bridges: dict  # name: (priority, MAC)
    links: list


def draw(seed, most=6):
    """A connected mesh with a few links more than a tree has, some of them parallel; and a bridge that comes later."""
    rng = random.Random(f"mesh {seed}")
    timers = AS_DEFAULT if rng.random() < 0.15 else rng.choice(SHORT)
    names = [f"b{number}" for number in range(1, rng.randint(3, most) + 1)]
    bridges = {name: (rng.choice(PRIORITIES), mac(rng, number)) for number, name in enumerate(names, start=1)}
    pairs = [(name, rng.choice(names[:number])) for number, name in enumerate(names) if number]
    pairs += [tuple(rng.sample(names, 2)) for _ in range(rng.randint(1, 3))]
    pairs += [rng.choice(pairs) for _ in range(rng.randint(0, 2))]
    links = [Link(f"l{number}", tuple(end(rng, name) for name in pair)) for number, pair in enumerate(pairs, start=1)]
    bridges["rogue"] = (0, mac(rng, 0x99))
    links.append(Link("rogue", (end(rng, rng.choice(names)), end(rng, "rogue")), plugged=False))
    return Plan(timers, bridges, links)


def mac(rng, last):
    return bytes((0x02, 0x4C, rng.randrange(256), rng.randrange(256), 0, last)).hex(":")


def end(rng, name):
    return End(name, rng.choice(COSTS), rng.choice((None, None, 0, 16, 48, 63)))


class Mesh:
    """The plan, built. Every change made to it is in `events`."""

    def __init__(self, network, plan):
        self.network = network
        self.plan = plan
        self.events = []
        self.tap = self._namespace("tap")
        self.tap.run("nft add table netdev tap")
        self.namespaces = {name: self._namespace(name) for name in plan.bridges}
        for name, (priority, address) in plan.bridges.items():
            self._bridge(self.namespaces[name], priority, address)
        for link in plan.links:
            self._link(link)
        self.tables = {name: Tables(namespace) for name, namespace in self.namespaces.items()}
        self.watch = Watch(self._ask)
        network.before_end(self.watch.stop)

    def _namespace(self, role):
        namespace = self.network.namespace(role)
        for scope in ("all", "default"):
            namespace.set(f"ipv6/conf/{scope}/disable_ipv6", 1)
        return namespace

    def _bridge(self, namespace, priority, address):
        hello, max_age, forward_delay = self.plan.timers
        namespace.run(
            f"ip link add br0 address {address} type bridge stp_state 1 priority {priority}"
            f" hello_time {hello} max_age {max_age} forward_delay {forward_delay} mcast_snooping 0"
        )

    def _link(self, link):
        port = f"p{link.name}"
        sides = ("near", "far")
        for side, part in zip(sides, link.ends):
            device = f"{link.name}-{side}"
            self.network.cable(self.tap, device, self.namespaces[part.bridge], port)
            self.tap.run(
                f"nft add chain netdev tap {device} {{ type filter hook ingress device {device} priority 0 ; }}"
            )
            self.namespaces[part.bridge].run(f"ip link set {port} master br0")
            for name, value in (("cost", part.cost), ("priority", part.priority)):
                if value is not None:
                    self.namespaces[part.bridge].run(f"bridge link set dev {port} {name} {value}")
        for side in sides:
            self.pass_on(link, side)
        if not link.plugged:
            self.plug(link, "down")

    def _ask(self):
        for name, tables in self.tables.items():
            for record in tables.bridges():
                yield (name, record.get("port")), {"ns": name, **record}

    # What may happen to it.

    def pass_on(self, link, side):
        """What comes in at one side of the tap goes out at the other."""
        other = "far" if side == "near" else "near"
        self.rewire(f"{link.name}-{side}", f"{link.name}-{other}")

    def lose(self, link, side):
        """What comes in at one side of the tap is lost there; no carrier tells."""
        self._rule(f"{link.name}-{side}", "drop")

    def rewire(self, device, other):
        """What comes in at one device of a tap goes out at another, or at itself: as cables are mixed up."""
        self._rule(device, f"fwd to {other}")

    def _rule(self, device, verdict):
        self.tap.run(f"nft flush chain netdev tap {device}")
        self.tap.run(f"nft add rule netdev tap {device} {verdict}")

    def plug(self, link, state):
        """Both ports go down, or up. The tap's devices stay up, since tcpdump ends with its device."""
        for part in link.ends:
            self.namespaces[part.bridge].run(f"ip link set p{link.name} {state}")

    def set_bridge(self, name, state):
        """Down: it falls silent and hears nothing, and no neighbour loses its carrier."""
        self.namespaces[name].run(f"ip link set br0 {state}")

    def set_priority(self, name, priority):
        self.namespaces[name].run(f"ip link set br0 type bridge priority {priority}")

    def set_cost(self, name, link, cost):
        self.namespaces[name].run(f"bridge link set dev p{link.name} cost {cost}")

    def note(self, event, **about):
        self.events.append({"t": time.time(), "event": event, **about})

    # What is known of it.

    def links_of(self, name):
        return [link for link in self.plan.links if name in (part.bridge for part in link.ends)]

    def now(self):
        """The bridges' records, and the ports', as they were when last asked for."""
        known = self.watch.known
        bridges = {name: row for (name, port), row in known.items() if port is None}
        return bridges, {key: row for key, row in known.items() if key[1] is not None}

    @contextlib.contextmanager
    def captured(self, directory):
        """Every link's tap, each into a file of its own."""
        with contextlib.ExitStack() as captures:
            for link in self.plan.links:
                path = os.path.join(directory, f"link_{link.name}.pcap")
                captures.enter_context(self.network.capture(self.tap, f"{link.name}-near", path, quiet=True))
            yield

    def description(self):
        """topology.json: bridges, links and events."""
        _, ports = self.now()
        bridges = {
            name: {"mac": address, "priority": priority, "bridge_id": f"{priority:04x}.{address}"}
            for name, (priority, address) in self.plan.bridges.items()
        }
        links = [
            {"name": link.name, "a": link.ends[0].bridge, "b": link.ends[1].bridge, "if": f"p{link.name}",
             **{f"cost_{side}": ports[part.bridge, f"p{link.name}"]["cost"] for side, part in zip("ab", link.ends)},
             "pcap": f"link_{link.name}.pcap"}
            for link in self.plan.links
        ]
        names = ("hello_time", "max_age", "forward_delay")
        return {"timers_centisec": dict(zip(names, self.plan.timers)), "bridges": bridges, "links": links,
                "events": self.events}
