"""Kills a drain at each of its steps, and finishes it from another machine.

On the simulator, whose pods take their time. The plugin is killed before and after each change of the deployment, while it
waits for the pods, and in the middle of the deletion. Whatever it had come to: nothing is left running; a note on the
deployment says what is needed; `status` tells of it and a second drain is refused; `drain --resume` in a state directory of its
own brings the workers back to what was there; and what the two have deleted comes back by their backups, compared by a hash
of all rows.
"""

import contextlib
import os

import pytest

import fault_proxy
from drains import WORKERS, DrainedSite
from waiting import wait_until

TASKS = 4000
# Kills its parent, before or after doing what kubectl should do, if that is the requested call; or
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
BREAKS = ("patch 1 before", "patch 1 after", "get 2 before", "get 2 after", "patch 2 before", "patch 2 after", "patch 3 before",
          "patch 3 after", "get 4 after")
FAULTS = ("kill-plugin before commit", "kill-plugin answered commit", "kill-plugin rows copy_out")


class Breaking(DrainedSite):
    """A site whose drain meets with something at a moment that is chosen."""

    def __init__(self):
        super().__init__(TASKS)
        self.wrappers, self.between = (os.path.join(self.scratch, name) for name in ("wrappers", "between"))
        for folder in (self.wrappers, self.between):
            os.mkdir(folder)
        wrapper = os.path.join(self.wrappers, "akqueue-sim")
        with open(wrapper, "w", encoding="utf-8") as file:
            file.write(WRAPPER)
        os.chmod(wrapper, 0o755)
        fault_proxy.stand_in(self.between)
        self.count_file = os.path.join(self.scratch, "count")

    def at_call(self, moment):
        """The environment in which that call of kubectl goes wrong."""
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.count_file)
        return {"AKQUEUE_KILL": moment, "AKQUEUE_KILL_COUNT": self.count_file, "PATH": f"{self.wrappers}:{os.environ['PATH']}"}

    def in_session(self, fault):
        return {"AKQUEUE_FAULT": fault, "AKQUEUE_FAULT_DONE": os.path.join(self.scratch, "done"),
                "PATH": f"{self.between}:{os.environ['PATH']}"}

    def kill(self, moment):
        """A drain that is killed then, and leaves no process running for long."""
        environment = self.at_call(moment) if moment in KILLS else self.in_session(moment)
        status, out, err = self.drain("flush", "--reason", "a test", AKQUEUE_FAULT_PATH=os.environ["PATH"], **environment)
        assert status == -9, f"it was not killed: {out}{err}"
        wait_until(lambda: not self.leftovers(), lambda: f"left running: {self.leftovers()}", 8)


@pytest.fixture(scope="module")
def made_site():
    with contextlib.closing(Breaking()) as site:
        yield site


@pytest.fixture
def site(made_site):
    made_site.renew()
    return made_site


@pytest.mark.parametrize("moment", KILLS + FAULTS)
def test_killed_and_resumed(site, moment):
    site.kill(moment)
    note = site.workers()[1]
    assert (note is not None) == (moment not in ("patch 1 before", "patch 3 after"))
    if note:
        assert (note["replicas"], note["reason"]) == (WORKERS, "a test")
        status, out, err = site.on(1, "drain", "flush", "--yes")
        assert status == 3 and "drain --resume" in err, f"a second drain is not refused: {out}{err}"
        status, out, err = site.on(1, "status")
        assert status == 0 and "drain --resume" in out, f"status does not tell of it: {out}{err}"
        said = site.must_drain("--resume", machine=1)
        assert site.count() == 0, said
        assert "before " not in said or "reason: a test" in said, f"the summary has lost the reason: {said}"
    site.workers_are_back("after the resumption")
    site.rows_are_back()


@pytest.mark.parametrize("moment", BREAKS)
def test_cut_off(site, moment):
    """One kubectl's connection is reset: the drain lives, and brings the workers back, whatever it could delete."""
    status, out, err = site.drain(AKQUEUE_BREAK_OFF="1", AKQUEUE_FAULT_PATH=os.environ["PATH"], **site.at_call(moment))
    assert os.path.exists(site.count_file), "it has not come to that"
    site.workers_are_back(f"{status}: {out}{err}")
    if status == 0:
        assert site.count() == 0, f"{out}{err}"
    else:
        assert "error: " in err, f"{out}{err}"
    site.rows_are_back()


def test_cancelled(site):
    """--cancel scales back to what was there and deletes nothing."""
    site.kill("patch 1 after")
    site.must_drain("--cancel", machine=1)
    site.workers_are_back("after the cancellation")
    assert site.everything() == site.before, "rows have gone"
