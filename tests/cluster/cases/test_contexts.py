"""Which cluster, which namespace, as whom: kubectl's own options reach every kubectl that the plugin starts.

Two contexts stand for two clusters: `prod` is the bed's authentik; `stage` leads over a line of its own, which counts
what it carries, to an authentik in another namespace whose server has its tables in another schema.
"""

import contextlib
import subprocess

import objects
from bed import FLOOD, ended_after, expect, wait_for
from line import Line

HERE = ("-n", objects.NAMESPACE)
STAGE, SCHEMA = "stage-ns", "stage"
SCHEMA_OF = FLOOD.parent / "schema.py"


def staged(bed):
    return int(bed.psql(f"SELECT count(*) FROM {SCHEMA}.authentik_tasks_task"))


@contextlib.contextmanager
def two_clusters(bed):
    """The line that leads to stage, and the environment with both contexts; prod is the current one."""
    if not bed.psql(f"SELECT 1 FROM pg_namespace WHERE nspname = '{SCHEMA}'"):
        subprocess.run(["/usr/bin/python3", str(SCHEMA_OF), "--schema", SCHEMA], check=True, env=bed.environment)
    subprocess.run(["/usr/bin/python3", str(FLOOD), "60", "--schema", SCHEMA], check=True, env=bed.environment)
    there = {"AUTHENTIK_POSTGRESQL__DEFAULT_SCHEMA": SCHEMA}
    with Line(bed.port) as line:
        def change(document):
            near = document["clusters"][0]["cluster"]
            document["clusters"].append({"name": "stage", "cluster": dict(near, server=f"https://127.0.0.1:{line.port}")})
            document["contexts"] += [{"name": "prod", "context": {"cluster": "test-bed", "user": "admin", "namespace": objects.NAMESPACE}},
                                     {"name": "stage", "context": {"cluster": "stage", "user": "admin", "namespace": STAGE}}]
            document["current-context"] = "prod"
        environment = {"KUBECONFIG": bed.kubeconfig("two-clusters", change)}
        bed.apply(objects.namespace(STAGE))
        with bed.added(objects.deployment("server", namespace=STAGE, replicas=1, environment=there),
                       objects.deployment("worker", namespace=STAGE, replicas=2, environment=there)):
            yield line, environment
    bed.psql(f"TRUNCATE {SCHEMA}.authentik_tasks_task, {SCHEMA}.authentik_tasks_tasklog")


def test_context_goes_to_every_call(bed):
    """--context stage looks, deletes, drains and undoes there and nowhere else; without it prod is meant, and stage is not even asked."""
    with two_clusters(bed) as (line, environment):
        bed.flood(40)
        counted = {name: bed.akqueue("status", *words, "-o", "json", environment=environment).document["tasks"]
                   for name, words in {"prod": (), "stage": ("--context", "stage")}.items()}
        expect(counted == {"prod": 40, "stage": 60}, counted)

        bed.akqueue("flush", "--yes", "--context", "stage", environment=environment)
        expect((bed.tasks(), staged(bed)) == (40, 0), "the wrong queue was emptied")
        # What prod deleted is not stage's to undo, nor the other way round.
        before = line.carried
        bed.akqueue("flush", "--yes", environment=environment)
        bed.akqueue("undo", "--yes", environment=environment)
        expect((bed.tasks(), staged(bed), line.carried) == (40, 0, before), "prod's commands went to stage")
        bed.akqueue("undo", "--yes", "--context", "stage", environment=environment)
        expect((bed.tasks(), staged(bed)) == (40, 60), "stage's deletion was not undone")

        done = bed.akqueue("drain", "--yes", "--follow-for", "0s", "-v", "--context", "stage", environment=environment)
        expect((bed.tasks(), staged(bed)) == (40, 0), done)
        calls = [row for row in done.errors.splitlines() if row.startswith("run: ")]
        expect(calls and all("--context=stage" in call for call in calls), done)
        generation = bed.get("deployment", "authentik-worker")["metadata"]["generation"]
        expect(bed.get("deployment", "authentik-worker", STAGE)["spec"]["replicas"] == 2, done)
        again = bed.get("deployment", "authentik-worker")["metadata"]["generation"]
        expect(generation == again and "authentik-worker scaled to 0 (was 2)" in done.errors, done)


