#!/usr/bin/env python3
"""What the plugin costs against plain SQL, on the same rows, in one run.

    tests/beds/postgres/with-cluster tests/bench/bench.py [--tasks 1000000] [--logs 0] [--rounds 3]

Fills a database once, clones it for every run, and prints a table of ratios:

* status: `kubectl akqueue status` against one `SELECT queue_name, state, count(*) … GROUP BY` through psql;
* delete: `kubectl akqueue delete --all --no-backup` (every queued task, about 70 %) against one SQL statement that
  deletes the log rows and the tasks;
* backup: the same with its backup, against the one without;
* the longest transaction that deletes, and the peak memory of the plugin and of the agent.

The plugin is `kubectl-akqueue` on PATH; the agent is the real one, run by the stand-in kubectl. Nothing here is a test:
figures depend on the machine, ratios hardly.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
FLOOD = os.path.join(HERE, "..", "beds", "postgres", "flood.py")

STATE = tempfile.TemporaryDirectory(prefix="akqueue-bench.")
ONE_STATEMENT_STATUS = "SELECT queue_name, state, count(*) FROM authentik_tasks_task GROUP BY queue_name, state"
ONE_STATEMENT_DELETE = """WITH gone AS (DELETE FROM authentik_tasks_tasklog l USING authentik_tasks_task t
              WHERE l.task_id = t.message_id AND t.state = 'queued')
DELETE FROM authentik_tasks_task WHERE state = 'queued'"""


def psql(database, sql):
    subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql], check=True,
                   stdout=subprocess.DEVNULL)


def admin(sql):
    user = os.environ.get("AKQUEUE_TEST_SUPERUSER", "postgres")
    subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-U", user, "-d", "postgres", "-c", sql], check=True,
                   stdout=subprocess.DEVNULL)


def fresh_clone(source):
    admin("DROP DATABASE IF EXISTS bench")
    admin(f'CREATE DATABASE bench TEMPLATE "{source}" OWNER authentik')
    admin("CHECKPOINT")
    psql("bench", "VACUUM (ANALYZE) authentik_tasks_task, authentik_tasks_tasklog")


def timed(action):
    started = time.monotonic()
    result = action()
    return time.monotonic() - started, result


class PeakMemory(threading.Thread):
    """The largest resident sizes of the plugin and of the agent while they run, from /proc.

    Not from wait4(): Linux counts what this script held before the child's exec as the child's.
    """

    def __init__(self):
        super().__init__(daemon=True)
        self.agent, self.plugin, self.over = 0, 0, False

    def run(self):
        while not self.over:
            for pid in filter(str.isdigit, os.listdir("/proc")):
                try:
                    with open(f"/proc/{pid}/cmdline", "rb") as file:
                        command = file.read()
                    with open(f"/proc/{pid}/status", encoding="ascii") as file:
                        name, peak = [line.split()[1] for line in file if line.startswith(("Name", "VmHWM"))]
                    if name.startswith("python") and b"sys.stdin.buffer.readline" in command:
                        self.agent = max(self.agent, int(peak))
                    if name.startswith("kubectl-akqueue"):
                        self.plugin = max(self.plugin, int(peak))
                except (OSError, ValueError):
                    continue
            time.sleep(0.02)


def akqueue(*arguments):
    """(document, peak KiB of the plugin, peak KiB of the agent)"""
    environment = dict(os.environ, AUTHENTIK_POSTGRESQL__NAME="bench", XDG_STATE_HOME=STATE.name)
    memory = PeakMemory()
    memory.start()
    process = subprocess.Popen(["kubectl-akqueue", *arguments, "-o", "json", "-n", "authentik"], env=environment,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    output = process.stdout.read()
    status = process.wait()
    memory.over = True
    memory.join()
    if status != 0:
        sys.exit(f"kubectl-akqueue {' '.join(arguments)} failed")
    return json.loads(output), memory.plugin, memory.agent


def spread(values):
    return f"{statistics.median(values):8.2f}  ({min(values):.2f} to {max(values):.2f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, default=1_000_000)
    parser.add_argument("--logs", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    source = os.environ["AUTHENTIK_POSTGRESQL__NAME"]
    subprocess.run([FLOOD, str(options.tasks), "--logs", str(options.logs)], check=True)

    figures = {name: [] for name in ("status, one statement", "status, plugin", "delete, one statement", "delete, plugin", "delete, with a backup")}
    longest = {"delete, plugin": [], "delete, with a backup": []}
    plugin_kib, agent_kib, backup_bytes, deleted = [], [], [], 0
    for _ in range(options.rounds):
        fresh_clone(source)
        psql("bench", ONE_STATEMENT_STATUS)
        figures["status, one statement"].append(timed(lambda: psql("bench", ONE_STATEMENT_STATUS))[0])
        figures["status, plugin"].append(timed(lambda: akqueue("status"))[0])
        figures["delete, one statement"].append(timed(lambda: psql("bench", ONE_STATEMENT_DELETE))[0])
        for name, backup in (("delete, plugin", ["--no-backup"]), ("delete, with a backup", [])):
            fresh_clone(source)
            psql("bench", ONE_STATEMENT_STATUS)
            seconds, (document, plugin, agent) = timed(lambda: akqueue("delete", "--all", "--yes", *backup))
            figures[name].append(seconds)
            deleted = document["result"]["deleted"]
            longest[name].append(document["result"]["longest_transaction_ms"] / 1000)
            plugin_kib.append(plugin)
            agent_kib.append(agent)
        backup_bytes.append(document["result"]["backup"]["bytes"])
    admin("DROP DATABASE bench")

    print(f"{options.tasks:,} tasks, {options.logs} log rows a finished task, {deleted:,} deleted; median of {options.rounds} (least to most)")
    for name, values in figures.items():
        print(f"  {name:24}{spread(values)} s")
    for what in ("status", "delete"):
        ratios = [b / a for a, b in zip(figures[f"{what}, one statement"], figures[f"{what}, plugin"])]
        print(f"  {what + ', ratio':24}{spread(ratios)}")
    ratios = [b / a for a, b in zip(figures["delete, plugin"], figures["delete, with a backup"])]
    print(f"  {'backup, ratio':24}{spread(ratios)}")
    for name, values in longest.items():
        print(f"  {'longest transaction':24}{spread(values)} s: {name}")
    print(f"  {'backup file':24}{max(backup_bytes) / (1 << 20):8.1f} MiB")
    print(f"  {'plugin, peak memory':24}{max(plugin_kib) / 1024:8.1f} MiB")
    print(f"  {'agent, peak memory':24}{max(agent_kib) / 1024:8.1f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
