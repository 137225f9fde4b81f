"""What a command costs: how long it takes, and, from /proc while it runs, the memory and the processor time of the plugin, of the agent and
of the database's server.

Not from wait4(): Linux counts what a script held before the child's exec as the child's, and the server is no child.
"""

import os
import subprocess
import threading
import time

EVERY_S = 0.02  # at first; later it is SELDOM_S, which costs the processors that are measured next to nothing
SELDOM_S = 0.2
OFTEN_FOR_S = 1
TICKS = os.sysconf("SC_CLK_TCK")
PARTS = ("plugin", "agent", "server")


def part_of(command, name):
    """Which of them a process is; None for others."""
    if name.startswith("kubectl-akqueue"):
        return "plugin"
    if (name.startswith("python") and b"sys.stdin.buffer.readline" in command) or name.startswith("akqueue-sim"):
        return "agent"
    return "server" if name.startswith("postgres") else None


def read_process(pid):
    """(part, peak KiB, processor seconds)"""
    with open(f"/proc/{pid}/cmdline", "rb") as file:
        command = file.read()
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        text = file.read()
    name = text[text.index("(") + 1:text.rindex(")")]
    part = part_of(command, name)
    if part is None:
        return None, 0, 0
    fields = text[text.rindex(")") + 2:].split()
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        peak = next((int(line.split()[1]) for line in file if line.startswith("VmHWM")), 0)
    return part, peak, (int(fields[11]) + int(fields[12])) / TICKS


class Observer(threading.Thread):
    """Of all processes, from its start to its end."""

    def __init__(self):
        super().__init__(daemon=True)
        self.peaks = dict.fromkeys(PARTS, 0)  # KiB
        self.over = False
        self.first, self.last = {}, {}
        self.look(self.first)

    def look(self, seen):
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                part, peak, seconds = read_process(pid)
            except (OSError, ValueError):
                continue
            if part is not None:
                self.peaks[part] = max(self.peaks[part], peak)
                seen[pid] = (part, seconds)

    def run(self):
        began = time.monotonic()
        while not self.over:
            self.look(self.last)
            time.sleep(EVERY_S if time.monotonic() - began < OFTEN_FOR_S else SELDOM_S)

    def end(self):
        """Processor seconds of each part."""
        self.over = True
        self.join()
        self.look(self.last)
        seconds = dict.fromkeys(PARTS, 0.0)
        for pid, (part, sum_) in self.last.items():
            seconds[part] += sum_ - self.first.get(pid, (part, 0.0))[1]
        return seconds


def measured(command, environment=None):
    """{"seconds", "peak_kib": {part}, "cpu_s": {part}, "out"}"""
    observer = Observer()
    observer.start()
    began = time.monotonic()
    process = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
    seconds = time.monotonic() - began
    cpu = observer.end()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed: {process.stderr.decode()}")
    return {"seconds": seconds, "peak_kib": observer.peaks, "cpu_s": cpu, "out": process.stdout}


def timed(command, environment=None, rounds=1):
    """For what takes milliseconds: without an observer beside it. The least of some rounds."""
    least = None
    for _ in range(rounds):
        began = time.monotonic()
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=True)
        least = min(least or 1e9, time.monotonic() - began)
    return {"seconds": least}
