#!/usr/bin/env python3
"""The judges of paths and translations are just: an honest observer agrees with them, and none that lies."""

import contextlib
import io
import os
import pathlib
import sys
import types
import unittest
from unittest import mock

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(1, str(ROOT / "lab"))
import lvs_agreement  # noqa: E402
import nat_agreement  # noqa: E402

OBSERVER = HERE / "path_observer.py"
PATHS = ROOT / "samples/lvs"
TABLES = ROOT / "samples/nat"


class PathTest(unittest.TestCase):
    def wrong(self, name, lie):
        """What is wrong with what the observer says of the capture on all cards of a director."""
        recording = lvs_agreement.Recording(PATHS / name)
        with mock.patch.dict(os.environ, LIE=lie):
            verdict = lvs_agreement.judge(recording, recording.sets()[0], OBSERVER)
        self.assertGreater(verdict.count.total(), 0)
        return {what for what, _ in verdict.examples}

    def test_what_packets_determine_is_enough(self):
        for name in ("nat", "dr", "tun", "fullnat", "sync"):
            self.assertEqual(self.wrong(name, "right"), set(), name)

    def test_another_server_is_wrong(self):
        self.assertEqual(self.wrong("nat", "other"), {"path"})

    def test_a_server_that_nothing_shows_is_wrong_even_when_it_is_the_right_one(self):
        self.assertEqual(self.wrong("dr", "guess"), {"path"})

    def test_a_path_that_is_not_told_is_wrong(self):
        self.assertIn("path lost", self.wrong("tun", "lose"))

    def test_a_path_that_nobody_took_is_wrong(self):
        self.assertEqual(self.wrong("fullnat", "invent"), {"path invented"})


class TranslationTest(unittest.TestCase):
    def judged(self, lie):
        """Of each recording, when the truth is told as `lie` changes it."""
        def told(recording, names, _):
            seen = nat_agreement.read(map(recording.path, names))
            must = nat_agreement.expected(recording, seen, float("inf"))
            records = []
            for (proto, original, translated), number in must.items():
                protocol = next(name for name, value in nat_agreement.NUMBERS.items() if value == proto)
                tuples = {"original": original, "translated": translated}
                record = {"protocol": protocol, "kind": nat_agreement.kind(original, translated)}
                record |= {field: dict(zip(nat_agreement.FIELDS, one)) for field, one in tuples.items()}
                records += [record] * number
            return lie(records), []

        options = types.SimpleNamespace(tapstat=None, examples=0)
        with mock.patch.object(nat_agreement, "told", told), contextlib.redirect_stdout(io.StringIO()):
            return nat_agreement.report([TABLES], options)

    def test_what_the_kernel_said_is_right(self):
        self.assertTrue(self.judged(lambda records: records))

    def test_a_translation_that_is_not_told_is_wrong(self):
        self.assertFalse(self.judged(lambda records: records[1:]))

    def test_a_translation_told_twice_is_wrong(self):
        self.assertFalse(self.judged(lambda records: records + records[:1]))

    def test_another_port_is_wrong(self):
        def lie(records):
            return [record | {"translated": record["translated"] | {"dport": 1}} for record in records]

        self.assertFalse(self.judged(lie))

    def test_another_kind_is_wrong(self):
        self.assertFalse(self.judged(lambda records: [record | {"kind": "?"} for record in records]))


if __name__ == "__main__":
    unittest.main()
