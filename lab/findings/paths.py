"""Paths that lose, loop or narrow, and captures that lack something or have what no wire shows."""

import os
import socket
import struct
import subprocess
import threading

from findings.scene import (
    CLIENT, FAR_CLIENT, SERVER, TCP_HEADERS, edit, filter_by, recording,
)
from sockets import get, send, settle, text

WEB = (SERVER, 80)
NOWHERE = "203.0.113.9"


def download(a, b, size):
    """From server to client, read as it comes."""
    reader = threading.Thread(target=lambda: drain(a, size))
    reader.start()
    b.sendall(text(size))
    reader.join()


def drain(a, size):
    while size:
        size -= len(a.recv(size))


@recording("routing-loop", snaplen=80)
def loop(scene):
    """Two routers that each think the other knows the way."""
    peers, router = scene.routed()
    other = peers.server
    other.set("ipv4/ip_forward", 1)
    for one in (router, other):
        one.set("ipv4/conf/all/rp_filter", 0)
        one.set("ipv4/conf/all/send_redirects", 0)
        one.set("ipv4/conf/eth0/send_redirects", 0)
    router.set("ipv4/conf/eth1/send_redirects", 0)
    router.run(f"ip route add {NOWHERE} via {SERVER}")
    with scene.capture(router, "eth1"):
        udp = peers.client.socket(kind=socket.SOCK_DGRAM)
        for _ in range(2):
            udp.sendto(b"where are you?", (NOWHERE, 53))
            settle(0.2)
        tcp = peers.client.socket()
        tcp.setblocking(False)
        tcp.connect_ex((NOWHERE, 80))
        settle(0.5)
        tcp.close()


@recording("one-hop", snaplen=80)
def one_hop(scene):
    """A router that captures on both sides: each packet twice, its TTL one lower; and a traceroute."""
    peers, router = scene.routed()
    peers.listen(*WEB)
    sides = [f"{scene.path}.{device}" for device in ("eth0", "eth1")]
    with (scene.network.capture(router, "eth0", sides[0]),
          scene.network.capture(router, "eth1", sides[1])):
        a, b = peers.open((FAR_CLIENT, 41000), WEB)
        get(a, b)
        a.close()
        b.close()
        udp = peers.client.socket(kind=socket.SOCK_DGRAM)
        for ttl in range(1, 6):
            udp.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
            udp.sendto(b"traceroute", (SERVER, 33434 + ttl))
            settle(0.05)
    subprocess.run(["mergecap", "-F", "pcap", "-w", scene.path, *sides], check=True)
    for side in sides:
        os.remove(side)


def narrow(scene, silent):
    """A link of 1400 bytes behind the router; `silent`: it does not say so."""
    peers, router = scene.routed()
    router.run("ip link set eth1 mtu 1400")
    if silent:
        filter_by(router, "output", "icmp type destination-unreachable drop")
    peers.listen(*WEB)
    with scene.capture(peers.client):
        a, b = peers.open((FAR_CLIENT, 41000), WEB)
        get(a, b, length=100)
        a.sendall(text(4000))
        settle(7 if silent else 1)


@recording("mtu-black-hole", snaplen=TCP_HEADERS)
def black_hole(scene):
    """Nobody says that the segments are too large."""
    narrow(scene, silent=True)


@recording("mtu-discovered", snaplen=TCP_HEADERS + 28)
def discovered(scene):
    """The router says so, and the client sends smaller ones."""
    narrow(scene, silent=False)


def stalled(scene, seconds):
    """A reader that stops with its buffer full."""
    peers = scene.cable()
    peers.listen(*WEB, receive_buffer=8192)
    with scene.capture(peers.client):
        a, b = peers.open((CLIENT, 41000), WEB)
        sender = threading.Thread(target=lambda: a.sendall(text(40000)))
        sender.start()
        settle(seconds)
        drain(b, 40000)
        sender.join()
        settle()


@recording("zero-window-stall", snaplen=TCP_HEADERS)
def stall(scene):
    """For nine seconds."""
    stalled(scene, 9)


