"""What goes wrong, and when."""

from lvs.rules import FORWARDING


def configure(site):
    if site.want["fault"] in FAULTS:
        FAULTS[site.want["fault"]](site)
    if site.mode == "dr" and site.rng.random() < 0.75:
        event(site, 0.0, "dir", "the director's neighbours forgotten", "ip neigh flush all")
    if site.want["arp_bad"]:
        every_server_answers(site)
    if site.want["vrrp"] in TAKEOVERS:
        TAKEOVERS[site.want["vrrp"]](site)


def event(site, at, ns, what, *commands):
    site.events.append({"at": at, "ns": ns, "run": list(commands), "what": what})


def real(site, server):
    """As ipvsadm's options name it in the first service."""
    service = site.offered[0]
    return f"-t {site.socket(service['vip'], service['vport'])} -r {site.socket(server['ip'], service['rport'])}"


def none_left(site):
    weightless = [f"ipvsadm -e {real(site, server)} {FORWARDING[site.mode]} -w 0" for server in site.rips]
    event(site, site.want["span"] / 2, "dir", "all weights 0", *weightless)


def entries_expire(site):
    site.timeouts = (3, 3, 3)
    site.do("dir", "ipvsadm --set 3 3 3")


def server_removed(site):
    """Its connections go on to another."""
    site.do("dir", "sysctl -qw net.ipv4.vs.expire_nodest_conn=1", "sysctl -qw net.ipv4.vs.sloppy_tcp=1")
    gone = site.rips[1]
    event(site, site.want["span"] / 2, "dir", f"removed {gone['rs']}", f"ipvsadm -d {real(site, gone)}")


def nobody_says_what_fits(site):
    site.modules += ["iptable_raw"]
    for chain in ("-A FORWARD", "-t raw -A PREROUTING"):
        site.do("rt", f"{site.tables} {chain} -p icmp --icmp-type fragmentation-needed -j DROP")


def every_server_answers(site):
    """For the VIP. Who is the last to be plugged into the switch is the first to hear a question, and to answer it."""
    firsts = site.rng.sample(["dir"] * 4 + site.servers + site.rng.choices(site.servers, k=1), 8)
    for first, at in zip(firsts, (0.5, 1.4, 2.2, 3.1, 4.0, 4.9, 5.8, 6.7)):
        port = f"{first}-eth0"
        event(site, at, "sw", f"first port {port}", f"ip link set {port} nomaster", f"ip link set {port} master front")
        for ns in site.cips:
            event(site, at + 0.01, ns, f"arp-flush {ns}", "ip neigh flush all")


def master_resigns(site):
    event(site, 4.0, "dir", "stop-keepalived-dir (priority 0 advert)", "stop-keepalived")
    event(site, 9.0, "dir", "restart-keepalived-dir", "start-keepalived")


def master_falls_silent(site):
    event(site, 4.0, "dir", "link of dir down, keepalived goes on", "ip link set eth0 down")


def two_masters(site):
    for ns in site.director:
        event(site, 4.0, ns, f"{ns} hears no adverts", "iptables-legacy -I INPUT -p 112 -j DROP")


FAULTS = {"none": none_left, "expired": entries_expire, "removed": server_removed, "mtu": nobody_says_what_fits}
TAKEOVERS = {"failover": master_resigns, "silent": master_falls_silent, "split": two_masters}
