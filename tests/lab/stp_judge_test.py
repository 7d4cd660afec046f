#!/usr/bin/env python3
"""The judge of spanning trees is just: it accepts an honest observer of a kept recording, and finds each lie."""

import pathlib
import sys
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(1, str(ROOT / "lab"))
import stp_agreement  # noqa: E402
import tree_observer  # noqa: E402
from l2.tree_claims import Claims  # noqa: E402

KEPT = ROOT / "samples/stp"


def tally(lie=lambda record: None):
    """Of the kept recording, when the observer's records have been changed by `lie`."""

    def ask(_, paths, *options):
        record = tree_observer.observe(paths, float(options[1]) if options else None)
        lie(record)
        return Claims(record)

    with mock.patch.object(stp_agreement, "ask", ask):
        return stp_agreement.Judge(KEPT, None).all()


class JudgeTest(unittest.TestCase):
    def wrong(self, lie):
        found = tally(lie).wrong
        return {kind for kind, count in found.items() if count}

    def test_accepts_an_honest_observer(self):
        honest = tally()
        self.assertEqual(honest.examples, [])
        for kind in ("segment alone", "segment together", "root", "root together", "root change found",
                     "root change told", "no root change", "topology change found", "topology change told"):
            self.assertGreater(honest.agreed[kind], 0, kind)

    def test_finds_another_root(self):
        def lie(record):
            if "root" in record:
                record["root"]["mac"] = "02:00:00:00:00:00"

        self.assertLessEqual({"root", "root together"}, self.wrong(lie))

    def test_finds_a_root_that_is_not_told(self):
        self.assertIn("root", self.wrong(lambda record: record.pop("root", None)))

    def test_finds_another_designated_port(self):
        def lie(record):
            for segment in record["segments"]:
                segment["designated_port"] ^= 1

        self.assertEqual(self.wrong(lie), {"segment alone", "segment together"})

    def test_finds_another_cost(self):
        def lie(record):
            for segment in record["segments"]:
                segment["root_cost"] += 1

        self.assertEqual(self.wrong(lie), {"segment alone", "segment together"})

    def test_finds_a_segment_that_is_not_told(self):
        self.assertEqual(self.wrong(lambda record: record["segments"].clear()), {"segment alone", "segment together"})

    def test_finds_a_wrong_role_and_a_wrong_state(self):
        def lie(record):
            for segment in record["segments"]:
                segment.update(role="root", state="blocking")

        self.assertEqual(self.wrong(lie), {"role claimed", "state claimed"})

    def test_finds_a_wrong_root_port_and_a_port_that_is_none(self):
        def lie(record):
            record["bridges"] = [{"bridge": segment["designated_bridge"], "root_port": 0x9999, "ports": [{"port": 1}]}
                                 for segment in record["segments"]]

        self.assertEqual(self.wrong(lie), {"root port claimed", "port claimed"})

    def test_finds_a_root_change_that_is_not_told(self):
        self.assertIn("root change found", self.wrong(lambda record: record.get("root_changes", []).clear()))

    def test_finds_a_root_change_that_was_none(self):
        def lie(record):
            for change in record.get("root_changes", [])[-1:]:
                record["root_changes"].append({"t": change["t"] + 3, "from": change["to"], "to": change["from"]})

        self.assertTrue({"root change told", "root change found"} & self.wrong(lie))

    def test_finds_a_topology_change_that_is_not_told(self):
        self.assertEqual(self.wrong(lambda record: record.get("topology_changes", []).clear()),
                         {"topology change found"})

    def test_finds_one_that_is_told_as_many(self):
        def lie(record):
            changes = [{"t": change["t"] + step, "until": change["t"] + step}
                       for change in record.get("topology_changes", [])
                       for step in range(int(change["until"] - change["t"]) + 1)]
            record["topology_changes"] = changes

        self.assertIn("topology change found", self.wrong(lie))


if __name__ == "__main__":
    unittest.main()
