"""Completion as a shell asks for it: live values of a site, and silence where there is none.

The completer is a link named kubectl_complete-akqueue, called as kubectl calls it; and where this machine has a kubectl that
asks plugins (1.26 on), by that: `kubectl __complete akqueue …`, which finds the completer on PATH. (tests/cluster has the same
with a real API server.) A site that hangs, stalls, refuses or is not there must give the usual words, soon, with exit status 0
and nothing on standard error.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import warnings

import pytest

from databases import TASKS as TASK_TABLE
from waiting import wait_until

TASKS = 3000

COMPLETER = "kubectl_complete-akqueue"
UPDATE = "authentik.outposts.tasks.outpost_send_update"
# Far more than is needed, and far less than anything that waits without an end.
SOON_S = 20
KUBECTLS = {
    "hangs": "exec sleep 600",
    "hangs and does not end when asked to": "trap '' TERM; while :; do sleep 1; done",
    "asks for a password": "echo 'Password:' >&2; read -r password; echo 'error: no password' >&2; exit 1",
    "may not": "echo 'Error from server (Forbidden): pods is forbidden' >&2; exit 1",
    "prints nonsense": "echo '{\"items\": [17'",
}


def newest_kubectl():
    """This machine's own, if it asks plugins for completion; else None."""
    kubectl = shutil.which("kubectl", path="/usr/local/bin:/usr/bin:/bin")
    if kubectl is None:
        return None
    version = json.loads(subprocess.run([kubectl, "version", "--client", "-o", "json"], stdout=subprocess.PIPE, check=True).stdout)
    minor = re.match(r"v1\.(\d+)", version["clientVersion"]["gitVersion"])
    return kubectl if minor and int(minor[1]) >= 26 else None


class Shell:
    def __init__(self, peer):
        self.peer = peer
        self.program = "akqueue-sim" if peer.name == "sqlite" else "kubectl"  # what the plugin takes for kubectl
        self.bin = os.path.join(peer.scratch, "bin")
        os.makedirs(self.bin)
        os.symlink(shutil.which("kubectl-akqueue"), os.path.join(self.bin, COMPLETER))
        # A loaded machine must not count as a slow site: answers may take their time.
        self.environment = dict(peer.environment, PATH=f"{self.bin}:{os.environ['PATH']}", AKQUEUE_COMPLETION_TIMEOUT="60s")

    def press(self, *words, through=None, fresh=True, **environment):
        """TAB after these words: the candidates with their meanings, and the directive."""
        if fresh:
            shutil.rmtree(self.environment["XDG_STATE_HOME"], ignore_errors=True)
        line = [through, "__complete", "akqueue", *words] if through else [os.path.join(self.bin, COMPLETER), *words]
        started = time.monotonic()
        done = subprocess.run(line, env={**self.environment, **environment}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=120, check=False)
        took = time.monotonic() - started
        assert done.returncode == 0, f"{line}: exit status {done.returncode}: {done.stderr}"
        # kubectl itself tells there which directive it was given.
        assert done.stderr == "" or through, f"{line} said: {done.stderr}"
        *lines, directive = done.stdout.splitlines()
        return dict((one.split("\t") + [""])[:2] for one in lines), directive, took

    def words(self, *words, **more):
        return list(self.press(*words, **more)[0])

    def replace_kubectl(self, name, text):
        """A directory in which `name` is this script."""
        directory = tempfile.mkdtemp(dir=self.peer.scratch)
        with open(os.path.join(directory, name), "w", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o755)) as file:
            file.write(f"#!/bin/sh\n{text}\n")
        return f"{directory}:{self.environment['PATH']}"


@pytest.fixture(scope="module")
def shell(peer):
    peer.renew()
    return Shell(peer)


def test_live_values(shell):
    actors, directive, _ = shell.press("delete", "--actor", "")
    assert directive == ":4", directive
    there = shell.peer.ask(f"SELECT count(*) FROM {TASK_TABLE} WHERE actor_name = '{UPDATE}'")
    assert actors.get(UPDATE) == f"{there:,} tasks", f"{UPDATE}: {actors}, {there} are there"
    assert shell.words("delete", "--actor", "outpost_send") == ["outpost_send_update"], "an actor by its tail"
    assert "rejected" in shell.words("top", "--state", "re"), "states"
    assert "default" in shell.words("flush", ""), "queues"
    assert "tasklog" in shell.words("schema", ""), "tables"
    assert shell.words("drain", "--replicas", "") == ["authentik-worker="], "worker deployments"
    assert shell.words("status", "--release", "") == ["authentik"], "releases"
    assert all("server" in pod for pod in shell.words("status", "--pod", "")) and shell.words("status", "--pod", ""), "server pods"
    assert shell.words("status", "--context", ""), "contexts"


def test_ids(shell):
    newest = shell.words("show", "")
    assert newest and all(re.fullmatch(r"[0-9a-f-]{36}", word) for word in newest), newest
    some = str(shell.peer.ask(f"SELECT message_id FROM {TASK_TABLE} WHERE state = 'done' ORDER BY mtime LIMIT 1"))
    assert some not in newest, "the oldest is among the newest"
    assert some in shell.words("show", some[:8]), f"{some} is not found by its beginning"
    assert shell.words("show", "00000000-0000-4000-8000-00000000") == [], "an id that is not there"


