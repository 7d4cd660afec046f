"""web: clients of a web server, one connection left in each state a server's operator meets"""

import socket
import sys

from network import Network
from sockets import Peers, get, reset, settle, text
from wire import ACK, Tap, Wire

SERVER = "192.0.2.80"
SERVER6 = "2001:db8:1::80"
PORTS = (80, 443)


def client(number):
    return f"198.51.100.{number}"


def client6(number):
    return f"2001:db8:2::{number}"


def hosts(network):
    """The server, and behind its router the clients, each an address of the router's loopback."""
    router, server = network.namespace("clients"), network.namespace("server")
    wire = Wire(Tap(network), router, server)
    router.address("eth0", "192.0.2.1/24", "2001:db8:1::1/64")
    server.address("eth0", f"{SERVER}/24", f"{SERVER6}/64")
    server.run("ip route add default via 192.0.2.1")
    server.run("ip -6 route add default via 2001:db8:1::1")
    router.address("lo", *(f"{client(n)}/32" for n in range(11, 24)))
    router.address("lo", *(f"{client6(n)}/128" for n in range(11, 15)))
    return wire, Peers(router, server)


def finished(peers):
    """Connections that end as they should, by either side."""
    a, b = peers.open((client(11), 40110), (SERVER, 80))
    get(a, b)
    a.close()
    settle(0.06)  # past the server's delayed ACK, so that ACK and FIN are two segments
    b.close()
    a, b = peers.open((client(12), 40120), (SERVER, 80))
    get(a, b, "/old", 900)
    b.close()
    settle()
    a.close()
    a, b = peers.open((client6(11), 40611), (SERVER6, 443))
    get(a, b, "/six", 700)
    a.close()
    settle(0.06)
    b.close()
    settle()


def in_use(peers):
    """Connections that stay ESTABLISHED."""
    for source, port in ((client(13), 40130), (client(13), 40131), (client(14), 40140)):
        a, b = peers.open((source, port), (SERVER, 443))
        get(a, b, length=600)
    a, b = peers.open((client6(12), 40612), (SERVER6, 80))
    get(a, b)
    get(a, b, "/next", 300)
    a, _ = peers.open((client(14), 40141), (SERVER, 80), keepidle=1, keepintvl=1)
    a.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


def leaked(peers):
    """The client has closed and the server's program never does: CLOSE_WAIT."""
    for port in (40150, 40151, 40152):
        a, b = peers.open((client(15), port), (SERVER, 80))
        get(a, b)
        a.close()


def cut_off(peers):
    """RST: at once, in the middle, and because data was not read."""
    peers.start((client(16), 40160), (SERVER, 8080))
    settle()
    a, b = peers.open((client(16), 40161), (SERVER, 80))
    get(a, b)
    reset(a)
    a, b = peers.open((client(16), 40162), (SERVER, 443))
    a.sendall(text(300))
    settle()
    b.close()
    settle()


def vanished(peers, wire):
    """A client loses its network: the server goes on sending, or waits for an ACK of its FIN."""
    a, b = peers.open((client(17), 40170), (SERVER, 443))
    get(a, b)
    c, d = peers.open((client(17), 40171), (SERVER, 80))
    get(c, d)
    wire.lose("left", lambda s: client(17) in (s.src, s.dst))
    b.sendall(text(500))
    d.close()


def unanswered(peers, wire):
    """A firewall drops SYNs to one port; one SYN-ACK's client is not there."""
    wire.lose("right", lambda s: s.dport == 8443)
    peers.start((client(18), 40180), (SERVER, 8443))
    peers.start((client(18), 40181), (SERVER, 8443))
    wire.lose("left", lambda s: client(19) in (s.src, s.dst) and s.flags & ACK)
    peers.start((client(19), 40190), (SERVER, 80))


def lossy(peers, wire):
    """A download that loses a segment, and a reader so slow that the window closes."""
    a, b = peers.open((client(20), 40200), (SERVER, 80))
    get(a, b, "/small")
    segments = iter(range(100))
    with wire.losing("left", lambda s: s.sport == 80 and s.length > 1000 and next(segments) == 1):
        get(a, b, "/large", 12000)
    a, b = peers.open((client(21), 40210), (SERVER, 8081))
    a.setblocking(False)
    a.send(text(6000))
    settle(1.5)
    b.recv(6000)
    settle(0.5)


def main(directory):
    with Network(seconds=60) as network:
        wire, peers = hosts(network)
        for port in PORTS:
            peers.listen(SERVER, port)
            peers.listen(SERVER6, port)
        peers.listen(SERVER, 8081, receive_buffer=2304)
        before = peers.open((client(22), 40220), (SERVER, 443))
        get(*before)
        before_too = peers.open((client(23), 40230), (SERVER, 80))
        settle(2)
        with wire.tap.capture(f"{directory}/web.pcap"):
            get(*before, "/later")
            unanswered(peers, wire)
            vanished(peers, wire)
            in_use(peers)
            finished(peers)
            leaked(peers)
            cut_off(peers)
            lossy(peers, wire)
            before_too[0].close()
            settle(3)
            peers.write_states(f"{directory}/truth/web.txt")


main(sys.argv[1])
