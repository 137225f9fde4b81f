"""A real PgBouncer before the test bed's PostgreSQL, in transaction mode: it lends each of its few connections from transaction to
transaction."""

import contextlib
import os
import pathlib
import shutil
import subprocess

import psycopg

from server_owner import ServerOwner
from waiting import wait_until

CONNECTIONS = 3  # to the database
SETTINGS = """[databases]
{database} = host={host} port={port}
[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = {place}
auth_type = scram-sha-256
auth_file = {place}/users
admin_users = {user}
pool_mode = transaction
default_pool_size = {connections}
query_wait_timeout = 1
logfile = {place}/log
pidfile = {place}/pid
"""


def quoted(text):
    return '"%s"' % text.replace('"', '""')


class Pooler:
    """Its socket is in a directory of its own; `there` leads libpq to it, `settings` an authentik."""

    def __init__(self):
        owner = ServerOwner()
        self.place = owner.directory("akqueue-pooler.")
        user, password, database = (os.environ[name] for name in ("PGUSER", "PGPASSWORD", "PGDATABASE"))
        self.write("users", f"{quoted(user)} {quoted(password)}\n", owner)
        self.write("settings", SETTINGS.format(database=database, host=os.environ["PGHOST"], port=os.environ["PGPORT"], user=user,
                                               place=self.place, connections=CONNECTIONS), owner)
        self.there = {"PGHOST": self.place, "PGPORT": "6432"}
        self.settings = {"AUTHENTIK_POSTGRESQL__HOST": self.place, "AUTHENTIK_POSTGRESQL__PORT": "6432"}
        program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
        assert program, "there is no pgbouncer (apt-get install pgbouncer)"
        self.process = subprocess.Popen([program, "-q", os.path.join(self.place, "settings")], cwd=self.place, start_new_session=True,
                                        **owner.rights)
        wait_until(self.answers, lambda: f"PgBouncer does not answer: {self.log()}")

    def write(self, name, text, owner):
        path = pathlib.Path(self.place, name)
        path.write_text(text, encoding="utf-8")
        owner.owns(path, 0o600)

    def log(self):
        path = pathlib.Path(self.place, "log")
        return path.read_text(encoding="utf-8") if path.exists() else "no log"

    def connect(self, **more):
        """A client of it. PgBouncer of Debian 12 knows no prepared statements in transaction mode."""
        return psycopg.connect(host=self.place, port=6432, autocommit=True, prepare_threshold=None, **more)

    def answers(self):
        with contextlib.suppress(psycopg.OperationalError), self.connect() as client:
            return client.execute("SELECT true").fetchone()[0]
        return False

    @contextlib.contextmanager
    def console(self):
        """What gives PgBouncer itself a command: a simple query, its console knows no other."""
        with self.connect(dbname="pgbouncer") as client:
            def console(command):
                answer = client.pgconn.exec_(command.encode())
                assert answer.status == psycopg.pq.ExecStatus.COMMAND_OK, answer.error_message.decode()
            yield console

    def forget(self):
        """Its connections to the database end, and with them the locks that somebody has left there."""
        with self.console() as console:
            console("RECONNECT")
            console("WAIT_CLOSE")

    def close(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.place)
