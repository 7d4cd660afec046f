"""Network namespaces of this machine's kernel, made and taken down by one process.

Nothing is touched outside the namespaces that a Network makes; it deletes them, and ends the programs
it started, however its block is left. Needs root, iproute2, ethtool and tcpdump.
"""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import time

CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def setns(handle):
    if libc.setns(handle, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


@contextlib.contextmanager
def entered(name):
    """The calling thread is in the namespace; sockets opened meanwhile stay there for good."""
    with open("/proc/thread-self/ns/net") as home, open(f"/run/netns/{name}") as there:
        setns(there.fileno())
        try:
            yield
        finally:
            setns(home.fileno())


class Namespace:
    """One network namespace, with its loopback up."""

    def __init__(self, name):
        self.name = name
        subprocess.run(["ip", "netns", "add", name], check=True)
        self.run("ip link set lo up")
        self.set("ipv6/conf/all/accept_ra", 0)
        self.set("ipv6/conf/default/accept_ra", 0)
        self.set("ipv4/conf/all/arp_announce", 2)

    def run(self, command):
        subprocess.run(
            ["ip", "netns", "exec", self.name, *command.split()],
            check=True, stdout=subprocess.DEVNULL,
        )

    def entered(self):
        return entered(self.name)

    def set(self, name, value):
        """Sets a variable below /proc/sys/net."""
        with self.entered(), open(f"/proc/sys/net/{name}", "w") as file:
            file.write(str(value))

    def address(self, device, *addresses):
        for address in addresses:
            dad = ["nodad"] if ":" in address else []
            self.run(" ".join(["ip address add", address, "dev", device, *dad]))

    def socket(self, family=socket.AF_INET, kind=socket.SOCK_STREAM, protocol=0):
        with self.entered():
            return socket.socket(family, kind, protocol)


class Network:
    """The namespaces, cables and captures of one lab."""

    def __init__(self, seconds, seed=0):
        self.seed = seed  # of what is drawn at random
        self.namespaces = []
        self.captures = []
        self.endings = []
        self.dropped = 0  # packets that the captures lack
        signal.signal(signal.SIGALRM, self._too_long)
        signal.signal(signal.SIGTERM, self._too_long)
        signal.alarm(seconds)

    @staticmethod
    def _too_long(number, _frame):
        raise SystemExit(f"lab ended by {signal.Signals(number).name}")

    def before_end(self, ending):
        """Has a function called before the namespaces go."""
        self.endings.append(ending)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        signal.alarm(0)
        for ending in self.endings:
            ending()
        for capture in self.captures:
            capture.kill()
            capture.wait()
        for namespace in self.namespaces:
            subprocess.run(["ip", "netns", "delete", namespace.name], check=False)

    def namespace(self, role):
        namespace = Namespace(f"tapstat-{os.getpid()}-{role}")
        self.namespaces.append(namespace)
        return namespace

    def cable(self, one, device, other, other_device, mtu=1500):
        """A veth pair. Offloads are off, so that frames look as they would on copper."""
        one.run(
            f"ip link add {device} mtu {mtu} netns {one.name} type veth"
            f" peer name {other_device} mtu {mtu} netns {other.name}"
        )
        for namespace, name in ((one, device), (other, other_device)):
            namespace.run(f"ethtool -K {name} tx off gso off tso off gro off")
            namespace.run(f"ip link set {name} up")

    @contextlib.contextmanager
    def capture(self, namespace, device, path, quiet=False, snaplen=0):
        """tcpdump on a device while the block runs; then it says how much it has, unless `quiet`. 0 cuts nothing, at the price of
        fewer packets that the kernel holds for it."""
        dump = subprocess.Popen(
            ["ip", "netns", "exec", namespace.name, "tcpdump", "-i", device, "-w", path,
             "-s", str(snaplen), "-n", "-Z", "root", "--immediate-mode"],
            stderr=subprocess.PIPE, text=True,
        )
        self.captures.append(dump)
        while "listening on" not in (line := dump.stderr.readline()):
            if not line:
                raise SystemExit(f"tcpdump did not start on {device}")
        yield
        time.sleep(0.2)
        dump.send_signal(signal.SIGINT)
        said = dump.communicate()[1].splitlines()
        self.dropped += sum(int(line.split()[0]) for line in said if "dropped by kernel" in line)
        if not quiet:
            print(os.path.basename(path) + ":", said[0])
