"""drain: workers down, their pods really gone, delete, back up; and what comes in between."""

import random
import re
import signal
import time

import objects
from bed import TASK, ended_after, expect, wait_for

HERE = ("-n", objects.NAMESPACE)
QUICK = ("--yes", "--follow-for", "0s", *HERE)
WORKER = "deployment/authentik-worker"
NOTE = "kubectl-akqueue/drain"


def note(bed):
    return bed.get("deployment", "authentik-worker")["metadata"]["annotations"].get(NOTE)


def scale(bed, replicas):
    bed.kubectl("scale", WORKER, f"--replicas={replicas}", *HERE)


def well_again(bed):
    """Three workers that are Ready, no note, every server pod as it was."""
    wait_for(lambda: bed.replicas() == 3 and bed.settled(), "three workers again")
    expect(note(bed) is None, f"the note is there still: {note(bed)}")


def test_drains(bed):
    """Down to 0 by real ReplicaSets, the deletion between, back to 3 with new pods; undo brings the rows back."""
    bed.flood(3000)
    before, old = bed.everything(), {pod["metadata"]["name"] for pod in bed.pods("worker")}
    servers = [pod["metadata"]["name"] for pod in bed.pods("server")]
    done = bed.akqueue("drain", "flush", "--reason", "for the test", *QUICK)
    expect(bed.tasks() == 0, done)
    well_again(bed)
    expect(old.isdisjoint(pod["metadata"]["name"] for pod in bed.pods("worker")), "a worker of before is there still")
    expect(servers == [pod["metadata"]["name"] for pod in bed.pods("server")], "the servers were touched")
    bed.akqueue("undo", "--yes", *HERE)
    expect(bed.everything() == before, "the rows are not what they were")


def test_deletes_when_the_pods_are_gone(bed):
    """Not one row goes while a worker's pod is still ending."""
    bed.flood(100)
    bed.behave(ends_after="3s")
    with ended_after(bed.start("drain", "flush", *QUICK)) as process:
        wait_for(lambda: bed.replicas() == 0, "the scaling down")
        while bed.pods("worker") and bed.replicas() == 0:
            expect(bed.tasks() == 100, "rows have gone before the workers")
            time.sleep(0.1)
        out, errors = process.communicate(timeout=60)
        expect(process.returncode == 0 and bed.tasks() == 0, out + errors)
    well_again(bed)


def test_what_ending_workers_give_back(bed):
    """Fifty tasks are in a worker's hands when the question is put, and waiting again when its pod is gone."""
    bed.flood(100)
    bed.behave(ends_after="3s")
    taken = f"state = 'queued' AND message_id IN (SELECT message_id FROM {TASK} WHERE state = 'queued' ORDER BY message_id LIMIT 50)"
    bed.psql(f"UPDATE {TASK} SET state = 'consumed', mtime = now() WHERE {taken}")
    expect(bed.tasks("state = 'consumed'") == 50, "fifty are taken")
    with ended_after(bed.start("drain", "flush", *QUICK)) as process:
        wait_for(lambda: bed.replicas() == 0, "the scaling down")
        bed.psql(f"UPDATE {TASK} SET state = 'queued', mtime = now() WHERE state = 'consumed'")
        out, errors = process.communicate(timeout=60)
        expect(process.returncode == 0 and bed.tasks() == 0, out + errors)
        expect("before 100, deleted 100, after 0" in out and "nothing that waits has come" in out, out)
    well_again(bed)


def test_pods_that_hang(bed):
    """At the timeout: which pods hang, nothing is deleted, the workers come back."""
    bed.flood(100)
    bed.behave(hangs="true")
    names = [pod["metadata"]["name"] for pod in bed.pods("worker")]
    done = bed.akqueue("drain", "flush", "--timeout", "3s", *QUICK, wanted=None)
    expect(done.status not in (0, None) and all(name in done.errors for name in names), done)
    expect(bed.tasks() == 100 and bed.replicas() == 3, done)
    expect(note(bed) is None, done)


def test_scaled_meanwhile(bed):
    """Somebody scales the workers between the look and the deed: the patch's test fails, and nothing is done."""
    bed.flood(100)
    # What the plugin read is not what is there any more: its kubectl is held back until then.
    wrapper = bed.scratch / "held" / "kubectl"
    wrapper.parent.mkdir(exist_ok=True)
    wrapper.write_text(f"""#!/bin/sh
PATH=${{PATH#*:}}
case " $* " in *" patch "*) kubectl scale {WORKER} -n {objects.NAMESPACE} --replicas=5 >/dev/null ;; esac
exec kubectl "$@"
""")
    wrapper.chmod(0o755)
    path = f"{wrapper.parent}:{bed.environment['PATH']}"
    done = bed.run("kubectl-akqueue", "drain", "flush", *QUICK, environment={"PATH": path})
    expect(done.status != 0 and "authentik-worker" in done.errors, done)
    expect(bed.replicas() == 5 and bed.tasks() == 100 and note(bed) is None, done)


