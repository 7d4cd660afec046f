"""What real servers are told: the way back, the VIP where they hold it themselves, and how they fail."""


def configure(site):
    for server in site.rips:
        returns(site, server["rs"])
        if site.mode in ("dr", "tun"):
            holds_vip(site, server["rs"], server["ip"])
        fails(site, server)


def returns(site, ns):
    """The way back of what a real server says."""
    director = site.director["dir"]
    if site.mode == "nat" and not (site.want["fault"] == "bypass" and ns == site.servers[0]):
        via = site.gateway or director["dip2"] or director["dip"]
    elif site.mode == "fnat":
        via = director["dip2"]
    elif site.router:
        via = site.router_ips[-1]
    else:
        return
    site.do(ns, f"ip route add default via {via}")
    if site.mode == "nat" and site.want["topo"] == "onearm":
        site.sysctl(ns, net__ipv4__conf__all__accept_redirects=0, net__ipv4__conf__eth0__accept_redirects=0)


def holds_vip(site, ns, rip):
    device, kind = "lo", site.want["tun_type"]
    site.sysctl(ns, net__ipv4__conf__all__rp_filter=0, net__ipv4__conf__default__rp_filter=0)
    if kind in ("ipip", "gue"):
        device = "tunnel6" if site.six else "tunl0"
        site.modules += ["ip6_tunnel"] if site.six else ["ipip"]
        if site.six:  # the kernel's own device takes no packets over IPv6
            site.do(ns, f"ip link add {device} type ip6tnl mode ip6ip6 local {rip} remote {site.director['dir']['dip']}")
    elif kind == "gre":
        device = "gre0"
        site.modules += ["ip_gre"]
    if kind == "gue":
        site.gue_port = getattr(site, "gue_port", None) or site.rng.randrange(5000, 7000)
        site.modules += ["fou"]
        site.do(ns, f"ip fou add port {site.gue_port} gue")
    if kind:
        site.do(ns, f"ip link set {device} up", f"sysctl -qw net.ipv4.conf.{device}.rp_filter=0")
    if not site.want["arp_bad"]:
        site.sysctl(ns, net__ipv4__conf__all__arp_ignore=1, net__ipv4__conf__all__arp_announce=2)
    site.do(ns, *(site.new_address(vip, site.full, device) for vip in site.vips))
    if site.six and not kind:  # over IPv6 no variable keeps a host from answering for what it has on its loopback
        announcement = "-p icmpv6 --icmpv6-type neighbour-advertisement"
        site.do(ns, *(f"ip6tables-legacy -A OUTPUT {announcement} -s {vip} -j DROP" for vip in site.vips))
        site.modules += ["ip6table_filter"]


def fails(site, server):
    ports = {one["rport"] for one in site.offered if one["proto"] == "tcp"}
    if server["state"] == "hole":
        site.do(server["rs"], *(f"{site.tables} -A INPUT -p tcp --dport {port} --syn -j DROP" for port in ports))
    elif server["state"] == "gone":
        site.do("sw", f"ip link set {server['rs']}-eth0 down")
