"""The rows that a benchmark works on, filled once and copied for each run: a PostgreSQL database (that of tests/beds/postgres/with-cluster),
or a world of the simulator.

Both have about 70 % of their tasks queued, with one log row each; what is finished has three.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import psycopg

HERE = os.path.dirname(os.path.abspath(__file__))
FLOOD = os.path.join(HERE, "..", "beds", "postgres", "flood.py")
SCRIPT = os.path.join(HERE, "binary_script.py")
QUEUED = "state = 'queued'"
TASKS, LOGS = "authentik_tasks_task", "authentik_tasks_tasklog"
COUNT = f"SELECT queue_name, state, count(*) FROM {TASKS} GROUP BY queue_name, state"
NEWEST = f"SELECT message_id, actor_name, state, mtime FROM {TASKS} ORDER BY mtime DESC LIMIT 50"
BY_ACTOR = f"SELECT actor_name, count(*) FROM {TASKS} GROUP BY actor_name ORDER BY 2 DESC"
DELETE = (f"DELETE FROM {LOGS} WHERE task_id IN (SELECT message_id FROM {TASKS} WHERE {QUEUED})", f"DELETE FROM {TASKS} WHERE {QUEUED}")
# One statement, so that it is one transaction as well.
DELETE_AT_ONCE = f"WITH logs AS ({DELETE[0]}) {DELETE[1]}"


class Site:
    """The working copy of a site, and how to reach it."""

    def __init__(self, folder):
        self.folder = folder
        self.state = tempfile.mkdtemp(prefix="state.", dir=folder)

    def environment(self, **more):
        return {**os.environ, "XDG_STATE_HOME": self.state, "AKQUEUE_BED_PYTHON": sys.executable, **more}

    def forget_backups(self):
        shutil.rmtree(self.state)
        os.mkdir(self.state)


class Postgres(Site):
    engine = "postgresql"

    def __init__(self, folder):
        super().__init__(folder)
        self.source = os.environ["AUTHENTIK_POSTGRESQL__NAME"]

    def fill(self, tasks):
        self.admin("DROP DATABASE IF EXISTS bench")
        psql(self.source, f"TRUNCATE {TASKS} CASCADE")
        subprocess.run([FLOOD, str(tasks), "--logs", "3", "--queued-logs", "1"], check=True, stdout=subprocess.DEVNULL)
        psql(self.source, f"VACUUM (ANALYZE) {TASKS}, {LOGS}")

    def admin(self, sql):
        user = os.environ.get("AKQUEUE_TEST_SUPERUSER", "postgres")
        subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-U", user, "-d", "postgres", "-c", sql], check=True, stdout=subprocess.DEVNULL)

    def renew(self):
        self.admin("DROP DATABASE IF EXISTS bench")
        self.admin(f'CREATE DATABASE bench TEMPLATE "{self.source}" OWNER authentik STRATEGY file_copy')
        self.admin("CHECKPOINT")
        psql("bench", COUNT)  # in memory, as a queue that is in use
        psql("bench", f"SELECT count(*) FROM {LOGS}")
        self.forget_backups()

    def close(self):
        self.admin("DROP DATABASE IF EXISTS bench")

    def environment(self, **more):
        return super().environment(AUTHENTIK_POSTGRESQL__NAME="bench", PGDATABASE="bench", **more)

    @staticmethod
    def sql(statement):
        """A command that has the database carry it out."""
        return ["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", statement]

    def an_id(self):
        with psycopg.connect(dbname="bench") as connection:
            return str(connection.execute(f"SELECT message_id FROM {TASKS} WHERE {QUEUED} LIMIT 1").fetchone()[0])

    def scripts(self):
        path = os.path.join(self.folder, "rows")
        return {1: [sys.executable, SCRIPT, path], 2: [sys.executable, SCRIPT, path, "--connections", "2"]}


class Replica(Site):
    engine = "sqlite"
    runner = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); print(c.execute(sys.argv[2]).fetchall())"

    def __init__(self, folder):
        super().__init__(folder)
        self.source, self.world = (os.path.join(folder, name) for name in ("source.world", "bench.world"))

    def fill(self, tasks):
        subprocess.run(["akqueue-sim", "create", self.source, "--scenario", "outpost-storm", "--tasks", str(tasks), "--force"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def renew(self):
        shutil.copy(self.source, self.world)
        self.forget_backups()

    def close(self):
        pass

    def environment(self, **more):
        return super().environment(AKQUEUE_SIM=self.world, **more)

    def sql(self, statement):
        return [sys.executable, "-c", self.runner, self.world, statement]

    def an_id(self):
        with sqlite3.connect(self.world) as connection:
            return connection.execute(f"SELECT message_id FROM {TASKS} WHERE {QUEUED} LIMIT 1").fetchone()[0]

    def scripts(self):
        return {}


def psql(database, sql):
    subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql], check=True, stdout=subprocess.DEVNULL)
