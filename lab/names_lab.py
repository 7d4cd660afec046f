"""names: a client asks dnsmasq for names over UDP and TCP, and connects to what they stand for"""

import contextlib
import socket
import struct
import subprocess
import sys
import time

from hosts import CLIENT6, SERVER, SERVER6, two_hosts
from network import Network
from sockets import settle

OTHER = "192.0.2.81"
A, PTR, AAAA = 1, 12, 28
ZONE = (
    f"--host-record=web.example.net,{SERVER},{SERVER6}",
    "--cname=www.example.com,web.example.net",
    f"--ptr-record=81.2.0.192.in-addr.arpa,printer.example.net",
)


@contextlib.contextmanager
def dns_server(namespace):
    server = subprocess.Popen(
        ["ip", "netns", "exec", namespace.name, "dnsmasq", "--keep-in-foreground", "--no-resolv",
         "--no-hosts", "--conf-file=/dev/null", "--pid-file=", "--user=root", "--bind-interfaces",
         f"--listen-address={SERVER}", "--local-ttl=60", *ZONE],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    try:
        yield
    finally:
        server.terminate()
        server.wait()


def query(number, name, kind):
    labels = b"".join(bytes((len(label),)) + label.encode() for label in name.split("."))
    return struct.pack("!6H", number, 0x0100, 1, 0, 0, 0) + labels + struct.pack("!xHH", kind, 1)


def ask_udp(client, number, name, kind):
    with client.socket(kind=socket.SOCK_DGRAM) as asking:
        asking.settimeout(2)
        asking.sendto(query(number, name, kind), (SERVER, 53))
        asking.recv(512)


def ask_tcp(client, number, name, kind):
    message = query(number, name, kind)
    with client.socket() as asking:
        asking.connect((SERVER, 53))
        asking.sendall(struct.pack("!H", len(message)) + message)
        asking.recv(512)


def visit(client, family, address):
    with client.socket(family) as visiting:
        visiting.connect((address, 80))
        visiting.sendall(b"GET / HTTP/1.0\r\n\r\n")
        settle()


def main(directory):
    with Network(seconds=60) as network:
        wire, peers = two_hosts(network)
        client, server = peers.client, peers.server
        client.address("eth0", f"{CLIENT6}/64")
        server.address("eth0", f"{SERVER6}/64", f"{OTHER}/24")
        for address in (SERVER, SERVER6, OTHER):
            peers.listen(address, 80)
        settle(2)
        with dns_server(server), wire.tap.capture(f"{directory}/names.pcap"):
            ask_udp(client, 1, "www.example.com", A)
            visit(client, socket.AF_INET, SERVER)
            ask_tcp(client, 2, "web.example.net", AAAA)
            visit(client, socket.AF_INET6, SERVER6)
            ask_udp(client, 3, "81.2.0.192.in-addr.arpa", PTR)
            visit(client, socket.AF_INET, OTHER)


main(sys.argv[1])
