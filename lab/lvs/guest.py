"""Inside the user-mode kernel: makes the planned network, has its traffic run and captured, writes down what kernels say.

    guest.py PLAN.json OUT
"""

import contextlib
import ctypes
import json
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
WORK = pathlib.Path("/run/lab")
CLONE_NEWNET = 0x40000000
POLL = 0.25  # seconds
SETTLING = 6.0  # seconds until keepalived has a master and has checked the servers
EARLY = 1.2  # seconds that clients have for what they open before the captures
LISTINGS = ("-Ln", "-Lnc", "-Ln --stats", "-Ln --persistent-conn", "-Ln --daemon", "-S -n")


def shell(command, check=True):
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    if check and done.returncode:
        print(f"lab: {command}: {done.stderr.strip()}", flush=True)
    return done.stdout


def inside(ns, command):
    return f"nsenter --net=/run/netns/{ns} {command}"


def start(ns, command, **options):
    return subprocess.Popen(["nsenter", f"--net=/run/netns/{ns}", *command], stdin=subprocess.DEVNULL, **options)


def build(plan):
    """Namespaces, cables, addresses and routes, then what is set up on them: as one script, since forks are slow here."""
    path = WORK / "build.sh"
    path.write_text("\n".join(["trap 'echo \"lab: failed: $BASH_COMMAND\"' ERR", *network(plan)]) + "\n")
    print(shell(f"bash {path} 2>&1"), end="", flush=True)


def network(plan):
    off = int(plan["family"] == 4)
    for ns in ("sw", *plan["hosts"]):
        yield f"ip netns add {ns}"
        yield inside(ns, f"sysctl -qw net.ipv6.conf.all.disable_ipv6={off} net.ipv6.conf.default.disable_ipv6={off}"
                         " net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_ra=0")
        yield f"ip -n {ns} link set lo up"
    for bridge in plan["bridges"]:
        yield f"ip -n sw link add {bridge} type bridge"
        yield f"ip -n sw link set {bridge} up"
    for ns, host in plan["hosts"].items():
        for link in host["links"]:
            yield from cable(ns, link, plan["offload"])
    for ns, host in plan["hosts"].items():
        for name, value in host["sysctl"].items():
            yield inside(ns, f"sysctl -qw {name}={value}")
    for ns, command in plan["setup"]:
        yield at(ns, command)


def cable(ns, link, offload):
    port = f"{ns}-{link['dev']}"
    yield f"ip -n {ns} link add {link['dev']} address {link['mac']} type veth peer name {port} netns sw"
    yield f"ip -n sw link set {port} up"
    if link["bridge"]:
        yield f"ip -n sw link set {port} master {link['bridge']}"
    if offload == "off":
        yield inside(ns, f"ethtool -K {link['dev']} tx off gso off tso off gro off")
        yield inside("sw", f"ethtool -K {port} tx off gso off tso off gro off")
    for one in link["addresses"]:
        yield f"ip -n {ns} address add {one} dev {link['dev']}" + (" nodad" if ":" in one else "")
    yield f"ip -n {ns} link set {link['dev']} up"
    for vlan in link.get("vlans", ()):
        for where, device in ((ns, link["dev"]), ("sw", port)):
            yield f"ip -n {where} link add link {device} name {device}.{vlan['id']} type vlan id {vlan['id']}"
            yield f"ip -n {where} link set {device}.{vlan['id']} up"
        yield f"ip -n sw link set {port}.{vlan['id']} master {vlan['bridge']}"
        yield f"ip -n {ns} address add {vlan['address']} dev {link['dev']}.{vlan['id']}"


def at(ns, command):
    return f"ip -n {ns} {command[3:]}" if command.startswith("ip ") and not command.startswith("ip fou") else inside(ns, command)


class Poll(threading.Thread):
    """Reads the connection tables of directors while it runs."""

    def __init__(self, names, path):
        super().__init__(daemon=True)
        self.names = names
        self.file = open(path, "w")
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.states = {}  # as last written

    def run(self):
        while True:
            for name in self.names:
                with open(f"/run/netns/{name}") as there:
                    self.libc.setns(there.fileno(), CLONE_NEWNET)
                t = time.time()
                with open("/proc/thread-self/net/ip_vs_conn") as table:
                    for line in table.read().splitlines()[1:]:
                        self.take({"t": t, "ns": name} | entry(line))
            self.file.flush()
            time.sleep(POLL)

    def take(self, found):
        """Writes down what is new or has changed."""
        name = tuple(found[field] for field in ("ns", "proto", "cip", "cport", "vip", "vport"))
        now = found["rip"], found["rport"], found["state"]
        if self.states.get(name) != now:
            self.states[name] = now
            self.file.write(json.dumps(found) + "\n")


def entry(line):
    proto, cip, cport, vip, vport, rip, rport, state, expires, *_ = line.split()
    return {"proto": proto, "cip": address(cip), "cport": int(cport, 16), "vip": address(vip), "vport": int(vport, 16),
            "rip": address(rip), "rport": int(rport, 16), "state": state, "expires": int(expires)}


def address(text):
    if ":" in text or "[" in text:
        return socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, text.strip("[]")))
    return socket.inet_ntoa(bytes.fromhex(text))