def test_context_switched_meanwhile(bed):
    """Somebody runs `kubectl config use-context` while a drain waits: it ends where it began."""
    with two_clusters(bed) as (_, environment):
        bed.flood(40)
        bed.behave(ends_after="3s")
        with ended_after(bed.start("drain", "--yes", "--follow-for", "0s", environment=environment)) as draining:
            wait_for(lambda: bed.replicas() == 0, "the scaling down")
            bed.kubectl("config", "use-context", "stage", environment=environment)
            out, errors = draining.communicate(timeout=90)
        expect(draining.returncode == 0 and (bed.tasks(), staged(bed)) == (0, 60), out + errors)
        expect(bed.replicas() == 3, out + errors)


def test_impersonation(bed):
    """--as and --as-group are the API server's to grant: who may not impersonate is told so, who may has the other's rights alone."""
    bed.flood(10)
    refused = bed.akqueue("status", "--context", "operator", "--as", "admin", *HERE, wanted=1)
    expect('User "operator" cannot impersonate resource "users"' in refused.errors and "hint: " in refused.errors, refused)
    less = bed.akqueue("flush", "--yes", "--as", "viewer", *HERE, wanted=1)
    expect('User "viewer" cannot create resource "pods/exec"' in less.errors and bed.tasks() == 10, less)
    bed.akqueue("status", "--as", "somebody", "--as-group", "others", "--as-group", "system:masters", *HERE)
    nobody = bed.akqueue("status", "--as", "somebody", "--as-group", "others", *HERE, wanted=1)
    expect('User "somebody" cannot list resource "pods"' in nobody.errors, nobody)
    bed.akqueue("drain", "--yes", "--follow-for", "0s", "--as", "somebody", "--as-group", "system:masters", *HERE)
    expect(bed.tasks() == 0 and bed.replicas() == 3, "not drained as somebody")


def test_another_kubeconfig(bed):
    """--kubeconfig wins over the environment; without either, what is missing is said."""
    bed.flood(10)
    empty = {"KUBECONFIG": "/nonexistent/kubeconfig", "HOME": str(bed.scratch)}
    none = bed.akqueue("status", *HERE, environment=empty, wanted=1)
    expect("error: " in none.errors and "hint: " in none.errors, none)
    given = bed.akqueue("flush", "--yes", *HERE, "--kubeconfig", bed.environment["KUBECONFIG"], environment=empty)
    expect(bed.tasks() == 0, given)
    wrong = bed.akqueue("status", *HERE, "--context", "nonesuch", wanted=1)
    expect("nonesuch" in wrong.errors and "kubectl config get-contexts" in wrong.errors, wrong)


def test_cluster_and_user(bed):
    """--cluster and --user choose another half of the context."""
    bed.flood(10)
    with Line(bed.port) as line:
        def change(document):
            near = document["clusters"][0]["cluster"]
            document["clusters"].append({"name": "over-the-line", "cluster": dict(near, server=f"https://127.0.0.1:{line.port}")})
        environment = {"KUBECONFIG": bed.kubeconfig("halves", change)}
        bed.akqueue("flush", "--yes", "--cluster", "over-the-line", *HERE, environment=environment)
        expect(bed.tasks() == 0 and line.carried > 1000, f"{line.carried} bytes over the line")
        other = bed.akqueue("status", "--user", "viewer", *HERE, environment=environment, wanted=1)
        expect('User "viewer" cannot create resource "pods/exec"' in other.errors, other)


def test_request_timeout(bed):
    """It bounds a request, and a session that lasts longer is not cut by it; an API server that is silent is reported in time."""
    bed.flood(2000)
    with Line(bed.port, bytes_per_s=400_000) as line:
        environment = bed.over(line)
        bed.akqueue("flush", "--yes", "--request-timeout", "2s", *HERE, environment=environment)
        expect(bed.tasks() == 0, "not flushed")
        line.hold()
        silent = bed.akqueue("status", "--request-timeout", "1s", *HERE, environment=environment, wanted=1, limit=30)
        expect("error: " in silent.errors and "hint: " in silent.errors, silent)
