"""How an agent ends: with its input, its reader or its server gone, soon and without a trace in the database."""

import os
import signal
import subprocess
import threading
import time

import pytest

from peer import AGENT, BOOTSTRAP, PYTHON, environment, tuples
from server import admin, backends, sleeps, wait_for

MIB = 1 << 20


def assert_ends(peer, seconds=2.0):
    began = time.monotonic()
    peer.process.wait(seconds)
    assert wait_for(lambda: not backends(), seconds), backends()
    assert time.monotonic() - began < seconds


@pytest.mark.parametrize("op, sql", [("query", "SELECT pg_sleep(600)"), ("copy_out", "SELECT pg_sleep(600)::text"),
                                     ("execute", "DO $$ BEGIN PERFORM pg_sleep(600); END $$")])
def test_end_of_input_while_a_statement_runs(peer, op, sql):
    peer.send(op, sql=sql)
    assert wait_for(sleeps)
    peer.process.stdin.close()
    assert_ends(peer)


def test_end_of_input_behind_more_than_is_read_ahead(peer):
    peer.send("query", sql="SELECT pg_sleep(600)")
    peer.write(b"x" * 99 + b"\n")
    peer.write((b"x" * 99 + b"\n") * 10600)
    peer.process.stdin.close()
    assert_ends(peer)


def test_end_of_input_and_a_server_that_does_not_answer(peer, request):
    [[backend]] = peer.query("SELECT pg_backend_pid()")
    os.kill(backend, signal.SIGSTOP)
    request.addfinalizer(lambda: os.kill(backend, signal.SIGCONT))
    peer.send("query", sql="SELECT 1")
    peer.process.stdin.close()
    assert peer.process.wait(5) == -signal.SIGALRM


def test_end_of_input_between_statements_rolls_back(peer):
    peer.ask("execute", sql="INSERT INTO authentik_tasks_workerstatus VALUES (gen_random_uuid(), 'e', 'v', now())")
    peer.process.stdin.close()
    assert_ends(peer)
    with admin() as connection:
        assert connection.execute("SELECT count(*) FROM authentik_tasks_workerstatus").fetchone() == (0,)


def test_end_of_input_in_the_middle_of_copy_in(peer):
    peer.ask("execute", sql="CREATE TEMPORARY TABLE t (s text) ON COMMIT DROP")
    peer.send("copy_in", table="t")
    peer.send_frame(tuples([b"x"] * 100000))
    peer.write(b"d half")
    peer.process.stdin.close()
    assert_ends(peer)


def test_end_of_input_while_rows_stream(peer):
    peer.send("query", sql="SELECT repeat('x', 1000), generate_series(1, 100000000)")
    peer.process.stdout.readline()
    peer.process.stdin.close()
    threading.Thread(target=lambda: [None for _ in iter(lambda: peer.process.stdout.read(MIB), b"")]).start()
    assert_ends(peer)


def test_a_reader_that_is_gone(start):
    peer = start()
    peer.ask("hello", protocol=2)
    peer.ask("begin")
    peer.send("query", sql="SELECT repeat('x', 1000), generate_series(1, 100000000)")
    peer.process.stdout.readline()
    peer.process.stdout.close()
    assert_ends(peer)
    assert peer.process.returncode == 0
    assert b"Traceback" not in peer.process.stderr.read()


def test_ctrl_c_is_ignored(peer):
    peer.process.send_signal(signal.SIGINT)
    assert peer.query("SELECT 1") == [[1]]
    peer.send("query", sql="SELECT pg_sleep(0.3)")
    wait_for(sleeps)
    peer.process.send_signal(signal.SIGINT)
    assert peer.reply()["rows"] == 1


def test_no_traceback_however_it_ends():
    source = AGENT.read_bytes()
    for rest in (b"", b'{"op":"hello","protocol":2}\n', b'{"op":"hello","protocol":2}\n{"op":"begin"}\n', b"half"):
        done = subprocess.run([PYTHON, "-c", BOOTSTRAP], input=b"%d\n%b%b" % (len(source), source, rest),
                              capture_output=True, env=environment(), timeout=20, check=False)
        assert b"Traceback" not in done.stderr
        assert done.returncode == 0
