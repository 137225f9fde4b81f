"""Sites that are not made by authentik's chart, or not well: labels and names of their own, both containers in one pod, servers that are never Ready."""

import contextlib
import json

import objects
from bed import expect

SPACE = "house"
HERE = ("-n", SPACE)
QUICK = ("--yes", "--follow-for", "0s", *HERE)


def own(component, name, labels, replicas=1):
    """A deployment of a hand-made manifest: no label of the chart's, a container called app."""
    one = objects.deployment(component, namespace=SPACE, replicas=replicas)
    one["metadata"] = {"name": name, "namespace": SPACE, "labels": labels}
    one["spec"]["selector"]["matchLabels"] = labels
    one["spec"]["template"]["metadata"]["labels"] = labels
    one["spec"]["template"]["spec"]["containers"][0]["name"] = "app"
    return one


@contextlib.contextmanager
def site(bed, *deployments):
    bed.apply(objects.namespace(SPACE))
    with bed.added(*deployments):
        yield


def hand_made():
    return [own("server", "web", {"app": "web"}), own("worker", "tasks", {"app": "tasks"}, replicas=2),
            own("worker", "tasks-ldap", {"app": "tasks-ldap"})]


def replicas(bed, space=SPACE):
    return {one["metadata"]["name"]: one["spec"]["replicas"] for one in bed.get("deployments", namespace=space)["items"]}


def pods(bed, prefix):
    return [pod["metadata"]["name"] for pod in bed.get("pods", namespace=SPACE)["items"] if pod["metadata"]["name"].startswith(prefix)]


def never_ready(bed, names):
    for name in names:
        change = {"status": {"conditions": [{"type": "Ready", "status": "False"}]}}
        bed.kubectl("patch", "pod", name, *HERE, "--subresource=status", "--type=strategic", "-p", json.dumps(change))


def test_labels_of_its_own(bed):
    """Entered, shown and drained without an option: a second question finds what no label tells."""
    with site(bed, *hand_made()):
        bed.flood(100)
        status = bed.akqueue("status", *HERE)
        expect("using server pod web-" in status.errors and "100" in status.out, status)
        workers = bed.akqueue("workers", *HERE)
        expect("deployment/tasks: 2 of 2 Ready" in workers.out and "deployment/tasks-ldap: 1 of 1 Ready" in workers.out, workers)
        expect(all(name in workers.out for name in pods(bed, "tasks")) and "web-" not in workers.out, workers)
        before = replicas(bed)
        done = bed.akqueue("drain", *QUICK)
        expect("deployment/tasks scaled to 0 (was 2)" in done.errors and "deployment/tasks-ldap scaled to 0 (was 1)" in done.errors, done)
        expect("3 of 3 workers Ready" in done.errors and replicas(bed) == before and bed.tasks() == 0, done)


def test_a_second_worker_deployment_of_the_chart(bed):
    """It has a component label of its own, as charts give it to each queue: it goes down and comes back like the first."""
    one = objects.deployment("worker", replicas=2)
    component = "worker-high-priority"
    one["metadata"]["name"] = f"authentik-{component}"
    for labels in (one["metadata"]["labels"], one["spec"]["selector"]["matchLabels"], one["spec"]["template"]["metadata"]["labels"]):
        labels["app.kubernetes.io/component"] = component
    one["spec"]["template"]["spec"]["containers"][0].update(name=component, args=["worker", "--queues", "high-priority"])
    there = ("-n", objects.NAMESPACE)
    with bed.added(one):
        bed.flood(100)
        before = replicas(bed, objects.NAMESPACE)
        workers = bed.akqueue("workers", *there)
        expect(f"deployment/authentik-{component}: 2 of 2 Ready" in workers.out, workers)
        done = bed.akqueue("drain", "--yes", "--follow-for", "0s", *there)
        expect(f"authentik-{component} scaled to 0 (was 2)" in done.errors and "5 of 5 workers Ready" in done.errors, done)
        expect(replicas(bed, objects.NAMESPACE) == before and bed.tasks() == 0, done)