def captures(plan):
    running = []
    for name, about in plan["captures"].items():
        command = ["tcpdump", "-i", about["if"], "-w", str(WORK / name), "-n", "-U", "-Z", "root", "-s", str(plan["snaplen"]),
                   "--immediate-mode", f"--time-stamp-precision={plan['ts_precision']}"]
        running.append(start(about["ns"], command, stderr=subprocess.PIPE, text=True))
    for dump in running:
        while "listening on" not in (line := dump.stderr.readline()):
            if not line:
                raise SystemExit("lab: tcpdump did not start")
    return running


def listing(ns, name, out):
    parts = [f"# {ns} t={time.time():.6f}"]
    for options in LISTINGS:
        parts += [f"## ipvsadm {options}", shell(inside(ns, f"ipvsadm {options}"), check=False).rstrip("\n")]
    (out / f"ipvs-{ns}-{name}.txt").write_text("\n".join(parts) + "\n")


def sockets(plan, out):
    found = {}
    for ns in (*plan["clients"], *plan["servers"]):
        found[ns] = [line.split()[:5] for line in shell(inside(ns, "ss -tanH")).splitlines()]
    (out / "sockets.json").write_text(json.dumps(found))


class Run:
    def __init__(self, plan, out):
        self.plan = plan
        self.out = out
        self.children = []
        self.keepers = {}
        self.happened = []

    def program(self, ns, name, plan, *words):
        path = WORK / f"{ns}-{name}.json"
        path.write_text(json.dumps(plan))
        log = open(WORK / f"{ns}-{name}.log", "w")
        command = ["python3", "-B", str(HERE / f"{name}.py"), str(path), str(WORK / f"{ns}-{name}.jsonl"), *words]
        self.children.append(start(ns, command, stdout=log, stderr=log))

    def keeper(self, ns):
        """keepalived; it forks two of its own."""
        conf = WORK / f"{ns}-keepalived.conf"
        conf.write_text(self.plan["keepalived"][ns])
        pids = [f"{flag}/run/lab/{ns}{flag[1:]}.pid" for flag in ("-p", "-r", "-c")]
        log = open(WORK / f"{ns}-keepalived.log", "a")
        self.keepers[ns] = start(ns, ["keepalived", "-n", "-l", "-D", "-f", str(conf), *pids], stdout=log, stderr=log)

    def event(self, one):
        self.happened.append({"t": time.time(), "event": one["what"]})
        for command in one["run"]:
            if command == "stop-keepalived":
                self.keepers[one["ns"]].send_signal(signal.SIGTERM)
            elif command == "start-keepalived":
                self.keeper(one["ns"])
            else:
                shell(at(one["ns"], command))

    def all(self):
        plan = self.plan
        build(plan)
        for ns in plan["keepalived"]:
            self.keeper(ns)
        for ns, *command in plan["helpers"]:
            self.children.append(start(ns, ["python3", "-B", str(HERE / command[0]), *command[1:]]))
        for ns, server in plan["servers"].items():
            self.program(ns, "server", server)
        for ns in plan["conntrack"]:
            translations = open(WORK / "conntrack-events.out", "w")
            self.children.append(start(ns, ["conntrack", "-E", "-e", "NEW", "-o", "timestamp,extended"], stdout=translations))
        Poll(list(plan["directors"]), WORK / "polls.jsonl").start()
        for ns in plan["servers"]:
            ready(WORK / f"{ns}-server.jsonl.ready")
        if plan["keepalived"]:
            time.sleep(SETTLING)
        for ns, client in plan["clients"].items():
            self.program(ns, "client", client, str(WORK / "go"))
        for ns in plan["clients"]:
            ready(WORK / f"{ns}-client.jsonl")
        time.sleep(EARLY)
        dumps = captures(plan)
        begin = time.time() + 0.3
        (WORK / "begin").write_text(f"{begin:.6f}")
        (WORK / "begin").rename(WORK / "go")
        sleep_until(begin)
        self.happened.append({"t": time.time(), "event": "traffic-start"})
        for one in sorted(plan["events"], key=lambda one: one["at"]):
            sleep_until(begin + one["at"])
            self.event(one)
        sleep_until(begin + plan["span"])
        for ns in plan["directors"]:
            listing(ns, "end", self.out)
        sockets(plan, self.out)
        over = time.time()
        time.sleep(0.3)
        for dump in dumps:
            dump.send_signal(signal.SIGINT)
        dropped = [line for dump in dumps for line in dump.communicate()[1].splitlines() if "dropped by kernel" in line]
        for child in (*self.children, *self.keepers.values()):
            with contextlib.suppress(ProcessLookupError):
                child.terminate()
        self.write(begin, over, dropped)

    def write(self, begin, over, dropped):
        for path in WORK.iterdir():
            if path.is_file():
                shutil.copyfile(path, self.out / path.name)
        about = {"t_traffic": begin, "t_snapshot_end": over, "t_stop": time.time(), "events": self.happened,
                 "dropped": sum(int(line.split()[0]) for line in dropped)}
        (self.out / "run.json").write_text(json.dumps(about))


def ready(path):
    """Waits until a program has made the file, for as long as the whole may take."""
    while not path.exists():
        time.sleep(0.02)


def sleep_until(t):
    while (left := t - time.time()) > 0:
        time.sleep(left)


if __name__ == "__main__":
    Run(json.loads(pathlib.Path(sys.argv[1]).read_text()), pathlib.Path(sys.argv[2])).all()
