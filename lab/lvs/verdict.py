"""What tapstat says of a recording, laid beside what the kernels said."""

import json
import re
import subprocess
from collections import Counter

from lvs.evidence import MAY, MUST, NO, Evidence
from lvs.recording import PROTOCOLS, key

ENOUGH = 60  # connections from which on a scheduler must be named
SURE = 0.9  # confidence above which a scheduler must be right
AMBIGUOUS = 0.05  # seconds around a dump of the connection table in which a packet may lie on either side of it
TICK = 1.5  # seconds by which an entry may outlive its time
TIMEOUTS = {"ESTABLISHED": 900, "SYN_SENT": 120, "SYN_RECV": 60, "FIN_WAIT": 120, "TIME_WAIT": 120, "CLOSE": 10,
            "CLOSE_WAIT": 60, "LAST_ACK": 30, "LISTEN": 120, "SYNACK": 120, "UDP": 300}


def ask(tapstat, view, paths, *options):
    inputs = [word for path in paths for word in ("-r", str(path))]
    done = subprocess.run([tapstat, view, "--json", "--quiet", *inputs, *options], check=False,
                          timeout=120, capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"tapstat {view} {' '.join(inputs + list(options))}: status {done.returncode}: {done.stderr[:300]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


class Failed(Exception):
    """tapstat gave no answer."""


def of_type(records, kind):
    return [record for record in records if record["type"] == kind]


def named(service):
    """Real servers that have an address: of others only the MAC is known."""
    return [one for one in service.get("real_servers", ()) if "ip" in one]


class Verdict:
    """Of one recording and one capture set."""

    def __init__(self, recording, judged):
        self.recording = recording
        self.judged = judged
        self.unserved = {key(one) for one in recording.truth.get("unserved", ())}
        self.count = Counter()
        self.examples = []

    def say(self, what, good, *words):
        self.count[what if good else f"{what}!"] += 1
        if not good:
            self.examples.append((what, " ".join(map(str, words))))

    # Services

    def services(self, records):
        told = {}
        for record in of_type(records, "lvs_service"):
            told[PROTOCOLS.get(record["protocol"]), record["vip"], record.get("port")] = record
        intended = {}
        for one in self.recording.truth["services"]:
            intended[PROTOCOLS[one["proto"]], one["vip"], one["vport"]] = one
        for name, service in intended.items():
            self.service(name, service, told.get(name))
        for name in told.keys() - intended.keys():
            self.say("service invented", False, name, told[name].get("mode"))

    def service(self, name, service, record):
        held = [self.judged.of[one["id"]] for one in self.recording.connections if (key(one)[0], *key(one)[2]) == name]
        if record:
            self.say("mode", record.get("mode") == service.get("mode", self.recording.mode), name, "told:", record.get("mode"))
            servers = {one["ip"] for one in self.recording.truth["rips"]}
            for one in named(record):
                self.say("server of service", one["ip"] in servers, name, "told:", one["ip"])
        elif any(one.path == MUST for one in held):
            self.say("mode", False, name, "not told")
        if record and service.get("scheduler") and not self.recording.truth.get("vrrp"):
            followed = sum(one.server == MUST and one.followed for one in held)
            self.scheduler(service["scheduler"], followed, record.get("scheduler") or {})

    def scheduler(self, right, connections, told):
        name = told.get("name")
        named = set(re.findall(r"[a-z]+", f"{name} {told.get('runner_up', '')} {' '.join(told.get('candidates', ()))}"))
        sure = name and "undetermined" not in name and told.get("confidence", 1) > SURE
        if name == right:
            self.say("scheduler", True)
        elif sure:
            self.say("scheduler", False, "sure of", told, "but it is", right, "by", connections)
        elif connections >= ENOUGH:
            self.say("scheduler undetermined", right in named, told, "but it is", right, "by", connections)
        else:
            self.count["scheduler open"] += 1

    # Paths

    def paths(self, records):
        found = {}
        others = {(one["cip"], one["cport"], one["dst"], one["dport"]): one["what"]
                  for one in self.recording.truth["other_connections"]}
        for record in of_type(records, "lvs_path"):
            if not record.get("cport"):
                self.count["templates"] += 1
                continue
            one = self.told_of(record)
            if one:
                found.setdefault(one["id"], []).append(record)
            elif key(record) in self.unserved:
                self.say("path of who was not served", "rip" not in record, brief(record))
            else:
                what = others.get((record["cip"], record["cport"], record["vip"], record["vport"]), "nothing like it")
                self.say("path invented", False, brief(record), "it is", what)
        for one in self.recording.connections:
            self.path(one, self.judged.of[one["id"]], found.get(one["id"], []))

    def told_of(self, record):
        """The connection. A synchronisation message tells of one that may be over, so that only its server tells which."""
        same_ports = self.recording.by_tuple.get(key(record), ())
        named = [one for one in same_ports if one["rip"] == record.get("rip")]
        if record.get("evidence") == ["sync"] and named:
            return named[0]
        return self.recording.at(key(record), record["first"])

    def path(self, one, evidence, told):
        if not told:
            if evidence.path == MUST:
                self.say("path lost", False, one["id"], brief(one), "not told")
            return
        right = [record for record in told if self.right(one, evidence, record)]
        if len(right) < len(told):
            wrong = next(record for record in told if record not in right)
            self.say("path", False, one["id"], "is", brief(one), "told:", brief(wrong))
        elif len({record.get("rip") for record in told}) < len(told):
            self.say("path", False, one["id"], "told twice:", brief(told[0]))
        elif evidence.server == MUST and not any("rip" in record for record in told):
            self.say("path lost", False, one["id"], "is", brief(one), "told:", brief(told[0]))
        elif evidence.server == MUST:
            self.say("path", True)
        else:
            open_ = "path, server open" if evidence.server == NO else "path, server not asked for"
            self.count["path, more than asked" if any("rip" in record for record in told) else open_] += 1

    def right(self, one, evidence, record):
        if record.get("mode", self.recording.mode) != self.recording.mode:
            return False
        if "rip" not in record:
            return True
        if evidence.server == NO or record["rip"] not in evidence.servers or record.get("rport", one["rport"]) != one["rport"]:
            return False
        return all(record.get(field, one[field]) == one[field] for field in ("lip", "lport") if one.get(field))

    def translations(self, records):
        """Nobody but the director rewrites addresses here, and its connections are not told a second time."""
        for record in of_type(records, "nat"):
            original = record["original"]
            client, virtual = ((original[end], original.get(port)) for end, port in (("src", "sport"), ("dst", "dport")))
            one = self.recording.at((PROTOCOLS.get(record["protocol"]), client, virtual), record["first"])
            if one and self.judged.of[one["id"]].path == MAY:
                continue
            self.say("nat repeats", False, record["protocol"], *(original.get(field) for field in ("src", "sport", "dst", "dport")))

    # What the director's kernel said at one moment

    def states(self, records, listing):
        told = {key(record): record for record in of_type(records, "lvs_path") if record.get("cport")}
        whole = set(listing.servers)
        for name, (state, real) in listing.entries.items():
            one = self.recording.at(name, listing.t)
            evidence = self.judged.of[one["id"]] if one else Evidence()
            settled = evidence.followed and self.settled(evidence.packets, listing.t)
            if not settled or evidence.server != MUST:
                whole.discard((name[0], name[2], real))
                # Of others that had these ports nothing shows that their entries went.
                for other in self.recording.by_tuple.get(name, ()):
                    whole.discard((name[0], name[2], (other["rip"], other["rport"])))
            if settled and evidence.path == MUST:
                record = told.get(name, {})
                self.say("state", record.get("state") == state, one["id"], name, "is", state, "told:", record.get("state"))
        self.gone(told, listing, whole)
        return whole

    @staticmethod
    def settled(packets, t):
        """Whether there are packets up to t, and none that may have been before it or after it."""
        return any(packet.t <= t for packet in packets) and all(abs(packet.t - t) >= AMBIGUOUS for packet in packets)

    def gone(self, told, listing, whole):
        for name, record in told.items():
            state = record.get("state", "NONE")
            if name in listing.entries or name in self.unserved or state == "NONE" or state not in TIMEOUTS:
                continue
            one = self.recording.at(name, listing.t)
            last = max((packet.t for packet in self.judged.of[one["id"]].packets if packet.t <= listing.t), default=0) if one else 0
            if abs(listing.t - last - TIMEOUTS[state]) < TICK or listing.t - last < AMBIGUOUS:
                whole.clear()
            elif one and one.get("ipvs_seen"):
                self.say("state", False, one["id"], name, "has no entry; told:", state)

    def counts(self, records, listing, whole):
        told = {}
        for record in of_type(records, "lvs_service"):
            for one in named(record):
                told[PROTOCOLS.get(record["protocol"]), (record["vip"], record.get("port")), (one["ip"], one.get("port"))] = one
        for name in whole:
            active, inactive = listing.servers[name]
            one = told.get(name, {})
            if one or active + inactive:
                good = (one.get("active", 0), one.get("inactive", 0)) == (active, inactive)
                self.say("counts", good, name, "is", active, inactive, "told:", one.get("active"), one.get("inactive"))

    # Faults

    def findings(self, records, must, may):
        told = Counter(record["kind"] for record in of_type(records, "finding"))
        for kind in must:
            self.say("fault", told[kind] > 0, kind, "not told")
        for kind in told:
            if kind.startswith(("lvs_", "vrrp_")) and kind not in must and kind not in may:
                text = next(record["text"] for record in records if record.get("kind") == kind)
                self.say("fault invented", False, kind, text)


def brief(one):
    fields = ("protocol", "cip", "cport", "vip", "vport", "lip", "lport", "rip", "rport", "mode", "rs", "kind", "outcome",
              "evidence")
    return " ".join(f"{one[field]}" for field in fields if one.get(field) is not None)


def faults(recording):
    """Kinds of finding that its packets must lead to, and those that they may."""
    truth = recording.truth
    must, may = set(truth.get("findings", ())), set(truth.get("findings_allowed", ()))
    states = {one["state"] for one in truth["rips"]}
    if "down" in states:
        must.add("lvs_server_refused")
    if states & {"hole", "gone"}:
        must.add("lvs_server_unanswered")
    if truth["mode"] == "tun":
        may.add("lvs_mtu")  # a full-size segment does not fit at first, and is sent again in two
    if truth["arp_bad"]:
        must.add("lvs_arp_problem")
        may.add("lvs_split_handshake")
    if truth.get("vrrp") and any("keepalived" in one["event"] for one in truth["events"]):
        must.add("vrrp_failover")
        may.add("lvs_split_handshake")
    return must, may | must
