"""An agent's beginning: its greeting among whatever noise, hello, and bye."""

import re
import time

from peer import assert_fails
from server import SCHEMA, admin, backends, wait_for


def test_greets_first_and_noise_of_imports_goes_to_stderr(start):
    peer = start()
    assert (peer.greeting, peer.noise) == (b"akqueue-agent 2\n", [b"\n"])
    peer.ask("hello", protocol=2)
    peer.ask("bye")
    assert peer.process.stdout.read() == b""
    assert b"Loaded environment variables" in peer.process.stderr.read()


def test_noise_on_the_descriptor_itself(start):
    peer = start("import sys,os,importlib.abc\n"
                 "class Noisy(importlib.abc.MetaPathFinder):\n"
                 "  def find_spec(self, name, *_):\n"
                 "    if name == 'psycopg':\n"
                 "      os.write(1, b'raw'); print('= {}', file=sys.__stdout__, flush=True)\n"
                 "sys.meta_path.insert(0, Noisy())\n")
    assert peer.ask("hello", protocol=2)["engine"] == "postgresql"


def test_noise_of_a_shell_comes_before_the_greeting(start):
    peer = start("print('### authentik shell', flush=True);print('late', end='', flush=True);")
    assert peer.noise == [b"### authentik shell\n", b"late\n"]
    assert peer.ask("hello", protocol=2)["engine"] == "postgresql"


def test_greets_before_slow_imports(start):
    began = time.monotonic()
    start("import sys,importlib.abc,time\n"
          "class Slow(importlib.abc.MetaPathFinder):\n"
          "  def find_spec(self, name, *_):\n"
          "    if name.split('.')[0] in ('psycopg','authentik','json'): time.sleep(1.5)\n"
          "sys.meta_path.insert(0, Slow())\n")
    assert time.monotonic() - began < 1


def test_hello(start):
    peer = start()
    reply = peer.ask("hello", protocol=2)
    told = [reply[key] for key in ("engine", "database", "user", "standby", "authentik")]
    assert told == ["postgresql", "authentik", "authentik", False, "2025.12.4"]
    assert reply["schema"] == SCHEMA
    assert re.search(r"^\d+\.\d+$", reply["server_version"])
    assert re.search(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$", reply["now"])
    now = time.strftime("%Y-%m-%dT%H:%M", time.gmtime())
    assert abs(int(reply["now"][14:16]) - int(now[14:16])) % 59 < 2
    assert reply["now"][:13] == now[:13]
    assert "psycopg" in reply["agent"]
    assert_fails(peer.ask("hello", protocol=2), "state")


def test_hello_names_the_very_database(start):
    with admin() as connection:
        number, oid = connection.execute("SELECT s.system_identifier, d.oid FROM pg_control_system() s, pg_database d"
                                         " WHERE d.datname = 'authentik'").fetchone()
    assert start().ask("hello", protocol=2)["system"] == f"{number}/{oid}"


def test_hello_does_without_a_name_that_it_may_not_ask_for(start):
    with admin() as connection:
        connection.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
    try:
        peer = start()
        reply = peer.ask("hello", protocol=2)
        assert reply["system"] is None
        assert reply["engine"] == "postgresql"
        peer.ask("begin")
        assert peer.query("SELECT 1") == [[1]]
    finally:
        with admin() as connection:
            connection.execute("GRANT EXECUTE ON FUNCTION pg_control_system() TO PUBLIC")


def test_a_standby_says_so(start):
    with admin() as connection:
        connection.execute("ALTER ROLE authentik SET default_transaction_read_only = on")
        try:
            peer = start()
            assert peer.ask("hello", protocol=2)["standby"] is True
            peer.ask("begin")
            assert_fails(peer.ask("execute", sql="CREATE TABLE t ()"), "sql", "25006")
        finally:
            connection.execute("ALTER ROLE authentik RESET default_transaction_read_only")


def test_what_needs_hello_is_refused_before_it(start):
    peer = start()
    for op in ("begin", "query", "execute", "copy_out", "commit", "rollback", "introspect"):
        assert_fails(peer.ask(op, sql="SELECT 1", table="x"), "state")
    assert peer.ask("hello", protocol=2)["engine"] == "postgresql"


def test_bye_ends_with_0(peer):
    assert peer.ask("bye") == {}
    assert peer.process.wait(5) == 0
    assert wait_for(lambda: not backends()), backends()


def test_runs_in_somebody_elses_globals(start):
    """As `ak shell -c` does it: no __main__, no __file__, lines on standard output before."""
    peer = start("import sys;__name__='django.shell';globals().pop('__file__',None);")
    assert peer.ask("hello", protocol=2)["user"] == "authentik"
