"""What is done to the programs and to the network while they watch it."""

import os
import pathlib
import random
import signal
import socket
import struct
import subprocess
import time

BURST = 20_000  # frames
STOPPED = 3  # seconds


class Trouble:
    """Each method is one kind; it returns None, or what went otherwise than it should.

    `lossy` are those that packets may be lost by.
    """

    def __init__(self, soak):
        self.soak = soak
        self.draws = random.Random(soak.seed)
        self.all = [self.garbage, self.flood, self.stopped, self.closed_pipe, self.link_down, self.disk_full,
                    self.cable_gone, self.killed_recorder]
        self.lossy = {self.stopped, self.link_down, self.cable_gone}

    def garbage(self):
        """Frames of captures with bytes changed, lengths that lie, and noise."""
        samples = self.soak.frames
        with self._raw_socket() as raw:
            for _ in range(BURST // 4):
                frame = bytearray(self.draws.choice(samples))
                for _ in range(self.draws.randint(1, 8)):
                    frame[self.draws.randrange(len(frame))] = self.draws.randrange(256)
                self._send(raw, bytes(frame[: self.draws.randint(14, len(frame))]))
                if self.draws.random() < 0.01:
                    time.sleep(0.002)

    def flood(self):
        """SYNs from addresses that nobody has, to a port that nobody listens on."""
        header = bytes.fromhex("0200000000020200000000010800")
        with self._raw_socket() as raw:
            for _ in range(BURST):
                source = struct.pack("!I", 0x0A000000 | self.draws.getrandbits(24))
                ip = struct.pack("!BBHHHBBH", 0x45, 0, 40, 0, 0, 64, 6, 0) + source + bytes((192, 0, 2, 99))
                tcp = struct.pack("!HHIIBBHHH", self.draws.getrandbits(16) | 1024, 7,
                                  self.draws.getrandbits(32), 0, 0x50, 2, 1024, 0, 0)
                self._send(raw, header + ip + tcp)
                if self.draws.random() < 0.02:
                    time.sleep(0.001)

    def stopped(self):
        """They get no processor for a while, and go on."""
        for program in self.soak.programs:
            program.process.send_signal(signal.SIGSTOP)
        time.sleep(STOPPED)
        for program in self.soak.programs:
            program.process.send_signal(signal.SIGCONT)
        return None

    def link_down(self):
        self.soak.server.run("ip link set eth0 down")
        time.sleep(STOPPED)
        self.soak.server.run("ip link set eth0 up")
        self.soak.set_addresses()

    def cable_gone(self):
        """The interface that is captured from vanishes, and one of that name comes."""
        self.soak.server.run("ip link delete eth0")
        time.sleep(STOPPED)
        self.soak.connect()

    def closed_pipe(self):
        """Who reads goes away, which is no error."""
        command = self.soak.tapstat("transitions", "-l")
        with subprocess.Popen(["ip", "netns", "exec", self.soak.server.name, *command],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as reading:
            reading.stdout.readline()
            reading.stdout.close()
            return self._wait(reading, "whose reader is gone", {0})

    def disk_full(self):
        """The disk that is recorded to has room for a little only; the report comes all the same."""
        path = self.soak.small_disk / "full.pcapng"
        command = self.soak.tapstat("states", "-w", str(path))
        with subprocess.Popen(["ip", "netns", "exec", self.soak.server.name, *command],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as recording:
            time.sleep(1)
            self.garbage()
            time.sleep(1)
            recording.send_signal(signal.SIGINT)
            wrong = self._wait(recording, "whose disk is full", {5})
            if "ESTABLISHED" not in recording.stdout.read():
                wrong = wrong or "no report from the one whose disk is full"
        path.unlink(missing_ok=True)
        return wrong

    def killed_recorder(self):
        """What a killed one has recorded can be read up to the last second."""
        path = self.soak.directory / "killed.pcapng"
        command = self.soak.tapstat("states", "-w", str(path))
        with subprocess.Popen(["ip", "netns", "exec", self.soak.server.name, *command],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as recording:
            time.sleep(4)
            killed = time.time()
            os.kill(recording.pid, signal.SIGKILL)
        read = subprocess.run([self.soak.program, "states", "--json", "-r", str(path)], capture_output=True,
                              text=True, check=False)
        path.unlink(missing_ok=True)
        if read.returncode not in (0, 4):
            return f"what a killed one left gives exit status {read.returncode}: {read.stderr.strip()}"
        last = float(read.stdout.split('"last":', 1)[1].split(",", 1)[0].strip("}]"))
        return f"a killed one's file ends {killed - last:.1f} s before" if killed - last > 1.2 else None

    def _raw_socket(self):
        raw = self.soak.client.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        with self.soak.client.entered():
            raw.bind(("eth0", 0))
        return raw

    @staticmethod
    def _send(raw, frame):
        try:
            raw.send(frame)
        except OSError:
            pass  # longer than the link takes, or more than its queue does

    @staticmethod
    def _wait(process, which, wanted):
        try:
            status = process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            return f"one {which} does not end"
        if status not in wanted:
            return f"one {which} ends with {status}: {process.stderr.read().strip()[-300:]}"
        return None


def frames_of(directory):
    """Frames of the samples, to make garbage of."""
    for path in sorted(pathlib.Path(directory).glob("*.pcap")):
        data = path.read_bytes()
        if data[:4] != b"\xd4\xc3\xb2\xa1":
            continue
        at = 24
        while at + 16 < len(data):
            (length,) = struct.unpack_from("<I", data, at + 8)
            if 14 < length <= 1500:
                yield data[at + 16 : at + 16 + length]
            at += 16 + length
