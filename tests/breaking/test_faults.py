"""Breaks a flush, its undo and a backup at every step of the session, and looks at what stays.

support/fault_proxy.py does the breaking: it kills plugin, kubectl or agent, cuts the database's connection, truncates, corrupts, loses or
delays a line, or lets no file of the plugin grow, before a request, before and after its answer, in the middle of rows. First
one batch of each command step by step (a third of the steps, chosen by the seed, where fewer than 100 points are asked for), then
--points N of a seeded random choice over all of the sessions (AKQUEUE_KILL_POINTS, or 12; scripts/test.sh --long asks for 520).

Some of the random points are in one of the two sessions of a flush, or of an undo, with --jobs 2.

After each: no process, session, transaction or lock is left; no log row without its task; the message says what happened and
what to do, and its figures are those of the table; the history has whole lines only; and `undo` brings every row back, compared
by a hash of all rows. After each step of a batch `status` and `backups verify` work as well.
"""

import glob
import json
import os
import random
import re
import subprocess

import pytest

import fault_proxy
from waiting import wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
READER = os.path.join(HERE, "..", "..", "contrib", "read-backup.py")
TASKS = 2200  # an undo of fewer has one batch only, and no BEGIN after its first rows
EVERY = 100  # random points from which on every step is tried as well
TOGETHER = 20  # random points of one case
ACTIONS = ("kill-plugin", "kill-kubectl", "kill-agent", "cut", "truncate", "corrupt", "lose", "unwritable", "delay")
MOMENTS = ("before", "sent", "rows", "answered")
# The requests of one batch, from the first that carries rows.
STEPS = {"flush": ("copy_out", "query", "commit", "begin"), "undo": ("copy_in", "execute", "commit", "begin"), "backup": ("export",)}
WITH_ROWS = ("copy_out", "copy_in", "export")

CUT = "the session was cut"
DAMAGED = "damaged on the way|is not a reply"
# What a message says of an action, at a step of a batch.
WORDS = {"kill-kubectl": CUT, "kill-agent": CUT, "truncate": CUT, "cut": CUT + "|the connection to the database broke",
         "corrupt": DAMAGED, "lose": DAMAGED, "unwritable": "File too large"}


def number_before(words, text):
    """`deleted 3,396 tasks` is 3396; 0 where nothing says so."""
    found = re.search(words.replace("#", r"([\d,]+)"), text)
    return int(found.group(1).replace(",", "")) if found else 0


def rows_in(backup):
    return sorted(subprocess.run([READER, backup], stdout=subprocess.PIPE, check=True).stdout.splitlines())


