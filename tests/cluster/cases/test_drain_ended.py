"""drain ended by a signal, and answers that get lost, at each of its steps: what is there afterwards is right, and is said."""

import contextlib
import signal

import objects
from bed import ended_after, expect, wait_during, wait_for

HERE = ("-n", objects.NAMESPACE)
QUICK = ("--yes", "--follow-for", "0s", *HERE)
NOTE = "kubectl-akqueue/drain"
SIGNALS = (signal.SIGINT, signal.SIGTERM)
# It is done, and the line is cut before the answer.
LOST = 'kubectl "$@" >/dev/null 2>&1; echo "Unable to connect to the server: read: connection reset by peer" >&2; exit 1'
WORKER, NAMESPACE = "deployment/authentik-worker", " ".join(HERE)
DOWN, BACK = '"path":"/spec/replicas","value":0}]', '"op":"remove"'  # what tells the two patches


def well_again(bed, said):
    wait_for(lambda: bed.replicas() == 3 and bed.settled(), f"three workers again: {said}")
    annotations = bed.get("deployment", "authentik-worker")["metadata"]["annotations"]
    expect(NOTE not in annotations, f"the note is there still: {said}")


def ended_by(bed, number, when, *options, environment=None):
    """The signal at that moment, to the plugin alone; how it ended and all that it printed."""
    with ended_after(bed.start("drain", "--yes", *HERE, *options, environment=environment)) as draining:
        wait_during(draining, when, "the moment for the signal")
        draining.send_signal(number)
        out, errors = draining.communicate(timeout=90)
    print(f"  {signal.Signals(number).name}: {draining.returncode} {errors.strip().splitlines()[-2:]}")
    return draining.returncode, out + errors


@contextlib.contextmanager
def kubectl_that(bed, patch, does):
    """Stands before kubectl: a patch that has these words is what `does` makes of it ("$@" is its command). Yields the environment
    and whether it has come to that."""
    place = bed.scratch / "between"
    place.mkdir(exist_ok=True)
    reached, program = place / "reached", place / "kubectl"
    program.write_text(f"""#!/bin/sh
PATH=${{PATH#*:}}
case " $* " in
  *" patch "*'{patch}'*) if [ ! -e {reached} ]; then touch {reached}; {does}; fi ;;
esac
exec kubectl "$@"
""")
    program.chmod(0o755)
    try:
        yield {"PATH": f"{place}:{bed.environment['PATH']}"}, reached.exists
    finally:
        reached.unlink(missing_ok=True)
        program.unlink()


def test_while_pods_end(bed):
    """Nothing is deleted, and the workers come back."""
    bed.flood(100)
    for number in SIGNALS:
        bed.behave(ends_after="20s")
        status, said = ended_by(bed, number, lambda: bed.replicas() == 0, "--follow-for", "0s")
        expect(status == 130 and "nothing was deleted" in said and bed.tasks() == 100, said)
        expect(bed.replicas() == 3, said)
        # The old ones need not be waited for.
        bed.kubectl("delete", "pod", "-l", "app.kubernetes.io/component=worker", *HERE, "--force", "--grace-period=0")
        well_again(bed, said)


def test_while_deleting(bed):
    """Ends after the batch, says how much is gone, and the workers come back; undo has every row."""
    for number in SIGNALS:
        bed.psql("TRUNCATE authentik_tasks_task, authentik_tasks_tasklog")
        bed.flood(30000)
        before = bed.everything()
        status, said = ended_by(bed, number, lambda: bed.tasks() < 30000, "--follow-for", "0s")
        left = bed.tasks()
        print(f"  {left} of 30000 left")
        expect(status in (4, 130) if left else status in (0, 4, 130), said)
        expect(left == 0 or "interrupted" in said, said)
        well_again(bed, said)
        bed.akqueue("undo", "--yes", *HERE)
        expect(bed.everything() == before, "the rows are not what they were")


def test_while_scaling_down(bed):
    """The patch is on its way: it is seen to the end, and taken back."""
    bed.flood(100)
    for number in SIGNALS:
        with kubectl_that(bed, DOWN, "sleep 1") as (environment, reached):
            status, said = ended_by(bed, number, reached, "--follow-for", "0s", environment=environment)
        expect(status == 130 and "nothing was deleted" in said and bed.tasks() == 100, said)
        well_again(bed, said)


def test_between_the_patch_and_its_answer(bed):
    """The workers are scaled down, but kubectl has not said so yet: they come back."""
    bed.flood(100)
    for number in SIGNALS:
        with kubectl_that(bed, DOWN, 'kubectl "$@"; sleep 5; exit 0') as (environment, _):
            status, said = ended_by(bed, number, lambda: bed.replicas() == 0, "--follow-for", "0s", environment=environment)
        expect(status == 130 and bed.tasks() == 100 and "nothing was deleted" in said and "authentik-worker scaled to 3" in said, said)
        well_again(bed, said)


def test_while_scaling_back(bed):
    """The way back is not cut: the workers are back when it ends."""
    for number in SIGNALS:
        bed.flood(100)
        with kubectl_that(bed, BACK, "sleep 1") as (environment, reached):
            status, said = ended_by(bed, number, reached, "--follow-for", "0s", environment=environment)
        expect(status in (0, 130) and bed.tasks() == 0 and "authentik-worker scaled to 3" in said, said)
        well_again(bed, said)


