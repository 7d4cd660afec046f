"""nat: masquerade, PAT and port forwards of a kernel; whether tapstat's table equals conntrack's (--help)"""

import argparse
import contextlib
import json
import pathlib
import random
import re
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time

import nat_agreement
from findings.scene import checksum
from keeping import compress, hand_over, obstacle
from l2.tally import SKIPPED, add_options
from network import Network

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 60  # the most a recording takes
SPAN = 4.0  # seconds of traffic
PATIENCE = 3.0  # seconds for an answer
ROUTED_PORT = 7777  # nobody rewrites what goes there
EVENT = re.compile(r"\[([\d.]+)\]\s+\[NEW\] ipv\d\s+\d+ (\S+)\s.*?(src=.*?)(?:\[UNREPLIED\] )?(src=.*)$")


class Site:
    """Clients and a server behind a router, and others beyond it."""

    def __init__(self, network, seed, six):
        self.network, self.six = network, six
        self.rng = random.Random(f"nat {seed} {six}")
        self.inside, self.outside = ("fd00:7:1::", "fd00:7:2::") if six else ("10.7.1.", "203.0.113.")
        self.router = network.namespace("router")
        self.macs = []
        lan, wan = self.switch("lan", "eth0"), self.switch("wan", "eth1")
        self.gateway, self.public = self.inside + "1", self.outside + "1"
        self.add(self.router, "eth0", self.gateway)
        self.add(self.router, "eth1", self.public)
        self.router.set("ipv6/conf/all/forwarding" if six else "ipv4/ip_forward", 1)
        self.router.set("ipv4/conf/all/send_redirects", 0)
        self.router.set("ipv4/conf/eth0/send_redirects", 0)
        self.clients = [self.host(lan, f"client{i}", self.inside + str(10 + i), self.gateway) for i in range(4)]
        self.inner = self.host(lan, "inner", self.inside + "80", self.gateway)
        self.servers = [self.host(wan, f"server{i}", self.outside + str(80 + i), None) for i in range(2)]
        self.strangers = [self.host(wan, f"stranger{i}", self.outside + str(40 + i), None) for i in range(2)]

    def switch(self, name, device):
        switch = self.network.namespace(name)
        switch.run("ip link add sw type bridge")
        switch.run("ip link set sw up")
        self.network.cable(self.router, device, switch, "router")
        switch.run("ip link set router master sw")
        return switch

    def add(self, namespace, device, address):
        namespace.address(device, f"{address}/{64 if self.six else 24}")
        if namespace is self.router:
            with namespace.entered():
                found = subprocess.run(["ip", "-j", "link", "show", device], capture_output=True, text=True, check=True)
            self.macs.append(json.loads(found.stdout)[0]["address"])

    def host(self, switch, name, address, gateway):
        host = self.network.namespace(name)
        self.network.cable(host, "eth0", switch, name)
        switch.run(f"ip link set {name} master sw")
        self.add(host, "eth0", address)
        if gateway:
            host.run(f"ip route add default via {gateway}")
        else:
            host.run(f"ip route add {self.inside}{'' if self.six else '0'}/{64 if self.six else 24} via {self.public}")
        return host, address

    def rules(self, *rules):
        """nftables rules of a table nat: (hook, rule)."""
        family = "ip6" if self.six else "ip"
        self.router.run(f"nft add table {family} nat")
        for hook, priority in (("prerouting", "dstnat"), ("postrouting", "srcnat")):
            self.router.run(f"nft add chain {family} nat {hook} {{ type nat hook {hook} priority {priority} ; }}")
        for hook, rule in rules:
            self.router.run(f"nft add rule {family} nat {hook} {rule.replace('FAMILY', family)}")

    def with_port(self, address, ports):
        return f"[{address}]:{ports}" if self.six else f"{address}:{ports}"


# Traffic

