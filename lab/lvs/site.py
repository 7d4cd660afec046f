"""Who is there: clients, a router, directors and real servers, their cables and addresses, drawn at random."""

import random

from lvs.catalog import scenario

PREFIXES = ("02:42:ac", "00:16:3e", "52:54:00", "fa:16:3e", "00:50:56", "3c:fd:fe")
PORTS = (80, 443, 3306, 5432, 9000, 8080)
INNER_PORTS = (8080, 10443, 18080, 30080, 8443)
MODULES = ("veth", "bridge", "ip_vs", "xt_tcpudp", "xt_multiport", "xt_conntrack", "iptable_filter", "iptable_mangle")


class Site:
    def __init__(self, name, seed, instead):
        self.name, self.seed = name, seed
        self.want = scenario(name) | instead
        self.mode = self.want["mode"]
        self.rng = random.Random(f"{name} {seed}")
        self.six = self.want["family"] == 6
        self.tables = "ip6tables-legacy" if self.six else "iptables-legacy"
        self.router = self.want["router"] if self.want["router"] is not None else self.want["topo"] == "remote"
        self.servers = [f"rs{i + 1}" for i in range(len(self.want["weights"]))]
        self.modules = [*MODULES, f"ip_vs_{self.want['scheduler']}"]
        self.hosts, self.setup, self.used = {}, [], set()
        self.events, self.keepalived, self.rules = [], {}, []
        self.timeouts = self.gue_port = self.vrid = self.sync = None
        self.networks()
        self.services()
        self.people()
        self.directors()
        self.real_servers()

    # Addresses

    def subnet(self):
        rng = self.rng
        if self.six:
            words = ":".join(f"{rng.randrange(1, 65535):x}" for _ in range(3))
            net = f"fd{rng.randrange(256):02x}:{words}::"
        else:
            shared = f"100.{rng.randrange(64, 128)}"
            private = (f"10.{rng.randrange(256)}", f"172.{rng.randrange(16, 32)}", "192.168")
            net = f"{rng.choice((*private, shared, '198.18'))}.{rng.randrange(256)}."
        if net in self.used:
            return self.subnet()
        self.used.add(net)
        return net

    def address(self, net):
        found = net + (f"{self.rng.randrange(2, 65535):x}" if self.six else str(self.rng.randrange(2, 254)))
        if found in self.used:
            return self.address(net)
        self.used.add(found)
        return found

    def mac(self):
        return ":".join([self.rng.choice(PREFIXES), *(f"{self.rng.randrange(256):02x}" for _ in range(3))])

    def networks(self):
        self.front = self.subnet()
        self.back = self.front if self.want["topo"] == "onearm" else self.subnet()
        self.outside = self.subnet() if self.router else self.front
        self.length = 64 if self.six else 24
        self.full = 128 if self.six else 32
        self.bridge = {self.front: "front", self.back: "back" if self.back != self.front else "front"}
        self.bridge.setdefault(self.outside, "outside")

    def link(self, ns, device, net, *addresses):
        host = self.hosts.setdefault(ns, {"links": [], "sysctl": {}})
        link = {"dev": device, "bridge": self.bridge[net], "mac": self.mac()}
        link["addresses"] = [f"{address}/{self.length}" for address in addresses]
        host["links"].append(link)
        return link["mac"]

    def trunk(self, ns, vlans):
        """One cable for several networks: {VLAN: (network, address)}."""
        mac = self.mac()
        tagged = [{"id": number, "bridge": self.bridge[net], "address": f"{address}/{self.length}"}
                  for number, (net, address) in vlans.items()]
        cable = {"dev": "eth0", "bridge": None, "mac": mac, "addresses": [], "vlans": tagged}
        self.hosts[ns] = {"links": [cable], "sysctl": {}}
        self.modules += ["8021q"]
        return {device: mac for device in ("eth0", *(f"eth0.{number}" for number in vlans))}

    def do(self, ns, *commands):
        self.setup += [(ns, command) for command in commands]

    def sysctl(self, ns, **values):
        self.hosts[ns]["sysctl"] |= {name.replace("__", "."): value for name, value in values.items()}

    def new_address(self, address, length, device):
        return f"ip address add {address}/{length} dev {device}" + (" nodad" if self.six else "")

    def socket(self, address, port):
        return f"[{address}]:{port}" if self.six else f"{address}:{port}"

    # Who is there

    def services(self):
        count = self.want["services"]
        protocols = ["tcp", "udp"] if count == "udp" else ["tcp"] * count
        self.vips = [self.address(self.front)]
        if self.want["scheduler"] == "dh":
            self.vips += [self.address(self.front) for _ in range(len(protocols) - 1)]
        ports = self.rng.sample(PORTS, len(protocols))
        inner = self.rng.sample(INNER_PORTS, len(protocols))
        self.offered = []
        for number, proto in enumerate(protocols):
            port = 53 if proto == "udp" else ports[number]
            mapped = self.want["portmap"] or (proto == "udp" and self.mode in ("nat", "fnat"))
            self.offered.append({"proto": proto, "vip": self.vips[number % len(self.vips)], "vport": port,
                                 "rport": inner[number] if mapped else port,
                                 "scheduler": self.want["scheduler"], "weights": list(self.want["weights"])})

    def people(self):
        self.cips = {}
        few, most = self.want["clients"]
        for ns in ("c1", "c2"):
            self.cips[ns] = [self.address(self.outside) for _ in range(self.rng.randint(few, most))]
            self.link(ns, "eth0", self.outside, *self.cips[ns])
        self.router_ips = []
        if self.router:
            nets = [self.outside, self.front] + ([self.back] if self.want["topo"] == "remote" else [])
            self.router_ips = [self.address(net) for net in nets]
            for number, (net, address) in enumerate(zip(nets, self.router_ips)):
                self.link("rt", f"eth{number}", net, address)
            self.forwards("rt")
            for ns in self.cips:
                self.do(ns, f"ip route add default via {self.router_ips[0]}")

    def forwards(self, ns):
        self.sysctl(ns, net__ipv4__ip_forward=1)
        for which in ("all", "default", "eth0"):
            self.sysctl(ns, **{f"net__ipv4__conf__{which}__send_redirects": 0, f"net__ipv4__conf__{which}__rp_filter": 0})
        if self.six:
            self.sysctl(ns, net__ipv6__conf__all__forwarding=1)

    def directors(self):
        self.director = {}
        front, back = self.cards = ("eth0.10", "eth0.20") if self.want["vlan"] else ("eth0", "eth1")
        names = ["dir", "dir2"] if self.want["sync"] is not None or self.want["vrrp"] else ["dir"]
        for ns in names:
            dip = self.address(self.front)
            dip2 = None
            two = self.want["topo"] == "twoarm" or (self.want["topo"] == "remote" and self.mode == "nat")
            if self.want["vlan"]:
                dip2 = self.address(self.back)
                macs = self.trunk(ns, {10: (self.front, dip), 20: (self.back, dip2)})
            else:
                macs = {front: self.link(ns, front, self.front, dip)}
                if two:
                    dip2 = self.address(self.back)
                    macs[back] = self.link(ns, back, self.back, dip2)
            self.director[ns] = {"dip": dip, "dip2": dip2, "macs": macs, "front": front, "back": back if dip2 else front}
            self.forwards(ns)
            if self.router:
                self.do(ns, f"ip route add default via {self.router_ips[1]}")
            if ns == "dir" and not self.want["vrrp"]:
                # Over IPv6 the director would else speak as the VIP itself.
                never_source = " preferred_lft 0" if self.six else ""
                self.do(ns, *(self.new_address(vip, self.full, front) + never_source for vip in self.vips))
        self.lips = [self.address(self.back) for _ in range(2)] if self.mode == "fnat" else []
        self.gateway = self.address(self.back) if self.want["vrrp"] and self.mode == "nat" else None
        if self.back != self.front and self.director["dir"]["dip2"]:
            via = self.director["dir"]["dip"]
            for ns in ("rt",) if self.router else self.cips:
                if self.want["topo"] == "twoarm":
                    self.do(ns, f"ip route add {self.back}{'' if self.six else '0'}/{self.length} via {via}")

    def real_servers(self):
        self.rips = []
        for number, ns in enumerate(self.servers):
            rip = self.address(self.back)
            mac = self.link(ns, "eth0", self.back, rip)
            self.rips.append({"rs": ns, "ip": rip, "port": self.offered[0]["rport"], "mac": mac,
                              "weight": self.want["weights"][number], "state": self.want["states"].get(number + 1, "up")})
