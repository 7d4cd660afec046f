"""Which paths the packets of a capture set determine, by what a real director's captures show (docs/agreement.md)."""

from collections import defaultdict
from dataclasses import dataclass, field

from lvs.packets import SYN
from lvs.recording import PROTOCOLS, key

MUST, MAY, NO = "must", "may", "no"  # be told
LEAST_PAYLOAD = 8  # bytes that tell one segment from another


@dataclass
class Evidence:
    """Of one connection in one set of captures."""

    path: str = NO  # NO: nothing tells it from a connection that no director forwards; it is no error to tell it
    server: str = NO
    followed: bool = True  # by its packets on both sides, not only by what one director tells another
    servers: set = field(default_factory=set)  # addresses that it was forwarded to
    packets: list = field(default_factory=list)


class Judged:
    """The evidence for every connection of a recording."""

    def __init__(self, recording, files, seen):
        self.recording = recording
        self.seen = seen
        truth = recording.truth
        self.server_of_mac = {one["mac"]: one["ip"] for one in truth["rips"]}
        self.director_macs = {mac for one in truth["directors"].values() for mac in one["macs"].values()}
        self.hosts = [truth["captures"][name]["ns"] for name in files]
        self.legs = defaultdict(list)
        for packet in seen.packets:
            self.legs[packet.proto, (packet.src, packet.sport), (packet.dst, packet.dport)].append(packet)
        self.synced = {(one.proto, one.client, one.virtual, one.real) for one in seen.synced}
        self.several = len(truth["directors"]) > 1 or truth["arp_bad"] or truth.get("split")
        self.of = {one["id"]: self.evidence(one) for one in recording.connections}
        if recording.mode in ("nat", "fullnat"):
            self.leave_open_forwards()

    def leave_open_forwards(self):
        """A service that has only one real server, as far as packets show, may be any box's port forward."""
        services = defaultdict(list)
        for one in self.recording.connections:
            services[key(one)[0], key(one)[2]].append(one)
        for connections in services.values():
            told = [one for one in connections if self.of[one["id"]].path == MUST]
            if len({one["rip"] for one in told}) == 1:
                for one in told:
                    if self.of[one["id"]].followed:
                        self.of[one["id"]].path = self.of[one["id"]].server = MAY

    def leg(self, one, source, target):
        """Packets of this connection both ways, not those of others that had the same tuple."""
        found = []
        for way, (a, b) in enumerate(((source, target), (target, source))):
            for packet in self.legs.get((PROTOCOLS[one["proto"]], a, b), ()):
                if self.recording.at(key(one), packet.t) is one:
                    found.append((way, packet))
        return found

    def evidence(self, one):
        client, virtual, real = (one["cip"], one["cport"]), (one["vip"], one["vport"]), (one["rip"], one["rport"])
        front = self.leg(one, client, virtual)
        found = Evidence(packets=[packet for _, packet in front], servers={one["rip"]})
        if self.recording.mode in ("nat", "fullnat"):
            behind = (one["lip"], one["lport"]) if one.get("lip") else client
            back = self.leg(one, behind, real)
            found.packets += [packet for _, packet in back]
            found.path = found.server = self.translated(front, back)
            if self.several:
                self.other_servers(found, one, client)
        elif self.recording.mode == "tun":
            self.tunnelled(found, one, front)
        else:
            self.routed(found, one, front)
        if (PROTOCOLS[one["proto"]], client, virtual, real) in self.synced and found.server != MUST:
            alone = sum(other["rip"] == one["rip"] for other in self.recording.by_tuple[key(one)]) == 1
            found.path = found.server = MUST if found.packets and alone else MAY
            found.followed = False
        if one.get("via_director") is False:
            found.path, found.server = NO, MAY
        return found

    def translated(self, front, back):
        """Of NAT: whether both sides of the director are there, and one packet on both."""
        def telling(leg):
            return {(way, packet.flags & SYN) for way, packet in leg if packet.flags & SYN or packet.length >= LEAST_PAYLOAD}

        def same(leg):
            return {(way, packet.flags, packet.seq, packet.length) for way, packet in leg}

        if not front or not back:
            return NO
        common = same(front) & same(back)
        if telling(front) & telling(back) and (common or self.recording.truth.get("toa")):
            return MUST
        return MUST if len(common) > 1 else MAY

    def other_servers(self, found, one, client):
        for server in self.recording.truth["rips"]:
            if self.leg(one, client, (server["ip"], one["rport"])):
                found.servers.add(server["ip"])

    def tunnelled(self, found, one, front):
        targets = {packet.outer[1] for _, packet in front if packet.outer}
        if self.several:
            found.servers |= targets
        if one["rip"] in targets:
            found.path = found.server = MUST

    def routed(self, found, one, front):
        """Of DR: the same packet to the director and on from it, and who has the MAC that it went on to."""
        to, on, macs = set(), set(), set()
        for way, packet in front:
            if way:
                continue
            same = packet.flags, packet.seq, packet.length, packet.ip_id
            sent = self.sent_by_director(packet)
            (on if sent else to).add(same)
            if sent and packet.ethernet:
                macs.add(packet.dst_mac)
        targets = {self.server_of_mac[mac] for mac in macs if mac in self.server_of_mac}
        if self.several:
            found.servers |= targets
        tied = any(self.server_of_mac.get(mac) == one["rip"] and (mac, one["rip"]) in self.seen.ties for mac in macs)
        if to & on:
            # Without a capture at the director these are frames that a switch sent everywhere.
            found.path = MUST if self.recording.directors.keys() & set(self.hosts) else MAY
        if tied and found.path == MUST:
            found.server = MUST
        elif macs or self.answers_by_mac(front):
            found.server = MAY

    def sent_by_director(self, packet):
        if packet.ethernet or not packet.outgoing:
            return packet.src_mac in self.director_macs
        return self.hosts[packet.capture] in self.recording.directors

    def answers_by_mac(self, front):
        return any(way and packet.ethernet and packet.src_mac in self.server_of_mac for way, packet in front)