@recording("zero-window-recovers", snaplen=TCP_HEADERS)
def recovers(scene):
    """For half a second."""
    stalled(scene, 0.5)


def lossy(scene, of, at_client):
    """A download over a router that drops one of `of` segments with data."""
    peers, router = scene.routed()
    filter_by(router, "forward", f"meta length > 1000 numgen inc mod {of} 7 drop")
    peers.listen(*WEB)
    with scene.capture(peers.client if at_client else peers.server):
        a, b = peers.open((FAR_CLIENT, 41000), WEB)
        get(a, b)
        download(a, b, 400000)
        a.close()
        b.close()
        settle()


@recording("heavy-retransmission", snaplen=TCP_HEADERS)
def heavy(scene):
    """One in twelve is lost."""
    lossy(scene, 12, at_client=False)


@recording("light-retransmission", snaplen=TCP_HEADERS)
def light(scene):
    """One in a hundred and fifty."""
    lossy(scene, 150, at_client=False)


@recording("path-loss", snaplen=TCP_HEADERS)
def path_loss(scene):
    """The same seen by the receiver, who never sees what was lost, but sees it sent again."""
    lossy(scene, 150, at_client=True)


@recording("capture-loss", snaplen=TCP_HEADERS)
def capture_loss(scene):
    """Nothing is lost but from the capture: four packets of the download."""
    peers = scene.cable()
    peers.listen(*WEB)
    with scene.capture(peers.client):
        a, b = peers.open((CLIENT, 41000), WEB)
        get(a, b)
        for _ in range(20):
            send(b, a, text(4000))
            settle(0.01)
        a.close()
        b.close()
        settle()
    edit(scene.path, drop=data_packets(scene.path)[10:26:5])


@recording("asymmetric-capture", snaplen=TCP_HEADERS)
def asymmetric(scene):
    """Two ways: what the server sends goes by another one, and is taken out of the capture."""
    three_answers(scene)
    edit(scene.path, drop=packets_to(scene.path, CLIENT))


@recording("both-ways", snaplen=TCP_HEADERS)
def both_ways(scene):
    """The same with what the server sends."""
    three_answers(scene)


def three_answers(scene):
    peers = scene.cable()
    peers.listen(*WEB)
    with scene.capture(peers.client):
        for port in (41000, 41001, 41002):
            a, b = peers.open((CLIENT, port), WEB)
            get(a, b)
            a.close()
            b.close()
        settle()


def packets_to(path, address):
    """The numbers of the IPv4 packets to that address, from 1."""
    target = socket.inet_aton(address)
    return [number for number, (_, frame) in enumerate(packets(path), 1)
            if frame[12:14] == b"\x08\x00" and frame[30:34] == target]


def data_packets(path):
    """The numbers of the packets with more than 1000 bytes, from 1."""
    numbers = []
    for number, (_, frame) in enumerate(packets(path), 1):
        if len(frame) > 1000:
            numbers.append(number)
    return numbers


def packets(path):
    """Where each packet of a pcap file begins, and its bytes."""
    with open(path, "rb") as file:
        data = file.read()
    at = 24
    while at < len(data):
        (size,) = struct.unpack_from("=I", data, at + 8)
        yield at + 16, data[at + 16 : at + 16 + size]
        at += 16 + size


def exchange(scene, offload):
    peers = scene.cable()
    if offload:
        peers.client.run("ethtool -K eth0 tx on")
    peers.listen(*WEB)
    with scene.capture(peers.client):
        for number in range(3):
            a, b = peers.open((CLIENT, 41000 + number), WEB)
            get(a, b)
            get(a, b)
            a.close()
            b.close()
        settle()


@recording("checksum-offload")
def offload(scene):
    """The client's kernel leaves checksums to its card, and is captured before it."""
    exchange(scene, offload=True)


@recording("checksum-damaged")
def damaged(scene):
    """Checksums are whole; four packets are damaged in the capture."""
    exchange(scene, offload=False)
    places = [at + len(frame) - 1 for at, frame in packets(scene.path) if len(frame) > 80]
    with open(scene.path, "r+b") as file:
        for place in places[:4]:
            file.seek(place)
            file.write(b"\xff")
