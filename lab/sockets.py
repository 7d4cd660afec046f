"""TCP sockets of both ends in the hands of one script, so that a scenario reads step by step."""

import re
import socket
import struct
import subprocess
import time

# As netstat names them; ss has its own names.
STATES = {
    "ESTAB": "ESTABLISHED", "SYN-SENT": "SYN_SENT", "SYN-RECV": "SYN_RECV",
    "FIN-WAIT-1": "FIN_WAIT1", "FIN-WAIT-2": "FIN_WAIT2", "TIME-WAIT": "TIME_WAIT",
    "CLOSE-WAIT": "CLOSE_WAIT", "LAST-ACK": "LAST_ACK", "CLOSING": "CLOSING",
}


class Peers:
    """A client and a server namespace. Keeps every socket, so that none closes before the script says so."""

    def __init__(self, client, server):
        self.client = client
        self.server = server
        self.listeners = {}
        self.kept = []

    @staticmethod
    def family(address):
        return socket.AF_INET6 if ":" in address else socket.AF_INET

    def socket(self, namespace, address, port):
        made = namespace.socket(self.family(address))
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address, port))
        made.settimeout(20)
        self.kept.append(made)
        return made

    def listen(self, address, port, backlog=16, receive_buffer=None):
        listener = self.socket(self.server, address, port)
        if receive_buffer:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        listener.listen(backlog)
        self.listeners[address, port] = listener
        return listener

    def start(self, source, target, namespace=None, **options):
        """Sends a SYN, from the client unless told, and does not wait for what comes of it."""
        made = self.socket(namespace or self.client, *source)
        for name, value in options.items():
            made.setsockopt(socket.IPPROTO_TCP, getattr(socket, f"TCP_{name.upper()}"), value)
        made.setblocking(False)
        made.connect_ex(target)
        made.settimeout(20)
        return made

    def open(self, source, target, **options):
        """A connection: the sockets of its client and of its server."""
        client = self.start(source, target, **options)
        server, _ = self.listeners[target].accept()
        server.settimeout(20)
        self.kept.append(server)
        return client, server

    @staticmethod
    def _states(namespace):
        """What the kernel says: (local, peer) to state. An endpoint that it does not list is CLOSED."""
        listed = subprocess.run(
            ["ip", "netns", "exec", namespace.name, "ss", "-tanH"],
            check=True, capture_output=True, text=True,
        ).stdout
        rows = (re.sub("%[^]:]*", "", line).split() for line in listed.splitlines())
        return {(row[3], row[4]): STATES[row[0]] for row in rows if row[0] in STATES}

    def write_states(self, path, remarks=None):
        """The truth beside a capture: client, server, the state of each, and a remark.

        Remarks, by the two addresses, say why TCP segments alone do not tell these states. Without
        one, two ends that are both CLOSED have no line.
        """
        remarks = remarks or {}
        clients, servers = self._states(self.client), self._states(self.server)
        pairs = set(clients) | {(peer, local) for local, peer in servers} | set(remarks)
        with open(path, "w") as file:
            for pair in sorted(pairs):
                ends = clients.get(pair, "CLOSED"), servers.get(pair[::-1], "CLOSED")
                why = [f"# {remarks[pair]}"] if pair in remarks else []
                print(*pair, *ends, *why, file=file)


def send(sender, receiver, data):
    """Sends, and waits until all of it was read at the other end."""
    sender.sendall(data)
    left = len(data)
    while left:
        left -= len(receiver.recv(left))


def text(length, words=b"the wire says what both ends believe "):
    return (words * (length // len(words) + 1))[:length]


def get(client, server, path="/", length=400):
    """One request and its answer, as HTTP/1.1 has them."""
    send(client, server, f"GET {path} HTTP/1.1\r\nHost: www.example\r\n\r\n".encode())
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n".encode()
    send(server, client, head + text(length))


def reset(closing):
    """Closes with a RST: SO_LINGER with a time of 0."""
    closing.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    closing.close()


def settle(seconds=0.1):
    """Lets the kernels answer what is on its way."""
    time.sleep(seconds)
