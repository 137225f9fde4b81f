#!/usr/bin/python3
"""What a worker of authentik does in the database, in a process of its own that can be killed.

    worker.py live       a row in the table of workers, just written, and the lock that says that it lives
    worker.py take N     takes N queued tasks, each with its lock; the statements go over several connections of a pooler
    worker.py work       lives, and works off what is queued: each task leaves a row in the table of runs, those whose uid is
                         "broken" fail for good, the others are finished; with log rows, and states and locks as authentik has them
    worker.py connect    takes all connections that there are
    worker.py lock       takes all places in the table of locks

The connection is libpq's (PGHOST, ...). It says "ready", and then does nothing until it is ended.
"""

import contextlib
import hashlib
import os
import subprocess
import sys
import time
import uuid

import psycopg

from waiting import wait_until

NAME = "a-worker"  # of its sessions
SESSIONS = f"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{NAME}'"
TAKE = """
UPDATE authentik_tasks_task SET state = 'consumed', mtime = now()
WHERE message_id = %s AND state = 'queued' AND pg_try_advisory_lock(%s)"""


def key(name):
    """As authentik computes it."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little", signed=True)


def connect():
    return psycopg.connect(autocommit=True, prepare_threshold=None, application_name=NAME)


def connect_alone():
    """Once what such a process before this one held is free."""
    connections = []

    def alone():
        with contextlib.suppress(psycopg.Error):
            if not connections:
                connections.append(connect())
            return connections[0].execute(SESSIONS).fetchone()[0] == 1
        return False
    wait_until(alone, "another one's sessions do not end")
    return connections[0]


def live():
    worker, connection = uuid.uuid4(), connect()
    connection.execute("SELECT pg_advisory_lock(%s)", (key(f"goauthentik.io/worker/status/{worker}"),))
    beat(connection, worker, "0 s")
    return [connection]


def beat(connection, worker, age):
    connection.execute("INSERT INTO authentik_tasks_workerstatus (id, hostname, version, last_seen) "
                       "VALUES (%s, 'authentik-worker-0', '2025.10.0', now() - %s::interval)", (worker, age))


def take(count):
    """While one connection is in a transaction, the other one's statement goes elsewhere."""
    worker, other = connect(), connect()
    tasks = worker.execute("SELECT message_id, queue_name FROM authentik_tasks_task WHERE state = 'queued' LIMIT %s", (count,)).fetchall()
    for number, (task, queue) in enumerate(tasks):
        with other.transaction() if number % 2 else contextlib.nullcontext():
            other.execute("SELECT 1")
            assert worker.execute(TAKE, (task, key(f"authentik.tasks.{queue}.lock.{task}"))).rowcount == 1
    return [worker, other]


RUNS = "akqueue_test_runs"
BROKEN = "broken"
ERROR = "ConnectionError: the directory refused bind 17 of outpost 4711"
AT_ONCE = 100
BEGIN = """
UPDATE authentik_tasks_task t SET state = 'running', mtime = now() FROM unnest(%s::uuid[], %s::bigint[]) AS c(id, key)
WHERE t.message_id = c.id AND t.state = 'queued' AND pg_try_advisory_lock(c.key) RETURNING t.message_id, t._uid"""
LOG = """
INSERT INTO authentik_tasks_tasklog (id, event, log_level, logger, timestamp, attributes, previous, task_id)
SELECT gen_random_uuid(), %s, %s, 'authentik.tasks.middleware.TaskLogMiddleware', now(), '{}', false, unnest(%s::uuid[])"""


def end(connection, tasks, state, event, level):
    """A worker lets go of the lock before it writes how the task ended."""
    connection.execute(LOG, (event, level, tasks))
    connection.execute("UPDATE authentik_tasks_task SET state = %s, mtime = now(), eta = NULL, result_expiry = now() + interval '10 min' "
                       "WHERE message_id = ANY (%s)", (state, tasks))


def run_some(connection):
    """Up to a hundred at once. How many."""
    queued = connection.execute("SELECT message_id, queue_name FROM authentik_tasks_task WHERE state = 'queued' "
                                "AND (eta IS NULL OR eta <= now()) LIMIT %s", (AT_ONCE,)).fetchall()
    keys = [key(f"authentik.tasks.{queue}.lock.{task}") for task, queue in queued]
    taken = connection.execute(BEGIN, ([task for task, _ in queued], keys)).fetchall()
    tasks = [task for task, _ in taken]
    connection.execute(f"INSERT INTO {RUNS} SELECT unnest(%s::uuid[])", (tasks,))
    connection.execute("UPDATE authentik_tasks_task SET state = 'postprocess', mtime = now() WHERE message_id = ANY (%s)", (tasks,))
    connection.execute("SELECT pg_advisory_unlock(key) FROM unnest(%s::bigint[]) AS key", (keys,))
    end(connection, [task for task, uid in taken if uid == BROKEN], "rejected", ERROR, "error")
    end(connection, [task for task, uid in taken if uid != BROKEN], "done", "Task finished processing without errors", "info")
    return len(tasks)


def work_off():
    """Does not return."""
    connections = live() + [connect()]
    print("ready", flush=True)
    while True:
        if run_some(connections[1]) == 0:
            time.sleep(0.02)


def connect_often():
    connections = [connect_alone()]
    with contextlib.suppress(psycopg.OperationalError):
        while True:
            connections.append(connect())
    return connections


def lock_all():
    """An error leaves a session the locks that it has."""
    connection = connect_alone()
    with contextlib.suppress(psycopg.errors.OutOfMemory):
        connection.execute("SELECT pg_advisory_lock(number) FROM generate_series(1, 10000000) AS number")
    return [connection]


def is_gone():
    """The server has noticed that nobody is there, and has freed what such a process held."""
    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(autocommit=True) as connection:
        return connection.execute(SESSIONS).fetchone() == (0,)
    return False


def wait_until_gone():
    wait_until(is_gone, "a worker's sessions do not end")


@contextlib.contextmanager
def working(*words, **environment):
    """The process, once it has what it wants. It is killed in the end; what it filled has room then."""
    process = subprocess.Popen([sys.executable, "-B", __file__, *map(str, words)], env={**os.environ, **environment},
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout.readline() == b"ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()
        if words[0] in ("connect", "lock"):
            wait_until_gone()


def main():
    work = {"live": live, "take": take, "work": work_off, "connect": connect_often, "lock": lock_all}[sys.argv[1]]
    connections = work(*map(int, sys.argv[2:]))
    print("ready", flush=True)
    sys.stdin.read()
    del connections


if __name__ == "__main__":
    main()
