"""A cable between two hosts with a tap in its middle, that delays, loses and tags frames on request.

    left host ---- left leg ---- tap ---- right leg ---- right host

A frame lost on the leg of its sender is never seen by the tap; one lost on the other leg is seen and
does not arrive. The relay is a thread with packet sockets, since this kernel has no netem.
"""

import contextlib
import heapq
import itertools
import select
import socket
import struct
import threading
import time
from typing import NamedTuple

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
ETH_P_ALL = 3
OUTGOING = 4  # PACKET_OUTGOING: what this socket itself sent


class Segment(NamedTuple):
    """What loss rules look at."""

    src: str
    sport: int
    dst: str
    dport: int
    flags: int
    length: int  # of the payload


def parse(frame):
    """The TCP segment of an Ethernet frame, or None."""
    (ether_type,) = struct.unpack_from("!H", frame, 12)
    if ether_type == 0x0800 and frame[23] == 6:
        family, src, start = socket.AF_INET, 26, 14 + (frame[14] & 15) * 4
        end = 14 + struct.unpack_from("!H", frame, 16)[0]
    elif ether_type == 0x86DD and frame[20] == 6:
        family, src, start = socket.AF_INET6, 22, 54
        end = 54 + struct.unpack_from("!H", frame, 18)[0]
    else:
        return None
    size = 4 if family == socket.AF_INET else 16
    sport, dport = struct.unpack_from("!HH", frame, start)
    return Segment(
        socket.inet_ntop(family, frame[src : src + size]), sport,
        socket.inet_ntop(family, frame[src + size : src + 2 * size]), dport,
        frame[start + 13] & 0x1F, end - start - (frame[start + 12] >> 4) * 4,
    )


class Tap:
    """Where the capture is made. It has no address and says nothing of its own."""

    def __init__(self, network):
        self.network = network
        self.namespace = network.namespace("tap")
        self.namespace.set("ipv6/conf/all/disable_ipv6", 1)
        self.namespace.set("ipv6/conf/default/disable_ipv6", 1)
        # Room for two VLAN tags on a full frame.
        network.cable(self.namespace, "far", self.namespace, "tap", mtu=1508)
        self.ports = {"left": self.port("far"), "right": self.port("tap")}

    def port(self, device):
        port = self.namespace.socket(socket.AF_PACKET, socket.SOCK_RAW)
        port.bind((device, ETH_P_ALL))
        port.setblocking(False)
        return port

    def capture(self, path):
        return self.network.capture(self.namespace, "tap", path)

    def show(self, side, frame):
        """From the left the frame comes in at `tap`, from the right it goes out there."""
        self.ports[side].send(frame)


class Loss:
    """A rule under which a leg loses TCP segments."""

    def __init__(self, leg, matches):
        self.leg = leg
        self.matches = matches
        self.lost = 0

    def wait(self, count, seconds=20):
        end = time.monotonic() + seconds
        while self.lost < count:
            if time.monotonic() > end:
                raise SystemExit(f"{self.lost} of {count} segments came to be lost")
            time.sleep(0.001)


class Wire:
    """Joins device eth0 of two namespaces."""

    def __init__(self, tap, left, right, delay=0.002, tags=b""):
        self.tap = tap
        self.delay = delay  # seconds, of each leg
        self.tags = tags  # VLAN tags that frames bear where the tap sees them
        self.rules = []
        self.pending = []  # heap of (time, order, step, side, frame)
        self.order = itertools.count()
        self.hosts = {}
        for side, host in (("left", left), ("right", right)):
            device = f"{side}-{len(tap.network.namespaces)}"
            tap.network.cable(tap.namespace, device, host, "eth0")
            self.hosts[side] = tap.port(device)
        self.running = True
        self.thread = threading.Thread(target=self._relay, daemon=True)
        self.thread.start()
        tap.network.before_end(self.stop)

    def stop(self):
        self.running = False
        self.thread.join()

    def lose(self, leg, matches=lambda segment: True):
        """From now on the leg loses the TCP segments that match."""
        loss = Loss(leg, matches)
        self.rules.append(loss)
        return loss

    @contextlib.contextmanager
    def losing(self, leg, matches=lambda segment: True):
        """The same while the block runs."""
        loss = self.lose(leg, matches)
        yield loss
        self.rules.remove(loss)

    def _lost(self, leg, frame):
        segment = parse(frame) if self.rules else None
        for rule in list(self.rules):
            if segment and rule.leg == leg and rule.matches(segment):
                rule.lost += 1
                return True
        return False

    def _relay(self):
        while self.running:
            wait = self.pending[0][0] - time.monotonic() if self.pending else 0.1
            readable, _, _ = select.select(list(self.hosts.values()), [], [], max(0, wait))
            for side, port in self.hosts.items():
                if port in readable:
                    self._take(side, port)
            while self.pending and self.pending[0][0] <= time.monotonic():
                _, _, step, side, frame = heapq.heappop(self.pending)
                step(side, frame)

    def _take(self, side, port):
        frame, (_, _, packet_type, *_) = port.recvfrom(65536)
        if packet_type != OUTGOING and not self._lost(side, frame):
            self._later(self._pass_tap, side, frame)

    def _later(self, step, side, frame):
        due = time.monotonic() + self.delay
        heapq.heappush(self.pending, (due, next(self.order), step, side, frame))

    def _pass_tap(self, side, frame):
        self.tap.show(side, frame[:12] + self.tags + frame[12:])
        other = "right" if side == "left" else "left"
        if not self._lost(other, frame):
            self._later(self._arrive, other, frame)

    def _arrive(self, side, frame):
        self.hosts[side].send(frame)
