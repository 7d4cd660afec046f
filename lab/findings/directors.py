"""A director that translates addresses, by hand: what kernels of today do no more, or with other settings."""

import itertools

from findings.scene import checksum, recording, segment
from l2.arp_frames import ethernet
from l2.bpdus import write_pcap

BEGIN = 1_700_000_000
IPV4 = 0x0800
CLIENT, VIP, SERVERS = "198.51.100.7", "192.0.2.1", ("10.0.0.11", "10.0.0.12")
CLIENT_MAC, FRONT_MAC, BACK_MAC, SERVER_MACS = (
    "02:00:00:00:00:07", "02:00:00:00:00:01", "02:00:00:00:00:02", ("02:00:00:00:00:0a", "02:00:00:00:00:0b"))
SYN, RST, ACK = 2, 4, 16
WAY = 0.00002  # from one side of the director to the other


class Director:
    """Takes round-robin turns; captured on both sides."""

    def __init__(self):
        self.frames = []
        self.now = BEGIN
        self.ip_ids = itertools.count(1)

    def wait(self, seconds):
        self.now += seconds

    def packet(self, macs, ends, flags, ttl, ip_id, **fields):
        ip = bytearray(segment(*ends, flags, **fields))
        ip[4:6] = ip_id.to_bytes(2, "big")
        ip[8] = ttl
        ip[10:12] = checksum(bytes(ip[:20])).to_bytes(2, "big")
        self.frames.append((self.now, ethernet(*macs, IPV4, bytes(ip))))

    def from_client(self, port, server, flags, is_dropped=False, **fields):
        self.wait(0.01)
        ip_id = next(self.ip_ids)
        self.packet((CLIENT_MAC, FRONT_MAC), ((CLIENT, port), (VIP, 80)), flags, 64, ip_id, **fields)
        if is_dropped:
            return
        self.wait(WAY)
        ends = (CLIENT, port), (SERVERS[server], 80)
        self.packet((BACK_MAC, SERVER_MACS[server]), ends, flags, 63, ip_id, **fields)

    def from_server(self, port, server, flags, **fields):
        self.wait(0.01)
        ip_id = next(self.ip_ids)
        ends = (SERVERS[server], 80), (CLIENT, port)
        self.packet((SERVER_MACS[server], BACK_MAC), ends, flags, 64, ip_id, **fields)
        self.wait(WAY)
        self.packet((FRONT_MAC, CLIENT_MAC), ((VIP, 80), (CLIENT, port)), flags, 63, ip_id, **fields)

    def open(self, port, server, isn):
        self.from_client(port, server, SYN, seq=isn)
        self.answer(port, server, isn)

    def answer(self, port, server, isn):
        self.from_server(port, server, SYN | ACK, seq=isn + 7, ack=isn + 1)
        self.from_client(port, server, ACK, seq=isn + 1, ack=isn + 8)

    def six(self):
        """Connections, each of which the client resets."""
        for n in range(6):
            self.open(40000 + n, n % 2, 1000)
            self.from_client(40000 + n, n % 2, RST | ACK, seq=1001, ack=1008)


@recording("lvs-conn-reuse")
def reuse(scene):
    """By hand: a port is used again; the first SYN is dropped with the entry, the second goes on."""
    director = Director()
    director.six()
    director.from_client(40000, 0, SYN, is_dropped=True, seq=900000)
    director.wait(1)
    director.open(40000, 0, 900000)
    write_pcap(scene.path, director.frames)


@recording("lvs-port-again")
def port_again(scene):
    """By hand: a port is used again, and the first SYN goes on."""
    director = Director()
    director.six()
    director.open(40000, 0, 900000)
    write_pcap(scene.path, director.frames)
