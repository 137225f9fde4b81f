"""The server behind the agents: what a superuser sees of them and does to them."""

import os
import time

import psycopg

SCHEMA = os.environ.get("AUTHENTIK_POSTGRESQL__DEFAULT_SCHEMA", "public")


def admin():
    """A connection of the test's own, from libpq's variables."""
    return psycopg.connect(autocommit=True, user=os.environ["AKQUEUE_TEST_SUPERUSER"], options=f"-c search_path={SCHEMA},public")


def backends():
    """The agents' sessions."""
    with admin() as connection:
        return connection.execute("SELECT pid, state, query FROM pg_stat_activity WHERE application_name = 'akqueue'").fetchall()


def sleeps():
    """Whether one of them runs pg_sleep()."""
    return any("pg_sleep" in query for _, _, query in backends())


def wait_for(condition, seconds=5.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False
