"""Connections that are not closed, closed by the thousand, or cut off; and those that only look like it."""

import errno

from findings.scene import CLIENT, SERVER, TCP_HEADERS, filter_by, paced, recording
from sockets import get, reset, send, settle

WEB = (SERVER, 80)


def serve(peers, number):
    a, b = peers.open((CLIENT, 41000 + number), WEB)
    get(a, b)
    return a, b


@recording("close-wait-leak", snaplen=TCP_HEADERS + 14)
def leak(scene):
    """The server's program forgets five sockets; its later clients are served and closed, for a minute and more."""
    peers = scene.cable()
    peers.listen(*WEB)
    with scene.capture(peers.server):
        for number in range(5):
            a, _ = serve(peers, number)
            a.close()
        for number in range(5, 18):
            with paced(5.2):
                for end in serve(peers, number):
                    end.close()


@recording("close-wait-busy", snaplen=TCP_HEADERS + 14)
def busy(scene):
    """Five clients have said all and wait; the server answers for more than a minute."""
    peers = scene.cable()
    peers.listen(*WEB)
    with scene.capture(peers.server):
        pairs = [peers.open((CLIENT, 41000 + number), WEB) for number in range(5)]
        for a, b in pairs:
            send(a, b, b"report")
            a.shutdown(1)
        for _ in range(13):
            with paced(5):
                for a, b in pairs:
                    send(b, a, b"line")
        settle(2)


@recording("time-wait-ports", snaplen=TCP_HEADERS)
def ports(scene):
    """A client with a hundred ports closes each connection itself, until connect() finds no port."""
    peers = scene.cable()
    peers.listen(*WEB)
    peers.client.set("ipv4/ip_local_port_range", "40000 40099")
    peers.client.set("ipv4/tcp_tw_reuse", 0)
    with scene.capture(peers.server):
        while True:
            made = peers.client.socket()
            if (error := made.connect_ex(WEB)) == errno.EADDRNOTAVAIL:
                break
            assert error == 0, errno.errorcode[error]
            server, _ = peers.listeners[WEB].accept()
            made.close()
            server.recv(1)
            server.close()
        settle()


@recording("time-wait-web", snaplen=TCP_HEADERS)
def web(scene):
    """A web server that closes its connections itself: TIME_WAIT costs it no port."""
    peers = scene.cable()
    peers.listen(*WEB)
    with scene.capture(peers.server):
        for _ in range(90):
            made = peers.client.socket()
            made.connect(WEB)
            server, _ = peers.listeners[WEB].accept()
            server.close()
            made.recv(1)
            made.close()
        settle()


def conversations(peers, cut):
    """Sixty requests in three seconds; `cut(number)` says which the server breaks off."""
    for number in range(60):
        with paced(0.05):
            a, b = peers.open((CLIENT, 41000 + number), WEB)
            get(a, b)
            if cut(number):
                reset(b)
            else:
                b.close()
            a.close()
    settle()


@recording("reset-storm", snaplen=TCP_HEADERS + 14)
def storm(scene):
    """A server that resets whatever it has answered."""
    peers = scene.cable()
    peers.listen(*WEB)
    with scene.capture(peers.server):
        conversations(peers, lambda number: number % 10 != 0)


@recording("reset-few", snaplen=TCP_HEADERS + 14)
def few(scene):
    """One in ten ends so."""
    peers = scene.cable()
    peers.listen(*WEB)
    with scene.capture(peers.server):
        conversations(peers, lambda number: number % 10 == 0)


def kept_alive(peers):
    """A connection whose client asks every second whether the server is there, three times."""
    return peers.open((CLIENT, 41000), WEB, keepidle=1, keepintvl=1, keepcnt=3)


@recording("keep-alive-failure")
def gone(scene):
    """The server is cut off; its client finds out."""
    peers = scene.cable()
    peers.listen(*WEB)
    with scene.capture(peers.client):
        a, b = kept_alive(peers)
        a.setsockopt(1, 9, 1)  # SOL_SOCKET, SO_KEEPALIVE
        get(a, b)
        settle(2.5)
        filter_by(peers.server, "input", "drop")
        settle(6)


@recording("keep-alive-answered")
def answered(scene):
    """It is only idle."""
    peers = scene.cable()
    peers.listen(*WEB)
    with scene.capture(peers.client):
        a, b = kept_alive(peers)
        a.setsockopt(1, 9, 1)
        get(a, b)
        settle(6)
        a.close()
        b.close()
        settle()
