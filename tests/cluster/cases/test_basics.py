"""Looking, deleting and undoing through a real API server, and what it refuses."""

import os
import random
import shutil
import signal
import time

import objects
from bed import children, ended_after, expect, wait_for

HERE = ("-n", objects.NAMESPACE)


def test_looks(bed):
    """status, list and version, found by kubectl itself."""
    bed.flood(3000)
    status = bed.akqueue("status", *HERE, "-o", "json").document
    expect(status["tasks"] == 3000, status)
    pods = [pod["metadata"]["name"] for pod in bed.pods("server")]
    said = bed.akqueue("list", "--limit", "2", *HERE)
    expect(any(f"using server pod {pod} " in said.errors for pod in pods), said)
    versions = bed.akqueue("version", *HERE)
    expect(objects.VERSION in versions.out, versions)


def test_namespace_of_the_context(bed):
    """Without -n the context's namespace is authentik's."""
    bed.flood(10)
    status = bed.akqueue("status", "--context", "here", "-o", "json").document
    expect(status["tasks"] == 10, status)


def test_without_a_namespace(bed):
    """A context without one: authentik's usual namespace. A namespace that is not there is named."""
    done = bed.akqueue("status")
    expect("namespace authentik" in done.out, done)
    done = bed.akqueue("status", "-n", "nonesuch", wanted=None)
    expect(done.status != 0 and "namespace nonesuch does not exist" in done.errors, done)
    done = bed.akqueue("status", "-n", "default", wanted=None)
    expect(done.status != 0 and "no authentik in namespace default" in done.errors, done)


def test_flushes_and_undoes(bed):
    """Every row comes back as it was."""
    bed.flood(5000)
    before = bed.everything()
    report = bed.akqueue("flush", "--yes", *HERE, "-o", "json").document
    expect(report["result"]["deleted"] == 5000 and bed.tasks() == 0, report)
    bed.akqueue("undo", "--yes", *HERE)
    expect(bed.everything() == before, "the rows are not what they were")


def test_viewer_is_refused(bed):
    """Who may look at pods but not enter them is told what is missing, in kubectl's words and with what to do."""
    bed.flood(10)
    done = bed.akqueue("status", *HERE, "--context", "viewer", wanted=1)
    expect('User "viewer" cannot create resource "pods/exec"' in done.errors and "hint: " in done.errors, done)
    done = bed.akqueue("flush", "--yes", *HERE, "--context", "viewer", wanted=1)
    expect(bed.tasks() == 10, done)


def test_operator_needs_the_role(bed):
    """The role that `kubectl akqueue rbac` prints is enough for what changes the queue; without it nothing works."""
    bed.flood(1000)
    done = bed.akqueue("status", *HERE, "--context", "operator", wanted=1)
    expect('User "operator" cannot list resource "pods"' in done.errors and "hint: " in done.errors, done)
    role = bed.akqueue("rbac", "--to", "user:operator", *HERE).out
    bed.kubectl("apply", "-f", "-", input=role)
    try:
        for words in (["status"], ["list"], ["flush", "--yes"], ["undo", "--yes"]):
            bed.akqueue(*words, *HERE, "--context", "operator")
        expect(bed.tasks() == 1000, "the rows are not back")
    finally:
        bed.kubectl("delete", "-f", "-", input=role)


def test_server_scaled_to_zero(bed):
    """No pod to enter, and how to get one."""
    bed.kubectl("scale", "deployment/authentik-server", "--replicas=0", *HERE)
    wait_for(lambda: bed.settled("server"), "the server pods to go")
    done = bed.akqueue("status", *HERE, wanted=None)
    expect(done.status != 0 and "authentik-server is scaled to 0" in done.errors, done)


def test_terminating_server_is_left_alone(bed):
    """A pod that hangs in Terminating is Ready still, yet another one is entered."""
    bed.flood(10)
    bed.behave("server", hangs="true")
    old = [pod["metadata"]["name"] for pod in bed.pods("server")]
    bed.kubectl("delete", "pod", *old, *HERE, "--wait=false")
    wait_for(lambda: bed.get("deployment", "authentik-server")["status"].get("readyReplicas") == 2, "two new pods")
    done = bed.akqueue("status", *HERE)
    expect(not any(name in done.errors for name in old), done)


def ended_in_the_middle(bed, end, status, says=""):
    """A deletion of 30,000 tasks ended by end(process) a moment after the first have gone; then nothing is lost. One that was
    over before the blow fell is tried again, sooner."""
    for attempt in range(1, 6):
        bed.flood(30000)
        before = bed.everything()
        delay = random.uniform(0, 0.3 / attempt)
        with ended_after(bed.start("flush", "--yes", *HERE)) as process:
            wait_for(lambda: bed.tasks() < 30000, "the first deletion")
            time.sleep(delay)
            end(process)
            said = "".join(process.communicate(timeout=60))
        wait_for(lambda: not bed.sessions(), "the agent's sessions to end", 10)
        left = bed.tasks()
        print(f"  ended {delay:.2f} s after the first deletion, with {process.returncode}: {30000 - left} of 30000 deleted")
        bed.akqueue("undo", "--yes", *HERE)
        expect(bed.everything() == before, f"the rows are not what they were after {delay:.2f} s")
        if left > 0:
            expect(process.returncode == status and says in said, f"exit status {process.returncode}: {said}")
            return
    expect(False, "five deletions were over before they could be ended")


def test_kubectl_killed(bed):
    """kill -9 of the kubectl that carries the session."""
    def end(process):
        for pid in children(process):
            os.kill(pid, signal.SIGKILL)
    ended_in_the_middle(bed, end, 4, "hint: ")


def test_plugin_killed(bed):
    """kill -9 of the plugin: the agent ends by itself."""
    ended_in_the_middle(bed, lambda process: process.kill(), -signal.SIGKILL)


def test_server_pods_deleted(bed):
    """The pod that the agent is in goes away."""
    def end(process):
        bed.kubectl("delete", "pod", "-l", "app.kubernetes.io/component=server", *HERE, "--wait=false")
    ended_in_the_middle(bed, end, 4, "hint: ")


def test_interrupted(bed):
    """Ctrl-C ends after the batch that runs, and says so."""
    ended_in_the_middle(bed, lambda process: process.send_signal(signal.SIGINT), 130, "interrupted")


def test_another_kubectl(bed):
    """This machine's own kubectl, whatever its release, carries a session too."""
    other = shutil.which("kubectl", path="/usr/local/bin:/usr/bin:/bin")
    expect(other, "this machine has no kubectl of its own (scripts/install-deps.sh test brings one)")
    bed.flood(1000)
    before = bed.everything()
    path = f"{os.path.dirname(other)}:{os.environ['PATH']}"
    for words in (["status"], ["flush", "--yes"], ["undo", "--yes"]):
        bed.akqueue(*words, *HERE, environment={"PATH": path})
    expect(bed.everything() == before, "the rows are not what they were")
