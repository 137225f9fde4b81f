"""A pause of schedules broken at each step of its session, and its undo: all schedules are paused or none is, as one transaction
has it, and what is paused can be taken back from its record. Then schedules, and orphans, changed by two operators at once.
"""

import json
import os
import random
import subprocess

import pytest

import fault_proxy
from databases import TASKS as TABLE
from waiting import wait_until

TASKS = 2000
SCHEDULES = "authentik_tasks_schedules_schedule"
PAUSE = ("schedules", "pause", "--all", "--yes")
ACTIONS = ("kill-plugin", "kill-kubectl", "kill-agent", "cut", "truncate")
MOMENTS = ("before", "sent", "answered")
STEPS = 24  # of both sessions


def paused(peer):
    return peer.ask(f"SELECT count(*) FROM {SCHEDULES} WHERE paused OR next_run > '2900-01-01'")


def schedules(peer):
    return peer.ask(f"SELECT count(*) FROM {SCHEDULES}")


class Broken:
    """Commands through the proxy that breaks their sessions."""

    def __init__(self, peer):
        self.peer = peer
        self.scratch = os.path.join(peer.scratch, "schedule-faults")
        os.mkdir(self.scratch)
        fault_proxy.stand_in(self.scratch)
        self.done = os.path.join(self.scratch, "done")
        self.before = paused(peer)

    def run(self, fault, *arguments):
        """What was done, the status, what was said."""
        if os.path.exists(self.done):
            os.remove(self.done)
        path = os.environ["PATH"]
        status, out, errors = self.peer.akqueue(*arguments, AKQUEUE_FAULT=fault, AKQUEUE_FAULT_DONE=self.done, AKQUEUE_FAULT_PATH=path,
                                                PATH=f"{self.scratch}:{path}")
        wait_until(lambda: not self.peer.leftovers(), lambda: f"left running: {self.peer.leftovers()}", 8)
        did = ""
        if os.path.exists(self.done):
            with open(self.done, encoding="utf-8") as file:
                did = file.read().strip()
        return did, status, out + errors

    def plain(self, *arguments):
        status, out, errors = self.peer.akqueue(*arguments)
        assert status == 0, out + errors
        return out

    def check(self, status, said):
        """All or nothing, and nobody is told the contrary."""
        now = paused(self.peer)
        assert now in (self.before, schedules(self.peer)), f"{now} are paused: {said}"
        assert "unforeseen" not in said and "Traceback" not in said, said
        if status > 0:
            assert "error: " in said, said
        return now > self.before

    def back(self):
        if paused(self.peer) > self.before:
            self.plain("undo", "--yes")
        assert paused(self.peer) == self.before, "they are still paused"


@pytest.fixture(scope="module")
def broken(peer):
    peer.renew()
    if peer.name == "postgres":
        peer.ask(f"DELETE FROM {SCHEDULES}")
        for number in range(5):
            peer.ask(f"INSERT INTO {SCHEDULES} (id, actor_name, args, kwargs, options, crontab, paused, next_run, identifier) VALUES "
                     f"(md5('{number}')::uuid, 'a.b.number_{number}', '', '', '', '{number} 3 * * *', false, now() + interval '1 minute', 'None')")
    made = Broken(peer)
    # Only what authentik itself pauses, in the simulator.
    assert made.before <= 1 < schedules(peer)
    yield made
    made.back()


def faults_of(choice, operations, count):
    every = [(action, moment, number) for number in range(len(operations)) for action in ACTIONS for moment in MOMENTS
             if not (action == "truncate" and moment == "sent")]
    return [f"{action} {moment} {number}" for action, moment, number in choice.sample(every, min(count, len(every)))]


def test_pause_is_whole_or_nothing(broken, seed):
    choice = random.Random(f"{seed} pause")
    operations = broken.run("record", *PAUSE)[0].split("\n")
    broken.back()
    assert "commit" in operations and {"copy_out", "export"} & set(operations), operations
    # Every moment around the commit, and some of all others.
    commit = len(operations) - 1 - operations[::-1].index("commit")
    faults = [f"{action} {moment} {commit}" for action in ACTIONS[:3] for moment in MOMENTS] + faults_of(choice, operations, STEPS)
    outcomes = []
    for fault in faults:
        did, status, said = broken.run(fault, *PAUSE)
        print(f"{fault}: {did or 'it never came to that'}, status {status}")
        outcomes.append(broken.check(status, said))
        broken.back()
    assert True in outcomes and False in outcomes, "all ended in the same way"


