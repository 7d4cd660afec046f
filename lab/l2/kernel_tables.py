"""What a namespace's own kernel says of its bridges, their ports and its neighbours: rtnetlink(7), one dump a question.

A socket stays in the namespace in which it was made, so one process asks them all, without a program for each.
"""

import ipaddress
import socket
import struct

# linux/netlink.h, linux/rtnetlink.h
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_REQUEST, NLM_F_DUMP = 0x1, 0x300
RTM_NEWLINK, RTM_GETLINK, RTM_NEWNEIGH, RTM_GETNEIGH = 16, 18, 28, 30
NESTED = 0x3FFF  # without NLA_F_NESTED and NLA_F_NET_BYTEORDER

# linux/if_link.h
IFLA_IFNAME, IFLA_LINKINFO, IFLA_CARRIER = 3, 18, 33
INFO_KIND, INFO_DATA, INFO_SLAVE_KIND, INFO_SLAVE_DATA = 1, 2, 4, 5
BR_ROOT_ID, BR_BRIDGE_ID, BR_ROOT_PORT, BR_ROOT_PATH_COST, BR_TC, BR_TC_DETECTED = 10, 11, 12, 13, 14, 15
PORT_STATE, PORT_PRIORITY, PORT_COST = 1, 2, 3
PORT_ROOT_ID, PORT_BRIDGE_ID, PORT_DESIGNATED, PORT_DESIGNATED_COST, PORT_ID, PORT_NO = 13, 14, 15, 16, 17, 18
IFF_UP = 1
PORT_STATES = ("disabled", "listening", "learning", "forwarding", "blocking")

# linux/neighbour.h
NDA_DST, NDA_LLADDR = 1, 2
NEIGHBOUR_STATES = {0x01: "INCOMPLETE", 0x02: "REACHABLE", 0x04: "STALE", 0x08: "DELAY", 0x10: "PROBE", 0x20: "FAILED"}


def attributes(data):
    """Of a message or of an attribute that holds others, by type."""
    found, at = {}, 0
    while at + 4 <= len(data):
        size, kind = struct.unpack_from("=HH", data, at)
        if size < 4:
            break
        found[kind & NESTED] = data[at + 4 : at + size]
        at += (size + 3) & ~3
    return found


def number(value):
    return int.from_bytes(value, "little")


def text(value):
    return value.rstrip(b"\0").decode()


def bridge_id(value):
    """As sysfs writes it, with two digits for each octet of the address."""
    return value[:2].hex() + "." + value[2:].hex(":")


class Tables:
    """The tables of one namespace, as they are when they are asked for."""

    def __init__(self, namespace):
        self.socket = namespace.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
        self.name = namespace.name

    def close(self):
        self.socket.close()

    def _dump(self, question, answer, header):
        self.socket.send(struct.pack("=IHHII", 16 + len(header), question, NLM_F_REQUEST | NLM_F_DUMP, 1, 0) + header)
        while True:
            data, at = self.socket.recv(1 << 17), 0
            while at < len(data):
                size, kind = struct.unpack_from("=IH", data, at)
                if kind == NLMSG_DONE:
                    return
                if kind == NLMSG_ERROR:
                    raise OSError(f"{self.name}: rtnetlink refuses a dump")
                if kind == answer:
                    yield data[at + 16 : at + size]
                at += (size + 3) & ~3

    def bridges(self):
        """A record of each bridge and of each of its ports."""
        for message in self._dump(RTM_GETLINK, RTM_NEWLINK, bytes(16)):
            flags, link = struct.unpack_from("=I", message, 8)[0], attributes(message[16:])
            info = attributes(link.get(IFLA_LINKINFO, b""))
            name = text(link[IFLA_IFNAME])
            if text(info.get(INFO_KIND, b"")) == "bridge":
                yield {"bridge": name, "up": bool(flags & IFF_UP), **bridge(attributes(info[INFO_DATA]))}
            elif text(info.get(INFO_SLAVE_KIND, b"")) == "bridge":
                oper = "UP" if number(link.get(IFLA_CARRIER, b"")) else "DOWN"
                yield {"port": name, "oper": oper, **port(attributes(info[INFO_SLAVE_DATA]))}

    def neighbours(self, index):
        """(address, MAC or None, state) of each on a device that is no multicast group or the like."""
        for message in self._dump(RTM_GETNEIGH, RTM_NEWNEIGH, bytes(12)):
            (device, state), found = struct.unpack_from("=iH", message, 4), attributes(message[12:])
            if device == index and state in NEIGHBOUR_STATES and NDA_DST in found:
                mac = found.get(NDA_LLADDR)
                address = str(ipaddress.ip_address(found[NDA_DST]))
                yield address, mac.hex(":") if mac else None, NEIGHBOUR_STATES[state]


def bridge(data):
    return {
        "root_id": bridge_id(data[BR_ROOT_ID]), "bridge_id": bridge_id(data[BR_BRIDGE_ID]),
        "root_port": number(data[BR_ROOT_PORT]), "root_path_cost": number(data[BR_ROOT_PATH_COST]),
        "tc": number(data[BR_TC]), "tcn": number(data[BR_TC_DETECTED]),
    }


def port(data):
    return {
        "state": PORT_STATES[number(data[PORT_STATE])], "cost": number(data[PORT_COST]),
        "prio": number(data[PORT_PRIORITY]), "id": number(data[PORT_ID]), "no": number(data[PORT_NO]),
        "root_id": bridge_id(data[PORT_ROOT_ID]), "des_bridge": bridge_id(data[PORT_BRIDGE_ID]),
        "des_port": number(data[PORT_DESIGNATED]), "des_cost": number(data[PORT_DESIGNATED_COST]),
    }
