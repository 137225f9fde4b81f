"""The Windows build under wine, on a world of the simulator.

The program is what AKQUEUE_WINDOWS_EXE or --exe names, or else the release's own (--archived-exe), where releases are tested
(AKQUEUE_RELEASE_TESTS). Without any, without wine, or without a compiler for the small kubectl.exe of relay.c (MinGW's, or the
release's zig) all is left out; not in CI.

kubectl.exe stands on PATH and passes everything on to the simulator's kubectl on this machine, by which the arguments are
seen to arrive as they were given. Then: looking, wrong use, a deletion with its backup and the way back by `undo`, compared
by a hash of all rows; a drain, whose JSON patches are full of quotation marks; a backup that can't be written deletes
nothing; text that is no ASCII; a place to sign in, which kubectl names while it is waited for; and a deletion whose plugin
is killed loses no row.
"""

import json
import os
import shutil
import subprocess
import threading
import time

import pytest

from databases import Replica
from relay import SIGN_IN, Relay
from waiting import wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
TASKS = 8000
LIMIT_S = 300


def left_out(why):
    """Where releases are tested in CI, everything that this needs is there, or something is wrong."""
    if os.environ.get("CI") and os.environ.get("AKQUEUE_RELEASE_TESTS"):
        pytest.fail(f"the Windows program was not tested: {why}")
    pytest.skip(f"the Windows program was not tested: {why}")


def program_under_test(options):
    """What somebody names, or what the release's archive holds where releases are tested."""
    named = os.environ.get("AKQUEUE_WINDOWS_EXE") or options.exe
    if not named and not os.environ.get("AKQUEUE_RELEASE_TESTS"):
        left_out("scripts/test.sh --release does, or AKQUEUE_WINDOWS_EXE=…/kubectl-akqueue.exe")
    program = named or options.archived_exe
    assert os.path.exists(program), f"{program} is not there"
    return program


def compiler():
    """The compiler of the small kubectl.exe: MinGW's, or the one that made the release."""
    if shutil.which("x86_64-w64-mingw32-gcc"):
        return ["x86_64-w64-mingw32-gcc"]
    zig = subprocess.run([os.path.join(HERE, "..", "..", "scripts", "release", "zig.sh")], stdout=subprocess.PIPE, check=False)
    if zig.returncode:
        left_out("nothing here compiles kubectl.exe of relay.c")
    return [os.path.join(zig.stdout.decode().strip(), "cc"), "-target", "x86_64-windows-gnu"]


