#!/usr/bin/env python3
"""Every recording of the lab of directors can be drawn, the same from the same seed, and is whole."""

import json
import pathlib
import sys
import unittest

LAB = pathlib.Path(__file__).resolve().parents[2] / "lab"
sys.path.insert(1, str(LAB))
from lvs.catalog import CATALOG  # noqa: E402
from lvs.draw import Draw  # noqa: E402

SEEDS = (1, 2, 3)


class DrawTest(unittest.TestCase):
    def drawn(self):
        for name in CATALOG:
            for seed in SEEDS:
                draw = Draw(name, seed)
                with self.subTest(name=name, seed=seed):
                    yield draw, draw.plan(), draw.truth()

    def test_a_seed_says_it_all(self):
        for draw, plan, truth in self.drawn():
            again = Draw(draw.site.name, draw.site.seed)
            self.assertEqual(json.dumps([plan, truth]), json.dumps([again.plan(), again.truth()]))

    def test_no_address_is_used_twice(self):
        for _, plan, _ in self.drawn():
            held = [one for host in plan["hosts"].values() for link in host["links"] for one in link["addresses"]]
            self.assertEqual(len(held), len(set(held)))

    def test_who_connects_is_there_and_so_is_who_is_captured(self):
        for _, plan, truth in self.drawn():
            for host, connections in plan["clients"].items():
                for one in connections:
                    self.assertIn(one["src"], truth["cips"][host])
                    self.assertLess(one["at"], plan["span"])
            for about in plan["captures"].values():
                self.assertIn(about["ns"], plan["hosts"])

    def test_what_is_written_of_it_is_json(self):
        for _, plan, truth in self.drawn():
            self.assertEqual(json.loads(json.dumps(plan))["span"], plan["span"])
            self.assertIn("rips", json.loads(json.dumps(truth)))


if __name__ == "__main__":
    unittest.main()