class Faults:
    def __init__(self, peer):
        self.peer = peer
        self.scratch = os.path.join(peer.scratch, "faults")
        os.mkdir(self.scratch)
        fault_proxy.stand_in(self.scratch)
        self.done = os.path.join(self.scratch, "done")
        self.renew()

    def renew(self):
        self.peer.renew()
        self.tasks, self.rows, self.in_a_backup = self.peer.count(), self.peer.everything(), None

    def gone(self):
        return self.tasks - self.peer.count()

    def faulty(self, fault, *arguments, session=""):
        """Runs a command with the fault, in one of its sessions or in each. (what the fault did, exit status, everything printed)"""
        for file in glob.glob(f"{self.done}*"):
            os.remove(file)
        path = os.environ["PATH"]
        status, out, err = self.peer.akqueue(*arguments, AKQUEUE_FAULT=fault, AKQUEUE_FAULT_DONE=self.done, AKQUEUE_FAULT_PATH=path,
                                             AKQUEUE_FAULT_SESSION=session,
                                             PATH=f"{self.scratch}:{path}")
        did = ""
        if os.path.exists(self.done):
            with open(self.done, encoding="utf-8") as file:
                did = file.read().strip()
        self.settle()
        return did, status, out + err

    def plain(self, *arguments):
        """Runs a command that must work. What it printed."""
        status, out, err = self.peer.akqueue(*arguments)
        assert status == 0, f"{' '.join(arguments)}: {out}{err}"
        return out

    def record(self, *arguments):
        """The operations of a session that nothing disturbs."""
        did, status, said = self.faulty("record", *arguments)
        assert status == 0, f"undisturbed, {arguments[0]} fails: {said}"
        return did.split("\n")

    def settle(self):
        """A command that has ended leaves nothing behind."""
        wait_until(lambda: not self.peer.leftovers(), lambda: f"left running: {self.peer.leftovers()}", 8)
        assert self.peer.strays() == 0, "log rows without their task"
        self.check_history()

    def check_history(self):
        """Whole lines, each a document."""
        path = os.path.join(self.peer.environment["XDG_STATE_HOME"], "akqueue", "history.jsonl")
        if not os.path.exists(path):
            return
        with open(path, encoding="utf-8") as file:
            text = file.read()
        assert text == "" or text.endswith("\n"), "the history ends within a line"
        for line in text.splitlines():
            assert isinstance(json.loads(line), dict), line

    def check_words(self, action, status, said):
        if action == "kill-plugin":
            assert status in (-9, 0), "it was to be killed"
            return
        assert status in ((0,) if action == "delay" else (0, 1, 4)), said
        if status != 0:
            assert "error: " in said, f"no word about what happened: {said}"
            assert "hint: " in said, f"no word about what to do: {said}"
        assert "unforeseen" not in said and "Traceback" not in said, said

    def check_step(self, fault, did, status, said):
        """What is more certain at a known step than at any."""
        assert did, "it never came to that"
        self.plain("status")
        self.plain("backups", "verify")
        action = fault.split()[0]
        if action in WORDS:
            assert status != 0, f"nothing was noticed: {said}"
            assert re.search(WORDS[action], said), f"the message does not say what happened: {said}"

    def check_figures(self, word, status, said, really):
        """The summary's count is what is committed; a batch in doubt may be either."""
        told, in_doubt = number_before(f"{word} # tasks?", said), number_before("in doubt: # tasks?", said)
        assert status < 0 or told <= really <= told + in_doubt, f"{really} tasks were {word}: {said}"

    def break_flush(self, fault, jobs=(), session=""):
        did, status, said = self.faulty(fault, "flush", "--yes", *jobs, session=session)
        gone = self.gone()
        if did:
            self.check_words(fault.split()[0], status, said)
        self.check_figures("deleted", status, said, gone)
        if gone and status >= 0:
            assert "kubectl akqueue undo" in said, f"tasks are gone, and nothing says how to have them back: {said}"
        return did, status, said

    def break_undo(self, fault, jobs=(), session=""):
        gone = self.gone()
        did, status, said = self.faulty(fault, "undo", "--yes", *jobs, session=session)
        if did:
            self.check_words(fault.split()[0], status, said)
        self.check_figures("restored", status, said, gone - self.gone())
        return did, status, said

    def break_backup(self, fault):
        """A backup is whole, or it is not there; a killed one is known for what it is."""
        if self.in_a_backup is None:
            self.in_a_backup = rows_in(json.loads(self.plain("backup", "-o", "json"))["backup"]["path"])
        before = set(self.backups())
        did, status, said = self.faulty(fault, "backup")
        if did:
            self.check_words(fault.split()[0], status, said)
        made = set(self.backups()) - before
        assert status <= 0 or not made, f"a backup that failed is left: {said}"
        if status == 0:
            assert [rows_in(path) for path in made] == [self.in_a_backup], f"it has not the rows of the table: {said}"
        assert self.peer.everything() == self.rows, "a backup changed rows"
        for path in made:
            os.remove(path)
        return did, status, said

    def backups(self):
        return glob.glob(os.path.join(self.peer.environment["XDG_STATE_HOME"], "akqueue", "backups", "*"))

    def take_back(self):
        """Everything is as it was, after undo where tasks are gone."""
        gone = self.gone()
        if gone > 0:
            self.plain("undo", "--yes")
        assert self.peer.everything() == self.rows, f"the rows are not what they were: {gone} of {self.tasks} were gone, {self.gone()} are"

    def step(self, command, fault):
        """One step of a batch. What is gone afterwards stays so for the next step of an undo."""
        if command == "undo" and self.gone() == 0:
            self.plain("flush", "--yes")
        breaking = {"flush": self.break_flush, "undo": self.break_undo, "backup": self.break_backup}[command]
        self.check_step(fault, *breaking(fault))
        if command == "flush" or self.gone() == 0:
            self.take_back()

    def point(self, flush_fault, undo_fault, jobs=(), session=""):
        """A broken flush and, where it deleted something, its broken undo. How many points were broken."""
        points = bool(self.break_flush(flush_fault, jobs, session)[0])
        if self.gone() > 0:
            points += bool(self.break_undo(undo_fault, jobs, session)[0])
        self.take_back()
        return points

    def random_points(self, choice, sessions):
        if choice.random() < 0.1:
            fault = random_fault(choice, sessions["backup"])
            print(f"backup: {fault}")
            return bool(self.break_backup(fault)[0])
        faults = [random_fault(choice, sessions[command]) for command in ("flush", "undo")]
        beside = {"jobs": ("--jobs", "2"), "session": choice.choice("01")} if choice.random() < 0.4 else {}
        print("flush: {}, undo: {}, {}".format(*faults, beside))
        return self.point(*faults, **beside)


