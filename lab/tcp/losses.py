"""Scenarios: a segment of the close is lost, or all of them."""

import asyncio

from catalog import scenario
from closings import end
from trial import bare_ack, data, fin, rst


@scenario
async def fin_lost(t):
    client, server = await t.link.open()
    first, second = (client, server) if t.round % 2 == 0 else (server, client)
    t.link.lose(first.role, fin, count=t.random.randint(1, 2))
    await end(t, first, second, 0.1)


@scenario
async def fin_ack_lost(t):
    """The ACK of the first FIN: its sender stays in FIN_WAIT1."""
    client, server = await t.link.open()
    await t.settle()
    t.link.lose("server", bare_ack)
    await end(t, client, server, 0.5)


@scenario
async def second_fin_lost(t):
    client, server = await t.link.open()
    t.link.lose("server", fin)
    await end(t, client, server, 0.1)


@scenario
async def last_ack_lost(t):
    """The server sends its FIN again, which the client in TIME_WAIT acknowledges again."""
    client, server = await t.link.open()
    await t.settle()
    client.shut()
    await server.until_end()
    await t.pause()
    t.link.lose("client", bare_ack, count=t.random.randint(1, 2))
    server.close()
    await client.until_end()
    client.close()


@scenario
async def last_ack_lost_for_ever(t):
    client, server = await t.link.open()
    await t.settle()
    client.shut()
    await server.until_end()
    await t.pause()
    t.link.lose("client", count=None)
    t.link.hide("client", "none of its segments arrives", captures=("server",))
    server.close()
    await client.until_end()
    client.close()


@scenario
async def simultaneous_acks_lost(t):
    """Both FINs cross; the ACK of one of them is lost, and again when it is asked for anew."""
    t.far(0.02)
    client, server = await t.link.open()
    await t.settle()
    t.link.lose("server", bare_ack, count=2)
    client.close()
    server.close()


@scenario
async def fin_before_data(t):
    """The data before the FIN is lost: no CLOSE_WAIT before it has come."""
    client, server = await t.link.open()
    await t.settle()
    t.link.lose("client", lambda s: data(s) and not fin(s), count=2)
    client.send_now(400)
    await asyncio.sleep(0.01)
    client.close()
    await server.until_end()
    await t.pause()
    server.close()


@scenario
async def fin_into_nothing(t):
    """The path dies, then the client closes: FIN_WAIT1 for long; the server knows nothing."""
    client, _ = await t.link.open()
    await t.settle()
    t.link.cut()
    t.link.hide("client", "the path is dead", captures=("server",))
    client.close()


@scenario
async def both_fins_into_nothing(t):
    client, server = await t.link.open()
    await t.settle()
    t.link.cut()
    t.link.hide("client", "the path is dead", captures=("server",))
    client.close()
    await t.pause(0.5)
    t.link.hide("server", "the path is dead", captures=("client",))
    server.close()


@scenario
async def fin_through_a_gap(t):
    """The path is dead for some seconds around a close, then it works again."""
    client, server = await t.link.open()
    await t.settle()
    dead = t.link.cut()
    t.link.hide("client", "the path is dead", captures=("server",))
    client.send_now(100)
    client.close()
    await t.pause(1, 4)
    t.link.mend(dead)
    await server.until_end()
    t.link.show("client")
    server.close()


@scenario
async def reset_lost(t):
    """The server aborts and its RST is lost; the client learns of it when it speaks."""
    client, server = await t.link.open()
    t.link.lose("server", rst)
    answer = t.link.watch("server", rst)
    await t.settle()
    t.link.hide("client", "a RST that did not arrive", captures=("server",))
    t.link.hide("server", "a RST that did not arrive", captures=("client",))
    server.abort()
    await t.pause(0.5, 2)
    client.send_now(50)
    await t.link.until_met(answer)
    t.link.show("client")
    t.link.show("server")
    await t.settle()
    client.close()


@scenario
async def reset_lost_for_ever(t):
    client, _ = await t.link.open()
    t.link.lose("client", rst, count=None)
    await t.settle()
    t.link.hide("client", "a RST that did not arrive", captures=("server",))
    t.link.hide("server", "a RST that did not arrive", captures=("client",))
    client.abort()
