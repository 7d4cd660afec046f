"""What the recordings of findings have in common: a catalog of them, hosts on a cable or behind a router, raw segments."""

import contextlib
import os
import socket
import struct
import subprocess
import time

from network import Network
from sockets import Peers

CLIENT, SERVER = "192.0.2.1", "192.0.2.80"
FAR_CLIENT, NEAR_ROUTER, FAR_ROUTER = "198.51.100.7", "198.51.100.1", "192.0.2.1"
TCP_HEADERS = 66  # of a frame over IPv4, with the timestamp option
SECONDS = 140  # the most a recording takes

RECORDINGS = {}


def recording(name, snaplen=0):
    """Makes a function of a Scene the recording samples/findings/NAME.pcap, cut to `snaplen` bytes."""

    def enter(function):
        RECORDINGS[name] = (function, snaplen)
        return function

    return enter


class Scene:
    """The network of one recording, and its capture."""

    def __init__(self, network, path):
        self.network = network
        self.path = path

    def capture(self, namespace, device="eth0"):
        return self.network.capture(namespace, device, self.path)

    def cable(self):
        """A client and a server, next to each other. The server sends what is not for its network to the client."""
        client, server = self.network.namespace("client"), self.network.namespace("server")
        self.network.cable(client, "eth0", server, "eth0")
        client.address("eth0", f"{CLIENT}/24")
        server.address("eth0", f"{SERVER}/24")
        server.run(f"ip route add default via {CLIENT}")
        return Peers(client, server)

    def routed(self):
        """A client, a router (whose eth0 is towards the client and eth1 towards the server), a server."""
        client, server = self.network.namespace("client"), self.network.namespace("server")
        router = self.network.namespace("router")
        self.network.cable(client, "eth0", router, "eth0")
        self.network.cable(router, "eth1", server, "eth0")
        client.address("eth0", f"{FAR_CLIENT}/24")
        router.address("eth0", f"{NEAR_ROUTER}/24")
        router.address("eth1", f"{FAR_ROUTER}/24")
        server.address("eth0", f"{SERVER}/24")
        client.run(f"ip route add default via {NEAR_ROUTER}")
        server.run(f"ip route add default via {FAR_ROUTER}")
        router.set("ipv4/ip_forward", 1)
        return Peers(client, server), router


def filter_by(namespace, hook, rule):
    """One nftables rule at a hook of a namespace."""
    namespace.run("nft add table ip lab")
    namespace.run(f"nft add chain ip lab {hook} {{ type filter hook {hook} priority 0 ; }}")
    namespace.run(f"nft add rule ip lab {hook} {rule}")


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def segment(source, target, flags, seq=0, ack=0, window=64240, options=b""):
    """A TCP segment without data, in an IP packet for a raw socket; the kernel fills in IP's checksum and id."""
    (src, sport), (dst, dport) = source, target
    size = 20 + len(options)
    tcp = struct.pack("!HHIIBBHHH", sport, dport, seq, ack, size << 2, flags, window, 0, 0) + options
    pseudo = socket.inet_aton(src) + socket.inet_aton(dst) + struct.pack("!HH", 6, size)
    tcp = tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:]
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + size, 0, 0, 64, 6, 0)
    return ip + socket.inet_aton(src) + socket.inet_aton(dst) + tcp


class RawSender:
    """Sends segments from whatever address they say."""

    def __init__(self, namespace):
        self.socket = namespace.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)

    def send(self, source, target, flags, **fields):
        self.socket.sendto(segment(source, target, flags, **fields), (target[0], 0))


@contextlib.contextmanager
def paced(seconds):
    """The block takes so long at least."""
    end = time.monotonic() + seconds
    yield
    time.sleep(max(0, end - time.monotonic()))


def record(name, directory):
    """Records one, and cuts its packets to what is needed of them."""
    function, snaplen = RECORDINGS[name]
    path = os.path.join(directory, f"{name}.pcap")
    with Network(seconds=SECONDS) as network:
        function(Scene(network, path))
        if network.dropped:
            raise SystemExit(f"{name}: the capture lacks {network.dropped} packets")
    if snaplen:
        edit(path, "-s", str(snaplen))


def edit(path, *options, drop=()):
    """Has editcap rewrite a capture; `drop` are numbers of packets to leave out."""
    subprocess.run(["editcap", "-F", "pcap", *options, path, f"{path}.new", *map(str, drop)], check=True)
    os.replace(f"{path}.new", path)
