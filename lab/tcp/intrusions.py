"""Scenarios: somebody else takes part."""

import asyncio
import socket

from catalog import scenario
from closings import end
from forgery import first_syn
from trial import bare_ack, fin, rst


@scenario
async def reset_injected(t):
    """A forged RST ends the client's half; the server learns of it when it speaks."""
    client, server = await t.link.open()
    await t.settle()
    answer = t.link.watch("client", rst)
    t.link.forge_reset("server", bare_ack)
    t.link.hide("client", "a RST from nowhere", captures=("server",))
    await client.send(10)
    await t.pause(0.3)
    server.send_now(10)
    await t.link.until_met(answer)
    t.link.show("client")
    await t.settle()
    client.close()
    server.close()


@scenario
async def reset_injected_beside(t):
    """Not where the next segment belongs: in the window it draws a challenge ACK, elsewhere nothing."""
    client, server = await t.link.open()
    await t.settle()
    t.link.forge_reset("server", bare_ack, offset=(1000, 1 << 30)[t.round % 2])
    await client.send(10)
    await t.pause(0.3)
    await server.read(10)
    await t.link.talk()
    await end(t, client, server)


@scenario
async def reset_into_time_wait(t):
    """The socket is gone: tcp_rfc1337 is 0."""
    client, server = await t.link.open()
    t.link.forge_reset("server", fin, later=1.5)
    t.link.hide("client", "a RST from nowhere", captures=("server",), after=1.5)
    await end(t, client, server)


@scenario
async def scan(t):
    """A SYN that no socket of the client sent: its kernel resets what answers."""
    t.listen()
    addresses = b"".join(socket.inet_pton(t.family, t.addresses[role]) for role in ("client", "server"))
    raw = t.namespaces["client"].socket(t.family, socket.SOCK_RAW, socket.IPPROTO_TCP)
    t.kept.append(raw)
    t.link.hide("client", "no socket sent the SYN")
    syn = first_syn(t.link.source[1], t.link.target[1], addresses, t.random.getrandbits(32))
    raw.sendto(syn, (t.link.target[0], 0))
    await asyncio.sleep(0.5)
