"""The smallest network: one client, one server, and a tap between them."""

from sockets import Peers
from wire import Tap, Wire

CLIENT, SERVER = "192.0.2.1", "192.0.2.80"
CLIENT6, SERVER6 = "2001:db8:1::1", "2001:db8:1::80"


def two_hosts(network, delay=0.002):
    client, server = network.namespace("client"), network.namespace("server")
    wire = Wire(Tap(network), client, server, delay)
    client.address("eth0", f"{CLIENT}/24")
    server.address("eth0", f"{SERVER}/24")
    return wire, Peers(client, server)
