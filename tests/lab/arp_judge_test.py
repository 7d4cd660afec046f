#!/usr/bin/env python3
"""The judge of bindings is just: what it accepts, what it does not, and what it leaves out."""

import pathlib
import sys
import unittest
from unittest import mock

LAB = pathlib.Path(__file__).resolve().parents[2] / "lab"
sys.path.insert(1, str(LAB))
import arp_agreement  # noqa: E402

PEER, ABSENT = "192.0.2.2", "192.0.2.77"
MAC, OTHER, GROUP = "02:00:00:00:00:02", "02:00:00:00:00:03", "01:00:5e:00:00:01"


def row(t, address, state, mac=None, host="host1"):
    return {"t": t, "after": t - 0.05, "ns": host, "ip": address, "state": [state]} | ({"mac": mac} if mac else {})


BEFORE = row(0, "192.0.2.9", "REACHABLE", MAC)  # was there when the capture began


def tally(rows, told, claims=((PEER, MAC), (PEER, OTHER))):
    """Of a host's rows, when tapstat tells the same records at any time."""
    scene = arp_agreement.Scene("scene", None, [BEFORE, *rows], set(claims), until=10)
    found = {address: [record for record in told if record["ip"] == address] for address in (PEER, ABSENT)}
    with mock.patch.object(arp_agreement, "ask", lambda *_: found):
        return arp_agreement.Judge(scene, None).all()


def record(address, state, mac=None, history=()):
    found = {"ip": address, "state": state}
    return found | ({"mac": mac} if mac else {}) | ({"history": [{"mac": one} for one in history]} if history else {})


class JudgeTest(unittest.TestCase):
    def accepts(self, *arguments, **options):
        found = tally(*arguments, **options)
        self.assertEqual(found.examples, [])
        return found

    def rejects(self, kind, *arguments, **options):
        found = tally(*arguments, **options)
        self.assertEqual({name for name, count in found.wrong.items() if count}, {kind})

    def test_a_neighbour_is_told_with_its_mac(self):
        for state in arp_agreement.KNOWN:
            self.accepts([row(2, PEER, state, MAC)], [record(PEER, "stale", MAC)])

    def test_another_mac_is_wrong_and_so_is_none(self):
        rows = [row(2, PEER, "REACHABLE", MAC)]
        self.rejects("neighbour", rows, [record(PEER, "reachable", OTHER)])
        self.rejects("neighbour", rows, [record(PEER, "incomplete")])
        self.rejects("neighbour", rows, [])

    def test_a_host_may_hold_what_was_before(self):
        told = [record(PEER, "reachable", OTHER, history=[MAC])]
        found = self.accepts([row(2, PEER, "STALE", MAC)], told)
        self.assertEqual(found.agreed["neighbour"], 0)
        self.rejects("neighbour", [row(2, PEER, "REACHABLE", MAC)], told)

    def test_of_a_conflict_either_is_right(self):
        self.accepts([row(2, PEER, "REACHABLE", MAC)], [record(PEER, "conflict", OTHER, history=[MAC])])

    def test_who_does_not_answer_is_incomplete(self):
        rows = [row(2, ABSENT, "INCOMPLETE"), row(5, ABSENT, "FAILED")]
        self.accepts(rows, [record(ABSENT, "incomplete")])
        self.rejects("nobody there", rows, [])
        self.rejects("nobody there", rows, [record(ABSENT, "stale")])

    def test_who_answered_once_is_not_told_as_reachable(self):
        rows = [row(2, PEER, "FAILED")]
        self.accepts(rows, [record(PEER, "stale", MAC)])
        self.rejects("neighbour that is lost", rows, [record(PEER, "reachable", MAC)])

    def test_nothing_is_told_that_nobody_said(self):
        self.rejects("binding that somebody said", [row(2, PEER, "REACHABLE", MAC)],
                     [record(PEER, "stale", MAC)], claims=())

    def test_a_group_address_is_left_out(self):
        found = self.accepts([row(2, PEER, "STALE", GROUP)], [])
        self.assertEqual(found.apart.total(), 3)

    def test_what_was_there_before_the_capture_is_not_asked_for(self):
        self.assertEqual(self.accepts([], []).agreed.total(), 0)

    def test_between_two_polls_nothing_is_asked(self):
        changes = [row(2 + step * 0.2, PEER, "REACHABLE" if step % 2 else "STALE", MAC) for step in range(38)]
        self.assertEqual(self.accepts(changes, [record(PEER, "stale", MAC)]).agreed["neighbour"], 3)


if __name__ == "__main__":
    unittest.main()
