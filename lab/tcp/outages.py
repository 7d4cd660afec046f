"""Scenarios: a host whose link goes down, and that comes back (or does not seem to)."""

import asyncio

from catalog import scenario
from closings import end
from trial import fin, rst, syn


@scenario(host="third")
async def outage_idle(t):
    """Neither end notices."""
    client, server = await t.link.open()
    await t.outage.over.wait()
    await t.pause(0.5)
    await t.link.talk()
    await end(t, client, server)


@scenario(host="third")
async def outage_sender(t):
    """The client's data is sent again and again, until the host is back."""
    client, server = await t.link.open()
    await t.outage.begun.wait()
    await t.pause(0.2)
    await client.send(300)
    await server.read(300)
    await end(t, server, client)


@scenario(host="third")
async def outage_fin(t):
    """The client closes meanwhile."""
    client, server = await t.link.open()
    await t.outage.begun.wait()
    await t.pause(0.2)
    client.close()
    await server.until_end()
    server.close()


@scenario(host="third")
async def outage_fin_of_host(t):
    """The host that is cut off closes, and says so when it is back."""
    client, server = await t.link.open()
    said = t.link.watch("server", fin)
    await t.outage.begun.wait()
    await t.pause(0.2)
    t.link.hide("server", "cut off")
    server.close()
    await t.link.until_met(said)
    t.link.show("server")
    await client.until_end()
    client.close()


@scenario(host="third")
async def outage_reboot(t):
    """The host lost its sockets meanwhile: what the client sends then draws a RST."""
    client, server = await t.link.open()
    answer = t.link.watch("server", rst)
    await t.outage.begun.wait()
    await t.pause(0.2)
    t.link.hide("server", "the host is gone")
    server.abort()
    await t.outage.over.wait()
    await t.pause(0.5)
    client.send_now(20)
    await t.link.until_met(answer)
    t.link.show("server")
    await t.settle()
    client.close()


@scenario(host="third")
async def outage_gone(t):
    """The same, and nobody speaks again."""
    _, server = await t.link.open()
    await t.outage.begun.wait()
    await t.pause(0.2)
    t.link.hide("server", "the host is gone")
    server.abort()


@scenario(host="third")
async def outage_syn(t):
    """The client calls meanwhile."""
    t.listen()
    await t.outage.begun.wait()
    await t.pause(0.2)
    t.link.watch("client", syn)
    t.link.connect()
    await t.link.connected()
    await t.link.accept()
    await t.link.talk()
    await end(t, t.link.client, t.link.server)


@scenario(host="third")
async def outage_user_timeout(t):
    """The client gives up without a segment; it refuses what the host sends when it is back."""
    client, server = await t.link.open(user_timeout=2000)
    answer = t.link.watch("client", rst)
    await t.outage.begun.wait()
    client.send_now(300)
    t.link.hide("client", "TCP_USER_TIMEOUT", after=1.5)
    await client.until_end()
    client.close()
    await t.outage.over.wait()
    await asyncio.sleep(1)
    server.send_now(20)
    await t.link.until_met(answer)
    t.link.show("client")
    await t.settle()
    server.close()
