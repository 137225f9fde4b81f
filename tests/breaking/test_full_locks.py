"""A table of locks that workers have filled (max_locks_per_transaction): what is said, and that no row is lost.

Each task that a worker has taken has a place there, and so has each table and index that a statement uses, beyond some few.
"""

import contextlib

import psycopg
import pytest

import worker
from screen import Screen

TASKS = 100
FULL = "the database's table of locks is full"
HINT = "hint: workers hold a lock for each task that they have taken: kubectl akqueue drain ends them first"


def test_no_place_for_a_connection(peer):
    with worker.working("lock"):
        status, _, said = peer.akqueue("status")
    assert status == 1 and f"{FULL}, and leaves no room for a connection of pod authentik-server-0: " in said, said
    assert HINT in said


def lets_in():
    with contextlib.suppress(psycopg.OperationalError), psycopg.connect():
        return True
    return False


def test_no_place_for_a_look(peer):
    """Just enough for a connection."""
    with contextlib.closing(worker.connect()) as filling:
        # Prepared while there is room.
        filling.execute("PREPARE free(bigint) AS SELECT pg_advisory_unlock($1)")
        filling.execute("EXECUTE free(0)")
        with pytest.raises(psycopg.errors.OutOfMemory):
            filling.execute("SELECT pg_advisory_lock(number) FROM generate_series(1, 10000000) AS number")
        freed = 0
        while not lets_in():
            freed += 1
            filling.execute(f"EXECUTE free({freed})")
        status, _, said = peer.akqueue("status")
    worker.wait_until_gone()
    assert status == 1 and FULL in said and HINT in said, said


def answered_when_full(peer, command, question, answer):
    """The table fills while the question stands. What it says then."""
    screen = Screen(["kubectl-akqueue", command, "-n", "authentik"], peer.environment, size=(50, 120))
    screen.expect(question)
    with worker.working("lock"):
        screen.type(f"{answer}\r")
        assert screen.end() == 1, screen.output
    assert FULL in screen.output and "max_locks_per_transaction" in screen.output, screen.output
    return screen.output


def done(peer, command):
    status, out, said = peer.akqueue(command, "--yes")
    assert status == 0, f"{out}{said}"


def test_it_fills_before_the_first_batch(peer):
    """Nothing goes, nothing comes back; with room everything does."""
    peer.renew()
    before = peer.everything()
    assert "deleted 0 tasks" in answered_when_full(peer, "flush", "to delete 100 tasks: ", "default")
    assert peer.everything() == before
    done(peer, "flush")
    assert f"only in the backup: {TASKS} tasks" in answered_when_full(peer, "undo", "Restore.* ", "y")
    assert peer.count() == 0
    done(peer, "undo")
    assert peer.everything() == before
