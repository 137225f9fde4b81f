"""Ways of not getting into the database, with the real agent and a real PostgreSQL: what is said, and what passes."""

import contextlib
import os
import signal
import subprocess
import threading

import psycopg
import pytest
from screen import Screen

TASKS = 100


@contextlib.contextmanager
def connections(count):
    """So many that nobody else can have."""
    held = []
    try:
        with contextlib.suppress(psycopg.OperationalError):
            while len(held) < count:
                held.append(psycopg.connect(autocommit=True))
        yield held
    finally:
        for connection in held:
            connection.close()


@pytest.fixture
def a_full_database(peer):
    """Ordinary users may have two connections: one is the test's own."""
    peer.renew()
    subprocess.run(["psql", "-qX", "-U", "postgres", "-c", "ALTER ROLE authentik CONNECTION LIMIT 2"], check=True)
    yield peer
    subprocess.run(["psql", "-qX", "-U", "postgres", "-c", "ALTER ROLE authentik CONNECTION LIMIT -1"], check=True)


@pytest.mark.only("postgres")
def test_no_connection_is_free_for_a_moment(a_full_database):
    with connections(5) as held:
        threading.Timer(3, lambda: [connection.close() for connection in held]).start()
        status, out, errors = a_full_database.akqueue("status")
    assert status == 0, errors
    assert "the database has no connection left for pod authentik-server-0" in errors
    assert errors.count("; trying again in 5s") == 1, errors
    assert "too many connections for role" in errors
    assert "queued" in out


@pytest.mark.only("postgres")
def test_no_connection_is_free(a_full_database):
    """After half a minute: what it means, and what to do."""
    with connections(5):
        status, _, errors = a_full_database.akqueue("flush", "--yes")
    assert status == 1, errors
    assert errors.count("trying again in 5s") == 6, errors
    assert "error: the database has no connection left for pod authentik-server-0: " in errors
    assert "hint: the workers hold most of them" in errors
    assert a_full_database.count() == TASKS


@pytest.mark.only("postgres")
@pytest.mark.parametrize("setting, value, words", [
    ("PASSWORD", "wrong-horse", "the database refuses the password of pod authentik-server-0"),
    ("HOST", "no-such-host.invalid", "the database's name does not resolve in pod authentik-server-0"),
    ("HOST", "127.0.0.1", "the database can't be reached from pod authentik-server-0")])
def test_words(peer, setting, value, words):
    environment = {f"AUTHENTIK_POSTGRESQL__{setting}": value, "AUTHENTIK_POSTGRESQL__PORT": "1" if value == "127.0.0.1" else "5432"}
    status, _, errors = peer.akqueue("status", **environment)
    assert status == 1, errors
    assert f"error: {words}: " in errors, errors
    assert "hint: " in errors


def cut(screen):
    """Ends what the plugin has started: its kubectl."""
    for pid in subprocess.run(["pgrep", "-P", str(screen.pid)], stdout=subprocess.PIPE, check=True).stdout.split():
        os.kill(int(pid), signal.SIGKILL)


def test_the_line_is_cut_while_the_question_stands(peer):
    """As a proxy does after some idle minutes: the answer counts all the same."""
    peer.renew()
    before = peer.everything()
    for words, question, done in ((["flush"], r"to delete \d+ tasks: ", r"deleted \d+ tasks"),
                                  (["undo"], "Restore.* ", r"restored \d+ tasks")):
        screen = Screen(["kubectl-akqueue", *words, "-n", "authentik"], peer.environment, size=(50, 120))
        screen.expect(question)
        cut(screen)
        screen.type("default\r" if words == ["flush"] else "y\r")
        screen.expect("the line was cut while the question stood: entering again")
        screen.expect(done)
        assert screen.end() == 0, screen.output
    assert peer.everything() == before
