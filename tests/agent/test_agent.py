#!/usr/bin/python3
"""The agent on a real PostgreSQL, page by page of docs/protocol.md. Run: with-cluster --fast test_agent.py [-v]

AKQUEUE_TEST_PYTHON is the interpreter that runs the agent, should it be another than Debian's.
"""
import base64
import faulthandler
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import zlib

import psycopg

from peer import AGENT, BOOTSTRAP, FRAME, PYTHON, Peer, environment, tuples

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "beds", "postgres"))
from schema import description  # noqa: E402

MIB = 1 << 20
SCHEMA = os.environ["AUTHENTIK_POSTGRESQL__DEFAULT_SCHEMA"]


def admin():
    """A connection beside the agent's, by libpq's variables."""
    return psycopg.connect(autocommit=True, user=os.environ["AKQUEUE_TEST_SUPERUSER"],
                           options=f"-c search_path={SCHEMA},public")


def setUpModule():
    """Defaults that would spoil every value, so that nothing passes by luck."""
    with admin() as connection:
        for setting in ("TimeZone = 'Asia/Kolkata'", "DateStyle = 'SQL, DMY'", "IntervalStyle = 'iso_8601'",
                        "bytea_output = 'escape'", "extra_float_digits = -5", "statement_timeout = '9min'",
                        "default_transaction_isolation = 'serializable'"):
            connection.execute(f"ALTER ROLE authentik SET {setting}")


def tearDownModule():
    with admin() as connection:
        connection.execute("ALTER ROLE authentik RESET ALL")


class AgentTest(unittest.TestCase):
    def setUp(self):
        faulthandler.dump_traceback_later(90, exit=True)  # a peer that hangs must not hang the run
        self.addCleanup(faulthandler.cancel_dump_traceback_later)

    def start(self, *args, **env):
        peer = Peer(*args, **env)
        self.addCleanup(peer.close)
        return peer

    def session(self, **begin):
        """A peer in a transaction."""
        peer = self.start(stderr=subprocess.DEVNULL)
        self.assertIn("now", peer.ask("hello", protocol=2))
        self.assertIn("now", peer.ask("begin", **begin))
        return peer

    def assertFails(self, reply, code, sqlstate=None):
        self.assertEqual((reply.get("failed"), reply.get("code"), reply.get("sqlstate")), (True, code, sqlstate), reply)
        self.assertNotIn("\n", reply["message"])
        self.assertTrue(reply["message"])
        self.assertNotIn("horse", json.dumps(reply))  # of the password


def backends():
    with admin() as connection:
        return connection.execute("SELECT pid, state, query FROM pg_stat_activity "
                                  "WHERE application_name = 'akqueue'").fetchall()


def copied(rows, frames):
    """What a copy answers."""
    return {"rows": rows, "frames": frames}


