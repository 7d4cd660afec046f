"""A real server's program: answers with its name, and logs who asked.

    server.py PLAN.json LOG     with {"name", "tcp": [ports], "udp": [[address, port]]}
"""

import json
import pathlib
import socket
import struct
import sys
import threading
import time

BLOCK = bytes(range(32, 127)) * 40
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close() resets


class Server:
    def __init__(self, plan, log):
        self.name = plan["name"].encode() + b"\n"
        self.log = log
        self.open = []

    def note(self, proto, peer, local):
        line = {"t": time.time(), "rs": self.name.decode().strip(), "proto": proto, "peer": plain(peer), "local": plain(local)}
        self.log.write(json.dumps(line) + "\n")
        self.log.flush()

    def accept(self, listener):
        while True:
            connection, peer = listener.accept()
            self.note("tcp", peer, connection.getsockname())
            self.open.append(connection)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            with connection.makefile("rb") as lines:
                while line := lines.readline():
                    kind, size, *_ = [*line.decode().split(), "0"]
                    if self.answer(connection, lines, kind, int(size)):
                        return
            connection.close()
        except OSError:
            connection.close()

    def answer(self, connection, lines, kind, size):
        """Whether nothing more is read of this connection."""
        if kind == "srvrst":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            lines.close()  # the file's share of the socket; the last close() resets
            connection.close()
            return True
        if kind == "post":
            lines.read(size)
        connection.sendall(self.name + (body(size) if kind in ("get", "getc") else b""))
        if kind == "get":
            connection.shutdown(socket.SHUT_WR)
            lines.read()
            connection.close()
        return kind in ("get", "half")

    def datagrams(self, port):
        while True:
            _, peer = port.recvfrom(2048)
            self.note("udp", peer, port.getsockname())
            port.sendto(self.name, peer)


def plain(address):
    return [address[0].removeprefix("::ffff:"), address[1]]


def body(size):
    return (BLOCK * (size // len(BLOCK) + 1))[:size]


def main(plan_path, log_path):
    with open(plan_path) as file:
        plan = json.load(file)
    with open(log_path, "a") as log:
        server = Server(plan, log)
        for port in plan["tcp"]:
            listener = socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=128)
            threading.Thread(target=server.accept, args=(listener,), daemon=True).start()
        for address, port in plan["udp"]:
            there = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
            there.bind((address, port))
            threading.Thread(target=server.datagrams, args=(there,), daemon=True).start()
        pathlib.Path(f"{log_path}.ready").touch()
        threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
