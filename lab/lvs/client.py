"""A client host's program: opens the planned connections at their times, and logs who answered.

    client.py PLAN.json LOG GO     GO: a file that comes to be, with the epoch seconds that the plan's times count from

Those planned before that time are opened at once.
"""

import errno
import json
import pathlib
import socket
import struct
import sys
import threading
import time

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close() resets
PATIENCE = 3.0  # seconds for an answer


class Connection(threading.Thread):
    """One planned connection: {id, kind, at, src, sport, dst, dport, proto, size, times, pause, until}."""

    def __init__(self, plan, log):
        super().__init__(daemon=True)
        self.plan = plan
        self.start_time = time.time() - plan["at"]
        self.log = log
        self.said = {"rs": None}

    def run(self):
        plan = self.plan
        family = socket.AF_INET6 if ":" in plan["dst"] else socket.AF_INET
        kind = socket.SOCK_DGRAM if plan["proto"] == "udp" else socket.SOCK_STREAM
        self.socket = socket.socket(family, kind)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sleep_until(self.start_time + plan["at"])
        try:
            self.socket.bind((plan["src"], plan["sport"]))
        except OSError as error:
            self.end(f"not bound: {error}")
            return
        self.said |= {"cport": self.socket.getsockname()[1], "t0": time.time()}
        try:
            self.socket.settimeout(max(1.0, self.start_time + plan["until"] - time.time()))
            self.socket.connect((plan["dst"], plan["dport"]))
            self.socket.settimeout(PATIENCE)
            self.end(getattr(self, plan["kind"])())
        except ConnectionRefusedError:
            self.end("refused")
        except ConnectionResetError:
            self.end("rst-by-peer")
        except TimeoutError:
            self.end("timeout")
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:  # the connection that has these ports is still there
                del self.said["t0"]
            self.end(f"failed: {error}")

    def end(self, outcome):
        line = {**{field: self.plan[field] for field in ("id", "kind", "src", "dst", "dport", "proto")},
                **self.said, "t1": time.time(), "outcome": outcome}
        self.log.write(json.dumps(line) + "\n")
        self.log.flush()

    # What a connection says, and how it ends

    def ask(self, what, size=0):
        self.socket.sendall(f"{what} {size}\n".encode() + (b"x" * size if what == "post" else b""))

    def name(self, rest=0):
        """Reads the server's name, and so many bytes behind it."""
        data = b""
        while b"\n" not in data or len(data) < data.index(b"\n") + 1 + rest:
            more = self.socket.recv(65536)
            if not more:
                break
            data += more
        if b"\n" in data and not self.said["rs"]:
            self.said["rs"] = data[: data.index(b"\n")].decode()
        return data

    def get(self):
        self.ask("get", self.plan["size"])
        self.name(self.plan["size"])
        while self.socket.recv(65536):
            pass
        self.socket.close()
        return "closed-by-server"

    def getc(self):
        self.ask("getc", self.plan["size"])
        self.name(self.plan["size"])
        self.socket.close()
        return "closed-by-client"

    def keep(self):
        for number in range(self.plan["times"]):
            if number:
                time.sleep(self.plan["pause"])
            self.ask("keep")
            self.name()
        self.socket.close()
        return "closed-by-client"

    trickle = keep

    def post(self):
        self.ask("post", self.plan["size"])
        self.name()
        self.socket.close()
        return "closed-by-client"

    def open(self):
        self.ask("keep")
        self.name()
        return "open"

    def late(self):
        """Idle for long, then something to say."""
        self.ask("keep")
        self.name()
        time.sleep(self.plan["pause"])
        self.ask("keep")
        self.name()
        return "open"

    def idle(self):
        return "open-idle"

    def half(self):
        self.ask("half")
        self.name()
        self.socket.shutdown(socket.SHUT_WR)
        return "half-closed-by-client"

    def closewait(self):
        self.ask("get", 64)
        self.name(64)
        return "half-closed-by-server"

    def rst(self):
        self.ask("keep")
        self.name()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.socket.close()
        return "rst-by-client"

    def srvrst(self):
        self.ask("srvrst")
        self.name()
        self.socket.close()
        return "closed-by-server"

    def udp(self):
        for number in range(self.plan["times"]):
            if number:
                time.sleep(self.plan["pause"])
            self.socket.send(b"who are you?\n")
            self.name()
        return "ok"


def sleep_until(t):
    while (left := t - time.time()) > 0:
        time.sleep(left)


def main(plan_path, log_path, go):
    with open(plan_path) as file:
        plan = json.load(file)
    with open(log_path, "a") as log:
        connections = [Connection(one, log) for one in plan]
        for one in connections:
            if one.plan["at"] < 0:
                one.start()
        begin = told(pathlib.Path(go))
        for one in connections:
            if one.plan["at"] >= 0:
                one.start_time = begin
                one.start()
        threading.Event().wait()  # what is open stays open until this is ended


def told(path):
    while not path.exists():
        time.sleep(0.02)
    return float(path.read_text())


if __name__ == "__main__":
    main(*sys.argv[1:])
