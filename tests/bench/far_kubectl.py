#!/usr/bin/python3
"""A kubectl at the other end of a long line: `exec` has what passes arrive FAR_S seconds later, in both directions, as fast as before.

Runs the kubectl that is next on PATH. Nothing else is slower: a plugin's other questions go to the API server, not to the database.
"""

import os
import queue
import shutil
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PIECE = 1 << 16


def next_kubectl():
    others = os.pathsep.join(path for path in os.environ["PATH"].split(os.pathsep) if path != os.environ["FAR_FOLDER"])
    return shutil.which("kubectl", path=others), others


def carry(source, target, delay_s):
    """Until the source ends; then closes the target."""
    line = queue.Queue()

    def read():
        while data := os.read(source, PIECE):
            line.put((time.monotonic() + delay_s, data))
        line.put((time.monotonic() + delay_s, b""))

    threading.Thread(target=read, daemon=True).start()
    while True:
        due, data = line.get()
        time.sleep(max(0.0, due - time.monotonic()))
        if not data:
            break
        view = memoryview(data)
        while view:
            view = view[os.write(target, view):]
    os.close(target)


def main():
    kubectl, path = next_kubectl()
    if "exec" not in sys.argv:
        os.execve(kubectl, [kubectl, *sys.argv[1:]], {**os.environ, "PATH": path})
    one_way = float(os.environ["FAR_S"]) / 2
    process = subprocess.Popen([kubectl, *sys.argv[1:]], env={**os.environ, "PATH": path}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    threading.Thread(target=carry, args=(0, process.stdin.fileno(), one_way), daemon=True).start()
    carry(process.stdout.fileno(), 1, one_way)
    sys.exit(process.wait())


if __name__ == "__main__":
    main()
