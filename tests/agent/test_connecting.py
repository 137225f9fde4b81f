"""How an agent comes to its database, or does not; and which settings of the pod it tells."""

import base64
import contextlib
import os
import subprocess
import tempfile

import pytest

from peer import assert_fails


@pytest.fixture
def hello(start):
    """Starts an agent in this environment: its reply to hello."""
    def said(**env):
        return start(**env).ask("hello", protocol=2)
    return said


def test_wrong_password(hello):
    reply = hello(AUTHENTIK_POSTGRESQL__PASSWORD="wrong-horse")
    assert_fails(reply, "connect")
    assert "password authentication failed" in reply["message"]


def test_refused(hello):
    assert_fails(hello(AUTHENTIK_POSTGRESQL__HOST="/nonexistent"), "connect")
    assert_fails(hello(AUTHENTIK_POSTGRESQL__HOST="127.0.0.1", AUTHENTIK_POSTGRESQL__PORT="1"), "connect")
    assert_fails(hello(AUTHENTIK_POSTGRESQL__NAME="nowhere"), "connect")


def test_no_authentik(hello):
    assert_fails(hello(PYTHONPATH=None), "no-authentik")


def test_no_psycopg(start):
    peer = start("import sys;sys.modules['psycopg']=None;")
    assert_fails(peer.ask("hello", protocol=2), "no-authentik")


def test_broken_config(hello):
    assert_fails(hello(AUTHENTIK_POSTGRESQL__PORT="many"), "config")
    options = base64.b64encode(b'{"no_such_option": 1}').decode()
    assert_fails(hello(AUTHENTIK_POSTGRESQL__CONN_OPTIONS=options), "config")


def test_conn_options_and_rotated_password_file(start, tmp_path):
    password = tmp_path / "password"
    password.write_text(os.environ["AUTHENTIK_POSTGRESQL__PASSWORD"] + "\n", encoding="utf8")
    options = base64.b64encode(b'{"options": "-c geqo_threshold=7", "pool": {"x": 1}}').decode()
    peer = start(AUTHENTIK_POSTGRESQL__PASSWORD=f"file://{password}", AUTHENTIK_POSTGRESQL__CONN_OPTIONS=options)
    assert peer.ask("hello", protocol=2)["user"] == "authentik"
    peer.ask("begin")
    assert peer.query("SHOW geqo_threshold") == [["7"]]


def test_settings_of_workers(start):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("7\n")
        file.flush()
        peer = start(AUTHENTIK_WORKER__THREADS="4", AUTHENTIK_WORKER__PROCESSES=f"file://{file.name}?1")
        peer.ask("hello", protocol=2)
        names = ["worker.threads", "worker.processes", "worker.task_expiration"]
        assert peer.ask("config", names=names) == {"settings": [
            {"name": names[0], "value": "4", "source": "environment", "from": "AUTHENTIK_WORKER__THREADS"},
            {"name": names[1], "value": "7", "source": "file", "from": file.name},
            {"name": names[2], "value": "days=30", "source": "configuration", "from": None}]}


def test_no_other_setting_leaves_the_pod(start):
    peer = start()
    assert_fails(peer.ask("config", names=["worker.threads"]), "state")
    peer.ask("hello", protocol=2)
    for name in ("postgresql.password", "secret_key", "worker.secret", "worker.api_key", "worker.broker_dsn", "worker.none_such", "worker",
                 "worker.", "worker.threads.x", "worker.threads\n", "", 7, ["worker.threads"]):
        assert_fails(peer.ask("config", names=[name]), "protocol")
    assert_fails(peer.ask("config", names="worker.threads"), "protocol")


def test_another_version_is_refused(start):
    peer = start()
    assert_fails(peer.ask("hello", protocol=1), "protocol")
    assert_fails(peer.ask("hello"), "protocol")
    assert peer.ask("hello", protocol=2)["engine"] == "postgresql"


@contextlib.contextmanager
def running(**env):
    """Another process of the same user, as authentik's own is in its container."""
    process = subprocess.Popen(["sleep", "60"], env={"PATH": os.environ["PATH"], **env})
    try:
        yield
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("lacking", ["op://vault/authentik/password", "vault:secret/data/authentik#password", ""])
def test_a_password_that_only_authentik_has(start, lacking):
    """Injected into the main process alone: taken from there, named, and never shown."""
    name, password = "AUTHENTIK_POSTGRESQL__PASSWORD", os.environ["AUTHENTIK_POSTGRESQL__PASSWORD"]
    with running(**{name: password, "OTHER_SECRET": "x"}):
        reply = start(**{name: lacking}).ask("hello", protocol=2)
        assert reply["engine"] == "postgresql", reply
        assert name in reply["injected"] and "OTHER_SECRET" not in reply["injected"]
        assert password not in str(reply)


def test_a_password_that_nobody_has(start):
    """A reference is no password, but it is what the pod says."""
    reply = start(AUTHENTIK_POSTGRESQL__PASSWORD="op://vault/authentik/password", AUTHENTIK_POSTGRESQL__USER="nobody-of-these").ask("hello", protocol=2)
    assert_fails(reply, "connect")


def test_nothing_is_taken_that_is_there(start):
    with running(AUTHENTIK_POSTGRESQL__PASSWORD="another", AUTHENTIK_POSTGRESQL__HOST="elsewhere"):
        assert start().ask("hello", protocol=2)["injected"] == []
