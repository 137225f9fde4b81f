"""The API server ends by kill -9 in the middle of something, and comes back where it was."""

import contextlib
import random
import time

import objects
from bed import ended_after, expect, wait_during, wait_for

HERE = ("-n", objects.NAMESPACE)
QUICK = ("--yes", "--follow-for", "0s", *HERE)


@contextlib.contextmanager
def well_afterwards(bed):
    try:
        yield
    finally:
        bed.api_server(True)


def last_words(errors):
    return errors.strip().splitlines()[-3:]


def until_said(process, words):
    """What the process says up to the line with these words, or up to its end."""
    said = ""
    for line in iter(process.stderr.readline, ""):
        said += line
        if words in line:
            break
    return said


def test_during_flush(bed):
    """The session ends with it, what was deleted by then is in the backup, and undo has it."""
    bed.flood(20000)
    before = bed.everything()
    with well_afterwards(bed), ended_after(bed.start("flush", "--yes", *HERE)) as flushing:
        wait_during(flushing, lambda: bed.tasks() < 20000, "the first deletion")
        moment = random.uniform(0, 0.4)
        time.sleep(moment)
        bed.api_server(False)
        out, errors = flushing.communicate(timeout=60)
    left = bed.tasks()
    print(f"  killed {moment:.3f} s after the first deletion, {left} left: {flushing.returncode} {last_words(errors)}")
    expect(flushing.returncode in (0, 1, 4) and (left == 0 or "error: " in errors), out + errors)
    wait_for(lambda: not bed.sessions(), "the agent's sessions to end", 20)
    if left < 20000:
        bed.akqueue("undo", "--yes", *HERE)
    expect(bed.everything() == before, "the rows are not what they were")


def test_while_a_drain_waits(bed):
    """It is back before the pods are gone: the drain has waited for both, and ends as if nothing had been."""
    bed.flood(100)
    bed.behave(ends_after="15s")
    with well_afterwards(bed), ended_after(bed.start("drain", *QUICK)) as draining:
        wait_during(draining, lambda: bed.replicas() == 0, "the scaling down")
        bed.api_server(False)
        said = until_said(draining, "can't look now")
        bed.api_server(True)
        out, errors = draining.communicate(timeout=120)
        print(f"  {draining.returncode} {last_words(errors)}")
    expect(draining.returncode == 0 and bed.tasks() == 0, out + said + errors)
    expect("can't look now" in said, out + said + errors)
    wait_for(lambda: bed.replicas() == 3 and bed.settled(), "three workers again")


def test_longer_than_a_drain_waits(bed):
    """It stays away: nothing is deleted, that the workers are down is said, and --resume finishes it."""
    bed.flood(100)
    bed.behave(ends_after="10s")
    with well_afterwards(bed), ended_after(bed.start("drain", "--timeout", "3s", *QUICK)) as draining:
        wait_during(draining, lambda: bed.replicas() == 0, "the scaling down")
        bed.api_server(False)
        out, errors = draining.communicate(timeout=120)
        print(f"  {draining.returncode} {last_words(errors)}")
    expect(draining.returncode not in (None, 0) and bed.tasks() == 100, out + errors)
    expect("the workers are still at 0; kubectl akqueue drain --cancel scales them back" in errors, out + errors)
    expect(bed.replicas() == 0, "somebody scaled it back")
    status = bed.akqueue("status", *HERE)
    expect("drain --resume" in status.out + status.errors, status)
    bed.akqueue("drain", "--resume", *QUICK)
    expect(bed.tasks() == 0, "not deleted")
    wait_for(lambda: bed.replicas() == 3 and bed.settled(), "three workers again")


def test_during_watch(bed):
    """Looks that fail are said to, and it goes on when the API server is back."""
    bed.flood(10)
    with well_afterwards(bed), ended_after(bed.start("watch", "--interval", "1s", "--until-empty", *HERE)) as watching:
        expect(watching.stdout.readline(), "a first look")
        bed.api_server(False)
        wait_for(lambda: not bed.sessions(), "its session to end", 20)
        bed.api_server(True)
        wait_during(watching, bed.sessions, "its next session")
        bed.psql("DELETE FROM authentik_tasks_tasklog; DELETE FROM authentik_tasks_task")
        out, errors = watching.communicate(timeout=90)
        print(f"  {watching.returncode} {last_words(out + errors)}")
    expect(watching.returncode == 0, out + errors)
