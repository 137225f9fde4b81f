"""A connection to the API server that is slow, stalls or is cut at any moment: nothing is lost, and the error says so."""

import random
import time

import objects
from bed import ended_after, expect, wait_during, wait_for
from line import Line

HERE = ("-n", objects.NAMESPACE)
# A session over a line that says nothing is given up by kubectl after a minute or so.
GIVEN_UP_S = 150

MANY = 60000  # their deletion takes seconds


def said_clearly(errors):
    return "error: " in errors and "Traceback" not in errors and "unforeseen" not in errors


def later(most=0.4):
    """A moment that is another each time, and printed."""
    moment = random.uniform(0, most)
    print(f"  {moment:.3f} s later")
    time.sleep(moment)


def bring_back(bed, before):
    """Undoes until all is as it was; the line is well again."""
    wait_for(lambda: not bed.sessions(), "the agent's sessions to end", 20)
    if bed.everything() != before:
        bed.akqueue("undo", "--yes", *HERE)
    expect(bed.everything() == before, "the rows are not what they were")


def test_slow(bed):
    """Fifty milliseconds each way and 400 kB a second: it takes longer, and all is as it should be."""
    bed.flood(400)
    before = bed.everything()
    with Line(bed.port, delay_s=0.05, bytes_per_s=400_000) as line:
        slow = bed.over(line)
        expect(bed.akqueue("status", *HERE, "-o", "json", environment=slow).document["tasks"] == 400, "another count")
        bed.akqueue("flush", "--yes", *HERE, environment=slow)
        expect(bed.tasks() == 0, "tasks are left")
        bed.akqueue("undo", "--yes", *HERE, environment=slow)
        bed.akqueue("drain", "delete", "--state", "done", "--yes", "--follow-for", "0s", *HERE, environment=slow)
        expect(bed.replicas() == 3 and bed.tasks("state = 'done'") == 0, "not drained")
    bring_back(bed, before)


def test_stands_still_for_a_while(bed):
    """Five seconds without a byte in the middle of a deletion: it goes on where it was."""
    bed.flood(MANY)
    before = bed.everything()
    with Line(bed.port) as line:
        with ended_after(bed.start("flush", "--yes", *HERE, environment=bed.over(line))) as flushing:
            wait_during(flushing, lambda: bed.tasks() < MANY, "the first deletion")
            later()
            line.hold()
            time.sleep(5)
            expect(flushing.poll() is None, "it did not wait")
            line.let_go()
            out, errors = flushing.communicate(timeout=120)
    expect(flushing.returncode == 0 and bed.tasks() == 0, out + errors)
    bring_back(bed, before)


def test_stands_still_for_good(bed):
    """Nothing comes any more: each command ends by itself, says so, and nothing is lost. Ctrl-C need not wait for that."""
    bed.flood(MANY)
    before = bed.everything()
    with Line(bed.port) as line:
        silent = bed.over(line)
        with ended_after(bed.start("watch", "--until", "tasks<0", "--timeout", "20s", "--interval", "1s", *HERE, environment=silent)) as watching, \
                ended_after(bed.start("flush", "--yes", *HERE, environment=silent)) as flushing:
            expect(watching.stdout.readline(), "a first look")
            wait_during(flushing, lambda: bed.tasks() < MANY, "the first deletion")
            later()
            line.hold()
            with ended_after(bed.start("status", *HERE, environment=silent)) as looking:
                began = time.monotonic()
                # watch has a time of its own, and keeps to it however long kubectl would.
                for name, process, limit in (("watch", watching, 40), ("status", looking, GIVEN_UP_S), ("flush", flushing, GIVEN_UP_S)):
                    out, errors = process.communicate(timeout=limit)
                    print(f"  {name} ended after {time.monotonic() - began:.0f} s with {process.returncode}: {errors.strip().splitlines()[-2:]}")
                    expect(process.returncode in (1, 4, 5) and said_clearly(errors), out + errors)
    bring_back(bed, before)


