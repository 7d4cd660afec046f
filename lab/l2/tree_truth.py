"""What the bridges of a recording themselves said: topology.json and port_states.jsonl of a directory.

    topology.json      timers_centisec {hello_time, max_age, forward_delay}, bridges {name: {bridge_id, ...}},
                       links [{name, a, b, if, pcap}] (`if`: the port's name at both ends), events [{t, event, ...}],
                       until (the last question; may be missing where every answer is kept)
    port_states.jsonl  {t, ns, bridge, up, root_id, bridge_id, root_port (its number), root_path_cost, tc, tcn} and
                       {t, ns, port, oper, state, id, no, root_id, des_bridge, des_port, des_cost, cost}: of each
                       question, or only of those whose answer was new, with `after`, the time of the question before

Either file may be gzipped. Bridge ids are as sysfs writes them ("8000.2:8:0:28:0:1").
"""

import json
import pathlib
import statistics
from typing import NamedTuple

from l2.history import History, merged, opened

LOSS, LOSS_OVER = "one-way loss", "one-way loss over"  # events
CALM = 0.3  # seconds over hello without a change on either side: then what the wire says is what the tables say


class Designated(NamedTuple):
    """What an end of a link holds of it."""

    root: tuple
    bridge: tuple
    port: int
    cost: int


def identity(text):
    """(priority with system id, MAC) of a bridge id."""
    priority, mac = text.split(".", 1)
    return int(priority, 16), ":".join(f"{int(octet, 16):02x}" for octet in mac.split(":"))


def as_number(value):
    return int(value, 16) if isinstance(value, str) else value


class Truth:
    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        with opened(self.directory / "topology.json") as file:
            about = json.load(file)
        self.hello, self.max_age, self.forward_delay = (
            about["timers_centisec"][name] / 100 for name in ("hello_time", "max_age", "forward_delay"))
        self.links = about["links"]
        self.events = about["events"]
        self.end = about.get("until")
        self.bridges, self.ports = {}, {}
        self._read()

    def _read(self):
        with opened(self.directory / "port_states.jsonl") as file:
            for line in file:
                row = json.loads(line)
                t, after, name = row.pop("t"), row.pop("after", None), row.pop("ns")
                kind = self.bridges if "bridge" in row else self.ports
                key = name if "bridge" in row else (name, row["port"])
                kind.setdefault(key, History()).add(t, after, row)
        everything = [*self.bridges.values(), *self.ports.values()]
        self.changes = sorted({t for history in everything for t in history.times})
        self.first = self.changes[0]
        every = [after - before for history in everything for before, after in zip(history.asked, history.asked[1:])]
        self.blur = statistics.median(every) if every else 0  # seconds from poll to poll, where each is kept
        self.end = self.end or max(history.last for history in everything)

    def calm_points(self):
        """Times with no change in any table within hello and CALM: at both rims of each such span, and amid it."""
        margin = self.hello + CALM
        for start, end in zip(self.changes, [*self.changes[1:], self.end]):
            if end - start > 2 * margin:
                points = {round(t, 3) for t in (start + margin, (start + end) / 2, end - margin)}
                yield from sorted(points)

    def ends(self, link, t):
        """What the ends that take part say of a link; an end whose bridge or port is down does not."""
        found = []
        for name in (link["a"], link["b"]):
            bridge, port = self.bridges[name].at(t), self.port_of(name, link).at(t)
            if bridge and port and bridge["up"] and port["oper"] == "UP" and port["state"] != "disabled":
                found.append(Designated(identity(port["root_id"]), identity(port["des_bridge"]),
                                        port["des_port"], port["des_cost"]))
        return found

    def port_of(self, name, link):
        return self.ports[name, link["if"]]

    def bridge_named(self, wanted, t):
        """The name of the bridge that has this id then."""
        for name, history in self.bridges.items():
            row = history.at(t)
            if row and identity(row["bridge_id"]) == wanted:
                return name
        return None

    def ports_at(self, name, t):
        """The rows of a bridge's ports, by port id."""
        rows = (history.at(t) for (owner, _), history in self.ports.items() if owner == name)
        return {as_number(row["id"]): row for row in rows if row}

    def roots_between(self, start, end):
        """Every root that some bridge believed in then."""
        return {identity(row["root_id"]) for history in self.bridges.values() for row in history.between(start, end)
                if row["up"]}

    def upset(self, start, end):
        """A bridge went down or came up then, or took another for the root, or another port for its root port."""
        fields = ("up", "root_id", "root_port")
        return any(len({tuple(row[field] for field in fields) for row in history.between(start, end)}) > 1
                   for history in self.bridges.values())

    def lossy(self, link, start, end):
        """One direction of the link was silenced at some time then."""
        here = [event for event in self.events if event.get("link") == link["name"]]
        begun, over = ([event["t"] for event in here if event["event"] == kind] for kind in (LOSS, LOSS_OVER))
        return any(a <= end and start <= b for a, b in zip(begun, over))

    def told_changes(self, link, tells):
        """(start, end) of the times when `tells` of the bridge and the port at one end of a link, each as long as it
        may have been between two questions."""
        spans = []
        for name in (link["a"], link["b"]):
            bridge, port = self.bridges[name], self.port_of(name, link)
            times = sorted({*zip(bridge.times, bridge.after), *zip(port.times, port.after)})
            ends = [*(t for t, _ in times[1:]), self.end]
            spans += [(after, end) for (t, after), end in zip(times, ends) if tells(bridge.at(t), port.at(t))]
        return merged(spans)


def tells_change(bridge, port):
    """BPDUs there tell of a topology change: with the flag from a designated port, as TCNs from a root port."""
    if not bridge or not port or port["oper"] != "UP":
        return False
    what = role(bridge, port)
    return what == "designated" and bridge["tc"] or what == "root" and bridge["tcn"]


def knows_of_change(bridge, port):
    """They may have told, if the port's role was another for a moment."""
    return bridge and port and port["oper"] == "UP" and (bridge["tc"] or bridge["tcn"])


def role(bridge, port):
    """Of a port, by its bridge's own tables (802.1D-1998 8.6)."""
    if not bridge["up"] or port["state"] == "disabled":
        return "disabled"
    if as_number(port["no"]) == bridge["root_port"]:
        return "root"
    if identity(port["des_bridge"]) != identity(bridge["bridge_id"]):
        return "alternate"
    return "designated" if port["des_port"] == as_number(port["id"]) else "backup"
