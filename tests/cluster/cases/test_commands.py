"""Every command of `kubectl akqueue help` on the real cluster: a test_NAME each, and no command without one."""

import json
import os
import re
import signal
import subprocess

import objects
from bed import ended_after, expect, wait_during

HERE = ("-n", objects.NAMESPACE)
READER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "contrib", "read-backup.py")
ACTOR = "authentik.crypto.tasks.certificate_discovery"
# cases/test_completion.py has it.
ELSEWHERE = {"completion"}


def test_help(bed):
    """Lists the commands, each with a case below and a page of its own."""
    listed = re.findall(r"^  ([a-z]+)  ", bed.akqueue("help").out, re.MULTILINE)
    expect("status" in listed and "drain" in listed, listed)
    tried = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    expect(set(listed) - ELSEWHERE == tried, f"without a case: {set(listed) - ELSEWHERE - tried}; no command: {tried - set(listed)}")
    for name in listed:
        page = bed.akqueue("help", name).out
        expect(f"kubectl akqueue {name}" in page and f"kubectl akqueue {name}" in bed.akqueue(name, "--help").out, page)


def test_status(bed):
    """Counts as the database has them, and the server pod that told them."""
    bed.flood(300)
    done = bed.akqueue("status", *HERE)
    counted = bed.akqueue("status", *HERE, "-o", "json").document
    expect(counted["tasks"] == 300 and counted["site"]["namespace"] == objects.NAMESPACE, counted)
    expect(str(bed.tasks("state = 'queued'")) in done.out and "namespace authentik" in done.out, done)


def test_config(bed):
    """What is kept for the context and the namespace is what the next command uses."""
    kept = {"XDG_CONFIG_HOME": str(bed.scratch / "config")}
    bed.akqueue("config", "set", "--worker-deployment", "authentik-worker", *HERE, environment=kept)
    expect("worker-deployment   authentik-worker" in bed.akqueue("config", environment=kept).out, "what is kept is shown")
    done = bed.akqueue("workers", "-v", *HERE, environment=kept)
    expect("--worker-deployment=authentik-worker" in done.errors and "deployment/authentik-worker: 3 of 3 Ready" in done.out, done)
    bed.akqueue("config", "unset", *HERE, environment=kept)
    expect("worker-deployment" not in bed.akqueue("config", environment=kept).out, "forgotten")


def test_top(bed):
    """Actors by what waits of them, the most first."""
    bed.flood(300)
    rows = bed.akqueue("top", "--state", "queued", "--limit", "0", *HERE, "-o", "json").document
    most = bed.psql("SELECT actor_name FROM authentik_tasks_task WHERE state = 'queued' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1")
    done = bed.akqueue("top", "--state", "queued", *HERE)
    expect(done.out.splitlines()[1].split()[0] == most and most in json.dumps(rows), done)


def test_list(bed):
    """The ids of what is asked for, as delete takes them."""
    bed.flood(300)
    wanted = bed.psql(f"SELECT message_id FROM authentik_tasks_task WHERE state = 'queued' AND actor_name = '{ACTOR}'").split()
    done = bed.akqueue("list", "--state", "queued", "--actor", "certificate_discovery", "--limit", "0", "-o", "name", *HERE)
    expect(sorted(line.split("/")[-1] for line in done.out.split()) == sorted(wanted), done)


def test_show(bed):
    """One task by the beginning of its id; an id without a task is reported."""
    bed.flood(20)
    first = bed.psql("SELECT message_id FROM authentik_tasks_task WHERE state = 'queued' LIMIT 1")
    done = bed.akqueue("show", first[:13], *HERE)
    expect(first in done.out and "queued" in done.out, done)
    none = bed.akqueue("show", "00000000-0000-4000-8000-0123456789ab", *HERE, wanted=1)
    expect("error: no task" in none.errors, none)


def test_schema(bed):
    """The task table's columns as the catalog has them."""
    done = bed.akqueue("schema", *HERE)
    columns = bed.psql("SELECT attname FROM pg_attribute WHERE attrelid = 'authentik_tasks_task'::regclass AND attnum > 0 AND NOT attisdropped").split()
    expect(all(re.search(rf"\b{column}\b", done.out) for column in columns), done)


def test_workers(bed):
    """A row for each worker's pod."""
    done = bed.akqueue("workers", "-o", "name", *HERE)
    expect(done.out.split() == sorted(f"pod/{pod['metadata']['name']}" for pod in bed.pods("worker")), done)


def test_settings(bed):
    """What the deployment sets for its workers is told as its own."""
    bed.kubectl("set", "env", "deployment/authentik-worker", "AUTHENTIK_WORKER__THREADS=7", *HERE)
    bed.kubectl("rollout", "status", "deployment/authentik-worker", *HERE, "--timeout=60s")
    done = bed.akqueue("settings", *HERE)
    expect(any(line.split()[:2] == ["threads", "7"] for line in done.out.splitlines()), done)


