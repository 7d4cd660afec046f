#!/usr/bin/env python3
"""Compares each spanning-tree BPDU, field by field, with what tshark prints of it.

Captures: those of the corpus, and of ../shared/truth/stp, that have the bytes of a BPDU in them.
"""

import argparse
import collections
import concurrent.futures
import gzip
import json
import os
import pathlib
import shutil
import subprocess
import sys

import corpus
import tshark_streams

# Those of tshark's fields that no record has, and why.
NOT_SHOWN = {
    "stp.protocol": "0 in every BPDU that is not refused",
    "stp.version_1_length": "checked, and 0 in a BPDU that is read further",
    "stp.pvst.tlvtype": "the type of the one TLV that is read",
    "stp.pvst.tlvlen": "2 wherever the VLAN is read",
    "mstp.version_4_length": "what 802.1aq added for shortest path bridging is not read",
}

# Why a BPDU that tshark prints may be refused all the same: it shows what is there, and a bridge
# does not take it.
REFUSED_BY_BRIDGES = {
    "unknown protocol identifier": "tshark reads on whatever the identifier",
    "unknown BPDU type": "tshark prints what is before it",
    "an RST BPDU of version 0 or 1, which have none": "tshark takes it for one of version 2",
    "the version 3 length of an MST BPDU is larger than the frame":
        "tshark does not read it where the whole is too short for an MST BPDU",
    "the version 4 length of an SPT BPDU is larger than the frame":
        "tshark reads it where it is at least 53, and then no further than there are octets",
    "a PVST+ BPDU without the TLV that names its VLAN": "tshark notes that, as an expert's remark",
    "the VLAN of a PVST+ BPDU has not 2 octets": "likewise",
    "a TLV of a PVST+ BPDU is longer than the frame": "likewise",
}

# Why a BPDU that tshark prints as an MST BPDU may be an RST BPDU here.
TAKEN_AS_RST = ("802.1Q 14.4, rule d: of version 3, and its version 3 length is not that of up to 64 "
                "instances; tshark reads instances as far as there are octets")

# tshark's word for a dissector that ran out of octets. What else it calls malformed is not the BPDU:
# an 802.3 length beyond the frame's end, behind which nothing of the BPDU is missing.
MALFORMED = "Malformed Packet"

# Why one that tshark calls malformed may be read.
WITHOUT_VERSION_4 = ("802.1Q 14.4: of version 4 or later, without what version 4 added, it is an MST "
                     "BPDU; tshark reads on behind its end")

TYPES = {"config": 0, "rst": 2, "mst": 2, "tcn": 128}
VECTOR = {"stp.flags": "flags", "stp.root.prio": "root.priority", "stp.root.ext": "root.system_id",
          "stp.root.hw": "root.mac", "stp.root.cost": "root_cost",
          "stp.bridge.prio": "bridge.priority", "stp.bridge.ext": "bridge.system_id",
          "stp.bridge.hw": "bridge.mac", "stp.port": "port", "stp.msg_age": "message_age",
          "stp.max_age": "max_age", "stp.hello": "hello_time", "stp.forward": "forward_delay",
          "stp.pvst.origvlan": "pvid"}
MST = {"mstp.config_name": "region", "mstp.config_revision_level": "revision",
       "mstp.config_digest": "digest", "mstp.cist_internal_root_path_cost": "internal_cost",
       "mstp.cist_bridge.prio": "bridge.priority", "mstp.cist_bridge.ext": "bridge.system_id",
       "mstp.cist_bridge.hw": "bridge.mac", "mstp.cist_remaining_hops": "remaining_hops"}
# One value an instance. Wireshark prints priorities as four bits.
INSTANCE = {"mstp.msti.flags": lambda i: i["flags"],
            "mstp.msti.priority": lambda i: i["regional_root"]["priority"] >> 12,
            "mstp.msti.msti_id": lambda i: i["msti"],
            "mstp.msti.root.hw": lambda i: i["regional_root"]["mac"],
            "mstp.msti.root_cost": lambda i: i["internal_cost"],
            "mstp.msti.remaining_hops": lambda i: i["remaining_hops"]}
# Of the standard's layout, and of Cisco's older one, which has the whole ids.
STANDARD = {"mstp.msti.bridge_priority": lambda i: i["bridge_priority"] >> 12,
            "mstp.msti.port_priority": lambda i: i["port_priority"] >> 4}
PRE_STANDARD = {"mstp.msti.bridge_id_priority": lambda i: i["bridge_priority"] >> 12,
                "mstp.msti.regional_root_id": lambda i: (i["regional_root"]["priority"]
                                                         + i["regional_root"]["system_id"])}
