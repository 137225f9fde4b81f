"""drain where something else owns the workers' replicas: named in the plan with what to do first, and never overwritten."""

import contextlib
import json
import threading
import time

import objects
from bed import ended_after, expect, wait_during

HERE = ("-n", objects.NAMESPACE)
QUICK = ("--yes", "--follow-for", "0s", *HERE)
WORKER = "deployment/authentik-worker"
NOTE = "kubectl-akqueue/drain"

ARGO = ({"annotations": {"argocd.argoproj.io/tracking-id": "sso-app:apps/Deployment:authentik/authentik-worker"}},
        "Argo CD sso-app: deployment/authentik-worker – scales it up again", "argocd app set sso-app --sync-policy none")
ARGO_BY_LABEL = ({"labels": {"argocd.argoproj.io/instance": "sso-label"}},
                 "Argo CD sso-label: deployment/authentik-worker", "argocd app set sso-label --sync-policy none")
FLUX_HELM = ({"labels": {"helm.toolkit.fluxcd.io/name": "authentik", "helm.toolkit.fluxcd.io/namespace": "flux-system"}},
             "Flux authentik: deployment/authentik-worker", "flux suspend helmrelease authentik -n flux-system")
FLUX_KUSTOMIZE = ({"labels": {"kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}},
                  "Flux apps: deployment/authentik-worker", "flux suspend kustomization apps -n flux-system")


def keda():
    scaler = objects.autoscaler()
    scaler["metadata"]["name"] = "keda-hpa-authentik-worker"
    scaler["metadata"]["labels"]["scaledobject.keda.sh/name"] = "authentik-workers"
    return scaler


def mark(bed, metadata):
    bed.kubectl("patch", WORKER, "--type=merge", "-p", json.dumps({"metadata": metadata}), *HERE)


def plan(bed):
    """The plan in words and as a document."""
    return bed.akqueue("drain", "--dry-run", *HERE), bed.akqueue("drain", "--dry-run", "-o", "json", *HERE).document["plan"]["deployments"][0]["owners"]


@contextlib.contextmanager
def scaled_back_up(bed, after_s, replicas=3):
    """What a controller does that counts replicas: whenever they are 0, they are soon `replicas` again. Yields how often."""
    over, times = threading.Event(), []

    def reconcile():
        while not over.wait(0.1):
            if bed.replicas() == 0:
                time.sleep(after_s)
                bed.kubectl("scale", WORKER, f"--replicas={replicas}", *HERE)
                times.append(time.monotonic())
    thread = threading.Thread(target=reconcile)
    thread.start()
    try:
        yield times
    finally:
        over.set()
        thread.join()


def test_named_in_the_plan(bed):
    """Argo CD and Flux by each of the marks that they leave, with the command that suspends them."""
    bed.flood(10)
    for metadata, words, first in (ARGO, ARGO_BY_LABEL, FLUX_HELM, FLUX_KUSTOMIZE):
        mark(bed, metadata)
        said, owners = plan(bed)
        expect(words in said.out and "first: " + first in said.out, said)
        expect(len(owners) == 1 and owners[0]["first"].startswith(first), owners)
        mark(bed, {kind: {key: None for key in keys} for kind, keys in metadata.items()})
    expect(plan(bed)[1] == [], "marks that are gone are still told of")


def test_keda(bed):
    """An autoscaler of KEDA's is told as that, with the annotation that pauses it; it is not touched."""
    bed.flood(10)
    bed.apply(keda())
    spec = bed.get("hpa", "keda-hpa-authentik-worker")
    said, owners = plan(bed)
    expect("KEDA authentik-workers: deployment/authentik-worker – may scale it up again at once" in said.out, said)
    expect("autoscaling.keda.sh/paused-replicas=0" in owners[0]["first"], owners)
    workers = bed.akqueue("workers", *HERE)
    expect("KEDA authentik-workers between 2 and 6" in workers.out, workers)
    bed.akqueue("drain", *QUICK)
    expect(bed.tasks() == 0 and bed.replicas() == 3, "not drained")
    expect(bed.get("hpa", "keda-hpa-authentik-worker")["spec"] == spec["spec"], "the autoscaler was changed")


def test_scaled_up_while_pods_end(bed):
    """The controller is quicker than the pods: refused by its name, nothing is deleted, its replicas stay."""
    bed.flood(100)
    mark(bed, ARGO[0])
    bed.behave(ends_after="5s")
    with scaled_back_up(bed, 0.2) as times:
        done = bed.akqueue("drain", *QUICK, wanted=3)
    expect(len(times) == 1 and bed.replicas() == 3 and bed.tasks() == 100, done)
    expect("deployment/authentik-worker was scaled to 3 by something else meanwhile" in done.errors, done)
    expect("Argo CD sso-app" in done.errors and "suspend it first" in done.errors, done)
    expect(NOTE not in bed.get("deployment", "authentik-worker")["metadata"]["annotations"], "the note is there still")


def test_scaled_up_to_another_number(bed):
    """It wants five where three were: those five stay, and that is said."""
    bed.flood(100)
    bed.behave(ends_after="5s")
    with scaled_back_up(bed, 0.2, replicas=5):
        done = bed.akqueue("drain", *QUICK, wanted=3)
    expect(bed.replicas() == 5 and bed.tasks() == 100 and "was scaled to 5" in done.errors, done)


def test_scaled_up_while_deleting(bed):
    """It comes back in the middle of the deletion: that goes on, since no row that a worker holds is taken, and its number stays."""
    bed.flood(60000)
    before = bed.everything()
    with ended_after(bed.start("drain", *QUICK)) as draining:
        wait_during(draining, lambda: bed.tasks() < 60000, "the first deletion")
        bed.kubectl("scale", WORKER, "--replicas=2", *HERE)
        out, errors = draining.communicate(timeout=120)
    expect(bed.replicas() == 2, f"another's replicas were overwritten: {out}{errors}")
    expect("is left as it is: something else has scaled it" in errors, out + errors)
    expect(NOTE not in bed.get("deployment", "authentik-worker")["metadata"]["annotations"], "the note is there still")
    bed.akqueue("undo", "--yes", *HERE)
    expect(bed.everything() == before, "the rows are not what they were")


def test_autoscalers_may_not_be_listed(bed):
    """If autoscalers may not be listed, the plan says so and the drain works."""
    bed.flood(50)
    rules = [rule for rule in bed.akqueue("rbac", "drain", *HERE, "-o", "json").document["items"][0]["rules"] if rule["resources"] != ["horizontalpodautoscalers"]]
    bed.apply(*objects.rights("operator", rules))
    try:
        done = bed.akqueue("drain", "--context", "operator", *QUICK)
        expect("may exist: these permissions don't allow listing autoscalers" in done.errors and bed.tasks() == 0 and bed.replicas() == 3, done)
    finally:
        for kind in ("rolebinding", "role"):
            bed.kubectl("delete", kind, "operator", *HERE)