def test_watch(bed):
    """A line an interval; --until ends it with 0, the timeout before that with 5, Ctrl-C with 130."""
    bed.flood(50)
    met = bed.akqueue("watch", "--until", "tasks>=50", "--interval", "1s", *HERE)
    expect("queued" in met.out or "queued" in met.errors, met)
    bed.akqueue("watch", "--until-empty", "--interval", "1s", "--timeout", "1s", *HERE, wanted=5)
    with ended_after(bed.start("watch", "--interval", "1s", "-o", "jsonl", *HERE)) as watching:
        expect(json.loads(watching.stdout.readline())["tasks"] == 50, "the first look")
        bed.psql("DELETE FROM authentik_tasks_tasklog; DELETE FROM authentik_tasks_task")
        wait_during(watching, lambda: json.loads(watching.stdout.readline())["tasks"] == 0, "a look at an empty queue")
        watching.send_signal(signal.SIGINT)
        out, errors = watching.communicate(timeout=20)
        expect(watching.returncode == 130, out + errors)


def test_wait(bed):
    """Ends when the condition comes to hold; 5 when the time is over before."""
    bed.flood(50)
    early = bed.akqueue("wait", "--for", "queued=0", "--timeout", "1s", "--interval", "1s", *HERE, wanted=5)
    expect("queued=0" in early.errors, early)
    with ended_after(bed.start("wait", "--for", "tasks=0", "--interval", "1s", *HERE)) as waiting:
        wait_during(waiting, bed.sessions, "its session")
        bed.psql("DELETE FROM authentik_tasks_tasklog; DELETE FROM authentik_tasks_task")
        out, errors = waiting.communicate(timeout=30)
        expect(waiting.returncode == 0 and "condition met" in out, out + errors)


def test_flush(bed):
    """A dry run deletes nothing; without --yes and without a terminal it is refused; with --yes all are deleted."""
    bed.flood(200)
    would = bed.akqueue("flush", "--dry-run", *HERE)
    expect("200" in would.out and "dry run" in would.out, would)
    refused = bed.akqueue("flush", *HERE, wanted=3)
    expect(bed.tasks() == 200 and "--yes" in refused.errors, refused)
    bed.akqueue("flush", "--yes", *HERE)
    expect(bed.tasks() == 0, "tasks are left")


def test_delete(bed):
    """Just what is chosen, by condition and by a list of ids on standard input."""
    bed.flood(300)
    rest = bed.tasks(f"state <> 'queued' OR actor_name <> '{ACTOR}'")
    bed.akqueue("delete", "--actor", "certificate_discovery", "--yes", *HERE)
    expect(bed.tasks() == rest, f"{bed.tasks()} are left, not {rest}")
    ids = bed.psql("SELECT message_id FROM authentik_tasks_task WHERE state = 'done' LIMIT 3")
    bed.akqueue("delete", "-f", "-", "--yes", *HERE, input=ids + "\n")
    expect(bed.tasks() == rest - 3, f"{bed.tasks()} are left, not {rest - 3}")


def test_drain(bed):
    """Workers down, the queued ones deleted, workers back."""
    bed.flood(300)
    queued = bed.tasks("state = 'queued'")
    done = bed.akqueue("drain", "delete", "--all", "--yes", "--follow-for", "0s", *HERE)
    expect(bed.tasks() == 300 - queued and bed.replicas() == 3, done)


def test_retry(bed):
    """What was rejected is queued again, and undo takes that back."""
    bed.flood(200)
    bed.psql("UPDATE authentik_tasks_task SET state = 'rejected' WHERE state = 'queued'")
    before, rejected = bed.everything(), bed.tasks("state = 'rejected'")
    done = bed.akqueue("retry", "--all", "--yes", *HERE)
    expect(rejected > 0 and bed.tasks("state = 'queued'") == rejected and bed.tasks("state = 'rejected'") == 0, done)
    bed.akqueue("undo", "--yes", *HERE)
    expect(bed.everything() == before, "the rows are not what they were")


def test_recover(bed):
    """What a worker had taken, and nobody holds, is queued again; undo takes that back."""
    bed.flood(200)
    bed.psql("UPDATE authentik_tasks_task SET state = 'running', mtime = now() - interval '1 hour' WHERE state = 'queued'")
    before, running = bed.everything(), bed.tasks("state = 'running'")
    done = bed.akqueue("recover", "--yes", *HERE)
    expect(running > 0 and bed.tasks("state = 'running'") == 0, done)
    bed.akqueue("undo", "--yes", *HERE)
    expect(bed.everything() == before, "the rows are not what they were")


