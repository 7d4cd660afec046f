"""gateway: a client with a default router and a second one, as its routing table has them"""

import socket
import struct
import subprocess
import sys

from network import Network
from sockets import get, settle

# The link of the client, and what is behind each router.
CLIENT, ROUTER, SECOND = "192.0.2.10", "192.0.2.1", "192.0.2.2"
CLIENT6, ROUTER6, SECOND6 = "2001:db8:1::10", "2001:db8:1::1", "2001:db8:1::2"
SERVERS = "198.51.100.80", "198.51.100.81"
SERVER6 = "2001:db8:2::80"
OTHERS = "203.0.113.80", "203.0.113.83"
OTHER6 = "2001:db8:3::80"
REDIRECTED = "203.0.113.200"  # not in the client's static route, so that the router says where it is
PROXIED = "192.0.2.70"  # on the client's link by its mask, and behind the router


def joined(network, switch, role, mac):
    namespace = network.namespace(role)
    network.cable(switch, role, namespace, "eth0")
    switch.run(f"ip link set {role} master br0")
    namespace.run(f"ip link set eth0 address {mac}")
    return namespace


def behind(network, router, role, prefix, addresses, address6):
    """A host that has `router` as its default."""
    host = network.namespace(role)
    network.cable(router, "eth1", host, "eth0")
    router.address("eth1", f"{prefix}.1/24", f"{address6.rsplit('::')[0]}::1/64")
    host.address("eth0", *(f"{a}/24" for a in addresses), f"{address6}/64")
    host.run(f"ip route add default via {prefix}.1")
    host.run(f"ip route add default via {address6.rsplit('::')[0]}::1")
    return host


def make_router(router, address, address6):
    router.set("ipv4/ip_forward", 1)
    router.set("ipv6/conf/all/forwarding", 1)
    for name in ("all", "eth0"):
        router.set(f"ipv4/conf/{name}/send_redirects", 1)
        router.set(f"ipv4/conf/{name}/rp_filter", 0)
    router.address("eth0", f"{address}/24", f"{address6}/64")


def advertise(router):
    """A router advertisement (RFC 4861 section 4.2) with the link's prefix; the kernel adds the checksum."""
    with router.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as sender:
        with router.entered():
            index = socket.if_nametoindex("eth0")
        sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
        sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
        prefix = struct.pack("!BBBBIII16s", 3, 4, 64, 0x80, 3600, 3600, 0,
                             socket.inet_pton(socket.AF_INET6, "2001:db8:1::"))
        sender.sendto(struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + prefix,
                      ("ff02::1", 0, 0, index))


def acknowledge(router):
    """What a DHCP server tells the client (RFC 2131): mask and router. The client has them already."""
    message = struct.pack("!BBBBIHH4s4s4s4s16s64s128sI", 2, 1, 6, 0, 7, 0, 0, b"",
                          socket.inet_aton(CLIENT), socket.inet_aton(ROUTER), b"", b"", b"", b"",
                          0x63825363)
    for code, value in ((53, b"\x05"), (54, socket.inet_aton(ROUTER)),
                        (1, socket.inet_aton("255.255.255.0")), (3, socket.inet_aton(ROUTER))):
        message += bytes((code, len(value))) + value
    with router.socket(kind=socket.SOCK_DGRAM) as sender:
        sender.bind((ROUTER, 67))
        sender.sendto(message + b"\xff", (CLIENT, 68))


def fetch(client, server, address, kept):
    """One connection with one request."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = server.socket(family)
    listener.bind((address, 80))
    listener.listen(1)
    here = client.socket(family)
    here.settimeout(10)
    here.connect((address, 80))
    there, _ = listener.accept()
    there.settimeout(10)
    get(here, there, length=100)
    kept += [listener, here, there]


def said(namespace, command):
    return subprocess.run(["ip", "netns", "exec", namespace.name, *command.split()], check=True,
                          capture_output=True, text=True).stdout


def write_truth(client, path):
    """The client's own routes over a gateway: network, gateway, its MAC; what `ip` says, as comments."""
    routes = said(client, "ip route") + said(client, "ip -6 route")
    neighbours = said(client, "ip neigh")
    macs = {line.split()[0]: line.split()[line.split().index("lladdr") + 1]
            for line in neighbours.splitlines() if "lladdr" in line}
    with open(path, "w") as file:
        for line in (routes + neighbours).splitlines():
            print("#", line.strip(), file=file)
        for words in (line.split() for line in routes.splitlines()):
            if "via" in words:
                via = words[words.index("via") + 1]
                print(words[0], via, macs[via], file=file)


def main(directory):
    with Network(seconds=60) as network:
        switch = network.namespace("switch")
        switch.set("ipv6/conf/default/disable_ipv6", 1)
        switch.run("ip link add br0 type bridge")
        switch.run("ip link set br0 up")
        client = joined(network, switch, "client", "02:00:00:00:00:10")
        router = joined(network, switch, "router", "02:00:00:00:00:01")
        second = joined(network, switch, "second", "02:00:00:00:00:02")
        client.set("ipv6/conf/eth0/accept_ra", 1)
        client.set("ipv6/conf/eth0/autoconf", 0)
        make_router(router, ROUTER, ROUTER6)
        make_router(second, SECOND, SECOND6)
        server = behind(network, router, "server", "198.51.100", SERVERS, SERVER6)
        other = behind(network, second, "other", "203.0.113", (*OTHERS, REDIRECTED), OTHER6)
        settle(2)  # duplicate address detection
        with network.capture(client, "eth0", f"{directory}/gateway.pcap"):
            client.address("eth0", f"{CLIENT}/24", f"{CLIENT6}/64")
            client.run(f"ip route add default via {ROUTER}")
            client.run(f"ip route add 203.0.113.0/25 via {SECOND}")
            client.run(f"ip route add 2001:db8:3::/64 via {SECOND6}")
            router.run(f"ip route add 203.0.113.0/24 via {SECOND}")
            server.run(f"ip address add {PROXIED}/32 dev lo")
            router.run(f"ip route add {PROXIED}/32 via {SERVERS[0]}")
            router.set("ipv4/conf/eth0/proxy_arp", 1)
            advertise(router)
            acknowledge(router)
            kept = []
            for address in (*SERVERS, SERVER6, PROXIED):
                fetch(client, server, address, kept)
            for address in (*OTHERS, OTHER6, REDIRECTED):
                fetch(client, other, address, kept)
            settle(1)
            fetch(client, router, ROUTER, kept)
            write_truth(client, f"{directory}/truth/gateway.txt")


main(sys.argv[1])
