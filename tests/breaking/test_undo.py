#!/usr/bin/env python3
"""Undo under trouble: whatever came in between, every row comes back, and undo says what it can't bring back yet.

    test_undo.py sqlite|postgres [--dependencies] [CASE...]

Flushes that still run, that were killed, interrupted, or failed with nothing deleted; undos at the same time; undos killed at moments
all over their time; rows that an index keeps out; a server that crashes and forgets what it had confirmed (synchronous_commit = off);
a disk whose n-th sync fails, and one that is slow. slow_sync.c, preloaded into the plugin, has its syncs in hand: a flush that is held
at a batch's sync has not committed that batch. --dependencies is for tables whose tasks wait for others (postgres: under with-cluster
--release next).

Each case ends with a comparison of all rows by hash, and of all edges between tasks. `sqlite` makes worlds with akqueue-sim,
`postgres` runs under tests/beds/postgres/with-cluster.
"""

import argparse
import contextlib
import itertools
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import fault_proxy  # noqa: E402
from checks import Broken, children, expect  # noqa: E402
from databases import FLOOD, LOGS, TASKS, make_peer  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
DEPENDENCIES = "authentik_tasks_taskdependency"
ROWS = 3600  # tasks: three batches at least
SLOW_ROWS = 36000  # tasks, with their log rows more than 55,000 rows
SLOW = 300  # milliseconds
MOMENTS = 8
VICTIMS = ("plugin", "kubectl", "agent")  # each the child of the one before
WAITING = 1000
PATIENCE = 30  # seconds, for what must happen at all
NOTHING = "nothing to undo"
SYNC_FAILS = "Input/output error"


def until(happens, wrong):
    deadline = time.monotonic() + PATIENCE
    while not happens():
        expect(time.monotonic() < deadline, wrong)
        time.sleep(0.002)


