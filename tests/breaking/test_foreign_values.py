"""Tasks with unexpected content: endlessly nested values, and text that would do something to a terminal.

Whatever shows them ends well, and its JSON means what the database holds.
"""

import contextlib
import json
import sqlite3
import unicodedata

import pytest

from databases import LOGS, TASKS, Replica

SHOWN = 60  # kDeepestShown of akqueue/json_depth.hpp
LEVELS = [SHOWN, SHOWN + 1, 200_000]
# A terminal acts on these, joins or reorders the text around them, or shows nothing at all.
HOSTILE = "\x1b[2J\x9b31m\x85\x7f\u202e\u2066\u200f\u061c\u2028\u2029\u200b\u200d\u2060\ufeff\u00ad\U000e0041\ufe0f\u3164"
PLAIN = "中文 ä 🦉"
ACTOR = f"a.{HOSTILE}.{PLAIN}"


class World(Replica):
    """A world one of whose tasks somebody else has written to."""

    def __init__(self):
        super().__init__(50)
        self.renew()
        with contextlib.closing(sqlite3.connect(self.world)) as database, database:
            # What makes the tables refuse what PostgreSQL would refuse.
            for name, in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                database.execute(f'DROP TRIGGER "{name}"')
            self.task, = database.execute(f"SELECT task_id FROM {LOGS} GROUP BY 1 HAVING count(*) > 3").fetchone()
            rows = database.execute(f"SELECT id FROM {LOGS} WHERE task_id = ? ORDER BY timestamp, id", (self.task,))
            self.logs = [row[0] for row in rows]

    def change(self, sql, *values):
        with contextlib.closing(sqlite3.connect(self.world)) as database, database:
            database.execute(sql, values)

    def said(self, *words):
        """(exit status, standard output, standard error) of a command; TASK stands for the task."""
        return self.akqueue(*(self.task if word == "TASK" else word for word in words))


def nested(levels):
    return '{"a":' * levels + "1" + "}" * levels


@pytest.fixture(scope="module")
def nested_world():
    with contextlib.closing(World()) as world:
        for log, depth in zip(world.logs, LEVELS):
            world.change(f"UPDATE {LOGS} SET attributes = ? WHERE id = ?", nested(depth), log)
        for column, depth in (("_messages", 900), ("_previous_messages", 200_000)):
            head = '[{"event":"x","timestamp":"2020-01-01T00:00:00Z","log_level":"info","logger":"y","attributes":'
            messages = head + nested(depth) + "}]"
            world.change(f"UPDATE {TASKS} SET {column} = ? WHERE message_id = ?", messages, world.task)
        yield world


@pytest.fixture(scope="module")
def hostile_world():
    with contextlib.closing(World()) as world:
        world.change(f"UPDATE {TASKS} SET actor_name = ?, _uid = ?, _messages = '[]', _previous_messages = '[]' WHERE message_id = ?",
                     ACTOR, ACTOR, world.task)
        world.change(f"UPDATE {LOGS} SET event = ?, log_level = ?, logger = ?, attributes = ? WHERE id = ?",
                     HOSTILE + PLAIN, HOSTILE, HOSTILE, json.dumps({HOSTILE: HOSTILE}, ensure_ascii=False), world.logs[0])
        yield world


@pytest.mark.parametrize("command", ("show TASK", "show TASK -o json", "show TASK -o jsonl", "list --all", "status", "top"))
def test_nested_values(nested_world, command):
    status, out, said = nested_world.said(*command.split())
    assert status == 0, said
    assert len(out) <= 6_000_000
    if "json" in command:
        log = json.loads(out)["log"]
        assert any("nested too deeply" in line["event"] for line in log), "the log that was skipped is not mentioned"
        kinds = [type(line["attributes"]) for line in log if line["event"] != "x"][1:4]
        assert kinds == [dict, str, str], f"attributes of {LEVELS} levels"


def unseen(text):
    """Characters of `text`, except line ends, that reach a terminal and can't be seen."""
    return sorted({c for c in text if c != "\n" and (unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") or c in "\ufe0f\u3164")})


COMMANDS = {"show": ["show", "TASK"], "list": ["list", "--all", "--limit", "0"], "top": ["top"], "status": ["status"],
            "list an actor": ["list", "--all", "--actor", ACTOR], "delete": ["delete", "--actor", ACTOR, "--dry-run"],
            "watch": ["watch", "--timeout", "1s"]}
SHOWS_WIDE = ("list", "top", "list an actor")


@pytest.mark.parametrize("command, output", [(command, output) for command in COMMANDS for output in ("text", "json", "jsonl", "wide")
                                             if output != "wide" or command in SHOWS_WIDE])
def test_hostile_texts(hostile_world, command, output):
    status, out, said = hostile_world.said(*COMMANDS[command], *([] if output == "text" else ["-o", output]))
    assert status in (0, 5), said
    assert unseen(out + said) == []
    assert PLAIN in out + said or command in ("status", "watch"), "what can be seen is not shown"


@pytest.fixture(scope="module")
def hostile_backup(hostile_world):
    status, out, said = hostile_world.said("backup", "-o", "json")
    assert status == 0, said
    return json.loads(out)["backup"]["path"]


@pytest.mark.parametrize("output", ("table", "json", "jsonl", "name"))
def test_hostile_texts_in_a_backup(hostile_world, hostile_backup, output):
    status, out, said = hostile_world.said("backups", "show", hostile_backup, "--limit", "1000", "-o", output)
    assert status == 0, said
    assert unseen(out + said) == []
    assert PLAIN in out or output == "name", "what can be seen is not shown"


def test_hostile_texts_mean_the_same_in_json(hostile_world):
    document = json.loads(hostile_world.said("show", "TASK", "-o", "json")[1])
    assert document["task"]["actor_name"] == ACTOR
    assert (document["log"][0]["event"], document["log"][0]["attributes"]) == (HOSTILE + PLAIN, {HOSTILE: HOSTILE})