class Windows(Replica):
    """A world, and a drive with the program and kubectl.exe that acts on it."""

    def __init__(self, program, wine, compile_command):
        super().__init__(TASKS)
        self.renew()
        self.relay = Relay(dict(self.environment))
        self.wine = wine
        self.tools = os.path.join(self.scratch, "tools")
        os.mkdir(self.tools)
        self.program = os.path.join(self.tools, "kubectl-akqueue.exe")
        shutil.copy(program, self.program)
        kubectl = os.path.join(self.tools, "kubectl.exe")
        subprocess.run([*compile_command, "-O1", os.path.join(HERE, "relay.c"), "-o", kubectl, "-lws2_32", "-lshell32"], check=True)
        self.environment = {key: value for key, value in self.environment.items() if key not in ("AKQUEUE_SIM", "XDG_STATE_HOME")}
        self.environment |= {"WINEPREFIX": os.path.join(self.scratch, "wine"), "WINEDEBUG": "-all", "DISPLAY": "", "LC_ALL": "C.UTF-8",
                             "AKQUEUE_RELAY_PORT": str(self.relay.port), "WINEPATH": self.on_drive(self.tools)}
        subprocess.run([wine, "wineboot", "-i"], env=self.environment, check=False, timeout=LIMIT_S, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    @staticmethod
    def on_drive(path):
        """wine shows this machine's files as drive Z."""
        return "Z:" + path.replace("/", "\\")

    def start(self, *arguments, **environment):
        return subprocess.Popen([self.wine, self.program, *arguments], env={**self.environment, **environment}, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def akqueue(self, *arguments, **environment):
        """(exit status, standard output, standard error)"""
        process = self.start(*arguments, **environment)
        output, errors = process.communicate(timeout=LIMIT_S)
        return process.returncode, output.decode(), errors.decode()

    def expect(self, status, *arguments, **environment):
        got, output, errors = self.akqueue(*arguments, **environment)
        assert got == status, f"{' '.join(arguments)}: exit status {got} instead of {status}\n{output}{errors}"
        assert "\r" not in output, f"{' '.join(arguments)}: lines of its output end with a carriage return"
        return output, errors

    def state(self):
        """The state directory, where Windows keeps such things."""
        users = os.path.join(self.environment["WINEPREFIX"], "drive_c", "users")
        return [os.path.join(users, user, "AppData", "Local", "akqueue") for user in os.listdir(users)
                if os.path.isdir(os.path.join(users, user, "AppData", "Local", "akqueue"))]

    def stop(self):
        subprocess.run(["wineserver", "-k"], env=self.environment, check=False, stderr=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def windows(request):
    program = program_under_test(request.config.option)
    wine = shutil.which("wine64") or shutil.which("wine") or left_out("there is no wine on this machine")
    windows = Windows(program, wine, compiler())
    yield windows
    windows.stop()
    if request.session.testsfailed:
        print(f"evidence: {windows.scratch}")
    else:
        windows.close()


def test_looks(windows):
    output, _ = windows.expect(0, "version", "--client")
    assert "kubectl-akqueue" in output, output
    output, _ = windows.expect(0, "help")
    assert "flush" in output, output
    output, errors = windows.expect(0, "status")
    assert "QUEUE" in output and "using server pod" in errors, output + errors
    document = json.loads(windows.expect(0, "list", "--state", "any", "--limit", "0", "-o", "json")[0])
    assert len(document["tasks"]) == windows.count(), f"list showed {len(document['tasks'])} tasks of {windows.count()}"


def test_wrong_use(windows):
    _, errors = windows.expect(2, "flsh")
    assert "error: unknown command 'flsh'" in errors and "hint: did you mean kubectl akqueue flush?" in errors, errors
    _, errors = windows.expect(3, "flush")
    assert "standard input is not a terminal" in errors, errors
    _, errors = windows.expect(1, "status", WINEPATH="")
    assert "error: kubectl was not found" in errors, errors


def test_arguments_arrive(windows):
    """As they were given, whatever is in them."""
    for text in ('a "quoted" word', "back\\slash\\", '\\"', "", "c:\\a folder\\", "Größe 日本 é", "%PATH%", "a&b|c>d^e"):
        windows.relay.calls.clear()
        windows.akqueue("status", "-n", "authentik", "--context", text)
        assert any(f"--context={text}" in call for call in windows.relay.calls), f"{text!r} arrived as {windows.relay.calls[:1]}"


def test_a_place_to_sign_in_is_shown_while_it_is_waited_for(windows):
    """What kubectl says there comes before its answer."""
    windows.relay.signed_in.clear()
    try:
        process = windows.start("status")
        line = process.stderr.readline().decode()
        waits = not windows.relay.signed_in.is_set() and process.poll() is None
    finally:
        windows.relay.signed_in.set()
    output, errors = (text.decode() for text in process.communicate(timeout=LIMIT_S))
    assert line == SIGN_IN and waits, line + errors
    assert process.returncode == 0 and "QUEUE" in output, output + errors
    assert "https://login.example" not in errors, f"it was said again: {errors}"


def test_deletes_and_brings_back(windows):
    before = windows.everything()
    count = windows.count()
    output, errors = windows.expect(0, "flush", "--yes", "--include-running", "--reason", 'é "INC" 7')
    assert windows.count() == 0 and "deleted" in output, output + errors
    folders = windows.state()
    assert len(folders) == 1, f"the state directories are {folders}"
    backups = os.listdir(os.path.join(folders[0], "backups"))
    assert len(backups) == 1 and backups[0].endswith(".tasks.gz"), f"the backups are {backups}"
    assert f"{count:,}" in output or str(count) in output, output
    output, _ = windows.expect(0, "history", "-o", "json")
    assert 'é \\"INC\\" 7' in output, output
    output, _ = windows.expect(0, "backups", "verify")
    assert "whole" in output, output
    windows.expect(0, "backups", "verify", backups[0])
    output, _ = windows.expect(0, "undo", "--yes", "--include-running")  # without it, what was running stays away
    assert windows.everything() == before, f"undo did not bring every row back as it was\n{output}"


def test_no_backup_no_deletion(windows):
    before = windows.everything()
    _, errors = windows.expect(1, "flush", "--yes", "--backup-file", "Z:\\nowhere\\at all\\b.tasks.gz")
    assert "can't write into Z:\\nowhere\\at all" in errors, errors
    assert windows.everything() == before, "rows went without a backup"


def test_killed_loses_nothing(windows):
    """Some rows went, none without a backup. A deletion that was over before the kill is tried again."""
    assert any(killed_in_the_middle(windows) for _ in range(5)), "five deletions were over before they could be killed"


def killed_in_the_middle(windows):
    windows.renew()
    before = windows.everything()
    count = windows.count()
    process = windows.start("flush", "--yes")
    drained = [threading.Thread(target=stream.read, daemon=True) for stream in (process.stdout, process.stderr)]
    for thread in drained:
        thread.start()
    deadline = time.monotonic() + LIMIT_S
    while windows.count() == count and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    subprocess.run(["wineserver", "-k"], env=windows.environment, check=False)
    process.wait(timeout=LIMIT_S)
    wait_until(lambda: not windows.leftovers(), lambda: f"the killed session has left {windows.leftovers()}", every_s=0.1)
    left = windows.count()
    print(f"killed with {left} of {count} tasks left", flush=True)
    windows.expect(0, "undo", "--yes")
    assert windows.everything() == before, "a killed deletion lost rows"
    return left > 0


def test_drains(windows):
    before = windows.everything()
    windows.relay.environment["AKQUEUE_SIM_SPEED"] = "20"
    output, errors = windows.expect(0, "drain", "flush", "--yes", "--follow-for", "0s", "--reason", "a \"drain\"")
    assert windows.count() == 0, output + errors
    patches = [call for call in windows.relay.calls if "patch" in call]
    assert patches and all('"op"' in " ".join(call) for call in patches), f"the patches were {patches}"
    windows.expect(0, "undo", "--yes")
    assert windows.everything() == before, "undo did not bring back every row that the drain deleted"
