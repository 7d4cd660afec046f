"""Live capture under mixed traffic and faults, held against the kernels for an hour (--help)."""

import argparse
import collections
import os
import pathlib
import random
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(HERE, "soak"))
from keeping import obstacle  # noqa: E402
from network import Network  # noqa: E402
from programs import Dashboard, Program  # noqa: E402
from replay import Replay  # noqa: E402
from sockets import Peers  # noqa: E402
from traffic import PORT, Traffic  # noqa: E402
from trouble import Trouble, frames_of  # noqa: E402

SKIPPED = 77
SERVERS = ("192.0.2.80", "2001:db8:1::80")
ROUND = 20  # seconds from one look at the kernels to the next
TROUBLE_EVERY = 3  # rounds
QUIET = 1.5  # seconds without new connections, before the kernels are asked
SLACK = 0.3  # seconds
HINDSIGHT = 3  # seconds: who sends again shows what did not arrive
# Timers of a minute end on a grid of the kernel's (docs/agreement.md).
WHEEL = 3.0
ON_TIMERS = {"TIME_WAIT", "FIN_WAIT2", "CLOSED"}
# MiB, as --memory: what an hour comes to, and what it does not fit into. Who has been given up is told as it was.
ENOUGH, LITTLE = 768, 64
BESIDE = 64  # MiB, for what --memory does not count: the program, what is kept to be written, a sanitizer
LEAST_AGREEMENT = 0.999


