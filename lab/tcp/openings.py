"""Scenarios: how connections begin, or fail to."""

import asyncio
import socket

from catalog import scenario
from trial import End, anything, bare_ack, data, rst, syn, syn_ack


async def close_both(t, link=None):
    """The client closes, and the server when it has seen that."""
    link = link or t.link
    await t.pause()
    link.client.close()
    await link.server.until_end()
    await t.pause(0.02)
    link.server.close()


@scenario
async def syn_lost(t):
    t.link.lose("client", syn, count=1 + t.round % 2)
    await t.link.open()
    await close_both(t)


@scenario
async def syn_ack_lost(t):
    t.link.lose("server", syn_ack, count=1 + t.round % 2)
    await t.link.open()
    await close_both(t)


@scenario
async def third_ack_lost(t):
    """Nobody speaks until the server has sent its SYN-ACK again."""
    t.listen()
    t.link.lose("client", bare_ack)
    t.link.connect()
    await t.link.connected()
    await t.link.accept()
    await t.pause(0.3)
    await t.link.talk()
    await close_both(t)


@scenario
async def third_ack_lost_then_data(t):
    """The client's data has the ACK that the server waits for."""
    t.listen()
    t.link.lose("client", bare_ack)
    t.link.connect()
    await t.link.connected()
    t.link.hide("server", "it did not ask for the ACK again", captures=("client",))
    await t.pause(0.2)
    await t.link.client.send(100)
    await t.link.accept()
    t.link.show("server")
    await close_both(t)


@scenario
async def third_ack_lost_for_ever(t):
    t.listen()
    t.link.lose("client", bare_ack, count=None)
    t.link.connect()
    await t.link.connected()
    t.link.hide("server", "it no longer asks for the ACK", captures=("client",), after=32)


@scenario
async def refused(t):
    t.link.connect()
    await t.link.connected()


@scenario
async def refused_again(t):
    """The first SYNs are lost, or what refuses them."""
    if t.round % 2:
        t.link.lose("client", syn, count=1 + t.round // 2 % 2)
    else:
        t.link.lose("server", rst, count=1 + t.round // 2 % 2)
    t.link.connect()
    await t.link.connected()


@scenario
async def refused_far_away(t):
    """The client asks again before it hears that it is refused."""
    t.far(0.6)
    t.link.connect()
    await t.link.connected()


@scenario
async def far_away(t):
    """A round trip takes longer than either end waits until it sends its SYN again."""
    t.far(0.6)
    t.listen()
    t.link.connect()
    await t.link.connected()
    await t.link.accept()
    await t.link.talk()
    await close_both(t)


@scenario
async def unanswered(t):
    """Every SYN is lost; every other client is told to give up early."""
    t.listen()
    t.link.lose("client", syn, count=None)
    t.link.hide("server", "is it there?", captures=("client",))
    t.link.connect(**({"syncnt": 2} if t.round % 2 else {}))
    if not await t.link.connected():
        t.link.hide("client", "gave up early and in silence")


@scenario
async def closed_while_opening(t):
    """The client closes before the SYN-ACK comes, which draws a RST."""
    t.far(0.2)
    t.listen()
    reset = t.link.watch("client", rst)
    t.link.connect()
    await asyncio.sleep(0.1)
    t.link.hide("client", "closed before it had an answer")
    t.link.client.close()
    await t.link.until_met(reset)
    t.link.show("client")


@scenario
async def listener_gone(t):
    """The third ACK is lost, then the listener closes: its request sock goes with it."""
    t.listen()
    t.link.lose("client", bare_ack)
    reset = t.link.watch("server", rst)
    t.link.connect()
    await t.link.connected()
    await t.pause(0.1)
    t.link.hide("server", "the listener closed")
    t.listener.close()
    await asyncio.sleep(2.5)
    t.link.client.send_now(10)
    await t.link.until_met(reset)
    t.link.show("server")


@scenario
async def deferred_accept(t):
    """The server stays in SYN_RECV until there is data; or until the client closes without any."""
    t.listen(defer_accept=8)
    t.link.connect()
    await t.link.connected()
    t.link.hide("server", "TCP_DEFER_ACCEPT")
    await t.pause(0.4, 2.5)
    if t.round % 2 == 0:
        await t.link.client.send(50)
    else:
        t.link.client.shut()
    await t.link.accept()
    t.link.show("server")
    await close_both(t)


@scenario
async def accept_queue_full(t):
    """More connections than fit the queue, until somebody accepts them."""
    t.listen(backlog=1)
    links = [t.link, *(t.another() for _ in range(4))]
    for link in links:
        link.connect()
        await t.pause(0.02)
    await asyncio.sleep(3.5)
    accepted = 0
    while accepted < len(links):
        made, peer = await asyncio.get_running_loop().sock_accept(t.listener)
        t.kept.append(made)
        link = next(link for link in links if link.source[1] == peer[1])
        link.server = End(link, "server", made)
        accepted += 1
        await asyncio.sleep(0.1)
    for link in links:
        await close_both(t, link)


@scenario
async def never_accepted(t):
    """In the queue of a listener that closes after a while: the kernel resets what is in it."""
    t.listen()
    t.link.connect()
    await t.link.connected()
    await t.link.client.send(200)
    await asyncio.sleep(4)
    t.listener.close()
    await t.settle()
    t.link.client.close()


@scenario(host="third")
async def syn_cookie(t):
    """No SYN_RECV anywhere: the cookie is the server's only memory. Sometimes the third ACK is lost."""
    t.listen()
    if t.round % 2:
        t.link.lose("client", bare_ack)
        t.link.hide("server", "a SYN cookie is no state")
    t.link.connect()
    await t.link.connected()
    await t.pause(0.2)
    await t.link.client.send(100)
    await t.link.accept()
    t.link.show("server")
    await close_both(t)


@scenario
async def fast_open(t):
    """The first connection gets a cookie, the next have data in their SYN (RFC 7413)."""
    t.listen(fastopen=8)
    for number in range(3):
        link = t.another() if number else t.link
        if number == 2:
            link.lose("server", anything, count=2)
        link.client = client = End(link, "client", link.bound())
        link.did("client", "connect with data")
        try:
            sent = client.socket.sendto(bytes(300), socket.MSG_FASTOPEN, link.target)
        except BlockingIOError:  # no cookie yet
            sent = 0
        await link.connected()
        if sent < 300:
            await client.send(300 - sent)
        await link.accept()
        await link.server.read(300)
        await link.server.send(500)
        await client.read(500)
        await close_both(t, link)


@scenario
async def simultaneous_open(t):
    """Both call each other at once; sometimes both SYN-ACKs are lost."""
    t.far(0.02)
    if t.round % 2:
        for role in ("client", "server"):
            t.link.lose(role, syn_ack)
    t.link.connect("client")
    t.link.connect("server")
    await t.link.connected()
    await asyncio.sleep(2)
    await t.link.talk()
    await close_both(t)


@scenario
async def first_data_lost(t):
    """The handshake goes well; what follows it is lost once."""
    t.link.lose("client", data)
    await t.link.open()
    await close_both(t)