def test_schedules(bed):
    """A pause outlives whatever workers do, a resumed schedule has its next time, and undo takes both back."""
    def row():
        return bed.psql("SELECT crontab, paused, next_run FROM authentik_tasks_schedules_schedule WHERE actor_name = 'a.b.often'")

    bed.psql("INSERT INTO authentik_tasks_schedules_schedule (id, actor_name, args, kwargs, options, crontab, paused, next_run, identifier)"
             " VALUES ('0a0a0a0a-0000-4000-8000-000000000001', 'a.b.often', '', '', '', '* 3 * * *', false, '2099-01-01', 'None')")
    before = row()
    expect("a.b.often" in bed.akqueue("schedules", "-o", "json", *HERE).out, "the schedule is not listed")
    done = bed.akqueue("schedules", "pause", "a.b.often", "--yes", *HERE)
    expect(row() != before and "paused" in bed.akqueue("schedules", "list", "often", *HERE).out, done)
    done = bed.akqueue("schedules", "resume", "often", "--yes", *HERE)
    expect("|f|20" in row() and "2099" not in row() and "2999" not in row(), done)
    done = bed.akqueue("schedules", "set", "often", "--crontab", "1 4 * * *", "--yes", *HERE)
    expect(row().startswith("1 4 * * *|f|"), done)
    done = bed.akqueue("undo", "--yes", *HERE)
    expect(row().startswith("* 3 * * *|f|"), done)
    done = bed.akqueue("schedules", "run", "often", "--yes", *HERE)
    expect(bed.psql("SELECT next_run <= now() FROM authentik_tasks_schedules_schedule WHERE actor_name = 'a.b.often'") == "t", done)
    bed.psql("DELETE FROM authentik_tasks_schedules_schedule WHERE actor_name = 'a.b.often'")


def test_undo(bed):
    """The last deletion comes back, and not twice."""
    bed.flood(200)
    before = bed.everything()
    bed.akqueue("delete", "--all", "--yes", *HERE)
    bed.akqueue("undo", "--yes", *HERE)
    expect(bed.everything() == before, "the rows are not what they were")
    again = bed.akqueue("undo", "--yes", *HERE, wanted=None)
    expect(bed.everything() == before, again)


def test_backup(bed):
    """A file of what is chosen, on this machine, that holds every one of them; nothing is deleted."""
    bed.flood(200)
    path = bed.scratch / "some.tasks.gz"
    bed.akqueue("backup", "--state", "queued", "--backup-file", str(path), *HERE)
    text = subprocess.run([READER, str(path)], stdout=subprocess.PIPE, check=True).stdout.decode()
    ids = bed.psql("SELECT message_id FROM authentik_tasks_task WHERE state = 'queued'").split()
    expect(all(one in text for one in ids) and bed.tasks() == 200, "not all of them are in it")


def test_restore(bed):
    """A backup's rows come back into an empty table."""
    bed.flood(200)
    before, path = bed.everything(), str(bed.scratch / "all.jsonl")
    bed.akqueue("backup", "--backup-file", path, *HERE)
    bed.akqueue("flush", "--yes", *HERE)
    tried = bed.akqueue("restore", path, "--dry-run", *HERE)
    expect(bed.tasks() == 0 and "200" in tried.out, tried)
    bed.akqueue("restore", path, "--yes", *HERE)
    expect(bed.everything() == before, "the rows are not what they were")


def test_backups(bed):
    """What a deletion wrote is listed, whole, and kept from pruning while it is young."""
    bed.flood(20)
    bed.akqueue("flush", "--yes", *HERE)
    listed = bed.akqueue("backups", "-o", "name").out.split()
    expect(len(listed) == 1, listed)
    bed.akqueue("backups", "verify")
    bed.akqueue("backups", "prune", "--older-than", "1d", "--yes")
    expect(bed.akqueue("backups", "-o", "name").out.split() == listed, "pruned")


def test_history(bed):
    """What was done, where and why."""
    bed.flood(20)
    bed.akqueue("flush", "--yes", "--reason", "incident 42", *HERE)
    done = bed.akqueue("history", "-o", "wide")
    expect("flush" in done.out and "incident 42" in done.out and objects.NAMESPACE in done.out, done)


def test_rbac(bed):
    """What it prints is what the API server takes, for one namespace and for all."""
    for words in (["look"], ["delete"], ["drain"], ["look", "-A"], ["drain", "--to", "serviceaccount:ops/on-call", "-n", objects.NAMESPACE]):
        printed = bed.akqueue("rbac", *words, "--to", "group:on-call").out
        taken = bed.kubectl("apply", "--dry-run=server", "-f", "-", input=printed)
        expect("kubectl-akqueue created (server dry run)" in taken.out, taken)


def test_options(bed):
    """What the help of a command leaves out, with options before it that an alias may have."""
    done = bed.akqueue(*HERE, "options")
    expect("--worker-selector" in done.out and "--kubeconfig" in done.out and "--keep-newest" in done.out, done)


def test_version(bed):
    """The versions of everything between this machine and the database."""
    done = bed.akqueue("version", *HERE)
    server = bed.kubectl("version", "-o", "json").document["serverVersion"]["gitVersion"]
    postgres = bed.psql("SHOW server_version").split()[0]
    expect(server in done.out and objects.VERSION in done.out and postgres in done.out, done)
    client = bed.akqueue("version", "--client")
    expect(objects.VERSION not in client.out and postgres not in client.out and "kubectl" in client.out, client)