def cut_in(bed, words, when, status, tasks=20000):
    """The command over a line that is cut a moment after `when` holds; what it said."""
    with Line(bed.port) as line:
        with ended_after(bed.start(*words, *HERE, environment=bed.over(line))) as process:
            wait_during(process, when, "the moment to cut")
            later()
            line.cut()
            out, errors = process.communicate(timeout=120)
    print(f"  {words[0]} ended with {process.returncode}, {bed.tasks()} of {tasks} tasks there: {errors.strip().splitlines()[-1:]}")
    expect(process.returncode in status, out + errors)
    expect(process.returncode == 0 or said_clearly(errors), out + errors)
    return out + errors


def test_cut_in_status(bed):
    """Cut when it has carried a part of what a look carries: refused clearly (or kubectl asked again), and the next look works."""
    bed.flood(10)
    with Line(bed.port) as line:
        bed.akqueue("status", *HERE, environment=bed.over(line))
        whole = line.carried
    for part in (0.1, 0.5, 0.8, 0.95):
        with Line(bed.port) as line:
            with ended_after(bed.start("status", *HERE, environment=bed.over(line))) as looking:
                while looking.poll() is None and line.carried < part * whole:
                    time.sleep(0.001)
                line.cut()
                out, errors = looking.communicate(timeout=60)
        print(f"  cut after {part:.0%} of {whole} bytes: {looking.returncode}: {errors.strip().splitlines()[-2:]}")
        expect(looking.returncode == 0 or (looking.returncode == 1 and said_clearly(errors) and "hint: " in errors), out + errors)
        expect("hint: run it again with -v" not in errors, errors)
    bed.akqueue("status", *HERE)


def test_cut_in_flush(bed):
    """What is deleted by then is in the backup."""
    bed.flood(20000)
    before = bed.everything()
    said = cut_in(bed, ("flush", "--yes"), lambda: bed.tasks() < 20000, (0, 1, 4))
    expect(bed.tasks() == 0 or "kubectl akqueue undo" in said, said)
    bring_back(bed, before)


def test_cut_in_undo(bed):
    """A second undo brings back the rest."""
    bed.flood(20000)
    before = bed.everything()
    bed.akqueue("flush", "--yes", *HERE)
    cut_in(bed, ("undo", "--yes"), lambda: bed.tasks() > 0, (0, 1, 4))
    bring_back(bed, before)


def test_cut_in_watch(bed):
    """The look that failed is shown as one, and the next goes on."""
    bed.flood(10)
    with Line(bed.port) as line:
        with ended_after(bed.start("watch", "--interval", "1s", "--until-empty", *HERE, environment=bed.over(line))) as watching:
            expect(watching.stdout.readline(), "a first look")
            expect(line.cut() > 0, "no connection was open")
            wait_during(watching, bed.sessions, "its next session")
            bed.psql("DELETE FROM authentik_tasks_tasklog; DELETE FROM authentik_tasks_task")
            out, errors = watching.communicate(timeout=60)
    expect(watching.returncode == 0, out + errors)


def drained_over_a_cut(bed, when):
    """A drain whose line is cut then has ended well or is unfinished; --resume finishes it, and undo has all of it."""
    bed.flood(20000)
    before = bed.everything()
    bed.behave(ends_after="2s")
    cut_in(bed, ("drain", "--yes", "--follow-for", "0s"), when, (0, 1, 4, 5))
    if "kubectl-akqueue/drain" in bed.get("deployment", "authentik-worker")["metadata"]["annotations"]:
        print("  unfinished: resumed")
        bed.akqueue("drain", "--resume", "--yes", "--follow-for", "0s", *HERE)
    wait_for(lambda: bed.replicas() == 3 and bed.settled(), "three workers again")
    for _ in range(2):
        if bed.everything() != before:
            bed.akqueue("undo", "--yes", *HERE, wanted=None)
    expect(bed.everything() == before, "the rows are not what they were")


def test_cut_in_drain_while_it_waits(bed):
    """While the pods end: no kubectl of that moment may take the workers' way back with it."""
    drained_over_a_cut(bed, lambda: bed.replicas() == 0)


def test_cut_in_drain_while_it_deletes(bed):
    """In the deletion: the workers come back, or --resume brings them."""
    drained_over_a_cut(bed, lambda: bed.tasks() < 20000)
