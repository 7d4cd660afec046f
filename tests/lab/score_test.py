#!/usr/bin/env python3
"""The judge is just: what it accepts, what it does not, and what it counts apart."""

import json
import math
import pathlib
import sys
import tempfile
import time
import unittest

LAB = pathlib.Path(__file__).resolve().parents[2] / "lab"
sys.path[1:1] = [str(LAB), str(LAB / "tcp")]
from inference import pieces  # noqa: E402
from recording import Recording, Run, with_closed  # noqa: E402
from sampler import WIDEST, Kernel  # noqa: E402
from score import SLACK, View  # noqa: E402

# Samples every 25 ms from 0 on. SYN_SENT at 0.100 and 0.125, ESTABLISHED from 0.150 to 1.000, then gone.
SAMPLES = [number * 0.025 for number in range(80)]
RUNS = with_closed([
    Run("SYN_SENT", 0.100, 0.125, 0.075, 0.150),
    Run("ESTABLISHED", 0.150, 1.000, 0.125, 1.025),
])


def wrong(view, state, start, end):
    """Samples at odds with a state between two times."""
    chosen = [number for number, t in enumerate(SAMPLES) if start <= t < end]
    judged = view.judge(state, SAMPLES, chosen[0], chosen[-1] + 1)
    return sum(count for count, _, truth, _ in judged if truth != state)


class RunsTest(unittest.TestCase):
    def test_what_is_not_listed_is_closed(self):
        self.assertEqual([run.state for run in RUNS], ["CLOSED", "SYN_SENT", "ESTABLISHED", "CLOSED"])
        self.assertEqual(RUNS[0][1:], (-math.inf, 0.075, -math.inf, 0.100))
        self.assertEqual(RUNS[3][1:], (1.025, math.inf, 1.000, math.inf))

    def test_a_socket_that_was_there_to_the_end_is_not_closed_after_it(self):
        self.assertEqual(with_closed([Run("LAST_ACK", 1, 2, 1, math.inf)])[-1].state, "LAST_ACK")


class ViewTest(unittest.TestCase):
    def test_agrees_with_the_truth_itself(self):
        view = View(RUNS, SLACK, [], [])
        for run in RUNS:
            start, end = max(0, run.first), min(2, run.last + 0.001)
            self.assertEqual(wrong(view, run.state, start, end), 0, run)

    def test_between_two_samples_either_state_is_right(self):
        view = View(RUNS, SLACK, [], [])
        self.assertEqual(wrong(view, "SYN_SENT", 0.150, 0.170), 0)  # within the slack
        self.assertEqual(wrong(view, "SYN_SENT", 0.170, 0.180), 1)

    def test_a_timer_half_a_second_late_is_wrong_for_as_long(self):
        self.assertEqual(wrong(View(RUNS, SLACK, [], []), "ESTABLISHED", 1.030, 1.530), 20)

    def test_next_to_a_packet_it_may_be_a_sample_more(self):
        self.assertEqual(wrong(View(RUNS, SLACK, [1.05], []), "ESTABLISHED", 1.045, 1.055), 0)
        self.assertEqual(wrong(View(RUNS, SLACK, [1.20], []), "ESTABLISHED", 1.195, 1.205), 1)

    def test_hidden_samples_are_marked(self):
        view = View(RUNS, SLACK, [], [(0.5, 0.7)])
        groups = list(view.judge("FIN_WAIT1", SAMPLES, 0, len(SAMPLES)))
        self.assertEqual(sum(count for count, _, _, hidden in groups if hidden), 8)


class SlowKernel(Kernel):
    """Answers each question after so many seconds that there is a socket."""

    def __init__(self, *delays):
        self.role, self.runs, self.times, self.wide = "client", {}, [], 0
        self.delays = list(delays)

    def dump(self):
        time.sleep(self.delays.pop(0))
        return {b"socket": "ESTABLISHED"}


class SamplerTest(unittest.TestCase):
    def test_an_answer_that_took_long_is_no_sample(self):
        kernel = SlowKernel(0, WIDEST * 2, 0)
        for _ in range(3):
            kernel.sample(None)
        self.assertEqual((len(kernel.times), kernel.wide), (2, 1))
        self.assertEqual(kernel.runs[b"socket"], ["ESTABLISHED", kernel.times[0], kernel.times[1], None])


class RecordingTest(unittest.TestCase):
    @staticmethod
    def recording(samples=400, held=0, dropped=0):
        """Of ten seconds and twenty connections, of which the relay held some."""
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory)
            (path / "meta.json").write_text(json.dumps({"seconds": 10, "dropped": dropped}))
            lines = [{"client": f"192.0.2.1:{port}", "server": "192.0.2.80:80", "late_s": 0.5 if port < held else 0.001}
                     for port in range(20)]
            (path / "conns.jsonl").write_text("".join(map("{}\n".format, map(json.dumps, lines))))
            times = {"ns": "client", "start": 0, "steps": [25000] * (samples - 1), "wide": 0}
            (path / "samples.jsonl").write_text(json.dumps(times))
            for name in ("drops.jsonl", "intervals.jsonl"):
                (path / name).touch()
            return Recording(path)

    def test_a_connection_that_the_relay_held_is_not_judged(self):
        recording = self.recording(held=1)
        self.assertEqual((len(recording.connections), recording.held), (19, 1))
        self.assertEqual(list(recording.weaknesses()), [])

    def test_too_many_of_them_are_no_measurement(self):
        self.assertEqual(len(list(self.recording(held=2).weaknesses())), 1)

    def test_too_few_samples_are_no_measurement(self):
        self.assertEqual(list(self.recording(samples=361).weaknesses()), [])
        self.assertEqual(len(list(self.recording(samples=359).weaknesses())), 1)

    def test_nor_is_a_capture_with_packets_missing(self):
        self.assertEqual(len(list(self.recording(dropped=1).weaknesses())), 1)


class PiecesTest(unittest.TestCase):
    def test_of_changes_at_one_time_the_last_holds(self):
        record = ('{"type":"transition","t":%s,"ip":"192.0.2.1","port":1,"peer_ip":"2001:db8::1","peer_port":2,'
                  '"to":"%s","sure":true}')
        lines = ['{"type":"capture"}', *(record % change for change in (
            (3, "CLOSED"), (1, "SYN_SENT"), (2, "TIME_WAIT"), (2, "SYN_SENT")))]
        found = pieces(lines)["192.0.2.1:1", "[2001:db8::1]:2"]
        self.assertEqual([(piece.start, piece.state) for piece in found],
                         [(-math.inf, "CLOSED"), (1, "SYN_SENT"), (2, "SYN_SENT"), (3, "CLOSED")])


if __name__ == "__main__":
    unittest.main()
