"""What happens to a mesh, as its seed says: each a function of the mesh and of the draws; it may take a while."""

import itertools
import time

from l2.tree_truth import LOSS, LOSS_OVER

SETTLED = 0.7  # seconds over max age without a change in any table: then nothing waits for a root that is gone
UPHEAVALS = []


def upheaval(function):
    UPHEAVALS.append(function)
    return function


def settle(mesh):
    """Until the tree stands, or so long that it never will."""
    _, max_age, forward_delay = (timer / 100 for timer in mesh.plan.timers)
    begun = time.time()
    end = begun + 2 * max_age + 3 * forward_delay + 4
    calm = max_age + SETTLED
    while time.time() < min(end, max(begun, mesh.watch.last_change) + calm) or (on_its_way(mesh) and time.time() < end):
        time.sleep(0.1)


def on_its_way(mesh):
    """A port waits to forward."""
    return any(port["state"] in ("listening", "learning") for port in mesh.now()[1].values())


def root_of(mesh, bridges):
    """The bridge that most of those that are up take for the root."""
    named = [row["root_id"] for row in bridges.values() if row["up"]]
    wanted = max(named, key=named.count)
    return next((name for name, row in bridges.items() if row["bridge_id"] == wanted), None)


def ordinary(mesh):
    return [name for name in mesh.plan.bridges if name != "rogue"]


def plugged(mesh):
    return [link for link in mesh.plan.links if link.plugged]


@upheaval
def new_root(mesh, rng):
    """Another bridge gets the lowest priority."""
    name = rng.choice([name for name in ordinary(mesh) if name != root_of(mesh, mesh.now()[0])])
    priority = rng.choice((0, 1, 0x0800))
    mesh.note("priority lowered", bridge=name, priority=priority)
    mesh.set_priority(name, priority)


@upheaval
def root_dies_silently(mesh, rng):
    """No carrier is lost: its neighbours wait for max age. Later it is back."""
    name = root_of(mesh, mesh.now()[0])
    mesh.note("root silent", bridge=name)
    mesh.set_bridge(name, "down")
    settle(mesh)
    if rng.random() < 0.7:
        mesh.note("old root back", bridge=name)
        mesh.set_bridge(name, "up")


@upheaval
def root_is_cut_off(mesh, rng):
    """All its links go down at both ends."""
    name = root_of(mesh, mesh.now()[0])
    links = [link for link in mesh.links_of(name) if link.plugged]
    mesh.note("root cut off", bridge=name)
    for link in links:
        mesh.plug(link, "down")
    settle(mesh)
    mesh.note("old root back", bridge=name)
    for link in links:
        mesh.plug(link, "up")


@upheaval
def link_is_cut(mesh, rng):
    link = rng.choice(plugged(mesh))
    mesh.note("link cut", link=link.name)
    mesh.plug(link, "down")
    settle(mesh)
    mesh.note("link repaired", link=link.name)
    mesh.plug(link, "up")


@upheaval
def one_way_loss(mesh, rng):
    """One direction of a link goes silent; both bridges have their carrier. Then there may be a loop."""
    link, side = rng.choice(plugged(mesh)), rng.choice(("near", "far"))
    mesh.note(LOSS, link=link.name, sender=link.ends[("near", "far").index(side)].bridge)
    mesh.lose(link, side)
    settle(mesh)
    mesh.note(LOSS_OVER, link=link.name)
    mesh.pass_on(link, side)


@upheaval
def cost_changes(mesh, rng):
    """Of a root port, so that another path may be better."""
    bridges, ports = mesh.now()
    roots = [(name, port) for (name, port), row in ports.items() if bridges[name]["root_port"] == row["no"]]
    if not roots:
        return
    name, port = rng.choice(sorted(roots))
    link = next(link for link in mesh.plan.links if f"p{link.name}" == port)
    cost = rng.choice((1, 60000, 300))
    mesh.note("cost changed", bridge=name, port=port, cost=cost)
    mesh.set_cost(name, link, cost)


@upheaval
def rogue_appears(mesh, rng):
    """A bridge of priority 0 is plugged in, and pulled out again."""
    link = next(link for link in mesh.plan.links if not link.plugged)
    mesh.note("rogue bridge attached", at=link.ends[0].bridge)
    mesh.plug(link, "up")
    settle(mesh)
    mesh.note("rogue bridge gone")
    mesh.plug(link, "down")


def play(mesh, rng, seconds, only=()):
    """Brings the bridges up, then one thing after another until the time is over; at the end the tree stands."""
    begun = time.time()
    mesh.note("bridges up")
    for name in mesh.plan.bridges:
        mesh.set_bridge(name, "up")
    settle(mesh)
    wanted = [function for function in UPHEAVALS if not only or function.__name__ in only]
    order = itertools.chain.from_iterable(rng.sample(wanted, len(wanted)) for _ in itertools.count())
    while time.time() - begun < seconds:
        next(order)(mesh, rng)
        settle(mesh)
