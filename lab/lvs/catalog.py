"""The recordings of a real director that the lab makes, by name: what each differs in from the first."""

USUAL = {
    "mode": "nat", "scheduler": "rr", "weights": (1, 1, 1), "topo": "twoarm", "router": None, "family": 4, "services": 1,
    "span": 8.0, "snaplen": 2048, "count": (64, 84), "clients": (2, 4), "kinds": None,
    "portmap": False, "tun_type": None, "persist": None, "fwmark": False, "toa": None, "vlan": False, "sync": None, "vrrp": None,
    "states": {}, "arp_bad": False, "fault": None, "findings": (), "allowed": (),
}
WEIGHTS = (4, 2, 1)
MANY = (5, 7)  # addresses of a client host, where the scheduler looks at them
SPLIT = ("lvs_split_handshake",)
CUT = ("lvs_entry_expired", "lvs_split_handshake")

CATALOG = {
    # Modes and schedulers
    "nat-rr": {},
    "nat-wrr": {"scheduler": "wrr", "weights": WEIGHTS, "portmap": True},
    "nat-lc": {"scheduler": "lc", "router": True},
    "nat-wlc": {"scheduler": "wlc", "weights": WEIGHTS, "portmap": True},
    "nat-sed": {"scheduler": "sed", "weights": WEIGHTS},
    "nat-nq": {"scheduler": "nq", "weights": WEIGHTS, "router": True},
    "nat-sh": {"scheduler": "sh", "clients": MANY},
    "nat-dh": {"scheduler": "dh", "services": 3},
    "nat-mh": {"scheduler": "mh", "clients": MANY},
    "nat-onearm": {"topo": "onearm", "router": True, "portmap": True},
    "nat-v6": {"family": 6, "portmap": True},
    "nat-vlan": {"vlan": True, "portmap": True},
    "nat-udp": {"services": "udp", "scheduler": "wrr", "weights": WEIGHTS},
    "nat-services": {"services": 3, "portmap": True, "router": True},
    "nat-fwmark": {"fwmark": True, "services": 2},
    "nat-persist": {"persist": 50, "clients": MANY},
    "nat-five": {"weights": (1, 1, 1, 1, 1), "portmap": True},
    "dr-rr": {"mode": "dr", "topo": "onearm"},
    "dr-wrr": {"mode": "dr", "topo": "onearm", "scheduler": "wrr", "weights": WEIGHTS, "router": True},
    "dr-wlc": {"mode": "dr", "topo": "onearm", "scheduler": "wlc", "weights": WEIGHTS},
    "dr-sh": {"mode": "dr", "topo": "onearm", "scheduler": "sh", "clients": MANY},
    "dr-v6": {"mode": "dr", "topo": "onearm", "family": 6},
    "dr-udp": {"mode": "dr", "topo": "onearm", "services": "udp"},
    "dr-fwmark": {"mode": "dr", "topo": "onearm", "fwmark": True, "services": 2},
    "tun-ipip": {"mode": "tun", "topo": "remote", "router": True, "tun_type": "ipip"},
    "tun-gre": {"mode": "tun", "topo": "remote", "router": True, "tun_type": "gre", "scheduler": "wrr", "weights": WEIGHTS},
    "tun-gue": {"mode": "tun", "topo": "remote", "router": True, "tun_type": "gue"},
    "tun-v6": {"mode": "tun", "topo": "remote", "router": True, "tun_type": "ipip", "family": 6},
    "tun-udp": {"mode": "tun", "topo": "remote", "router": True, "tun_type": "ipip", "services": "udp"},
    "fnat-rr": {"mode": "fnat", "portmap": True},
    "fnat-router": {"mode": "fnat", "portmap": True, "router": True},
    "fnat-v6": {"mode": "fnat", "family": 6},
    "fnat-udp": {"mode": "fnat", "services": "udp"},
    "fnat-toa": {"mode": "fnat", "portmap": True, "toa": ("ack",)},
    "fnat-toa-syn": {"mode": "fnat", "portmap": True, "toa": ("syn",)},
    "fnat-vlan": {"mode": "fnat", "vlan": True, "portmap": True},
    "fnat-dpvs": {"mode": "fnat", "portmap": True, "toa": ("ack", "0", "delta")},
    "fnat-own-isn": {"mode": "fnat", "portmap": True, "toa": ("none", "0", "delta")},
    # Directors that talk to each other
    "nat-sync-v0": {"sync": 0, "scheduler": "wlc", "weights": WEIGHTS},
    "nat-sync-v1": {"sync": 1, "portmap": True},
    "dr-sync": {"mode": "dr", "topo": "onearm", "sync": 1},
    "dr-sync-v6": {"mode": "dr", "topo": "onearm", "sync": 1, "family": 6},
    "vrrp-dr": {"mode": "dr", "topo": "onearm", "vrrp": "failover", "span": 18.0, "router": True,
                "findings": ("vrrp_failover",), "allowed": CUT},
    "vrrp-nat-sync": {"mode": "nat", "vrrp": "failover", "sync": 1, "span": 18.0,
                      "findings": ("vrrp_failover",), "allowed": CUT},
    "vrrp-silent": {"mode": "dr", "topo": "onearm", "vrrp": "silent", "span": 18.0,
                    "findings": ("vrrp_failover",), "allowed": CUT},
    "vrrp-steady": {"mode": "dr", "topo": "onearm", "vrrp": "steady", "span": 10.0},
    "vrrp-split-brain": {"mode": "dr", "topo": "onearm", "vrrp": "split", "span": 18.0,
                         "findings": ("vrrp_split_brain",), "allowed": ("vrrp_failover", *CUT)},
    # Faults
    "nat-hole": {"states": {2: "hole"}},
    "dr-hole": {"mode": "dr", "topo": "onearm", "states": {2: "hole"}},
    "nat-gone": {"states": {3: "gone"}},
    "dr-gone": {"mode": "dr", "topo": "onearm", "states": {1: "gone"}},
    "nat-refused": {"states": {2: "down"}, "portmap": True},
    "dr-refused": {"mode": "dr", "topo": "onearm", "states": {1: "down"}},
    "tun-refused": {"mode": "tun", "topo": "remote", "router": True, "tun_type": "ipip", "states": {3: "down"}},
    "nat-none": {"fault": "none", "findings": ("lvs_no_server",)},
    "dr-none": {"mode": "dr", "topo": "onearm", "fault": "none", "findings": ("lvs_no_server",)},
    "nat-expired": {"fault": "expired", "span": 11.0, "kinds": {"late": 14, "get": 20, "getc": 10, "keep": 8},
                    "count": (40, 50), "findings": ("lvs_entry_expired",)},
    "dr-expired": {"mode": "dr", "topo": "onearm", "fault": "expired", "span": 11.0, "count": (40, 50),
                   "kinds": {"late": 14, "get": 20, "getc": 10, "keep": 8}, "findings": ("lvs_entry_expired",)},
    "nat-split": {"fault": "removed", "kinds": {"keep": 30, "trickle": 12, "get": 10}, "findings": SPLIT,
                  "allowed": ("lvs_entry_expired",)},
    "dr-split": {"mode": "dr", "topo": "onearm", "fault": "removed", "kinds": {"keep": 30, "trickle": 12, "get": 10},
                 "findings": SPLIT, "allowed": ("lvs_entry_expired",)},
    "nat-bypass": {"topo": "remote", "router": True, "fault": "bypass", "findings": ("lvs_reply_bypasses_director",),
                   "allowed": ("lvs_server_unanswered",)},  # as far as the director sees
    "dr-arp": {"mode": "dr", "topo": "onearm", "arp_bad": True, "findings": ("lvs_arp_problem",), "allowed": SPLIT},
    "tun-mtu": {"mode": "tun", "topo": "remote", "router": True, "tun_type": "ipip", "fault": "mtu",
                "kinds": {"post": 16, "get": 20, "getc": 10, "keep": 10}, "findings": ("lvs_mtu",)},
    "fnat-toa-missing": {"mode": "fnat", "portmap": True, "toa": ("syn", "4"), "findings": ("lvs_toa_missing",)},
    "nat-reuse": {"fault": "reuse", "kinds": {"reuse": 24, "get": 10, "keep": 6}},
}


def scenario(name):
    return USUAL | CATALOG[name]
