"""Asks kernels for their tables many times a second and keeps what changed, by the clock of the captures."""

import json
import threading
import time

PERIOD = 0.05  # seconds from question to question


class Watch:
    """A thread; `ask` gives (key, record) pairs, and a key that is missing is a record that is gone."""

    def __init__(self, ask, period=PERIOD):
        self.ask = ask
        self.period = period
        self.rows = []  # of what changed: {"t", "after", **record}, `after` the time of the question before
        self.last_change = time.time()
        self.longest = 0.0  # between two questions
        self._known = {}
        self._asked = None
        self._running = True
        self._failure = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self._look()
        self._thread.start()

    def stop(self):
        """Raises what went wrong meanwhile."""
        if self._running:
            self._running = False
            self._thread.join()
            if self._failure:
                raise self._failure

    @property
    def until(self):
        """When it asked last."""
        return self._asked

    @property
    def known(self):
        """The last answer."""
        return self._known

    def _run(self):
        try:
            while self._running:
                time.sleep(self.period)
                self._look()
        except OSError as error:
            self._failure = error

    def _look(self):
        t = time.time()
        now = dict(self.ask())
        # The answer is as of a time between `t` and now; what it shows to be new is so at its end at the latest.
        done = time.time()
        before = self._asked or t
        for key, record in now.items():
            if self._known.get(key) != record:
                self._keep(done, before, record)
        for key in self._known.keys() - now.keys():
            self._keep(done, before, {**self._known[key], "gone": True})
        self.longest = max(self.longest, done - before)
        self._known, self._asked = now, t

    def _keep(self, t, after, record):
        self.rows.append({"t": round(t, 4), "after": round(after, 4), **record})
        self.last_change = t

    def write(self, path):
        with open(path, "w") as file:
            file.writelines(json.dumps(row) + "\n" for row in self.rows)
