#!/usr/bin/python3
"""The plain script against which keeping every row is measured: what somebody who knows PostgreSQL would write in an hour.

    binary_script.py FILE [--connections 2]

Deletes every queued task with its log rows, in batches of table pages, and keeps the deleted rows in FILE.N as binary COPY writes them,
synced before each COMMIT. No preview, no question, no compression, no way back.
"""

import argparse
import os
import threading

import psycopg

PAGES = 1000
TABLES = (("authentik_tasks_tasklog", "task_id IN (SELECT message_id FROM batch)"), ("authentik_tasks_task", "ctid IN (SELECT place FROM batch)"))


def delete(pages, path, number, connections):
    with psycopg.connect() as connection, open(f"{path}.{number}", "wb") as file:
        for first in range(number * PAGES, pages, connections * PAGES):
            connection.execute("CREATE TEMPORARY TABLE batch (message_id uuid, place tid) ON COMMIT DROP")
            connection.execute(f"INSERT INTO batch SELECT message_id, ctid FROM authentik_tasks_task WHERE ctid >= '({first},0)' "
                               f"AND ctid < '({first + PAGES},0)' AND state = 'queued' FOR UPDATE SKIP LOCKED")
            for table, which in TABLES:
                with connection.cursor().copy(f"COPY (DELETE FROM {table} WHERE {which} RETURNING *) TO STDOUT (FORMAT binary)") as rows:
                    for data in rows:
                        file.write(data)
            file.flush()
            os.fdatasync(file.fileno())
            connection.commit()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--connections", type=int, default=1)
    options = parser.parse_args()
    with psycopg.connect() as connection:
        pages = connection.execute("SELECT pg_relation_size('authentik_tasks_task') / current_setting('block_size')::int").fetchone()[0]
    threads = [threading.Thread(target=delete, args=(pages, options.file, number, options.connections)) for number in range(options.connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