def test_while_waiting_for_ready(bed):
    """The workers are on their way up: that is said, and nothing more is waited for."""
    slow = objects.deployment("worker", annotations={"test/starts-after": "4s"})
    bed.apply(slow)
    wait_for(bed.settled, "workers that start slowly", 60)
    for number in SIGNALS:
        bed.flood(100)
        status, said = ended_by(bed, number, lambda: bed.tasks() == 0 and bed.replicas() == 3, "--follow-for", "0s")
        expect(status in (5, 130) and "of 3 workers Ready" in said, said)
        well_again(bed, said)


def test_while_following(bed):
    """The work is done: the summary is there, and the workers stay."""
    for number in SIGNALS:
        bed.flood(100)
        with ended_after(bed.start("drain", "--yes", *HERE, "--follow-for", "60s")) as draining:
            lines = []

            def follows():
                lines.append(draining.stdout.readline())
                return lines[-1].split()[:2] == ["AFTER", "QUEUED"]
            wait_during(draining, follows, "the first line of following")
            draining.send_signal(number)
            out, errors = draining.communicate(timeout=30)
        expect(draining.returncode in (0, 130) and bed.tasks() == 0, out + errors)
        well_again(bed, "".join(lines) + out + errors)


def test_answer_to_scaling_down_is_lost(bed):
    """The API server has scaled it, but the line was cut before it said so: the drain brings the workers back."""
    bed.flood(100)
    with kubectl_that(bed, DOWN, LOST) as (environment, _):
        done = bed.run("kubectl-akqueue", "drain", *QUICK, environment=environment)
    expect(done.status == 1 and bed.tasks() == 100, done)
    expect("authentik-worker scaled to 3" in done.errors, done)
    well_again(bed, done)


def test_scaling_down_never_arrives(bed):
    """The line was cut before: nothing was scaled, and nothing is."""
    bed.flood(100)
    generation = bed.get("deployment", "authentik-worker")["metadata"]["generation"]
    with kubectl_that(bed, DOWN, 'echo "Unable to connect to the server: connection refused" >&2; exit 1') as (environment, _):
        done = bed.run("kubectl-akqueue", "drain", *QUICK, environment=environment)
    expect(done.status == 1 and bed.tasks() == 100, done)
    expect(bed.get("deployment", "authentik-worker")["metadata"]["generation"] == generation and "something else" not in done.errors, done)
    well_again(bed, done)


def test_scaling_back_fails_once(bed):
    """The API server does not answer just then: it is tried again until the workers are back."""
    bed.flood(100)
    with kubectl_that(bed, BACK, 'echo "Unable to connect to the server: connection refused" >&2; exit 1') as (environment, _):
        done = bed.run("kubectl-akqueue", "drain", *QUICK, environment=environment)
    expect(done.status == 0 and bed.tasks() == 0, done)
    well_again(bed, done)


def test_answer_to_scaling_back_is_lost(bed):
    """The API server has scaled it back, but the connection was cut before it said so: nobody else is blamed for that."""
    bed.flood(100)
    with kubectl_that(bed, BACK, LOST) as (environment, _):
        done = bed.run("kubectl-akqueue", "drain", *QUICK, environment=environment)
    expect(done.status == 0 and bed.tasks() == 0, done)
    expect("authentik-worker scaled to 3" in done.errors and "something else" not in done.errors, done)
    well_again(bed, done)


def test_another_drain_begins_instead(bed):
    """The line is cut before the patch arrives, and another drain begins: its note and its workers are left alone."""
    bed.flood(100)
    rival = f'kubectl annotate {WORKER} {NOTE}=another {NAMESPACE} >/dev/null; kubectl scale {WORKER} --replicas=0 {NAMESPACE} >/dev/null; '
    with kubectl_that(bed, DOWN, rival + 'echo "Unable to connect to the server: net/http: TLS handshake timeout" >&2; exit 1') as (environment, _):
        done = bed.run("kubectl-akqueue", "drain", *QUICK, environment=environment)
    expect(done.status == 1 and bed.tasks() == 100 and "is in somebody else's drain now" in done.errors, done)
    annotations = bed.get("deployment", "authentik-worker")["metadata"]["annotations"]
    expect(bed.replicas() == 0 and annotations[NOTE] == "another", f"the other drain was undone: {done}")
    bed.kubectl("annotate", WORKER, NOTE + "-", *HERE)
    bed.kubectl("scale", WORKER, "--replicas=3", *HERE)
    well_again(bed, done)


def test_note_taken_away(bed):
    """A controller takes away annotations that it does not know, while the workers are at 0: they come back all the same."""
    bed.flood(100)
    with kubectl_that(bed, BACK, f'kubectl annotate {WORKER} {NOTE}- {NAMESPACE} >/dev/null') as (environment, _):
        done = bed.run("kubectl-akqueue", "drain", *QUICK, environment=environment)
    expect(done.status == 0 and bed.tasks() == 0 and "authentik-worker scaled to 3" in done.errors, done)
    well_again(bed, done)


def test_no_patch_is_ever_answered(bed):
    """It is not known then whether the workers were scaled down, and the output does not claim it."""
    bed.flood(100)
    again = f"rm {bed.scratch}/between/reached; "
    with kubectl_that(bed, "replicas", again + 'echo "Unable to connect to the server: dial tcp: i/o timeout" >&2; exit 1') as (environment, _):
        done = bed.run("kubectl-akqueue", "drain", *QUICK, "--timeout", "3s", "-o", "json", environment=environment)
    expect(done.status == 1 and bed.tasks() == 100 and bed.replicas() == 3, done)
    expect("whether the workers were scaled down is not known" in done.errors and "still at 0" not in done.errors, done)
    expect(done.document["still_down"] is None, done)
