#!/usr/bin/env python3
"""Ends the plugin in the middle of a deletion, at moments of a seeded random choice, and looks at what stays.

    test_ending.py sqlite|postgres [--rounds N] [--seed N]

By Ctrl-C once (ends after the batch), by Ctrl-C twice (ends at once), by SIGKILL of the plugin or of its kubectl, and by
cutting the agent's connection to the database (the replica has none; its kubectl dies of SIGTERM). test_faults.py breaks the
session at chosen steps; here the clock chooses.

Afterwards: every task is in the table, with exactly its log rows, or in a backup that `undo` takes; the summary's figures add
up; no process and no database session is left; the history knows of the command; and after `undo` every row is there again,
compared by a hash of all rows. `sqlite` makes worlds with akqueue-sim, `postgres` runs under tests/beds/postgres/with-cluster.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from checks import children  # noqa: E402
from databases import make_peer  # noqa: E402

WAYS = {"ctrl-c": [signal.SIGINT], "ctrl-c twice": [signal.SIGINT, signal.SIGINT], "kill": [signal.SIGKILL], "kill kubectl": [], "cut": []}


def akqueue(peer, *arguments):
    """(exit status, document, standard error)"""
    status, out, errors = peer.akqueue(*arguments, "-o", "json")
    return status, json.loads(out) if out else None, errors


def taken_back(peer, before, hash_before, after):
    """Undoes what was deleted; every row must be as it was."""
    entries = akqueue(peer, "history")[1]["entries"]
    if not entries or entries[0]["command"] != "flush":
        if after != before:
            raise AssertionError("rows are gone, and the history knows of no flush")
        return
    status, document, errors = akqueue(peer, "undo", "--yes")
    # Killed before its first batch it has left no backup to take back.
    if status != 0 and not (after == before and ("nothing to undo" in errors or "is no backup" in errors or "was" in errors)):
        raise AssertionError(f"undo failed with {status}: {errors}")
    if status == 0 and document["result"]["restored"] != before - after:
        raise AssertionError(f"{before - after} were deleted, {document['result']} restored")
    if peer.everything() != hash_before:
        raise AssertionError("the rows are not what they were")


def counted(peer):
    """By the plugin itself: the next command works."""
    status, document, errors = akqueue(peer, "status")
    if status != 0:
        raise AssertionError("status does not work afterwards: " + errors)
    return document["tasks"]


def end_one(peer, way, delay):
    """One deletion ended after `delay` seconds. Returns a word about what happened."""
    peer.renew()
    before, hash_before = counted(peer), peer.everything()
    process = subprocess.Popen(["kubectl-akqueue", "flush", "--yes", "-o", "json", "-n", "authentik"], env=peer.environment,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    time.sleep(delay)
    for one in WAYS[way]:
        process.send_signal(one)
        time.sleep(0.05)
    if way == "kill kubectl":
        for pid in children(process.pid):
            os.kill(pid, signal.SIGKILL)
    if way == "cut":
        peer.cut(children(process.pid))
    output, errors = process.communicate(timeout=60)
    deadline = time.monotonic() + 5
    while peer.leftovers() and time.monotonic() < deadline:
        time.sleep(0.05)
    if peer.leftovers():
        raise AssertionError(f"left running: {peer.leftovers()}")
    after = counted(peer)
    if peer.strays() != 0:
        raise AssertionError(f"{peer.strays()} log rows without their task")
    taken_back(peer, before, hash_before, after)
    if process.returncode == -signal.SIGKILL:
        return f"killed, {before - after} deleted"
    allowed = (0, 130) if WAYS[way] else (0, 1, 4)
    if process.returncode not in allowed:
        raise AssertionError(f"exit status {process.returncode}: {errors.decode()}")
    if not output:
        # Ended before the first row: the command had nothing to report yet.
        if process.returncode not in (130, 1) or after != before:
            raise AssertionError(f"no report, exit status {process.returncode}, {before} before, {after} after")
        return "interrupted before the first batch"
    result = json.loads(output)["result"]
    if not result["deleted"] <= before - after <= result["deleted"] + result["in_doubt"]:
        raise AssertionError(f"{before} before, {after} after, yet the report says {result}")
    if (process.returncode == 130) != (result["ending"] == "interrupted"):
        raise AssertionError(f"exit status {process.returncode} for ending {result['ending']}")
    return f"{result['ending']}, {result['deleted']} deleted" + (f", {result['in_doubt']} in doubt" if result["in_doubt"] else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer", choices=["sqlite", "postgres"])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    choice = random.Random(options.seed)
    peer = make_peer(options.peer, 30000)
    print(f"seed {options.seed}")
    partly, failures = 0, 0
    try:
        for number in range(options.rounds):
            way, delay = list(WAYS)[number % len(WAYS)], choice.uniform(0.2, 1.6)
            try:
                outcome = end_one(peer, way, delay)
                partly += "complete" not in outcome and "before the first" not in outcome and " 0 deleted" not in outcome
            except AssertionError as wrong:
                failures += 1
                outcome = f"FAILED: {wrong}"
            print(f"{way} after {delay:.2f} s: {outcome}")
    finally:
        peer.close()
    if partly == 0:
        print("FAILED: not one deletion was ended in its middle, so nothing was shown")
        failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
