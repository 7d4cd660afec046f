#!/usr/bin/env python3
"""Holds the gateways of `tapstat mac` against the routing table of the host whose link was captured.

SAMPLE is a capture on the link of one host; TRUTH has the host's routes over a gateway, "network
gateway mac" a line. What no packet told cannot be known: a network that was named has to lie in one
that the host routes over that gateway, a default has to be one, and each gateway has to be found.
Only what a redirect names need not be in the table: hosts do not have to follow it.
"""

import argparse
import ipaddress
import json
import subprocess
import sys

DEFAULTS = {4: ipaddress.ip_network("0.0.0.0/0"), 6: ipaddress.ip_network("::/0")}


def routes_of(path):
    """MAC to the networks that it is the gateway for."""
    routes = {}
    with open(path) as file:
        for line in file:
            if line.startswith("#"):
                continue
            network, via, mac = line.split()
            if network == "default":
                network = DEFAULTS[ipaddress.ip_address(via).version]
            routes.setdefault(mac, set()).add(ipaddress.ip_network(network))
    return routes


def gateways_of(program, capture):
    """MAC to (networks, evidence)."""
    done = subprocess.run([program, "mac", "--json", "-r", capture], capture_output=True, check=True)
    records = (json.loads(line) for line in done.stdout.splitlines())
    found = {}
    for gateway, mac in ((r["gateway"], r["mac"]) for r in records if "gateway" in r):
        networks = gateway["networks"]
        if networks == "default":
            told = {DEFAULTS[version] for version in gateway["ip_versions"]}
        else:
            told = {ipaddress.ip_network(n) for n in networks}
        found[mac] = (told, gateway["how"])
    return found


def is_routed(network, routes):
    return any(network.version == r.version and network.subnet_of(r) for r in routes)


def differences(routes, found):
    for mac in routes.keys() - found.keys():
        yield f"{mac} is a gateway for {sorted(map(str, routes[mac]))}, and is not told"
    for mac in found.keys() - routes.keys():
        yield f"{mac} is no gateway, and is told as one: {found[mac]}"
    for mac in found.keys() & routes.keys():
        networks, how = found[mac]
        beyond = [n for n in networks if not is_routed(n, routes[mac])]
        if beyond and "redirect" not in how:
            yield f"{mac} is told to be a gateway for {beyond}"
        for default in set(DEFAULTS.values()) & routes[mac]:
            if default not in networks:
                yield f"{mac} is the default of version {default.version}, and is not told as that"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tapstat", required=True)
    parser.add_argument("sample")
    parser.add_argument("truth")
    arguments = parser.parse_args()
    routes = routes_of(arguments.truth)
    found = gateways_of(arguments.tapstat, arguments.sample)
    wrong = list(differences(routes, found))
    for line in wrong:
        print(line)
    print(f"{len(routes)} gateways of the host, {len(found)} told, {len(wrong)} differences")
    return 1 if wrong else 0


sys.exit(main())
