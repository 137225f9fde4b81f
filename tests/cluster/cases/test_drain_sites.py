"""drain where a site is not one worker deployment of a release called authentik."""

import contextlib
import json

import objects
from bed import expect, wait_for

HERE = ("-n", objects.NAMESPACE)
QUICK = ("--yes", "--follow-for", "0s", *HERE)
NOTE = "kubectl-akqueue/drain"


def named(one, name):
    """A second worker deployment of the release: the same labels, but its own name and one more label."""
    one["metadata"]["name"] = name
    one["spec"]["selector"]["matchLabels"]["queue"] = name
    one["spec"]["template"]["metadata"]["labels"]["queue"] = name
    return one


def replicas(bed):
    return {one["metadata"]["name"]: one["spec"]["replicas"] for one in bed.get("deployments")["items"]}


def noted(bed):
    return [one["metadata"]["name"] for one in bed.get("deployments")["items"] if NOTE in one["metadata"].get("annotations", {})]


@contextlib.contextmanager
def several_workers(bed):
    """authentik-worker-ldap with two replicas and authentik-worker-mail, which is at 0."""
    with bed.added(named(objects.deployment("worker", replicas=2), "authentik-worker-ldap"),
                   named(objects.deployment("worker", replicas=0), "authentik-worker-mail")):
        yield


@contextlib.contextmanager
def release(bed, name, workers=2):
    with bed.added(objects.deployment("server", release=name, replicas=1), objects.deployment("worker", release=name, replicas=workers)):
        yield


def test_several_deployments(bed):
    """All of them go down, each comes back to its own number, and the one at 0 stays there without a note."""
    with several_workers(bed):
        bed.flood(100)
        before = replicas(bed)
        planned = bed.akqueue("drain", "--dry-run", *HERE)
        for words in ("scale deployment/authentik-worker from 3 to 0", "scale deployment/authentik-worker-ldap from 2 to 0",
                      "deployment/authentik-worker-mail is at 0 already", "leave deployment/authentik-worker-mail at 0, where it was",
                      "scale deployment/authentik-worker-ldap back to 2", "5 worker pods are gone"):
            expect(words in planned.out, planned)
        done = bed.akqueue("drain", *QUICK)
        expect(replicas(bed) == before and bed.tasks() == 0 and noted(bed) == [], done)
        expect("5 of 5 workers Ready" in done.errors and "authentik-worker-mail scaled" not in done.errors, done)


def test_replicas_by_name(bed):
    """--replicas needs the deployment's name where there are several, and holds for that one."""
    with several_workers(bed):
        bed.flood(100)
        refused = bed.akqueue("drain", "--replicas", "1", *QUICK, wanted=2)
        expect("there are several worker deployments" in refused.errors and bed.tasks() == 100, refused)
        done = bed.akqueue("drain", "--replicas", "authentik-worker-ldap=1", *QUICK)
        found = replicas(bed)
        expect((found["authentik-worker"], found["authentik-worker-ldap"], found["authentik-worker-mail"]) == (3, 1, 0), done)


def test_one_deployment_that_hangs(bed):
    """A pod of one of them does not end: nothing is deleted, and both come back to what they were."""
    with several_workers(bed):
        bed.flood(100)
        before = replicas(bed)
        bed.behave(hangs="true")
        try:
            done = bed.akqueue("drain", "--timeout", "2s", *QUICK, wanted=5)
            expect(replicas(bed) == before and bed.tasks() == 100 and noted(bed) == [], done)
            expect("some worker pods are still there" in done.errors and "authentik-worker-ldap scaled to 2" in done.errors, done)
        finally:
            for pod in bed.pods("worker"):
                if pod["metadata"].get("annotations", {}).get("test/hangs") == "true":
                    bed.kubectl("delete", "pod", pod["metadata"]["name"], *HERE, "--force", "--grace-period=0", wanted=None)


