"""What the cases of undo share: commands that are held or fail at a sync, tables that every case leaves as they were, and what
somebody else does to them by SQL.

slow_sync.c, preloaded into the plugin, has its syncs in hand: a flush that is held at a batch's sync has not committed that batch.
"""

import contextlib
import itertools
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time

import fault_proxy
from databases import LOGS, TASKS
from waiting import children, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
DEPENDENCIES = "authentik_tasks_taskdependency"
ROWS = 3600  # tasks: three batches at least
FIRST_BATCH = 3  # the sync of it: a flush synchronises its backup's header and the history, then each batch
MOMENTS = 8
VICTIMS = ("plugin", "kubectl", "agent")  # each the child of the one before
NOTHING = "nothing to undo"
SYNC_FAILS = "Input/output error"


def built(folder):
    """slow_sync.c as a library to preload; None if there is no compiler."""
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if compiler is None:
        return None
    shim = os.path.join(folder, "slow_sync.so")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", shim, os.path.join(HERE, "slow_sync.c"), "-ldl"], check=True)
    return shim


class Command:
    """One that runs, with a list of the files that it synchronises."""

    numbers = itertools.count()

    def __init__(self, trial, arguments, sync, environment):
        self.name, self.log = " ".join(arguments), os.path.join(trial.peer.scratch, f"syncs-{next(self.numbers)}")
        preloaded = {"LD_PRELOAD": trial.shim, "AKQUEUE_SYNC": sync, "AKQUEUE_SYNC_LOG": self.log,
                     # The sanitizers' runtime wants to be the first that is loaded.
                     "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}
        self.process = subprocess.Popen(["kubectl-akqueue", *arguments, "-n", "authentik", "-o", "json"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        env={**trial.peer.environment, **preloaded, **environment})

    def synced(self):
        """The files whose syncs have begun, in their order."""
        if not os.path.exists(self.log):
            return []
        with open(self.log, encoding="utf-8") as file:
            return file.read().splitlines()

    def runs(self):
        return self.process.poll() is None

    def wait_for_sync(self, number):
        wait_until(lambda: len(self.synced()) >= number or not self.runs(), f"{self.name} comes to no sync {number}", every_s=0.002)
        assert self.runs(), f"{self.name} has ended before its sync {number}: {self.synced()}"

    def kill(self):
        self.process.kill()
        self.end()

    def end(self):
        """(exit status, result or None, what was said)"""
        try:
            out, err = self.process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"{self.name} does not end") from None
        return self.process.returncode, json.loads(out)["result"] if out else None, err.decode()


class Trial:
    """A peer's full tables, which every case leaves as they were. make_edges(peer) makes some tasks wait for others."""

    def __init__(self, peer, shim, make_edges=None):
        self.peer, self.shim, self.make_edges = peer, shim, make_edges
        self.gate = os.path.join(peer.scratch, "gate")
        self.renew()

    def renew(self):
        self.peer.renew()
        if self.make_edges:
            self.make_edges(self.peer)
        self.tasks, self.rows = self.peer.count(), self.everything()

    def everything(self):
        if not self.make_edges:
            return self.peer.everything()
        pairs = select(self.peer, f"SELECT task_id, dependency_id FROM {DEPENDENCIES}")
        return self.peer.everything(), sorted((str(task), str(dependency)) for task, dependency in pairs)

    def gone(self):
        return self.tasks - self.peer.count()

    def start(self, *arguments, sync="", **environment):
        return Command(self, arguments, sync, environment)

    def ended(self, *arguments, sync=""):
        return self.start(*arguments, sync=sync).end()

    def done(self, *arguments, sync=""):
        """The result of a command that must work."""
        status, result, said = self.ended(*arguments, sync=sync)
        assert status == 0, f"{' '.join(arguments)} ends with {status}: {said} {result}"
        return result

    @contextlib.contextmanager
    def held(self, number, *arguments):
        """A command that waits at its sync of that number until this is left."""
        with open(self.gate, "wb"):
            pass
        command = self.start(*arguments, sync=f"hold {number} {self.gate}")
        try:
            command.wait_for_sync(number)
            yield command
        finally:
            os.remove(self.gate)

    def settle(self):
        """A killed command leaves nothing behind."""
        wait_until(lambda: not self.peer.leftovers(), lambda: f"left running: {self.peer.leftovers()}")
        assert self.peer.strays() == 0, f"{self.peer.strays()} log rows without their task"

    def whole(self):
        assert self.everything() == self.rows, f"the rows are not what they were: {self.tasks} tasks before, {self.peer.count()} now"

    def take_back(self, gone=None):
        """One undo brings back what is gone."""
        gone = self.gone() if gone is None else gone
        result = self.done("undo", "--yes")
        assert result["restored"] == gone, f"{gone} were gone, and undo says {result}"
        self.whole()

    def take_back_what_is_gone(self):
        if self.gone() > 0:
            self.take_back()
        else:
            self.whole()

    def expect_nothing_to_undo(self):
        status, _, said = self.ended("undo", "--yes")
        assert status == 1 and NOTHING in said, f"undo with nothing gone ends with {status}: {said}"

    def forget(self):
        """What earlier cases have left would be looked through by each undo."""
        shutil.rmtree(self.peer.environment["XDG_STATE_HOME"], ignore_errors=True)


def select(peer, sql):
    if peer.name == "postgres":
        return peer.connection.execute(sql).fetchall()
    with contextlib.closing(sqlite3.connect(peer.world)) as database:
        return database.execute(sql).fetchall()


def change(peer, *statements):
    """By SQL, as somebody else does. The world's triggers call functions that only the simulator has, so they are removed first."""
    if peer.name == "postgres":
        for sql in statements:
            peer.connection.execute(sql)
        return
    with contextlib.closing(sqlite3.connect(peer.world)) as database, database:
        triggers = database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            database.execute(f'DROP TRIGGER "{name}"')
        for sql in [*statements, *(sql for _, sql in triggers)]:
            database.execute(sql)


def listed(ids):
    return ", ".join(f"'{one}'" for one in ids)


def remove(peer, ids):
    change(peer, f"DELETE FROM {LOGS} WHERE task_id IN ({listed(ids)})", f"DELETE FROM {TASKS} WHERE message_id IN ({listed(ids)})")


def some_ids(peer, condition, number):
    return [one for one, in select(peer, f"SELECT message_id FROM {TASKS} WHERE {condition} ORDER BY message_id LIMIT {number}")]


def two_actors(peer):
    """Those with the most queued tasks: which no worker holds."""
    rows = select(peer, f"SELECT actor_name, count(*) FROM {TASKS} WHERE state = 'queued' GROUP BY actor_name ORDER BY 2 DESC LIMIT 2")
    return [actor for actor, _ in rows]


def kill_undos(trial):
    """At moments spread over an undo's time. The stand-ins for kubectl become their agent: where only one of the two is to go,
    fault_proxy.py is the kubectl. Without its plugin in the middle of a copy that would wait for ever."""
    folder = os.path.join(trial.peer.scratch, "between")
    os.makedirs(folder, exist_ok=True)
    fault_proxy.stand_in(folder)
    path = os.environ["PATH"]
    through = {"PATH": f"{folder}:{path}", "AKQUEUE_FAULT_PATH": path, "AKQUEUE_FAULT": "record",
               "AKQUEUE_FAULT_DONE": os.path.join(folder, "done")}

    def begun(victim, jobs=1):
        """An undo that has written to the history what it is about to do."""
        undo = trial.start("undo", "--yes", "--jobs", str(jobs), **({} if victim == "plugin" else through))
        undo.wait_for_sync(1)
        return undo

    trial.done("flush", "--yes")
    undo, began = begun("kubectl"), time.monotonic()
    assert undo.end()[0] == 0, "an undo through fault_proxy.py fails"
    took, seen = time.monotonic() - began, []
    for moment, victim in zip(range(MOMENTS), itertools.cycle(VICTIMS)):
        trial.forget()
        gone, undo = trial.done("flush", "--yes")["deleted"], begun(victim, 1 + moment % 2)
        time.sleep(took * moment / MOMENTS)
        victims = [undo.process.pid]
        for _ in range(VICTIMS.index(victim)):
            victims = [child for pid in victims for child in children(pid)]
        for pid in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        status, _, said = undo.end()
        assert status in (0, 1, 4, -signal.SIGKILL), f"without its {victim} undo ends with {status}: {said}"
        trial.settle()
        seen.append(gone - trial.gone())
        trial.take_back_what_is_gone()
    assert any(0 < back < gone for back in seen), f"no undo was killed in its middle: {seen}"
    print(f"undos killed with {seen} of {gone} back")
