"""What `tcp` says of connections through a director: each once, with its legs, and nothing sent twice that was only forwarded."""

from lvs.evidence import MUST
from lvs.packets import TCP
from lvs.recording import key
from lvs.verdict import of_type

SENT_AGAIN = ("retransmission", "fast_retransmission", "spurious_retransmission")


def ends(record):
    return tuple((record[end]["ip"], record[end]["port"]) for end in ("client", "server"))


def by_ends(records):
    found = {}
    for record in of_type(records, "tcp"):
        found.setdefault(ends(record), []).append(record)
    return found


def judge(verdict, at_director, at_clients):
    """With the records of the capture on all cards of a director, and those of the clients' captures."""
    director, clients = by_ends(at_director), by_ends(at_clients)
    for one in verdict.recording.connections:
        evidence = verdict.judged.of[one["id"]]
        again_used = len(verdict.recording.by_tuple[key(one)]) > 1 or key(one) in verdict.unserved
        if key(one)[0] != TCP or evidence.path != MUST or again_used:
            continue
        front = key(one)[1:]
        found = director.get(front, [])
        alone = len(found) == 1 and "leg_of" not in found[0]
        verdict.say("legs: once", alone, one["id"], front, "told", len(found), "times, as leg of", [r.get("leg_of") for r in found])
        if alone and verdict.recording.mode in ("nat", "fullnat") and len(evidence.servers) == 1:
            behind(verdict, one, found[0], director)
        if alone and len(clients.get(front, ())) == 1 and not one["pre"]:
            here, there = found[0], clients[front][0]
            good = again(here) <= again(there)
            verdict.say("legs: sent again", good, one["id"], here.get("events"), "but at the client", there.get("events"))


def behind(verdict, one, front, director):
    client = (one["lip"], one["lport"]) if one.get("lip") else (one["cip"], one["cport"])
    legs = [record for record in director.get((client, (one["rip"], one["rport"])), []) if record.get("leg_of") == front["id"]]
    good = len(legs) == 1 and legs[0]["id"] in front.get("legs", ())
    verdict.say("legs: joined", good, one["id"], "to", one["rip"], "told:", [r["id"] for r in legs], "legs", front.get("legs"))


def again(record):
    return sum(record.get("events", {}).get(kind, 0) for kind in SENT_AGAIN)
