"""The measurements, each a function that prints its table as Markdown."""

import functools
import json
import subprocess

from measure import Failed, in_turns, own_peak, run
from tools import once, tools

CLOSED = ("CLOSED", "TIME_WAIT")
# Connections at once, and packets: at least ten a connection.
GROWTH = {10_000: 5_000_000, 100_000: 5_000_000, 1_000_000: 10_000_000, 4_000_000: 40_000_000}
# Of packets. The churn's memory is measured with the profile's 10 M connections, through a pipe.
SIZES = {"A": 5_000_000, "B": 10_000_000, "imix": 2_000_000, "flood": 10_039_000, "churn": 5_000_000}
# On more, tcptrace and tshark take minutes and more memory than machines have. The flood costs them most.
SLOW = {"A": 1_000_000, "B": 1_000_000, "imix": 500_000, "flood": 250_000, "churn": 1_000_000}
PACKETS_A_REAL_ONE = 10_039  # of the flood: the 39 of a real connection, and 10,000 SYNs
VIEWS = ("states", "tcp", "events", "transitions --json", "tcp --format zeek", "tcp --json", "report --json")
WITHIN = ("--memory", "256M")  # for a flood
USAGE_ERROR = 2


class Bench:
    """Measures with the programs of one build, on captures scaled by `scale`; slow tools, too, on the
    whole ones where that is wanted and no flood."""

    def __init__(self, build, captures, scale=1.0, rounds=5, whole=False):
        self.build = build
        self.captures = captures
        self.scale = scale
        self.rounds = rounds
        self.whole = whole
        self.tapstat = str(build / "app" / "tapstat")

    def scaled(self, number):
        return max(1, int(number * self.scale))

    def make(self, profile, packets, **options):
        """A capture, with fewer connections at once or real ones where there are fewer packets."""
        if profile == "B":
            options.setdefault("flows", self.scaled(1_000_000))
        if profile == "flood":
            options["real"] = max(1, self.scaled(packets) // PACKETS_A_REAL_ONE)
        return self.captures.make(profile, packets=self.scaled(packets), **options)

    def stages(self):
        """Each stage of a run, and what IPv6, tags and tunnels cost."""
        kinds = {"IPv4": {}, "IPv6": {"ipv6": 100}, "VLAN": {"vlan": 100}, "VXLAN": {"vxlan": 100},
                 "GRE": {"gre": 100}}
        # Long enough that VXLAN and IPv6 leave the TCP header whole.
        files = {kind: self.make("A", 1_000_000, snaplen=160, **options)
                 for kind, options in kinds.items()}
        program = self.build / "bench" / "tapstat_bench"
        named = [f"{kind}={capture.path}" for kind, capture in files.items()]
        title("Stages")
        for kind, capture in files.items():
            print(f"{kind}: `{capture.command}`  ")
        print(flush=True)
        subprocess.run([program, f"--rounds={3 * self.rounds}", *named], check=True)

    def compare(self, profile):
        """tapstat beside other tools on one profile."""
        tapstat, tcpdump, *others = tools(self.build, *(WITHIN if profile == "flood" else ()))
        whole = self.make(profile, SIZES[profile])
        title(f"{profile}: {whole.packets:,} packets", whole)
        if self.whole and profile != "flood":
            self.compare_on(whole, [tapstat, tcpdump, *others])
            return
        self.compare_on(whole, [tapstat, tcpdump, *(tool for tool in others if not tool.slow)])
        part = self.make(profile, SLOW[profile])
        title(f"{profile}, slow tools: {part.packets:,} packets", part)
        self.compare_on(part, [tapstat, tcpdump, *(tool for tool in others if tool.slow)])

    def compare_on(self, capture, compared):
        """The first two of what is compared are tapstat and tcpdump."""
        scratch = self.captures.folder
        medians = in_turns([(min(tool.rounds, self.rounds), once(run, tool, capture.path, scratch))
                            for tool in compared])
        tapstat, tcpdump = (measured.taken for measured in medians[:2])
        rows = []
        for tool, (took, rounds, failure) in zip(compared, medians):
            rows.append([f"`{tool.shown}`", *(failed(failure, 6) if failure else [
                str(rounds), f"{took.cpu:.2f}", nanoseconds(took, capture.packets), ratio(took, tcpdump),
                ratio(took, tapstat), peak(took)])])
        table(["command", "rounds", "CPU s", "ns a packet", "of tcpdump", "of tapstat", "peak MiB"], rows)

    def views(self):
        """tapstat's views beside one another."""
        capture = self.make("A", SLOW["A"])
        commands = [[self.tapstat, *view.split(), "-r", capture.path] for view in VIEWS]
        medians = in_turns([(self.rounds, functools.partial(run, c)) for c in commands])
        title(f"Views: {capture.packets:,} packets", capture)
        rows = []
        for view, (took, rounds, failure) in zip(VIEWS, medians):
            rows.append([f"`tapstat {view} -r F`", *(failed(failure, 5) if failure else [
                str(rounds), f"{took.cpu:.2f}", nanoseconds(took, capture.packets),
                ratio(took, medians[0].taken), peak(took)])])
        table(["command", "rounds", "CPU s", "ns a packet", "of states", "peak MiB"], rows)

    def growth(self):
        """Cost a packet as the number of connections at once grows."""
        files = [self.grown(flows, packets) for flows, packets in GROWTH.items()]
        # Not in turns, as all else: what a run gives back the next one takes, where a virtual machine's
        # host takes back what is free for some seconds, and lets whoever asks for it wait.
        medians = [in_turns([(self.rounds, functools.partial(run, self.states(file.path)))])[0]
                   for file in files]
        title("Growth")
        for file in files:
            print(f"`{file.command}`  ")
        print(flush=True)
        first, rows = None, []
        for flows, file, (took, rounds, failure) in zip(GROWTH, files, medians):
            flows = f"{self.scaled(flows):,}"
            if failure:
                rows.append([flows, *failed(failure, 6)])
                continue
            price = took.cpu / file.packets
            first = first or price
            rows.append([flows, f"{file.packets:,}", str(rounds), f"{took.cpu:.2f}",
                         nanoseconds(took, file.packets), f"{price / first:.2f}", peak(took)])
        table(["connections at once", "packets", "rounds", "CPU s", "ns a packet", "of the first",
               "peak MiB"], rows)

    def grown(self, flows, packets):
        """The capture with so many connections at once. More of them send more: at the same rate each
        of four million would wait four seconds for an answer, longer than a host waits before it asks
        again, which none of them does."""
        flows = self.scaled(flows)
        rate = {"rate": flows} if flows > 1_000_000 else {}
        return self.make("B", packets, flows=flows, **rate)

    def jobs(self):
        """Wall time of two jobs against one."""
        title("Jobs: wall time")
        rows = []
        for profile in ("A", "B"):
            capture = self.make(profile, SIZES[profile])
            commands = [self.states(capture.path, "--jobs", jobs) for jobs in ("1", "2")]
            one, two = in_turns([(self.rounds, functools.partial(run, c)) for c in commands])
            if one.failure or two.failure:
                rows.append([profile, *failed(one.failure or two.failure, 6)])
                continue
            one, two, rounds = one.taken, two.taken, two.rounds
            rows.append([profile, str(rounds), f"{one.wall:.2f}", f"{two.wall:.2f}",
                         f"{two.wall / one.wall:.2f}", f"{one.cpu:.2f}", f"{two.cpu:.2f}"])
        table(["capture", "rounds", "`--jobs 1`, s", "`--jobs 2`, s", "ratio", "CPU s of one",
               "CPU s of two"], rows)

    def memory(self):
        """What open connections, a flood and many short connections take."""
        title("Memory")
        rows = []
        opened = self.captures.make("open", connections=self.scaled(1_000_000))
        self.memory_row(rows, f"{self.scaled(1_000_000):,} open connections",
                        self.states(opened.path))
        met = self.captures.feeder("B", flows=self.scaled(1_000_000), packets=self.scaled(10_000_000),
                                   established=100)
        self.memory_row(rows, f"{self.scaled(1_000_000):,} met mid-stream", self.states("-"), feeder=met)
        flood = self.make("flood", SIZES["flood"])
        self.memory_row(rows, f"a flood of {flood.packets:,} packets", self.states(flood.path, *WITHIN),
                        note=functools.partial(self.real_ones, flood.path))
        connections = self.scaled(10_000_000)
        self.memory_row(rows, f"{connections:,} short connections",
                        [self.tapstat, "tcp", "--stream", "-r", "-"],
                        feeder=self.captures.feeder("churn", connections=connections))
        table(["what", "command", "CPU s", "peak MiB", ""], rows)

    def memory_row(self, rows, what, command, note=lambda: "", feeder=None):
        """One run: what a run takes of memory hardly differs."""
        shown = "`" + " ".join(["tapstat", *command[1:]]) + "`"
        shown = shown.replace(str(self.captures.folder) + "/", "")
        if feeder:
            shown = f"`tapstat_generate {' '.join(feeder[1:])} \\|` {shown}"
        try:
            took = run(command, feeder)
            rows.append([what, shown, f"{took.cpu:.2f}", peak(took), note()])
        except Failed as failure:
            rows.append([what, shown, *failed(failure, 3)])

    def real_ones(self, capture):
        """How many of the real connections in a flood were followed to their end."""
        command = [self.tapstat, "tcp", "--json", "-q", *WITHIN, "--where", "client.ip in 10.9.0.0/16",
                   "-r", capture]
        records = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()
        about, *real = map(json.loads, records)
        closed = sum(record["client"]["state"] in CLOSED and record["server"]["state"] in CLOSED
                     for record in real)
        return f"real ones to their end: {closed:,}; evicted: {about['evicted']:,}"

    def states(self, capture, *options):
        return [self.tapstat, "states", "-r", capture, *options]


def failed(failure, columns):
    """The rest of a row. A tapstat from before an option came refuses it."""
    why = "not there" if failure.status == USAGE_ERROR else str(failure)[-60:].replace("\n", " ")
    return [why, *[""] * (columns - 1)]


def nanoseconds(took, packets):
    """CPU time a packet."""
    return f"{took.cpu / packets * 1e9:.1f}"


def ratio(took, base):
    return f"{took.cpu / base.cpu:.2f}" if base else ""


def peak(took):
    """The kernel counts what this process held when it made the other."""
    own = own_peak()
    return f"{took.peak:.0f}" if took.peak > own * 1.05 else f"below {own:.0f}"


def title(text, capture=None):
    print(f"\n### {text}\n")
    if capture:
        print(f"`{capture.command}`\n", flush=True)


def table(head, rows):
    """In Markdown; all columns but the first hold numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    for line in lines:
        print("| " + " | ".join(line) + " |")
    print(flush=True)
