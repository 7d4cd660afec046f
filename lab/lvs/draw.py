"""A recording's plan, drawn by its name and seed: hosts and cables, the director's rules, and who connects when."""

import random

from lvs.catalog import scenario

PREFIXES = ("02:42:ac", "00:16:3e", "52:54:00", "fa:16:3e", "00:50:56", "3c:fd:fe")
PORTS = (80, 443, 3306, 5432, 9000, 8080)
INNER_PORTS = (8080, 10443, 18080, 30080, 8443)
LOCAL_PORT = 2222  # of the director's own service
KINDS = {"get": 22, "getc": 18, "keep": 14, "post": 6, "open": 7, "rst": 6, "trickle": 3, "half": 2, "closewait": 2, "srvrst": 2, "idle": 1}
FORWARDING = {"nat": "-m", "dr": "-g", "tun": "-i"}
MODULES = ("veth", "bridge", "ip_vs", "xt_tcpudp", "xt_multiport", "xt_conntrack", "iptable_filter", "iptable_mangle")


class Draw:
    def __init__(self, name, seed, **instead):
        """`instead` of what the catalog has."""
        self.name = name
        self.seed = seed
        self.want = scenario(name) | instead
        self.rng = random.Random(f"{name} {seed}")
        self.six = self.want["family"] == 6
        self.router = self.want["router"] if self.want["router"] is not None else self.want["topo"] == "remote"
        self.hosts, self.setup, self.events, self.keepalived, self.timeouts = {}, [], [], {}, None
        self.modules = [*MODULES, f"ip_vs_{self.want['scheduler']}"]
        self.used = set()
        self.servers = [f"rs{i + 1}" for i in range(len(self.want["weights"]))]
        self.mode = self.want["mode"]
        self.networks()
        self.services()
        self.people()
        self.directors()
        self.real_servers()
        self.connections()

    # Addresses

    def subnet(self):
        rng = self.rng
        if self.six:
            net = f"fd{rng.randrange(256):02x}:{rng.randrange(1, 65535):x}:{rng.randrange(1, 65535):x}:{rng.randrange(1, 65535):x}::"
        else:
            first = rng.choice((f"10.{rng.randrange(256)}", f"172.{rng.randrange(16, 32)}", "192.168", f"100.{rng.randrange(64, 128)}", "198.18"))
            net = f"{first}.{rng.randrange(256)}."
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
        link = {"dev": device, "bridge": self.bridge[net], "mac": self.mac(), "addresses": [f"{a}/{self.length}" for a in addresses]}
        host["links"].append(link)
        return link["mac"]

    def do(self, ns, *commands):
        self.setup += [(ns, command) for command in commands]

    def sysctl(self, ns, **values):
        self.hosts[ns]["sysctl"] |= {name.replace("__", "."): value for name, value in values.items()}

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
        values = {"net__ipv4__ip_forward": 1, "net__ipv4__conf__all__send_redirects": 0, "net__ipv4__conf__default__send_redirects": 0,
                  "net__ipv4__conf__eth0__send_redirects": 0, "net__ipv4__conf__all__rp_filter": 0, "net__ipv4__conf__default__rp_filter": 0}
        if self.six:
            values["net__ipv6__conf__all__forwarding"] = 1
        self.sysctl(ns, **values)

    def directors(self):
        self.director = {}
        names = ["dir", "dir2"] if self.want["sync"] is not None or self.want["vrrp"] else ["dir"]
        for ns in names:
            dip = self.address(self.front)
            macs = {"eth0": self.link(ns, "eth0", self.front, dip)}
            dip2 = None
            two = self.want["topo"] == "twoarm" or (self.want["topo"] == "remote" and self.mode == "nat")
            if two:
                dip2 = self.address(self.back)
                macs["eth1"] = self.link(ns, "eth1", self.back, dip2)
            self.director[ns] = {"dip": dip, "dip2": dip2, "macs": macs, "front": "eth0", "back": "eth1" if dip2 else "eth0"}
            self.forwards(ns)
            if self.router:
                self.do(ns, f"ip route add default via {self.router_ips[1]}")
            if ns == "dir" and not self.want["vrrp"]:
                self.do(ns, *(f"ip address add {vip}/{self.full} dev eth0" + (" nodad" if self.six else "") for vip in self.vips))
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
        for server in self.rips:
            self.returns(server["rs"])
            if self.mode in ("dr", "tun"):
                self.holds_vip(server["rs"])
            self.fails(server)
        rules = {"nat": self.balance, "dr": self.balance, "tun": self.balance, "fnat": self.translate}[self.mode]
        self.rules = []
        for ns in self.director:
            if not self.want["vrrp"]:
                rules(ns)
        if self.want["vrrp"]:
            self.keepers()
        self.synchronise()
        self.disturb()

    def returns(self, ns):
        """The way back of what a real server says."""
        director = self.director["dir"]
        if self.mode == "nat" and not (self.want["fault"] == "bypass" and ns == self.servers[0]):
            via = self.gateway or director["dip2"] or director["dip"]
        elif self.mode == "fnat":
            via = director["dip2"]
        elif self.router:
            via = self.router_ips[-1]
        else:
            return
        self.do(ns, f"ip route add default via {via}")
        # Where the outside is not reached over the director's own card, clients on the director's front network are behind it.
        if self.mode == "nat" and self.want["topo"] == "onearm":
            self.sysctl(ns, net__ipv4__conf__all__accept_redirects=0, net__ipv4__conf__eth0__accept_redirects=0)

    def holds_vip(self, ns):
        device, kind = "lo", self.want["tun_type"]
        self.sysctl(ns, net__ipv4__conf__all__rp_filter=0, net__ipv4__conf__default__rp_filter=0)
        if kind in ("ipip", "gue"):
            device = "ip6tnl0" if self.six else "tunl0"
            self.modules += ["ip6_tunnel"] if self.six else ["ipip"]
        elif kind == "gre":
            device = "gre0"
            self.modules += ["ip_gre"]
        if kind == "gue":
            self.gue_port = getattr(self, "gue_port", None) or self.rng.randrange(5000, 7000)
            self.modules += ["fou"]
            self.do(ns, f"ip fou add port {self.gue_port} gue")
        if kind:
            self.do(ns, f"ip link set {device} up", f"sysctl -qw net.ipv4.conf.{device}.rp_filter=0")
        if not self.want["arp_bad"]:
            self.sysctl(ns, net__ipv4__conf__all__arp_ignore=1, net__ipv4__conf__all__arp_announce=2)
        # Over IPv6 nothing keeps a host from answering for what it has on another card but that it has it on the loopback.
        self.do(ns, *(f"ip address add {vip}/{self.full} dev {device}" + (" nodad" if self.six else "") for vip in self.vips))
        if self.six and not kind:
            self.do(ns, *(f"ip6tables-legacy -A OUTPUT -p icmpv6 --icmpv6-type neighbour-advertisement -s {vip} -j DROP" for vip in self.vips))
            self.modules += ["ip6table_filter"]

    def fails(self, server):
        ports = {one["rport"] for one in self.offered if one["proto"] == "tcp"}
        tables = "ip6tables-legacy" if self.six else "iptables-legacy"
        if server["state"] == "hole":
            self.do(server["rs"], *(f"{tables} -A INPUT -p tcp --dport {port} --syn -j DROP" for port in ports))
        elif server["state"] == "gone":
            self.do(server["rs"], "ip link set eth0 down")

    # What directors are told

    def balance(self, ns):
        want, family = self.want, "-6 " if self.six else ""
        mapped = {"nat": "-m", "dr": "-g", "tun": "-i"}[self.mode]
        if want["tun_type"] in ("gre", "gue"):
            mapped += f" --tun-type {want['tun_type']} --tun-nocsum" + (f" --tun-port {self.gue_port}" if want["tun_type"] == "gue" else "")
        options = f"-s {want['scheduler']}" + (f" -p {want['persist']}" if want["persist"] else "")
        if want["fwmark"]:
            tables = "ip6tables-legacy" if self.six else "iptables-legacy"
            ports = ",".join(str(one["vport"]) for one in self.offered)
            self.do(ns, f"{tables} -t mangle -A PREROUTING -d {self.vips[0]} -p tcp -m multiport --dports {ports} -j MARK --set-mark 7")
            self.modules += ["xt_mark"]
            services = [("-f 7", 0)]
        else:
            services = [(f"-{one['proto'][0]} {self.socket(one['vip'], one['vport'])}", one["rport"]) for one in self.offered]
        rules = []
        for service, rport in services:
            rules.append(f"-A {service} {family if 'f 7' in service else ''}{options}")
            for server in self.rng.sample(self.rips, len(self.rips)):
                real = self.socket(server["ip"], rport)
                rules.append(f"-a {service} {family if 'f 7' in service else ''}-r {real} {mapped} -w {server['weight']}")
        self.rules = self.rules or rules
        self.do(ns, *(f"ipvsadm {rule}" for rule in self.rules))

    def socket(self, address, port):
        return f"[{address}]:{port}" if self.six else f"{address}:{port}"

    def translate(self, ns):
        """FULLNAT, which IPVS has not: the destination by turns, the source from two addresses."""
        tables = "ip6tables-legacy" if self.six else "iptables-legacy"
        self.modules += ["nf_conntrack", "nf_conntrack_netlink", "xt_statistic", "xt_nat", "ip6table_nat" if self.six else "iptable_nat"]
        self.do(ns, *(f"ip address add {lip}/{self.length} dev eth1" + (" nodad" if self.six else "") for lip in self.lips))
        low = self.rng.randrange(5000, 30000)
        rules = []

        def by_turns(choices, rule):
            for left in range(len(choices), 0, -1):
                turn = f"-m statistic --mode nth --every {left} --packet 0 " if left > 1 else ""
                rules.append(rule.format(turn=turn, choice=choices[len(choices) - left]))

        for one in self.offered:
            proto = f"-p {one['proto']} -m {one['proto']}"
            targets = [self.socket(server["ip"], one["rport"]) for server in self.rng.sample(self.rips, len(self.rips))]
            by_turns(targets, f"-t nat -A PREROUTING -d {one['vip']} {proto} --dport {one['vport']} {{turn}}-j DNAT --to-destination {{choice}}")
            sources = [f"[{lip}]:{low}-{low + 20000}" if self.six else f"{lip}:{low}-{low + 20000}" for lip in self.lips]
            by_turns(sources, f"-t nat -A POSTROUTING -o eth1 {proto} --dport {one['rport']} -m conntrack --ctorigdst {one['vip']}"
                              " {turn}-j SNAT --to-source {choice} --random")
            if self.want["toa"]:
                rules.append(f"-t raw -A PREROUTING -d {one['vip']} {proto} --dport {one['vport']} -j NFQUEUE --queue-num 1")
                self.modules += ["iptable_raw", "nfnetlink_queue", "xt_NFQUEUE"]
        self.rules = [f"{tables} -w {rule}" for rule in rules]
        self.do(ns, *self.rules)

    def synchronise(self):
        version = self.want["sync"]
        if version is None:
            return
        self.sync = {"syncid": self.rng.randrange(1, 255), "master": "dir", "backup": "dir2",
                     "interface": self.director["dir"]["back"], "version": version}
        for ns, role in (("dir", "master"), ("dir2", "backup")):
            roles = ("master", "backup") if self.want["vrrp"] else (role,)
            self.do(ns, f"sysctl -qw net.ipv4.vs.sync_version={version}",
                    *(f"ipvsadm --start-daemon {one} --mcast-interface {self.sync['interface']} --syncid {self.sync['syncid']}" for one in roles))

    def keepers(self):
        self.vrid = self.rng.randrange(1, 255)
        servers = "".join(
            f"  real_server {server['ip']} {self.offered[0]['rport']} {{\n    weight {server['weight']}\n"
            "    TCP_CHECK {\n      connect_timeout 2\n    }\n  }\n" for server in self.rips)
        kind = {"nat": "NAT", "dr": "DR", "tun": "TUN"}[self.mode]
        service = self.offered[0]
        held = f"    {service['vip']}/32 dev eth0\n" + (f"    {self.gateway}/24 dev eth1\n" if self.gateway else "")
        for ns, priority in (("dir", 150), ("dir2", 100)):
            self.keepalived[ns] = (
                f"global_defs {{\n  router_id {ns}\n}}\n"
                f"vrrp_instance one {{\n  interface eth0\n  state BACKUP\n  virtual_router_id {self.vrid}\n  priority {priority}\n"
                f"  advert_int 1\n  virtual_ipaddress {{\n{held}  }}\n}}\n"
                f"virtual_server {service['vip']} {service['vport']} {{\n  delay_loop 3\n  lvs_sched {self.want['scheduler']}\n"
                f"  lvs_method {kind}\n  protocol TCP\n{servers}}}\n")

    def disturb(self):
        """What goes wrong, and when."""
        want, half = self.want, self.want["span"] / 2
        tables = "ip6tables-legacy" if self.six else "iptables-legacy"
        add = self.events.append
        if want["fault"] == "none":
            service = self.offered[0]
            virtual = f"-t {self.socket(service['vip'], service['vport'])}"
            gone = [f"ipvsadm -e {virtual} -r {self.socket(one['ip'], service['rport'])} {FORWARDING[self.mode]} -w 0" for one in self.rips]
            add({"at": half, "ns": "dir", "run": gone, "what": "all weights 0"})
        elif want["fault"] == "expired":
            self.timeouts = (3, 3, 3)
            self.do("dir", "ipvsadm --set 3 3 3")
        elif want["fault"] == "removed":
            self.do("dir", "sysctl -qw net.ipv4.vs.expire_nodest_conn=1", "sysctl -qw net.ipv4.vs.sloppy_tcp=1")
            service = self.offered[0]
            gone = f"ipvsadm -d -t {self.socket(service['vip'], service['vport'])} -r {self.socket(self.rips[1]['ip'], service['rport'])}"
            add({"at": half, "ns": "dir", "run": [gone], "what": f"removed {self.rips[1]['rs']}"})
        elif want["fault"] == "mtu":
            self.do("rt", f"{tables} -A FORWARD -p icmp --icmp-type fragmentation-needed -j DROP",
                    f"{tables} -t raw -A PREROUTING -p icmp --icmp-type fragmentation-needed -j DROP")
            self.modules += ["iptable_raw"]
        if self.mode == "dr" and self.rng.random() < 0.75:
            add({"at": 0.0, "ns": "dir", "run": ["ip neigh flush all"], "what": "the director's neighbours forgotten"})
        if want["arp_bad"]:
            for at in (0.5, 1.4, 2.2, 3.1, 4.0, 4.9, 5.8, 6.7):
                # Who is the last to be plugged into the switch is the first to hear a question, and to answer it.
                port = self.rng.choice(["dir", *self.servers]) + "-eth0"
                add({"at": at, "ns": "sw", "run": [f"ip link set {port} nomaster", f"ip link set {port} master front"], "what": f"first port {port}"})
                for ns in self.cips:
                    add({"at": at + 0.01, "ns": ns, "run": ["ip neigh flush all"], "what": f"arp-flush {ns}"})
        if want["vrrp"] == "failover":
            add({"at": 4.0, "ns": "dir", "run": ["stop-keepalived"], "what": "stop-keepalived-dir (priority 0 advert)"})
            add({"at": 9.0, "ns": "dir", "run": ["start-keepalived"], "what": "restart-keepalived-dir"})
        elif want["vrrp"] == "silent":
            add({"at": 4.0, "ns": "dir", "run": ["ip link set eth0 down"], "what": "link of dir down, keepalived goes on"})
        elif want["vrrp"] == "split":
            drop = "iptables-legacy -I INPUT -p 112 -j DROP"
            add({"at": 4.0, "ns": "dir", "run": [drop], "what": "dir hears no adverts"})
            add({"at": 4.0, "ns": "dir2", "run": [drop], "what": "dir2 hears no adverts"})

    # Who connects when

    def connections(self):
        want, rng = self.want, self.rng
        self.planned = {ns: [] for ns in self.cips}
        number = rng.randint(*want["count"])
        kinds = want["kinds"] or KINDS
        chosen = rng.choices(list(kinds), list(kinds.values()), k=number)
        for index, kind in enumerate(chosen):
            service = rng.choice(self.offered)
            self.connection(f"{self.name}-{index}", kind, service)
        for index in range(rng.randint(2, 4)):
            service = rng.choice([one for one in self.offered if one["proto"] == "tcp"])
            self.connection(f"{self.name}-pre{index}", rng.choice(("open", "trickle", "keep")), service, early=True)
        self.others()

    def connection(self, name, kind, service, early=False):
        rng, want = self.rng, self.want
        ns = rng.choice(list(self.cips))
        until = want["span"]
        at = rng.uniform(-1.0, -0.1) if early else rng.uniform(0.1, until - 0.7)
        if kind == "late":
            at = rng.uniform(0.1, 2.0)
        plan = {"id": name, "kind": kind, "proto": service["proto"], "src": rng.choice(self.cips[ns]), "sport": 0, "dst": service["vip"],
                "dport": service["vport"], "at": round(at, 4), "size": self.size(kind), "times": rng.randint(2, 4),
                "pause": round(rng.uniform(0.2, 0.8), 3), "until": until}
        if service["proto"] == "udp":
            plan |= {"kind": "udp", "times": rng.choice((1, 1, 2, 3))}
        elif kind == "trickle":
            plan |= {"times": 24 if early else 8, "pause": 0.35}
        elif kind == "keep" and early:
            plan |= {"times": 14, "pause": 0.9}
        elif kind == "late":
            plan |= {"pause": round(rng.uniform(5.5, 7.0), 3)}
        last = plan["at"] + (plan["times"] - 1) * plan["pause"] if plan["kind"] in ("keep", "trickle", "udp") else 0
        if last > until - 0.5:
            plan["times"] = max(1, int((until - 0.5 - plan["at"]) / plan["pause"]) + 1)
        if kind == "reuse" or (plan["kind"] == "get" and rng.random() < 0.12):
            self.twice(ns, plan)
        else:
            self.planned[ns].append(plan)

    def twice(self, ns, plan):
        """The same port again: the server closed and waits, the client begins anew."""
        port = self.rng.randrange(20000, 32000)
        wait = self.rng.choice((0.03, 0.2, 0.45, 1.1))
        first = plan | {"id": plan["id"] + "a", "kind": "get", "sport": port, "at": min(plan["at"], plan["until"] - 0.9 - wait), "size": 200}
        self.planned[ns] += [first, first | {"id": plan["id"] + "b", "at": round(first["at"] + wait, 4)}]

    def size(self, kind):
        if kind == "post":
            return self.rng.choice((300, 900, 4000, 9000) if self.want["fault"] != "mtu" else (600, 6000, 20000, 40000))
        return self.rng.choice((100, 600, 1400, 3000, 9000))

    def others(self):
        """The director is a host too, and real servers can be reached past it."""
        rng = self.rng
        self.other_plans = []
        for index in range(rng.randint(2, 4)):
            self.other(f"{self.name}-x{index}", self.director["dir"]["dip"], LOCAL_PORT, "local-on-director")
        if self.mode != "fnat" and self.want["topo"] != "remote" and not (self.mode == "nat" and self.want["topo"] == "onearm"):
            for index in range(rng.randint(2, 4)):
                up = [one for one in self.rips if one["state"] == "up"]
                service = next(one for one in self.offered if one["proto"] == "tcp")
                self.other(f"{self.name}-y{index}", rng.choice(up)["ip"], service["rport"], "direct-to-rip")

    def other(self, name, target, port, what):
        ns = self.rng.choice(list(self.cips))
        plan = {"id": name, "kind": self.rng.choice(("get", "getc", "keep", "open")), "proto": "tcp", "src": self.rng.choice(self.cips[ns]),
                "sport": 0, "dst": target, "dport": port, "at": round(self.rng.uniform(0.1, self.want["span"] - 2.5), 4), "size": 300,
                "times": 2, "pause": 0.3, "until": self.want["span"], "what": what}
        self.planned[ns].append(plan)

    # The plan, and the part of the truth that is known before

    def server_plans(self):
        plans = {}
        for server in self.rips:
            tcp = sorted({one["rport"] for one in self.offered if one["proto"] == "tcp"})
            udp = [(address, one["rport"]) for one in self.offered if one["proto"] == "udp"
                   for address in ([server["ip"]] if self.mode in ("nat", "fnat") else [one["vip"]])]
            plans[server["rs"]] = {"name": server["rs"], "tcp": [] if server["state"] == "down" else tcp, "udp": udp}
        return plans | {ns: {"name": ns, "tcp": [LOCAL_PORT], "udp": []} for ns in self.director}

    def captures(self):
        found = {}
        for ns, director in self.director.items():
            stem = "director" + ns.removeprefix("dir")
            found[f"{stem}.pcap"] = {"ns": ns, "if": "any"}
            found |= {f"{stem}-{card}.pcap": {"ns": ns, "if": card} for card in director["macs"]}
        found |= {"client.pcap": {"ns": "c1", "if": "eth0"}, "client2.pcap": {"ns": "c2", "if": "eth0"}}
        return found | {f"{ns}.pcap": {"ns": ns, "if": "eth0"} for ns in self.servers}

    def plan(self):
        return {
            "family": self.want["family"], "offload": "off" if self.want["toa"] else self.rng.choice(("on", "off")),
            "helpers": [["dir", "toa.py", "1", *self.want["toa"]]] if self.want["toa"] else [],
            "bridges": sorted(set(self.bridge.values())),
            "hosts": self.hosts, "setup": self.setup, "servers": self.server_plans(), "clients": self.planned,
            "directors": list(self.director), "conntrack": ["dir"] if self.mode == "fnat" else [], "captures": self.captures(),
            "keepalived": self.keepalived, "events": self.events, "span": self.want["span"], "snaplen": self.want["snaplen"],
            "ts_precision": self.rng.choice(("nano", "micro")), "modules": list(dict.fromkeys(self.modules)),
        }

    def truth(self):
        want = self.want
        known = {
            "scenario": self.name, "seed": self.seed, "mode": self.mode, "scheduler": want["scheduler"], "topo": want["topo"],
            "router": self.router, "family": want["family"], "vip": self.vips[0], "vport": self.offered[0]["vport"], "services": self.offered,
            "dip": self.director["dir"]["dip"], "dip2": self.director["dir"]["dip2"], "lips": self.lips, "persist": want["persist"],
            "toa": self.want["toa"] and " ".join(self.want["toa"]), "tun_type": want["tun_type"], "gue_port": getattr(self, "gue_port", None), "arp_bad": want["arp_bad"],
            "rips": self.rips, "cips": self.cips, "router_ips": self.router_ips, "directors": self.director,
            "macs": {ns: {link["dev"]: link["mac"] for link in host["links"]} for ns, host in self.hosts.items()},
            "rules": self.rules, "split": want["fault"] in ("removed", "expired"), "timeouts": self.timeouts, "fwmark": 7 if want["fwmark"] else None,
            "findings": list(want["findings"]), "findings_allowed": list(want["allowed"]),
        }
        if want["vrrp"]:
            known["vrrp"] = {"vrid": self.vrid, "version": 2, "priorities": {"dir": 150, "dir2": 100}, "what": want["vrrp"]}
        if want["sync"] is not None:
            known["sync"] = self.sync
        return known
