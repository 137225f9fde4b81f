"""Ctrl-C at each step of a drain, typed in a terminal: it ends there, says what was done, and offers to scale back.

On the simulator. Where the workers are down, the drain asks whether to bring them back: `y` does it at once; `n` leaves the note,
with which `drain --resume` goes on. Afterwards the replicas are what they were, no note is left, and `undo` brings back every row
that went.
"""

import contextlib

import pytest

from drains import WORKERS, DrainedSite
from screen import Screen

TASKS = 60_000
CTRL_C = "\x03"
BACK = r"Scale authentik-worker back to 2 now\? \[Y/n\] "


@pytest.fixture(scope="module")
def site():
    with contextlib.closing(DrainedSite(TASKS)) as site:
        yield site


def interrupted(site, shown, speed, answer=None):
    """Ctrl-C is typed when this is shown in a world that goes so fast. (exit status, everything shown, what was shown from there on)"""
    site.renew(speed)
    screen = Screen(["kubectl-akqueue", "drain", "flush", "--yes"], dict(site.environment, XDG_STATE_HOME=site.machines[0]), (40, 160))
    screen.expect(shown)
    at = len(screen.output) - len(screen.buffer)
    screen.type(CTRL_C)
    if answer:
        screen.expect(BACK)
        screen.type(answer + "\n")
    status = screen.end()
    return status, screen.output, screen.output[at:]


def resumed_where_left(site, said):
    """Answered with n: the workers stay away until somebody resumes it, here on another machine."""
    assert "drain --resume goes on" in said
    replicas, note = site.workers()
    assert (replicas, note["replicas"]) == (0, WORKERS), said
    site.goes("20")
    said = site.must_drain("--resume", machine=1)
    assert site.count() == 0, said


@pytest.mark.parametrize("answer", ("y", "n"))
@pytest.mark.parametrize("shown, speed, words", [("waiting until 2 worker pods are gone", "0.5", ("nothing was deleted",)),
                                                 (r"tasks, +\d+%", "20", ("interrupted", "undo brings them back"))],
                         ids=("while the pods end", "in the deletion"))
def test_while_the_workers_are_down(site, shown, speed, words, answer):
    status, _, said = interrupted(site, shown, speed, answer)
    if answer == "n":
        resumed_where_left(site, said)
    assert status == 130 and all(word in said for word in words), said
    site.workers_are_back(said)
    site.rows_are_back()


def test_while_they_become_ready(site):
    status, _, said = interrupted(site, "waiting until the workers are Ready", "2")
    assert status == 130 and "workers Ready; kubectl get pods" in said, said
    site.workers_are_back(said)
    site.rows_are_back()


def test_while_it_watches(site):
    status, output, said = interrupted(site, "watching for 60s to see whether the queue refills", "20")
    assert status in (0, 130) and "whether the queue refills" in output, said
    site.workers_are_back(said)
    site.rows_are_back()
