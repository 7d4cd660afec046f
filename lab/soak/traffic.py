"""Traffic of all kinds between two hosts, until it is told to stop: bounded in rate, and in what is open at a time."""

import collections
import random
import select
import socket
import struct
import subprocess
import threading
import time

PORT = 8080
RATE = 60  # connections opened a second
MOST_OPEN = 400
ENDINGS = ("client", "server", "client_half", "server_half", "reset", "kept")
WEIGHTS = (40, 30, 6, 6, 10, 8)
KEPT = 30  # seconds that a connection may be left as it is
SMALL, LARGE = 400, 200_000  # bytes of an answer
RESET = struct.pack("ii", 1, 0)  # of SO_LINGER


class Server(threading.Thread):
    """Answers each request with as many bytes as it asks for, and ends as it is told."""

    def __init__(self, host, addresses):
        super().__init__(daemon=True)
        self.poll = select.epoll()
        self.listeners = {}
        self.sockets = {}
        self.stopped = False
        for address in addresses:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            listener = host.socket(family)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((address, PORT))
            listener.listen(512)
            listener.setblocking(False)
            self.listeners[listener.fileno()] = listener
            self.poll.register(listener, select.EPOLLIN)

    def run(self):
        while not self.stopped:
            for number, _ in self.poll.poll(0.2):
                if number in self.listeners:
                    self._accept(self.listeners[number])
                elif number in self.sockets:
                    self._answer(self.sockets[number])

    def _accept(self, listener):
        try:
            made, _ = listener.accept()
        except OSError:
            return
        made.settimeout(2)
        self.sockets[made.fileno()] = made
        self.poll.register(made, select.EPOLLIN)

    def _answer(self, asked):
        try:
            request = asked.recv(64)
            if request:
                length, ending = request.decode().split()
                asked.sendall(b"x" * int(length))
                if ending == "server":
                    self._close(asked)
                elif ending == "server_half":
                    asked.shutdown(socket.SHUT_WR)
                return
        except (OSError, ValueError):
            pass
        self._close(asked)

    def _close(self, closing):
        del self.sockets[closing.fileno()]
        self.poll.unregister(closing)
        closing.close()


class Clients(threading.Thread):
    """Opens connections at a steady rate, asks once on each, and leaves them in every state that there is."""

    def __init__(self, host, servers, seed):
        super().__init__(daemon=True)
        self.host = host
        self.servers = servers
        self.draws = random.Random(seed)
        self.kept = collections.deque()  # (when to close it, socket)
        self.opened = self.failed = 0
        self.is_paused = self.stopped = False

    def run(self):
        while not self.stopped:
            time.sleep(self.draws.expovariate(RATE))
            while self.kept and (self.kept[0][0] < time.monotonic() or len(self.kept) > MOST_OPEN):
                self.kept.popleft()[1].close()
            if self.is_paused:
                continue
            try:
                self._connect()
                self.opened += 1
            except OSError:
                self.failed += 1

    def _connect(self):
        server = self.draws.choice(self.servers)
        made = self.host.socket(socket.AF_INET6 if ":" in server else socket.AF_INET)
        made.settimeout(2)
        try:
            made.connect((server, PORT))
            self._ask(made)
        except OSError:
            made.close()
            raise

    def _ask(self, made):
        length = LARGE if self.draws.random() < 0.05 else self.draws.randint(1, SMALL)
        (ending,) = self.draws.choices(ENDINGS, WEIGHTS)
        made.sendall(f"{length} {ending}".encode().ljust(32))
        left = length
        while left:
            left -= len(made.recv(left)) or left
        if ending == "client_half":
            made.shutdown(socket.SHUT_WR)
        if ending == "reset":
            made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        if ending in ("client", "server", "reset"):
            made.close()
        else:
            self.kept.append((time.monotonic() + self.draws.uniform(1, KEPT), made))


class Background(threading.Thread):
    """Datagrams, echo requests, and neighbours that are asked for again."""

    def __init__(self, client, server, address):
        super().__init__(daemon=True)
        self.client = client
        self.server = server
        self.address = address
        self.stopped = False

    def run(self):
        sender = self.client.socket(kind=socket.SOCK_DGRAM)
        turn = 0
        while not self.stopped:
            time.sleep(0.2)
            turn += 1
            try:
                sender.sendto(b"nobody listens here", (self.address, 9000 + turn % 10))
            except OSError:
                pass  # the cable is out
            if turn % 25 == 0:
                self._in(self.client, f"ping -c 1 -W 1 {self.address}")
                self._in(self.server, "ip neigh flush dev eth0")

    @staticmethod
    def _in(host, command):
        subprocess.run(["ip", "netns", "exec", host.name, *command.split()], check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Traffic:
    def __init__(self, client, server, addresses, seed):
        self.clients = Clients(client, addresses, seed)
        self.threads = [Server(server, addresses), self.clients,
                        Background(client, server, addresses[0])]

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        for thread in self.threads:
            thread.stopped = True
        for thread in self.threads:
            thread.join(10)
