#!/usr/bin/env python3
"""Completion as a shell asks for it: live values of a site, and silence where there is none.

    test_completion.py sqlite|postgres

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
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from checks import expect  # noqa: E402
from databases import TASKS, make_peer  # noqa: E402

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
        self.bin = os.path.join(peer.scratch, "bin")
        os.makedirs(self.bin)
        os.symlink(shutil.which("kubectl-akqueue"), os.path.join(self.bin, COMPLETER))
        # A loaded machine is no slow site: what has to come may take its time.
        self.environment = dict(peer.environment, PATH=f"{self.bin}:{os.environ['PATH']}", AKQUEUE_COMPLETION_TIMEOUT="60s")

    def press(self, *words, through=None, fresh=True, **environment):
        """TAB behind these words: the candidates with their meanings, and the directive."""
        if fresh:
            shutil.rmtree(self.environment["XDG_STATE_HOME"], ignore_errors=True)
        line = [through, "__complete", "akqueue", *words] if through else [os.path.join(self.bin, COMPLETER), *words]
        started = time.monotonic()
        done = subprocess.run(line, env={**self.environment, **environment}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, timeout=120, check=False)
        took = time.monotonic() - started
        expect(done.returncode == 0, f"{line}: exit status {done.returncode}: {done.stderr}")
        # kubectl itself tells there which directive it was given.
        expect(done.stderr == "" or through, f"{line} said: {done.stderr}")
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


def live_values(shell):
    actors, directive, _ = shell.press("delete", "--actor", "")
    expect(directive == ":4", directive)
    there = shell.peer.ask(f"SELECT count(*) FROM {TASKS} WHERE actor_name = '{UPDATE}'")
    expect(actors.get(UPDATE) == f"{there:,} tasks", f"{UPDATE}: {actors}, {there} are there")
    expect(shell.words("delete", "--actor", "outpost_send") == ["outpost_send_update"], "an actor by its tail")
    expect("rejected" in shell.words("top", "--state", "re"), "states")
    expect("default" in shell.words("flush", ""), "queues")
    expect("tasklog" in shell.words("schema", ""), "tables")
    expect(shell.words("drain", "--replicas", "") == ["authentik-worker="], "worker deployments")
    expect(shell.words("status", "--release", "") == ["authentik"], "releases")
    expect(all("server" in pod for pod in shell.words("status", "--pod", "")) and shell.words("status", "--pod", ""), "server pods")
    expect(shell.words("status", "--context", ""), "contexts")


def ids(shell):
    newest = shell.words("show", "")
    expect(newest and all(re.fullmatch(r"[0-9a-f-]{36}", word) for word in newest), newest)
    some = str(shell.peer.ask(f"SELECT message_id FROM {TASKS} WHERE state = 'done' ORDER BY mtime LIMIT 1"))
    expect(some not in newest, "the oldest is among the newest")
    expect(some in shell.words("show", some[:8]), f"{some} is not found by its beginning")
    expect(shell.words("show", "00000000-0000-4000-8000-00000000") == [], "an id that is not there")


def kept(shell):
    """What came is kept, for the same site alone; nobody else may read it."""
    shell.press("delete", "--actor", "")
    file = os.path.join(shell.environment["XDG_STATE_HOME"], "akqueue", "completion.json")
    expect(os.stat(file).st_mode & 0o777 == 0o600, oct(os.stat(file).st_mode))
    gone = {name: shell.replace_kubectl(name, "exit 1") for name in ("kubectl", "akqueue-sim")}
    path = gone[shell.program]
    expect(UPDATE in shell.words("top", "--actor", "", fresh=False, PATH=path), "it was not kept")
    expect(UPDATE not in shell.words("top", "-n", "other", "--actor", "", fresh=False, PATH=path), "it answers for another namespace")


def dead_sites(shell):
    for what, script in KUBECTLS.items():
        path = shell.replace_kubectl(shell.program, script)
        found, directive, took = shell.press("delete", "--state", "r", PATH=path, AKQUEUE_COMPLETION_TIMEOUT="")
        expect(list(found) == ["running", "rejected"] and directive == ":4", f"a kubectl that {what}: {found}")
        expect(took < SOON_S, f"a kubectl that {what}: {took:.1f} s")
        again, _, _ = shell.press("status", "--context", "", PATH=path, AKQUEUE_COMPLETION_TIMEOUT="")
        expect(again == {}, f"a kubectl that {what}: {again}")
    # The sleep of a shell that was killed has its second to go.
    deadline = time.monotonic() + SOON_S
    while list(shell.peer.processes()) and time.monotonic() < deadline:
        time.sleep(0.1)
    expect(not list(shell.peer.processes()), f"runs on: {list(shell.peer.processes())}")
    path = shell.replace_kubectl("nothing", "")
    expect(shell.words("flush", "", PATH=os.path.dirname(path.split(":")[0]), AKQUEUE_SIM="") == ["default", "default.DQ", "default.XQ"], "no kubectl at all")
    never = shell.replace_kubectl(shell.program, f"touch {shell.peer.scratch}/called")
    shell.press("delete", "--actor", "", PATH=never, AKQUEUE_COMPLETION_TIMEOUT="0")
    expect(not os.path.exists(f"{shell.peer.scratch}/called"), "0 means never")


def faulty_sessions(shell):
    for fault in ("stall", "silent", "rubbish", "wrong-version", "cut-after=3", "no-tables", "connect", "no-interpreter"):
        found, _, took = shell.press("delete", "--state", "r", AKQUEUE_SIM_FAULT=fault, AKQUEUE_COMPLETION_TIMEOUT="")
        expect("rejected" in found and took < SOON_S, f"{fault}: {found} in {took:.1f} s")


def locked_table(shell):
    """Whoever waits for a lock does not make the shell wait."""
    import psycopg
    with psycopg.connect() as connection:
        connection.execute(f"LOCK TABLE {TASKS} IN ACCESS EXCLUSIVE MODE")
        found, _, took = shell.press("delete", "--state", "r", AKQUEUE_COMPLETION_TIMEOUT="")
        expect(list(found) == ["running", "rejected"] and took < SOON_S, f"{found} in {took:.1f} s")


def by_kubectl(shell):
    """The real one, whose own spawned completer finds the peer's kubectl first on PATH."""
    kubectl = newest_kubectl()
    if kubectl is None:
        print("  (this machine has no kubectl that asks plugins for completion: tests/cluster does it with its own)")
        return
    actors, directive, _ = shell.press("delete", "--actor", "", through=kubectl)
    expect(UPDATE in actors and directive == ":4", f"{actors} {directive}")
    expect("flush" in shell.words("", through=kubectl), "commands")
    expect(shell.press("drain", "--replicas", "", through=kubectl)[1] == ":6", "no blank behind a deployment")
    expect(shell.press("status", "--kubeconfig", "", through=kubectl)[1] == ":0", "files where a file is wanted")
    # An API server that is not there, by the real kubectl alone.
    config = os.path.join(shell.peer.scratch, "config")
    with open(config, "w", encoding="utf-8") as file:
        json.dump({"apiVersion": "v1", "kind": "Config", "current-context": "gone", "clusters": [{"name": "gone", "cluster": {"server": "https://127.0.0.1:9"}}],
                   "users": [{"name": "u", "user": {}}], "contexts": [{"name": "gone", "context": {"cluster": "gone", "user": "u"}}]}, file)
    os.symlink(kubectl, os.path.join(shell.bin, "kubectl"))
    dead = {"KUBECONFIG": config, "AKQUEUE_SIM": "", "AKQUEUE_COMPLETION_TIMEOUT": ""}
    found, _, took = shell.press("delete", "--state", "r", through=kubectl, **dead)
    expect(list(found) == ["running", "rejected"] and took < SOON_S, f"{found} in {took:.1f} s")
    expect(list(shell.press("status", "--context", "", through=kubectl, **{**dead, "AKQUEUE_COMPLETION_TIMEOUT": "60s"})[0]) == ["gone"], "contexts")


def main():
    engine = sys.argv[1]
    peer = make_peer(engine, 3000)
    failed = 0
    try:
        peer.renew()
        shell = Shell(peer)
        shell.program = "akqueue-sim" if engine == "sqlite" else "kubectl"
        cases = [live_values, ids, kept, dead_sites, faulty_sessions if engine == "sqlite" else locked_table, by_kubectl]
        for case in cases:
            try:
                case(shell)
                print(f"ok: {case.__name__}", flush=True)
            except (AssertionError, subprocess.TimeoutExpired) as wrong:
                print(f"FAILED: {case.__name__}: {wrong}", flush=True)
                failed += 1
    finally:
        peer.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