def test_undo_is_whole_or_nothing(broken, seed):
    choice = random.Random(f"{seed} undo")
    broken.plain(*PAUSE)
    operations = broken.run("record", "undo", "--yes")[0].split("\n")
    assert "commit" in operations, operations
    for fault in faults_of(choice, operations, STEPS):
        if paused(broken.peer) == broken.before:
            broken.plain(*PAUSE)
        did, status, said = broken.run(fault, "undo", "--yes")
        print(f"{fault}: {did or 'it never came to that'}, status {status}")
        broken.check(status, said)
    broken.back()


def at_once(peer, *arguments):
    """What two say that are started together."""
    line = ["kubectl-akqueue", *arguments, "--yes", "-o", "json", "-n", "authentik"]
    both = [subprocess.Popen(line, env=peer.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
            for _ in range(2)]
    return [json.loads(process.communicate(timeout=120)[0]).get("result", {"changed": 0})["changed"] for process in both]


def test_two_pause_at_once(broken):
    """Each schedule is paused by one of them, and each record takes back what its command did."""
    peer = broken.peer
    changed = at_once(peer, "schedules", "pause", "--all")
    print(f"{changed} paused")
    assert sum(changed) == schedules(peer) - broken.before + (broken.before if peer.name == "sqlite" else 0)
    assert paused(peer) == schedules(peer)
    for entry in json.loads(peer.akqueue("history", "--limit", "2", "-o", "json")[1])["entries"]:
        if entry["command"] == "schedules pause" and os.path.exists(entry["backup"]):
            broken.plain("undo", entry["id"], "--yes")
    assert paused(peer) == broken.before


def test_two_recover_at_once(broken):
    """Each orphan is put back by one of them."""
    peer = broken.peer
    if peer.name == "postgres":
        peer.ask(f"UPDATE {TABLE} SET state = 'running', mtime = now() - interval '1 hour' WHERE state = 'queued'")
    orphans = json.loads(peer.akqueue("recover", "--dry-run", "-o", "json")[1])["preview"]["going"]
    queued = peer.ask(f"SELECT count(*) FROM {TABLE} WHERE state = 'queued'")
    changed = at_once(peer, "recover")
    print(f"{changed} of {orphans} put back")
    assert sum(changed) == orphans == peer.ask(f"SELECT count(*) FROM {TABLE} WHERE state = 'queued'") - queued
    assert orphans > 0


def test_run_wakes_the_workers(broken):
    """With the change of the row, what listens for tasks is told of one; a dry run tells nobody."""
    peer = broken.peer
    if peer.name != "postgres":  # nobody can listen: it notes the last one
        before = peer.ask("SELECT max(message_id) FROM sim_notification")
        broken.plain("schedules", "run", "certificate_discovery", "--dry-run")
        assert peer.ask("SELECT max(message_id) FROM sim_notification") == before
        broken.plain("schedules", "run", "certificate_discovery", "--yes")
        assert peer.ask("SELECT max(message_id) FROM sim_notification") != before
        return
    told = []
    peer.connection.add_notify_handler(told.append)
    peer.ask('LISTEN "authentik.tasks.default.enqueue"')
    broken.plain("schedules", "run", "number_1", "--dry-run")
    peer.ask("SELECT 1")
    assert not told, told
    broken.plain("schedules", "run", "number_1", "--yes")
    assert peer.ask(f"SELECT next_run <= now() FROM {SCHEDULES} WHERE actor_name = 'a.b.number_1'")
    assert [one.channel for one in told] == ["authentik.tasks.default.enqueue"], told
    assert peer.ask(f"SELECT count(*) FROM {TABLE} WHERE message_id = '{told[0].payload}'") == 0
    peer.ask("UNLISTEN *")
