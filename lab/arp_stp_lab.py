"""arp-stp: three bridges in a ring with spanning tree, and hosts that ask for each other"""

import sys
import time

from network import Network
from sockets import settle
from wire import Tap, Wire


def bridge(network, number, priority):
    """A kernel bridge: 802.1D, with the shortest timers that it takes (in hundredths of a second)."""
    namespace = network.namespace(f"bridge{number}")
    namespace.run(
        f"ip link add br0 address 02:00:00:00:0b:0{number} type bridge stp_state 1"
        f" priority {priority} hello_time 100 forward_delay 200 max_age 600"
    )
    return namespace


def join(one, other, device, network):
    network.cable(one, device, other, device)
    for namespace in (one, other):
        namespace.run(f"ip link set {device} master br0")


def host(network, switch, number, address):
    namespace = network.namespace(f"host{number}")
    device = f"port{number}"
    network.cable(switch, device, namespace, "eth0")
    switch.run(f"ip link set {device} master br0")
    namespace.set("ipv4/conf/all/arp_notify", 1)
    namespace.run(f"ip link set eth0 down address 02:00:00:00:00:0{number}")
    namespace.run("ip link set eth0 up")
    namespace.address("eth0", f"{address}/24")
    return namespace


def ask(namespace, *addresses):
    """A datagram for the discard port makes the kernel look for its neighbour."""
    with namespace.socket(kind=2) as sender:
        for address in addresses:
            sender.sendto(b"?", (address, 9))


def announce(namespace, number):
    """With arp_notify, a device that is told its MAC address sends gratuitous ARP for what it has."""
    namespace.run(f"ip link set eth0 address 02:00:00:00:00:0{number}")


def converse(hosts):
    """Requests and replies, one for nobody, an address that moves to another host, one used twice."""
    first, second, third = hosts
    ask(first, "192.0.2.12", "192.0.2.13", "192.0.2.99")
    ask(second, "192.0.2.13")
    settle(1)
    second.address("eth0", "192.0.2.20/24")
    announce(second, 2)
    ask(first, "192.0.2.20")
    settle(1)
    second.run("ip address delete 192.0.2.20/24 dev eth0")
    third.address("eth0", "192.0.2.20/24", "192.0.2.11/24")
    announce(third, 3)
    settle(1)
    first.run("ip neigh flush all")
    ask(first, "192.0.2.20")
    second.run("ip neigh flush all")
    ask(second, "192.0.2.11")
    settle(1)


def main(directory):
    with Network(seconds=90) as network:
        bridges = [bridge(network, n, priority) for n, priority in ((1, 8192), (2, 16384), (3, 32768))]
        # The tap is between bridges 1 and 2.
        wire = Wire(Tap(network), bridges[0], bridges[1])
        for namespace in bridges[:2]:
            namespace.run("ip link set eth0 master br0")
        join(bridges[1], bridges[2], "ring23", network)
        join(bridges[2], bridges[0], "ring31", network)
        hosts = [host(network, b, n, f"192.0.2.1{n}") for n, b in enumerate(bridges, start=1)]
        with wire.tap.capture(f"{directory}/arp-stp.pcap"):
            for namespace in bridges:
                namespace.run("ip link set br0 up")
            time.sleep(7)
            converse(hosts)
            bridges[2].run("ip link set ring31 down")
            time.sleep(6)
            bridges[1].run("ip link set br0 type bridge priority 4096")
            time.sleep(5)


main(sys.argv[1])
