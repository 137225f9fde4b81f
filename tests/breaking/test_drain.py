#!/usr/bin/env python3
"""Kills a drain at each of its steps, and finishes it from another machine.

    test_drain.py

On the simulator, whose pods take their time. The plugin is killed before and after each change of the deployment, while it
waits for the pods, and in the middle of the deletion. Whatever it had come to: nothing is left running; a note on the
deployment says what is needed; `status` tells of it and a second drain is refused; `drain --resume` in a state directory of its
own brings the workers back to what was there; and what the two have deleted comes back by their backups, compared by a hash
of all rows.
"""

import json
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import fault_proxy  # noqa: E402
from checks import Broken, expect  # noqa: E402
from databases import Replica  # noqa: E402

NOTE = "kubectl-akqueue/drain"
# Kills whoever started it, before or after it has done what kubectl shall do, when that is the call that was asked for; or
# breaks off at that moment, as a kubectl whose connection was reset.
WRAPPER = """#!/usr/bin/env python3
import os, signal, subprocess, sys
path = os.environ["AKQUEUE_FAULT_PATH"]
verb, number, moment = os.environ["AKQUEUE_KILL"].split()
count = os.environ["AKQUEUE_KILL_COUNT"]
here = False
if verb in sys.argv[1:]:
    with open(count, "a+") as file:
        file.seek(0)
        here = len(file.read()) + 1 == int(number)
        file.write(".")
def fail():
    if os.environ.get("AKQUEUE_BREAK_OFF"):
        print("Unable to connect to the server: read: connection reset by peer", file=sys.stderr)
    else:
        os.kill(os.getppid(), signal.SIGKILL)
    sys.exit(1)
if here and moment == "before":
    fail()
os.environ["PATH"] = path
status = subprocess.call([os.path.basename(sys.argv[0]), *sys.argv[1:]])
if here:
    fail()
sys.exit(status)
"""
# The calls of kubectl: patch 1 notes and scales down, patch 2 notes that the deletion is done, patch 3 scales back.
KILLS = ("patch 1 before", "patch 1 after", "get 3 after", "patch 2 before", "patch 2 after", "patch 3 before", "patch 3 after")
BREAKS = ("patch 1 before", "patch 1 after", "get 2 before", "get 2 after", "patch 2 before", "patch 2 after", "patch 3 before", "patch 3 after", "get 4 after")
FAULTS = ("kill-plugin before commit", "kill-plugin answered commit", "kill-plugin rows copy_out")


