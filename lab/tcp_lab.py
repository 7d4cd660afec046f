"""tcp: the whole life of TCP between real kernels, and how often tapstat agrees with them (--help)"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import pathlib
import platform
import random
import subprocess
import sys
import time
from types import SimpleNamespace

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(HERE, "tcp"))
import agreement  # noqa: E402
import catalog  # noqa: E402
from keeping import compress, hand_over, obstacle  # noqa: E402
from network import Network  # noqa: E402
from recording import Recording, endpoint  # noqa: E402
from relay import DELAY, Relay  # noqa: E402
from trial import Trial  # noqa: E402

ADDRESSES = {
    "client": ("192.0.2.1", "2001:db8:1::1"),
    "server": ("192.0.2.80", "2001:db8:1::80"),
    "third": ("192.0.2.90", "2001:db8:1::90"),
}
SETTINGS = {
    "client": {"tcp_tw_reuse": 1},
    "server": {"tcp_tw_reuse": 0},
    "third": {"tcp_tw_reuse": 0, "tcp_syncookies": 2, "tcp_timestamps": 0},
}
SKIPPED = 77  # as exit status
FULL, SHORT = 135, 17  # seconds of capture
ATTEMPTS = 3  # at a recording, while the machine is too busy
MARGIN = 40  # seconds for what comes before and after
STARTS = 0.38  # the part of the run in which scenarios begin
OUTAGE = 0.22, 0.33  # when the third host's link goes down, and up


class Lab:
    def __init__(self, network, seed, seconds):
        self.network = network
        self.seed = seed
        self.seconds = seconds
        self.relay = Relay(network)
        self.hosts = {role: network.namespace(role) for role in ADDRESSES}
        for role, host in self.hosts.items():
            self.relay.join(role, host)
            host.address("eth0", f"{ADDRESSES[role][0]}/24", f"{ADDRESSES[role][1]}/64")
            host.set("ipv4/tcp_fastopen", 3)
            for name, value in SETTINGS[role].items():
                host.set(f"ipv4/{name}", value)
            for family in ("ipv4", "ipv6"):  # neighbours outlast the outage
                host.set(f"{family}/neigh/eth0/base_reachable_time_ms", 3600000)
        self.relay.start()
        self.numbers = itertools.count(1)
        self.trials = []
        self.failures = []
        self.begun = None

    def plan(self, names, rounds):
        """(when, trial) of every scenario, for both families."""
        wanted = catalog.everything()
        outage = SimpleNamespace(begun=asyncio.Event(), over=asyncio.Event())
        for name, turn, family in itertools.product(names or wanted, range(rounds), (0, 1)):
            function, host = wanted[name]
            draws = random.Random(f"{self.seed} {name} {turn} {family}")
            world = SimpleNamespace(
                relay=self.relay, outage=outage, numbers=self.numbers,
                hosts={"client": "client", "server": host},
                namespaces={"client": self.hosts["client"], "server": self.hosts[host]},
                addresses={"client": ADDRESSES["client"][family], "server": ADDRESSES[host][family]},
            )
            trial = Trial(name, len(self.trials) + 1, turn + family, draws, world)
            self.trials.append(trial)
            # What a broken link is done to has begun before.
            latest = OUTAGE[0] * 0.7 if host == "third" else STARTS
            yield draws.uniform(0, latest) * self.seconds, function, trial
        self.outage = outage

    async def play(self, names, rounds):
        self.begun = time.time()
        tasks = [asyncio.create_task(self._one(*planned)) for planned in self.plan(names, rounds)]
        tasks.append(asyncio.create_task(self._break_link()))
        await asyncio.sleep(self.seconds)
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _one(self, when, function, trial):
        await asyncio.sleep(when)
        try:
            await function(trial)
        except (OSError, EOFError) as error:
            self.failures.append(f"{trial.name} {trial.link.source}: {error!r}")

    async def _break_link(self):
        down, up = (part * self.seconds for part in OUTAGE)
        await asyncio.sleep(down)
        await asyncio.to_thread(self.relay.unplug, "third")
        self.outage.begun.set()
        await asyncio.sleep(up - down)
        await asyncio.to_thread(self.relay.plug_in, "third")
        self.outage.over.set()

    @contextlib.contextmanager
    def sampling(self, out):
        names = (f"{role}={host.name}" for role, host in self.hosts.items())
        sampler = subprocess.Popen([sys.executable, "-B", f"{HERE}/tcp/sampler.py", out, *names])
        self.network.captures.append(sampler)
        time.sleep(0.3)
        yield
        sampler.terminate()
        if sampler.wait(10) != 0:
            raise SystemExit("the kernels could not be asked for their sockets")

    def write(self, out):
        with open(out / "conns.jsonl", "w") as file:
            for trial in self.trials:
                for link in trial.links:
                    print(json.dumps(link.record()), file=file)
        with open(out / "drops.jsonl", "w") as file:
            for t, role, segment in self.relay.lost:
                print(json.dumps(lost(t, role, segment)), file=file)
        about = {
            "seed": self.seed, "seconds": self.seconds, "begun": round(self.begun, 6),
            "kernel": platform.release(), "delay": DELAY,
            "dropped": self.network.dropped + self.relay.overrun(),
            "relay_late": round(max(self.relay.late.values()), 6), "failures": self.failures,
        }
        (out / "meta.json").write_text(json.dumps(about, indent=1) + "\n")


def lost(t, role, segment):
    letters = "".join(letter for bit, letter in enumerate("FSRPA") if segment.flags >> bit & 1)
    src, dst = endpoint(segment.src, segment.sport), endpoint(segment.dst, segment.dport)
    return {"t": round(t, 6), "kind": "lost_after_capture", "capture": f"{role}_side",
            "src": src, "dst": dst, "flags": letters, "len": segment.length}


@contextlib.contextmanager
def prompt():
    """This process and what it starts meanwhile run before others: a late relay is a longer wire."""
    os.setpriority(os.PRIO_PROCESS, 0, -20)
    try:
        yield
    finally:
        os.setpriority(os.PRIO_PROCESS, 0, 0)


def record(out, options):
    seconds = options.seconds or (SHORT if options.short else FULL)
    with prompt(), Network(seconds=seconds + MARGIN) as network:
        lab = Lab(network, options.seed, seconds)
        time.sleep(1)
        with contextlib.ExitStack() as stack:
            for role, host in lab.hosts.items():
                stack.enter_context(network.capture(host, "eth0", str(out / f"{role}_side.pcap")))
            stack.enter_context(lab.sampling(str(out)))
            asyncio.run(lab.play(options.only, options.rounds or (1 if options.short else 2)))
        lab.write(out)
        for failure in lab.failures:
            print("not as planned:", failure)
    return seconds


def measure(out, options):
    """Records, once more where the machine was too busy; (seconds, whether it was not in the end)."""
    for _ in range(ATTEMPTS):
        seconds = record(out, options)
        weaknesses = list(Recording(out).weaknesses())
        if not weaknesses:
            return seconds, True
        print("this machine was busy:", "; ".join(weaknesses), flush=True)
    return seconds, False


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="dev lab tcp", description=__doc__.split(": ", 1)[1].removesuffix(" (--help)"))
    parser.add_argument("--seed", type=int, help="of every choice; random unless told")
    parser.add_argument("--short", action="store_true", help=f"{SHORT} s instead of {FULL}")
    parser.add_argument("--seconds", type=int, help="of capture")
    parser.add_argument("--rounds", type=int, help="of each scenario and family")
    parser.add_argument("--only", nargs="+", metavar="SCENARIO", choices=sorted(catalog.everything()))
    parser.add_argument("--out", type=pathlib.Path, metavar="DIRECTORY", help="build/lab/tcp-SEED unless told")
    parser.add_argument("--gzip", action="store_true", help="compress what is kept")
    agreement.add_options(parser)
    options = parser.parse_args(arguments)
    if options.seed is None:
        options.seed = random.randrange(1 << 31)
    options.out = options.out or pathlib.Path(HERE, "../build/lab", f"tcp-{options.seed}").resolve()
    return options


def main(arguments):
    options = parse(arguments)
    why_not = obstacle()
    if why_not:
        print("skipped:", why_not)
        return SKIPPED
    options.out.mkdir(parents=True, exist_ok=True)
    print(f"seed {options.seed}, kept in {options.out}", flush=True)
    seconds, calm = measure(options.out, options)
    if options.gzip:
        compress(options.out)
    hand_over(options.out)
    options.late = options.late or [0.25 * seconds]
    good = agreement.report(options.out, options)
    if not good:
        print(f"seed {options.seed}; judge it again: lab/agreement.py --examples 5 --truth {options.out}")
    return 0 if good and calm else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