class Soak:
    def __init__(self, network, options):
        self.program = str(options.tapstat.resolve())
        self.seed = options.seed
        self.directory = options.out
        self.small_disk = options.out / "small"
        self.frames = list(frames_of(os.path.join(HERE, "../samples")))
        self.client, self.server = network.namespace("client"), network.namespace("server")
        self.network = network
        self.connect()
        self.peers = Peers(self.client, self.server)
        self.programs = []
        self.looks = collections.deque()  # (begin, end, states by the kernels, what may be wrong)
        self.judged = self.agreed = 0
        self.wrong = []
        self.disturbed = set()  # (local, peer) that were open as packets may have been lost
        self.lost = 0  # packets that kernels had to drop while a program was stopped

    def connect(self):
        self.network.cable(self.client, "eth0", self.server, "eth0")
        self.client.run("ip link set eth0 address 02:00:00:00:00:01")
        self.server.run("ip link set eth0 address 02:00:00:00:00:02")
        self.set_addresses()

    def set_addresses(self):
        for host, last in ((self.client, 1), (self.server, 80)):
            host.run(f"ip address replace 192.0.2.{last}/24 dev eth0")
            host.run(f"ip address replace 2001:db8:1::{last}/64 dev eth0 nodad")

    def tapstat(self, view, *options, memory=ENOUGH):
        return [self.program, view, "-i", "eth0", "--memory", f"{memory}M", "-Z", "root", *options]

    def start(self):
        mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(self.small_disk)]
        self.small_disk.mkdir(exist_ok=True)
        subprocess.run(mount, check=True)
        self.network.before_end(lambda: subprocess.run(["umount", str(self.small_disk)], check=True))
        told = Program(self.server, "transitions", self.tapstat("transitions", "--json", "-l"), subprocess.PIPE)
        self.replay = Replay(told.process.stdout)
        self.replay.start()
        recording = ["-w", str(self.directory / "recorded.pcapng"), "-C", "8", "-W", "4"]
        self.report = open(self.directory / "report.txt", "w")
        self.top = Dashboard(self.server, "top", self.tapstat("top"))
        self.programs = [
            told,
            Program(self.server, "report", self.tapstat("report", *recording), self.report),
            Program(self.server, "tcp --stream", self.tapstat("tcp", "--stream")),
            Program(self.server, "findings", self.tapstat("findings", memory=LITTLE)),
            self.top,
        ]
        self.network.captures.extend(program.process for program in self.programs)
        time.sleep(2)

    def say(self, text):
        print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)

    def complain(self, text):
        self.wrong.append(text)
        self.say(f"WRONG: {text}")

    def look(self):
        begin = time.time()
        told = {pair: state for host in (self.client, self.server)
                for pair, state in self.peers._states(host).items()}
        self.looks.append((begin, time.time(), told, set(self.disturbed)))

    # Whether each end was as its kernel said it was, of what was looked at before `until`.
    def judge(self, until):
        while self.looks and self.looks[0][0] < until:
            self._judge_look(*self.looks.popleft())
        if self.looks:
            self.replay.forget(self.looks[0][0])

    def _judge_look(self, begin, end, told, disturbed):
        known = self.replay.open_at(begin) | set(told)
        for pair in known - disturbed:
            if not any(end.endswith(f":{PORT}") for end in pair):
                continue  # a burst's
            truth = told.get(pair, "CLOSED")
            inferred = self.replay.states(*pair, begin - SLACK, end + SLACK)
            if truth not in inferred and truth in ON_TIMERS:
                inferred = self.replay.states(*pair, begin - WHEEL, end + WHEEL)
            self.judged += 1
            if truth in inferred:
                self.agreed += 1
            elif len(self.wrong) < 50:
                self.say(f"{pair[0]} of {pair[1]}: {truth} by its kernel, told as {inferred[0]}")

    def disturb(self):
        """Whatever is open now may be told wrongly from here on, since packets may be lost."""
        for host in (self.client, self.server):
            for pair in self.peers._states(host):
                self.disturbed |= {pair, pair[::-1]}

    def measure(self):
        for program in self.programs:
            if not program.is_running():
                self.complain(f"{program.name} ended: {program.said[-300:]}")
                raise SystemExit(1)
            program.measure()
        self.top.type("\t" if random.random() < 0.8 else "/\x1b")

    def run(self, seconds):
        traffic = Traffic(self.client, self.server, SERVERS, self.seed)
        trouble = Trouble(self)
        traffic.start()
        until = time.monotonic() + seconds
        turn = 0
        while time.monotonic() < until:
            turn += 1
            before = time.monotonic()
            self.measure()
            if turn % TROUBLE_EVERY == 0:
                self.make(trouble, trouble.all[turn // TROUBLE_EVERY % len(trouble.all)], traffic)
            time.sleep(max(0.0, ROUND - QUIET - 1 - (time.monotonic() - before)))
            traffic.clients.is_paused = True
            time.sleep(QUIET)
            self.look()
            self.judge(time.time() - HINDSIGHT)
            traffic.clients.is_paused = False
        self.opened = traffic.clients.opened
        traffic.stop()

    def make(self, trouble, kind, traffic):
        before = sum(program.dropped() for program in self.programs if program is not self.top)
        if before > self.lost:
            self.complain(f"{before - self.lost} packets were dropped while nothing was done to anybody")
        is_lossy = kind in trouble.lossy
        if is_lossy:
            traffic.clients.is_paused = True
            self.disturb()
        wrong = kind()
        if is_lossy:
            time.sleep(4)  # what waited is sent again
            self.disturb()
            traffic.clients.is_paused = False
        if wrong:
            self.complain(wrong)
        self.lost = sum(program.dropped() for program in self.programs if program is not self.top)
        self.say(f"{kind.__name__}: {self.judged} endpoints judged, {self.lost - before} packets dropped; "
                 + ", ".join(f"{p.name} {p.rss[-1]:.0f} MiB {p.descriptors[-1]} files" for p in self.programs))

    def finish(self):
        for program in self.programs:
            status = program.end()
            if status != 0:
                self.complain(f"{program.name} ends with {status}: {program.said[-300:]}")
        self.replay.join(10)
        self.judge(time.time())
        self.report.close()
        for program in self.programs:
            self._judge(program)
        for path in sorted(self.directory.glob("recorded*")):
            read = subprocess.run([self.program, "states", "-r", path], capture_output=True, check=False)
            if read.returncode != 0:
                self.complain(f"{path.name} cannot be read: {read.stderr.decode().strip()}")
        if self.replay.not_found:
            self.complain(f"{self.replay.not_found} of {self.replay.taken} records correct what is not there")
        rate = self.agreed / max(self.judged, 1)
        if rate < LEAST_AGREEMENT or not self.judged:
            self.complain(f"only {rate:.5f} of {self.judged} endpoints agree with their kernel")
        self.say(f"{self.opened} connections, {self.replay.taken} records; {rate:.5f} of {self.judged} endpoints "
                 f"as their kernels said, {self.lost} packets dropped while programs were stopped")

    def _judge(self, program):
        if "report" == program.name and not (self.directory / "report.txt").stat().st_size:
            self.complain("no report at the end")
        self.say(f"{program.name}: {program.rss[0]:.0f} to {max(program.rss):.0f} MiB, "
                 f"{min(program.descriptors)} to {max(program.descriptors)} files")
        if max(program.rss) > (LITTLE if program.name == "findings" else ENOUGH) + BESIDE:
            self.complain(f"{program.name} took {max(program.rss):.0f} MiB")
        # This one forgets what is over; after half an hour it has met everything several times.
        half, end = program.rss[len(program.rss) // 2], program.rss[-1]
        forgets = program.name == "tcp --stream"
        if forgets and len(program.rss) * ROUND >= 3000 and end > half * 1.2 + 16:
            self.complain(f"{program.name} grew from {half:.0f} to {end:.0f} MiB")
        if max(program.descriptors) > program.descriptors[0] + 2:
            self.complain(f"{program.name} went from {program.descriptors[0]} to {max(program.descriptors)} files")


def main(arguments):
    parser = argparse.ArgumentParser(prog="dev soak", description=__doc__.removesuffix(" (--help)."))
    parser.add_argument("seconds", nargs="?", type=int, default=3600, help="an hour unless told")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 31))
    parser.add_argument("--tapstat", type=pathlib.Path, metavar="PROGRAM",
                        default=pathlib.Path(HERE, "../build/release/app/tapstat"))
    parser.add_argument("--out", type=pathlib.Path, metavar="DIRECTORY", default=pathlib.Path(HERE, "../build/soak"))
    options = parser.parse_args(arguments)
    why_not = obstacle("ping")
    if why_not:
        print("skipped:", why_not)
        return SKIPPED
    options.out = options.out.resolve()
    options.out.mkdir(parents=True, exist_ok=True)
    for old in options.out.glob("*.*"):
        old.unlink()
    print(f"seed {options.seed}, kept in {options.out}", flush=True)
    with Network(seconds=options.seconds + 300, seed=options.seed) as network:
        soak = Soak(network, options)
        soak.start()
        soak.run(options.seconds)
        soak.finish()
    print("nothing wrong" if not soak.wrong else f"{len(soak.wrong)} things wrong")
    return 1 if soak.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
