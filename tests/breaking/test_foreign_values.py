#!/usr/bin/env python3
"""Tasks that hold what nobody expects: values nested without end, and text that would do something to a terminal.

Whatever shows them ends well, and its JSON means what the database holds.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import unicodedata

TASKS, LOGS = "authentik_tasks_task", "authentik_tasks_tasklog"
SHOWN = 60  # kDeepestShown of akqueue/json_depth.hpp


def nested(levels):
    return '{"a":' * levels + "1" + "}" * levels


class World:
    def __init__(self, scratch):
        self.path = os.path.join(scratch, "world")
        self.environment = dict(os.environ, XDG_STATE_HOME=os.path.join(scratch, "state"), AKQUEUE_SIM=self.path)
        subprocess.run(["akqueue-sim", "create", self.path, "--scenario", "outpost-storm", "--tasks", "50"], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        self.database = sqlite3.connect(self.path)
        # What makes the tables refuse what PostgreSQL would refuse.
        for name, in self.database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            self.database.execute(f'DROP TRIGGER "{name}"')
        self.task, = self.database.execute(f"SELECT task_id FROM {LOGS} GROUP BY 1 HAVING count(*) > 3").fetchone()
        self.logs = [row[0] for row in self.database.execute(f"SELECT id FROM {LOGS} WHERE task_id = ? ORDER BY timestamp, id", (self.task,))]

    def change(self, sql, *values):
        with self.database:
            self.database.execute(sql, values)

    def akqueue(self, *arguments):
        done = subprocess.run(["kubectl-akqueue", *arguments], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              stdin=subprocess.DEVNULL, check=False, timeout=60)
        return done.returncode, done.stdout.decode(), done.stderr.decode()


def nesting(world):
    levels = [SHOWN, SHOWN + 1, 200_000]
    for log, depth in zip(world.logs, levels):
        world.change(f"UPDATE {LOGS} SET attributes = ? WHERE id = ?", nested(depth), log)
    for column, depth in (("_messages", 900), ("_previous_messages", 200_000)):
        messages = '[{"event":"x","timestamp":"2020-01-01T00:00:00Z","log_level":"info","logger":"y","attributes":' + nested(depth) + "}]"
        world.change(f"UPDATE {TASKS} SET {column} = ? WHERE message_id = ?", messages, world.task)
    for arguments in (["show", world.task], ["show", world.task, "-o", "json"], ["show", world.task, "-o", "jsonl"], ["list", "--all"], ["status"], ["top"]):
        status, out, said = world.akqueue(*arguments)
        if status != 0:
            yield f"{arguments}: exit status {status}: {said}"
        if len(out) > 6_000_000:
            yield f"{arguments}: {len(out)} bytes of output"
        if arguments[-1].startswith("json"):
            log = json.loads(out)["log"]
            if not any("nested too deep" in line["event"] for line in log):
                yield f"{arguments}: nothing is said of the log that was passed over"
            kinds = [type(line["attributes"]) for line in log if line["event"] != "x"][1:4]
            if kinds != [dict, str, str]:
                yield f"{arguments}: attributes of {levels} levels are {kinds}"


# A terminal acts on these, joins or reorders what stands around them, or shows nothing at all.
HOSTILE = "\x1b[2J\x9b31m\x85\x7f\u202e\u2066\u200f\u061c\u2028\u2029\u200b\u200d\u2060\ufeff\u00ad\U000e0041\ufe0f\u3164"
PLAIN = "中文 ä 🦉"


def unseen(text):
    """Characters of `text`, line ends apart, that a terminal gets and nobody sees."""
    return sorted({c for c in text if c != "\n" and (unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") or c in "\ufe0f\u3164")})


def texts(world):
    actor = f"a.{HOSTILE}.{PLAIN}"
    world.change(f"UPDATE {TASKS} SET actor_name = ?, _uid = ?, _messages = '[]', _previous_messages = '[]' WHERE message_id = ?", actor, actor, world.task)
    world.change(f"UPDATE {LOGS} SET event = ?, log_level = ?, logger = ?, attributes = ? WHERE id = ?", HOSTILE + PLAIN, HOSTILE, HOSTILE,
                 json.dumps({HOSTILE: HOSTILE}, ensure_ascii=False), world.logs[0])
    commands = [["show", world.task], ["list", "--all", "--limit", "0"], ["top"], ["status"], ["list", "--all", "--actor", actor], ["delete", "--actor", actor, "--dry-run"],
                ["watch", "--timeout", "1s"]]
    for command in commands:
        for output in ([], ["-o", "json"], ["-o", "jsonl"], ["-o", "wide"]):
            if command[0] in ("delete", "watch", "show", "status") and output == ["-o", "wide"]:
                continue
            status, out, said = world.akqueue(*command, *output)
            if status not in (0, 5):
                yield f"{command} {output}: exit status {status}: {said}"
            if unseen(out + said):
                yield f"{command} {output}: prints {unseen(out + said)}"
            if PLAIN in out + said or command[0] in ("status", "watch"):
                continue
            yield f"{command} {output}: what can be seen is not shown: {(out + said)[:500]}"
    _, out, _ = world.akqueue("show", world.task, "-o", "json")
    document = json.loads(out)
    if document["task"]["actor_name"] != actor or document["log"][0]["event"] != HOSTILE + PLAIN or document["log"][0]["attributes"] != {HOSTILE: HOSTILE}:
        yield f"show -o json has another meaning: {out[:2000]}"


def main():
    with tempfile.TemporaryDirectory(prefix="akqueue-foreign.") as scratch:
        world = World(scratch)
        faults = [*nesting(world), *texts(world)]
    for fault in faults:
        print(fault)
    print("nothing foreign did harm" if not faults else f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
