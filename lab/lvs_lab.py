"""lvs: a real IPVS in user-mode Linux, in every mode; how often tapstat finds the paths that it took (--help)"""

import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time

import lvs_agreement
from keeping import compress, hand_over
from l2.tally import SKIPPED, add_options
from lvs.catalog import CATALOG
from lvs.draw import Draw
from lvs.merge import merge

HERE = pathlib.Path(__file__).resolve().parent
GUEST = HERE / "lvs"
MARGIN = 120  # seconds that a guest takes at most besides its traffic, on a busy machine
TOOLS = ("linux.uml", "ipvsadm", "keepalived", "conntrack", "tcpdump", "ethtool", "iptables-legacy", "modprobe", "ping")
RAW = ("*-client.json*", "*-server.json*", "go", "build.sh", "*.log", "*-keepalived.conf", "*.pid", "run.json", "sockets.json",
       "status", "plan.json")


def parse(arguments):
    parser = argparse.ArgumentParser(prog="./dev lab lvs", description=__doc__, epilog="Recordings: " + " ".join(CATALOG))
    parser.add_argument("--only", nargs="+", choices=list(CATALOG), default=list(CATALOG), metavar="NAME")
    parser.add_argument("--seed", type=int, help="drawn when not given")
    parser.add_argument("--seeds", metavar="A-B", help="one recording of each for each")
    parser.add_argument("--out", type=pathlib.Path, default=HERE.parent / "build/lab/lvs", metavar="DIR")
    parser.add_argument("--connections", type=int, metavar="N", help="instead of as many as the recording usually has")
    parser.add_argument("--snaplen", type=int, metavar="BYTES", help="of the captures")
    parser.add_argument("--gzip", action="store_true", help="compress what is kept")
    parser.add_argument("--keep-logs", action="store_true", help="of the guest's programs")
    parser.add_argument("--record-only", action="store_true", help="judge nothing")
    add_options(parser)
    options = parser.parse_args(arguments)
    first, last = map(int, options.seeds.split("-")) if options.seeds else [options.seed or random.randrange(1, 10000)] * 2
    options.numbers = range(first, last + 1)
    return options


def obstacle():
    if os.geteuid() != 0:
        return "not root"
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    return "not installed: " + " ".join(missing) if missing else None


def guest(out, plan):
    """Boots a kernel that carries out the plan, and waits until it has."""
    (out / "plan.json").write_text(json.dumps(plan))
    command = ["linux.uml", f"umid=tapstat-{os.getpid()}", f"uml_dir={out}", "mem=768M", "rootfstype=hostfs", "rootflags=/", "rw",
               f"init={GUEST / 'guest_init.sh'}", "con=null", "con0=null,fd:1", "quiet", f"LAB_GUEST={GUEST / 'guest.py'}",
               f"LAB_PLAN={out / 'plan.json'}", f"LAB_OUT={out}", f"LAB_MODULES={','.join(plan['modules'])}"]
    with open(out / "console.log", "w") as console:
        running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console, stderr=console, start_new_session=True)
        try:
            running.wait(timeout=plan["span"] + MARGIN)
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)  # its threads and the guest's processes
                running.wait()


def record(out, name, seed, options):
    begun = time.time()
    if out.exists():
        shutil.rmtree(out)
    out.mkdir(parents=True)
    out = out.resolve()
    instead = {"count": (options.connections,) * 2} if options.connections else {}
    draw = Draw(name, seed, **instead, **({"snaplen": options.snaplen} if options.snaplen else {}))
    plan, truth = draw.plan(), draw.truth()
    guest(out, plan)
    status = (out / "status").read_text().strip() if (out / "status").exists() else "none"
    if status != "0":
        print(f"{out.name}: the guest ended with {status}; see {out}", file=sys.stderr)
        return False
    run = merge(out, plan, truth)
    truth["wall_s"] = round(time.time() - begun, 1)
    if run["dropped"]:
        print(f"{out.name}: the captures lack {run['dropped']} packets", file=sys.stderr)
        return False
    (out / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")
    said = (out / "guest.log").read_text() + (out / "console.log").read_text()
    for line in said.splitlines():
        if line.startswith("lab: ") and "captures began" not in line:
            print(f"{out.name}: {line}", file=sys.stderr)
    (out / "polls.jsonl").replace(out / "ipvs_conn.jsonl")
    if not options.keep_logs:
        for pattern in RAW:
            for path in out.glob(pattern):
                path.unlink()
    if options.gzip:
        compress(out)
    print(f"{out.name}: {len(truth['connections'])} connections, {len(truth['unserved'])} unserved,"
          f" {len(truth['unlogged'])} unlogged, {time.time() - begun:.0f} s", flush=True)
    return True


def main(arguments):
    options = parse(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))  # with the guest
    why_not = obstacle()
    if why_not:
        print("skipped:", why_not)
        return SKIPPED
    places, failed = [], []
    for seed in options.numbers:
        for name in options.only:
            place = options.out / (name if len(options.numbers) == 1 else f"{name}-{seed}")
            (places if record(place, name, seed, options) else failed).append(place)
    hand_over(options.out)
    if failed:
        print("not recorded:", *failed, file=sys.stderr)
    return 0 if (options.record_only or lvs_agreement.report(places, options)) and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
