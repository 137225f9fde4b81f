"""workers: pods, their last end, and metrics that are not there."""

import json

import objects
from bed import expect

HERE = ("-n", objects.NAMESPACE)


def case_shows_workers(bed):
    """Every worker's pod and the deployment; a cluster without the metrics API is told, and no failure."""
    bed.flood(100)
    done = bed.akqueue("workers", *HERE)
    for pod in bed.pods("worker"):
        expect(pod["metadata"]["name"] in done.out, done)
    expect("deployment/authentik-worker: 3 of 3 Ready" in done.out, done)
    expect("<no metrics>" in done.out and "no metrics: the cluster has no metrics API" in done.out, done)
    expect(done.out.startswith("Not OOM-killed: "), done)


def case_tells_of_a_kill(bed):
    """A container that ended for want of memory is in the first line."""
    name = bed.pods("worker")[0]["metadata"]["name"]
    status = bed.get("pod", name)["status"]["containerStatuses"]
    status[0]["restartCount"] = 4
    status[0]["lastState"] = {"terminated": {"exitCode": 137, "reason": "OOMKilled", "startedAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:01:00Z"}}
    bed.kubectl("patch", "pod", name, *HERE, "--subresource=status", "--type=merge", "-p", json.dumps({"status": {"containerStatuses": status}}))
    seen = bed.akqueue("workers", "-o", "json", *HERE).document
    one = next(worker for worker in seen["workers"] if worker["name"] == name)
    expect(one["restarts"] == 4 and one["last_end"]["reason"] == "OOMKilled", one)
    expect(seen["oom"]["words"].startswith("Not OOM-killed lately: 1 of 3 workers") and name in seen["oom"]["words"], seen["oom"])


def case_names_the_autoscaler(bed):
    """An HPA stands beside its deployment."""
    bed.apply(objects.autoscaler())
    done = bed.akqueue("workers", *HERE)
    expect("HPA authentik-worker between 2 and 6" in done.out, done)