class Command:
    """One that runs, with a list of the files that it synchronises."""

    numbers = itertools.count()

    def __init__(self, trial, arguments, sync, environment):
        self.name, self.log = " ".join(arguments), os.path.join(trial.peer.scratch, f"syncs-{next(self.numbers)}")
        preloaded = {"LD_PRELOAD": trial.shim, "AKQUEUE_SYNC": sync, "AKQUEUE_SYNC_LOG": self.log,
                     # The sanitizers' runtime wants to be the first that is loaded.
                     "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}
        self.process = subprocess.Popen(["kubectl-akqueue", *arguments, "-n", "authentik", "-o", "json"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**trial.peer.environment, **preloaded, **environment})

    def synced(self):
        """The files whose syncs have begun, in their order."""
        if not os.path.exists(self.log):
            return []
        with open(self.log, encoding="utf-8") as file:
            return file.read().splitlines()

    def runs(self):
        return self.process.poll() is None

    def wait_for_sync(self, number):
        until(lambda: len(self.synced()) >= number or not self.runs(), f"{self.name} comes to no sync {number}")
        expect(self.runs(), f"{self.name} has ended before its sync {number}: {self.synced()}")

    def kill(self):
        self.process.kill()
        self.end()

    def end(self):
        """(exit status, result or None, what was said)"""
        try:
            out, err = self.process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Broken(f"{self.name} does not end") from None
        return self.process.returncode, json.loads(out)["result"] if out else None, err.decode()


class Trial:
    """A peer's full tables, which every case leaves as they were."""

    def __init__(self, peer, shim, with_edges):
        self.peer, self.shim, self.with_edges = peer, shim, with_edges
        self.gate = os.path.join(peer.scratch, "gate")
        self.renew()

    def renew(self):
        if self.with_edges and self.peer.name == "postgres":
            # The peer empties the tables of every release, which a third one that references them forbids.
            change(self.peer, f"TRUNCATE {TASKS} CASCADE")
            subprocess.run([FLOOD, str(self.peer.tasks), "--logs", "2"], check=True, stdout=subprocess.DEVNULL)
        else:
            self.peer.renew()
        if self.with_edges:
            make_dependencies(self.peer)
        self.tasks, self.rows = self.peer.count(), self.everything()

    def everything(self):
        if not self.with_edges:
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
        expect(status == 0, f"{' '.join(arguments)} ends with {status}: {said} {result}")
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
        """What was killed leaves nothing behind."""
        until(lambda: not self.peer.leftovers(), f"left running: {self.peer.leftovers()}")
        expect(self.peer.strays() == 0, f"{self.peer.strays()} log rows without their task")

    def whole(self):
        expect(self.everything() == self.rows, f"the rows are not what they were: {self.tasks} tasks before, {self.peer.count()} now")

    def take_back(self, gone=None):
        """One undo brings back what is gone."""
        gone = self.gone() if gone is None else gone
        result = self.done("undo", "--yes")
        expect(result["restored"] == gone, f"{gone} were gone, and undo says {result}")
        self.whole()

    def take_back_what_is_gone(self):
        if self.gone() > 0:
            self.take_back()
        else:
            self.whole()

    def expect_nothing_to_undo(self):
        status, _, said = self.ended("undo", "--yes")
        expect(status == 1 and NOTHING in said, f"undo with nothing gone ends with {status}: {said}")

    def forget(self):
        """What earlier cases have left would be looked through by each undo."""
        shutil.rmtree(self.peer.environment["XDG_STATE_HOME"], ignore_errors=True)


# A flush synchronises its backup's header and the history, then each batch.
FIRST_BATCH = 3


# --- what the peers do not have ------------------------------------------------------------------------------------------------


def select(peer, sql):
    if peer.name == "postgres":
        return peer.connection.execute(sql).fetchall()
    with contextlib.closing(sqlite3.connect(peer.world)) as database:
        return database.execute(sql).fetchall()


def change(peer, *statements):
    """By SQL, as somebody else does. The world's triggers call what only the simulator knows: they are away meanwhile."""
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
    return [actor for actor, _ in select(peer, f"SELECT actor_name, count(*) FROM {TASKS} WHERE state = 'queued' GROUP BY actor_name ORDER BY 2 DESC LIMIT 2")]


def make_dependencies(peer):
    """Some queued tasks wait, each for three from all over the table, waiting ones among them; never in a circle."""
    choice = random.Random(1)
    waiting = some_ids(peer, "state = 'queued'", WAITING)
    others = some_ids(peer, f"message_id NOT IN ({listed(waiting)})", ROWS)
    choice.shuffle(waiting)
    pairs = [(task, dependency) for number, task in enumerate(waiting) for dependency in choice.sample(others + waiting[:number], 3)]
    # Where rows were written without triggers, their status is what those make of it from now on.
    change(peer, f"UPDATE {TASKS} SET state = state",
           f"UPDATE {TASKS} SET state = 'waiting_for_dependencies', aggregated_status = 'waiting_for_dependencies' WHERE message_id IN ({listed(waiting)})",
           f"INSERT INTO {DEPENDENCIES} (task_id, dependency_id) VALUES " + ", ".join(f"('{task}', '{dependency}')" for task, dependency in pairs))


class Server:
    """The test bed's PostgreSQL, whose processes are its owner's."""

    def __init__(self, peer):
        import psycopg  # the test bed's alone

        self.peer, self.connect = peer, lambda: psycopg.connect(autocommit=True)
        with psycopg.connect(user=os.environ["AKQUEUE_TEST_SUPERUSER"]) as superuser:
            self.data, = superuser.execute("SHOW data_directory").fetchone()
            self.programs, = superuser.execute("SELECT setting FROM pg_config() WHERE name = 'BINDIR'").fetchone()

    def crash(self):
        """Ends it without a last word, and starts it again, which is a recovery."""
        owner = os.stat(self.data)
        rights = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        place = os.path.dirname(self.data)
        subprocess.run([os.path.join(self.programs, "pg_ctl"), "-D", self.data, "-m", "immediate", "-s", "-w", "-l", os.path.join(place, "server.log"), "restart"],
                       cwd=place, start_new_session=True, check=True, **rights)
        self.peer.connection = self.connect()


# --- cases: each says what it has seen --------------------------------------------------------------------------------------------


def flush_still_runs(trial):
    with trial.held(FIRST_BATCH + 1, "flush", "--yes") as flush:
        gone, backup = trial.gone(), flush.synced()[0]
        expect(0 < gone < trial.tasks, f"the flush is not in its middle: {gone} gone")
        status, _, said = trial.ended("undo", "--yes")
        expect(status == 3 and "still running" in said and backup in said, f"undo beside a flush ends with {status}: {said}")
        expect(trial.gone() == gone and flush.runs(), f"{gone} were gone before that undo, {trial.gone()} afterwards")
    status, result, said = flush.end()
    expect(status == 0 and result["deleted"] == trial.gone(), f"the flush ends with {status}: {said} {result}")
    trial.take_back()
    return f"undo refused with {gone} gone, {result['deleted']} back after the end of the flush"


def killed_flush(trial):
    seen = []
    for number in (FIRST_BATCH + 1, FIRST_BATCH + 2):
        with trial.held(number, "flush", "--yes") as flush:
            flush.kill()
        trial.settle()
        seen.append(trial.gone())
        trial.take_back()
    expect(0 < seen[0] < seen[1] < trial.tasks, f"not killed in the middle: {seen} gone")
    trial.expect_nothing_to_undo()
    return f"killed with {seen} gone"


def fails_with_nothing_deleted(trial):
    """None of them stands in the way of the deletion before."""
    deleted = trial.done("delete", "--actor", two_actors(trial.peer)[0], "--yes")["deleted"]
    status, result, said = trial.ended("flush", "--yes", sync=f"fail {FIRST_BATCH}")
    expect(status == 1 and SYNC_FAILS in said and result["deleted"] == 0, f"a first sync that fails: {status} {said} {result}")
    with trial.held(FIRST_BATCH - 1, "flush", "--yes") as flush:
        # Not a byte more than the backup's header.
        resource.prlimit(flush.process.pid, resource.RLIMIT_FSIZE, (os.path.getsize(flush.synced()[0]), resource.RLIM_INFINITY))
    status, result, said = flush.end()
    expect(status == 1 and "File too large" in said and result["deleted"] == 0, f"a file that takes no more: {status} {said} {result}")
    with trial.held(FIRST_BATCH, "flush", "--yes") as flush:
        flush.kill()
    trial.settle()
    expect(trial.gone() == deleted, f"{deleted} were deleted before, {trial.gone()} are gone after flushes that failed")
    trial.take_back(deleted)
    return f"{deleted} back behind three flushes that deleted nothing"


def between_batches(trial):
    with trial.held(FIRST_BATCH + 1, "flush", "--yes") as flush:
        flush.process.send_signal(signal.SIGINT)
    status, result, said = flush.end()
    gone = trial.gone()
    expect(status == 130 and result["ending"] == "interrupted" and 0 < gone < trial.tasks, f"Ctrl-C ends with {status}, {gone} gone: {said}")
    trial.take_back()
    all_gone = trial.done("flush", "--yes")["deleted"]
    trial.take_back(all_gone)
    trial.expect_nothing_to_undo()
    missing = some_ids(trial.peer, "state = 'queued'", 7)
    remove(trial.peer, missing)
    trial.take_back(len(missing))
    return f"{gone} back after Ctrl-C, {all_gone} after the next flush, then {len(missing)} that were lost once more"


def two_at_once(trial):
    seen = []
    for _ in range(2):
        gone = trial.done("flush", "--yes")["deleted"]
        restored = []
        for undo in [trial.start("undo", "--yes") for _ in range(2)]:
            status, result, said = undo.end()
            expect(status == 0 or (status == 1 and NOTHING in said), f"one of two undos ends with {status}: {said} {result}")
            restored.append(result["restored"] if status == 0 else 0)
        expect(sum(restored) == gone, f"{gone} were gone, two undos restored {restored}")
        trial.whole()
        seen.append(restored)
    return f"restored {seen}"


def killed_undos(trial):
    """At moments spread over an undo's time. The stand-ins for kubectl become their agent: where only one of the two is to go,
    fault_proxy.py is the kubectl. Without its plugin in the middle of a copy that would wait for ever."""
    folder = os.path.join(trial.peer.scratch, "between")
    os.makedirs(folder, exist_ok=True)
    fault_proxy.stand_in(folder)
    path = os.environ["PATH"]
    through = {"PATH": f"{folder}:{path}", "AKQUEUE_FAULT_PATH": path, "AKQUEUE_FAULT": "record", "AKQUEUE_FAULT_DONE": os.path.join(folder, "done")}

    def begun(victim):
        """An undo that has written to the history what it is about to do."""
        undo = trial.start("undo", "--yes", **({} if victim == "plugin" else through))
        undo.wait_for_sync(1)
        return undo

    trial.done("flush", "--yes")
    undo, began = begun("kubectl"), time.monotonic()
    expect(undo.end()[0] == 0, "an undo through fault_proxy.py fails")
    took, seen = time.monotonic() - began, []
    for moment, victim in zip(range(MOMENTS), itertools.cycle(VICTIMS)):
        trial.forget()
        gone, undo = trial.done("flush", "--yes")["deleted"], begun(victim)
        time.sleep(took * moment / MOMENTS)
        victims = [undo.process.pid]
        for _ in range(VICTIMS.index(victim)):
            victims = [child for pid in victims for child in children(pid)]
        for pid in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        status, _, said = undo.end()
        expect(status in (0, 1, 4, -signal.SIGKILL), f"without its {victim} undo ends with {status}: {said}")
        trial.settle()
        seen.append(gone - trial.gone())
        trial.take_back_what_is_gone()
    expect(any(0 < back < gone for back in seen), f"no undo was killed in its middle: {seen}")
    return f"undos killed with {seen} of {gone} back"


def kept_out(trial):
    """Two indexes, each with room for one of a deleted task and the task that is there."""
    peer = trial.peer
    deleted_actor, other_actor = two_actors(peer)
    out = some_ids(peer, f"state = 'queued' AND actor_name = '{deleted_actor}'", 2)
    there, = some_ids(peer, f"state = 'queued' AND actor_name = '{other_actor}'", 1)
    kept = os.path.join(peer.scratch, "there.gz")
    status, said, errors = peer.akqueue("backup", str(there), "--backup-file", kept)
    expect(status == 0, f"backup of one task ends with {status}: {said}{errors}")
    deleted = trial.done("delete", "--actor", deleted_actor, "--yes")["deleted"]
    change(peer, *(f"CREATE UNIQUE INDEX keeps_out_{number} ON {TASKS} (queue_name) WHERE message_id IN ({listed([one, there])})" for number, one in enumerate(out)))
    try:
        result = trial.done("undo", "--yes")
        expect((result["restored"], result["left"]["conflicting"]) == (deleted - 2, 2), f"{deleted} were deleted, two kept out: {result}")
        # Once more, in words.
        status, said, errors = peer.akqueue("undo", "--yes")
        expect(status == 0 and "2 that a unique index does not let in" in said and "still in the backup alone: 2 tasks; kubectl akqueue undo" in said,
               f"undo does not say what was kept out: {status} {said}{errors}")
        expect(trial.gone() == 2 and peer.strays() == 0, f"{trial.gone()} are missing, not 2; {peer.strays()} log rows without their task")
        remove(peer, [there])
        result = trial.done("undo", "--yes")
        expect(result["restored"] == 2, f"nothing is in the way, and undo says {result}")
    finally:
        change(peer, *(f"DROP INDEX keeps_out_{number}" for number in range(2)))
    status, said, errors = peer.akqueue("restore", kept, "--yes")
    expect(status == 0, f"restore of one task ends with {status}: {said}{errors}")
    return f"2 of {deleted} kept out, and back when the way was free"


def failing_syncs(trial):
    """Each sync of a flush, then of a backup, until there is no further one."""
    seen = []
    for number in itertools.count(1):
        flush = trial.start("flush", "--yes", sync=f"fail {number}")
        status, result, said = flush.end()
        synced, gone = flush.synced(), trial.gone()
        if len(synced) < number:
            trial.take_back()
            break
        expect(status == (4 if gone else 1) and SYNC_FAILS in said and synced[number - 1] in said, f"sync {number} fails, the flush ends with {status}, {gone} gone: {said}")
        expect(gone == (result["deleted"] if result else 0), f"sync {number} fails, {gone} are gone, and the flush says {result}")
        trial.take_back_what_is_gone()
        seen.append(gone)
    expect(seen[FIRST_BATCH - 1] == 0 and any(0 < gone < max(seen) for gone in seen), f"the batch whose sync failed is not in the table: {seen} gone")
    for number in itertools.count(1):
        file = os.path.join(trial.peer.scratch, f"failing-{number}.gz")
        status, _, said = trial.ended("backup", "--backup-file", file, sync=f"fail {number}")
        if status == 0:
            break
        expect(status == 1 and SYNC_FAILS in said and file in said and not os.path.exists(file), f"sync {number} of a backup fails: {status} {said}")
    expect(number > 2, "no sync of a backup was hindered")
    return f"{len(seen)} syncs of a flush, with {seen} gone, and {number - 1} of a backup"


def server_crashes(trial):
    """What it had confirmed may be gone with it: the table, not the history, tells what is missing."""
    peer, server, seen = trial.peer, Server(trial.peer), []

    def undo_all():
        for _ in range(5):
            status, result, said = trial.ended("undo", "--yes")
            if status == 1 and NOTHING in said:
                return trial.whole()
            expect(status == 0, f"undo after a crash ends with {status}: {said} {result}")
        raise Broken("undo finds no end")

    def crash(during):
        before = trial.gone()
        server.crash()
        seen.append(f"{during}: {before} gone, {trial.gone()} after the crash")

    change(peer, "ALTER ROLE CURRENT_USER SET synchronous_commit = off")
    try:
        with trial.held(FIRST_BATCH + 1, "flush", "--yes") as flush:
            crash("flush before a commit")
        status, _, said = flush.end()
        expect(status in (1, 4) and "error: " in said, f"a flush without its server ends with {status}: {said}")
        undo_all()
        flush = trial.start("flush", "--yes")
        until(lambda: trial.gone() > 0, "the flush deletes nothing")
        crash("flush")
        flush.end()
        undo_all()
        flushed = trial.done("flush", "--yes")
        undo = trial.start("undo", "--yes")
        until(lambda: trial.gone() < flushed["deleted"], "the undo brings nothing back")
        crash("undo")
        undo.end()
        undo_all()
        flushed = trial.done("flush", "--yes")
        trial.take_back(flushed["deleted"])
        crash("after an undo")
        undo_all()
    finally:
        change(peer, "ALTER ROLE CURRENT_USER RESET synchronous_commit")
    return "; ".join(seen)


def slow_disk(trial):
    """Its syncs come with each batch, so batches become larger, not more."""
    quick = trial.done("flush", "--yes")
    trial.renew()
    slow = trial.done("flush", "--yes", sync=f"slow {SLOW}")
    expect(slow["longest_transaction_ms"] >= SLOW, f"the syncs were not slow: {slow['longest_transaction_ms']} ms")
    expect(slow["batches"] <= 1.5 * quick["batches"], f"{quick['batches']} batches, and {slow['batches']} on a slow disk")
    trial.take_back()
    return f"{slow['deleted']} tasks in {quick['batches']} batches, in {slow['batches']} of {slow['longest_transaction_ms']} ms at most on a slow disk"


class Onlooker:
    """Looks as fast as it can for waiting tasks without an edge: workers would run them."""

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
        waiting = f"SELECT count(*) FROM {TASKS} t WHERE t.state = 'waiting_for_dependencies'"
        ready = f"{waiting} AND NOT EXISTS (SELECT 1 FROM {DEPENDENCIES} d WHERE d.task_id = t.message_id)"
        with contextlib.closing(self.connect()) as connection:
            while not self.ending.is_set():
                number, all_waiting = connection.execute(f"SELECT ({ready}), ({waiting})").fetchone()
                self.looks += 1
                self.counts.add(all_waiting)
                if number > 0:
                    self.wrong = f"{number} of {all_waiting} waiting tasks have no edge"
                    return

    def connect(self):
        if self.peer.name == "sqlite":
            return sqlite3.connect(self.peer.world)
        import psycopg  # the test bed's alone

        return psycopg.connect(autocommit=True)


def nobody_runs_too_soon(trial):
    with Onlooker(trial.peer) as onlooker:
        trial.done("flush", "--yes")
        trial.take_back()
        killed = []
        for share in (0, 0.3, 0.6):
            gone = trial.done("flush", "--yes")["deleted"]
            undo = trial.start("undo", "--yes")
            until(lambda: gone - trial.gone() > share * gone or not undo.runs(), "the undo brings nothing back")
            undo.kill()
            trial.settle()
            killed.append(gone - trial.gone())
            trial.take_back_what_is_gone()
    expect(any(0 < back < gone for back in killed), f"no undo was killed in its middle: {killed}")
    expect(onlooker.wrong is None, onlooker.wrong)
    expect(len(onlooker.counts) > 2, f"never looked in the middle: {onlooker.counts}")
    return f"{onlooker.looks} looks saw from {min(onlooker.counts)} to {max(onlooker.counts)} waiting, {len(onlooker.counts)} counts in all; undos killed with {killed} back"


CASES = [flush_still_runs, killed_flush, fails_with_nothing_deleted, between_batches, two_at_once, killed_undos, kept_out, failing_syncs]


def built(folder):
    """slow_sync.c as something to preload; None where there is no compiler."""
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if compiler is None:
        return None
    shim = os.path.join(folder, "slow_sync.so")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", shim, os.path.join(HERE, "slow_sync.c"), "-ldl"], check=True)
    return shim


def failures(trial, cases):
    for case in cases:
        trial.forget()
        began = time.monotonic()
        try:
            outcome = case(trial)
            trial.whole()
        except Broken as wrong:
            yield f"{case.__name__}: {wrong}"
            trial.renew()
        else:
            print(f"{case.__name__}, {time.monotonic() - began:.1f} s: {outcome}", flush=True)


def tried(name, rows, cases, with_edges):
    """How many cases have failed; None where a part that they need is missing."""
    peer, failed = make_peer(name, rows), 0
    try:
        shim = built(peer.scratch)
        if shim is None:
            return None
        if with_edges and name == "sqlite":
            subprocess.run(["akqueue-sim", "create", peer.master, "--force", "--scenario", "outpost-storm", "--release", "next", "--tasks", str(rows)], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for failure in failures(Trial(peer, shim, with_edges), cases):
            failed += 1
            print("FAILED: " + failure, flush=True)
    finally:
        peer.close()
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer", choices=["sqlite", "postgres"])
    parser.add_argument("--dependencies", action="store_true", help="tasks that wait for others")
    parser.add_argument("cases", nargs="*", help="these alone")
    options = parser.parse_intermixed_args()
    if options.dependencies:
        runs = [(ROWS, [nobody_runs_too_soon, killed_undos])]
    else:
        of_postgres = [server_crashes] if options.peer == "postgres" else []
        runs = [(ROWS, CASES + of_postgres), (SLOW_ROWS, [slow_disk])]
    results = []
    for rows, cases in runs:
        chosen = [case for case in cases if not options.cases or case.__name__ in options.cases]
        results.append(tried(options.peer, rows, chosen, options.dependencies) if chosen else 0)
    if None in results:
        print("SKIPPED: there is no C compiler for slow_sync.c")
        return 77
    return 1 if any(results) else 0


if __name__ == "__main__":
    sys.exit(main())
