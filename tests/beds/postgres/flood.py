#!/usr/bin/python3
"""Fills the test bed's queue: about 70 % queued, the rest finished, a few taken by workers that are gone.

    flood.py N [--logs K] [--queued-logs K] [--message-bytes B] [--schema NAME] [--seed S]

Every row of queued tasks is a valid pickle of a Dramatiq message, made from one template per actor in which SQL
puts the row's own id. Rows are a function of the seed: the same call gives the same tasks (times count back from
now). The connection is libpq's (PGHOST, ...).
"""
import argparse
import os
import pickle
import time

import psycopg

from schema import TENANT

# Actor and its share in a thousand; most floods are one or two actors.
ACTORS = {
    "authentik.crypto.tasks.certificate_discovery": 520,
    "authentik.outposts.tasks.outpost_send_update": 290,
    "authentik.outposts.tasks.outpost_controller": 60,
    "authentik.events.tasks.event_trigger_dispatch": 30,
    "authentik.events.tasks.notification_transport": 20,
    "authentik.blueprints.v1.tasks.apply_blueprint": 20,
    "authentik.providers.scim.tasks.scim_sync_direct_dispatch": 15,
    "authentik.outposts.tasks.outpost_session_end": 15,
    "authentik.core.tasks.clean_expired_models": 10,
    "authentik.sources.ldap.tasks.ldap_sync_page": 10,
    "authentik.stages.email.tasks.send_mail": 5,
    "authentik.admin.tasks.update_latest_version": 5,
}
PLACE = "00000000-0000-4000-8000-000000000000"  # where the template has its message_id

# %(n)s tasks; `roll` decides the actor, `fate` the state. Written without triggers (see main), which would set
# aggregated_status to the state and send a notification for each.
TASKS = """
INSERT INTO {schema}.authentik_tasks_task (message_id, queue_name, actor_name, message, state, mtime, result,
    result_expiry, rel_obj_id, _uid, _messages, _previous_messages, aggregated_status, rel_obj_content_type_id{more})
SELECT id::uuid, 'default', a.name,
       CASE WHEN state = 'done' THEN ''::bytea
            ELSE overlay(a.message PLACING convert_to(id, 'UTF8') FROM a.place FOR 36) END,
       state, now() - (%(n)s - i) * interval '60 days' / %(n)s,
       NULL, CASE WHEN state IN ('done', 'rejected') THEN now() - (%(n)s - i) * interval '60 days' / %(n)s
                                                          + interval '30 days' END,
       CASE WHEN outpost THEN md5('outpost ' || i %% 40)::uuid::text END,
       CASE WHEN outpost THEN 'Outpost ' || i %% 40 END,
       '[]', '[]', state,
       CASE WHEN outpost THEN (SELECT id FROM {schema}.django_content_type WHERE model = 'outpost') END{more_values}
FROM (
  SELECT i, overlay(overlay(md5(%(seed)s || ' ' || i)::uuid::text PLACING '4' FROM 15 FOR 1) PLACING '8' FROM 20 FOR 1)
            AS id,
         ('x' || substr(md5(%(seed)s || ' actor ' || i), 1, 7))::bit(28)::int %% 1000 AS roll,
         CASE WHEN fate < 7000 THEN 'queued' WHEN fate < 9700 THEN 'done' WHEN fate < 9990 THEN 'rejected'
              WHEN fate < 9995 THEN 'consumed' ELSE {running} END AS state
  FROM generate_series(1, %(n)s) i,
       LATERAL (SELECT ('x' || substr(md5(%(seed)s || ' fate ' || i), 1, 7))::bit(28)::int %% 10000 AS fate OFFSET 0) f
  OFFSET 0  -- or the planner puts the expressions into the join, where they are computed for each actor
) t
JOIN flood_actor a ON t.roll >= a.from_ AND t.roll < a.to_,
LATERAL (SELECT a.name LIKE 'authentik.outposts.%%' AS outpost) o
"""

LOGS = """
INSERT INTO {schema}.authentik_tasks_tasklog (id, event, log_level, logger, timestamp, attributes, previous, task_id)
SELECT gen_random_uuid(),
       CASE WHEN k < %(logs)s OR NOT over THEN (ARRAY['Task has been queued', 'Task is being processed', 'Working'])[least(k, 3)]
            WHEN failed THEN 'Task failed' ELSE 'Task finished processing without errors' END,
       CASE WHEN failed AND k = %(logs)s THEN 'error' ELSE 'info' END,
       'authentik.tasks.middleware.TaskLogMiddleware', t.mtime - (%(logs)s - k) * interval '1 second',
       '{{"delay": null}}', false, t.message_id
FROM {schema}.authentik_tasks_task t,
     LATERAL (SELECT t.state = 'rejected' AS failed, t.state IN ('done', 'rejected') AS over) f,
     LATERAL generate_series(1, CASE WHEN over THEN %(logs)s ELSE %(queued_logs)s END) k
"""


def template(actor, size):
    """A pickled message of about `size` bytes and where (from 1) its id begins."""
    def made(padding):
        return pickle.dumps({"queue_name": "default", "actor_name": actor, "args": (), "message_id": PLACE,
                             "kwargs": {"padding": "x" * padding} if padding else {},
                             "options": {"model_name": "authentik_tasks.task", "retries": 0},
                             "message_timestamp": 1767225600000})
    message = made(max(0, size - len(made(1))))
    return message, message.index(PLACE.encode()) + 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("n", type=int)
    parser.add_argument("--logs", type=int, default=0, help="log rows of each finished task")
    parser.add_argument("--queued-logs", type=int, default=0, help="log rows of each task that is not finished")
    parser.add_argument("--message-bytes", type=int, default=0, help="least size of a message")
    parser.add_argument("--schema", default="public")
    parser.add_argument("--seed", default="1")
    args = parser.parse_args()
    started = time.monotonic()
    values = {"n": args.n, "seed": args.seed, "logs": args.logs, "queued_logs": args.queued_logs}
    superuser = os.environ["AKQUEUE_TEST_SUPERUSER"]
    with psycopg.connect(user=superuser) as connection:
        columns = {row[0] for row in connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0",
            (f"{args.schema}.authentik_tasks_task",))}
        extra = {name: value for name, value in
                 {"tenant_id": f"'{TENANT}'", "eta": "NULL", "retries": "0"}.items() if name in columns}
        # Foreign keys are triggers too: half of the time would go there.
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("CREATE TEMPORARY TABLE flood_actor "
                           "(from_ int, to_ int, name text, message bytea, place int) ON COMMIT DROP")
        # Nine indexes cost more than the rows; made afterwards they cost half.
        indexes = connection.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
            "WHERE NOT indisunique AND indrelid IN (to_regclass(%s), to_regclass(%s))",
            (f"{args.schema}.authentik_tasks_task", f"{args.schema}.authentik_tasks_tasklog")).fetchall()
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        start = 0
        for name, share in ACTORS.items():
            connection.execute("INSERT INTO flood_actor VALUES (%s, %s, %s, %s, %s)",
                               (start, start + share, name, *template(name, args.message_bytes)))
            start += share
        connection.execute(TASKS.format(
            schema=args.schema, more="".join(f", {name}" for name in extra),
            more_values="".join(f", {value}" for value in extra.values()),
            running="'running'" if "eta" in columns else "'consumed'"), values)
        if args.logs or args.queued_logs:
            connection.execute(LOGS.format(schema=args.schema), values)
        for _, definition in indexes:
            connection.execute(definition)
    with psycopg.connect(user=superuser, autocommit=True) as connection:
        connection.execute("ANALYZE")
    print(f"{args.n} tasks in {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main()
