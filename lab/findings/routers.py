"""Two directors that share an address by VRRP: keepalived, one of which stops, comes back, or does not hear the other."""

import contextlib
import os
import subprocess
import tempfile
import time

from findings.scene import CLIENT, SERVER, filter_by, recording

VRID = 51
SHARED = "192.0.2.100"


class Director:
    """A keepalived with a virtual router, in a namespace."""

    def __init__(self, namespace, folder, priority):
        self.namespace = namespace
        self.pids = [os.path.join(folder, f"{priority}-{which}.pid") for which in ("main", "vrrp")]
        self.settings = os.path.join(folder, f"{priority}.conf")
        with open(self.settings, "w", encoding="ascii") as file:
            file.write(f"""vrrp_instance shared {{
  state BACKUP
  interface eth0
  virtual_router_id {VRID}
  priority {priority}
  advert_int 1
  virtual_ipaddress {{
    {SHARED}/24
  }}
}}
""")
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", self.namespace.name, "keepalived", "--dont-fork", "--vrrp",
             "-f", self.settings, "-p", self.pids[0], "-r", self.pids[1]],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self):
        """It says that it stops: priority 0."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None


@contextlib.contextmanager
def directors(scene):
    """Of priority 150 and 100; what is inside is captured, from when the first is master."""
    peers = scene.cable()
    with tempfile.TemporaryDirectory() as folder:
        pair = [Director(peers.client, folder, 150), Director(peers.server, folder, 100)]
        try:
            pair[0].start()
            time.sleep(5)
            with scene.capture(peers.client):
                time.sleep(2)
                yield pair
        finally:
            for director in pair:
                director.stop()


@recording("vrrp-failover")
def failover(scene):
    """The master is stopped, and started again."""
    with directors(scene) as (first, second):
        second.start()
        time.sleep(2)
        first.stop()
        time.sleep(4)
        first.start()
        time.sleep(6)


@recording("vrrp-quiet")
def quiet(scene):
    """The other one comes, hears the master, and goes."""
    with directors(scene) as (_, second):
        second.start()
        time.sleep(6)
        second.stop()
        time.sleep(2)


@recording("vrrp-split-brain")
def split_brain(scene):
    """Neither hears the other for a while."""
    with directors(scene) as (first, second):
        for director, other in ((first, SERVER), (second, CLIENT)):
            filter_by(director.namespace, "input", f"ip saddr {other} ip protocol 112 drop")
        second.start()
        time.sleep(12)
        for director in (first, second):
            director.namespace.run("nft delete table ip lab")
        time.sleep(4)
