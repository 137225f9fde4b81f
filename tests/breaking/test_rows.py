"""Deletes and brings back rows made at random, and compares them byte by byte.

Texts of any characters, JSON of any depth and numbers of any size (of the replica: that a double holds), any bytes, times far away,
NULL wherever the table takes it. --rows N makes so many tasks, --seed N the
same ones again. Tasks have up to five log rows; a part is deleted at first, then the rest.
"""

import contextlib
import json
import random
import sqlite3
import uuid

import pytest

from databases import LOGS, TASKS, make_peer

CHARACTERS = [*"abc ,;:'\"\\/{}[]()%$`<>=-", "\n", "\r", "\t", "\x01", "\x1f", "\x7f", "\x85", "\xa0", "ä", "ß", "€", "\u061c", "\u200b", "\u2028", "\u202e", "\ufeff",
              "\ufffd", "漢", "𝄞", "😀", "\U000e0041", "\U0010ffff", "\\N", "\\.", "NULL", "null", "{}"]


class Maker:
    def __init__(self, seed, big_numbers):
        self.choice, self.big = random.Random(seed), big_numbers

    def text(self, longest=40):
        return "".join(self.choice.choice(CHARACTERS) for _ in range(self.choice.randrange(longest)))

    def data(self):
        return self.choice.randbytes(self.choice.choice((0, 1, 7, 400, 70000) if self.choice.random() < 0.02 else (0, 1, 7, 400)))

    def number(self):
        if self.big and self.choice.random() < 0.3:
            digits = "".join(self.choice.choice("0123456789") for _ in range(self.choice.randrange(1, 700)))
            return self.choice.choice(("", "-")) + "1" + digits + self.choice.choice(("", ".5", "e30", "." + digits))
        return repr(self.choice.choice((0, -1, 2 ** 53 + 1, -(2 ** 63), 0.1, 1e300, -2.5, 1e-300)))

    def json(self, depth=4):
        kind = self.choice.randrange(7 if depth else 4)
        if kind == 0:
            return self.choice.choice(("null", "true", "false"))
        if kind in (1, 2):
            return self.number()
        if kind == 3:
            return json.dumps(self.text().replace("\0", ""), ensure_ascii=self.choice.random() < 0.5)
        if kind == 4:
            return "[" * 60 + "]" * 60
        parts = [self.json(depth - 1) for _ in range(self.choice.randrange(4))]
        if kind == 5:
            return "[" + ", ".join(parts) + "]"
        return "{" + ", ".join(f"{json.dumps(self.text(6) + str(i))}: {part}" for i, part in enumerate(parts)) + "}"

    def document(self):
        """The replica keeps a bare number as SQLite does, not as it was written."""
        return self.json() if self.big else "[" + self.json() + "]"

    def messages(self):
        """An array of objects, as authentik's trigger wants it."""
        return "[" + ", ".join(f'{{"event": {self.json()}, "log_level": "info"}}' for _ in range(self.choice.randrange(3))) + "]"

    def moment(self):
        at = f"{self.choice.randrange(1000, 9999):04}-{self.choice.randrange(1, 13):02}-{self.choice.randrange(1, 29):02}T12:34:56.{self.choice.randrange(10 ** 6):06}Z"
        return self.choice.choice((at, at, "infinity", "-infinity"))

    def or_null(self, value):
        return None if self.choice.random() < 0.3 else value

    def uuid(self):
        return str(uuid.UUID(int=self.choice.getrandbits(128)))

    def task(self, tenant):
        return {"message_id": self.uuid(), "queue_name": "default", "actor_name": self.text(), "message": self.or_null(self.data()),
                "state": self.choice.choice(("queued", "rejected", "done", "a state to come")), "mtime": self.moment(), "result": self.or_null(self.data()),
                "result_expiry": self.or_null(self.moment()), "rel_obj_id": self.or_null(self.text()), "_uid": self.or_null(self.text()), "_messages": self.messages(),
                "_previous_messages": self.document(), "aggregated_status": "", "tenant_id": tenant, "eta": self.or_null(self.moment()),
                "retries": self.choice.choice((0, 5, 2 ** 63 - 1))}

    def log(self, task):
        return {"id": self.uuid(), "event": self.text(), "log_level": self.choice.choice(("info", "error", self.text(8))), "logger": self.text(), "timestamp": self.moment(),
                "attributes": self.document(), "previous": self.choice.choice((True, False)), "task_id": task}


