"""Retries and recoveries beside a worker that takes, finishes, fails and locks as authentik's does: ten thousand rejected tasks in
three groups, the cause of one of which is still there; and what a worker had in its hands when it was killed.
"""

import json
import os
import shutil
import subprocess

import pytest

import worker
from databases import LOGS, TASKS as TABLE
from waiting import wait_until

TASKS = 10000
CANARY = 20
ERRORS = ("ValueError: no user with id 42", worker.ERROR, "TimeoutError: the mail server did not answer in 30 s")
GROUPS = ("gone", worker.BROKEN, "slow")


@pytest.fixture
def rejected(peer):
    """All tasks, by thirds of their ids, each with one error in its log; the table of runs is empty. Tasks by group."""
    peer.renew()
    third = "get_byte(uuid_send(message_id), 15) % 3"
    for number, uid in enumerate(GROUPS):
        peer.ask(f"UPDATE {TABLE} SET state = 'rejected', eta = NULL, _uid = '{uid}', message = (SELECT message FROM {TABLE} "
                 f"WHERE length(message) > 0 LIMIT 1) WHERE {third} = {number}")
    peer.ask(f"DELETE FROM {LOGS}")
    for uid, error in zip(GROUPS, ERRORS):
        peer.ask("INSERT INTO authentik_tasks_tasklog (id, event, log_level, logger, timestamp, attributes, previous, task_id) SELECT "
                 f"gen_random_uuid(), '{error}', 'error', 'authentik.tasks.middleware.TaskLogMiddleware', now(), '{{}}', false, message_id "
                 f"FROM {TABLE} WHERE _uid = '{uid}'")
    peer.ask(f"DROP TABLE IF EXISTS {worker.RUNS}")
    peer.ask(f"CREATE TABLE {worker.RUNS} (message_id uuid)")
    yield {uid: tasks(peer, f"_uid = '{uid}'") for uid in GROUPS}
    peer.ask(f"DROP TABLE {worker.RUNS}")


def tasks(peer, condition):
    return peer.ask(f"SELECT count(*) FROM {TABLE} WHERE {condition}")


def runs(peer, uid):
    """How often tasks of a group were run, and how many of them."""
    return peer.ask(f"SELECT count(*), count(DISTINCT message_id) FROM {worker.RUNS} JOIN {TABLE} USING (message_id) WHERE _uid = '{uid}'")


def document(peer, *words):
    status, out, said = peer.akqueue(*words, "--yes", "-o", "json")
    assert status == 0, said
    return json.loads(out)


def test_a_canary_stops_what_is_broken_still(peer, rejected):
    """The other groups are retried to their last task, nothing runs twice, and what is broken stays where it was."""
    with worker.working("work"):
        done = document(peer, "retry", "--all", "--canary", str(CANARY), "--timeout", "60s", "--follow-for", "60s")
    for uid, count in rejected.items():
        expected = CANARY if uid == worker.BROKEN else count
        assert runs(peer, uid) == (expected, expected), done
        assert tasks(peer, f"_uid = '{uid}' AND state = 'done'") == (0 if uid == worker.BROKEN else count), done
    assert tasks(peer, f"_uid = '{worker.BROKEN}' AND state = 'rejected'") == rejected[worker.BROKEN]
    # A task that failed again has two errors in its log, the first of which is of an earlier attempt.
    assert peer.ask(f"SELECT count(*) FROM {LOGS} WHERE event = '{worker.ERROR}' AND previous") == CANARY


def test_a_session_that_is_cut_while_the_canary_is_watched(peer, rejected):
    """No worker lives, so it waits; what was retried until then is told, and can be taken back."""
    before = peer.everything()
    process = subprocess.Popen(["kubectl-akqueue", "retry", "--all", "--canary", "5", "--yes", "-n", "authentik"], env=peer.environment,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: tasks(peer, "state = 'queued'") == 15, "the canary was not retried")
    wait_until(lambda: peer.ask("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'akqueue'") == 0,
               "it goes on without a session")
    out, said = process.communicate(timeout=60)
    assert process.returncode == 4 and "retried 15 tasks" in out and "error: the " in said, f"{out}{said}"
    document(peer, "undo")
    assert peer.everything() == before and len(rejected) == 3


def test_undo_of_what_no_worker_has_taken(peer, rejected):
    before = peer.everything()
    done = document(peer, "retry", "--all")
    assert done["result"]["changed"] == sum(rejected.values())
    document(peer, "undo")
    assert peer.everything() == before


def test_undo_leaves_what_a_worker_has_taken(peer, rejected):
    document(peer, "retry", "--uid", "slow")
    with worker.working("work"):
        status, _, said = peer.akqueue("wait", "--for", "queued=0", "--timeout", "60s")
        assert status == 0, said
    status, out, said = peer.akqueue("undo", "--yes")
    assert "took back 0 tasks" in out or "nothing to undo" in said, f"{out}{said}"
    assert runs(peer, "slow") == (rejected["slow"], rejected["slow"])


def test_recover_takes_what_a_killed_worker_had_and_no_more(peer, rejected):
    """While it lives nothing is an orphan; once it is killed all is, and runs once on the next worker."""
    peer.ask(f"UPDATE {TABLE} SET state = 'queued', mtime = now() - interval '1 hour' WHERE _uid = 'slow'")
    with worker.working("take", 30):
        assert document(peer, "recover")["preview"]["going"] == 0
        assert tasks(peer, "state = 'consumed'") == 30
    wait_until(lambda: document(peer, "recover", "--dry-run")["preview"]["going"] == 30, "its locks are held still")
    assert document(peer, "recover")["result"]["changed"] == 30
    assert tasks(peer, "state = 'consumed'") == 0
    with worker.working("work"):
        status, _, said = peer.akqueue("wait", "--for", "queued=0", "--timeout", "60s")
        assert status == 0, said
    assert runs(peer, "slow") == (rejected["slow"], rejected["slow"])


def test_what_this_release_has_no_actor_for(peer, rejected, tmp_path):
    """As authentik's code beside the agent says: the preview names them, the deed leaves them, and they can be rejected or deleted."""
    site = tmp_path / "authentik"
    shutil.copytree(os.path.join(os.environ["PYTHONPATH"].split(os.pathsep)[0], "authentik"), site)
    for module in ("tasks", "core/tasks"):
        (site / module).mkdir(parents=True)
        (site / module / "__init__.py").write_text("@actor(description='x')\ndef clean_expired_models(): ...\n", encoding="utf-8")
    peer.ask(f"UPDATE {TABLE} SET actor_name = 'authentik.core.tasks.clean_expired_models' WHERE _uid = 'gone'")
    peer.ask(f"UPDATE {TABLE} SET actor_name = 'authentik.core.tasks.clean_something_else' WHERE _uid = 'slow'")
    peer.ask(f"UPDATE {TABLE} SET actor_name = 'of.somebody.else' WHERE _uid = '{worker.BROKEN}'")
    status, out, said = peer.akqueue("retry", "--all", "--yes", "-o", "json", AKQUEUE_BED_SITE=str(tmp_path))
    assert status == 0, said
    done = json.loads(out)
    assert [(one["why"], one["tasks"]) for one in done["preview"]["left"]] == [("no_actor", rejected["slow"])], done["preview"]
    assert done["result"]["changed"] == rejected["gone"] + rejected[worker.BROKEN]
    assert tasks(peer, "_uid = 'slow' AND state = 'rejected'") == rejected["slow"]
