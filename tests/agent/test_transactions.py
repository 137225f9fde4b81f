"""Transactions: what they are begun with, what is refused outside of one, and that nothing outlives one."""

import time

from peer import assert_fails, tuples
from server import SCHEMA, admin


def test_operations_outside_and_inside(start):
    peer = start()
    peer.ask("hello", protocol=2)
    for op in ("query", "execute", "copy_out", "commit"):
        assert_fails(peer.ask(op, sql="SELECT 'x'"), "state")
    peer.send("copy_in", table="authentik_tasks_workerstatus")
    peer.send_frame(tuples([b"x"]))
    peer.write(b".\n")
    assert_fails(peer.reply(), "state")
    assert peer.ask("rollback") == {}
    peer.ask("begin")
    assert_fails(peer.ask("begin"), "state")
    assert peer.query("SELECT 1") == [[1]]
    assert (peer.ask("commit"), peer.ask("rollback")) == ({}, {})


def test_now_is_the_transactions(start):
    peer = start()
    peer.ask("hello", protocol=2)
    now = peer.ask("begin")["now"]
    time.sleep(0.01)
    assert peer.query("SELECT now()") == [[now]]


def test_read_only(session):
    peer = session(read_only=True)
    assert_fails(peer.ask("execute", sql="DELETE FROM authentik_tasks_workerstatus"), "sql", "25006")
    peer.ask("rollback")
    peer.ask("begin", read_only=False)
    assert peer.ask("execute", sql="DELETE FROM authentik_tasks_workerstatus") == {"rows": 0}


def test_snapshot(session):
    count = "SELECT count(*) FROM authentik_tasks_workerstatus WHERE hostname = 'snap'"
    for snapshot, after in ((True, 0), (False, 1)):
        peer = session(snapshot=snapshot, read_only=True)
        # No query yet: the snapshot is begin's.
        with admin() as connection:
            connection.execute("INSERT INTO authentik_tasks_workerstatus VALUES "
                               "(gen_random_uuid(), 'snap', 'v', now())")
            assert peer.query(count) == [[after]]
            connection.execute("DELETE FROM authentik_tasks_workerstatus")


def test_timeouts(session):
    peer = session(statement_timeout_ms=200)
    assert_fails(peer.ask("query", sql="SELECT pg_sleep(10)"), "sql", "57014")
    peer.ask("rollback")
    with admin() as connection, connection.transaction():
        connection.execute("LOCK TABLE authentik_tasks_workerstatus")
        peer.ask("begin", lock_timeout_ms=200)
        assert_fails(peer.ask("query", sql="SELECT * FROM authentik_tasks_workerstatus"), "sql", "55P03")


def test_nothing_outlives_a_transaction(session):
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "TimeZone", "DateStyle",
             "IntervalStyle", "bytea_output", "extra_float_digits", "search_path", "jit", "transaction_isolation")
    settings = "SELECT %s" % ", ".join(f"current_setting('{name}')" for name in names)
    peer = session(statement_timeout_ms=1234, lock_timeout_ms=567, snapshot=True)
    assert peer.query(settings)[0] == ["1234ms", "567ms", "1min", "UTC", "ISO, YMD", "postgres", "hex", "1",
                                       f"{SCHEMA}, public", "off", "repeatable read"]
    peer.ask("commit")
    peer.ask("begin")
    assert peer.query(settings)[0][:2] + peer.query(settings)[0][-1:] == ["0", "0", "read committed"]
    # What a pooler's next client would find: a transaction that begin() has not made.
    peer.ask("execute", sql="COMMIT AND CHAIN")
    assert peer.query(settings)[0] == ["9min", "0", "0", "Asia/Kolkata", "SQL, DMY", "iso_8601", "escape",
                                       "-5", '"$user", public', "on", "read committed"]
