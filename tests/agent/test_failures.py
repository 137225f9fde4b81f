"""Statements that fail, and connections that are lost: what the agent says, and how it goes on."""

import pytest

from peer import assert_fails
from server import admin, backends, sleeps, wait_for

FAILING = (
    ("SELEC 1", [], "42601"), ("SELECT * FROM nowhere", [], "42P01"),
    ("SELECT nothing FROM pg_class", [], "42703"), ("SELECT CAST($1 AS uuid)", ["x"], "22P02"),
    ("SELECT 1; SELECT 2", [], "42601"), ("SELECT 1", [1], "08P01"), ("SELECT $1", ["a\0b"], "22021"),
    ("INSERT INTO t (id) VALUES (NULL)", [], "23502"), ("INSERT INTO t (id) VALUES (1), (1)", [], "23505"),
    ("INSERT INTO t (id, positive) VALUES (1, -1)", [], "23514"),
    ("INSERT INTO t (id, parent) VALUES (1, 9)", [], "23503"), ("SELECT 1 / 0", [], "22012"))


@pytest.mark.parametrize("op", ("query", "execute"))
@pytest.mark.parametrize("sql, params, sqlstate", FAILING, ids=[sql for sql, _, _ in FAILING])
def test_sqlstates(session, op, sql, params, sqlstate):
    peer = session(statement_timeout_ms=5000)
    peer.ask("execute", sql="CREATE TEMPORARY TABLE t (id int PRIMARY KEY, parent int REFERENCES t, "
             "positive int CHECK (positive > 0)) ON COMMIT DROP")
    reply = peer.ask(op, sql=sql, params=params)
    assert_fails(reply, "sql", sqlstate)
    assert_fails(peer.ask("query", sql="SELECT 1"), "sql", "25P02")
    assert_fails(peer.ask("copy_out", sql="SELECT 'x'"), "sql", "25P02")
    assert_fails(peer.ask("begin"), "state")
    assert_fails(peer.ask("commit"), "sql", "25P02")
    assert_fails(peer.ask("commit"), "state")  # it has been rolled back
    assert "now" in peer.ask("begin")


def test_detail_and_hint(peer):
    reply = peer.ask("execute", sql="DO $$ BEGIN RAISE 'two\nlines' USING DETAIL = 'd', HINT = 'h'; END $$")
    assert (reply["message"], reply["detail"], reply["hint"], reply["sqlstate"]) == ("two lines", "d", "h", "P0001")


def test_an_error_after_rows(peer):
    reply = peer.ask("query", sql="SELECT 1 / (3000 - i) FROM generate_series(1, 5000) i")
    assert_fails(reply, "sql", "22012")
    assert peer.ask("rollback") == {}
    assert "now" in peer.ask("begin")


def test_a_failure_at_commit(peer):
    peer.ask("execute", sql="CREATE TEMPORARY TABLE t (id int PRIMARY KEY, "
             "parent int REFERENCES t DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP")
    assert peer.ask("execute", sql="INSERT INTO t VALUES (1, 2)") == {"rows": 1}
    assert_fails(peer.ask("commit"), "sql", "23503")
    assert_fails(peer.ask("commit"), "state")
    assert "now" in peer.ask("begin")


@pytest.mark.parametrize("op", ("query", "execute"))
@pytest.mark.parametrize("sql", ("COPY (SELECT 1) TO STDOUT", "COPY authentik_tasks_workerstatus FROM STDIN"))
def test_copy_by_the_wrong_operation(peer, op, sql):
    assert_fails(peer.ask(op, sql=sql), "protocol")
    assert_fails(peer.ask("commit"), "sql", "25P02")
    peer.ask("begin")
    assert peer.query("SELECT 1") == [[1]]


def test_a_copy_that_is_given_up_before_it_reads(peer):
    """The server is still in a trigger. Cancelled there it would say twice that it is ready; when, decides what meets the second."""
    for _ in range(20):
        peer.ask("execute", sql="CREATE TEMPORARY TABLE t (x text) ON COMMIT DROP")
        peer.ask("execute", sql="CREATE FUNCTION pg_temp.slow() RETURNS trigger LANGUAGE plpgsql AS "
                 "'BEGIN PERFORM pg_sleep(0.05); RETURN NULL; END'")
        peer.ask("execute", sql="CREATE TRIGGER slow BEFORE INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.slow()")
        assert_fails(peer.ask("query", sql="COPY t FROM STDIN"), "protocol")
        assert_fails(peer.ask("commit"), "sql", "25P02")
        assert "now" in peer.ask("begin")
    assert peer.query("SELECT 1") == [[1]]


@pytest.mark.parametrize("op, fields", [("query", {"sql": "SELECT 1"}), ("commit", {}), ("copy_out", {"sql": "SELECT 'x'"}),
                                        ("introspect", {"table": "x"})])
def test_a_killed_backend_is_lost(peer, op, fields):
    with admin() as connection:
        connection.execute("SELECT pg_terminate_backend(%s)", (peer.query("SELECT pg_backend_pid()")[0][0],))
    wait_for(lambda: not backends())
    assert_fails(peer.ask(op, **fields), "lost", "57P01")
    assert peer.process.wait(5) == 1


def test_killed_while_a_statement_runs(peer):
    [[backend]] = peer.query("SELECT pg_backend_pid()")
    peer.send("query", sql="SELECT pg_sleep(60)")
    assert wait_for(sleeps)
    with admin() as connection:
        connection.execute("SELECT pg_terminate_backend(%s)", (backend,))
    assert_fails(peer.reply(), "lost", "57P01")
    assert peer.process.wait(5) == 1
