"""Floods, queues, scans: connections that are begun and come to nothing, and crowds that mean well."""

import errno
import socket
import struct
import time

from findings.scene import CLIENT, SERVER, TCP_HEADERS, RawSender, filter_by, paced, recording
from hosts import two_hosts
from sockets import get, reset, settle, text
from wire import ACK, PSH, RST, SYN

WEB = (SERVER, 80)
SYN_ONLY = 90


def spoofed(number):
    return f"198.18.{number // 250}.{number % 250 + 1}", 1024 + number


def visit(peers, target=WEB, length=200):
    """A client that asks, is answered and leaves."""
    a, b = peers.open((CLIENT, 0), target)
    get(a, b, length=length)
    a.close()
    b.close()


@recording("syn-flood", snaplen=SYN_ONLY)
def flood(scene):
    """500 SYNs in two seconds, each from another address that does not exist; some clients get through."""
    peers = scene.cable()
    peers.listen(*WEB)
    raw = RawSender(peers.client)
    with scene.capture(peers.server):
        for number in range(500):
            with paced(0.004):
                raw.send(spoofed(number), WEB, SYN, seq=number * 1000003)
            if number % 100 == 50:
                visit(peers)


@recording("syn-rush", snaplen=SYN_ONLY)
def rush(scene):
    """A hundred clients at once, and all of them mean it."""
    peers = scene.cable()
    peers.listen(*WEB, backlog=256)
    with scene.capture(peers.server):
        clients = [peers.start((CLIENT, 0), WEB) for _ in range(100)]
        settle(0.2)
        for client in clients:
            server, _ = peers.listeners[WEB].accept()
            client.sendall(b"?")
            server.recv(1)
            server.sendall(b"!")
            client.recv(1)
            client.close()
            server.close()
        settle(0.2)


@recording("half-open-buildup", snaplen=SYN_ONLY)
def buildup(scene):
    """Three a second, slow enough for no limit on rates; the server repeats its SYN-ACKs."""
    peers = scene.cable()
    peers.listen(*WEB, backlog=64)
    raw = RawSender(peers.client)
    with scene.capture(peers.server):
        for number in range(36):
            with paced(0.33):
                raw.send(spoofed(number), WEB, SYN, seq=number * 1000003)
        settle(5)


@recording("half-open-few", snaplen=SYN_ONLY)
def few(scene):
    """A handful of clients vanish in their handshake, among many that do not."""
    peers = scene.cable()
    peers.listen(*WEB, backlog=64)
    raw = RawSender(peers.client)
    with scene.capture(peers.server):
        for number in range(60):
            with paced(0.1):
                visit(peers)
            if number % 12 == 0:
                raw.send(spoofed(number), WEB, SYN, seq=number * 1000003)
        settle(4)


def knock(peers, target):
    """One connect() of a scanner: it says nothing, and leaves."""
    made = peers.socket(peers.client, CLIENT, 0)
    made.settimeout(0.2)
    refused = made.connect_ex(target) == errno.ECONNREFUSED
    made.close()
    return not refused


@recording("port-scan-vertical", snaplen=TCP_HEADERS + 8)
def vertical(scene):
    """Forty ports of one host, of which two answer."""
    peers = scene.cable()
    peers.listen(SERVER, 22)
    peers.listen(SERVER, 80)
    with scene.capture(peers.server):
        for port in (*range(20, 40), *range(75, 95)):
            knock(peers, (SERVER, port))
        settle()


def many_servers(peers, count):
    addresses = [f"192.0.2.{100 + n}" for n in range(count)]
    peers.server.address("eth0", *(f"{a}/24" for a in addresses))
    return addresses


@recording("port-scan-horizontal", snaplen=TCP_HEADERS + 8)
def horizontal(scene):
    """One port of forty hosts, of which three answer, and ten drop what comes."""
    peers = scene.cable()
    addresses = many_servers(peers, 40)
    for address in addresses[:3]:
        peers.listen(address, 22)
    filter_by(peers.server, "input", "ip daddr 192.0.2.130-192.0.2.139 drop")
    with scene.capture(peers.server):
        for address in addresses:
            knock(peers, (address, 22))
        settle()


@recording("busy-client", snaplen=TCP_HEADERS + 8)
def busy(scene):
    """A client with business at forty services, of which ten are down."""
    peers = scene.cable()
    services = [(a, p) for a in many_servers(peers, 20) for p in (80, 443)]
    for service in services[:30]:
        peers.listen(*service)
    with scene.capture(peers.server):
        for service in services[:30]:
            visit(peers, service)
        for service in services[30:]:
            knock(peers, service)
        settle()


