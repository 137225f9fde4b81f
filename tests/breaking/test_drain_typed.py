#!/usr/bin/env python3
"""Ctrl-C at each step of a drain, typed in a terminal: it ends there, says what was done, and offers to scale back.

    test_drain_typed.py

On the simulator. Where the workers are down, the drain asks whether to bring them back: `y` does it at once; `n` leaves the note,
with which `drain --resume` goes on. Afterwards the replicas are what they were, no note is left, and `undo` brings back every row
that went.
"""

import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from checks import expect  # noqa: E402
from databases import Replica  # noqa: E402
from screen import Screen  # noqa: E402

NOTE = "kubectl-akqueue/drain"
CTRL_C = "\x03"
BACK = r"Scale authentik-worker back to 2 now\? \[Y/n\] "
# Where Ctrl-C is typed: what is on the screen then, and how fast the world goes.
STEPS = {
    "while the pods end": ("waiting until 2 worker pods are gone", "0.5"),
    "in the deletion": (r"tasks, +\d+%", "20"),
    "while they become Ready": ("waiting until the workers are Ready", "2"),
    "while it watches": ("watching for 60s whether the queue refills", "20"),
}


class Typed:
    def __init__(self):
        self.peer = Replica(60_000)
        self.peer.environment["TERM"] = "xterm"

    def renew(self, speed):
        self.peer.renew()
        self.peer.environment["AKQUEUE_SIM_SPEED"] = speed
        self.before = self.peer.everything()

    def deployment(self):
        done = subprocess.run(["akqueue-sim", "kubectl", "--world", self.peer.world, "get", "deployment", "authentik-worker", "-n", "authentik", "-o", "json"],
                              env=self.peer.environment, stdout=subprocess.PIPE, check=True)
        found = json.loads(done.stdout)
        return found["spec"]["replicas"], found["metadata"].get("annotations", {}).get(NOTE)

    def is_as_it_was(self, said):
        replicas, note = self.deployment()
        expect(replicas == 2 and note is None, f"{replicas} replicas, note {note}: {said}")
        if self.peer.everything() != self.before:
            status, out, err = self.peer.akqueue("undo", "--yes")
            expect(status == 0, f"undo: {out}{err}")
        expect(self.peer.everything() == self.before, "the rows are not what they were")

    def interrupted(self, step, answer):
        shown, speed = STEPS[step]
        self.renew(speed)
        screen = Screen(["kubectl-akqueue", "drain", "flush", "--yes"], self.peer.environment, (40, 160))
        at = screen.until(shown)
        screen.type(CTRL_C)
        down = step in ("while the pods end", "in the deletion")
        if down:
            screen.until(BACK, at)
            screen.type(answer + "\n")
        status = screen.end()
        said = screen.output[at:]
        if down and answer == "n":
            expect("drain --resume goes on" in said, said)
            replicas, note = self.deployment()
            expect(replicas == 0 and json.loads(note)["replicas"] == 2, f"{replicas} replicas, note {note}")
            self.peer.environment["AKQUEUE_SIM_SPEED"] = "20"
            done, out, err = self.peer.akqueue("drain", "--resume", "--yes", "--follow-for", "0s")
            expect(done == 0 and self.peer.count() == 0, f"{done}: {out}{err}")
        if step == "while the pods end":
            expect(status == 130 and "nothing was deleted" in said, f"{status}: {said}")
        if step == "in the deletion":
            expect(status == 130 and "interrupted" in said and "undo brings them back" in said, f"{status}: {said}")
        if step == "while they become Ready":
            expect(status == 130 and "workers Ready; kubectl get pods" in said, f"{status}: {said}")
        if step == "while it watches":
            expect("whether the queue refills" in screen.output and status in (0, 130), f"{status}: {said}")
        # A resumed drain has a backup of its own: two undos.
        if self.peer.everything() != self.before and down and answer == "n":
            self.peer.akqueue("undo", "--yes")
        self.is_as_it_was(said)


def main():
    typed, failed = Typed(), 0
    try:
        for step, answer in [(step, answer) for step in STEPS for answer in (("y", "n") if step in list(STEPS)[:2] else ("",))]:
            try:
                typed.interrupted(step, answer)
                print(f"ok: Ctrl-C {step}{', ' + answer if answer else ''}", flush=True)
            except AssertionError as wrong:
                failed += 1
                print(f"FAILED: Ctrl-C {step} {answer}: {wrong}", flush=True)
    finally:
        typed.peer.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
