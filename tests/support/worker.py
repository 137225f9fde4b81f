#!/usr/bin/python3
"""What a worker of authentik does in the database, in a process of its own that can be killed.

    worker.py live       a row in the table of workers, just written, and the lock that says that it lives
    worker.py take N     takes N queued tasks, each with its lock; the statements go over several connections of a pooler

The connection is libpq's (PGHOST, ...). It says "ready", and then does nothing until it is ended.
"""

import contextlib
import hashlib
import os
import subprocess
import sys
import uuid

import psycopg

TAKE = """
UPDATE authentik_tasks_task SET state = 'consumed', mtime = now()
WHERE message_id = %s AND state = 'queued' AND pg_try_advisory_lock(%s)"""


def key(name):
    """As authentik computes it."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little", signed=True)


def connect():
    return psycopg.connect(autocommit=True, prepare_threshold=None)


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
    held = live() if sys.argv[1] == "live" else take(int(sys.argv[2]))
    print("ready", flush=True)
    sys.stdin.read()
    del held


if __name__ == "__main__":
    main()