class Drains:
    def __init__(self):
        self.peer = Replica(4000)
        self.peer.environment["AKQUEUE_SIM_SPEED"] = "20"
        self.machines = [os.path.join(self.peer.scratch, name) for name in ("one", "two")]
        self.scratch = tempfile.mkdtemp(prefix="akqueue-drain.")
        self.wrappers, self.between = os.path.join(self.scratch, "wrappers"), os.path.join(self.scratch, "between")
        for folder in (self.wrappers, self.between):
            os.mkdir(folder)
        with open(os.path.join(self.wrappers, "akqueue-sim"), "w", encoding="utf-8") as file:
            file.write(WRAPPER)
        os.chmod(os.path.join(self.wrappers, "akqueue-sim"), 0o755)
        fault_proxy.stand_in(self.between)

    def renew(self):
        self.peer.renew()
        self.before = self.peer.everything()

    def deployment(self):
        done = subprocess.run(["akqueue-sim", "kubectl", "--world", self.peer.world, "get", "deployment", "authentik-worker", "-n", "authentik", "-o", "json"],
                              env=self.peer.environment, stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)

    def note(self):
        return self.deployment()["metadata"].get("annotations", {}).get(NOTE)

    def akqueue(self, machine, *arguments, **environment):
        return self.peer.akqueue(*arguments, XDG_STATE_HOME=self.machines[machine], **environment)

    def must(self, machine, *arguments):
        status, out, err = self.akqueue(machine, *arguments)
        expect(status == 0, f"{' '.join(arguments)} ends with {status}: {out}{err}")
        return out

    def at(self, moment):
        """The environment in which that call of kubectl goes wrong."""
        count = os.path.join(self.scratch, "count")
        if os.path.exists(count):
            os.remove(count)
        return {"AKQUEUE_KILL": moment, "AKQUEUE_KILL_COUNT": count, "PATH": f"{self.wrappers}:{os.environ['PATH']}"}

    def broken_off(self, moment):
        """One kubectl's connection is reset: the drain lives, and brings the workers back, whatever it could delete."""
        self.renew()
        status, out, err = self.akqueue(0, "drain", "flush", "--yes", "--follow-for", "0s", AKQUEUE_BREAK_OFF="1", AKQUEUE_FAULT_PATH=os.environ["PATH"], **self.at(moment))
        expect(os.path.exists(os.path.join(self.scratch, "count")), "it has not come to that")
        deployment = self.deployment()
        expect(deployment["spec"]["replicas"] == 2 and self.note() is None, f"{status}: {deployment['spec']['replicas']} replicas, note {self.note()}: {out}{err}")
        expect(status == 0 or "error: " in err, f"{status}: {out}{err}")
        expect(status != 0 or self.peer.count() == 0, f"{self.peer.count()} tasks are left: {out}{err}")
        self.take_back()

    def break_off(self, kill):
        path = os.environ["PATH"]
        if kill in KILLS:
            environment = self.at(kill)
        else:
            environment = {"AKQUEUE_FAULT": kill, "AKQUEUE_FAULT_DONE": os.path.join(self.scratch, "done"), "PATH": f"{self.between}:{path}"}
        status, out, err = self.akqueue(0, "drain", "flush", "--yes", "--reason", "a test", "--follow-for", "0s", AKQUEUE_FAULT_PATH=path, **environment)
        expect(status == -9, f"it was not killed, but ended with {status}: {out}{err}")

    def settle(self):
        """What was killed leaves nothing behind for long."""
        deadline = time.monotonic() + 8
        while self.peer.leftovers():
            expect(time.monotonic() < deadline, f"left running: {self.peer.leftovers()}")
            time.sleep(0.02)

    def check_refusal(self):
        status, out, err = self.akqueue(1, "drain", "flush", "--yes")
        expect(status == 3 and "drain --resume" in err, f"a second drain is not refused: {status}: {out}{err}")
        said = self.must(1, "status")
        expect("drain --resume" in said, f"status does not tell of it: {said}")

    def take_back(self):
        for machine in (1, 0):
            if self.peer.everything() == self.before:
                return
            status, out, err = self.akqueue(machine, "undo", "--yes")
            expect(status == 0 or "nothing to undo" in err, f"undo: {out}{err}")
        expect(self.peer.everything() == self.before, "the rows are not what they were")

    def case(self, kill):
        self.renew()
        self.break_off(kill)
        self.settle()
        begun = self.note() is not None
        expect(begun == (kill not in ("patch 1 before", "patch 3 after")), f"the note is {self.note()}")
        if begun:
            note = json.loads(self.note())
            expect(note["replicas"] == 2 and note["reason"] == "a test", f"the note is {note}")
            self.check_refusal()
            said = self.must(1, "drain", "--resume", "--yes", "--follow-for", "0s")
            expect(kill == "patch 1 before" or self.peer.count() == 0, f"{self.peer.count()} tasks are left: {said}")
            expect("before " not in said or "reason: a test" in said, f"the summary has lost the reason: {said}")
        deployment = self.deployment()
        expect(deployment["spec"]["replicas"] == 2 and self.note() is None, f"{deployment['spec']['replicas']} replicas, note {self.note()}")
        self.take_back()

    def cancelled(self):
        """--cancel scales back to what was there and deletes nothing."""
        self.renew()
        self.break_off("patch 1 after")
        self.must(1, "drain", "--cancel", "--yes", "--follow-for", "0s")
        expect(self.deployment()["spec"]["replicas"] == 2 and self.note() is None, "not back")
        expect(self.peer.everything() == self.before, "rows have gone")


def main():
    drains, failed = Drains(), 0
    try:
        for name, case, arguments in [*((kill, drains.case, (kill,)) for kill in KILLS + FAULTS),
                                      *((f"{moment}, cut off", drains.broken_off, (moment,)) for moment in BREAKS), ("cancel", drains.cancelled, ())]:
            try:
                case(*arguments)
                print(f"ok: {name}", flush=True)
            except Broken as broken:
                failed += 1
                print(f"FAILED: {name}: {broken}", flush=True)
    finally:
        drains.peer.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
