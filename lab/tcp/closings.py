"""Scenarios: how connections end when nothing is lost."""

import asyncio

from catalog import scenario
from trial import fin


async def end(t, first, second, wait=0.05):
    """One end closes, and the other when it has seen that."""
    await t.pause()
    first.close()
    await second.until_end()
    await t.pause(wait)
    second.close()


@scenario
async def client_closes(t):
    client, server = await t.link.open()
    await t.link.talk(t.random.randint(0, 3))
    await end(t, client, server)


@scenario
async def server_closes(t):
    client, server = await t.link.open()
    await t.link.talk(t.random.randint(0, 3))
    await end(t, server, client, t.random.choice((0.05, 0.5)))


@scenario
async def three_segments(t):
    """The answer to the FIN is a FIN with its ACK."""
    client, server = await t.link.open()
    await t.pause()
    first, second = (client, server) if t.round % 2 == 0 else (server, client)
    first.close()
    await second.until_end()
    second.close()


@scenario
async def silent_connection(t):
    """Not a byte between the handshake and the FINs."""
    client, server = await t.link.open(talk=False)
    await end(t, client, server)


@scenario
async def simultaneous_close(t):
    t.far(t.random.choice((0.02, 0.1)))
    client, server = await t.link.open()
    await t.settle()
    if t.round % 2 == 0:
        client.close()
        server.close()
    else:
        client.shut()
        server.shut()
        await t.settle()
        client.close()
        server.close()


@scenario
async def half_close_client(t):
    """The client has nothing more to send; the server goes on for a while."""
    client, server = await t.link.open()
    client.shut()
    for _ in range(3):
        await t.pause(0.3)
        await server.send(400)
        await client.read(400)
    server.close()
    await client.until_end()
    client.close()


@scenario
async def half_close_server(t):
    client, server = await t.link.open()
    server.shut()
    for _ in range(3):
        await t.pause(0.3)
        await client.send(400)
        await server.read(400)
    client.close()
    await server.until_end()
    server.close()


@scenario
async def leak_after_close(t):
    """Whoever sees the FIN never closes: CLOSE_WAIT, and an orphan's FIN_WAIT2 of a minute."""
    client, server = await t.link.open()
    await t.pause()
    (client if t.round % 2 == 0 else server).close()


@scenario
async def close_after_orphan(t):
    """The server closes when the client's orphan has timed out: its FIN draws a RST."""
    client, server = await t.link.open()
    client.close()
    await asyncio.sleep(64)
    server.close()


@scenario
async def leak_after_shutdown(t):
    """The same after shutdown(): FIN_WAIT2 has no end, and looks no different."""
    client, _ = await t.link.open()
    await t.pause()
    client.shut()
    t.link.hide("client", "close() or shutdown()?", after=59)


@scenario
async def short_orphan(t):
    """TCP_LINGER2: the orphan is gone after 3 s; what the server sends later is refused."""
    client, server = await t.link.open(linger2=3)
    await t.pause()
    client.close()
    t.link.hide("client", "TCP_LINGER2", after=2.8)
    await asyncio.sleep(5)
    server.send_now(10)
    await t.settle()
    t.link.show("client")
    server.close()


@scenario
async def data_for_orphan(t):
    """The server speaks to a client that has closed: RST."""
    client, server = await t.link.open()
    client.close()
    await server.until_end()
    await t.pause(0.4)
    server.send_now(100)
    await t.settle()
    server.close()


@scenario
async def abort_client(t):
    client, server = await t.link.open()
    await t.pause()
    client.abort()
    await t.settle()
    server.close()


@scenario
async def abort_server(t):
    client, server = await t.link.open()
    await t.pause()
    server.abort()
    await t.settle()
    client.close()


@scenario
async def abort_half_closed(t):
    """The client is in FIN_WAIT2 when the server resets."""
    client, server = await t.link.open()
    client.shut()
    await t.pause(0.5)
    server.abort()
    await t.settle()
    client.close()


@scenario
async def close_with_unread_data(t):
    """A RST instead of a FIN; every other time the peer's FIN is unread, too."""
    client, server = await t.link.open()
    await client.send(1000)
    if t.round % 2:
        client.shut()
    await t.pause(0.2)
    server.close()
    await t.settle()
    client.close()


@scenario
async def close_behind_bulk(t):
    """close() with much still to send: its FIN goes out when the rest has."""
    t.far(t.random.choice((0.0, 0.05)))
    client, server = await t.link.open()
    last = t.link.watch("client", fin)
    client.send_now(40000)
    t.link.hide("client", "its FIN waits behind data")
    client.close()
    await t.link.until_met(last)
    t.link.show("client")
    await server.until_end()
    server.close()
