"""Retries that are killed at moments of a seeded random choice: each row is as it was or as it is to be, with its log, and undo takes
back what was changed. Then one by two operators at once.
"""

import json
import os
import random
import signal
import subprocess
import time

import pytest

from databases import LOGS, TASKS as TABLE
from waiting import wait_until

TASKS = 12000
ROUNDS = 6
# At a rate that holds nothing back: no worker of these sites ever finishes anything.
RETRY = ["kubectl-akqueue", "retry", "--all", "--yes", "--rate", "1000000/s", "-o", "json", "-n", "authentik"]


def count(peer, condition):
    return peer.ask(f"SELECT count(*) FROM {TABLE} WHERE {condition}")


@pytest.fixture(scope="module")
def rejected(peer):
    """All that was queued is rejected; how many that are, and a hash of all rows."""
    peer.renew()
    for line in (["delete", "--all", "--yes"], ["undo", "--as-rejected", "--yes"]):
        status, _, errors = peer.akqueue(*line)
        assert status == 0, errors
    assert notes(peer) == 0
    return count(peer, "state = 'rejected'"), peer.everything()


def started(peer):
    return subprocess.Popen(RETRY, env=peer.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)


def notes(peer):
    """Tasks that are not rejected, and whose log says last that they will be retried."""
    return peer.ask(f"SELECT count(*) FROM {LOGS} WHERE event = 'Task will be retried' AND NOT previous AND "
                    f"task_id IN (SELECT message_id FROM {TABLE} WHERE state <> 'rejected')")


def take_back(peer, before):
    """Every change that is not undone yet, the last one first."""
    for entry in json.loads(peer.akqueue("history", "-o", "json")[1])["entries"]:
        if entry["command"] == "retry" and os.path.exists(entry["backup"]):
            status, _, errors = peer.akqueue("undo", entry["id"], "--yes")
            assert status == 0 or "nothing to undo" in errors, errors
    assert peer.everything() == before, "the rows are not what they were"


@pytest.mark.parametrize("number", range(ROUNDS))
def test_killed(peer, rejected, seed, number):
    tasks, before = rejected
    choice = random.Random(f"{seed} {number}")
    process = started(peer)
    time.sleep(choice.uniform(0.1, 2.0))
    process.send_signal(choice.choice((signal.SIGKILL, signal.SIGINT)))
    process.communicate(timeout=60)
    wait_until(lambda: not peer.leftovers(), "something is left")
    retried = tasks - count(peer, "state = 'rejected'")
    print(f"round {number}: {retried} of {tasks} retried")
    assert notes(peer) == retried
    take_back(peer, before)


def test_two_at_once(peer, rejected):
    """Each task is retried once, by one of them, and each record is of those that it changed."""
    tasks, before = rejected
    done = [process.communicate(timeout=120)[0] for process in [started(peer), started(peer)]]
    results = [json.loads(one).get("result", {"changed": 0})["changed"] for one in done]
    print(f"{results} retried")
    assert sum(results) == tasks - count(peer, "state = 'rejected'") == notes(peer)
    take_back(peer, before)
