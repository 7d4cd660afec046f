"""The programs under test: what they take while they run, and what they say they dropped."""

import os
import pty
import re
import signal
import subprocess
import threading
import time

DROPPED = re.compile(r"^(\d+) packets? dropped by (kernel|interface)$", re.MULTILINE)
CAPTURED = re.compile(r"^(\d+) packets? captured$", re.MULTILINE)


class Program:
    """One tapstat in a host's namespace. `said` is what it wrote to standard error."""

    def __init__(self, host, name, command, out=subprocess.DEVNULL):
        self.name = name
        self.rss = []  # MiB, by time
        self.descriptors = []
        self.said = ""
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", host.name, *command], stdin=subprocess.DEVNULL, stdout=out,
            stderr=subprocess.PIPE, text=True, bufsize=1, env=os.environ | {"TERM": "xterm-256color"})
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def _listen(self):
        for line in self.process.stderr:
            self.said += line

    @property
    def pid(self):
        return self.process.pid

    def is_running(self):
        return self.process.poll() is None

    def measure(self):
        with open(f"/proc/{self.pid}/status") as file:
            status = dict(line.split(":", 1) for line in file)
        # The ring that the kernel shares with it is not its tables'.
        self.rss.append(int(status["RssAnon"].split()[0]) / 1024)
        # Beside those that stay there are some at times, while it asks the kernel for sockets and their processes.
        looks = []
        for _ in range(5):
            looks.append(len(os.listdir(f"/proc/{self.pid}/fd")))
            time.sleep(0.01)
        self.descriptors.append(min(looks))

    def dropped(self):
        """What the kernel had to drop so far; it is asked by SIGUSR1."""
        before = self.said.count("packets captured")
        self.process.send_signal(signal.SIGUSR1)
        for _ in range(100):
            time.sleep(0.05)
            if self.said.count("packets captured") > before:
                time.sleep(0.1)
                break
        else:
            raise RuntimeError(f"{self.name} does not answer SIGUSR1")
        return self.dropped_as_said()

    def dropped_as_said(self):
        last = {by: int(count) for count, by in DROPPED.findall(self.said)}
        return sum(last.values())

    def end(self, number=signal.SIGINT):
        """Its exit status."""
        self.process.send_signal(number)
        try:
            return self.process.wait(60)
        finally:
            self.listener.join(5)


class Dashboard(Program):
    """`tapstat top` on a terminal of its own, whose screen nobody keeps."""

    def __init__(self, host, name, command):
        self.terminal, slave = pty.openpty()
        os.set_blocking(self.terminal, False)
        self.name = name
        self.rss, self.descriptors, self.said = [], [], ""
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", host.name, *command], stdin=slave, stdout=slave,
            stderr=subprocess.PIPE, text=True, bufsize=1, start_new_session=True,
            env=os.environ | {"TERM": "xterm-256color", "LINES": "40", "COLUMNS": "120"})
        os.close(slave)
        self.drawn = 0
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self):
        while self.is_running():
            try:
                self.drawn += len(os.read(self.terminal, 1 << 16))
            except BlockingIOError:
                time.sleep(0.05)
            except OSError:
                return

    def type(self, keys):
        os.write(self.terminal, keys.encode())

    def end(self, number=signal.SIGTERM):
        return super().end(number)
