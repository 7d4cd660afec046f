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
            "helpers": [["dir", "toa.py", "1", *want["toa"]]] if want["toa"] else [],
            "bridges": sorted(set(site.bridge.values())),
            "hosts": site.hosts, "setup": site.setup, "servers": self.server_plans(), "clients": self.clients,
            "directors": list(site.director), "conntrack": ["dir"] if site.mode == "fnat" else [], "captures": self.captures(),
            "keepalived": site.keepalived, "events": site.events, "span": want["span"], "snaplen": want["snaplen"],
            "ts_precision": site.rng.choice(("nano", "micro")), "modules": list(dict.fromkeys(site.modules)),
        }

    def truth(self):
        site, want = self.site, self.site.want
        known = {
            "scenario": site.name, "seed": site.seed, "mode": site.mode, "scheduler": want["scheduler"], "topo": want["topo"],
            "router": site.router, "family": want["family"], "vip": site.vips[0], "vport": site.offered[0]["vport"], "services": site.offered,
            "dip": site.director["dir"]["dip"], "dip2": site.director["dir"]["dip2"], "lips": site.lips, "persist": want["persist"],
            "toa": want["toa"] and " ".join(want["toa"]), "tun_type": want["tun_type"], "gue_port": site.gue_port, "arp_bad": want["arp_bad"],
            "rips": site.rips, "cips": site.cips, "router_ips": site.router_ips, "directors": site.director,
            "macs": {ns: {link["dev"]: link["mac"] for link in host["links"]} for ns, host in site.hosts.items()},
            "rules": site.rules, "split": want["fault"] in ("removed", "expired"), "timeouts": site.timeouts, "fwmark": 7 if want["fwmark"] else None,
            "findings": list(want["findings"]), "findings_allowed": list(want["allowed"]),
        }
        if want["vrrp"]:
            known["vrrp"] = {"vrid": site.vrid, "version": 2, "priorities": {"dir": 150, "dir2": 100}, "what": want["vrrp"]}
        if want["sync"] is not None:
            known["sync"] = site.sync
        return known
