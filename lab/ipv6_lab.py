"""ipv6: neighbour discovery, TCP with and without extension headers, ICMPv6 errors, fragments"""

import socket
import sys

from hosts import CLIENT6, SERVER6
from network import Network
from sockets import Peers, get, settle, text
from wire import Tap, Wire

# A destination options header with nothing but padding: PadN of 4 octets (RFC 8200 section 4.2).
PADDING = bytes((0, 0, 1, 4, 0, 0, 0, 0))
ECHO_REQUEST = bytes((128, 0, 0, 0, 0, 7, 0, 1)) + b"is there anyone"
REMARKS = {
    (f"[{CLIENT6}]:40604", "[2001:db8:ffff::1]:80"): "ended by the ICMPv6 error",
}


def tcp(peers):
    a, b = peers.open((CLIENT6, 40601), (SERVER6, 80))
    get(a, b)
    a, b = peers.open((CLIENT6, 40602), (SERVER6, 80))
    get(a, b)
    a.close()
    settle()
    b.close()
    peers.start((CLIENT6, 40603), (SERVER6, 81))
    peers.start((CLIENT6, 40604), ("2001:db8:ffff::1", 80))  # no route beyond the server
    a = peers.socket(peers.client, CLIENT6, 40605)
    a.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_DSTOPTS, PADDING)
    a.connect((SERVER6, 80))
    b, _ = peers.listeners[SERVER6, 80].accept()
    peers.kept.append(b)
    get(a, b)
    a.shutdown(socket.SHUT_WR)
    settle()


def beside_tcp(peers):
    """An echo, a datagram in fragments, and one for a closed port."""
    ping = peers.client.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    ping.sendto(ECHO_REQUEST, (SERVER6, 0))
    there = peers.server.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    there.bind((SERVER6, 5000))
    here = peers.client.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    here.bind((CLIENT6, 40606))
    here.sendto(text(3000), (SERVER6, 5000))
    here.sendto(b"is port 5001 open", (SERVER6, 5001))
    settle()
    there.sendto(text(100), (CLIENT6, 40606))


def main(directory):
    with Network(seconds=60) as network:
        client, server = network.namespace("client"), network.namespace("server")
        wire = Wire(Tap(network), client, server)
        peers = Peers(client, server)
        with wire.tap.capture(f"{directory}/ipv6.pcap"):
            client.run(f"ip address add {CLIENT6}/64 dev eth0")
            server.run(f"ip address add {SERVER6}/64 dev eth0")
            client.run(f"ip route add default via {SERVER6}")
            server.set("ipv6/conf/all/forwarding", 1)
            settle(3)  # duplicate address detection
            peers.listen(SERVER6, 80)
            tcp(peers)
            beside_tcp(peers)
            peers.write_states(f"{directory}/truth/ipv6.txt", REMARKS)


main(sys.argv[1])