def wait_for(condition, seconds=5.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


class Start(AgentTest):
    def test_greets_first_and_noise_of_imports_goes_to_stderr(self):
        peer = self.start()
        self.assertEqual((peer.greeting, peer.noise), (b"akqueue-agent 2\n", [b"\n"]))
        peer.ask("hello", protocol=2)
        peer.ask("bye")
        self.assertEqual(peer.process.stdout.read(), b"")
        self.assertIn(b"Loaded environment variables", peer.process.stderr.read())

    def test_noise_on_the_descriptor_itself(self):
        peer = self.start("import sys,os,importlib.abc\n"
                          "class Noisy(importlib.abc.MetaPathFinder):\n"
                          "  def find_spec(self, name, *_):\n"
                          "    if name == 'psycopg':\n"
                          "      os.write(1, b'raw'); print('= {}', file=sys.__stdout__, flush=True)\n"
                          "sys.meta_path.insert(0, Noisy())\n")
        self.assertEqual(peer.ask("hello", protocol=2)["engine"], "postgresql")

    def test_noise_of_a_shell_comes_before_the_greeting(self):
        peer = self.start("print('### authentik shell', flush=True);print('late', end='', flush=True);")
        self.assertEqual(peer.noise, [b"### authentik shell\n", b"late\n"])
        self.assertEqual(peer.ask("hello", protocol=2)["engine"], "postgresql")

    def test_greets_before_slow_imports(self):
        began = time.monotonic()
        self.start("import sys,importlib.abc,time\n"
                   "class Slow(importlib.abc.MetaPathFinder):\n"
                   "  def find_spec(self, name, *_):\n"
                   "    if name.split('.')[0] in ('psycopg','authentik','json'): time.sleep(1.5)\n"
                   "sys.meta_path.insert(0, Slow())\n")
        self.assertLess(time.monotonic() - began, 1)

    def test_hello(self):
        peer = self.start()
        reply = peer.ask("hello", protocol=2)
        self.assertEqual([reply[k] for k in ("engine", "database", "user", "standby", "authentik")],
                         ["postgresql", "authentik", "authentik", False, "2025.12.4"])
        self.assertEqual(reply["schema"], SCHEMA)
        self.assertRegex(reply["server_version"], r"^\d+\.\d+$")
        self.assertRegex(reply["now"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
        now = time.strftime("%Y-%m-%dT%H:%M", time.gmtime())
        self.assertLess(abs(int(reply["now"][14:16]) - int(now[14:16])) % 59, 2)
        self.assertEqual(reply["now"][:13], now[:13])
        self.assertIn("psycopg", reply["agent"])
        self.assertFails(peer.ask("hello", protocol=2), "state")

    def test_hello_names_the_very_database(self):
        with admin() as connection:
            number, oid = connection.execute("SELECT s.system_identifier, d.oid FROM pg_control_system() s, pg_database d"
                                             " WHERE d.datname = 'authentik'").fetchone()
        self.assertEqual(self.start().ask("hello", protocol=2)["system"], f"{number}/{oid}")

    def test_hello_does_without_a_name_that_it_may_not_ask_for(self):
        with admin() as connection:
            connection.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
        try:
            peer = self.start()
            reply = peer.ask("hello", protocol=2)
            self.assertIsNone(reply["system"])
            self.assertEqual(reply["engine"], "postgresql")
            peer.ask("begin")
            self.assertEqual(peer.query("SELECT 1"), [[1]])
        finally:
            with admin() as connection:
                connection.execute("GRANT EXECUTE ON FUNCTION pg_control_system() TO PUBLIC")

    def test_a_standby_says_so(self):
        with admin() as connection:
            connection.execute("ALTER ROLE authentik SET default_transaction_read_only = on")
            try:
                peer = self.start()
                self.assertIs(peer.ask("hello", protocol=2)["standby"], True)
                peer.ask("begin")
                self.assertFails(peer.ask("execute", sql="CREATE TABLE t ()"), "sql", "25006")
            finally:
                connection.execute("ALTER ROLE authentik RESET default_transaction_read_only")

    def test_what_needs_hello_is_refused_before_it(self):
        peer = self.start()
        for op in ("begin", "query", "execute", "copy_out", "commit", "rollback", "introspect"):
            self.assertFails(peer.ask(op, sql="SELECT 1", table="x"), "state")
        self.assertEqual(peer.ask("hello", protocol=2)["engine"], "postgresql")

    def test_bye_ends_with_0(self):
        peer = self.session()
        self.assertEqual(peer.ask("bye"), {})
        self.assertEqual(peer.process.wait(5), 0)
        self.assertTrue(wait_for(lambda: not backends()), backends())

    def test_runs_in_somebody_elses_globals(self):
        """As `ak shell -c` does it: no __main__, no __file__, lines on standard output before."""
        peer = self.start("import sys;__name__='django.shell';globals().pop('__file__',None);")
        self.assertEqual(peer.ask("hello", protocol=2)["user"], "authentik")


class Connecting(AgentTest):
    def hello(self, **env):
        return self.start(**env).ask("hello", protocol=2)

    def test_wrong_password(self):
        reply = self.hello(AUTHENTIK_POSTGRESQL__PASSWORD="wrong-horse")
        self.assertFails(reply, "connect")
        self.assertIn("password authentication failed", reply["message"])

    def test_refused(self):
        self.assertFails(self.hello(AUTHENTIK_POSTGRESQL__HOST="/nonexistent"), "connect")
        self.assertFails(self.hello(AUTHENTIK_POSTGRESQL__HOST="127.0.0.1", AUTHENTIK_POSTGRESQL__PORT="1"), "connect")
        self.assertFails(self.hello(AUTHENTIK_POSTGRESQL__NAME="nowhere"), "connect")

    def test_no_authentik(self):
        self.assertFails(self.hello(PYTHONPATH=None), "no-authentik")

    def test_no_psycopg(self):
        peer = self.start("import sys;sys.modules['psycopg']=None;")
        self.assertFails(peer.ask("hello", protocol=2), "no-authentik")

    def test_broken_config(self):
        self.assertFails(self.hello(AUTHENTIK_POSTGRESQL__PORT="many"), "config")
        options = base64.b64encode(b'{"no_such_option": 1}').decode()
        self.assertFails(self.hello(AUTHENTIK_POSTGRESQL__CONN_OPTIONS=options), "config")

    def test_conn_options_and_rotated_password_file(self):
        password = f"/tmp/akqueue-password.{os.getpid()}"
        with open(password, "w", encoding="utf8") as file:
            file.write(os.environ["AUTHENTIK_POSTGRESQL__PASSWORD"] + "\n")
        self.addCleanup(os.unlink, password)
        options = base64.b64encode(b'{"options": "-c geqo_threshold=7", "pool": {"x": 1}}').decode()
        peer = self.start(AUTHENTIK_POSTGRESQL__PASSWORD=f"file://{password}",
                          AUTHENTIK_POSTGRESQL__CONN_OPTIONS=options)
        self.assertEqual(peer.ask("hello", protocol=2)["user"], "authentik")
        peer.ask("begin")
        self.assertEqual(peer.query("SHOW geqo_threshold"), [["7"]])

    def test_settings_of_workers(self):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write("7\n")
            file.flush()
            peer = self.start(AUTHENTIK_WORKER__THREADS="4", AUTHENTIK_WORKER__PROCESSES=f"file://{file.name}?1")
            peer.ask("hello", protocol=2)
            names = ["worker.threads", "worker.processes", "worker.task_expiration"]
            self.assertEqual(peer.ask("config", names=names), {"settings": [
                {"name": names[0], "value": "4", "source": "environment", "from": "AUTHENTIK_WORKER__THREADS"},
                {"name": names[1], "value": "7", "source": "file", "from": file.name},
                {"name": names[2], "value": "days=30", "source": "configuration", "from": None}]})

    def test_no_other_setting_leaves_the_pod(self):
        peer = self.start()
        self.assertFails(peer.ask("config", names=["worker.threads"]), "state")
        peer.ask("hello", protocol=2)
        for name in ("postgresql.password", "secret_key", "worker.secret", "worker.api_key", "worker.broker_dsn", "worker.none_such", "worker", "worker.",
                     "worker.threads.x", "worker.threads\n", "", 7, ["worker.threads"]):
            self.assertFails(peer.ask("config", names=[name]), "protocol")
        self.assertFails(peer.ask("config", names="worker.threads"), "protocol")

    def test_another_version_is_refused(self):
        peer = self.start()
        self.assertFails(peer.ask("hello", protocol=1), "protocol")
        self.assertFails(peer.ask("hello"), "protocol")
        self.assertEqual(peer.ask("hello", protocol=2)["engine"], "postgresql")


class Requests(AgentTest):
    def test_what_is_not_understood(self):
        peer = self.session()
        for line in (b"hello", b"[]", b'"query"', b"{}", b'{"op":"drop"}', b'{"op":1}', b'{"op":["query"]}', b"",
                     b'{"op":"query"}', b'{"op":"query","sql":7}', b'{"op":"query","sql":"SELECT $1","params":"x"}',
                     b'{"op":"query","sql":"SELECT CAST($1 AS text)","params":[[1]]}',
                     b'{"op":"query","sql":"SELECT CAST($1 AS bytea)","params":[{"b64":"!"}]}',
                     b'{"op":"query","sql":"SELECT CAST($1 AS float)","params":[NaN]}',
                     b'{"op":"query","sql":"SELECT \\ud800","params":[]}', b'{"op":"bye"', b"\xff\xfe{}", b"[" * 99999):
            peer.request(line)
            self.assertFails(peer.reply(), "protocol")
        for line in (b'{"op":"commit"}', b'{"op":"commit"} 00000000', b'{"op":"commot"} %08x' % zlib.crc32(b'{"op":"commit"}'), b"", b" "):
            peer.write(line + b"\n")
            self.assertFails(peer.reply(), "protocol")
        self.assertEqual(peer.query("SELECT 1"), [[1]], "the transaction goes on")

    def test_timeouts_of_begin_are_checked(self):
        peer = self.start()
        peer.ask("hello", protocol=2)
        for bad in ("1", -1.5, True, None):
            self.assertFails(peer.ask("begin", statement_timeout_ms=bad), "protocol")
        self.assertFails(peer.ask("begin", read_only="yes"), "protocol")
        self.assertFails(peer.ask("begin", statement_timeout_ms=-1), "sql", "22023")
        self.assertIn("now", peer.ask("begin"), "the failed ones left no transaction open")


class Values(AgentTest):
    def setUp(self):
        super().setUp()
        self.peer = self.session()

    def back(self, sql_type, value):
        return self.peer.query(f"SELECT CAST($1 AS {sql_type})", value)[0][0]

    def test_round_trips(self):
        for sql_type, values in {
            "text": ["", "a", "ä€𝄞\U0001f600", "tab\t nl\n cr\r bs\\ q\" \x01\x02\x1f\x7f", "\\.", "null",
                     "x" * 100000],
            "boolean": [True, False, None],
            "smallint": [-32768, 32767], "integer": [-2147483648, 0], "bigint": [-2**63, 2**63 - 1, None],
            "bytea": [{"b64": ""}, {"b64": "AP9cJwo="}, {"b64": base64.b64encode(bytes(range(256)) * 500).decode()}],
            "double precision": [0.1, -1e-300, 1.7976931348623157e308, 3.0, "NaN", "Infinity", "-Infinity"],
            "real": [0.1, "NaN"],
            "timestamp with time zone": [
                "2026-05-01T12:34:56.123456Z", "1969-12-31T23:59:59.999999Z", "2026-05-01T00:00:00.000000Z",
                "2026-05-01T00:00:00.100000Z", "0001-01-01T00:00:00.000001Z", "9999-12-31T23:59:59.999999Z",
                "infinity", "-infinity", "10000-01-01 00:00:00+00", "0044-03-15 12:00:00.5+00 BC", None],
            "uuid": ["11111111-2222-4333-8444-555555555555"],
            "numeric": ["123456789012345678901234567890.12345678901234567890", "NaN"],
            "text[]": ['{a,"b c",NULL}'], "date": ["2026-05-01"], "interval": ["1 day 02:03:04"],
        }.items():
            for value in values:
                with self.subTest(type=sql_type, value=str(value)[:60]):
                    self.assertEqual(self.back(sql_type, value), value)

    def test_characters_are_characters(self):
        self.assertEqual(self.peer.query("SELECT length(CAST($1 AS text)), chr(8364)", "\U0001f600"), [[1, "€"]])

    def test_json_stays_as_it_is(self):
        for text in ('{"a": 123456789012345678901234567890.5, "b": "\\\\ \\" \\n \U0001f600"}', "1e400", "[]"):
            self.assertEqual(json.loads(self.back("json", text)), json.loads(text))
            self.assertEqual(self.back("json", text), text)
        self.assertEqual(self.back("jsonb", '{"n":12345678901234567890123}'), '{"n": 12345678901234567890123}')

    def test_number_parameters_are_exact(self):
        self.peer.request(b'{"op":"query","sql":"SELECT CAST($1 AS numeric), CAST($2 AS text), CAST($3 AS bigint)",'
                          b'"params":[0.12345678901234567890123,1e400,9007199254740993]}')
        self.peer.reply()
        self.assertEqual(self.peer.rows, [["0.12345678901234567890123", "1e400", 9007199254740993]])

    def test_a_parameter_takes_the_type_of_its_context(self):
        rows = self.peer.query("SELECT count(*) FROM pg_class WHERE oid < $1 AND relname <> $2 AND relhasindex = $3",
                               1000, "x", True)
        self.assertGreaterEqual(rows[0][0], 0)
        self.assertEqual(self.peer.query("SELECT now() > $1", "2020-01-01T00:00:00.000000Z"), [[True]])

    def test_columns(self):
        reply = self.peer.ask("query", sql="""SELECT 1::smallint AS a, 'x'::varchar(9) AS "b ""c", now() AS t,
            '{}'::jsonb, 1.5::numeric(10,2) AS n, 'pg_class'::regclass AS r, '{1}'::int[] AS i WHERE false""")
        self.assertEqual(reply, {"rows": 0, "crc32": 0, "columns": [
            {"name": "a", "type": "smallint"}, {"name": 'b "c', "type": "character varying"},
            {"name": "t", "type": "timestamp with time zone"}, {"name": "jsonb", "type": "jsonb"},
            {"name": "n", "type": "numeric"}, {"name": "r", "type": "regclass"}, {"name": "i", "type": "integer[]"}]})

    def test_execute_counts_changes_only(self):
        rows = lambda sql, *params: self.peer.ask("execute", sql=sql, params=list(params))  # noqa: E731
        self.assertEqual(rows("CREATE TEMPORARY TABLE t (a int) ON COMMIT DROP"), {"rows": 0})
        self.assertEqual(rows("INSERT INTO t SELECT generate_series(1, $1)", 50), {"rows": 50})
        self.assertEqual(rows("UPDATE t SET a = a WHERE a <= $1", 20), {"rows": 20})
        self.assertEqual(rows("DELETE FROM t WHERE a > 45 RETURNING a"), {"rows": 5})
        self.assertEqual(rows("SELECT * FROM t"), {"rows": 0})
        self.assertEqual(rows("CREATE TEMPORARY TABLE u ON COMMIT DROP AS SELECT * FROM t"), {"rows": 0})

    def test_query_may_change_rows(self):
        self.peer.ask("execute", sql="CREATE TEMPORARY TABLE t (a int) ON COMMIT DROP")
        self.assertEqual(self.peer.query("INSERT INTO t VALUES (1), (2) RETURNING a"), [[1], [2]])
        self.assertEqual(self.peer.query("UPDATE t SET a = 5"), [])


class Failures(AgentTest):
    def test_sqlstates(self):
        for sql, params, sqlstate in (
                ("SELEC 1", [], "42601"), ("SELECT * FROM nowhere", [], "42P01"),
                ("SELECT nothing FROM pg_class", [], "42703"), ("SELECT CAST($1 AS uuid)", ["x"], "22P02"),
                ("SELECT 1; SELECT 2", [], "42601"), ("SELECT 1", [1], "08P01"), ("SELECT $1", ["a\0b"], "22021"),
                ("INSERT INTO t (id) VALUES (NULL)", [], "23502"), ("INSERT INTO t (id) VALUES (1), (1)", [], "23505"),
                ("INSERT INTO t (id, positive) VALUES (1, -1)", [], "23514"),
                ("INSERT INTO t (id, parent) VALUES (1, 9)", [], "23503"), ("SELECT 1 / 0", [], "22012")):
            for op in ("query", "execute"):
                with self.subTest(sql=sql, op=op):
                    peer = self.session(statement_timeout_ms=5000)
                    peer.ask("execute", sql="CREATE TEMPORARY TABLE t (id int PRIMARY KEY, parent int REFERENCES t, "
                                            "positive int CHECK (positive > 0)) ON COMMIT DROP")
                    reply = peer.ask(op, sql=sql, params=params)
                    self.assertFails(reply, "sql", sqlstate)
                    self.assertFails(peer.ask("query", sql="SELECT 1"), "sql", "25P02")
                    self.assertFails(peer.ask("copy_out", sql="SELECT 'x'"), "sql", "25P02")
                    self.assertFails(peer.ask("begin"), "state")
                    self.assertFails(peer.ask("commit"), "sql", "25P02")
                    self.assertFails(peer.ask("commit"), "state")  # it has been rolled back
                    self.assertIn("now", peer.ask("begin"))
                    peer.close()

    def test_detail_and_hint(self):
        peer = self.session()
        reply = peer.ask("execute", sql="DO $$ BEGIN RAISE 'two\nlines' USING DETAIL = 'd', HINT = 'h'; END $$")
        self.assertEqual((reply["message"], reply["detail"], reply["hint"], reply["sqlstate"]),
                         ("two lines", "d", "h", "P0001"))

    def test_an_error_after_rows(self):
        peer = self.session()
        reply = peer.ask("query", sql="SELECT 1 / (3000 - i) FROM generate_series(1, 5000) i")
        self.assertFails(reply, "sql", "22012")
        self.assertEqual(peer.ask("rollback"), {})
        self.assertIn("now", peer.ask("begin"))

    def test_a_failure_at_commit(self):
        peer = self.session()
        peer.ask("execute", sql="CREATE TEMPORARY TABLE t (id int PRIMARY KEY, "
                                "parent int REFERENCES t DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP")
        self.assertEqual(peer.ask("execute", sql="INSERT INTO t VALUES (1, 2)"), {"rows": 1})
        self.assertFails(peer.ask("commit"), "sql", "23503")
        self.assertFails(peer.ask("commit"), "state")
        self.assertIn("now", peer.ask("begin"))

    def test_copy_by_the_wrong_operation(self):
        for op in ("query", "execute"):
            for sql in ("COPY (SELECT 1) TO STDOUT", "COPY authentik_tasks_workerstatus FROM STDIN"):
                peer = self.session()
                self.assertFails(peer.ask(op, sql=sql), "protocol")
                self.assertFails(peer.ask("commit"), "sql", "25P02")
                peer.ask("begin")
                self.assertEqual(peer.query("SELECT 1"), [[1]])

    def test_a_killed_backend_is_lost(self):
        for op, fields in (("query", {"sql": "SELECT 1"}), ("commit", {}), ("copy_out", {"sql": "SELECT 'x'"}),
                           ("introspect", {"table": "x"})):
            with self.subTest(op=op):
                peer = self.session()
                with admin() as connection:
                    connection.execute("SELECT pg_terminate_backend(%s)",
                                       (peer.query("SELECT pg_backend_pid()")[0][0],))
                wait_for(lambda: not backends())
                self.assertFails(peer.ask(op, **fields), "lost", "57P01")
                self.assertEqual(peer.process.wait(5), 1)

    def test_killed_while_a_statement_runs(self):
        peer = self.session()
        [[backend]] = peer.query("SELECT pg_backend_pid()")
        peer.send("query", sql="SELECT pg_sleep(60)")
        self.assertTrue(wait_for(lambda: any("pg_sleep" in q for _, _, q in backends())))
        with admin() as connection:
            connection.execute("SELECT pg_terminate_backend(%s)", (backend,))
        self.assertFails(peer.reply(), "lost", "57P01")
        self.assertEqual(peer.process.wait(5), 1)


class Transactions(AgentTest):
    def test_operations_outside_and_inside(self):
        peer = self.start()
        peer.ask("hello", protocol=2)
        for op in ("query", "execute", "copy_out", "commit"):
            self.assertFails(peer.ask(op, sql="SELECT 'x'"), "state")
        peer.send("copy_in", table="authentik_tasks_workerstatus")
        peer.send_frame(tuples([b"x"]))
        peer.write(b".\n")
        self.assertFails(peer.reply(), "state")
        self.assertEqual(peer.ask("rollback"), {})
        peer.ask("begin")
        self.assertFails(peer.ask("begin"), "state")
        self.assertEqual(peer.query("SELECT 1"), [[1]])
        self.assertEqual((peer.ask("commit"), peer.ask("rollback")), ({}, {}))

    def test_now_is_the_transactions(self):
        peer = self.start()
        peer.ask("hello", protocol=2)
        now = peer.ask("begin")["now"]
        time.sleep(0.01)
        self.assertEqual(peer.query("SELECT now()"), [[now]])

    def test_read_only(self):
        peer = self.session(read_only=True)
        self.assertFails(peer.ask("execute", sql="DELETE FROM authentik_tasks_workerstatus"), "sql", "25006")
        peer.ask("rollback")
        peer.ask("begin", read_only=False)
        self.assertEqual(peer.ask("execute", sql="DELETE FROM authentik_tasks_workerstatus"), {"rows": 0})

    def test_snapshot(self):
        count = "SELECT count(*) FROM authentik_tasks_workerstatus WHERE hostname = 'snap'"
        for snapshot, after in ((True, 0), (False, 1)):
            peer = self.session(snapshot=snapshot, read_only=True)
            # No query yet: the snapshot is begin's.
            with admin() as connection:
                connection.execute("INSERT INTO authentik_tasks_workerstatus VALUES "
                                   "(gen_random_uuid(), 'snap', 'v', now())")
                self.assertEqual(peer.query(count), [[after]])
                connection.execute("DELETE FROM authentik_tasks_workerstatus")

    def test_timeouts(self):
        peer = self.session(statement_timeout_ms=200)
        self.assertFails(peer.ask("query", sql="SELECT pg_sleep(10)"), "sql", "57014")
        peer.ask("rollback")
        with admin() as connection, connection.transaction():
            connection.execute("LOCK TABLE authentik_tasks_workerstatus")
            peer.ask("begin", lock_timeout_ms=200)
            self.assertFails(peer.ask("query", sql="SELECT * FROM authentik_tasks_workerstatus"), "sql", "55P03")

    def test_nothing_outlives_a_transaction(self):
        names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "TimeZone", "DateStyle",
                 "IntervalStyle", "bytea_output", "extra_float_digits", "search_path", "transaction_isolation")
        settings = "SELECT %s" % ", ".join(f"current_setting('{name}')" for name in names)
        peer = self.session(statement_timeout_ms=1234, lock_timeout_ms=567, snapshot=True)
        self.assertEqual(peer.query(settings)[0], ["1234ms", "567ms", "1min", "UTC", "ISO, YMD", "postgres", "hex", "1",
                                                   f"{SCHEMA}, public", "repeatable read"])
        peer.ask("commit")
        peer.ask("begin")
        self.assertEqual(peer.query(settings)[0][:2] + peer.query(settings)[0][-1:], ["0", "0", "read committed"])
        # What a pooler's next client would find: a transaction that begin() has not made.
        peer.ask("execute", sql="COMMIT AND CHAIN")
        self.assertEqual(peer.query(settings)[0], ["9min", "0", "0", "Asia/Kolkata", "SQL, DMY", "iso_8601", "escape",
                                                   "-5", '"$user", public', "read committed"])


class Streams(AgentTest):
    def test_200000_rows_in_constant_memory(self):
        peer = self.session(read_only=True)
        peer.query("SELECT 1")
        before = peer.resident()
        peer.send("query", sql="SELECT i, repeat('x', 500), now() FROM generate_series(1, 200000) i")
        count = 0
        for line in peer.process.stdout:
            if line[:1] != b"r":
                break
            count += 1
        self.assertEqual((count, json.loads(line[2:].rpartition(b" ")[0])["rows"]), (200000, 200000))
        self.assertEqual(peer.ask("copy_out", sql="SELECT repeat('y', 500) FROM generate_series(1, 1)"), copied(1, 1))
        self.assertEqual(peer.texts(), [b"y" * 500])
        peer.send("copy_out", sql="SELECT repeat('y', 500) FROM generate_series(1, 200000)")
        frames = bytes_in_all = 0
        for line in peer.process.stdout:
            if line[:1] != b"d":
                break
            size = len(peer.frame(line))
            frames, bytes_in_all = frames + 1, bytes_in_all + size
        self.assertEqual(json.loads(line[2:].rpartition(b" ")[0]), copied(200000, frames))
        self.assertEqual(bytes_in_all, 200000 * 506)
        self.assertLessEqual(frames, bytes_in_all // FRAME + 1)
        self.assertLess(peer.resident() - before, 12 * MIB)

    def test_copy_out_of_a_delete(self):
        peer = self.session()
        peer.ask("execute", sql="CREATE TABLE t (id int, j jsonb, b bytea, at timestamptz, s text)")
        peer.ask("execute", sql=r"""INSERT INTO t SELECT i, '{"a": "\\ \" \n"}', '\x00ff', '2026-05-01 12:00:00.5Z',
            E'back\\slash "q" tab\t nl\n \x01 ' || i FROM generate_series(1, 1000) i""")
        reply = peer.ask("copy_out", sql="DELETE FROM t WHERE id <= 400 RETURNING row_to_json(t)::text -- comment")
        self.assertEqual((reply, len(peer.texts())), (copied(400, len(peer.data)), 400))
        rows = {row["id"]: row for row in map(json.loads, peer.texts())}
        self.assertEqual(rows[7], {"id": 7, "j": {"a": "\\ \" \n"}, "b": "\\x00ff", "at": "2026-05-01T12:00:00.5+00:00",
                                   "s": "back\\slash \"q\" tab\t nl\n \x01 7"})
        self.assertEqual(peer.query("SELECT count(*) FROM t"), [[600]])
        self.assertEqual(peer.ask("rollback"), {})

    def test_copy_out_of_odd_texts(self):
        peer = self.session()
        peer.ask("execute", sql="CREATE TEMPORARY TABLE t (i int, s text) ON COMMIT DROP")
        texts = ["", "\\.", "\\", '"', '""', "a\rb", "a\nb\n", "\x01", "\x01\x01x\x02", "\x02", "\t", " ", "NULL", "\\N",
                 "ä\U0001f600", ".", None]
        for i, text in enumerate(texts):
            peer.ask("execute", sql="INSERT INTO t VALUES ($1, $2)", params=[i, text])
        self.assertEqual(peer.ask("copy_out", sql="SELECT s FROM t ORDER BY i"), copied(len(texts), 1))
        self.assertEqual([data if data is None else data.decode() for data in peer.texts()], texts)

    def test_copy_out_of_one_statement_only(self):
        self.assertFails(self.session().ask("copy_out", sql="SELECT 1) TO STDOUT; COPY (SELECT 2"), "sql", "42601")

    def test_copy_out_of_rows_that_are_larger_than_a_frame(self):
        peer = self.session()
        reply = peer.ask("copy_out", sql="SELECT repeat('x', 100000 * i) FROM generate_series(0, 30) i")
        self.assertEqual([len(text) for text in peer.texts()], [100000 * i for i in range(31)])
        self.assertEqual(reply, copied(31, len(peer.data)))
        self.assertEqual(peer.ask("copy_out", sql="SELECT WHERE false"), copied(0, 0))
        self.assertEqual(peer.data, [])

    def test_copy_out_of_a_row_that_is_too_large(self):
        peer = self.session()
        reply = peer.ask("copy_out", sql="SELECT repeat('x', 1 << 20) UNION ALL SELECT repeat('x', 257 << 20)")
        self.assertFails(reply, "sql", "54000")
        self.assertFails(peer.ask("commit"), "sql", "25P02")
        peer.ask("begin")
        self.assertEqual(peer.query("SELECT 1"), [[1]])

    def test_an_error_in_the_middle_of_copy_out(self):
        peer = self.session()
        reply = peer.ask("copy_out", sql="SELECT (1 / (70000 - i))::text FROM generate_series(1, 100000) i")
        self.assertFails(reply, "sql", "22012")
        self.assertFails(peer.ask("commit"), "sql", "25P02")

    def copy_in(self, peer, table, texts):
        peer.send("copy_in", table=table)
        if texts:
            peer.send_frame(tuples(texts))
        peer.write(b".\n")
        return peer.reply()

    def test_copy_in_round_trip(self):
        peer = self.session()
        peer.ask("execute", sql="CREATE TEMPORARY TABLE t (s text) ON COMMIT DROP")
        texts = [b"", b"\\.", b".", b"\\N", b'"', b"a\\nb\\\\", b"\x01", b"\x02\x01\x01", b"x\ry", b"d d", b"\n.\n", None,
                 b'{"a": "\\"\\\\\\n"}', "ä\U0001f600".encode(), b"y" * (10 * MIB)]
        self.assertEqual(self.copy_in(peer, "t", texts), copied(len(texts), 1))
        self.assertEqual(peer.ask("copy_out", sql="SELECT s FROM t"), copied(len(texts), len(peer.data)))
        self.assertEqual(peer.texts(), texts)
        self.assertEqual(peer.query("SELECT count(*) FROM t WHERE s IS NULL"), [[1]])
        self.assertEqual(self.copy_in(peer, "t", []), copied(0, 0))

    def test_copy_in_in_constant_memory(self):
        peer = self.session()
        peer.ask("execute", sql="CREATE TEMPORARY TABLE t (s text) ON COMMIT DROP")
        before = peer.resident()
        peer.send("copy_in", table="pg_temp.t")
        for _ in range(1000):
            peer.send_frame(tuples([b"z" * 499] * 200))
        peer.write(b".\n")
        self.assertEqual(peer.reply(), copied(200000, 1000))
        self.assertLess(peer.resident() - before, 12 * MIB)

    def test_copy_in_fails_in_the_middle(self):
        for lines, sqlstate in (([b"x"] * 1000 + [b"bad"] + [b"x" * 499] * 50000, "23514"), ([b"\xff"], "22021"),
                                ([b"a\0b"], "22021")):
            peer = self.session()
            peer.ask("execute", sql="CREATE TEMPORARY TABLE t (s text CHECK (s <> 'bad')) ON COMMIT DROP")
            self.assertFails(self.copy_in(peer, "t", lines), "sql", sqlstate)
            self.assertFails(peer.ask("commit"), "sql", "25P02")
            peer.ask("begin")
            self.assertEqual(peer.query("SELECT 1"), [[1]], "what followed has been read")

    def test_copy_in_that_never_starts(self):
        peer = self.session()
        self.assertFails(self.copy_in(peer, "nowhere", [b"x"] * 10), "sql", "42P01")
        self.assertFails(self.copy_in(peer, "nowhere", [b"x"] * 10), "sql", "25P02")
        peer.ask("rollback"), peer.ask("begin")
        peer.request(b'{"op":"copy_in"}')
        peer.send_frame(tuples([b"x"]))
        peer.write(b".\n")
        self.assertFails(peer.reply(), "protocol")
        self.assertEqual(peer.query("SELECT 1"), [[1]])
        peer.ask("execute", sql="CREATE TEMPORARY TABLE t (s text, u text) ON COMMIT DROP")
        self.assertFails(self.copy_in(peer, "t", [b"x"]), "sql", "22P04")

    def test_copy_in_of_bytes_that_came_damaged(self):
        peer = self.session()
        peer.ask("execute", sql="CREATE TEMPORARY TABLE t (s text) ON COMMIT DROP")
        peer.send("copy_in", table="t")
        head = b"d 7 00000000"
        peer.write(head + b" %08x\n" % zlib.crc32(head) + tuples([b"x"]))
        peer.send_frame(tuples([b"y"]))
        peer.write(b".\n")
        self.assertFails(peer.reply(), "protocol")
        self.assertFails(peer.ask("commit"), "sql", "25P02")
        peer.ask("begin")
        self.assertEqual(peer.query("SELECT 1"), [[1]])

    def test_copy_in_of_something_else_ends_the_session(self):
        for line in (b'{"op":"commit"}', b"d 7 00000000 00000000", b"d x 00000000", b"d 999999999999 00000000"):
            peer = self.session()
            peer.ask("execute", sql="CREATE TEMPORARY TABLE t (s text) ON COMMIT DROP")
            peer.send("copy_in", table="t")
            peer.send_frame(tuples([b"x"]))
            if line.endswith(b" 00000000") and line.count(b" ") == 3:
                peer.write(line + b"\n")
            else:
                peer.request(line)
            self.assertFails(peer.reply(), "protocol")
            self.assertEqual(peer.process.wait(5), 1)


class Ending(AgentTest):
    def assertEnds(self, peer, seconds=2.0):
        began = time.monotonic()
        peer.process.wait(seconds)
        self.assertTrue(wait_for(lambda: not backends(), seconds), backends())
        self.assertLess(time.monotonic() - began, seconds)

    def test_end_of_input_while_a_statement_runs(self):
        for op, sql in (("query", "SELECT pg_sleep(600)"), ("copy_out", "SELECT pg_sleep(600)::text"),
                        ("execute", "DO $$ BEGIN PERFORM pg_sleep(600); END $$")):
            with self.subTest(op=op):
                peer = self.session()
                peer.send(op, sql=sql)
                self.assertTrue(wait_for(lambda: any("pg_sleep" in q for _, _, q in backends())))
                peer.process.stdin.close()
                self.assertEnds(peer)

    def test_end_of_input_behind_more_than_is_read_ahead(self):
        peer = self.session()
        peer.send("query", sql="SELECT pg_sleep(600)")
        peer.write(b"x" * 99 + b"\n")
        peer.write((b"x" * 99 + b"\n") * 10600)
        peer.process.stdin.close()
        self.assertEnds(peer)

    def test_end_of_input_and_a_server_that_does_not_answer(self):
        peer = self.session()
        [[backend]] = peer.query("SELECT pg_backend_pid()")
        os.kill(backend, signal.SIGSTOP)
        self.addCleanup(os.kill, backend, signal.SIGCONT)
        peer.send("query", sql="SELECT 1")
        peer.process.stdin.close()
        self.assertEqual(peer.process.wait(5), -signal.SIGALRM)

    def test_end_of_input_between_statements_rolls_back(self):
        peer = self.session()
        peer.ask("execute", sql="INSERT INTO authentik_tasks_workerstatus VALUES (gen_random_uuid(), 'e', 'v', now())")
        peer.process.stdin.close()
        self.assertEnds(peer)
        with admin() as connection:
            self.assertEqual(connection.execute("SELECT count(*) FROM authentik_tasks_workerstatus").fetchone(), (0,))

    def test_end_of_input_in_the_middle_of_copy_in(self):
        peer = self.session()
        peer.ask("execute", sql="CREATE TEMPORARY TABLE t (s text) ON COMMIT DROP")
        peer.send("copy_in", table="t")
        peer.send_frame(tuples([b"x"] * 100000))
        peer.write(b"d half")
        peer.process.stdin.close()
        self.assertEnds(peer)

    def test_end_of_input_while_rows_stream(self):
        peer = self.session()
        peer.send("query", sql="SELECT repeat('x', 1000), generate_series(1, 100000000)")
        peer.process.stdout.readline()
        peer.process.stdin.close()
        threading.Thread(target=lambda: [None for _ in iter(lambda: peer.process.stdout.read(MIB), b"")]).start()
        self.assertEnds(peer)

    def test_a_reader_that_is_gone(self):
        peer = self.start()
        peer.ask("hello", protocol=2)
        peer.ask("begin")
        peer.send("query", sql="SELECT repeat('x', 1000), generate_series(1, 100000000)")
        peer.process.stdout.readline()
        peer.process.stdout.close()
        self.assertEnds(peer)
        self.assertEqual(peer.process.returncode, 0)
        self.assertNotIn(b"Traceback", peer.process.stderr.read())

    def test_ctrl_c_is_ignored(self):
        peer = self.session()
        peer.process.send_signal(signal.SIGINT)
        self.assertEqual(peer.query("SELECT 1"), [[1]])
        peer.send("query", sql="SELECT pg_sleep(0.3)")
        wait_for(lambda: any("pg_sleep" in q for _, _, q in backends()))
        peer.process.send_signal(signal.SIGINT)
        self.assertEqual(peer.reply()["rows"], 1)

    def test_no_traceback_however_it_ends(self):
        source = AGENT.read_bytes()
        for rest in (b"", b'{"op":"hello","protocol":2}\n', b'{"op":"hello","protocol":2}\n{"op":"begin"}\n', b"half"):
            done = subprocess.run([PYTHON, "-c", BOOTSTRAP], input=b"%d\n%b%b" % (len(source), source, rest),
                                  capture_output=True, env=environment(), timeout=20, check=False)
            self.assertNotIn(b"Traceback", done.stderr)
            self.assertEqual(done.returncode, 0)


class Introspection(AgentTest):
    def setUp(self):
        super().setUp()
        with admin() as connection:
            connection.execute("""
                CREATE SCHEMA site AUTHORIZATION authentik;
                CREATE TABLE grand (a int, b int NOT NULL, c int GENERATED ALWAYS AS (a + b) STORED,
                  d numeric(10,2) DEFAULT 3, PRIMARY KEY (b, a), CHECK (a > 0), dropped int);
                ALTER TABLE grand DROP COLUMN dropped;
                CREATE TABLE child (x int, y int, FOREIGN KEY (y, x) REFERENCES grand ON DELETE CASCADE);
                CREATE TABLE site.child (x int PRIMARY KEY, y int, FOREIGN KEY (x, y) REFERENCES grand (b, a)
                  ON DELETE RESTRICT);
                CREATE TABLE site.leaf (x int REFERENCES site.child ON DELETE SET NULL,
                  y int DEFAULT 1 REFERENCES site.child ON DELETE SET DEFAULT, self int);
                CREATE UNIQUE INDEX ON grand (d) WHERE d > 1;
                CREATE INDEX ON grand USING hash (a);
                CREATE FUNCTION site.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
                CREATE TRIGGER "odd name" BEFORE UPDATE ON grand FOR EACH ROW EXECUTE FUNCTION site.f()""")
        self.addCleanup(self.clean)

    @staticmethod
    def clean():
        with admin() as connection:
            connection.execute("DROP TABLE grand, child CASCADE; DROP SCHEMA site CASCADE")

    def test_tables_and_references(self):
        peer = self.start()
        peer.ask("hello", protocol=2)
        reply = peer.ask("introspect", table="grand")
        names = [(table.get("schema"), table["name"]) for table in reply["tables"]]
        self.assertEqual(names, [(None, "grand"), (None, "child"), ("site", "child"), ("site", "leaf")])
        grand = reply["tables"][0]
        self.assertEqual(grand["columns"], [
            {"name": "a", "type": "integer", "nullable": False}, {"name": "b", "type": "integer", "nullable": False},
            {"name": "c", "type": "integer", "nullable": True, "generated": True, "default": True},
            {"name": "d", "type": "numeric(10,2)", "nullable": True, "default": True}])
        self.assertEqual(grand["primary_key"], ["b", "a"])
        self.assertEqual(grand["indexes"], ["UNIQUE btree (d) WHERE (d > (1)::numeric)", "hash (a)"])
        self.assertEqual(grand["constraints"], ["CHECK ((a > 0))"])
        self.assertEqual(grand["triggers"],
                         [f"odd name: BEFORE UPDATE ON {SCHEMA}.grand FOR EACH ROW EXECUTE FUNCTION site.f()"])
        self.assertEqual(reply["references"], [
            {"table": "leaf", "schema": "site", "columns": ["x"], "to": "child", "to_schema": "site",
             "to_columns": ["x"], "on_delete": "SET NULL"},
            {"table": "leaf", "schema": "site", "columns": ["y"], "to": "child", "to_schema": "site",
             "to_columns": ["x"], "on_delete": "SET DEFAULT"},
            {"table": "child", "columns": ["y", "x"], "to": "grand", "to_columns": ["b", "a"], "on_delete": "CASCADE"},
            {"table": "child", "schema": "site", "columns": ["x", "y"], "to": "grand", "to_columns": ["b", "a"],
             "on_delete": "RESTRICT"}])
        self.assertEqual(peer.ask("introspect", table="nowhere"), {"tables": [], "references": []})
        self.assertEqual(peer.ask("introspect", table="leaf"), {"tables": [], "references": []}, "another schema's")

    def test_the_task_table_is_as_the_fixture_says(self):
        peer = self.session(read_only=True)
        reply = peer.ask("introspect", table="authentik_tasks_task")
        for table in reply["tables"]:
            wanted = description(os.environ["AKQUEUE_TEST_RELEASE"])["tables"][table["name"]]
            for key in ("columns", "primary_key"):
                self.assertEqual(table[key], wanted[key])
            self.assertEqual(sorted(table["indexes"]), sorted(wanted["indexes"]))
            self.assertEqual(table["constraints"], wanted["constraints"])
            self.assertEqual(table["triggers"],
                             [text.replace(" ON public.", f" ON {SCHEMA}.") for text in wanted["triggers"]])
        self.assertEqual(peer.query("SELECT 1"), [[1]], "the transaction goes on")

    def test_estimates(self):
        peer = self.start()
        peer.ask("hello", protocol=2)
        with admin() as connection:
            connection.execute("INSERT INTO grand (a, b, d) SELECT i, 1, i FROM generate_series(1, 5000) i")
        with admin() as connection:  # another session: the first one's count may come after ANALYZE's
            connection.execute("ANALYZE grand")
            for statistics in ("of live rows", "of the planner"):
                grand, child = peer.ask("introspect", table="grand")["tables"][:2]
                self.assertEqual((grand["rows_estimate"], child["rows_estimate"]), (5000, None), statistics)
                self.assertGreater(grand["bytes"], 200000)
                connection.execute("SELECT pg_stat_reset()")

    def test_a_locked_table_is_waited_for_no_longer_than_allowed(self):
        peer = self.session(lock_timeout_ms=200)
        with admin() as connection, connection.transaction():
            connection.execute("LOCK TABLE grand")
            self.assertFails(peer.ask("introspect", table="grand"), "sql", "55P03")


if __name__ == "__main__":
    sys.exit(unittest.main())