OF_INSTANCES = {**INSTANCE, **STANDARD, **PRE_STANDARD}
LENGTHS = ("mstp.version_3_length", "mstp.config_format_selector")
OTHERS = ("frame.number", "_ws.expert.message", "_ws.short", "stp.version", "stp.type")
FILTER = "stp || llc.dsap == 0x42 || llc.cisco_pid == 0x010b"
FIELDS = (*OTHERS, *VECTOR, *MST, *OF_INSTANCES, *LENGTHS, *NOT_SHOWN)

SEPARATOR = "\x1f"  # no text of a capture has it

MARKS = (b"\x42\x42\x03", b"\x00\x00\x0c\x01\x0b")  # LLC of a BPDU; SNAP of a PVST+ one


def may_have_bpdus(capture):
    try:
        data = capture.read_bytes()
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
    except (OSError, EOFError):
        return True
    return any(mark in data for mark in MARKS)


def tshark_bpdus(capture):
    """{frame: {field: value}}; of the fields that an instance has, a list.

    The second region of an SPT BPDU has the names of the first: the first value is the one. A frame
    without any field of a BPDU is one that tshark could not begin to read, or GARP.
    """
    command = ["tshark", "-n", "-r", str(capture), "-Y", FILTER, "-T", "fields",
               "-E", "occurrence=a", "-E", f"aggregator={SEPARATOR}"]
    for field in FIELDS:
        command += ["-e", field]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          timeout=tshark_streams.TSHARK_SECONDS, check=False)
    bpdus = {}
    for line in done.stdout.decode(errors="replace").rstrip("\n").split("\n") if done.stdout else ():
        cells = dict(zip(FIELDS, line.split("\t")))
        messages = cells.pop("_ws.expert.message", "")
        values = {name: cell.split(SEPARATOR) if name in OF_INSTANCES
                  else cell.split(SEPARATOR)[0] for name, cell in cells.items() if cell}
        values["malformed"] = MALFORMED in messages
        bpdus[int(values["frame.number"])] = values
    return bpdus


