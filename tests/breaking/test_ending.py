"""Ends the plugin in the middle of a deletion, at moments of a seeded random choice, and looks at what stays.

By Ctrl-C once (ends after the batch), by Ctrl-C twice (ends at once), by SIGKILL of the plugin or of its kubectl, and by
cutting the agent's connection to the database (the replica has none; its kubectl dies of SIGTERM). test_faults.py breaks the
session at chosen steps; here the clock chooses. --rounds N ends so many deletions, every second one of a way with --jobs 2, of
which one kubectl is killed.

Afterwards: every task is in the table, with exactly its log rows, or in a backup that `undo` takes; the summary's figures add
up; no process and no database session is left; the history knows of the command; and after `undo` every row is there again,
compared by a hash of all rows.
"""

import json
import os
import random
import signal
import subprocess
import time

import pytest

from waiting import children, wait_until

TASKS = 30000
WAYS = {"ctrl-c": [signal.SIGINT], "ctrl-c twice": [signal.SIGINT, signal.SIGINT], "kill": [signal.SIGKILL], "kill kubectl": [], "cut": []}


def pytest_generate_tests(metafunc):
    if "way" in metafunc.fixturenames:
        rounds = [(list(WAYS)[number % len(WAYS)], number) for number in range(metafunc.config.option.rounds)]
        metafunc.parametrize("way, number", rounds)


def akqueue(peer, *arguments):
    """(exit status, document, standard error)"""
    status, out, errors = peer.akqueue(*arguments, "-o", "json")
    return status, json.loads(out) if out else None, errors


def take_back(peer, before, hash_before, after):
    """Undoes what was deleted; every row must be as it was."""
    entries = akqueue(peer, "history")[1]["entries"]
    if not entries or entries[0]["command"] != "flush":
        assert after == before, "rows are gone, and the history knows of no flush"
        return
    status, document, errors = akqueue(peer, "undo", "--yes")
    if status == 0:
        assert document["result"]["restored"] == before - after
    else:
        # Killed before its first batch it has left no backup to take back.
        assert after == before, f"undo ends with {status}: {errors}"
        assert "nothing to undo" in errors or "was" in errors
    assert peer.everything() == hash_before, "the rows are not what they were"


def counted(peer):
    """By the plugin itself: the next command works."""
    status, document, errors = akqueue(peer, "status")
    assert status == 0, "status does not work afterwards: " + errors
    return document["tasks"]


def ended(peer, way, jobs, delay):
    """A flush that is ended after `delay` seconds: its exit status, output and errors."""
    process = subprocess.Popen(["kubectl-akqueue", "flush", "--yes", "--jobs", jobs, "-o", "json", "-n", "authentik"], env=peer.environment,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    time.sleep(delay)
    for one in WAYS[way]:
        process.send_signal(one)
        time.sleep(0.05)
    if way == "kill kubectl":
        for pid in children(process.pid)[:1]:
            os.kill(pid, signal.SIGKILL)
    if way == "cut":
        peer.cut(children(process.pid))
    output, errors = process.communicate(timeout=60)
    return process.returncode, output, errors.decode()


def check_report(way, status, output, errors, before, after):
    """What it says of itself is what was done. Returns whether it was in its middle."""
    if status == -signal.SIGKILL:
        print(f"killed, {before - after} deleted")
        return before > after
    assert status in ((0, 130) if WAYS[way] else (0, 1, 4)), errors
    if not output:
        # Ended before the first row: the command had nothing to report yet.
        assert status in (130, 1) and after == before, f"no report, {before} before, {after} after: {errors}"
        return False
    result = json.loads(output)["result"]
    assert result["deleted"] <= before - after <= result["deleted"] + result["in_doubt"], f"{before} before, {after} after: {result}"
    assert (status == 130) == (result["ending"] == "interrupted"), result
    print(f"{result['ending']}, {result['deleted']} deleted, {result['in_doubt']} in doubt")
    return result["ending"] != "complete" and result["deleted"] > 0


@pytest.fixture(scope="module")
def in_the_middle():
    """The rounds that were ended there."""
    return []


def test_ended(peer, seed, way, number, in_the_middle):
    peer.renew()
    before, hash_before = counted(peer), peer.everything()
    delay = random.Random(f"{seed} {number}").uniform(0.2, 1.6)
    jobs = "12"[number // len(WAYS) % 2]
    print(f"{way} of {jobs} after {delay:.2f} s")
    status, output, errors = ended(peer, way, jobs, delay)
    wait_until(lambda: not peer.leftovers(), lambda: f"left running: {peer.leftovers()}", 5)
    after = counted(peer)
    assert peer.strays() == 0, "log rows without their task"
    take_back(peer, before, hash_before, after)
    if check_report(way, status, output, errors, before, after):
        in_the_middle.append(number)


def test_some_were_ended_in_the_middle(in_the_middle):
    assert in_the_middle, "not one deletion was ended in its middle, so nothing was shown"
