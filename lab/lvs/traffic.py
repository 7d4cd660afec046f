"""Who connects when."""

from lvs.faults import event

LOCAL_PORT = 2222  # of the director's own service
KINDS = {"get": 22, "getc": 18, "keep": 14, "post": 6, "open": 7, "rst": 6, "trickle": 3, "half": 2, "closewait": 2, "srvrst": 2,
         "idle": 1}


def plan(site):
    """By client host."""
    want, rng = site.want, site.rng
    planned = {ns: [] for ns in site.cips}
    number = rng.randint(*want["count"])
    kinds = want["kinds"] or KINDS
    chosen = rng.choices(list(kinds), list(kinds.values()), k=number)
    for index, kind in enumerate(chosen):
        service = rng.choice(site.offered)
        connection(site, planned, f"{site.name}-{index}", kind, service)
    for index in range(rng.randint(2, 4)):
        service = rng.choice([one for one in site.offered if one["proto"] == "tcp"])
        connection(site, planned, f"{site.name}-pre{index}", rng.choice(("open", "trickle", "keep")), service, early=True)
    others(site, planned)
    return planned


def connection(site, planned, name, kind, service, early=False):
    rng, want = site.rng, site.want
    ns = rng.choice(list(site.cips))
    until = want["span"]
    at = rng.uniform(-1.0, -0.1) if early else rng.uniform(0.1, until - 0.7)
    if kind == "late":
        at = rng.uniform(0.1, 2.0)
    plan = {"id": name, "kind": kind, "proto": service["proto"], "src": rng.choice(site.cips[ns]), "sport": 0,
            "dst": service["vip"], "dport": service["vport"], "at": round(at, 4), "size": size(site, kind),
            "times": rng.randint(2, 4), "pause": round(rng.uniform(0.2, 0.8), 3), "until": until}
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
        twice(site, planned[ns], plan)
    else:
        planned[ns].append(plan)


def twice(site, planned, plan):
    """The same port again: the server closed and waits, the client begins anew."""
    port = site.rng.randrange(20000, 32000)
    wait = site.rng.choice((0.03, 0.2, 0.45, 1.1))
    at = min(plan["at"], plan["until"] - 0.9 - wait)
    first = plan | {"id": plan["id"] + "a", "kind": "get", "sport": port, "at": at, "size": 200}
    planned += [first, first | {"id": plan["id"] + "b", "at": round(first["at"] + wait, 4)}]


def size(site, kind):
    if kind == "post":
        return site.rng.choice((300, 900, 4000, 9000) if site.want["fault"] != "mtu" else (600, 6000, 20000, 40000))
    return site.rng.choice((100, 600, 1400, 3000, 9000))


def others(site, planned):
    """The director is a host too, and real servers can be reached past it."""
    rng = site.rng
    for target in (site.director["dir"]["dip"], site.vips[0]):
        event(site, round(rng.uniform(0.5, 3.0), 3), rng.choice(list(site.cips)), f"ping {target}", f"ping -c 1 -W 1 {target}")
    for index in range(rng.randint(2, 4)):
        other(site, planned, f"{site.name}-x{index}", site.director["dir"]["dip"], LOCAL_PORT, "local-on-director")
    if site.mode != "fnat" and site.want["topo"] != "remote" and not (site.mode == "nat" and site.want["topo"] == "onearm"):
        for index in range(rng.randint(2, 4)):
            up = [one for one in site.rips if one["state"] == "up"]
            service = next(one for one in site.offered if one["proto"] == "tcp")
            other(site, planned, f"{site.name}-y{index}", rng.choice(up)["ip"], service["rport"], "direct-to-rip")


def other(site, planned, name, target, port, what):
    ns = site.rng.choice(list(site.cips))
    kind, src = site.rng.choice(("get", "getc", "keep", "open")), site.rng.choice(site.cips[ns])
    until = site.want["span"]
    planned[ns].append({"id": name, "kind": kind, "proto": "tcp", "src": src, "sport": 0, "dst": target, "dport": port,
                        "at": round(site.rng.uniform(0.1, until - 2.5), 4), "size": 300, "times": 2, "pause": 0.3,
                        "until": until, "what": what})
