"""What directors are told: virtual services and where they lead, synchronisation, keepalived."""

FORWARDING = {"nat": "-m", "dr": "-g", "tun": "-i"}
KEEPALIVED_MODES = {"nat": "NAT", "dr": "DR", "tun": "TUN"}


def configure(site):
    for ns in site.director:
        if not site.want["vrrp"]:
            (translate if site.mode == "fnat" else balance)(site, ns)
    if site.want["vrrp"]:
        keepers(site)
    if site.want["sync"] is not None:
        synchronise(site, site.want["sync"])


def balance(site, ns):
    want, family = site.want, "-6 " if site.six else ""
    mapped = FORWARDING[site.mode]
    if want["tun_type"] in ("gre", "gue"):
        mapped += f" --tun-type {want['tun_type']} --tun-nocsum"
    if want["tun_type"] == "gue":
        mapped += f" --tun-port {site.gue_port}"
    options = f"-s {want['scheduler']}" + (f" -p {want['persist']}" if want["persist"] else "")
    if want["fwmark"]:
        ports = ",".join(str(one["vport"]) for one in site.offered)
        marked = f"-d {site.vips[0]} -p tcp -m multiport --dports {ports}"
        site.do(ns, f"{site.tables} -t mangle -A PREROUTING {marked} -j MARK --set-mark 7")
        site.modules += ["xt_mark"]
        services = [("-f 7", 0)]
    else:
        services = [(f"-{one['proto'][0]} {site.socket(one['vip'], one['vport'])}", one["rport"]) for one in site.offered]
    rules = []
    for service, rport in services:
        rules.append(f"-A {service} {family if 'f 7' in service else ''}{options}")
        for server in site.rng.sample(site.rips, len(site.rips)):
            real = site.socket(server["ip"], rport)
            rules.append(f"-a {service} {family if 'f 7' in service else ''}-r {real} {mapped} -w {server['weight']}")
    site.rules = site.rules or rules
    site.do(ns, *(f"ipvsadm {rule}" for rule in site.rules))


def translate(site, ns):
    """FULLNAT, which IPVS has not: the destination by turns, the source from two addresses."""
    site.modules += ["nf_conntrack", "nf_conntrack_netlink", "xt_statistic", "xt_nat"]
    site.modules += ["ip6table_nat" if site.six else "iptable_nat"]
    site.do(ns, *(site.new_address(lip, site.length, site.cards[1]) for lip in site.lips))
    low = site.rng.randrange(5000, 30000)
    rules = []

    def by_turns(choices, rule):
        for left in range(len(choices), 0, -1):
            turn = f"-m statistic --mode nth --every {left} --packet 0 " if left > 1 else ""
            rules.append(rule.format(turn=turn, choice=choices[len(choices) - left]))

    for one in site.offered:
        proto = f"-p {one['proto']} -m {one['proto']}"
        targets = [site.socket(server["ip"], one["rport"]) for server in site.rng.sample(site.rips, len(site.rips))]
        arriving = f"PREROUTING -d {one['vip']} {proto} --dport {one['vport']}"
        leaving = f"POSTROUTING -o {site.cards[1]} {proto} --dport {one['rport']} -m conntrack --ctorigdst {one['vip']}"
        by_turns(targets, f"-t nat -A {arriving} {{turn}}-j DNAT --to-destination {{choice}}")
        sources = [site.socket(lip, f"{low}-{low + 20000}") for lip in site.lips]
        by_turns(sources, f"-t nat -A {leaving} {{turn}}-j SNAT --to-source {{choice}} --random")
        if site.want["toa"]:
            replies = f"-o {site.cards[0]} -p tcp -m conntrack --ctdir REPLY --ctorigdst {one['vip']}"
            rules.append(f"-t raw -A {arriving} -j NFQUEUE --queue-num 1")
            rules.append(f"-t mangle -A POSTROUTING {replies} -j NFQUEUE --queue-num 2")
            site.modules += ["iptable_raw", "nfnetlink_queue", "xt_NFQUEUE"]
    site.rules = [f"{site.tables} -w {rule}" for rule in rules]
    site.do(ns, *site.rules)


def synchronise(site, version):
    site.sync = {"syncid": site.rng.randrange(1, 255), "master": "dir", "backup": "dir2",
                 "interface": site.director["dir"]["back"], "version": version}
    options = f"--mcast-interface {site.sync['interface']} --syncid {site.sync['syncid']}"
    for ns, role in (("dir", "master"), ("dir2", "backup")):
        roles = ("master", "backup") if site.want["vrrp"] else (role,)
        site.do(ns, f"sysctl -qw net.ipv4.vs.sync_version={version}",
                *(f"ipvsadm --start-daemon {one} {options}" for one in roles))


def keepers(site):
    site.vrid = site.rng.randrange(1, 255)
    servers = "".join(
        f"  real_server {server['ip']} {site.offered[0]['rport']} {{\n    weight {server['weight']}\n"
        "    TCP_CHECK {\n      connect_timeout 2\n    }\n  }\n" for server in site.rips)
    service = site.offered[0]
    held = f"    {service['vip']}/32 dev eth0\n" + (f"    {site.gateway}/24 dev eth1\n" if site.gateway else "")
    for ns, priority in (("dir", 150), ("dir2", 100)):
        site.keepalived[ns] = (
            f"global_defs {{\n  router_id {ns}\n}}\n"
            f"vrrp_instance one {{\n  interface eth0\n  state BACKUP\n  virtual_router_id {site.vrid}\n  priority {priority}\n"
            f"  advert_int 1\n  virtual_ipaddress {{\n{held}  }}\n}}\n"
            f"virtual_server {service['vip']} {service['vport']} {{\n  delay_loop 3\n  lvs_sched {site.want['scheduler']}\n"
            f"  lvs_method {KEEPALIVED_MODES[site.mode]}\n  protocol TCP\n{servers}}}\n")
