"""A site behind a real PgBouncer in transaction mode, and how long a worker counts as alive with and without one.

Locks stay with the pooler's connections when the worker that took them is gone, and so does the lock that says that it lives.
"""

import contextlib
import json
import subprocess
import uuid

import pytest

import worker
from pooler import CONNECTIONS, Pooler
from waiting import wait_until

TASKS = 300
STRANDED = 30
LOCKS = "SELECT count(DISTINCT pid) FROM pg_locks WHERE locktype = 'advisory'"  # the connections that have some
NO_WORKERS = {"AKQUEUE_BED_WORKERS": "0"}


@pytest.fixture(scope="module")
def started_pooler():
    with contextlib.closing(Pooler()) as pooler:
        yield pooler


@pytest.fixture
def pooler(peer, started_pooler):
    """With full tables behind it, no worker, and no lock."""
    peer.renew()
    peer.ask("TRUNCATE authentik_tasks_workerstatus")
    started_pooler.forget()
    wait_until(lambda: peer.ask(LOCKS) == 0, "the pooler's connections have kept their locks")
    return started_pooler


def document(peer, *words, **environment):
    status, out, said = peer.akqueue(*words, "-o", "json", **environment)
    assert status == 0, said
    return json.loads(out)


def done(peer, *words, **environment):
    status, out, said = peer.akqueue(*words, "--yes", **environment)
    assert status == 0, f"{out}{said}"
    return out


def test_status_says_so(peer, pooler):
    assert "behind a connection pooler" in peer.akqueue("status", **pooler.settings)[1]
    assert "behind a connection pooler" not in peer.akqueue("status")[1]
    assert document(peer, "status", **pooler.settings)["site"]["pooled"] is True
    assert document(peer, "status")["site"]["pooled"] is False


def test_everything_goes_and_comes_back(peer, pooler):
    before = peer.everything()
    out = done(peer, "flush", **pooler.settings)
    assert peer.count() == 0 and f"deleted {TASKS} tasks" in out and ": complete" in out, out
    assert f"restored {TASKS} tasks" in done(peer, "undo", **pooler.settings)
    assert peer.everything() == before


@pytest.fixture
def stranded(peer, pooler):
    """The only worker has been killed with tasks in its hands, five minutes after its last heartbeat."""
    worker.beat(peer.connection, uuid.uuid4(), "5 minutes")
    with worker.working("take", STRANDED, **pooler.there):
        pass
    assert peer.ask(LOCKS) > 1, "all locks are on one connection"
    return pooler


def test_locks_of_a_worker_that_is_gone(peer, stranded):
    taken = document(peer, "status", **stranded.settings)["taken"]
    assert (taken["held"], taken["stranded"]) == (0, STRANDED)
    status, out, said = peer.akqueue("wait", "--for", "held=0", "--timeout", "20s", **stranded.settings)
    assert status == 0, f"{out}{said}"


def test_more_is_locked_than_the_workers_can_have(peer, stranded):
    """Another worker lives, with a process of two threads: four of the locked tasks may be its own, no more."""
    worker.beat(peer.connection, uuid.uuid4(), "5 seconds")
    taken = document(peer, "status", **stranded.settings)["taken"]
    assert (taken["held"], taken["stranded"]) == (4, STRANDED - 4)
    workers = document(peer, "workers", **stranded.settings)
    assert workers["stranded"] == STRANDED - 4
    for condition, wanted in ("held=4", 0), (f"stranded={STRANDED - 4}", 0), ("held=0", 5):
        status, out, said = peer.akqueue("wait", "--for", condition, "--timeout", "2s", **stranded.settings)
        assert status == wanted, f"{condition}: {out}{said}"


def test_a_connection_that_serves_others_proves_nothing(peer, pooler):
    """A worker lives and has four tasks in its hands, while the connections that have its locks are lent to somebody else: by that
    alone nobody may call them stranded."""
    worker.beat(peer.connection, uuid.uuid4(), "5 seconds")
    with worker.working("take", 4, **pooler.there), contextlib.closing(pooler.connect()) as somebody:
        served = somebody.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()").fetchone()[0]
        assert served > 0, "no lock is on the connection that was lent"
        taken = document(peer, "status", **pooler.settings)["taken"]
        assert (taken["held"], taken["stranded"]) == (4, 0)
        done(peer, "flush", **pooler.settings)
        assert peer.count() == 4


def test_locked_tasks_are_left_while_there_are_workers(peer, stranded):
    before = peer.everything()
    out = done(peer, "flush", **stranded.settings)
    assert f"{STRANDED} locked, with no worker behind the lock" in out, out
    assert peer.count() == STRANDED
    done(peer, "undo", **stranded.settings)
    assert peer.everything() == before


def test_locked_tasks_go_without_workers(peer, stranded):
    before = peer.everything()
    out = done(peer, "flush", **stranded.settings, **NO_WORKERS)
    assert peer.count() == 0, out
    done(peer, "undo", **stranded.settings, **NO_WORKERS)
    assert peer.everything() == before


def said_meanwhile(peer, pooler, in_the_way):
    """What status says through the pooler, if that goes out of its way once it tries again."""
    process = subprocess.Popen(["kubectl-akqueue", "status", "-n", "authentik"], env={**peer.environment, **pooler.settings}, text=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        said = ""
        while "trying again in 5s" not in said:
            line = process.stderr.readline()
            assert line, f"it has not tried again: {said}"
            said += line
        in_the_way.close()
        out, more = process.communicate(timeout=60)
        assert process.returncode == 0 and "behind a connection pooler" in out, f"{out}{said}{more}"
        return said + more
    finally:
        process.kill()


def test_all_connections_of_the_pooler_are_lent(peer, pooler):
    """By clients who sit in their transactions; what they have comes free while it is tried again."""
    with contextlib.ExitStack() as clients:
        for _ in range(CONNECTIONS):
            client = clients.enter_context(contextlib.closing(pooler.connect()))
            client.execute("BEGIN")
        said = said_meanwhile(peer, pooler, clients)
    assert "the pooler before the database has no connection left for pod authentik-server-0: " in said, said
    assert "query_wait_timeout" in said, said


def test_the_pooler_takes_no_more_clients(peer, pooler):
    with contextlib.ExitStack() as limit:
        console = limit.enter_context(pooler.console())  # itself a client
        console("SET max_client_conn = 1")
        limit.callback(console, "SET max_client_conn = 100")
        said = said_meanwhile(peer, pooler, limit)
    assert "the pooler before the database has no connection left for pod authentik-server-0: " in said, said
    assert "max_client_conn" in said, said


def test_a_killed_worker_is_dead_at_once(peer, pooler):
    """Its row says for a minute and a half more that it has been seen; nothing else is known behind a pooler."""
    def alive(**environment):
        return document(peer, "status", **environment)["workers"]["alive"]

    def pod():
        return document(peer, "workers")["workers"][0]

    with worker.working("live") as process:
        assert alive() == 1
        assert pod()["alive"] is True
        assert peer.akqueue("wait", "--for", "workers>=1", "--timeout", "20s")[0] == 0
        process.kill()
        wait_until(lambda: alive() == 0, "the worker is alive still")
    assert pod()["alive"] is False
    assert ", dead" in peer.akqueue("workers")[1]
    status, out, said = peer.akqueue("wait", "--for", "workers>=1", "--timeout", "2s")
    assert status != 0, f"{out}{said}"
    assert alive(**pooler.settings) == 1
