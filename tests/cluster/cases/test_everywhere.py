"""-A: status, workers and watch over several namespaces of a cluster, entered at once."""

import contextlib
import json
import signal

import objects
from bed import ended_after, expect, wait_during, wait_for

OTHER = "customer-a"
BROKEN = "customer-b"


@contextlib.contextmanager
def neighbours(bed):
    """One more authentik that is well, and one whose server is scaled to 0. (All of them have the bed's database.)"""
    for name, servers in ((OTHER, 1), (BROKEN, 0)):
        bed.apply(objects.namespace(name), objects.deployment("server", namespace=name, replicas=servers), objects.deployment("worker", namespace=name, replicas=1))
    bed.kubectl("wait", "deployment", "--all", "--for", "condition=Available", "-n", OTHER, "--timeout=60s")
    wait_for(lambda: bed.pods("worker", BROKEN), "the worker of " + BROKEN)
    try:
        yield
    finally:
        for name in (OTHER, BROKEN):
            bed.kubectl("delete", "deployment", "--all", "-n", name)
            for component in objects.COMPONENTS:
                wait_for(lambda: not bed.pods(component, name), f"{component} of {name} to be gone", 60)


def test_one_that_cannot_be_entered_does_not_hide_the_others(bed):
    """A document for each; those that failed say why; exit status 4, and 1 where all failed."""
    with neighbours(bed):
        bed.flood(100)
        done = bed.akqueue("status", "-A", "-o", "json", wanted=4)
        sites = done.document["sites"]
        found = {site["site"]["namespace"]: site["tasks"] for site in sites if site["kind"] == "status"}
        expect(found == {objects.NAMESPACE: 100, OTHER: 100}, done)
        failed = [site for site in sites if site["kind"] == "failure"]
        expect([site["namespace"] for site in failed] == [BROKEN] and "scaled to 0" in failed[0]["error"]["message"], done)
        expect(f"{BROKEN}/authentik: no authentik server pod: deployment authentik-server is scaled to 0" in done.errors, done)
        queued = 2 * bed.tasks("state = 'queued'")
        expect(f"3 authentiks in 3 namespaces of context admin: {queued} queued; 1 could not be read" in bed.akqueue("status", "-A", wanted=4).out, done)

        workers = bed.akqueue("workers", "-A", wanted=4)
        for name in (objects.NAMESPACE, OTHER):
            for pod in bed.pods("worker", name):
                expect(any(line.split()[:2] == [name, pod["metadata"]["name"]] for line in workers.out.splitlines()), workers)


def test_all_contexts_of_one_command_are_the_same(bed):
    """Every kubectl is told the context and its own namespace."""
    with neighbours(bed):
        done = bed.akqueue("status", "-A", "-v", "--context", "here", wanted=4)
        calls = [line.split("run: ")[1] for line in done.errors.splitlines() if "run: " in line]
        execs = [call for call in calls if " exec " in call]
        expect(all("--context=here" in call for call in calls), done)
        expect(sorted(word for call in execs for word in call.split() if word.startswith("--namespace=")) == [f"--namespace={OTHER}", f"--namespace={objects.NAMESPACE}"][::-1], done)


def test_needs_the_right_to_look_everywhere(bed):
    """The printed role for one namespace is not enough, and that is said; the one for all is."""
    bed.apply(*json.loads(bed.akqueue("rbac", "look", "--to", "user:operator", "-n", objects.NAMESPACE, "-o", "json").out)["items"])
    try:
        refused = bed.akqueue("status", "-A", "--context", "operator", wanted=1)
        expect("can't list authentik's pods in all namespaces" in refused.errors and "rbac look -A" in refused.errors, refused)
        bed.akqueue("status", "-n", objects.NAMESPACE, "--context", "operator")
        bed.apply(*json.loads(bed.akqueue("rbac", "look", "-A", "--to", "user:operator", "-o", "json").out)["items"])
        done = wait_for(lambda: (lambda one: one if one.status == 0 else None)(bed.akqueue("status", "-A", "--context", "operator", wanted=None)), "the role to hold")
        expect("1 authentik in 1 namespace" in done.out, done)
    finally:
        for kind in ("clusterrolebinding", "clusterrole"):
            bed.kubectl("delete", kind, "kubectl-akqueue", "--ignore-not-found")
        for kind in ("rolebinding", "role"):
            bed.kubectl("delete", kind, "kubectl-akqueue", "-n", objects.NAMESPACE, "--ignore-not-found")


def test_watches_all_and_takes_up_one_that_comes_back(bed):
    """A line for each; a site whose server comes up later is read from then on; Ctrl-C ends all at once."""
    with neighbours(bed):
        bed.flood(10)
        with ended_after(bed.start("watch", "-A", "--interval", "1s", "-o", "json")) as watching:
            seen = {}

            def read_until(question, what):
                def answer():
                    line = json.loads(watching.stdout.readline())
                    site = line["namespace"] if line["kind"] == "failure" else line["site"]["namespace"]
                    seen.setdefault(site, []).append(line)
                    return question()
                wait_during(watching, answer, what)

            read_until(lambda: len(seen) == 3, "a line of each site")
            expect(seen[BROKEN][0]["kind"] == "failure" and seen[OTHER][-1]["tasks"] == 10, seen)
            bed.kubectl("scale", "deployment/authentik-server", "--replicas=1", "-n", BROKEN)
            read_until(lambda: seen[BROKEN][-1]["kind"] == "watch", "the site that came back")
            watching.send_signal(signal.SIGINT)
            out, errors = watching.communicate(timeout=20)
            expect(watching.returncode == 130, errors)
        wait_for(lambda: not bed.sessions(), "all sessions to end")
