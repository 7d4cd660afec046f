"""close: every way in which a connection ends, or fails to"""

import itertools
import socket
import sys

from hosts import CLIENT, SERVER, two_hosts
from network import Network
from sockets import get, reset, send, settle, text
from wire import ACK, FIN, RST

WEB = (SERVER, 80)


def source(port):
    return CLIENT, port


def ports(segment):
    return segment.sport, segment.dport


def only(port, flags, value):
    """Segments of one connection that have just these of the flags SYN, FIN, RST and ACK."""
    return lambda s: port in ports(s) and s.flags & 0x17 & flags == value


def in_order(peers):
    """Four segments by the client, four by the server, three, and data that comes with the FIN."""
    a, b = peers.open(source(50001), WEB)
    get(a, b)
    a.close()
    settle()
    b.close()
    a, b = peers.open(source(50002), WEB)
    get(a, b)
    b.close()
    settle()
    a.close()
    a, b = peers.open(source(50003), WEB)
    get(a, b)
    a.close()
    b.recv(1)
    b.close()  # within the delayed ACK, so that one segment has both ACK and FIN
    a, b = peers.open(source(50004), WEB)
    b.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
    b.sendall(text(200))
    b.close()
    a.recv(200)
    a.close()
    settle()


def half_closed(peers):
    """The client has nothing more to send; the server goes on for a while."""
    a, b = peers.open(source(50005), WEB)
    send(a, b, b"query")
    a.shutdown(socket.SHUT_WR)
    settle()
    for _ in range(3):
        send(b, a, text(400))
    b.close()
    settle()


def simultaneous(peers, wire):
    """Both FINs are under way at once; the second time all that follows them is lost."""
    a, b = peers.open(source(50006), WEB)
    a.close()
    b.close()
    a, b = peers.open(source(50007), WEB)
    settle()
    for leg, sender in (("left", 80), ("right", 50007)):
        seen = itertools.count()  # the leg's first segment from now on is the FIN
        wire.lose(leg, lambda s, n=seen, p=sender: 50007 in ports(s) and s.sport == p and next(n))
    a.close()
    b.close()
    settle()


def by_reset(peers, wire):
    """SO_LINGER 0, unread data, data for a closed socket, and a RST that does not arrive."""
    a, b = peers.open(source(50008), WEB)
    get(a, b)
    reset(a)
    a, b = peers.open(source(50009), WEB)
    a.sendall(b"never read")
    settle()
    b.close()
    a, b = peers.open(source(50010), WEB)
    a.close()
    settle()
    b.sendall(text(100))
    a, b = peers.open(source(50011), WEB)
    get(a, b)
    with wire.losing("right", only(50011, RST, RST)) as loss:
        reset(a)
        loss.wait(1)


def with_loss(peers, wire):
    """A FIN lost once, the last ACK lost once, and peers that are gone when the FIN comes."""
    a, b = peers.open(source(50012), WEB)
    with wire.losing("right", only(50012, FIN, FIN)) as loss:
        a.close()
        loss.wait(1)
    settle(0.4)
    b.close()
    a, b = peers.open(source(50013), WEB)
    a.close()
    settle()
    with wire.losing("right", only(50013, FIN | ACK, ACK)) as loss:
        b.close()
        loss.wait(1)
    a, b = peers.open(source(50014), WEB)
    settle()
    wire.lose("right", only(50014, ACK, ACK))
    a.close()
    a, b = peers.open(source(50015), WEB)
    a.close()
    settle()
    wire.lose("left", only(50015, ACK, ACK))
    b.close()
    settle()


def opened_again(peers):
    """The same four addresses, while the server is still in TIME_WAIT."""
    for _ in range(2):
        a, b = peers.open(source(50016), WEB)
        get(a, b, length=50)
        b.close()
        settle()
        a.close()
        settle()


def main(directory):
    with Network(seconds=60) as network:
        wire, peers = two_hosts(network, delay=0.005)
        peers.listen(*WEB)
        settle(2)
        with wire.tap.capture(f"{directory}/close.pcap"):
            in_order(peers)
            half_closed(peers)
            simultaneous(peers, wire)
            by_reset(peers, wire)
            with_loss(peers, wire)
            opened_again(peers)
            settle(1)
            peers.write_states(f"{directory}/truth/close.txt")


main(sys.argv[1])
