"""vlan: three pairs of hosts with the same addresses and ports, in VLAN 10, in VLAN 20, and in 20 of 100"""

import os
import struct
import subprocess
import sys

from hosts import CLIENT, SERVER
from network import Network
from sockets import Peers, get, settle
from wire import Tap, Wire

C_TAG, S_TAG = 0x8100, 0x88A8  # IEEE 802.1Q and 802.1ad


def tag(kind, vid, priority=0):
    return struct.pack("!HH", kind, priority << 13 | vid)


def pair(network, tap, name, tags):
    client, server = network.namespace(f"{name}-client"), network.namespace(f"{name}-server")
    Wire(tap, client, server, tags=tags)
    client.address("eth0", f"{CLIENT}/24")
    server.address("eth0", f"{SERVER}/24")
    peers = Peers(client, server)
    peers.listen(SERVER, 80)
    return peers


def main(directory):
    with Network(seconds=60) as network:
        tap = Tap(network)
        closed = pair(network, tap, "vlan10", tag(C_TAG, 10))
        used = pair(network, tap, "vlan20", tag(C_TAG, 20, priority=5))
        leaked = pair(network, tap, "qinq", tag(S_TAG, 100) + tag(C_TAG, 20))
        settle(2)
        with tap.capture(f"{directory}/vlan.pcap"):
            ends = [peers.open((CLIENT, 40700), (SERVER, 80)) for peers in (closed, used, leaked)]
            for client, server in ends:
                get(client, server)
            ends[0][0].close()
            settle()
            ends[0][1].close()
            ends[2][0].close()
            settle()
            for name, peers in (("10", closed), ("20", used), ("100.20", leaked)):
                peers.write_states(f"{directory}/truth/vlan-{name}.txt")
    # tcpdump writes pcap only.
    subprocess.run(
        ["editcap", "-F", "pcapng", "--capture-comment", "tapstat lab: three VLANs on one trunk",
         f"{directory}/vlan.pcap", f"{directory}/vlan.pcapng"],
        check=True,
    )
    os.remove(f"{directory}/vlan.pcap")


main(sys.argv[1])
