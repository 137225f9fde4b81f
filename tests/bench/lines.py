"""What is measured: each line runs on a fresh copy of the same rows, and says against which other one its ratio is.

Deletions take every queued task, about 70 % of all, with its log rows.
"""

import json
import os
import sys

from measured import measured, timed
from neighbour import beside
from sites import BY_ACTOR, COUNT, DELETE, DELETE_AT_ONCE, LOGS, NEWEST, QUEUED, TASKS, psql

HERE = os.path.dirname(os.path.abspath(__file__))
FAR_S = 0.1
MOST_ORPHANS = 20_000  # more are not recovered at once
ONE_STATEMENT, KEPT, RESTORED = "one statement", "delete", "restore"


def akqueue(site, *arguments, **more):
    """The command's cost, with what its JSON says of the run."""
    cost = measured(["kubectl-akqueue", *arguments, "-n", "authentik", "-o", "json"], site.environment(**more))
    result = json.loads(cost.pop("out")).get("result", {})
    done = next((result[name] for name in ("deleted", "restored", "changed") if name in result), None)
    if done is not None:
        cost["rows"] = done + result.get("other_rows", result.get("log_rows", 0))
        cost["longest_s"] = result["longest_transaction_ms"] / 1000
        cost["bytes"] = (result.get("backup") or result.get("record") or {}).get("bytes")
    return cost


def plain(site, *statements):
    costs = [measured(site.sql(statement), site.environment()) for statement in statements]
    return {"seconds": sum(cost["seconds"] for cost in costs), "cpu_s": costs[0]["cpu_s"]}


def at_once(site):
    return plain(site, *([DELETE_AT_ONCE] if site.engine == "postgresql" else DELETE))


def script(connections):
    def run(site):
        cost = measured(site.scripts()[connections], site.environment())
        cost.pop("out")
        return cost
    return run


def delete(*options, **more):
    return lambda site: akqueue(site, "delete", "--all", "--yes", *options, **more)


def insert_at_once(site):
    """The rows that a deletion takes, from a copy into the tables that lack them, in one statement."""
    for kept, table, which in (("kept_logs", LOGS, f"task_id IN (SELECT message_id FROM {TASKS} WHERE {QUEUED})"), ("kept_tasks", TASKS, QUEUED)):
        psql("bench", f"CREATE TABLE {kept} AS SELECT * FROM {table} WHERE {which}")
    psql("bench", DELETE_AT_ONCE)
    return plain(site, f"WITH logs AS (INSERT INTO {LOGS} SELECT * FROM kept_logs) INSERT INTO {TASKS} SELECT * FROM kept_tasks")


def restore(*options):
    """Of what was deleted just before."""
    def run(site):
        akqueue(site, "delete", "--all", "--yes")
        return akqueue(site, "undo", "--yes", *options)
    return run


def far(run_far):
    """At the other end of a long line."""
    def run(site):
        folder = os.path.join(site.folder, "far")
        os.makedirs(folder, exist_ok=True)
        if not os.path.exists(os.path.join(folder, "kubectl")):
            os.symlink(os.path.join(HERE, "far_kubectl.py"), os.path.join(folder, "kubectl"))
        return run_far(site, PATH=folder + os.pathsep + os.environ["PATH"], FAR_FOLDER=folder, FAR_S=str(FAR_S))
    return run


def beside_others(site):
    cost, others = beside("bench", lambda: akqueue(site, "delete", "--all", "--yes"))
    return {**cost, "others": others}


def queued_become(state, most):
    """Queued tasks, all or so many, are in that state since an hour."""
    psql("bench", f"UPDATE {TASKS} SET state = '{state}', mtime = now() - interval '1 hour' WHERE message_id IN "
                  f"(SELECT message_id FROM {TASKS} WHERE {QUEUED} LIMIT {most or 'ALL'})")
    psql("bench", f"VACUUM (ANALYZE) {TASKS}")


def change(state, *arguments, most=None):
    """Of queued tasks, all or so many, once they are in that state."""
    def run(site):
        queued_become(state, most)
        return akqueue(site, *arguments, "--yes")
    return run


def update_at_once(most=None):
    """What a change amounts to in one statement: the state alone, no log, nothing kept."""
    def run(site):
        queued_become("rejected", most)
        return plain(site, f"UPDATE {TASKS} SET state = 'queued', eta = NULL WHERE state = 'rejected'")
    return run


# Name, baseline, run, engines.
BOTH, PG = ("postgresql", "sqlite"), ("postgresql",)
DELETIONS = (
    (ONE_STATEMENT, None, at_once, BOTH),
    ("plain script, every row kept", ONE_STATEMENT, script(1), PG),
    ("plain script on two connections", ONE_STATEMENT, script(2), PG),
    ("delete --no-backup", ONE_STATEMENT, delete("--no-backup"), BOTH),
    ("delete --no-backup --jobs 2", ONE_STATEMENT, delete("--no-backup", "--jobs", "2"), PG),
    (KEPT, ONE_STATEMENT, delete(), BOTH),
    ("delete --jobs 2", ONE_STATEMENT, delete("--jobs", "2"), PG),
    (RESTORED, KEPT, restore(), BOTH),
    ("one INSERT of the same rows", KEPT, insert_at_once, PG),
    ("restore --jobs 2", KEPT, restore("--jobs", "2"), PG),
    ("delete, 100 ms a round trip", KEPT, far(lambda site, **more: akqueue(site, "delete", "--all", "--yes", **more)), PG),
    ("delete beside another session", None, beside_others, PG),
    ("one UPDATE", None, update_at_once(), PG),
    ("retry --all", "one UPDATE", change("rejected", "retry", "--all"), PG),
    ("one UPDATE of 20,000", None, update_at_once(MOST_ORPHANS), PG),
    ("recover of 20,000", "one UPDATE of 20,000", change("running", "recover", "--limit", str(MOST_ORPHANS), most=MOST_ORPHANS), PG),
)


def look(*arguments):
    return lambda site: timed(["kubectl-akqueue", *arguments, "-n", "authentik"], site.environment(), rounds=3)


def look_at_one(site):
    return look("show", site.an_id())(site)


def by_sql(statement):
    return lambda site: timed(site.sql(statement), site.environment(), rounds=3)


def one_by_sql(site):
    return by_sql(f"SELECT * FROM {TASKS} WHERE message_id = '{site.an_id()}'")(site)


def bare_python(site):
    code = f"import psycopg; print(psycopg.connect().execute({COUNT!r}).fetchall())"
    return timed([sys.executable, "-c", code], site.environment(), rounds=3)


def alone(*command):
    return lambda site: timed(command, site.environment(), rounds=5)


LOOKS = (
    ("SQL: count by queue and state", None, by_sql(COUNT), BOTH),
    ("status", "SQL: count by queue and state", look("status"), BOTH),
    ("SQL: the newest 50", None, by_sql(NEWEST), BOTH),
    ("list", "SQL: the newest 50", look("list"), BOTH),
    ("SQL: count by actor", None, by_sql(BY_ACTOR), BOTH),
    ("top", "SQL: count by actor", look("top"), BOTH),
    ("SQL: one task", None, one_by_sql, BOTH),
    ("show ID", "SQL: one task", look_at_one, BOTH),
    ("bare Python that connects and counts", None, bare_python, PG),
    ("kubectl get pods, alone", None, alone("kubectl", "get", "pods", "-n", "authentik", "-o", "json"), PG),
    ("/bin/true", None, alone("/bin/true"), PG),
    ("--help", "/bin/true", alone("kubectl-akqueue", "--help"), PG),
)
