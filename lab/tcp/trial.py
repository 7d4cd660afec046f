"""One scenario in the hands of its script: the ports it may use, its sockets, its losses, what it did.

A scenario is a coroutine that takes a Trial. Every choice comes from the trial's own random numbers, so
that a seed fixes it whatever the other trials do. No step has a timeout: when the lab ends, it cancels what
still waits (and asyncio.wait_for, in Python 3.11, swallows that at times).
"""

import asyncio
import socket
import struct
import time

from forgery import reset_after
from recording import endpoint
from relay import DELAY, Rule
from wire import ACK, FIN, RST, SYN


def syn(segment):
    return segment.flags & (SYN | ACK) == SYN


def syn_ack(segment):
    return segment.flags & (SYN | ACK) == SYN | ACK


def fin(segment):
    return bool(segment.flags & FIN)


def rst(segment):
    return bool(segment.flags & RST)


def data(segment):
    return segment.length > 0


def bare_ack(segment):
    """Nothing but an ACK."""
    return segment.flags & (SYN | FIN | RST | ACK) == ACK and not segment.length


def anything(_segment):
    return True


class End:
    """A connected socket, or one that is about to be."""

    def __init__(self, link, role, made):
        self.link = link
        self.role = role
        self.socket = made
        made.setblocking(False)

    @property
    def loop(self):
        return asyncio.get_running_loop()

    async def send(self, length):
        self.link.did(self.role, f"send {length}")
        await self.loop.sock_sendall(self.socket, bytes(length))

    def send_now(self, length):
        """As much as fits, without waiting. The kernel may know by now that nobody is there."""
        self.link.did(self.role, f"send {length}")
        try:
            return self.socket.send(bytes(length))
        except OSError:
            return 0

    async def read(self, length):
        while length > 0:
            got = await self.loop.sock_recv(self.socket, length)
            if not got:
                raise EOFError(f"{self.role} has no more to read")
            length -= len(got)

    async def until_end(self):
        """Reads up to the peer's FIN, or whatever ends the connection."""
        try:
            while await self.loop.sock_recv(self.socket, 1 << 16):
                pass
        except OSError:
            pass
        self.link.did(self.role, "end of data")

    def shut(self):
        self.link.did(self.role, "shutdown")
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:  # not connected any more
            pass

    def close(self):
        self.link.did(self.role, "close")
        self.socket.close()

    def keep_alive(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def abort(self):
        """Closes with a RST: SO_LINGER with a time of 0."""
        self.link.did(self.role, "abort")
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


class Link:
    """One pair of addresses and ports, and the rules of the relay for it."""

    def __init__(self, trial, number):
        self.trial = trial
        self.source = (trial.addresses["client"], 40000 + number)
        self.target = (trial.addresses["server"], 20000 + trial.number)
        self.events = []
        self.hidden = []  # what no wire shows: dicts of end, from, to, why, captures
        self.client = None
        self.server = None

    def did(self, role, what):
        self.events.append((round(time.time(), 6), f"{role} {what}"))

    # ---- the relay

    def _rule(self, role, matches, **what):
        def chosen(segment):
            return (segment.sport == self.source[1]) == (role == "client") and matches(segment)

        return self.trial.relay.add(self.source[1], Rule(chosen, **what))

    def lose(self, role, matches=anything, count=1):
        """Loses the first `count` segments from an end that match; None: all of them."""
        return self._rule(role, matches, count=count)

    def slow(self, seconds, role, matches=anything, count=None):
        return self._rule(role, matches, count=count, delay=seconds)

    def repeat(self, seconds, role, matches=anything, count=None):
        return self._rule(role, matches, count=count, again=seconds)

    def forge_reset(self, role, matches, later=0.01, offset=0):
        """After the first segment that matches its receiver gets a RST in its sender's name."""
        def forge(frame, segment):
            return reset_after(frame, segment, offset)

        return self._rule(role, matches, count=1, again=later, forge=forge)

    def watch(self, role, matches):
        """Only counts the segments that match."""
        return self._rule(role, matches, delay=0)

    def cut(self):
        """Both directions are dead, until mend()."""
        return [self.lose(role, count=None) for role in ("client", "server")]

    def mend(self, rules):
        for rule in rules if isinstance(rules, list) else [rules]:
            self.trial.relay.remove(self.source[1], rule)

    @staticmethod
    async def until_met(rule):
        while not rule.hits:
            await asyncio.sleep(0.002)

    # ---- what a judge must know

    def hide(self, role, why, captures=("client", "server"), after=0.0):
        """From now on (or later) no capture at the named ends shows the state of `role`, until show()."""
        self.hidden.append({
            "end": role, "from": time.time() + after, "why": why,
            "captures": [f"{self.trial.hosts[at]}_side" for at in captures],
        })

    def show(self, role):
        for entry in self.hidden:
            if entry["end"] == role:
                entry.setdefault("to", time.time())

    def record(self):
        late = self.trial.relay.late[self.source[1]]
        return {
            "scenario": self.trial.name, "client": endpoint(*self.source), "server": endpoint(*self.target),
            "one_way_s": round(self.trial.one_way + late, 6), "late_s": round(late, 6),
            "hidden": self.hidden, "ev": self.events,
        }

    # ---- sockets

    def bound(self, role="client", **options):
        """A socket bound to its end of the link; options are those of TCP, in small letters."""
        namespace = self.trial.namespaces[role]
        where = self.source if role == "client" else self.target
        made = namespace.socket(self.trial.family)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for name, value in options.items():
            made.setsockopt(socket.IPPROTO_TCP, getattr(socket, f"TCP_{name.upper()}"), value)
        made.bind(where)
        self.trial.kept.append(made)
        return made

    def connect(self, role="client", **options):
        """Sends a SYN and does not wait for what comes of it."""
        end = End(self, role, self.bound(role, **options))
        setattr(self, role, end)
        self.did(role, "connect")
        end.socket.connect_ex(self.target if role == "client" else self.source)
        return end

    async def connected(self):
        """Whether the handshake went well for the client."""
        writable = asyncio.get_running_loop().create_future()
        number = self.client.socket.fileno()
        loop = asyncio.get_running_loop()
        loop.add_writer(number, lambda: writable.done() or writable.set_result(None))
        try:
            await writable
        finally:
            loop.remove_writer(number)
        error = self.client.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        self.did("client", f"failed: {error}" if error else "connected")
        return not error

    async def accept(self):
        made, _ = await asyncio.get_running_loop().sock_accept(self.trial.listener)
        self.trial.kept.append(made)
        self.server = End(self, "server", made)
        self.did("server", "accepted")
        return self.server

    async def open(self, talk=True, **options):
        """A connection in which both ends have said something."""
        if not self.trial.listener:
            self.trial.listen()
        self.connect(**options)
        if not await self.connected():
            raise ConnectionError("no connection")
        await self.accept()
        if talk:
            await self.talk()
        return self.client, self.server

    async def talk(self, rounds=1):
        """Requests and answers of any size, each read before the next is sent."""
        for _ in range(rounds):
            for sender, receiver, lengths in (
                (self.client, self.server, (1, 20, 300, 800, 1400, 3000)),
                (self.server, self.client, (10, 150, 500, 1000, 2000, 4000)),
            ):
                length = self.trial.random.choice(lengths)
                await sender.send(length)
                await receiver.read(length)


class Trial:
    """A scenario under way. Its first link is made; a scenario may take more of them."""

    def __init__(self, name, number, turn, draws, world):
        self.name = name
        self.number = number
        self.round = turn  # how often this scenario has been played with these addresses
        self.random = draws
        self.relay = world.relay
        self.outage = world.outage
        self.hosts = world.hosts  # who plays client and server
        self.namespaces = world.namespaces
        self.addresses = world.addresses
        self.family = socket.AF_INET6 if ":" in self.addresses["client"] else socket.AF_INET
        self.one_way = DELAY
        self.listener = None
        self.kept = []  # every socket, so that none closes before the scenario says so
        self.links = []
        self._numbers = world.numbers
        self.link = self.another()

    def another(self):
        link = Link(self, next(self._numbers))
        self.links.append(link)
        return link

    def listen(self, backlog=16, receive_buffer=None, **options):
        self.listener = self.link.bound("server", **options)
        if receive_buffer:
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.listener.listen(backlog)
        self.listener.setblocking(False)
        return self.listener

    def far(self, seconds):
        """A longer way between the two, each way."""
        for role in ("client", "server"):
            self.link.slow(seconds, role)
        self.one_way += seconds

    async def pause(self, shortest=0.05, longest=None):
        await asyncio.sleep(self.random.uniform(shortest, longest or 4 * shortest))

    async def settle(self, seconds=0.15):
        """Lets the kernels answer what is on its way."""
        await asyncio.sleep(seconds + 2 * self.one_way)
