"""workers: pods, their last end, and following all that through the loss of what it looks through."""

import json
import signal

import objects
from bed import ended_after, expect, wait_during

HERE = ("-n", objects.NAMESPACE)


def test_shows_workers(bed):
    """Every worker's pod and the deployment; a cluster without the metrics API is told, and no failure."""
    bed.flood(100)
    done = bed.akqueue("workers", *HERE)
    for pod in bed.pods("worker"):
        expect(pod["metadata"]["name"] in done.out, done)
    expect("deployment/authentik-worker: 3 of 3 Ready" in done.out, done)
    expect("<no metrics>" in done.out and "no metrics: the cluster has no metrics API" in done.out, done)
    expect(done.out.startswith("No OOM kill: "), done)


def test_tells_of_a_kill(bed):
    """A container that ran out of memory is in the first line."""
    name = bed.pods("worker")[0]["metadata"]["name"]
    status = bed.get("pod", name)["status"]["containerStatuses"]
    status[0]["restartCount"] = 4
    status[0]["lastState"] = {"terminated": {"exitCode": 137, "reason": "OOMKilled", "startedAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:01:00Z"}}
    bed.kubectl("patch", "pod", name, *HERE, "--subresource=status", "--type=merge", "-p", json.dumps({"status": {"containerStatuses": status}}))
    seen = bed.akqueue("workers", "-o", "json", *HERE).document
    one = next(worker for worker in seen["workers"] if worker["name"] == name)
    expect(one["restarts"] == 4 and one["last_end"]["reason"] == "OOMKilled", one)
    expect(seen["oom"]["words"].startswith("OOM-killed: 1 of 3 workers, the last ") and not seen["oom"]["still"] and seen["oom"]["last_pod"] == name, seen["oom"])


def test_names_the_autoscaler(bed):
    """An HPA is shown next to its deployment."""
    bed.apply(objects.autoscaler())
    done = bed.akqueue("workers", *HERE)
    expect("HPA authentik-worker between 2 and 6" in done.out, done)


def follow(bed, spoil):
    """`workers -w` goes on through another server pod than that of its first look; then Ctrl-C ends it with 0."""
    with ended_after(bed.start("workers", "-w", "--interval", "1s", "-o", "jsonl", *HERE)) as following:
        first = json.loads(following.stdout.readline())
        spoil(first["site"]["pod"])
        seen = []

        def goes_on():
            seen.append(json.loads(following.stdout.readline()))
            return seen[-1]["site"]["pod"] != first["site"]["pod"]
        wait_during(following, goes_on, "a look through another pod")
        expect(len(seen[-1]["workers"]) == 3, seen[-1])
        following.send_signal(signal.SIGINT)
        _, errors = following.communicate(timeout=20)
        expect(following.returncode == 0, errors)
        return errors


def test_follows_through_the_end_of_its_server(bed):
    """Its server pod is killed: the look that failed is said to, and the next goes through another."""
    errors = follow(bed, lambda pod: bed.kubectl("delete", "pod", pod, *HERE, "--force", "--grace-period=0"))
    expect(errors.count("using server pod") == 2, errors)


def test_follows_through_a_rollout(bed):
    """All server pods are replaced, one after the other, as an update does."""
    def roll(_):
        bed.kubectl("rollout", "restart", "deployment/authentik-server", *HERE)
        bed.kubectl("rollout", "status", "deployment/authentik-server", *HERE, "--timeout=60s")
    follow(bed, roll)


def test_follows_a_worker_that_is_killed(bed):
    """Restarts that come while it looks are in the next look."""
    name = bed.pods("worker")[0]["metadata"]["name"]
    with ended_after(bed.start("workers", "-w", "--interval", "1s", "-o", "jsonl", *HERE)) as following:
        def restarts():
            return {worker["name"]: worker["restarts"] for worker in json.loads(following.stdout.readline())["workers"]}[name]
        more = restarts() + 3
        patch = [{"op": "replace", "path": "/status/containerStatuses/0/restartCount", "value": more}]
        bed.kubectl("patch", "pod", name, *HERE, "--subresource=status", "--type=json", "-p", json.dumps(patch))
        wait_during(following, lambda: restarts() == more, "the restarts")