def steps_of_a_batch(command):
    for operation in STEPS[command]:
        for action in ACTIONS[:-1]:
            for moment in MOMENTS:
                if moment == "rows" and operation not in WITH_ROWS:
                    continue
                if action in ("truncate", "corrupt") and moment == "sent":
                    continue  # the next line that passes is that of "rows" or "answered"
                if action == "lose" and moment != "rows":
                    continue
                if action == "unwritable" and (command == "undo" or moment == "answered" or operation == "begin"):
                    continue  # an undo writes when it begins and when it ends; see random points
                yield f"{action} {moment} {operation}"


def random_fault(choice, operations):
    action = choice.choice(ACTIONS)
    moment = "rows" if action == "lose" else choice.choice(MOMENTS)
    return f"{action} {moment} {choice.randrange(len(operations))} {choice.randrange(1 << 30)}"


def pytest_generate_tests(metafunc):
    points, seed = metafunc.config.option.points, metafunc.config.option.seed
    if "step" in metafunc.fixturenames:
        choice, steps = random.Random(seed), []
        for command in STEPS:
            all_steps = list(steps_of_a_batch(command))
            chosen = all_steps if points >= EVERY else sorted(choice.sample(all_steps, len(all_steps) // 3), key=all_steps.index)
            steps += [(command, step) for step in chosen]
        metafunc.parametrize("command, step", steps)
    if "number" in metafunc.fixturenames:
        metafunc.parametrize("number, points", [(first, min(TOGETHER, points - first)) for first in range(0, points, TOGETHER)])


@pytest.fixture(scope="module")
def all_faults(peer):
    faults = Faults(peer)
    yield faults
    faults.take_back()


@pytest.fixture
def faults(all_faults, failed_before):
    if failed_before:
        all_faults.renew()
    return all_faults


@pytest.fixture(scope="module")
def sessions(all_faults):
    """The operations of each command's session."""
    all_faults.take_back()
    recorded = {command: all_faults.record(command, *yes) for command, yes in (("flush", ["--yes"]), ("undo", ["--yes"]), ("backup", []))}
    all_faults.take_back()
    return recorded


def test_step_of_a_batch(faults, command, step):
    if command != "undo":
        faults.take_back()  # what the last undo may have left
    faults.step(command, step)


def test_random_points(faults, sessions, seed, number, points):
    choice, broken = random.Random(f"{seed} {number}"), 0
    while broken < points:
        broken += faults.random_points(choice, sessions)
