"""Scenarios: the same addresses and ports again."""

import asyncio

from catalog import scenario
from closings import end
from trial import anything, rst


@scenario
async def reuse_server_time_wait(t):
    """The server is in TIME_WAIT when the next SYN comes."""
    for _ in range(3):
        client, server = await t.link.open()
        await end(t, server, client)
        await t.pause(0.3)


@scenario
async def reuse_client_time_wait(t):
    """The client leaves TIME_WAIT by connecting again (tcp_tw_reuse)."""
    for _ in range(3):
        client, server = await t.link.open()
        await end(t, client, server)
        await t.pause(1.6, 2.5)  # tcp_tw_reuse_delay is a second, and timestamps are coarse


@scenario
async def reuse_after_reset(t):
    for _ in range(3):
        client, server = await t.link.open()
        await t.pause()
        first, second = (client, server) if t.round % 2 == 0 else (server, client)
        first.abort()
        await t.pause(0.2)
        second.close()


@scenario
async def syn_into_established(t):
    """The client aborted and its RST was lost; its next SYN draws a challenge ACK, that a RST, and so on."""
    client, old = await t.link.open()
    await t.settle()
    t.link.lose("client", rst)
    t.link.hide("client", "a RST that did not arrive", captures=("server",))
    t.link.hide("server", "a RST that did not arrive", captures=("client",))
    client.abort()
    await t.pause(0.5)
    challenge = t.link.watch("server", anything)
    t.link.connect()
    await t.link.until_met(challenge)
    t.link.show("client")
    t.link.show("server")
    await t.link.connected()
    await t.link.accept()
    await t.link.talk()
    old.close()
    await end(t, t.link.client, t.link.server)


@scenario
async def syn_into_close_wait(t):
    """The client's orphan is gone early (TCP_LINGER2), the server never closed, and the client is back."""
    client, old = await t.link.open(linger2=1)
    await t.settle()
    client.close()
    t.link.hide("client", "TCP_LINGER2", after=0.9)
    await asyncio.sleep(2.5)
    t.link.connect()
    t.link.show("client")
    await t.link.connected()
    await t.link.accept()
    await t.link.talk()
    old.close()
    await end(t, t.link.client, t.link.server)
