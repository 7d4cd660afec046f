"""Asks kernels for their TCP sockets, again and again, and writes down how long each was in which state.

    sampler.py DIRECTORY NAMESPACE=NAME...     until SIGTERM

It is a process of its own, so that nothing else delays its questions. They go to sock_diag (inet_diag),
which lists listeners, request socks (SYN_RECV) and TIME_WAIT socks with the rest. DIRECTORY gets

    intervals.jsonl  {ns, local, peer, state, first, last, prev, next}: a run of samples with one state;
                     first and last of the run, and the samples before and after it
    samples.jsonl    {ns, start, steps, wide}: when each sample was taken, in microseconds after the one before;
                     and how many were left out, since the answer took longer than WIDEST
"""

import gc
import json
import os
import signal
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from network import entered  # noqa: E402
from recording import PERIOD, endpoint  # noqa: E402

WIDEST = 0.005  # seconds; the states of a slower answer are of any time since the question
NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
NLM_F_REQUEST_DUMP = 0x301
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLMSG_HEADER = 16

# By TCP_* of the kernel; 12 is TCP_NEW_SYN_RECV. Listeners (10) and unconnected sockets (7) are CLOSED.
STATES = {
    1: "ESTABLISHED", 2: "SYN_SENT", 3: "SYN_RECV", 4: "FIN_WAIT1", 5: "FIN_WAIT2", 6: "TIME_WAIT",
    8: "CLOSE_WAIT", 9: "LAST_ACK", 11: "CLOSING", 12: "SYN_RECV",
}
WANTED = sum(1 << state for state in STATES)


def question(family):
    """struct inet_diag_req_v2: every TCP socket of a family."""
    body = struct.pack("=BBBxI48x", family, socket.IPPROTO_TCP, 0, WANTED)
    length = NLMSG_HEADER + len(body)
    return struct.pack("=IHHII", length, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST_DUMP, 0, 0) + body


QUESTIONS = question(socket.AF_INET), question(socket.AF_INET6)


def names(key):
    """Local and peer of struct inet_diag_msg's family and first 36 bytes of id."""
    family = key[0]
    size = 4 if family == socket.AF_INET else 16
    sport, dport = struct.unpack_from("!HH", key, 4)
    return (
        endpoint(socket.inet_ntop(family, key[8 : 8 + size]), sport),
        endpoint(socket.inet_ntop(family, key[24 : 24 + size]), dport),
    )


class Kernel:
    """The sockets of one namespace."""

    def __init__(self, role, namespace):
        self.role = role
        self.runs = {}  # key: [state, first, last, prev]
        self.times = []
        self.wide = 0
        with entered(namespace):
            self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG)

    def dump(self):
        """What is there now: key to state. A key is the family and the addresses and ports."""
        found = {}
        for asked in QUESTIONS:
            self.socket.send(asked)
            while self._read(self.socket.recv(1 << 18), found):
                pass
        return found

    @staticmethod
    def _read(answer, found):
        at = 0
        while at < len(answer):
            length, kind = struct.unpack_from("=IH", answer, at)
            if kind == NLMSG_DONE:
                return False
            if kind == NLMSG_ERROR:
                raise OSError("sock_diag refused")
            body = at + NLMSG_HEADER
            found[answer[body : body + 1] + b"\0\0\0" + answer[body + 4 : body + 40]] = STATES[answer[body + 1]]
            at += (length + 3) & ~3
        return True

    def sample(self, out):
        before = self.times[-1] if self.times else None
        now = time.time()
        found = self.dump()
        if not 0 <= time.time() - now <= WIDEST:
            self.wide += 1
            return
        self.times.append(now)
        for key, run in list(self.runs.items()):
            if found.get(key) == run[0]:
                run[2] = now
                del found[key]
            else:
                self._write(out, key, run, now)
                del self.runs[key]
        for key, state in found.items():
            self.runs[key] = [state, now, now, before]

    def _write(self, out, key, run, after):
        local, peer = names(key)
        state, first, last, before = run
        line = {"ns": self.role, "local": local, "peer": peer, "state": state}
        times = {"first": first, "last": last, "prev": before, "next": after}
        line |= {name: t and round(t, 6) for name, t in times.items()}
        print(json.dumps(line), file=out)

    def finish(self, out):
        for key, run in self.runs.items():
            self._write(out, key, run, None)

    def write_times(self, out):
        micros = [round(t * 1e6) for t in self.times]
        steps = [b - a for a, b in zip(micros, micros[1:])]
        print(json.dumps({"ns": self.role, "start": self.times[0], "steps": steps, "wide": self.wide}), file=out)


def main(directory, *namespaces):
    kernels = [Kernel(*namespace.split("=")) for namespace in namespaces]
    ended = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
    gc.disable()  # it has nothing to find, and would delay a sample
    with open(f"{directory}/intervals.jsonl", "w") as out:
        due = time.monotonic()
        while not ended:
            for kernel in kernels:
                kernel.sample(out)
            due = max(due + PERIOD, time.monotonic())
            time.sleep(max(0, due - time.monotonic()))
        for kernel in kernels:
            kernel.finish(out)
    with open(f"{directory}/samples.jsonl", "w") as out:
        for kernel in kernels:
            kernel.write_times(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
