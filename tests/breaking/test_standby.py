"""A pod whose settings lead to a standby: a real one, which follows the test bed's PostgreSQL.

It can be looked at like any other. What would change it is refused before anything else happens, with words that say why,
and the primary keeps every row.
"""

import json
import os
import pathlib
import shutil
import subprocess
import types

import psycopg
import pytest

from server_owner import ServerOwner
from waiting import wait_until

TASKS = 500
REFUSED = 3
WHY = "the database is a standby: it can be looked at, not changed"


class Standby:
    """Made of the primary's files, and run by their owner."""

    def __init__(self):
        self.owner = ServerOwner()
        self.place = self.owner.directory("akqueue-standby.")
        self.data = os.path.join(self.place, "data")
        superuser = os.environ["AKQUEUE_TEST_SUPERUSER"]
        self.server("pg_basebackup", "-D", self.data, "-U", superuser, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        options = f"-c listen_addresses= -c max_connections=40 -k {self.place}"
        self.server("pg_ctl", "-D", self.data, "-s", "-w", "-l", os.path.join(self.place, "log"), "-o", options, "start")

    def server(self, program, *arguments):
        subprocess.run([os.path.join(self.owner.programs, program), *arguments], cwd=self.place, start_new_session=True,
                       check=True, **self.owner.rights)

    def follows(self, peer):
        """Until it has what the primary has."""
        place = peer.ask("SELECT pg_current_wal_lsn()::text")
        with psycopg.connect(host=self.place, autocommit=True) as standby:
            reached = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
            wait_until(lambda: standby.execute(reached, (place,)).fetchone()[0], "the standby does not follow")

    def stop(self):
        self.server("pg_ctl", "-D", self.data, "-s", "-m", "immediate", "stop")
        shutil.rmtree(self.place)


def kept_in(peer):
    """What this machine remembers: a command that is refused leaves no backup and no line in the history."""
    place = pathlib.Path(peer.environment["XDG_STATE_HOME"])
    return {str(file): file.read_bytes() for file in sorted(place.rglob("*")) if file.is_file()}


@pytest.fixture(scope="module")
def site(peer):
    """A standby that has what is left of the primary after a deletion; `there` leads to it."""
    peer.renew()
    standby = Standby()
    try:
        kept = json.loads(peer.akqueue("delete", "--state", "queued", "--yes", "-o", "json")[1])["result"]["backup"]["path"]
        left = peer.count()
        assert 0 < left < TASKS
        assert kept_in(peer), "the deletion has left nothing behind"
        standby.follows(peer)
        yield types.SimpleNamespace(there={"AUTHENTIK_POSTGRESQL__HOST": standby.place}, kept=kept, left=left)
    finally:
        standby.stop()


def test_status_says_so(peer, site):
    status, out, said = peer.akqueue("status", **site.there)
    assert status == 0 and ", a standby" in out, f"{out}{said}"


def test_lists_every_task(peer, site):
    status, out, said = peer.akqueue("list", "--all", "--limit", "0", "-o", "name", **site.there)
    assert status == 0 and len(out.split()) == site.left, said


@pytest.mark.parametrize("condition", ("--held", "--orphaned"))
def test_who_holds_what_is_not_told(peer, site, condition):
    status, out, said = peer.akqueue("list", condition, **site.there)
    assert status == REFUSED and f"{condition} can't be told here: the database is a standby" in said, f"{out}{said}"
    status, out, said = peer.akqueue("list", "--all", "--limit", "1", "-o", "wide", **site.there)
    assert status == 0 and "HOLDER" in out, f"{out}{said}"


def test_a_dry_run_counts(peer, site):
    status, out, said = peer.akqueue("flush", "--dry-run", **site.there)
    assert status == 0 and str(site.left) in out, f"{out}{said}"


@pytest.mark.parametrize("command", ("flush", "delete --all", "undo", "restore KEPT"))
def test_refused(peer, site, command):
    rows, before = peer.everything(), kept_in(peer)
    status, out, said = peer.akqueue(*command.replace("KEPT", site.kept).split(), "--yes", **site.there)
    assert status == REFUSED and WHY in said and "hint: " in said, f"{out}{said}"
    after = kept_in(peer)
    assert after == before, f"it has left something: {sorted(set(after) - set(before))}"
    assert peer.everything() == rows, "rows of the primary are not what they were"


def test_undo_on_the_primary(peer, site):
    assert peer.count() == site.left
    status, out, said = peer.akqueue("undo", "--yes")
    assert status == 0 and peer.count() == TASKS, f"{out}{said}"
