"""Tasks that wait for others, in the tables of 2026.8 (on PostgreSQL: with-cluster --release 2026.8): all edges between them
come back, and no worker could ever have run one too soon.
"""

import contextlib
import random
import sqlite3
import subprocess
import threading

import pytest

from databases import TASKS as TASK_TABLE
from trials import DEPENDENCIES, ROWS, Trial, change, kill_undos, listed, some_ids
from waiting import wait_until

TASKS = ROWS
WAITING = 1000


def make_dependencies(peer):
    """Some queued tasks wait, each for three from all over the table, waiting and finished ones among them, but one at least
    that is not done; never in a circle."""
    choice = random.Random(1)
    waiting = some_ids(peer, "state = 'queued'", WAITING)
    others = some_ids(peer, f"message_id NOT IN ({listed(waiting)})", ROWS)
    unfinished = some_ids(peer, f"state = 'queued' AND message_id NOT IN ({listed(waiting)})", ROWS)
    choice.shuffle(waiting)

    def awaited_by(number):
        first = choice.choice(unfinished + waiting[:number])
        return [first, *choice.sample([other for other in others if other != first], 2)]

    pairs = [(task, dependency) for number, task in enumerate(waiting) for dependency in awaited_by(number)]
    # Where rows were written without triggers, their status is what those make of it from now on.
    change(peer, f"UPDATE {TASK_TABLE} SET state = state",
           f"UPDATE {TASK_TABLE} SET state = 'waiting_for_dependencies', aggregated_status = 'waiting_for_dependencies' "
           f"WHERE message_id IN ({listed(waiting)})",
           f"INSERT INTO {DEPENDENCIES} (task_id, dependency_id) VALUES " + ", ".join(f"('{one}', '{other}')" for one, other in pairs))


@pytest.fixture(scope="module")
def whole_trial(peer, slow_sync):
    if peer.name == "sqlite":
        options = ["--force", "--scenario", "outpost-storm", "--release", "2026.8", "--tasks", str(ROWS)]
        subprocess.run(["akqueue-sim", "create", peer.master, *options], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return Trial(peer, slow_sync, make_dependencies)


class Onlooker:
    """Looks as fast as it can for what authentik's sweep would queue: waiting tasks that wait for nothing that is not done."""

    def __init__(self, peer):
        self.peer, self.ending, self.wrong, self.looks, self.counts = peer, threading.Event(), None, 0, set()
        self.thread = threading.Thread(target=self.look)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.thread.join()

    def look(self):
        waiting = f"SELECT count(*) FROM {TASK_TABLE} t WHERE t.state = 'waiting_for_dependencies'"
        edge = f"SELECT 1 FROM {DEPENDENCIES} d JOIN {TASK_TABLE} o ON o.message_id = d.dependency_id WHERE d.task_id = t.message_id"
        ready = f"{waiting} AND NOT EXISTS ({edge} AND o.state <> 'done')"
        with contextlib.closing(self.connect()) as connection:
            while not self.ending.is_set():
                number, all_waiting = connection.execute(f"SELECT ({ready}), ({waiting})").fetchone()
                self.looks += 1
                self.counts.add(all_waiting)
                if number > 0:
                    self.wrong = f"{number} of {all_waiting} waiting tasks look ready"
                    return

    def connect(self):
        if self.peer.name == "sqlite":
            return sqlite3.connect(self.peer.world)
        import psycopg  # the test bed's alone

        return psycopg.connect(autocommit=True)


def test_nobody_runs_too_soon(trial):
    with Onlooker(trial.peer) as onlooker:
        trial.done("flush", "--yes")
        trial.take_back()
        killed = []
        for share in (0, 0.3, 0.6):
            gone = trial.done("flush", "--yes")["deleted"]
            undo = trial.start("undo", "--yes")
            wait_until(lambda: gone - trial.gone() > share * gone or not undo.runs(), "the undo brings nothing back", every_s=0.002)
            undo.kill()
            trial.settle()
            killed.append(gone - trial.gone())
            trial.take_back_what_is_gone()
    assert any(0 < back < gone for back in killed), f"no undo was killed in its middle: {killed}"
    assert onlooker.wrong is None, onlooker.wrong
    assert len(onlooker.counts) > 2, f"never looked in the middle: {onlooker.counts}"
    print(f"{onlooker.looks} looks saw from {min(onlooker.counts)} to {max(onlooker.counts)} waiting, {len(onlooker.counts)} counts; "
          f"undos killed with {killed} back")


def test_killed_undos(trial):
    kill_undos(trial)
