"""Whether this machine can run a lab, and what becomes of what a lab has recorded."""

import gzip
import os
import shutil
import subprocess


def obstacle(*tools):
    """Why this machine cannot run a lab that needs these programs, if so."""
    if os.geteuid() != 0:
        return "not root"
    missing = [tool for tool in ("ip", "ethtool", "tcpdump", *tools) if not shutil.which(tool)]
    if missing:
        return "not installed: " + " ".join(missing)
    name = f"tapstat-{os.getpid()}-try"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    if made.returncode:
        return "no network namespaces: " + made.stderr.strip()
    subprocess.run(["ip", "netns", "delete", name], check=True)
    return None


def compress(directory):
    for path in sorted([*directory.glob("*.pcap"), *directory.glob("*.jsonl")]):
        with open(f"{path}.gz", "wb") as file:
            # Without a name and a time: the same content makes the same file.
            with gzip.GzipFile("", "wb", 9, file, 0) as packed:
                packed.write(path.read_bytes())
        path.unlink()


def hand_over(out):
    """What root wrote belongs to whom the lab belongs."""
    owner = os.stat(__file__)
    for path in (out.parent, out, *out.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)
