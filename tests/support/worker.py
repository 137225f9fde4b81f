#!/usr/bin/python3
"""What a worker of authentik does in the database, in a process of its own that can be killed.

    worker.py live       a row in the table of workers, just written, and the lock that says that it lives
    worker.py take N     takes N queued tasks, each with its lock; the statements go over several connections of a pooler
    worker.py connect    takes all connections that there are
    worker.py lock       takes all places in the table of locks

The connection is libpq's (PGHOST, ...). It says "ready", and then does nothing until it is ended.
"""

import contextlib
import hashlib
import os
import subprocess
import sys
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


@contextlib.contextmanager
def working(*words, **environment):
    """The process, once it has what it wants. It is killed in the end."""
    process = subprocess.Popen([sys.executable, "-B", __file__, *map(str, words)], env={**os.environ, **environment},
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout.readline() == b"ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def main():
    work = {"live": live, "take": take, "connect": connect_often, "lock": lock_all}[sys.argv[1]]
    connections = work(*map(int, sys.argv[2:]))
    print("ready", flush=True)
    sys.stdin.read()
    del connections


if __name__ == "__main__":
    main()
