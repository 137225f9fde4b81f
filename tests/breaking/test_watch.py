#!/usr/bin/env python3
"""Watches a queue as a person does: in a terminal with keys and another size, and while its pod's connection dies.

    test_watch.py sqlite|postgres

The screen: drawn, resized, paused, sorted, stopped and continued, left by q, Ctrl-C, SIGTERM; afterwards the terminal's
settings are what they were and the alternate screen has been left. The session: its kubectl is killed in the middle (on
PostgreSQL the agent's connection is cut as well), and the watch goes on; what it could not read is never shown as zeros.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import termios

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from checks import children  # noqa: E402
from databases import FLOOD  # noqa: E402
from screen import LIMIT_S, Screen  # noqa: E402

ENTER, LEAVE = "\x1b[?1049h", "\x1b[?1049l"


class Replica:
    def __init__(self):
        self.scratch = tempfile.mkdtemp(prefix="akqueue-watch.")
        world = os.path.join(self.scratch, "world")
        subprocess.run(["akqueue-sim", "create", world, "--scenario", "outpost-storm", "--tasks", "2000"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.environment = dict(os.environ, AKQUEUE_SIM=world, TERM="xterm")

    def close(self):
        shutil.rmtree(self.scratch)


class Postgres:
    def __init__(self):
        subprocess.run([FLOOD, "2000"], check=True, stdout=subprocess.DEVNULL)
        self.environment = dict(os.environ, TERM="xterm")

    def close(self):
        pass


class Watch(Screen):
    """kubectl akqueue watch in a terminal of its own."""

    def __init__(self, peer, *arguments, size=(24, 80)):
        super().__init__(["kubectl-akqueue", "watch", "--interval", "1s", *arguments], peer.environment, size)

    def screen_is_left(self):
        assert self.output.count(ENTER) == self.output.count(LEAVE) > 0, "the alternate screen was not left"
        assert self.output.rfind(LEAVE) > self.output.rfind(ENTER)
        assert self.output.rfind("\x1b[?25h") > self.output.rfind("\x1b[?25l"), "the cursor stays hidden"


def keys(peer):
    watch = Watch(peer)
    before = watch.settings()
    watch.until("sort: growth[\\s\\S]*Queued ")
    assert not watch.settings()[3] & (termios.ICANON | termios.ECHO), "keys are not read as they are typed"
    at = watch.type("s")
    watch.until("s sort: queued", at)
    at = watch.type("\x1b[C")
    watch.until("s sort: name", at)
    at = watch.type("p")
    at = watch.until("PAUSED at", at)
    watch.resize(10, 50)
    at = watch.until(r"\x1b\[10;1H\x1b\[7mPAUSED", at)
    at = watch.type("p")
    watch.until("q quit", at)
    at = watch.type("?")
    watch.until("Keys", at)
    watch.type("?q")
    assert watch.end() == 0
    watch.screen_is_left()
    assert before[3] & termios.ICANON
    assert "watched" in watch.output


def ended_by(peer, how, status):
    watch = Watch(peer, "--until", "tasks<1")
    watch.until("q quit")
    how(watch)
    got = watch.end()
    assert got == status, f"exit status {got}, not {status}"
    watch.screen_is_left()


def stopped(peer):
    """Ctrl-Z gives the screen back, and fg takes it again."""
    watch = Watch(peer)
    watch.until("q quit")
    at = watch.type("\x1a")
    watch.until(re.escape(LEAVE), at)
    _, status = os.waitpid(watch.child, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    assert watch.settings()[3] & termios.ICANON and watch.settings()[3] & termios.ECHO, "the shell has no echo"
    at = len(watch.output)
    os.killpg(watch.child, signal.SIGCONT)
    at = watch.until(re.escape(ENTER), at)
    watch.until("q quit", at)
    watch.type("q")
    assert watch.end() == 0
    watch.screen_is_left()


def survives(peer, cut):
    """A document a second; after two its connection is cut. Two more must come through another one."""
    process = subprocess.Popen(["kubectl-akqueue", "watch", "-n", "authentik", "--interval", "1s", "--timeout", "40s", "-o", "json"],
                               env=peer.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    documents = []
    try:
        while len(documents) < 60:
            documents.append(json.loads(process.stdout.readline()))
            if len(documents) == 2:
                cut(process)
            if sum(one["read"] and one["entered_again"] > 0 for one in documents) == 2:
                break
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=LIMIT_S)
    finally:
        if process.poll() is None:
            process.kill()
    assert process.returncode == 130, f"exit status {process.returncode}: {errors.decode()}"
    for one in documents:
        assert (one["queued"] is not None and one["queued"] > 0) if one["read"] else one["queued"] is None, f"zeros for nothing: {one}"
    assert documents[-1]["entered_again"] >= 1
    totals = documents[-1]["since_start"]
    assert totals["came"] == totals["finished"] == totals["removed"] == 0, f"the gap was taken for changes: {totals}"


def gone_at_the_end(*everywhere):
    """A script's watch whose site goes away fails, though no alert ever held: nobody knows how it is now."""
    peer = Replica()
    process = subprocess.Popen(["kubectl-akqueue", "watch", "--interval", "1s", "--alert", "queued>1000000", "--timeout", "8s", "-o", "jsonl", *everywhere],
                               env=peer.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    try:
        process.stdout.readline()
        os.rename(peer.environment["AKQUEUE_SIM"], peer.environment["AKQUEUE_SIM"] + ".gone")
        kill_kubectl(process)
        _, errors = process.communicate(timeout=LIMIT_S)
    finally:
        process.kill()
        peer.close()
    assert process.returncode == 1, f"exit status {process.returncode}: {errors.decode()}"
    assert b"the queue could not be read any more: " in errors, errors.decode()


def silent_from_the_start(peer):
    """A kubectl that never answers: a script's --timeout ends that too, though not before kubectl had a fair chance."""
    scratch = tempfile.mkdtemp(prefix="akqueue-watch.")
    kubectl = os.path.join(scratch, "kubectl")
    with open(kubectl, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\nexec sleep 600\n")
    os.chmod(kubectl, 0o755)
    environment = {name: value for name, value in peer.environment.items() if name != "AKQUEUE_SIM"}
    environment["PATH"] = f"{scratch}:{environment['PATH']}"
    try:
        done = subprocess.run(["kubectl-akqueue", "wait", "-n", "authentik", "--for", "queued=0", "--timeout", "1s"], env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300, check=False)
    finally:
        shutil.rmtree(scratch)
    assert done.returncode == 1 and "no server pod could be entered in 45s" in done.stderr, f"{done.returncode}: {done.stderr}"


def kill_kubectl(process):
    for pid in children(process.pid):
        os.kill(pid, signal.SIGKILL)


def cut_database(_):
    subprocess.run(["psql", "-qAtX", "-c", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'akqueue'"],
                   check=True, stdout=subprocess.DEVNULL)


def main():
    peer = Replica() if sys.argv[1:] == ["sqlite"] else Postgres()
    cases = {
        "keys and sizes": lambda: keys(peer),
        "q with an unmet --until": lambda: ended_by(peer, lambda watch: watch.type("q"), 5),
        "Ctrl-C": lambda: ended_by(peer, lambda watch: watch.type("\x03"), 130),
        "SIGTERM": lambda: ended_by(peer, lambda watch: os.kill(watch.child, signal.SIGTERM), 130),
        "Ctrl-Z and fg": lambda: stopped(peer),
        "its kubectl is killed": lambda: survives(peer, kill_kubectl),
    }
    if isinstance(peer, Replica):
        cases["a kubectl that never answers"] = lambda: silent_from_the_start(peer)
        cases["a site that is gone at the end"] = gone_at_the_end
        cases["the only one of -A that is gone at the end"] = lambda: gone_at_the_end("-A")
    else:
        cases["its connection is cut"] = lambda: survives(peer, cut_database)
    failures = 0
    try:
        for name, case in cases.items():
            try:
                case()
                print(f"{name}: as expected")
            except (AssertionError, ValueError) as wrong:
                failures += 1
                print(f"{name}: FAILED: {wrong}")
    finally:
        peer.close()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
