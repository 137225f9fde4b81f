"""The two databases that whole commands are tried on: worlds of the simulator, and the test bed's PostgreSQL.

Both can fill themselves again, tell a hash of all their rows, and say what a command has left behind.
"""

import contextlib
import hashlib
import os
import shutil
import sqlite3
import subprocess
import tempfile

from said_once import said_twice

HERE = os.path.dirname(os.path.abspath(__file__))
FLOOD = os.path.join(HERE, "..", "beds", "postgres", "flood.py")
TASKS, LOGS = "authentik_tasks_task", "authentik_tasks_tasklog"


class Peer:
    """What both have: a directory of their own, and an environment for the commands that act on them."""

    def __init__(self, tasks):
        self.tasks = tasks
        self.scratch = tempfile.mkdtemp(prefix="akqueue-test.")
        self.environment = dict(os.environ, XDG_STATE_HOME=os.path.join(self.scratch, "state"))

    def akqueue(self, *arguments, **environment):
        """(exit status, standard output, standard error)"""
        where = [] if arguments[0] in ("history", "backups") else ["-n", "authentik"]
        done = subprocess.run(["kubectl-akqueue", *arguments, *where], env={**self.environment, **environment}, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False, timeout=120)
        said = done.stderr.decode()
        assert not said_twice(said), said
        return done.returncode, done.stdout.decode(), said

    def processes(self):
        """What was started with this peer's environment and runs still."""
        for pid in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError), open(f"/proc/{pid}/environ", "rb") as environment:
                if self.scratch.encode() in environment.read():
                    yield f"process {pid}"

    def close(self):
        shutil.rmtree(self.scratch)


class Replica(Peer):
    """A world of the simulator."""

    name = "sqlite"

    def __init__(self, tasks):
        super().__init__(tasks)
        self.master, self.world = os.path.join(self.scratch, "master"), os.path.join(self.scratch, "world")
        subprocess.run(["akqueue-sim", "create", self.master, "--scenario", "outpost-storm", "--tasks", str(tasks)], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.environment["AKQUEUE_SIM"] = self.world

    def renew(self):
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(self.world + suffix):
                os.remove(self.world + suffix)
        shutil.copy(self.master, self.world)

    def ask(self, sql):
        with sqlite3.connect(self.world) as database:
            return database.execute(sql).fetchone()[0]

    def count(self):
        return self.ask(f"SELECT count(*) FROM {TASKS}")

    def strays(self):
        """Log rows without their task."""
        return self.ask(f"SELECT count(*) FROM {LOGS} WHERE task_id NOT IN (SELECT message_id FROM {TASKS})")

    def everything(self):
        """A hash of all rows."""
        digest = hashlib.sha256()
        with sqlite3.connect(self.world) as database:
            for table, key in ((TASKS, "message_id"), (LOGS, "id")):
                for row in database.execute(f"SELECT * FROM {table} ORDER BY {key}"):
                    digest.update(repr(row).encode())
        return digest.hexdigest()

    def cut(self, pids):
        """There is no connection to cut, only the process itself."""
        for pid in pids:
            os.kill(pid, 15)

    def leftovers(self):
        """Processes, and SQLite's one lock for writers."""
        found = list(self.processes())
        with contextlib.closing(sqlite3.connect(self.world, timeout=0, isolation_level=None)) as database:
            try:
                database.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as locked:
                found.append(str(locked))
        return found


class Postgres(Peer):
    """The test bed's database."""

    name = "postgres"

    def __init__(self, tasks):
        super().__init__(tasks)
        import psycopg  # the test bed's alone

        self.connection = psycopg.connect(autocommit=True)

    def renew(self):
        self.ask(f"TRUNCATE {TASKS}, {LOGS} CASCADE")  # and what a later release or a case has made that references them
        subprocess.run([FLOOD, str(self.tasks), "--logs", "2"], check=True, stdout=subprocess.DEVNULL)

    def ask(self, sql):
        """The first row; a single value for itself."""
        answer = self.connection.execute(sql)
        row = answer.fetchone() if answer.description else None
        return row[0] if row and len(row) == 1 else row

    def count(self):
        return self.ask(f"SELECT count(*) FROM {TASKS}")

    def strays(self):
        return self.ask(f"SELECT count(*) FROM {LOGS} l WHERE NOT EXISTS (SELECT 1 FROM {TASKS} t WHERE t.message_id = l.task_id)")

    def everything(self):
        return self.ask(f"SELECT (SELECT md5(string_agg(md5(t::text), '' ORDER BY t.message_id)) FROM {TASKS} t), "
                        f"(SELECT md5(string_agg(md5(l::text), '' ORDER BY l.id)) FROM {LOGS} l)")

    def cut(self, _):
        self.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'akqueue'")

    def leftovers(self):
        """Processes, and sessions of the database, which own its transactions and locks."""
        sessions = self.ask("SELECT array_agg(pid) FROM pg_stat_activity WHERE application_name = 'akqueue'") or []
        return [*self.processes(), *(f"session {pid}" for pid in sessions)]


def make_peer(name, tasks):
    return (Replica if name == "sqlite" else Postgres)(tasks)