def test_scaled_up_while_waiting(bed):
    """Something else brings the workers back while their pods end (an autoscaler, a GitOps tool): nothing is deleted."""
    bed.flood(100)
    bed.behave(ends_after="4s")
    with ended_after(bed.start("drain", "flush", *QUICK)) as process:
        wait_for(lambda: bed.replicas() == 0, "the scaling down")
        scale(bed, 2)
        out, errors = process.communicate(timeout=60)
    expect(process.returncode != 0 and bed.tasks() == 100, out + errors)
    expect(bed.replicas() == 2, f"another's replicas were overwritten: {bed.replicas()}")


def killed_and_resumed(bed, when):
    """kill -9 when `when` holds, then --resume from the note alone, as on another machine."""
    bed.flood(20000)
    before = bed.everything()
    with ended_after(bed.start("drain", "flush", *QUICK)) as process:
        wait_for(when, "the moment")
        time.sleep(random.uniform(0, 0.3))
        process.kill()
        process.communicate()
    if note(bed) is not None:
        refused = bed.akqueue("drain", "flush", *QUICK, wanted=None)
        expect(refused.status != 0 and "--resume" in refused.errors, refused)
        bed.akqueue("drain", "--resume", *QUICK)
    well_again(bed)
    expect(bed.tasks() == 0, f"{bed.tasks()} tasks are left")
    return before


def test_killed_after_scaling_down(bed):
    """The note on the deployment is enough to finish it."""
    bed.behave(ends_after="2s")
    killed_and_resumed(bed, lambda: bed.replicas() == 0)


def test_killed_while_deleting(bed):
    """In the middle of the deletion: resumed, and two undos bring back every row, the second one by its id."""
    before = killed_and_resumed(bed, lambda: bed.tasks() < 20000)
    bed.akqueue("undo", "--yes", *HERE)
    if bed.everything() != before:
        refused = bed.akqueue("undo", "--yes", *HERE, wanted=3)
        earlier = re.search(r"hint: kubectl akqueue undo (\S+) takes that one back", refused.errors)
        expect(earlier, refused)
        bed.akqueue("undo", "--yes", earlier[1], *HERE)
    expect(bed.everything() == before, "the rows are not what they were")


def test_cancelled(bed):
    """--cancel scales back and deletes nothing."""
    bed.flood(100)
    bed.behave(ends_after="20s")
    with ended_after(bed.start("drain", "flush", *QUICK)) as process:
        wait_for(lambda: bed.replicas() == 0, "the scaling down")
        process.kill()
        process.communicate()
    bed.akqueue("drain", "--cancel", *QUICK)
    expect(bed.replicas() == 3 and bed.tasks() == 100 and note(bed) is None, "not as it was")


def test_interrupted(bed):
    """Ctrl-C while the pods end: nothing is deleted, the workers come back."""
    bed.flood(100)
    bed.behave(ends_after="20s")
    with ended_after(bed.start("drain", "flush", *QUICK)) as process:
        wait_for(lambda: bed.replicas() == 0, "the scaling down")
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=60)
    expect(process.returncode == 130 and bed.tasks() == 100, out + errors)
    expect(bed.replicas() == 3 and note(bed) is None, out + errors)


def test_keeps_down(bed):
    """--keep-down leaves the workers at 0 until --resume."""
    bed.flood(100)
    bed.akqueue("drain", "flush", "--keep-down", *QUICK)
    expect(bed.replicas() == 0 and bed.tasks() == 0 and note(bed) is not None, "not down")
    bed.akqueue("drain", "--resume", *QUICK)
    well_again(bed)


def test_autoscaler(bed):
    """An autoscaler is not changed; the plan names it."""
    bed.flood(100)
    bed.apply(objects.autoscaler())
    spec = bed.get("hpa", "authentik-worker")["spec"]
    planned = bed.akqueue("drain", "flush", "--dry-run", *HERE)
    expect("HPA authentik-worker" in planned.out and bed.replicas() == 3 and bed.tasks() == 100, planned)
    bed.akqueue("drain", "flush", *QUICK)
    well_again(bed)
    expect(bed.get("hpa", "authentik-worker")["spec"] == spec, "the autoscaler was changed")


def test_viewer_is_refused(bed):
    """Who may enter pods but not scale is refused before anything is deleted."""
    bed.flood(100)
    role = bed.akqueue("rbac", "delete", "--to", "user:operator", *HERE).out
    bed.kubectl("apply", "-f", "-", input=role)
    try:
        done = bed.akqueue("drain", "flush", "--context", "operator", *QUICK, wanted=None)
        expect(done.status != 0 and 'cannot get resource "deployments"' in done.errors and "hint: " in done.errors, done)
        expect(bed.replicas() == 3 and bed.tasks() == 100, done)
    finally:
        bed.kubectl("delete", "-f", "-", input=role)


def test_operator_drains(bed):
    """The role that `kubectl akqueue rbac drain` prints is enough."""
    bed.flood(100)
    role = bed.akqueue("rbac", "drain", "--to", "user:operator", *HERE).out
    bed.kubectl("apply", "-f", "-", input=role)
    try:
        bed.akqueue("drain", "flush", "--context", "operator", *QUICK)
    finally:
        bed.kubectl("delete", "-f", "-", input=role)
    well_again(bed)
    expect(bed.tasks() == 0, "not deleted")