class Rows:
    """Rows into a peer's tables, and out as they are."""

    def __init__(self, peer):
        self.peer = peer
        if peer.name == "sqlite":
            peer.renew()
            # What the simulator's triggers know and this connection does not: values are given in the form that it
            # keeps.
            self.tenant = peer.ask("SELECT tenant_uuid FROM authentik_tenants_tenant")
        else:
            self.tenant = peer.ask("SELECT tenant_uuid::text FROM authentik_tenants_tenant")

    def put(self, tasks, logs):
        if self.peer.name == "sqlite":
            with sqlite3.connect(self.peer.world) as database:
                triggers = database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
                for name, _ in triggers:
                    database.execute(f'DROP TRIGGER "{name}"')
                database.execute(f"DELETE FROM {LOGS}")
                database.execute(f"DELETE FROM {TASKS}")
                for task in tasks:
                    task["aggregated_status"] = "info" if task["state"] == "done" and task["_messages"] != "[]" else task["state"]
                for table, rows in ((TASKS, tasks), (LOGS, logs)):
                    columns = list(rows[0])
                    database.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", [list(row.values()) for row in rows])
                for _, sql in triggers:
                    database.execute(sql)
            return
        self.peer.ask(f"TRUNCATE {TASKS}, {LOGS}")
        with self.peer.connection.cursor() as cursor:
            for table, rows in ((TASKS, tasks), (LOGS, logs)):
                columns = list(rows[0])
                cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})", [list(row.values()) for row in rows])

    def all(self):
        """Every row, byte for byte, sorted."""
        if self.peer.name == "sqlite":
            with sqlite3.connect(self.peer.world) as database:
                return [sorted(map(repr, database.execute(f"SELECT * FROM {table}"))) for table in (TASKS, LOGS)]
        found = []
        for table in (TASKS, LOGS):
            rows = self.peer.connection.execute(f"SELECT md5(textsend(r::text)) || ' ' || r::text FROM {table} r").fetchall()
            found.append(sorted(row for row, in rows))
        return found

    def done(self, *arguments):
        """A command that must work. What it printed."""
        status, out, err = self.peer.akqueue(*arguments)
        assert status == 0, f"{' '.join(arguments)}: {out}{err}"
        return out


def test_rows_come_back_as_they_were(engine, seed, request):
    with contextlib.closing(make_peer(engine, 20)) as peer:
        maker, rows = Maker(seed, engine == "postgres"), Rows(peer)
        tasks = [maker.task(rows.tenant) for _ in range(request.config.option.rows)]
        logs = [maker.log(task["message_id"]) for task in tasks for _ in range(maker.choice.randrange(6))]
        rows.put(tasks, logs)
        before = rows.all()
        for arguments in (["delete", "--state", "queued", "--yes"], ["flush", "--yes"], ["undo", "--yes"]):
            rows.done(*arguments)
        deleted = [one["id"] for one in json.loads(rows.done("history", "-o", "json"))["entries"] if one["command"] == "delete"]
        rows.done("undo", "--yes", deleted[0])
        for table, was, now in zip((TASKS, LOGS), before, rows.all()):
            if was != now:
                other = next((pair for pair in zip(was, now) if pair[0] != pair[1]), (f"{len(was)} rows", f"{len(now)} rows"))
                pytest.fail(f"{table} is not what it was:\n  {other[0][:2000]}\n  {other[1][:2000]}")
        print(f"{len(tasks)} tasks and {len(logs)} log rows")
