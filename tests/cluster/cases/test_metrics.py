"""workers, where the cluster serves the metrics API: memory against its limit."""

import contextlib
import json

import objects
from bed import expect, wait_for

HERE = ("-n", objects.NAMESPACE)
SERVED = "pods.metrics.k8s.io"


@contextlib.contextmanager
def served(bed, memory):
    """Metrics of as many workers' pods as there are memories, in the order of their names; yields all the names."""
    bed.apply(objects.served_metrics())
    bed.kubectl("wait", f"crd/{SERVED}", "--for", "condition=Established", "--timeout=30s")
    names = sorted(pod["metadata"]["name"] for pod in bed.pods("worker"))
    measured = [objects.metrics(name, "worker", one, labels=objects.labels("worker")) for name, one in zip(names, memory)]
    try:
        wait_for(lambda: bed.kubectl("get", "--raw", f"/apis/metrics.k8s.io/v1beta1/namespaces/{objects.NAMESPACE}/pods", wanted=None).status == 0, "the metrics API")
        if measured:
            bed.apply(*measured)
        yield names
    finally:
        bed.kubectl("delete", "crd", SERVED, "--timeout=30s")
        # Until then the API server answers for it still.
        wait_for(lambda: bed.kubectl("get", "--raw", "/apis/metrics.k8s.io/v1beta1", wanted=None).status != 0, "the metrics API to go")


def test_memory_against_its_limit(bed):
    """Each worker's use of its 512 MiB, in words and as numbers."""
    with served(bed, memory=["500Mi", "128Mi", "64Mi"]) as names:
        done = bed.akqueue("workers", *HERE)
        rows = {row.split()[0]: row for row in done.out.splitlines() if row.split()[:1] and row.split()[0] in names}
        for name, share in zip(names, ("98%", "25%", "13%")):
            expect(f"{share} of 512.0 MiB" in rows[name], done)
        expect("no metrics" not in done.out, done)
        wide = bed.akqueue("workers", "-o", "wide", *HERE)
        expect("120m" in wide.out, wide)
        seen = {worker["name"]: worker for worker in bed.akqueue("workers", "-o", "json", *HERE).document["workers"]}
        expect([seen[name]["memory_bytes"] >> 20 for name in names] == [500, 128, 64], seen)
        expect({worker["memory_limit_bytes"] for worker in seen.values()} == {512 << 20}, seen)
        expect({worker["cpu_millicores"] for worker in seen.values()} == {120}, seen)


def test_only_some_are_measured(bed):
    """A pod that the metrics API does not know yet has no metrics; the others have."""
    with served(bed, memory=["256Mi"]) as names:
        seen = {worker["name"]: worker["memory_bytes"] for worker in bed.akqueue("workers", "-o", "json", *HERE).document["workers"]}
        expect([seen[name] for name in names] == [256 << 20, None, None], seen)


def test_none_is_measured(bed):
    """The API is there and has nothing of these pods: said, and no failure."""
    with served(bed, memory=[]):
        done = bed.akqueue("workers", *HERE)
        expect("the metrics API has none of these pods yet" in done.out, done)


def test_may_not_be_looked_at(bed):
    """Served, but not to this person: `<no metrics>`, and why."""
    rules = [rule for rule in bed.akqueue("rbac", "look", *HERE, "-o", "json").document["items"][0]["rules"] if rule["apiGroups"] != ["metrics.k8s.io"]]
    bed.apply(*objects.rights("unmeasured", rules))
    try:
        with served(bed, memory=["500Mi", "128Mi", "64Mi"]):
            wait_for(lambda: bed.kubectl("auth", "can-i", "list", "pods", "--as", "unmeasured", *HERE, wanted=None).status == 0, "the role")
            done = bed.akqueue("workers", "--as", "unmeasured", *HERE)
            expect("<no metrics>" in done.out and "don't allow listing pods of metrics.k8s.io" in done.out, done)
    finally:
        for kind in ("rolebinding", "role"):
            bed.kubectl("delete", kind, "unmeasured", *HERE)


def test_killed_near_its_limit(bed):
    """A recent OOM kill and memory use near the limit: the first line says that they are being killed."""
    with served(bed, memory=["500Mi", "500Mi", "500Mi"]) as names:
        now = bed.psql("SELECT to_char(now() AT TIME ZONE 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
        ended = {"terminated": {"exitCode": 137, "reason": "OOMKilled", "startedAt": now, "finishedAt": now}}
        for name in names[:2]:
            patch = [{"op": "add", "path": "/status/containerStatuses/0/lastState", "value": ended}, {"op": "replace", "path": "/status/containerStatuses/0/restartCount", "value": 9}]
            bed.kubectl("patch", "pod", name, *HERE, "--subresource=status", "--type=json", "-p", json.dumps(patch))
        seen = bed.akqueue("workers", "-o", "json", *HERE).document
        expect(seen["oom"]["still"] is True and "2 of 3 workers" in seen["oom"]["words"], seen["oom"])
        said = bed.akqueue("workers", *HERE)
        expect(said.out.startswith("OOM-killed: 2 of 3 workers, the last ") and "98% of 512.0 MiB" in said.out, said)
