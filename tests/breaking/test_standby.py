#!/usr/bin/env python3
"""A pod whose settings lead to a standby: a real one, which follows the test bed's PostgreSQL.

    with-cluster test_standby.py

It can be looked at like any other. What would change it is refused before anything else happens, with words that say why,
and the primary keeps every row.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from checks import expect  # noqa: E402
from databases import Postgres  # noqa: E402

TASKS = 500
REFUSED = 3
WHY = "the database is a standby: it can be looked at, not changed"


class Standby:
    """Made of the primary's files, and run by their owner."""

    def __init__(self):
        import psycopg  # the test bed's alone

        self.psycopg = psycopg
        with psycopg.connect(user=os.environ["AKQUEUE_TEST_SUPERUSER"]) as superuser:
            primary, = superuser.execute("SHOW data_directory").fetchone()
            self.programs, = superuser.execute("SELECT setting FROM pg_config() WHERE name = 'BINDIR'").fetchone()
        owner = os.stat(primary)
        self.rights = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        self.place = tempfile.mkdtemp(prefix="akqueue-standby.")
        os.chown(self.place, owner.st_uid, owner.st_gid)
        self.data = os.path.join(self.place, "data")
        self.server("pg_basebackup", "-D", self.data, "-U", os.environ["AKQUEUE_TEST_SUPERUSER"], "-R", "-X", "stream", "-c", "fast", "--no-sync")
        self.server("pg_ctl", "-D", self.data, "-s", "-w", "-l", os.path.join(self.place, "log"), "-o", f"-c listen_addresses= -c max_connections=40 -k {self.place}", "start")

    def server(self, program, *arguments):
        subprocess.run([os.path.join(self.programs, program), *arguments], cwd=self.place, start_new_session=True, check=True, **self.rights)

    def follows(self, peer):
        """Until it has what the primary has."""
        place = peer.ask("SELECT pg_current_wal_lsn()::text")
        with self.psycopg.connect(host=self.place, autocommit=True) as standby:
            deadline = time.monotonic() + 30
            while not standby.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", (place,)).fetchone()[0]:
                expect(time.monotonic() < deadline, "the standby does not follow")
                time.sleep(0.05)

    def stop(self):
        self.server("pg_ctl", "-D", self.data, "-s", "-m", "immediate", "stop")
        shutil.rmtree(self.place)


def main():
    peer = Postgres(TASKS)
    peer.renew()
    standby = Standby()
    there = {"AUTHENTIK_POSTGRESQL__HOST": standby.place}
    try:
        kept = json.loads(peer.akqueue("delete", "--state", "queued", "--yes", "-o", "json")[1])["result"]["backup"]["path"]
        left, rows = peer.count(), peer.everything()
        expect(0 < left < TASKS, f"{left} of {TASKS} tasks are left")
        standby.follows(peer)

        status, out, said = peer.akqueue("status", **there)
        expect(status == 0 and ", a standby" in out, f"status ends with {status}: {out}{said}")
        status, out, said = peer.akqueue("list", "--all", "--limit", "0", "-o", "name", **there)
        expect(status == 0 and len(out.split()) == left, f"list ends with {status}, and {len(out.split())} of {left}: {said}")
        status, out, said = peer.akqueue("flush", "--dry-run", **there)
        expect(status == 0 and str(left) in out, f"flush --dry-run ends with {status}: {out}{said}")

        def kept_here():
            """What this machine remembers: a command that is refused leaves no backup and no line in the history."""
            place = pathlib.Path(peer.environment["XDG_STATE_HOME"])
            return {str(file): file.read_bytes() for file in sorted(place.rglob("*")) if file.is_file()}

        before = kept_here()
        expect(before, "the deletion has left nothing behind")
        for command in ("flush", "delete --all", "undo", f"restore {kept}"):
            status, out, said = peer.akqueue(*command.split(), "--yes", **there)
            expect(status == REFUSED and WHY in said and "hint: " in said, f"{command} on a standby ends with {status}: {out}{said}")
            print(f"ok: {command.split()[0]} is refused")
        expect(kept_here() == before, f"a refused command has left something: {sorted(set(kept_here()) - set(before))}")
        expect(peer.everything() == rows, "rows of the primary are not what they were")
        status, out, said = peer.akqueue("undo", "--yes")
        expect(status == 0 and peer.count() == TASKS, f"undo on the primary ends with {status}: {out}{said}")
    finally:
        standby.stop()
        peer.close()


if __name__ == "__main__":
    sys.exit(main())
