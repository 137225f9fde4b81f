"""Waiting for what must happen, and the processes that it happens in."""

import subprocess
import time

PATIENCE_S = 30


def wait_until(happens, wrong, patience_s=PATIENCE_S, every_s=0.02):
    """Asks until the answer is true. `wrong` says what has not happened; it may be asked at the end."""
    deadline = time.monotonic() + patience_s
    while not happens():
        assert time.monotonic() < deadline, wrong() if callable(wrong) else wrong
        time.sleep(every_s)


def children(pid):
    found = subprocess.run(["pgrep", "-P", str(pid)], stdout=subprocess.PIPE, check=False).stdout.split()
    return [int(child) for child in found]
