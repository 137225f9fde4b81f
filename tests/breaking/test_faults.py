#!/usr/bin/env python3
"""Breaks a flush, its undo and a backup at every step of the session, and looks at what stays.

    test_faults.py sqlite|postgres [--points N] [--seed N]

support/fault_proxy.py does the breaking: it kills plugin, kubectl or agent, cuts the database's connection, truncates, corrupts, loses or
delays a line, or lets no file of the plugin grow, before a request, before and after its answer, in the middle of rows. First
one batch of each command step by step (a third of the steps, chosen by the seed, where fewer than 100 points are asked for), then
N points of a seeded random choice over all of the sessions (AKQUEUE_KILL_POINTS, or 12; scripts/test.sh --long asks for 520).

After each: no process, session, transaction or lock is left; no log row without its task; the message says what happened and
what to do, and its figures are those of the table; the history has whole lines only; and `undo` brings every row back, compared
by a hash of all rows. After each step of a batch `status` and `backups verify` work as well.
"""

import argparse
import glob
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import fault_proxy  # noqa: E402
from checks import Broken  # noqa: E402
from databases import make_peer  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
READER = os.path.join(HERE, "..", "..", "contrib", "read-backup.py")
TASKS = 4000  # an undo of fewer has one batch only, and no BEGIN after its first rows
EVERY = 100  # random points from which on every step is tried as well
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
        self.scratch = tempfile.mkdtemp(prefix="akqueue-faults.")
        fault_proxy.stand_in(self.scratch)
        self.done = os.path.join(self.scratch, "done")
        self.renew()

    def renew(self):
        self.peer.renew()
        self.tasks, self.rows, self.in_a_backup = self.peer.count(), self.peer.everything(), None

    def gone(self):
        return self.tasks - self.peer.count()

    def faulty(self, fault, *arguments):
        """Runs a command with the fault. (what the fault did, exit status, everything printed)"""
        if os.path.exists(self.done):
            os.remove(self.done)
        path = os.environ["PATH"]
        status, out, err = self.peer.akqueue(*arguments, AKQUEUE_FAULT=fault, AKQUEUE_FAULT_DONE=self.done, AKQUEUE_FAULT_PATH=path,
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
        if status != 0:
            raise Broken(f"{' '.join(arguments)} fails with {status}: {out}{err}")
        return out

    def record(self, *arguments):
        """The operations of a session that nothing disturbs."""
        did, status, said = self.faulty("record", *arguments)
        if status != 0:
            raise Broken(f"undisturbed, {arguments[0]} ends with {status}: {said}")
        return did.split("\n")

    def settle(self):
        """What has ended leaves nothing behind."""
        deadline = time.monotonic() + 8
        while self.peer.leftovers():
            if time.monotonic() > deadline:
                raise Broken(f"left running: {self.peer.leftovers()}")
            time.sleep(0.02)
        if self.peer.strays() != 0:
            raise Broken(f"{self.peer.strays()} log rows without their task")
        self.check_history()

    def check_history(self):
        """Whole lines, each a document."""
        path = os.path.join(self.peer.environment["XDG_STATE_HOME"], "akqueue", "history.jsonl")
        if not os.path.exists(path):
            return
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if text and not text.endswith("\n"):
            raise Broken("the history ends within a line")
        for line in text.splitlines():
            if not isinstance(json.loads(line), dict):
                raise Broken(f"a line of the history is none: {line}")

    def check_words(self, action, status, said):
        if action == "kill-plugin":
            if status not in (-9, 0):
                raise Broken(f"exit status {status} of a plugin that was killed")
            return
        if action == "delay" and status != 0:
            raise Broken(f"a delay ends it with {status}: {said}")
        if status not in (0, 1, 4):
            raise Broken(f"exit status {status}: {said}")
        if status != 0 and "error: " not in said:
            raise Broken(f"no word about what happened: {said}")
        if status != 0 and "hint: " not in said:
            raise Broken(f"no word about what to do: {said}")
        if "unforeseen" in said or "Traceback" in said:
            raise Broken(f"an error that nobody foresaw: {said}")

    def check_step(self, fault, did, status, said):
        """What is more certain at a known step than at any."""
        action, moment, operation = fault.split()
        if not did:
            raise Broken("never came to it")
        self.plain("status")
        self.plain("backups", "verify")
        if action not in WORDS:
            return
        if status == 0:
            raise Broken(f"nothing was noticed: {said}")
        if not re.search(WORDS[action], said):
            raise Broken(f"the message does not say what happened: {said}")

    def check_figures(self, word, status, said, really):
        """The summary's count is what is committed; a batch in doubt may be either."""
        told, in_doubt = number_before(f"{word} # tasks?", said), number_before("in doubt: # tasks?", said)
        if status >= 0 and not told <= really <= told + in_doubt:
            raise Broken(f"{really} tasks were {word}, and the command says {told}, {in_doubt} in doubt: {said}")

    def break_flush(self, fault):
        did, status, said = self.faulty(fault, "flush", "--yes")
        gone = self.gone()
        if did:
            self.check_words(fault.split()[0], status, said)
        self.check_figures("deleted", status, said, gone)
        if gone and status >= 0 and "kubectl akqueue undo" not in said:
            raise Broken(f"tasks are gone, and nothing says how to have them back: {said}")
        return did, status, said

    def break_undo(self, fault):
        gone = self.gone()
        did, status, said = self.faulty(fault, "undo", "--yes")
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
        if status > 0 and made:
            raise Broken(f"a backup that failed is left: {made}: {said}")
        if status == 0 and [rows_in(path) for path in made] != [self.in_a_backup]:
            raise Broken(f"{made} has not the rows of the table: {said}")
        if self.peer.everything() != self.rows:
            raise Broken("a backup changed rows")
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
        if self.peer.everything() != self.rows:
            raise Broken(f"the rows are not what they were: {self.tasks} before, {self.peer.count()} now, {gone} were gone")

    def step(self, command, fault):
        """One step of a batch. What is gone afterwards stays so for the next step of an undo."""
        if command == "undo" and self.gone() == 0:
            self.plain("flush", "--yes")
        breaking = {"flush": self.break_flush, "undo": self.break_undo, "backup": self.break_backup}[command]
        self.check_step(fault, *breaking(fault))
        if command == "flush" or self.gone() == 0:
            self.take_back()
        return 1

    def point(self, flush_fault, undo_fault):
        """A broken flush and, where it deleted something, its broken undo. How many points were broken."""
        points = bool(self.break_flush(flush_fault)[0])
        if self.gone() > 0:
            points += bool(self.break_undo(undo_fault)[0])
        self.take_back()
        return points

    def backup_point(self, fault):
        return bool(self.break_backup(fault)[0])

    def tried(self, what, *arguments):
        """(points that were broken, what went wrong)"""
        try:
            return what(*arguments), None
        except Broken as broken:
            self.renew()
            return 1, f"{' | '.join(arguments)}: {broken}"


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


def chosen_steps(faults, choice, every):
    for command in STEPS:
        began, all_steps = time.monotonic(), list(steps_of_a_batch(command))
        steps = all_steps if every else sorted(choice.sample(all_steps, len(all_steps) // 3), key=all_steps.index)
        for step in steps:
            failure = faults.tried(faults.step, command, step)[1]
            if failure:
                yield failure
        failure = faults.tried(faults.take_back)[1]
        if failure:
            yield failure
        print(f"{len(steps)} of {len(all_steps)} steps of one batch of {command}, {time.monotonic() - began:.0f} s", flush=True)


def random_points(faults, choice, wanted, sessions):
    points, began = 0, time.monotonic()
    while points < wanted:
        if choice.random() < 0.1:
            count, failure = faults.tried(faults.backup_point, random_fault(choice, sessions["backup"]))
        else:
            count, failure = faults.tried(faults.point, random_fault(choice, sessions["flush"]), random_fault(choice, sessions["undo"]))
        points += count
        if failure:
            yield failure
    requests = ", ".join(f"{len(operations)} of {command}" for command, operations in sessions.items())
    print(f"{points} random points over the requests of sessions ({requests}), {time.monotonic() - began:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer", choices=["sqlite", "postgres"])
    parser.add_argument("--points", type=int, default=int(os.environ.get("AKQUEUE_KILL_POINTS", "12")))
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    choice = random.Random(options.seed)
    print(f"seed {options.seed}", flush=True)
    peer = make_peer(options.peer, TASKS)
    failures = 0
    try:
        faults = Faults(peer)
        sessions = {"flush": faults.record("flush", "--yes"), "undo": faults.record("undo", "--yes"), "backup": faults.record("backup")}
        faults.take_back()
        for found in (chosen_steps(faults, choice, options.points >= EVERY), random_points(faults, choice, options.points, sessions)):
            for failure in found:
                failures += 1
                print("FAILED: " + failure, flush=True)
    finally:
        peer.close()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