def test_workers_of_ones_own_beside_the_charts(bed):
    """No label tells of them: what needs to know all workers asks once more, so that drain leaves none running."""
    there = ("-n", objects.NAMESPACE)
    mine = own("worker", "tasks-ldap", {"app": "tasks-ldap"})
    mine["metadata"]["namespace"] = objects.NAMESPACE
    with bed.added(mine):
        bed.flood(100)
        before = replicas(bed, objects.NAMESPACE)
        workers = bed.akqueue("workers", *there)
        expect("deployment/tasks-ldap: 1 of 1 Ready" in workers.out and "deployment/authentik-worker: " in workers.out, workers)
        everywhere = bed.akqueue("workers", "-A")
        expect("tasks-ldap" in everywhere.out, everywhere)
        done = bed.akqueue("drain", "--yes", "--follow-for", "0s", *there)
        expect("deployment/tasks-ldap scaled to 0 (was 1)" in done.errors and "deployment/tasks-ldap scaled to 1" in done.errors, done)
        expect(replicas(bed, objects.NAMESPACE) == before and bed.tasks() == 0, done)
        bed.kubectl("scale", "deployment/authentik-worker", "--replicas=0", *there)
        try:
            seen = bed.akqueue("status", "-v", *there)
            expect(" get pods,deployments --output" in seen.errors, seen)
            everywhere = bed.akqueue("status", "-A", "-v")
            expect("authentik run: kubectl get pods,deployments --output" in everywhere.errors, everywhere)
        finally:
            bed.kubectl("scale", "deployment/authentik-worker", f"--replicas={before['authentik-worker']}", *there)


def test_one_pod_with_both(bed):
    """The server's container is entered; it is not drained, since no pod would be left to enter."""
    one = own("server", "authentik", {"app": "authentik"})
    both = one["spec"]["template"]["spec"]["containers"]
    both.insert(0, dict(both[0], name="tasks", args=["worker"]))
    with site(bed, one):
        bed.flood(100)
        status = bed.akqueue("status", "-v", *HERE)
        expect("--container app" in status.errors, status)
        refused = bed.akqueue("drain", *QUICK, wanted=3)
        expect("runs the server beside the worker" in refused.errors and "nothing was deleted" in refused.errors, refused)
        expect(replicas(bed) == {"authentik": 1} and bed.tasks() == 100, refused)
        bed.akqueue("flush", "--yes", *HERE)
        expect(bed.tasks() == 0, "flush works")


def test_never_ready(bed):
    """No server is Ready: one is entered nevertheless and that is said; --pod takes the one that is named."""
    with site(bed, own("server", "web", {"app": "web"}, replicas=2), own("worker", "tasks", {"app": "tasks"})):
        bed.flood(100)
        servers = pods(bed, "web")
        never_ready(bed, servers[:1])
        seen = bed.akqueue("status", *HERE)
        expect(f"using server pod {servers[1]}" in seen.errors and "note:" not in seen.errors, seen)
        named = bed.akqueue("status", "--pod", servers[0], *HERE)
        expect(f"note: pod {servers[0]} is Running, not ready" in named.errors, named)
        never_ready(bed, servers)
        done = bed.akqueue("flush", "--yes", *HERE)
        expect("note: no server pod is Ready: entering web-" in done.errors and bed.tasks() == 0, done)


def test_a_worker_is_not_entered(bed):
    """Neither by --pod nor as the only pod there is, unless that is allowed."""
    with site(bed, own("worker", "tasks", {"app": "tasks"})):
        worker = pods(bed, "tasks")[0]
        for words in (("status",), ("flush", "--yes"), ("status", "--pod", worker)):
            refused = bed.akqueue(*words, *HERE, wanted=1)
            expect("--allow-worker" in refused.errors, refused)
        allowed = bed.akqueue("status", "--allow-worker", *HERE)
        expect("note: entering a worker" in allowed.errors, allowed)


def test_kept_for_the_next_command(bed):
    """config set keeps which deployments are the workers; drain then takes these and no other down."""
    with site(bed, *hand_made()):
        bed.flood(100)
        config = {"XDG_CONFIG_HOME": str(bed.scratch / "config")}
        bed.akqueue("config", "set", "--worker-deployment", "tasks-ldap", *HERE, environment=config)
        done = bed.akqueue("drain", *QUICK, environment=config)
        expect("deployment/tasks-ldap scaled to 0" in done.errors and "deployment/tasks scaled" not in done.errors, done)
        gone = bed.akqueue("drain", "--worker-deployment", "gone", *QUICK, environment=config, wanted=1)
        expect("no deployment gone in namespace house" in gone.errors, gone)


def test_several_namespaces(bed):
    """-n twice, with rights in these two only: a line for each, where -A is refused."""
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]},
             {"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"]},
             {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["list"]}]
    with site(bed, *hand_made()):
        for space in (SPACE, objects.NAMESPACE):
            bed.granted("operator", rules, space)
        asked = ("status", "--context", "operator")
        refused = bed.akqueue(*asked, "-A", wanted=1)
        expect("-n NAMESPACE looks at one, and may be repeated" in refused.errors, refused)
        both = bed.akqueue(*asked, "-n", SPACE, "-n", objects.NAMESPACE, "-o", "json").document
        expect([(one["kind"], one["site"]["namespace"]) for one in both["sites"]] == [("status", objects.NAMESPACE), ("status", SPACE)], both)
        part = bed.akqueue(*asked, "-n", SPACE, "-n", "default", wanted=4)
        expect("error: default: can't list authentik's pods in namespace default" in part.errors, part)
