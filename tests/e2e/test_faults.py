#!/usr/bin/env python3
"""Breaks a flush, and then its undo, at every step of the session, and looks at what stays.

    test_faults.py sqlite|postgres [--points N] [--seed N]

between.py does the breaking: it kills plugin, kubectl or agent, cuts the database's connection, truncates, corrupts or delays a
line, before a request, before and after its answer, in the middle of rows. First one batch of the deletion step by step, then
N points of a seeded random choice over all of both sessions (AKQUEUE_KILL_POINTS, or 12).

After each: no process, session, transaction or lock is left; no log row without its task; the message says what happened and
what to do; the history is whole; and `undo` brings every row back, compared by a hash of all rows.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time

from peers import make_peer

HERE = os.path.dirname(os.path.abspath(__file__))
TASKS = 4000
KILLS = ("kill-plugin", "kill-kubectl", "kill-agent", "cut")
ACTIONS = (*KILLS, "truncate", "corrupt", "delay")
MOMENTS = ("before", "sent", "rows", "answered")


class Broken(AssertionError):
    """What must hold does not."""


class Faults:
    def __init__(self, peer):
        self.peer = peer
        self.scratch = tempfile.mkdtemp(prefix="akqueue-faults.")
        for name in ("kubectl", "akqueue-sim"):
            os.symlink(os.path.join(HERE, "between.py"), os.path.join(self.scratch, name))
        self.done = os.path.join(self.scratch, "done")
        self.renew()

    def renew(self):
        self.peer.renew()
        self.tasks, self.rows = self.peer.count(), self.peer.everything()

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
        return did, status, out + err

    def record(self, *arguments):
        """The operations of a session that nothing disturbs."""
        did, status, said = self.faulty("record", *arguments)
        if status != 0:
            raise Broken(f"undisturbed, {arguments[0]} ends with {status}: {said}")
        return did.split("\n")

    def settle(self):
        deadline = time.monotonic() + 8
        while self.peer.leftovers():
            if time.monotonic() > deadline:
                raise Broken(f"left running: {self.peer.leftovers()}")
            time.sleep(0.02)
        if self.peer.strays() != 0:
            raise Broken(f"{self.peer.strays()} log rows without their task")

    def check_words(self, action, status, said, gone):
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
        if status != 0 and "hint: " not in said and "corrupt" not in action:
            raise Broken(f"no word about what to do: {said}")
        if gone and "kubectl akqueue undo" not in said:
            raise Broken(f"tasks are gone, and nothing says how to have them back: {said}")
        if "unforeseen" in said or "Traceback" in said:
            raise Broken(f"an error that nobody foresaw: {said}")

    def check_history(self):
        status, out, err = self.peer.akqueue("history", "--limit", "2", "-o", "json")
        if status != 0 or not json.loads(out)["entries"]:
            raise Broken(f"the history is not whole: {out}{err}")

    def break_flush(self, fault):
        did, status, said = self.faulty(fault, "flush", "--yes")
        self.settle()
        gone = self.tasks - self.peer.count()
        if did:
            self.check_words(fault.split()[0], status, said, gone > 0)
        return did, gone

    def break_undo(self, fault):
        did, status, said = self.faulty(fault, "undo", "--yes")
        self.settle()
        if did:
            self.check_words(fault.split()[0], status, said, False)
        return did

    def take_back(self, gone):
        """Everything is as it was, after undo where tasks are gone."""
        if gone > 0:
            self.check_history()
            status, out, err = self.peer.akqueue("undo", "--yes")
            if status != 0:
                raise Broken(f"undo fails with {status}: {out}{err}")
        if self.peer.everything() != self.rows:
            raise Broken(f"the rows are not what they were: {self.tasks} before, {self.peer.count()} now, {gone} were gone")

    def point(self, flush_fault, undo_fault=None):
        """Returns what was done, for the log."""
        did, gone = self.break_flush(flush_fault)
        done = [did] if did else []
        if undo_fault and gone > 0:
            undone = self.break_undo(undo_fault)
            done += [f"undo: {undone}"] if undone else []
            gone = self.tasks - self.peer.count()
        self.take_back(gone)
        return done

    def tried(self, flush_fault, undo_fault=None):
        """(points that were broken, what went wrong)"""
        try:
            return len(self.point(flush_fault, undo_fault)), None
        except Broken as broken:
            self.renew()
            return 1, f"{flush_fault} | {undo_fault}: {broken}"


def steps_of_a_batch():
    """The rows of the deletion's first batch that has any, what names its transaction, its commit, the next one's begin."""
    for operation in ("copy_out", "query", "commit", "begin"):
        for action in ACTIONS[:-1]:
            for moment in MOMENTS:
                if moment == "rows" and operation != "copy_out":
                    continue
                if action in ("truncate", "corrupt") and moment == "sent":
                    continue  # the next line that passes is that of "rows" or "answered"
                yield f"{action} {moment} {operation}"


def random_fault(choice, operations):
    return f"{choice.choice(ACTIONS)} {choice.choice(MOMENTS)} {choice.randrange(len(operations))} {choice.randrange(1 << 30)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer", choices=["sqlite", "postgres"])
    parser.add_argument("--points", type=int, default=int(os.environ.get("AKQUEUE_KILL_POINTS", "12")))
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    choice = random.Random(options.seed)
    print(f"seed {options.seed}", flush=True)
    peer = make_peer(options.peer, TASKS)
    try:
        faults = Faults(peer)
        flush, undo = faults.record("flush", "--yes"), faults.record("undo", "--yes")
        faults.take_back(0)
        wrong, began = [], time.monotonic()
        steps = list(steps_of_a_batch())
        for step in steps:
            count, failure = faults.tried(step)
            wrong += [failure] if failure else [] if count else [f"{step}: never came to it"]
        print(f"{len(steps)} steps of one batch, {time.monotonic() - began:.0f} s", flush=True)
        points, began = 0, time.monotonic()
        while points < options.points:
            count, failure = faults.tried(random_fault(choice, flush), random_fault(choice, undo))
            points += count
            wrong += [failure] if failure else []
        print(f"{points} random points of {len(flush)} and {len(undo)} requests, {time.monotonic() - began:.0f} s", flush=True)
    finally:
        peer.close()
    for failure in wrong:
        print("FAILED: " + failure)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