def tapstat_bpdus(program, capture, seconds):
    command = [program, "bpdus", "--json", "--quiet", "-r", str(capture)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise tshark_streams.Unreadable(f"no answer within {seconds} s") from None
    if done.returncode == 3:
        raise NotRead
    if done.returncode not in tshark_streams.EXIT_CODES:
        raise tshark_streams.Unreadable(f"exit code {done.returncode}")
    records = map(json.loads, done.stdout.decode().splitlines())
    return {r["frame"]: r for r in records if r["type"] == "bpdu"}


def member(record, path):
    for name in path.split("."):
        record = record.get(name, {})
    return None if record == {} else record


def same(theirs, ours):
    """A number may be printed in another base, or with other decimals."""
    if isinstance(ours, str) or ours is None:
        return ours == theirs
    return float(int(theirs, 16) if theirs.startswith("0x") else theirs) == ours


def taken_as_rst(theirs, ours):
    return "mstp.version_3_length" in theirs and "mst" not in ours


def lacks_version_4(theirs, ours):
    return (theirs["malformed"] and int(theirs["stp.version"]) >= 4 and "mst" in ours
            and "mstp.version_4_length" not in theirs)


class NotRead(Exception):
    """A capture format that tapstat does not know."""


class Comparison:
    """What one capture adds to the counts, and where both differ for no reason of the table."""

    def __init__(self):
        self.bpdus = self.fields = self.refused = 0
        self.deliberate = collections.Counter()
        self.differences = []

    def compare(self, frame, theirs, ours):
        is_read = "stp.version" in theirs
        self.bpdus += is_read or ours is not None
        if ours is None:
            if is_read:
                self.differences.append(f"frame {frame}: only tshark has it")
        elif "error" in ours:
            self.refused += 1
            self.compare_refusal(frame, theirs, ours["error"])
        elif is_read and lacks_version_4(theirs, ours):
            self.deliberate[WITHOUT_VERSION_4] += 1
        elif (theirs["malformed"] or not is_read) and not taken_as_rst(theirs, ours):
            self.differences.append(f"frame {frame}: malformed, and not refused")
        else:
            self.compare_fields(frame, theirs, ours)

    def compare_refusal(self, frame, theirs, reason):
        is_cut = reason == "cut off by the snap length"
        if "_ws.short" in theirs if is_cut else theirs["malformed"] or "stp.version" not in theirs:
            return
        if reason not in REFUSED_BY_BRIDGES:
            self.differences.append(f"frame {frame}: refused ({reason}), and tshark reads it")
        self.deliberate[reason] += 1

    def compare_fields(self, frame, theirs, ours):
        self.check(frame, "stp.version", theirs, ours["protocol_version"])
        self.check(frame, "stp.type", theirs, TYPES[ours["bpdu_type"]])
        for field, path in VECTOR.items():
            self.check(frame, field, theirs, member(ours, path))
        mst = ours.get("mst")
        if taken_as_rst(theirs, ours):
            self.deliberate[TAKEN_AS_RST] += 1
            return
        for field, path in MST.items():
            self.check(frame, field, theirs, mst and member(mst, path))
        instances = mst["instances"] if mst else []
        layout = PRE_STANDARD if mst and mst["pre_standard"] else STANDARD
        for field, value in {**INSTANCE, **layout}.items():
            self.check_instances(frame, field, theirs, [value(i) for i in instances])
        if mst and not mst["pre_standard"]:
            self.check(frame, "mstp.config_format_selector", theirs, mst["format"])
            # In octets, or, from old Ciscos, in instances.
            in_octets = int(theirs["mstp.version_3_length"]) >= 64
            self.check(frame, "mstp.version_3_length", theirs,
                       64 + 16 * len(instances) if in_octets else len(instances))

    def check(self, frame, field, theirs, ours):
        self.fields += field in theirs
        if field not in theirs and not ours and isinstance(ours, (str, type(None))):
            return  # an empty name is printed as nothing
        if field not in theirs or ours is None or not same(theirs[field], ours):
            self.differences.append(f"frame {frame} {field}: tshark {theirs.get(field)}, tapstat {ours}")

    def check_instances(self, frame, field, theirs, ours):
        values = theirs.get(field, [])
        self.fields += len(values)
        if len(values) != len(ours) or not all(map(same, values, ours)):
            self.differences.append(f"frame {frame} {field}: tshark {values}, tapstat {ours}")


def compare(capture, options):
    result = Comparison()
    try:
        theirs = tshark_bpdus(capture)
        ours = tapstat_bpdus(options.tapstat, capture, options.seconds)
    except NotRead:
        return result
    except (tshark_streams.Unreadable, subprocess.TimeoutExpired) as problem:
        result.differences.append(str(problem))
        return result
    for frame, values in theirs.items():
        result.compare(frame, values, ours.get(frame))
    for frame in sorted(ours.keys() - theirs.keys()):
        result.differences.append(f"frame {frame}: only tapstat has it")
    return result


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tapstat", required=True, help="the program under test")
    parser.add_argument("--seconds", type=float, default=60, help="the most that it may take")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--all", action="store_true",
                        help="also captures that have no bytes of a BPDU, which takes minutes")
    parser.add_argument("captures", nargs="*", type=pathlib.Path, help="these only")
    return parser.parse_args()


def choose(options):
    """The captures to compare, and the folders looked for and not found."""
    if options.captures:
        return options.captures, []
    root = corpus.directory()
    stp = (root.parent if root else corpus.PROJECT.parent / "shared") / "truth" / "stp"
    found = corpus.captures(root) if root else []
    found += sorted(p for p in stp.glob("*") if p.suffix in (".pcap", ".pcapng"))
    missing = [] if root else ["corpus (TAPSTAT_CORPUS)"]
    missing += [] if stp.is_dir() else ["truth/stp beside it"]
    return [p for p in found if options.all or may_have_bpdus(p)], missing


def main():
    options = arguments()
    captures, missing = choose(options)
    if not shutil.which("tshark") or not captures:
        print("skipped: needs tshark and captures" + "".join(f"; no {m}" for m in missing))
        return corpus.SKIPPED
    for folder in missing:
        print(f"not compared: there is no {folder}")
    total, with_bpdus, wrong = Comparison(), 0, 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for capture, result in zip(captures, pool.map(lambda c: compare(c, options), captures)):
            with_bpdus += result.bpdus > 0
            total.bpdus += result.bpdus
            total.fields += result.fields
            total.refused += result.refused
            total.deliberate += result.deliberate
            wrong += bool(result.differences)
            for difference in result.differences[:5]:
                print(f"{corpus.short_name(capture, corpus.directory())}: {difference}", flush=True)
    for reason, count in total.deliberate.items():
        print(f"{count} by intent: {reason}" + (f": {why}" if (why := REFUSED_BY_BRIDGES.get(reason))
                                                 else ""))
    print(f"{total.bpdus} BPDUs in {with_bpdus} captures, {total.fields} fields, "
          f"{total.refused} refused; {wrong} captures with differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
