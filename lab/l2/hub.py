"""Hosts on one network, whose every frame is captured once, and their neighbour tables meanwhile if wanted."""

import contextlib
import ipaddress
import random
import socket

from l2.arp_frames import claimed, mac_octets
from l2.kernel_tables import Tables
from l2.watch import Watch

ETH_P_ALL = 3
DISCARD = 9  # port
NOTHING_LEARNT = "ageing_time 0"  # a bridge that floods everything, as a hub does


def link_local(mac):
    """RFC 4291 appendix A."""
    octets = mac_octets(mac)
    middle = bytes([octets[0] ^ 2]) + octets[1:3] + b"\xff\xfe" + octets[3:]
    return str(ipaddress.ip_address(b"\xfe\x80" + bytes(6) + middle))


class Host:
    def __init__(self, namespace, mac, claims):
        self.namespace = namespace
        self.claims = claims
        self.mac = mac
        self.raw = namespace.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.raw.bind(("eth0", 0))

    def run(self, command):
        self.namespace.run(command)

    def set(self, name, value):
        self.namespace.set(name, value)

    def take(self, *addresses, **options):
        """IPv6 addresses without duplicate address detection, unless `dad`."""
        for address in addresses:
            self.claims.add((address, self.mac))
            size = 64 if ":" in address else 24
            dad = " nodad" if ":" in address and not options.get("dad") else ""
            self.run(f"ip address add {address}/{size} dev eth0{dad}")

    def leave(self, address):
        self.run(f"ip address delete {address}/{64 if ':' in address else 24} dev eth0")

    def ask(self, *addresses):
        """A datagram makes the kernel look for its neighbour; if that is there it answers that the port is not."""
        for address in addresses:
            family = socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET
            with self.namespace.socket(family, socket.SOCK_DGRAM) as sender:
                sender.sendto(b"?", (address, DISCARD))

    def forget(self):
        self.run("ip neigh flush all")

    def send(self, frame):
        self.claims.update(claimed(frame))
        self.raw.send(frame)


class Hub:
    def __init__(self, network):
        self.network = network
        self.rng = random.Random(network.seed)
        self.claims = set()  # (address, MAC) of everything that a host had or said
        self.tables = {}
        self.namespace = network.namespace("hub")
        for scope in ("all", "default"):
            self.namespace.set(f"ipv6/conf/{scope}/disable_ipv6", 1)
        self.namespace.run(f"ip link add br0 type bridge {NOTHING_LEARNT} mcast_snooping 0")
        self.namespace.run("ip link set br0 up")
        self._plug(self.namespace, "monitor", "port0")
        self.hosts = 0
        network.hub = self

    def _plug(self, namespace, device, port):
        self.network.cable(self.namespace, port, namespace, device)
        self.namespace.run(f"ip link set {port} master br0")

    def host(self, *addresses, ipv6=False):
        """One more, with a MAC of its own; link-local addresses only where IPv6 is wanted."""
        self.hosts += 1
        namespace = self.network.namespace(f"host{self.hosts}")
        namespace.set("ipv6/conf/default/disable_ipv6", 0 if ipv6 else 1)
        namespace.set("ipv6/conf/default/router_solicitations", 0)
        self._plug(namespace, "eth0", f"port{self.hosts}")
        mac = bytes((0x02, 0x4C, self.rng.randrange(256), self.rng.randrange(256), 0, self.hosts)).hex(":")
        namespace.run(f"ip link set eth0 down address {mac}")
        namespace.run("ip link set eth0 up")
        host = Host(namespace, mac, self.claims)
        with namespace.entered():
            self.tables[f"host{self.hosts}"] = Tables(namespace), socket.if_nametoindex("eth0")
        host.take(*addresses)
        if ipv6:
            self.claims.add((link_local(mac), mac))
        return host

    def unplug(self, number):
        self.namespace.run(f"ip link set port{number} down")

    def plug_in(self, number):
        self.namespace.run(f"ip link set port{number} up")

    @contextlib.contextmanager
    def capture(self, path, **options):
        """And all the while the hosts are asked for their neighbours."""
        self.watch = Watch(self._ask)
        self.network.before_end(self.watch.stop)
        self.watch.start()
        with self.network.capture(self.namespace, "monitor", path, **options):
            yield
            self.watch.stop()

    def _ask(self):
        for name, (tables, device) in self.tables.items():
            for address, mac, state in tables.neighbours(device):
                record = {"ns": name, "ip": address, "state": [state]}
                yield (name, address), record | ({"mac": mac} if mac else {})
