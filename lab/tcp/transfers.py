"""Scenarios: connections in use, over paths that lose, delay, repeat or die."""

import asyncio
import random

from catalog import scenario
from closings import end
from trial import data, syn


def now_and_then(t, part):
    """True for that part of the segments; each caller has its own draws."""
    draws = random.Random(t.random.random())
    return lambda _segment: draws.random() < part


@scenario
async def random_loss(t):
    """Each way loses its share, from the SYN on."""
    share = (0.05, 0.15, 0.3)[t.round % 3]
    for role in ("client", "server"):
        t.link.lose(role, now_and_then(t, share), count=None)
    client, server = await t.link.open()
    for _ in range(3):
        await t.pause(0.3)
        await t.link.talk()
    first, second = t.random.sample((client, server), 2)
    await end(t, first, second, 0.1)


@scenario
async def data_lost(t):
    client, server = await t.link.open()
    for role in ("client", "server"):
        t.link.lose(role, data)
    await t.link.talk(2)
    await end(t, client, server)


@scenario
async def reordered(t):
    client, server = await t.link.open()
    for role in ("client", "server"):
        t.link.slow(0.03, role, now_and_then(t, 0.3))
    t.one_way += 0.03
    await t.link.talk(3)
    client.send_now(12000)
    await server.read(12000)
    await end(t, client, server)


@scenario
async def late_duplicates(t):
    """Copies that come half a second to two seconds later: of SYNs, data and FINs."""
    late = t.random.uniform(0.5, 2)
    for role in ("client", "server"):
        t.link.repeat(late, role, now_and_then(t, 0.6))
    client, server = await t.link.open()
    await t.link.talk()
    await end(t, client, server, t.random.choice((0.05, 2)))


@scenario
async def late_syn(t):
    """A copy of the SYN that comes after the connection is closed."""
    t.link.repeat(2, "client", syn, count=1)
    client, server = await t.link.open()
    await end(t, *((client, server) if t.round % 2 == 0 else (server, client)))


@scenario
async def idle(t):
    client, server = await t.link.open()
    await t.pause(5, 20)
    await end(t, client, server)


@scenario
async def chatter(t):
    """Until the lab ends: the capture, too, lasts as long as the samples."""
    await t.link.open()
    while True:
        await t.pause(0.5, 1.5)
        await t.link.talk()


@scenario
async def keep_alive(t):
    client, server = await t.link.open(keepidle=1, keepintvl=1, keepcnt=4)
    client.keep_alive()
    await t.pause(4, 6)
    await end(t, client, server)


@scenario
async def keep_alive_into_nothing(t):
    """The path dies; the client's keep-alives give up, and its RST is lost with them."""
    client, _ = await t.link.open(keepidle=1, keepintvl=1, keepcnt=3)
    client.keep_alive()
    await t.settle()
    t.link.cut()
    t.link.hide("client", "the path is dead", captures=("server",))
    t.link.hide("server", "a RST that did not arrive", captures=("client",))
    await client.until_end()
    client.close()


@scenario
async def user_timeout(t):
    """TCP_USER_TIMEOUT: the client gives up without a segment."""
    client, _ = await t.link.open(user_timeout=4000)
    await t.settle()
    t.link.cut()
    client.send_now(500)
    t.link.hide("client", "TCP_USER_TIMEOUT", after=3)
    await client.until_end()
    client.close()


@scenario
async def zero_window(t):
    """The server reads nothing for a while, then all."""
    t.listen(receive_buffer=4096)
    client, server = await t.link.open()
    while sent := client.send_now(20000):
        await t.settle()
        t.link.did("client", f"sent {sent} of 20000")
    await asyncio.sleep(3)
    client.shut()
    t.link.hide("client", "its FIN waits behind a closed window")
    await server.until_end()
    t.link.show("client")
    server.close()
    await client.until_end()
    client.close()


@scenario
async def zero_window_abort(t):
    """The server never reads, and resets."""
    t.listen(receive_buffer=4096)
    client, server = await t.link.open()
    while client.send_now(20000):
        await t.settle()
    await asyncio.sleep(2)
    server.abort()
    await t.settle()
    client.close()


@scenario
async def zero_window_close(t):
    """The client closes while its data waits for the window: FIN_WAIT1, and no FIN on any wire."""
    t.listen(receive_buffer=4096)
    client, server = await t.link.open()
    while client.send_now(20000):
        await t.settle()
    t.link.hide("client", "its FIN waits behind a closed window")
    client.close()
    await asyncio.sleep(3)
    await server.until_end()
    t.link.show("client")
    server.close()
