"""A server that crashes and forgets what it had confirmed (synchronous_commit = off).

Its statistics are gone then, and the batches of whatever comes after it are larger: so it comes behind the cases that are held in
the middle of a flush.
"""

import os
import subprocess

import pytest

from trials import FIRST_BATCH, NOTHING, ROWS, change
from waiting import wait_until

TASKS = ROWS


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
        options = ["-D", self.data, "-m", "immediate", "-s", "-w", "-l", os.path.join(place, "server.log")]
        subprocess.run([os.path.join(self.programs, "pg_ctl"), *options, "restart"], cwd=place, start_new_session=True, check=True,
                       **rights)
        self.peer.connection = self.connect()


@pytest.mark.only("postgres")
def test_server_crashes(trial):
    """What it had confirmed may be gone with it: the table, not the history, tells what is missing."""
    peer, server, seen = trial.peer, Server(trial.peer), []

    def undo_all():
        for _ in range(5):
            status, result, said = trial.ended("undo", "--yes")
            if status == 1 and NOTHING in said:
                return trial.whole()
            assert status == 0, f"undo after a crash ends with {status}: {said} {result}"
        raise AssertionError("undo finds no end")

    def crash(during):
        before = trial.gone()
        server.crash()
        seen.append(f"{during}: {before} gone, {trial.gone()} after the crash")

    change(peer, "ALTER ROLE CURRENT_USER SET synchronous_commit = off")
    try:
        with trial.held(FIRST_BATCH + 1, "flush", "--yes") as flush:
            crash("flush before a commit")
        status, _, said = flush.end()
        assert status in (1, 4) and "error: " in said, f"a flush without its server ends with {status}: {said}"
        undo_all()
        flush = trial.start("flush", "--yes")
        wait_until(lambda: trial.gone() > 0, "the flush deletes nothing", every_s=0.002)
        crash("flush")
        flush.end()
        undo_all()
        flushed = trial.done("flush", "--yes")
        undo = trial.start("undo", "--yes")
        wait_until(lambda: trial.gone() < flushed["deleted"], "the undo brings nothing back", every_s=0.002)
        crash("undo")
        undo.end()
        undo_all()
        flushed = trial.done("flush", "--yes")
        trial.take_back(flushed["deleted"])
        crash("after an undo")
        undo_all()
    finally:
        change(peer, "ALTER ROLE CURRENT_USER RESET synchronous_commit")
    print("; ".join(seen))
