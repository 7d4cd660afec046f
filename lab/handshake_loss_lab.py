"""handshake-loss: handshakes that lose a segment, and some that never complete"""

import socket
import sys

from hosts import CLIENT, SERVER, two_hosts
from network import Network
from sockets import get, send, settle, text
from wire import ACK, SYN

WEB = (SERVER, 80)

REMARKS = {
    (f"{CLIENT}:50109", f"{SERVER}:80"): "the client gave up in silence",
}


def source(port):
    return CLIENT, port


def part(port, flags):
    """SYN, SYN | ACK, or the ACK without data of one connection's handshake."""
    return lambda s: port in (s.sport, s.dport) and s.flags & 0x17 == flags and s.length == 0


def lost_once(peers, wire):
    """Each segment of the handshake in turn, and a SYN that the tap does not see either."""
    for port, leg, flags in (
        (50101, "right", SYN),
        (50102, "left", SYN | ACK),
        (50103, "right", ACK),
        (50104, "left", SYN),
    ):
        with wire.losing(leg, part(port, flags)) as loss:
            a = peers.start(source(port), WEB)
            loss.wait(1)
        b, _ = peers.listeners[WEB].accept()
        peers.kept.append(b)
        settle()
        get(a, b, length=50)


def data_completes(peers, wire):
    """The third segment is lost; the client's data has the ACK that the server waits for."""
    with wire.losing("right", part(50105, ACK)) as loss:
        a = peers.start(source(50105), WEB)
        loss.wait(1)
    a.sendall(text(100))
    b, _ = peers.listeners[WEB].accept()
    peers.kept.append(b)
    b.recv(100)


def never(peers, wire):
    """A SYN, a SYN-ACK, an ACK that never arrives; a client that gives up; a closed port."""
    wire.lose("right", part(50106, SYN))
    peers.start(source(50106), WEB)
    wire.lose("left", part(50107, SYN | ACK))
    peers.start(source(50107), WEB)
    wire.lose("right", part(50108, ACK))
    peers.start(source(50108), WEB)
    wire.lose("right", part(50109, SYN))
    peers.start(source(50109), WEB, syncnt=1, user_timeout=1500)
    peers.start(source(50110), (SERVER, 81))


def odd(peers):
    """Simultaneous open, deferred accept, a full accept queue, TCP Fast Open."""
    here = peers.start(source(50111), (SERVER, 50111))
    there = peers.start((SERVER, 50111), source(50111), namespace=peers.server)
    settle()
    send(here, there, b"both of us called")
    deferring = peers.listen(SERVER, 82)
    deferring.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 10)
    peers.start(source(50112), (SERVER, 82))
    peers.listen(SERVER, 83, backlog=0)
    for port in (50113, 50114, 50115):
        peers.start(source(port), (SERVER, 83))
        settle()
    fast_open(peers)


def fast_open(peers):
    """The first connection asks for a cookie, the second has data in its SYN (RFC 7413)."""
    listener = peers.listen(SERVER, 84)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 4)
    for port in (50116, 50117):
        a = peers.socket(peers.client, *source(port))
        a.settimeout(None)  # the call waits for the handshake where it has no cookie yet
        a.sendto(b"GET / HTTP/1.0\r\n\r\n", socket.MSG_FASTOPEN, (SERVER, 84))
        b, _ = listener.accept()
        peers.kept.append(b)
        b.recv(100)
        send(b, a, text(100))


def main(directory):
    with Network(seconds=60) as network:
        wire, peers = two_hosts(network)
        for namespace in (peers.client, peers.server):
            namespace.set("ipv4/tcp_fastopen", 3)
        peers.listen(*WEB)
        settle(2)
        with wire.tap.capture(f"{directory}/handshake-loss.pcap"):
            a, b = peers.open(source(50100), WEB)
            get(a, b, length=50)
            never(peers, wire)
            data_completes(peers, wire)
            odd(peers)
            lost_once(peers, wire)
            peers.write_states(f"{directory}/truth/handshake-loss.txt", REMARKS)


main(sys.argv[1])
