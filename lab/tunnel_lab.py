"""tunnel: connections inside the kernel's VXLAN, over IPv4 and over IPv6, beside one outside"""

import sys

from hosts import CLIENT, CLIENT6, SERVER, SERVER6, two_hosts
from network import Network
from sockets import get, settle

INNER_CLIENT, INNER_SERVER = "10.42.0.1", "10.42.0.80"
OTHER_CLIENT, OTHER_SERVER = "10.43.0.1", "10.43.0.80"


def vxlan(namespace, device, vni, local, remote, address):
    namespace.run(
        f"ip link add {device} type vxlan id {vni} local {local} remote {remote} dstport 4789 noudpcsum"
        + (" udp6zerocsumtx udp6zerocsumrx" if ":" in local else "")
    )
    namespace.run(f"ethtool -K {device} tx off gso off tso off gro off")
    namespace.run(f"ip link set {device} up")
    namespace.address(device, f"{address}/24")


def main(directory):
    with Network(seconds=60) as network:
        wire, peers = two_hosts(network)
        client, server = peers.client, peers.server
        client.address("eth0", f"{CLIENT6}/64")
        server.address("eth0", f"{SERVER6}/64")
        vxlan(client, "vx42", 42, CLIENT, SERVER, INNER_CLIENT)
        vxlan(server, "vx42", 42, SERVER, CLIENT, INNER_SERVER)
        vxlan(client, "vx43", 43, CLIENT6, SERVER6, OTHER_CLIENT)
        vxlan(server, "vx43", 43, SERVER6, CLIENT6, OTHER_SERVER)
        for address in (SERVER, INNER_SERVER, OTHER_SERVER):
            peers.listen(address, 80)
        settle(2)
        with wire.tap.capture(f"{directory}/tunnel.pcap"):
            a, b = peers.open((CLIENT, 40800), (SERVER, 80))
            get(a, b)
            a, b = peers.open((INNER_CLIENT, 40801), (INNER_SERVER, 80))
            get(a, b, length=3000)
            a, b = peers.open((INNER_CLIENT, 40802), (INNER_SERVER, 80))
            get(a, b)
            a.close()
            settle()
            b.close()
            a, b = peers.open((OTHER_CLIENT, 40803), (OTHER_SERVER, 80))
            get(a, b)
            b.close()
            settle()
            peers.write_states(f"{directory}/truth/tunnel.txt")


main(sys.argv[1])
