"""Agents that run on the test bed's PostgreSQL, whose role has defaults that would spoil every value: nothing passes by luck."""

import subprocess
import threading

import pytest

pytest.register_assert_rewrite("peer", "server")

from peer import Peer  # noqa: E402
from server import admin  # noqa: E402

LIMIT_S = 90  # an agent that hangs must not hang the run

SPOILING = ("TimeZone = 'Asia/Kolkata'", "DateStyle = 'SQL, DMY'", "IntervalStyle = 'iso_8601'", "bytea_output = 'escape'",
            "extra_float_digits = -5", "statement_timeout = '9min'", "default_transaction_isolation = 'serializable'")


@pytest.fixture(scope="session", autouse=True)
def spoiling_defaults():
    with admin() as connection:
        for setting in SPOILING:
            connection.execute(f"ALTER ROLE authentik SET {setting}")
    yield
    with admin() as connection:
        connection.execute("ALTER ROLE authentik RESET ALL")


@pytest.fixture
def start(request):
    """Starts an agent, which is ended with the case."""
    def started(*args, **env):
        peer = Peer(*args, **env)
        request.addfinalizer(peer.close)
        limit = threading.Timer(LIMIT_S, peer.process.kill)
        limit.start()
        request.addfinalizer(limit.cancel)
        return peer
    return started


@pytest.fixture
def session(start):
    """Starts one that is in a transaction."""
    def begun(**begin):
        peer = start(stderr=subprocess.DEVNULL)
        assert "now" in peer.ask("hello", protocol=2)
        assert "now" in peer.ask("begin", **begin)
        return peer
    return begun


@pytest.fixture
def peer(session):
    return session()
