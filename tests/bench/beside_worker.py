#!/usr/bin/python3
"""A large deletion beside a worker that takes, finishes and enqueues: what each feels of the other.

    tests/beds/postgres/with-cluster tests/bench/beside_worker.py [--tasks 10000000] [--jobs N] [--before S] [--json FILE]

Deletes every queued task, about 70 %, with its log rows, all of them kept. The worker's statements are timed for a while (half a minute) before, and
then until the deletion ends. Told are the rows deleted over time, the 99th percentile and the longest of the worker's statements without and
with the deletion, and how large tables and the catalog are before and after. page.py draws it.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

import psycopg

from figures import read, write
from sites import LOGS, TASKS, Postgres

EVERY_S, ROUND_S = 2, 0.02
ACTOR = "akqueue.bench.beside"  # of its own tasks, which the deletion leaves alone: they come after the preview
SIZES = ("authentik_tasks_task", "authentik_tasks_tasklog", "pg_class", "pg_attribute", "pg_depend", "pg_type")
ENQUEUE = f"""
INSERT INTO {TASKS} (message_id, queue_name, actor_name, message, state, mtime, _messages, _previous_messages, aggregated_status{{names}})
SELECT gen_random_uuid(), queue_name, '{ACTOR}', message, 'queued', now(), '[]', '[]', 'queued'{{values}}
FROM {TASKS} WHERE state = 'rejected' LIMIT 1 RETURNING message_id"""
TAKE = f"UPDATE {TASKS} SET state = 'consumed', mtime = now() WHERE message_id = %s AND state = 'queued' AND pg_try_advisory_lock(%s)"
RUN = f"UPDATE {TASKS} SET state = 'running', mtime = now() WHERE message_id = %s"
LOG = (f"INSERT INTO {LOGS} (id, event, log_level, logger, timestamp, attributes, previous, task_id) "
       "VALUES (gen_random_uuid(), 'Task is being processed', 'info', 'bench', now(), '{}', false, %s)")
RELEASE = "SELECT pg_advisory_unlock(%s)"
FINISH = f"UPDATE {TASKS} SET state = 'done', mtime = now(), message = '', result_expiry = now() + interval '10 min' WHERE message_id = %s"


def lock_key(task):
    return int.from_bytes(hashlib.sha256(f"authentik.tasks.default.lock.{task}".encode()).digest()[:8], "little", signed=True)


class Worker(threading.Thread):
    """Enqueues a task, takes it, runs it, finishes it; as often as it can, with a pause. Its times: (when, seconds)."""

    def __init__(self, names):
        super().__init__(daemon=True)
        more = "".join(f", {name}" for name in names)
        self.enqueue, self.over, self.times = ENQUEUE.format(names=more, values=more), False, []

    def run(self):
        with psycopg.connect(dbname="bench", autocommit=True) as connection:
            def timed(statement, values):
                began = time.monotonic()
                cursor = connection.execute(statement, values)
                self.times.append((began, time.monotonic() - began))
                return cursor

            while not self.over:
                task = timed(self.enqueue, ()).fetchone()[0]
                key = lock_key(task)
                for statement, values in ((TAKE, (task, key)), (RUN, (task,)), (LOG, (task,)), (RELEASE, (key,)), (FINISH, (task,))):
                    timed(statement, values)
                time.sleep(ROUND_S)

    def between(self, first, last):
        times = sorted(seconds for when, seconds in self.times if first <= when < last)
        return {"statements": len(times), "median_ms": round(times[len(times) // 2] * 1000, 2),
                "p99_ms": round(times[len(times) * 99 // 100] * 1000, 2), "longest_ms": round(times[-1] * 1000, 2)}


def sizes(connection):
    found = {name: connection.execute("SELECT pg_total_relation_size(%s::regclass)", (name,)).fetchone()[0] for name in SIZES}
    dead = dict(connection.execute("SELECT relname, n_dead_tup FROM pg_stat_all_tables WHERE relname = ANY (%s)", (list(SIZES),)).fetchall())
    return {name: {"bytes": found[name], "dead_rows": dead[name]} for name in SIZES}


def deleted_rows(connection):
    return int(connection.execute("SELECT sum(n_tup_del) FROM pg_stat_user_tables WHERE relname IN (%s, %s)", (TASKS, LOGS)).fetchone()[0])


def run(site, jobs, before_s):
    with psycopg.connect(dbname="bench", autocommit=True) as connection:
        names = [row[0] for row in connection.execute("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attname IN "
                                                      "('tenant_id', 'retries')", (TASKS,))]
        before = sizes(connection)
        worker = Worker(names)
        worker.start()
        time.sleep(before_s)
        began, first_rows = time.monotonic(), deleted_rows(connection)
        command = ["kubectl-akqueue", "delete", "--all", "--yes", "--jobs", str(jobs), "-n", "authentik", "-o", "json"]
        process = subprocess.Popen(command, env=site.environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        over_time = []
        while process.poll() is None:
            time.sleep(EVERY_S)
            over_time.append((round(time.monotonic() - began, 1), deleted_rows(connection) - first_rows))
        ended = time.monotonic()
        worker.over = True
        worker.join()
        result = json.loads(process.stdout.read())["result"]
        return {"jobs": jobs, "seconds": round(ended - began, 1), "deleted": result["deleted"], "log_rows": result["other_rows"],
                "longest_transaction_s": result["longest_transaction_ms"] / 1000, "backup_bytes": result["backup"]["bytes"],
                "batches": result["batches"], "over_time": over_time, "worker_alone": worker.between(0, began),
                "worker_beside": worker.between(began, ended), "before": before, "after": sizes(connection)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, default=10_000_000)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--before", type=float, default=30, help="seconds for which the worker is alone")
    parser.add_argument("--json", help="the file to which the figures are added")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="akqueue-bench.") as folder:
        site = Postgres(folder)
        print("filling ...", file=sys.stderr)
        site.fill(options.tasks)
        site.renew()
        figures = {"tasks": options.tasks, **run(site, options.jobs, options.before)}
        site.close()
    print(json.dumps({key: value for key, value in figures.items() if key != "over_time"}, indent=1))
    if options.json:
        known = read(options.json)
        known["beside_worker"] = figures
        write(options.json, known)


if __name__ == "__main__":
    main()
