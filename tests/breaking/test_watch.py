"""Watches a queue as a person does: in a terminal with keys and another size, and while its pod's connection dies.

The screen: drawn, resized, paused, sorted, stopped and continued, left by q, Ctrl-C, SIGTERM; afterwards the terminal's
settings are what they were and the alternate screen has been left. The session: its kubectl is killed in the middle (on
PostgreSQL the agent's connection is cut as well), and the watch goes on; what it could not read is never shown as zeros.
"""

import json
import os
import signal
import subprocess
import termios

import pytest

from screen import LIMIT_S, Screen
from waiting import children

TASKS = 2000
ENTER, LEAVE = "\x1b[?1049h", "\x1b[?1049l"
SHOW_CURSOR, HIDE_CURSOR = "\x1b[?25h", "\x1b[?25l"


@pytest.fixture(scope="module", autouse=True)
def filled(peer):
    peer.renew()
    peer.environment["TERM"] = "xterm"


class Watch(Screen):
    """kubectl akqueue watch in its own terminal."""

    def __init__(self, peer, *arguments):
        super().__init__(["kubectl-akqueue", "watch", "--interval", "1s", *arguments], peer.environment)

    def is_left(self):
        """It has ended, and what it has made of the terminal has too."""
        assert self.output.count(ENTER) == self.output.count(LEAVE) > 0, "the alternate screen was not left"
        assert self.output.rfind(LEAVE) > self.output.rfind(ENTER)
        assert self.output.rfind(SHOW_CURSOR) > self.output.rfind(HIDE_CURSOR), "the cursor stays hidden"


def test_keys_and_sizes(peer):
    watch = Watch(peer)
    before = watch.settings()
    watch.expect("sort: growth.*Queued ")
    assert not watch.settings()[3] & (termios.ICANON | termios.ECHO), "keys are not read as they are typed"
    watch.type("s")
    watch.expect("s sort: queued")
    watch.type("\x1b[C")
    watch.expect("s sort: name")
    watch.type("p")
    watch.expect("PAUSED at")
    watch.setwinsize(10, 50)
    watch.expect(r"\x1b\[10;1H\x1b\[7mPAUSED")
    watch.type("p")
    watch.expect("q quit")
    watch.type("?")
    watch.expect("Keys")
    watch.type("?q")
    assert watch.end() == 0
    watch.is_left()
    assert before[3] & termios.ICANON
    assert "watched" in watch.output


@pytest.mark.parametrize("end, status", [(lambda watch: watch.type("q"), 5), (lambda watch: watch.type("\x03"), 130),
                                         (lambda watch: watch.kill(signal.SIGTERM), 130)],
                         ids=["q with an unmet --until", "Ctrl-C", "SIGTERM"])
def test_ended(peer, end, status):
    watch = Watch(peer, "--until", "tasks<1")
    watch.expect("q quit")
    end(watch)
    assert watch.end() == status
    watch.is_left()


def test_ctrl_z_and_fg(peer):
    """Ctrl-Z gives the screen back, and fg takes it again."""
    watch = Watch(peer)
    watch.expect("q quit")
    watch.type("\x1a")
    watch.expect_exact(LEAVE)
    _, status = os.waitpid(watch.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    assert watch.settings()[3] & termios.ICANON and watch.settings()[3] & termios.ECHO, "the shell has no echo"
    os.killpg(watch.pid, signal.SIGCONT)
    watch.expect_exact(ENTER)
    watch.expect("q quit")
    watch.type("q")
    assert watch.end() == 0
    watch.is_left()


def watching(peer, *arguments):
    """A script's watch, whose output is read."""
    return subprocess.Popen(["kubectl-akqueue", "watch", "--interval", "1s", *arguments], env=peer.environment, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)


def kill_kubectl(process):
    for pid in children(process.pid):
        os.kill(pid, signal.SIGKILL)


def survives(peer, cut):
    """A document a second; after two its connection is cut. Two more must come through another one."""
    process = watching(peer, "-n", "authentik", "--timeout", "40s", "-o", "json")
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
    assert process.returncode == 130, errors.decode()
    for one in documents:
        assert (one["queued"] is not None and one["queued"] > 0) if one["read"] else one["queued"] is None, f"zeros for nothing: {one}"
    assert documents[-1]["entered_again"] >= 1
    totals = documents[-1]["since_start"]
    assert totals["came"] == totals["finished"] == totals["removed"] == 0, f"the gap was taken for changes: {totals}"


def test_its_kubectl_is_killed(peer):
    survives(peer, kill_kubectl)


@pytest.mark.only("postgres")
def test_its_connection_is_cut(peer):
    survives(peer, peer.cut)


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("everywhere", ([], ["-A"]), ids=["one site", "the only one of -A"])
def test_a_site_that_is_gone_at_the_end(peer, everywhere):
    """A watch in a script fails if its site goes away, though no alert ever held: its state is not known."""
    peer.renew()
    process = watching(peer, "--alert", "queued>1000000", "--timeout", "8s", "-o", "jsonl", *everywhere)
    try:
        process.stdout.readline()
        os.rename(peer.world, peer.world + ".gone")
        kill_kubectl(process)
        _, errors = process.communicate(timeout=LIMIT_S)
    finally:
        process.kill()
        os.rename(peer.world + ".gone", peer.world)
    assert process.returncode == 1, errors.decode()
    assert b"the queue could not be read any more: " in errors


@pytest.mark.only("sqlite")
def test_a_kubectl_that_never_answers(peer, tmp_path):
    """A script's --timeout ends that too, though not before kubectl had a fair chance."""
    kubectl = tmp_path / "kubectl"
    kubectl.write_text("#!/bin/sh\nexec sleep 600\n")
    kubectl.chmod(0o755)
    environment = {name: value for name, value in peer.environment.items() if name != "AKQUEUE_SIM"}
    environment["PATH"] = f"{tmp_path}:{environment['PATH']}"
    done = subprocess.run(["kubectl-akqueue", "wait", "-n", "authentik", "--for", "queued=0", "--timeout", "1s"], env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300, check=False)
    assert done.returncode == 1, done.stderr
    assert "no server pod could be entered in 10s" in done.stderr