class Traffic:
    """Of the usual number of connections each scene makes `share`."""

    def __init__(self, site, share):
        self.site = site
        self.share = share
        self.family = socket.AF_INET6 if site.six else socket.AF_INET
        self.threads = []
        self.begun = time.time() + 0.2

    def serve(self, host, *ports):
        namespace, address = host
        for port in ports:
            listener, datagrams = namespace.socket(self.family), namespace.socket(self.family, socket.SOCK_DGRAM)
            for one in (listener, datagrams):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                one.bind((address, port))
            listener.listen(100)
            threading.Thread(target=self.accept, args=(listener,), daemon=True).start()
            threading.Thread(target=self.reflect, args=(datagrams,), daemon=True).start()

    @staticmethod
    def accept(listener):
        def echo(connection):
            with contextlib.suppress(OSError), connection:
                while data := connection.recv(65536):
                    connection.sendall(data)

        while True:
            threading.Thread(target=echo, args=(listener.accept()[0],), daemon=True).start()

    @staticmethod
    def reflect(datagrams):
        while True:
            data, peer = datagrams.recvfrom(2048)
            datagrams.sendto(data, peer)

    def later(self, work, *arguments):
        at = self.begun + self.site.rng.uniform(0, SPAN)
        thread = threading.Thread(target=self.run, args=(at, work, *arguments), daemon=True)
        thread.start()
        self.threads.append(thread)

    @staticmethod
    def run(at, work, *arguments):
        time.sleep(max(0, at - time.time()))
        with contextlib.suppress(OSError):  # of a port that is in use, or an answer that does not come
            work(*arguments)

    def wait(self):
        for thread in self.threads:
            thread.join()

    def tcp(self, host, sport, target, port, end):
        namespace, address = host
        with namespace.socket(self.family) as connection:
            connection.settimeout(PATIENCE)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            connection.bind((address, sport))
            connection.connect((target, port))
            for size in (40, 900):
                connection.sendall(bytes(size))
                connection.recv(65536)
            if end == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            elif end == "open":
                time.sleep(max(0, self.begun + SPAN + 0.5 - time.time()))

    def udp(self, host, sport, target, port, _):
        namespace, address = host
        with namespace.socket(self.family, socket.SOCK_DGRAM) as port_:
            port_.settimeout(PATIENCE)
            port_.bind((address, sport))
            for _ in range(2):
                port_.sendto(b"to whom it may concern", (target, port))
                port_.recv(2048)

    def echo(self, host, identifier, target, *_):
        namespace, address = host
        protocol = socket.IPPROTO_ICMPV6 if self.site.six else socket.IPPROTO_ICMP
        with namespace.socket(self.family, socket.SOCK_RAW, protocol) as raw:
            raw.bind((address, 0))
            for number in range(2):
                request = struct.pack("!BBHHH", 128 if self.site.six else 8, 0, 0, identifier, number) + b"are you there?"
                if not self.site.six:
                    request = request[:2] + struct.pack("!H", checksum(request)) + request[4:]
                raw.sendto(request, (target, 0))
                time.sleep(0.2)

    def mix(self, hosts, targets, number, ports=(80, 443)):
        """Many connections, of which several have the same source port."""
        rng = self.site.rng
        shared = rng.sample(range(30000, 60000), 6)
        for _ in range(round(number * self.share)):
            way = rng.choice((self.tcp, self.tcp, self.tcp, self.udp, self.echo))
            sport = rng.choice(shared) if rng.random() < 0.6 else rng.randrange(20000, 30000)
            end = rng.choice(("close", "reset", "open"))
            self.later(way, rng.choice(hosts), sport, rng.choice(targets), rng.choice(ports), end)

    def plain(self, hosts, targets):
        """What the router forwards as it is."""
        for host in hosts:
            self.later(self.tcp, host, 0, self.site.rng.choice(targets), ROUTED_PORT, "close")


# Recordings

def masquerade(site, traffic):
    """Clients go out under the router's address; ports change only where two would be the same."""
    site.rules(("postrouting", f"oif eth1 meta l4proto {{ tcp, udp }} th dport != {ROUTED_PORT} masquerade"),
               ("postrouting", "oif eth1 meta l4proto { icmp, ipv6-icmp } masquerade"))
    out(site, traffic)


def ports(site, traffic):
    """The same with other ports, from a narrow range."""
    narrow = site.with_port(site.public, "61000-61200")
    site.rules(("postrouting", f"oif eth1 meta l4proto {{ tcp, udp }} th dport != {ROUTED_PORT} snat to {narrow}"),
               ("postrouting", f"oif eth1 meta l4proto {{ icmp, ipv6-icmp }} snat to {site.public}"))
    out(site, traffic)


def random_ports(site, traffic):
    """The same with ports drawn at random."""
    site.rules(("postrouting", f"oif eth1 meta l4proto {{ tcp, udp }} th dport != {ROUTED_PORT} masquerade fully-random"))
    out(site, traffic)


def out(site, traffic):
    targets = [address for _, address in site.servers]
    for server in site.servers:
        traffic.serve(server, 80, 443, ROUTED_PORT)
    traffic.mix(site.clients, targets, 60)
    traffic.plain(site.clients[:2], targets)


def forward(site, traffic):
    """Ports of the router are an inner server's."""
    inner = site.inner[1]
    site.rules(*(("prerouting", f"iif eth1 FAMILY daddr {site.public} {proto} dport {port} dnat to {site.with_port(inner, real)}")
                 for proto in ("tcp", "udp") for port, real in ((8080, 80), (8443, 443))))
    traffic.serve(site.inner, 80, 443, ROUTED_PORT)
    traffic.mix(site.strangers + site.servers, [site.public], 40, (8080, 8443))
    traffic.plain(site.strangers, [inner])


