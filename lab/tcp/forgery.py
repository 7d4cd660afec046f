"""Segments that no kernel sent."""

import struct

from wire import RST, SYN


def checksum(*parts):
    joined = b"".join(part + b"\0" * (len(part) % 2) for part in parts)
    total = sum(struct.unpack(f"!{len(joined) // 2}H", joined))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def header(source, target, addresses, sequence, flags):
    """A TCP header without options; addresses are the packed ones that its checksum covers."""
    bare = struct.pack("!HHIIBBHHH", source, target, sequence % (1 << 32), 0, 5 << 4, flags, 1024, 0, 0)
    return bare[:16] + struct.pack("!H", checksum(addresses, struct.pack("!HH", 6, 20), bare)) + bare[18:]


def reset_after(frame, segment, offset=0):
    """The RST that the sender of a frame would send next; `offset` puts it beside its place."""
    if frame[12:14] == b"\x08\x00":
        start = 14 + (frame[14] & 15) * 4
        addresses = frame[26:34]
        ip = frame[14:16] + struct.pack("!H", 40) + frame[18:24] + b"\0\0" + addresses
        ip = b"\x45" + ip[1:]
        ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    else:
        start = 54
        addresses = frame[22:54]
        ip = frame[14:18] + struct.pack("!H", 20) + frame[20:54]
    (sequence,) = struct.unpack_from("!I", frame, start + 4)
    after = sequence + segment.length + bin(segment.flags & 3).count("1")  # FIN and SYN count
    return frame[:14] + ip + header(segment.sport, segment.dport, addresses, after + offset, RST)


def first_syn(source, target, addresses, sequence):
    return header(source, target, addresses, sequence, SYN)
