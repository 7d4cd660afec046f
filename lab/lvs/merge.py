"""What became of each planned connection, by what the servers, the clients and the director's kernel logged."""

import json
import re

from lvs.recording import NAMES, parse_listing

TEMPLATE = ("cip", "vip", "vport", "rip", "rport")  # of persistence: an entry without a client's port
RECENT = 0.002  # seconds by which a log may precede another


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def merge(out, plan, truth):
    """Adds to the truth what happened. Raw logs are in `out`."""
    run = json.loads((out / "run.json").read_text())
    truth |= {field: run[field] for field in ("t_traffic", "t_snapshot_end", "t_stop", "events")}
    truth |= {"captures": plan["captures"], "ts_precision": plan["ts_precision"], "offload": plan["offload"]}
    server_of = {one["rs"]: one for one in truth["rips"]}
    polls = [one | {"proto": one["proto"].lower()} for one in lines(out / "polls.jsonl")]
    polls += [one for path in sorted(out.glob("ipvs-*-end.txt")) for one in listed(parse_listing(path.read_text()))]
    said = [one for path in sorted(out.glob("*-server.jsonl")) for one in lines(path)]
    known = Sources(polls, said, events(out / "conntrack-events.out"), {one["ip"]: one["rs"] for one in truth["rips"]})
    planned = {one["id"]: one for plans in plan["clients"].values() for one in plans}
    sockets = json.loads((out / "sockets.json").read_text())
    logged = [one for path in sorted(out.glob("*-client.jsonl")) for one in lines(path)]
    truth["connections"], truth["other_connections"], truth["unserved"] = [], [], []
    for one in sorted((one for one in logged if "t0" in one), key=lambda one: one["t0"]):
        about = planned[one["id"]]
        common = {"id": one["id"], "kind": one["kind"], "proto": one["proto"], "cip": one["src"], "cport": one["cport"]}
        when = {"outcome": one["outcome"], "t0": one["t0"], "t1": one["t1"]}
        if about.get("what"):
            aim = {"dst": one["dst"], "dport": one["dport"], "server": one["rs"], "what": about["what"]}
            truth["other_connections"].append(common | aim | when)
            continue
        found = common | {"vip": one["dst"], "vport": one["dport"]} | known.path(one)
        service = next(service for service in truth["services"]
                       if (service["proto"], service["vip"], service["vport"]) == (one["proto"], one["dst"], one["dport"]))
        if found.get("rs"):
            found |= {"rip": server_of[found["rs"]]["ip"], "rport": service["rport"]}
        found |= when | {"pre": one["t0"] < truth["t_traffic"], "cl_state_end": state(sockets, one["src"], one["cport"])}
        truth["connections" if found.get("rs") else "unserved"].append(found)
    truth["planned"] = len(planned)
    truth["unlogged"] = sorted(set(planned) - {one["id"] for one in logged})
    truth["templates"] = unique({field: one[field] for field in TEMPLATE} for one in polls if not one["cport"])
    if truth["arp_bad"]:
        for one in truth["connections"]:
            one["via_director"] = one["ipvs_seen"]
    return run


def listed(listing):
    for (proto, client, virtual), (at_last, real) in listing.entries.items():
        yield {"t": listing.t, "proto": NAMES[proto], "cip": client[0], "cport": client[1], "vip": virtual[0], "vport": virtual[1],
               "rip": real[0], "rport": real[1], "state": at_last}


def unique(found):
    return [dict(one) for one in sorted({tuple(one.items()) for one in found})]


def state(sockets, address, port):
    for rows in sockets.values():
        for words in rows:
            if words[3].replace("[", "").replace("]", "").removeprefix("::ffff:") == f"{address}:{port}":
                return words[0]
    return None


class Sources:
    """Who says which real server a connection got: its own answer, else a server's log, else the director's table."""

    def __init__(self, polls, accepted, translated, names):
        self.polls, self.accepted, self.translated, self.names = polls, accepted, translated, names

    def path(self, one):
        client = [one["src"], one["cport"]]
        virtual = [one["dst"], one["dport"]]
        found = {"rs": one["rs"], "by": "response"} if one["rs"] else {}
        polls = [poll for poll in self.polls if [poll["cip"], poll["cport"]] == client and [poll["vip"], poll["vport"]] == virtual
                 and poll["proto"] == one["proto"]]
        within = [poll for poll in polls if one["t0"] - RECENT <= poll["t"]]
        translated = [event for event in self.translated if event["client"] == client and event["virtual"] == virtual
                      and event["proto"] == one["proto"] and one["t0"] - RECENT <= event["t"]]
        if translated:
            first = min(translated, key=lambda event: event["t"])
            found |= {"lip": first["local"][0], "lport": first["local"][1]}
            found = {"rs": self.names.get(first["real"][0]), "by": "conntrack"} | found
        if not found.get("rs"):
            at = [log for log in self.accepted if log["peer"] == client and log["proto"] == one["proto"]
                  and one["t0"] - RECENT <= log["t"] <= one["t1"] + 1]
            if at:
                found |= {"rs": min(at, key=lambda log: log["t"])["rs"], "by": "accept-log"}
            elif within:
                found |= {"rs": self.names.get(within[0]["rip"]), "by": "conn-table"}
        return found | {"ipvs_seen": bool(within or translated), "ipvs_state_last": within[-1]["state"] if within else None}


def events(path):
    """NEW lines of `conntrack -E`."""
    found = []
    for line in path.read_text().splitlines() if path.exists() else ():
        there = re.search(r"\[([\d.]+)\].*\[NEW\]\s+(?:ipv\d\s+\d+\s+)?(\w+)\s.*?src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+)"
                          r".*?src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+)", line)
        if there:
            t, proto, src, dst, sport, dport, real, local, rport, lport = there.groups()
            found.append({"t": float(t), "proto": proto, "client": [src, int(sport)], "virtual": [dst, int(dport)],
                          "real": [real, int(rport)], "local": [local, int(lport)]})
    return found