def hairpin(site, traffic):
    """Inner clients reach an inner server by the router's outer address: both addresses change, on one card."""
    inner = site.inner[1]
    site.rules(("prerouting", f"FAMILY daddr {site.public} tcp dport 8080 dnat to {site.with_port(inner, 80)}"),
               ("prerouting", f"FAMILY daddr {site.public} udp dport 8080 dnat to {site.with_port(inner, 80)}"),
               ("postrouting", f"oif eth0 FAMILY daddr {inner} masquerade"),
               ("postrouting", "oif eth1 masquerade"))
    traffic.serve(site.inner, 80)
    traffic.serve(site.servers[0], 80, 443)
    traffic.mix(site.clients, [site.public], 30, (8080,))
    traffic.mix(site.strangers, [site.public], 10, (8080,))
    traffic.mix(site.clients, [site.servers[0][1]], 10)


NAMED = {"masquerade": masquerade, "pat": ports, "pat-random": random_ports, "dnat": forward, "hairpin": hairpin}
SCENES = {f"{name}-{family}": (scene, family == "v6") for name, scene in NAMED.items() for family in ("v4", "v6")}


def tuple_of(words):
    fields = dict(word.split("=", 1) for word in words.split() if "=" in word)
    found = {"src": fields["src"], "dst": fields["dst"]}
    if "id" in fields:
        return found | {"id": int(fields["id"])}
    return found | {field: int(fields[field]) for field in ("sport", "dport") if field in fields}


def turned(reply):
    """As the packet went on, from what is expected back."""
    found = {"src": reply["dst"], "dst": reply["src"]}
    if "id" in reply:
        return found | {"id": reply["id"]}
    return found | {"sport": reply["dport"], "dport": reply["sport"]}


def connections(said):
    """NEW events of `conntrack -E -o timestamp,extended`."""
    found = []
    for line in said.splitlines():
        there = EVENT.match(line.strip())
        if there:
            t, protocol, original, reply = there.groups()
            found.append({"t": float(t), "protocol": protocol, "original": tuple_of(original),
                          "translated": turned(tuple_of(reply))})
    return found


def record(out_, name, seed, options):
    scene, six = SCENES[name]
    if out_.exists():
        shutil.rmtree(out_)
    out_.mkdir(parents=True)
    captures = {"any.pcap": "any", "inside.pcap": "eth0", "outside.pcap": "eth1"}
    with Network(seconds=SECONDS, seed=seed) as network:
        site = Site(network, seed, six)
        inside = ["ip", "netns", "exec", site.router.name]
        events = subprocess.Popen([*inside, "conntrack", "-E", "-e", "NEW", "-o", "timestamp,extended"],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        network.captures.append(events)  # ended with them
        with contextlib.ExitStack() as running:
            for path, device in captures.items():
                running.enter_context(network.capture(site.router, device, str(out_ / path), quiet=True, snaplen=options.snaplen))
            traffic = Traffic(site, options.share)
            scene(site, traffic)
            traffic.wait()
        listed = subprocess.run([*inside, "conntrack", "-L", "-o", "extended"], check=True, capture_output=True, text=True)
        events.terminate()
        found = connections(events.communicate()[0])
        if network.dropped:
            raise SystemExit(f"the captures lack {network.dropped} packets")
    (out_ / "conntrack.txt").write_text(listed.stdout)
    about = {"scenario": name, "seed": seed, "captures": captures, "macs": site.macs, "connections": found}
    (out_ / "truth.json").write_text(json.dumps(about, indent=1) + "\n")
    changed = sum(one["original"] != one["translated"] for one in found)
    print(f"{out_.name}: {len(found)} connections, {changed} of them rewritten", flush=True)


def parse(arguments):
    parser = argparse.ArgumentParser(prog="./dev lab nat", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=list(SCENES), default=list(SCENES), metavar="NAME", help=" ".join(SCENES))
    parser.add_argument("--seed", type=int, help="drawn when not given")
    parser.add_argument("--out", type=pathlib.Path, default=HERE.parent / "build/lab/nat", metavar="DIR")
    parser.add_argument("--share", type=float, default=1, help="of the usual number of connections")
    parser.add_argument("--snaplen", type=int, default=1600, metavar="BYTES", help="of the captures")
    parser.add_argument("--gzip", action="store_true", help="compress what is kept")
    parser.add_argument("--record-only", action="store_true", help="judge nothing")
    add_options(parser)
    return parser.parse_args(arguments)


def main(arguments):
    options = parse(arguments)
    why_not = obstacle("nft", "conntrack")
    if why_not:
        print("skipped:", why_not)
        return SKIPPED
    seed = random.randrange(10000) if options.seed is None else options.seed
    places = [options.out / name for name in options.only]
    for place in places:
        record(place, place.name, seed, options)
        if options.gzip:
            compress(place)
    hand_over(options.out)
    return 0 if options.record_only or nat_agreement.report(places, options) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
