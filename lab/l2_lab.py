"""l2: bridges with spanning tree, and neighbours; how often tapstat agrees with kernels (--help)"""

import argparse
import json
import pathlib
import random
import sys
import time
from functools import partial

import arp_agreement
import children
import stp_agreement
from findings.scene import RECORDINGS, Scene
from keeping import compress, hand_over, obstacle
from l2 import mesh, upheavals
from l2.neighbour_scenes import SCENES
from l2.tally import SKIPPED, add_options
from network import Network

HERE = pathlib.Path(__file__).resolve().parent
AT_ONCE = 6  # recordings; they mostly wait
SECONDS = 60  # in which things begin to happen to a mesh
SCENE_SECONDS = 120  # the most that neighbours take
MARGIN = 180  # what a mesh takes at most besides


def parse(arguments):
    parser = argparse.ArgumentParser(prog="./dev lab l2", description=__doc__)
    parser.add_argument("--seed", type=int, help="drawn when not given")
    parser.add_argument("--seeds", metavar="A-B", help="one recording for each")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="in which things happen to a mesh")
    parser.add_argument("--most", type=int, default=6, metavar="N", help="bridges in a mesh")
    parser.add_argument("--upheavals", nargs="+", default=(), choices=[f.__name__ for f in upheavals.UPHEAVALS],
                        metavar="NAME", help="only these: " + " ".join(f.__name__ for f in upheavals.UPHEAVALS))
    parser.add_argument("--only", nargs="+", default=("stp", "arp"), choices=("stp", "arp"))
    parser.add_argument("--out", type=pathlib.Path, default=HERE.parent / "build/lab/l2", metavar="DIR")
    parser.add_argument("--gzip", action="store_true", help="compress what is kept")
    parser.add_argument("--record-only", action="store_true", help="judge nothing")
    add_options(parser)
    options = parser.parse_args(arguments)
    if options.seeds:
        first, last = map(int, options.seeds.split("-"))
        options.numbers = range(first, last + 1)
    else:
        options.numbers = [random.randrange(10000) if options.seed is None else options.seed]
    return options


def record_mesh(out, seed, options):
    out.mkdir(parents=True, exist_ok=True)
    begun = time.time()
    with Network(seconds=options.seconds + MARGIN) as network:
        built = mesh.Mesh(network, mesh.draw(seed, options.most))
        built.watch.start()
        with built.captured(out):
            upheavals.play(built, random.Random(f"upheavals {seed}"), options.seconds, options.upheavals)
            built.watch.stop()
        if network.dropped:
            raise SystemExit(f"the captures lack {network.dropped} packets")
        about = {"seed": seed, **built.description(), "until": built.watch.until, "longest_poll": built.watch.longest}
    (out / "topology.json").write_text(json.dumps(about, indent=1) + "\n")
    built.watch.write(out / "port_states.jsonl")
    if options.gzip:
        compress(out)
    print(f"{out.name}: {len(about['bridges'])} bridges, {len(about['links'])} links, {len(about['events'])} events,"
          f" {time.time() - begun:.0f} s, polls at most {built.watch.longest * 1000:.0f} ms apart", flush=True)


def scenes():
    """All that happens among neighbours, by name: a function of a Scene."""
    found = {name: function for name, (function, _) in RECORDINGS.items() if name.startswith(("arp-", "dad-"))}
    return found | SCENES


def record_scene(out, name, seed):
    out.mkdir(parents=True, exist_ok=True)
    with Network(seconds=SCENE_SECONDS, seed=f"{name} {seed}") as network:
        scenes()[name](Scene(network, str(out / f"{name}.pcap")))
        if network.dropped:
            raise SystemExit(f"the capture lacks {network.dropped} packets")
        about = {"claims": sorted(network.hub.claims), "until": network.hub.watch.until, "neighbours": network.hub.watch.rows}
    (out / f"{name}.json").write_text(json.dumps(about) + "\n")


def main(arguments):
    options = parse(arguments)
    why_not = obstacle("bridge", "nft")
    if why_not:
        print("skipped:", why_not)
        return SKIPPED
    jobs = {}
    for seed in options.numbers:
        if "stp" in options.only:
            jobs[f"stp-{seed}"] = partial(record_mesh, options.out / f"stp-{seed}", seed, options)
        if "arp" in options.only:
            place = options.out / f"arp-{seed}"
            jobs |= {f"arp-{seed} {name}": partial(record_scene, place, name, seed) for name in scenes()}
    failed = children.run(jobs, lambda name: jobs[name](), AT_ONCE)
    hand_over(options.out)
    if failed:
        print(f"not recorded: {', '.join(failed)}", file=sys.stderr)
    return 0 if (options.record_only or judge(options, failed)) and not failed else 1


def judge(options, failed):
    verdicts = []
    for kind, report in (("stp", stp_agreement.report), ("arp", arp_agreement.report)):
        places = [options.out / f"{kind}-{seed}" for seed in options.numbers if f"{kind}-{seed}" not in failed]
        if kind in options.only and places:
            verdicts.append(report(places, options))
    return all(verdicts) and bool(verdicts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
