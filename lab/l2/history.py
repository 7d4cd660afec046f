"""What a kernel said over time, of each question or only of those whose answer was new."""

import bisect
import gzip

SILENT = 2  # seconds without an answer, of one who is asked again and again: it is gone


class History:
    """One record over time: each value with the last time it was not so yet, and the first it was."""

    def __init__(self):
        self.times, self.after, self.rows = [], [], []
        self.last = None
        self.asked = []  # times of every question, where every answer is kept

    def add(self, t, after, row):
        if after is None:
            self.asked.append(t)
        if not self.rows or self.rows[-1] != row:
            self.times.append(t)
            self.after.append(after if after is not None else self.last if self.last is not None else t)
            self.rows.append(row)
        self.last = t

    def at(self, t):
        number = bisect.bisect_right(self.times, t) - 1
        known = number >= 0 and not self.rows[number].get("gone") and (not self.asked or t < self.last + SILENT)
        return self.rows[number] if known else None

    def between(self, start, end):
        """Every value it may have had then."""
        first = max(0, bisect.bisect_right(self.times, start) - 1)
        return [row for row, after in zip(self.rows[first:], self.after[first:]) if after <= end]


def opened(path):
    packed = path.with_name(path.name + ".gz")
    return gzip.open(packed, "rt") if packed.exists() else path.open()


def merged(spans):
    """(start, end), those that touch made one."""
    found = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found
