"""The middle of a network of hosts: a switch that loses, delays and repeats segments as it is told.

A capture at a host's own port shows what the host sends before the relay loses it. So one loss is behind
one capture point and before the other. The relay is a thread with packet sockets, since this kernel has
no netem. What it lost is in `lost`, for those who judge a capture.
"""

import collections
import heapq
import itertools
import select
import socket
import struct
import threading
import time

from wire import ETH_P_ALL, OUTGOING, parse

DELAY = 0.002  # seconds, one way
SOL_PACKET, PACKET_STATISTICS = 263, 6
SO_TIMESTAMPNS = 35  # when the kernel had a frame: this thread may be late, and must not delay it further
QUIET = 0.1  # how long the thread sleeps when there is nothing to do


class Rule:
    """What happens to those segments of one connection that match, the first `count` of them."""

    def __init__(self, matches, count=None, delay=None, again=None, forge=None):
        self.matches = matches
        self.left = count
        self.delay = delay  # later by so many seconds; None: lost
        self.again = again  # sent once more, so many seconds later
        self.forge = forge  # what is sent then instead: a function of the frame and its segment
        self.hits = 0

    def applies(self, segment):
        if self.left == 0 or not self.matches(segment):
            return False
        self.hits += 1
        if self.left is not None:
            self.left -= 1
        return True


class Relay:
    def __init__(self, network):
        self.network = network
        self.namespace = network.namespace("relay")
        self.namespace.set("ipv6/conf/all/disable_ipv6", 1)
        self.namespace.set("ipv6/conf/default/disable_ipv6", 1)
        self.ports = {}  # role: packet socket
        self.roles = {}  # MAC: role
        self.rules = {}  # port of a client: its rules, in order
        self.unplugged = set()  # roles
        self.lost = []
        self.late = collections.defaultdict(float)  # port: the longest that a segment waited for this thread
        self.pending = []  # heap of (time, order, role, frame, role of its sender, segment)
        self.order = itertools.count()
        self.running = False
        self.thread = threading.Thread(target=self._run, daemon=True)
        network.before_end(self.stop)

    def join(self, role, host):
        """Joins device eth0 of a host."""
        device = f"to-{role}"
        self.network.cable(self.namespace, device, host, "eth0")
        port = self.namespace.socket(socket.AF_PACKET, socket.SOCK_RAW)
        port.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        port.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        port.bind((device, ETH_P_ALL))
        port.setblocking(False)
        self.ports[role] = port

    def start(self):
        self.running = True
        self.thread.start()

    def stop(self):
        if self.running:
            self.running = False
            self.thread.join()

    def unplug(self, role):
        self.unplugged.add(role)
        self.namespace.run(f"ip link set to-{role} down")

    def plug_in(self, role):
        """The host's kernel takes up to a second to send again; until then nothing gets to it either."""
        self.namespace.run(f"ip link set to-{role} up")
        time.sleep(1.2)
        self.unplugged.discard(role)

    def overrun(self):
        """Frames that came when there was no room for them, since this was last asked."""
        answers = (port.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8) for port in self.ports.values())
        return sum(struct.unpack("=II", answer)[1] for answer in answers)

    def add(self, port, rule):
        # A new list: the thread may be walking the old one.
        self.rules[port] = [*self.rules.get(port, []), rule]
        return rule

    def remove(self, port, rule):
        self.rules[port] = [other for other in self.rules[port] if other is not rule]

    def _run(self):
        while self.running:
            wait = self.pending[0][0] - time.time() if self.pending else QUIET
            readable, _, _ = select.select(self.ports.values(), [], [], min(QUIET, max(0, wait)))
            for role, port in self.ports.items():
                if port in readable:
                    self._take(role, port)
            while self.pending and self.pending[0][0] <= time.time():
                self._send(*heapq.heappop(self.pending))

    def _take(self, role, port):
        try:
            frame, extra, _, (_, _, packet_type, *_) = port.recvmsg(65536, 64)
        except OSError:  # the link is down
            return
        if packet_type == OUTGOING:
            return
        seconds, nanos = struct.unpack("qq", extra[0][2]) if extra else (time.time(), 0)
        self.roles[frame[6:12]] = role
        to = self.roles.get(frame[:6])
        for other in [to] if to else [other for other in self.ports if other != role]:
            self._judge(role, other, frame, seconds + nanos / 1e9 + DELAY)

    def _judge(self, role, other, frame, due):
        segment = parse(frame)
        if self.unplugged & {role, other}:
            if segment:
                self.lost.append((time.time(), role, segment))
            return
        for rule in self._rules_of(segment):
            if not rule.applies(segment):
                continue
            if rule.delay is None and rule.again is None:
                self.lost.append((time.time(), role, segment))
                return
            due += rule.delay or 0
            if rule.again is not None:
                extra = rule.forge(frame, segment) if rule.forge else frame
                self._later(due + rule.again, other, extra, role, segment)
        self._later(due, other, frame, role, segment)

    def _rules_of(self, segment):
        if not segment:
            return ()
        return self.rules.get(segment.sport) or self.rules.get(segment.dport) or ()

    def _later(self, due, *what):
        heapq.heappush(self.pending, (due, next(self.order), *what))

    def _send(self, due, _order, role, frame, origin, segment):
        try:
            self.ports[role].send(frame)
        except OSError:  # the link is down
            if segment:
                self.lost.append((time.time(), origin, segment))
        if segment:
            late = time.time() - due
            for port in (segment.sport, segment.dport):
                self.late[port] = max(self.late[port], late)
