"""A recording's plan, drawn by its name and seed, and the part of its truth that is known before."""

from lvs import faults, real_servers, rules, traffic
from lvs.site import Site


class Draw:
    def __init__(self, name, seed, **instead):
        """`instead` of what the catalog has."""
        self.site = Site(name, seed, instead)
        real_servers.configure(self.site)
        rules.configure(self.site)
        faults.configure(self.site)
        self.clients = traffic.plan(self.site)

    def server_plans(self):
        site, plans = self.site, {}
        for server in site.rips:
            tcp = sorted({one["rport"] for one in site.offered if one["proto"] == "tcp"})
            udp = [(address, one["rport"]) for one in site.offered if one["proto"] == "udp"
                   for address in ([server["ip"]] if site.mode in ("nat", "fnat") else [one["vip"]])]
            plans[server["rs"]] = {"name": server["rs"], "tcp": [] if server["state"] == "down" else tcp, "udp": udp}
        return plans | {ns: {"name": ns, "tcp": [traffic.LOCAL_PORT], "udp": []} for ns in site.director}

    def captures(self):
        site, found = self.site, {}
        for ns, director in site.director.items():
            stem = "director" + ns.removeprefix("dir")
            found[f"{stem}.pcap"] = {"ns": ns, "if": "any"}
            found |= {f"{stem}-{card}.pcap": {"ns": ns, "if": card} for card in director["macs"]}
        found |= {"client.pcap": {"ns": "c1", "if": "eth0"}, "client2.pcap": {"ns": "c2", "if": "eth0"}}
        return found | {f"{ns}.pcap": {"ns": ns, "if": "eth0"} for ns in site.servers}

    def plan(self):
        site, want = self.site, self.site.want
        return {
            "family": want["family"], "offload": "off" if want["toa"] else site.rng.choice(("on", "off")),
            "helpers": [["dir", "toa.py", *want["toa"]]] if want["toa"] else [],
            "bridges": sorted(set(site.bridge.values())),
            "hosts": site.hosts, "setup": site.setup, "servers": self.server_plans(), "clients": self.clients,
            "directors": list(site.director), "conntrack": ["dir"] if site.mode == "fnat" else [], "captures": self.captures(),
            "keepalived": site.keepalived, "events": site.events, "span": want["span"], "snaplen": want["snaplen"],
            "ts_precision": site.rng.choice(("nano", "micro")), "modules": list(dict.fromkeys(site.modules)),
        }

    def truth(self):
        site, want = self.site, self.site.want
        known = {field: want[field] for field in ("scheduler", "topo", "family", "persist", "tun_type", "arp_bad")}
        known |= {
            "scenario": site.name, "seed": site.seed, "mode": site.mode, "router": site.router,
            "vip": site.vips[0], "vport": site.offered[0]["vport"], "services": site.offered, "rules": site.rules,
            "dip": site.director["dir"]["dip"], "dip2": site.director["dir"]["dip2"], "lips": site.lips,
            "toa": want["toa"] and " ".join(want["toa"]), "gue_port": site.gue_port, "fwmark": 7 if want["fwmark"] else None,
            "rips": site.rips, "cips": site.cips, "router_ips": site.router_ips, "directors": site.director,
            "macs": {ns: {link["dev"]: link["mac"] for link in host["links"]} for ns, host in site.hosts.items()},
            "split": want["fault"] in ("removed", "expired"), "timeouts": site.timeouts,
            "findings": list(want["findings"]), "findings_allowed": list(want["allowed"]),
        }
        if want["vrrp"]:
            priorities = {"dir": 150, "dir2": 100}
            known["vrrp"] = {"vrid": site.vrid, "version": 2, "priorities": priorities, "what": want["vrrp"]}
        if want["sync"] is not None:
            known["sync"] = site.sync
        return known