@recording("accept-queue-full", snaplen=TCP_HEADERS + 14)
def queue(scene):
    """Nobody calls accept(), and clients send their requests all the same.

    The queue takes four. Where the handshakes that wait are as many as the backlog the kernel sends cookies, and
    those it never sends again; so the clients come by threes.
    """
    wire, peers = two_hosts(scene.network, delay=0.02)
    settle(1)
    peers.listen(*WEB, backlog=3)
    with scene.network.capture(wire.tap.namespace, "tap", scene.path):
        clients = []
        for first in (41000, 41003):
            clients += [peers.start((CLIENT, first + n), WEB) for n in range(3)]
            settle(0.3)
        for client in clients:
            client.send(b"GET / HTTP/1.1\r\n\r\n")
        settle(9)


@recording("accept-queue-slow", snaplen=TCP_HEADERS + 14)
def slow_queue(scene):
    """A program that is a second late, with room for all in its queue."""
    peers = scene.cable()
    listener = peers.listen(*WEB, backlog=16)
    with scene.capture(peers.server):
        clients = [peers.start((CLIENT, 41000 + n), WEB) for n in range(5)]
        settle(0.1)
        for client in clients:
            client.send(b"GET / HTTP/1.1\r\n\r\n")
        settle(1)
        for client in clients:
            server, _ = listener.accept()
            server.sendall(b"HTTP/1.1 204 None\r\n\r\n")
            client.close()
            server.close()
        settle()


@recording("split-handshake")
def split(scene):
    """A server made of raw segments that answers a SYN with a SYN; the client is a kernel."""
    peers = scene.cable()
    filter_by(peers.server, "output", "tcp flags & rst == rst drop")
    raw = RawSender(peers.server)
    seen = peers.server.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
    with scene.capture(peers.server):
        client = peers.start((CLIENT, 41000), WEB)
        number = int.from_bytes(seen.recv(100)[24:28], "big")
        raw.send(WEB, (CLIENT, 41000), SYN, seq=5000)
        seen.recv(100)
        raw.send(WEB, (CLIENT, 41000), ACK, seq=5001, ack=number + 1)
        settle()
        client.sendall(text(100))
        settle(0.05)
        raw.send(WEB, (CLIENT, 41000), ACK | PSH, seq=5001, ack=number + 101)
        settle()


@recording("simultaneous-open")
def simultaneous(scene):
    """Two kernels that open to each other at once: their SYNs cross."""
    wire, peers = two_hosts(scene.network, delay=0.02)
    settle(1)
    with scene.network.capture(wire.tap.namespace, "tap", scene.path):
        client = peers.start((CLIENT, 41000), (SERVER, 41001))
        server = peers.start((SERVER, 41001), (CLIENT, 41000), namespace=peers.server)
        settle(0.5)
        client.sendall(b"hello")
        server.recv(5)
        client.close()
        server.close()
        settle(0.3)


@recording("injected-reset", snaplen=TCP_HEADERS + 14)
def injected(scene):
    """A box on the way resets the client in the server's name; the server goes on."""
    peers, router = scene.routed()
    peers.listen(*WEB)
    raw = RawSender(router)
    source = ("198.51.100.7", 41000)
    seen = router.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
    seen.bind(("eth1", 0x0800))  # ETH_P_IP: what comes in, from the server
    with scene.capture(peers.client):
        a, b = peers.open(source, WEB)
        get(a, b)
        b.sendall(b"last")
        while (packet := seen.recv(2000))[-4:] != b"last":
            pass
        settle()
        seq, ack = struct.unpack_from("!II", packet, 24)
        raw.send(WEB, source, RST, seq=seq + 4, ack=ack)
        settle(0.3)
        b.sendall(text(300))
        settle(1)


@recording("ordinary-reset", snaplen=TCP_HEADERS + 14)
def ordinary_reset(scene):
    """The server itself resets a connection, while the client's data is on its way."""
    peers, _ = scene.routed()
    peers.listen(*WEB)
    with scene.capture(peers.client):
        a, b = peers.open(("198.51.100.7", 41000), WEB)
        get(a, b)
        a.sendall(text(300))
        reset(b)
        time.sleep(0.3)
