"""Somebody else who works on the same tables while a deletion runs: how long its statements take, and the longest wait."""

import threading
import time

import psycopg

TOUCH = "UPDATE authentik_tasks_task SET mtime = mtime WHERE message_id = %s"
ENQUEUE = ("INSERT INTO authentik_tasks_task (message_id, queue_name, actor_name, message, state, mtime, _messages, _previous_messages, "
           "aggregated_status{names}) SELECT gen_random_uuid(), queue_name, actor_name, message, 'done', now(), '[]', '[]', 'done'{values} "
           "FROM authentik_tasks_task WHERE message_id = %s")
PAUSE_S = 0.002


class Neighbour(threading.Thread):
    """Updates tasks that stay, one after the other, and adds some."""

    def __init__(self, database):
        super().__init__(daemon=True)
        self.database, self.over, self.times = database, False, []

    def run(self):
        with psycopg.connect(dbname=self.database, autocommit=True) as connection:
            stays = [row[0] for row in connection.execute("SELECT message_id FROM authentik_tasks_task WHERE state = 'done' LIMIT 1000")]
            columns = {row[0] for row in connection.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = 'authentik_tasks_task'::regclass AND attnum > 0")}
            more = [name for name in ("tenant_id", "retries") if name in columns]
            enqueue = ENQUEUE.format(names="".join(f", {name}" for name in more), values="".join(f", {name}" for name in more))
            number = 0
            while not self.over:
                number += 1
                began = time.monotonic()
                connection.execute(enqueue if number % 10 == 0 else TOUCH, (stays[number % len(stays)],))
                self.times.append(time.monotonic() - began)
                time.sleep(PAUSE_S)

    def end(self):
        """{"statements", "p99_s", "longest_s"}"""
        self.over = True
        self.join()
        times = sorted(self.times)
        return {"statements": len(times), "p99_s": times[len(times) * 99 // 100], "longest_s": times[-1]}


def beside(database, action):
    """What the action gives, and what it cost the neighbour."""
    neighbour = Neighbour(database)
    neighbour.start()
    time.sleep(0.2)
    try:
        result = action()
    finally:
        cost = neighbour.end()
    return result, cost
