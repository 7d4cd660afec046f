#!/usr/bin/env python3
"""On captures of the corpus no finding says "error" but where something is wrong, as listed here with the reason.

The corpus is what other projects test with: captures made to be odd are among them, and each of those
that shows an error has been looked at.
"""

import argparse
import concurrent.futures
import json
import subprocess
import sys

import corpus

EXIT_CODES = (0, 3, 4)  # done; an input unreadable; an input damaged

# capture: {kind: why it is right}
KNOWN = {
    "OISF+suricata-verify/issue-3341-tcphdr-01__urgent11_cve_2019_12260.pcap": {
        "injected_reset": "an exploit from a program of its own: the kernel, which knows nothing of it, resets",
    },
    "zeek+zeek/ldap__ldap-max-recursion.pcap": {
        "close_wait_leak": "written by hand: 89 connections whose server never closes, over 99 s",
    },
    "the-tcpdump-group+tcpdump/arp-oobr.pcap": {
        "arp_conflict": "a fuzzer has flipped bits of the MAC addresses in it",
    },
    "zeek+zeek/tcp__rst-inject-rae.pcap": {
        "injected_reset": "made to show one",
    },
    "gopacket+gopacket/layers__testdata__cip.pcap": {
        "injected_reset": "an exercise, put together so that the server's resets come before its SYN-ACKs",
    },
}


def errors(program, capture, seconds):
    """The kinds of error that the program finds; None where it did not end, or not as it should."""
    try:
        done = subprocess.run([program, "findings", "--json", "--quiet", "-r", str(capture)],
                              capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode not in EXIT_CODES:
        return None
    records = [json.loads(line) for line in done.stdout.decode(errors="replace").splitlines()]
    return {r["kind"] for r in records if r["type"] == "finding" and r["severity"] == "error"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tapstat", default="tapstat", help="the program to test")
    parser.add_argument("--stride", type=int, default=1, help="every so many captures, beside those listed")
    parser.add_argument("--seconds", type=float, default=60, help="time limit for one capture")
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args()


def main():
    options = arguments()
    root = corpus.directory()
    if not root:
        print("skipped: needs captures (TAPSTAT_CORPUS)")
        return corpus.SKIPPED
    captures = corpus.sample(corpus.captures(root), options.stride)
    captures += [root / name for name in KNOWN if (root / name) not in captures]
    wrong = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        found = pool.map(lambda c: errors(options.tapstat, c, options.seconds), captures)
        for capture, kinds in zip(captures, found):
            name = corpus.short_name(capture, root)
            expected = set(KNOWN.get(name, {}))
            if kinds is None or kinds != expected:
                wrong += 1
                what = "no good end" if kinds is None else kinds or "no error"
                print(f"{name}: {what}, expected {expected or 'none'}", flush=True)
    print(f"{len(captures)} captures, {wrong} otherwise than expected")
    return 1 if wrong or not captures else 0


if __name__ == "__main__":
    sys.exit(main())