def test_resumes_several(bed):
    """--keep-down, and --resume as from another machine: each comes back to its own number."""
    with several_workers(bed):
        bed.flood(100)
        before = replicas(bed)
        bed.akqueue("drain", "--keep-down", *QUICK)
        found = replicas(bed)
        expect([found[name] for name in before if "worker" in name] == [0, 0, 0], found)
        expect(noted(bed) == ["authentik-worker", "authentik-worker-ldap"], noted(bed))
        done = bed.akqueue("drain", "--resume", *QUICK, environment={"XDG_STATE_HOME": str(bed.scratch / "another-machine")})
        expect(replicas(bed) == before and noted(bed) == [], done)


def test_resumes_where_nothing_is_left(bed):
    """Cut short before it came to the second deployment, and the queue is empty by now: that one is left out, and it is said."""
    with several_workers(bed):
        bed.flood(100)
        before = replicas(bed)
        bed.akqueue("drain", "--keep-down", *QUICK)
        bed.kubectl("annotate", "deployment/authentik-worker-ldap", NOTE + "-", *HERE)
        bed.kubectl("scale", "deployment/authentik-worker-ldap", "--replicas=2", *HERE)
        note = json.loads(bed.get("deployment", "authentik-worker")["metadata"]["annotations"][NOTE])
        note["deleted"] = False
        bed.kubectl("annotate", "--overwrite", "deployment/authentik-worker", f"{NOTE}={json.dumps(note)}", *HERE)
        done = bed.akqueue("drain", "--resume", *QUICK)
        expect("nothing to delete" in done.errors and "authentik-worker-ldap" not in done.errors, done)
        expect(replicas(bed) == before and noted(bed) == [], done)


def test_release_with_another_name(bed):
    """The only release of the namespace is called sso: no option is needed, and it is named where it acts."""
    space = "sso-ns"
    bed.apply(objects.namespace(space))
    with bed.added(objects.deployment("server", release="sso", namespace=space, replicas=1), objects.deployment("worker", release="sso", namespace=space, replicas=2)):
        bed.flood(100)
        status = bed.akqueue("status", "-n", space)
        expect("release sso" in status.out and "namespace sso-ns" in status.out, status)
        done = bed.akqueue("drain", "--yes", "--follow-for", "0s", "-n", space)
        expect("deployment/sso-worker scaled to 0 (was 2)" in done.errors and bed.tasks() == 0, done)
        expect(bed.get("deployment", "sso-worker", space)["spec"]["replicas"] == 2 and bed.replicas() == 3, done)


def test_two_releases_in_one_namespace(bed):
    """Without --release a script is refused; with it that release's workers are drained, the other's are not even patched."""
    with release(bed, "sso"):
        bed.flood(100)
        for words in (("status",), ("flush", "--yes"), ("drain", "--yes"), ("workers",)):
            refused = bed.akqueue(*words, *HERE, wanted=3)
            expect("holds several releases of authentik: authentik, sso" in refused.errors and "--release sso" in refused.errors, refused)
        other = bed.get("deployment", "authentik-worker")["metadata"]
        done = bed.akqueue("drain", "--release", "sso", *QUICK)
        expect("deployment/sso-worker scaled to 0 (was 2)" in done.errors and "authentik-worker" not in done.out + done.errors, done)
        expect(bed.get("deployment", "authentik-worker")["metadata"]["generation"] == other["generation"], "the other release was scaled")
        expect(replicas(bed)["sso-worker"] == 2 and bed.tasks() == 0, done)
        none = bed.akqueue("drain", "--release", "nonesuch", *QUICK, wanted=1)
        expect("no release nonesuch" in none.errors and "authentik, sso" in none.errors, none)


def test_undo_is_each_releases_own(bed):
    """What was deleted through one release is not taken back through the other, whose history it is not."""
    with release(bed, "sso"):
        bed.flood(100)
        before = bed.everything()
        bed.akqueue("flush", "--yes", "--release", "sso", *HERE)
        bed.akqueue("undo", "--yes", "--release", "sso", *HERE)
        expect(bed.everything() == before, "the rows are not what they were")
        wait_for(lambda: not bed.sessions(), "the sessions to end")