def test_kept(shell):
    """Answers are cached, only for the same site; nobody else may read them."""
    shell.press("delete", "--actor", "")
    file = os.path.join(shell.environment["XDG_STATE_HOME"], "akqueue", "completion.json")
    assert os.stat(file).st_mode & 0o777 == 0o600, oct(os.stat(file).st_mode)
    gone = {name: shell.replace_kubectl(name, "exit 1") for name in ("kubectl", "akqueue-sim")}
    path = gone[shell.program]
    assert UPDATE in shell.words("top", "--actor", "", fresh=False, PATH=path), "it was not kept"
    assert UPDATE not in shell.words("top", "-n", "other", "--actor", "", fresh=False, PATH=path), "it answers for another namespace"


@pytest.mark.parametrize("script", KUBECTLS.values(), ids=KUBECTLS)
def test_a_kubectl_that(shell, script):
    path = shell.replace_kubectl(shell.program, script)
    found, directive, took = shell.press("delete", "--state", "r", PATH=path, AKQUEUE_COMPLETION_TIMEOUT="")
    assert (list(found), directive) == (["running", "rejected"], ":4")
    assert took < SOON_S
    again, _, _ = shell.press("status", "--context", "", PATH=path, AKQUEUE_COMPLETION_TIMEOUT="")
    assert again == {}
    # The sleep of a shell that was killed has its second to go.
    wait_until(lambda: not list(shell.peer.processes()), lambda: f"runs on: {list(shell.peer.processes())}", SOON_S)


def test_no_kubectl_at_all(shell):
    path = shell.replace_kubectl("nothing", "")
    found = shell.words("flush", "", PATH=os.path.dirname(path.split(":")[0]), AKQUEUE_SIM="")
    assert found == ["default", "default.DQ", "default.XQ"]


def test_0_means_never(shell, tmp_path):
    never = shell.replace_kubectl(shell.program, f"touch {tmp_path}/called")
    shell.press("delete", "--actor", "", PATH=never, AKQUEUE_COMPLETION_TIMEOUT="0")
    assert not (tmp_path / "called").exists()


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("fault", ("stall", "silent", "rubbish", "wrong-version", "cut-after=3", "no-tables", "connect", "no-interpreter"))
def test_faulty_sessions(shell, fault):
    found, _, took = shell.press("delete", "--state", "r", AKQUEUE_SIM_FAULT=fault, AKQUEUE_COMPLETION_TIMEOUT="")
    assert "rejected" in found and took < SOON_S


@pytest.mark.only("postgres")
def test_locked_table(shell):
    """Waiting for a lock does not make the shell wait."""
    import psycopg  # the test bed's alone

    with psycopg.connect() as connection:
        connection.execute(f"LOCK TABLE {TASK_TABLE} IN ACCESS EXCLUSIVE MODE")
        found, _, took = shell.press("delete", "--state", "r", AKQUEUE_COMPLETION_TIMEOUT="")
        assert list(found) == ["running", "rejected"] and took < SOON_S


@pytest.fixture
def kubectl():
    """This machine's, where it asks plugins."""
    found = newest_kubectl()
    if found is None:
        warnings.warn("this machine has no kubectl that asks plugins for completion: tests/cluster does it with its own")
    return found


def test_by_kubectl(shell, kubectl):
    """The real one, whose own spawned completer finds the peer's kubectl first on PATH."""
    if kubectl is None:
        return
    actors, directive, _ = shell.press("delete", "--actor", "", through=kubectl)
    assert UPDATE in actors and directive == ":4"
    assert "flush" in shell.words("", through=kubectl)
    assert shell.press("drain", "--replicas", "", through=kubectl)[1] == ":6", "a blank behind a deployment"
    assert shell.press("status", "--kubeconfig", "", through=kubectl)[1] == ":0", "no files where a file is wanted"


def test_an_api_server_that_is_not_there(shell, kubectl, tmp_path):
    """By the real kubectl alone."""
    if kubectl is None:
        return
    config = tmp_path / "config"
    config.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "gone", "users": [{"name": "u", "user": {}}],
        "clusters": [{"name": "gone", "cluster": {"server": "https://127.0.0.1:9"}}],
        "contexts": [{"name": "gone", "context": {"cluster": "gone", "user": "u"}}]}))
    (tmp_path / "kubectl").symlink_to(kubectl)
    dead = {"KUBECONFIG": str(config), "AKQUEUE_SIM": "", "PATH": f"{tmp_path}:{shell.environment['PATH']}"}
    found, _, took = shell.press("delete", "--state", "r", through=kubectl, **dead, AKQUEUE_COMPLETION_TIMEOUT="")
    assert list(found) == ["running", "rejected"] and took < SOON_S
    assert shell.words("status", "--context", "", through=kubectl, **dead, AKQUEUE_COMPLETION_TIMEOUT="60s") == ["gone"]
