"""The roles that `kubectl akqueue rbac` prints: enough as they are, and what each right of them is for.

Nobody here has a token of theirs: admin acts as them (--as), and the API server's RBAC decides on what they may do.
"""

import concurrent.futures
import pathlib
import re

import objects
from bed import expect, wait_for

HERE = ("-n", objects.NAMESPACE)
SECURITY = pathlib.Path(__file__).resolve().parents[3] / "docs" / "security.md"
AT_ONCE = 4
QUICK = ("--yes", "--follow-for", "0s")

# What takes away one right of the role for draining does: a command, its exit status, and what it says.
REFUSED_TO_LOOK = [(("status",), 1, 'cannot {verb} resource "{resource}"'), (("flush", "--yes"), 1, 'cannot {verb} resource "{resource}"')]
REFUSED_TO_DRAIN = [(("status",), 0, ""), (("flush", "--dry-run"), 0, ""), (("drain", *QUICK), 1, 'cannot {verb} resource "{resource}"')]
WITHOUT = {
    ("", "pods", "list"): REFUSED_TO_LOOK,
    ("", "pods", "get"): REFUSED_TO_LOOK,
    ("", "pods/exec", "create"): REFUSED_TO_LOOK,
    ("apps", "deployments", "list"): [
        (("status",), 0, ""), (("workers",), 0, "these permissions don't allow listing deployments"),
        (("drain", *QUICK), 1, "can't drain: these permissions don't allow listing deployments")],
    ("apps", "deployments", "get"): REFUSED_TO_DRAIN,
    ("apps", "deployments", "patch"): REFUSED_TO_DRAIN,
    ("autoscaling", "horizontalpodautoscalers", "list"): [
        (("workers",), 0, "these permissions don't allow listing horizontalpodautoscalers"),
        (("drain", "--dry-run"), 0, "HPA: deployment/authentik-worker – may exist: these permissions don't allow listing autoscalers")],
    ("metrics.k8s.io", "pods", "list"): [
        (("workers",), 0, "<no metrics>"), (("workers",), 0, "no metrics: these permissions don't allow listing pods of metrics.k8s.io"), (("status",), 0, "")],
}
LOOKS = [("status",), ("top",), ("list",), ("schema",), ("workers",), ("settings",), ("version",),
         ("watch", "--until", "tasks>=0"), ("wait", "--for", "tasks>=0"), ("flush", "--dry-run"), ("drain", "--dry-run")]


def rules_of(bed, kind):
    return bed.akqueue("rbac", kind, *HERE, "-o", "json").document["items"][0]["rules"]


def each_right(rules):
    return [(group, resource, verb) for rule in rules for group in rule["apiGroups"] for resource in rule["resources"] for verb in rule["verbs"]]


def grant(bed, user, rights):
    bed.apply(*objects.rights(user, [{"apiGroups": [group], "resources": [resource], "verbs": [verb]} for group, resource, verb in rights]))


def revoke(bed, users):
    for kind in ("rolebinding", "role"):
        bed.kubectl("delete", kind, *users, *HERE, "--ignore-not-found")


def may(bed, user, verb="list", resource="pods"):
    """The API server knows of a role a moment after it was applied."""
    return lambda: bed.kubectl("auth", "can-i", verb, resource, "--as", user, *HERE, wanted=None).status == 0


def each_of(bed, user, commands):
    """All of them as the user, several at once."""
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda words: bed.akqueue(*words, "--as", user, *HERE, wanted=None), commands))


def test_looking_is_enough_to_look(bed):
    """With the role for looking, all that only looks works, and says all there is to say."""
    bed.flood(100)
    bed.apply(objects.autoscaler())
    grant(bed, "looker", each_right(rules_of(bed, "look")))
    try:
        wait_for(may(bed, "looker"), "the role")
        task = bed.psql("SELECT message_id FROM authentik_tasks_task LIMIT 1")
        for done in each_of(bed, "looker", [*LOOKS, ("show", task), ("backup", "--backup-file", str(bed.scratch / "looked.jsonl"))]):
            expect(done.status == 0 and "don't allow" not in done.out + done.errors, done)
        workers = bed.akqueue("workers", "--as", "looker", *HERE)
        expect("HPA authentik-worker between 2 and 6" in workers.out and "no metrics: the cluster has no metrics API" in workers.out, workers)
    finally:
        revoke(bed, ["looker"])


def test_deleting_is_enough_to_delete(bed):
    """With the role for deleting, what deletes and brings back works; draining is refused before anything is changed."""
    bed.flood(200)
    before, path = bed.everything(), str(bed.scratch / "deleted.jsonl")
    grant(bed, "cleaner", each_right(rules_of(bed, "delete")))
    try:
        wait_for(may(bed, "cleaner"), "the role")
        for words in (("delete", "--all", "--yes"), ("undo", "--yes"), ("flush", "--yes", "--backup-file", path), ("restore", path, "--yes", "--record")):
            done = bed.akqueue(*words, "--as", "cleaner", *HERE)
        expect("could not be noted for others: can't note it on deployment/authentik-server" in done.errors, done)
        expect(bed.everything() == before, "the rows are not what they were")
        refused = bed.akqueue("drain", *QUICK, "--as", "cleaner", *HERE, wanted=1)
        expect('cannot get resource "deployments"' in refused.errors and "hint: " in refused.errors, refused)
        expect(bed.replicas() == 3 and bed.everything() == before, refused)
    finally:
        revoke(bed, ["cleaner"])


def test_draining_is_enough_to_drain(bed):
    """With the role for draining, everything works: down, away, back, and the way back by hand."""
    bed.flood(200)
    grant(bed, "drainer", each_right(rules_of(bed, "drain")))
    try:
        wait_for(may(bed, "drainer", "patch", "deployments.apps"), "the role")
        bed.akqueue("drain", "--keep-down", *QUICK, "--as", "drainer", *HERE)
        expect(bed.replicas() == 0 and bed.tasks() == 0, "not drained")
        bed.akqueue("drain", "--cancel", *QUICK, "--as", "drainer", *HERE)
        expect(bed.replicas() == 3, "not back")
        bed.akqueue("undo", "--yes", "--record", "--reason", "a test", "--as", "drainer", *HERE)
        expect(bed.tasks() == 200, "not undone")
        status = bed.akqueue("status", *HERE)
        expect("Done      undo by " in status.out and ": 200 tasks, complete (a test)" in status.out, status)
    finally:
        revoke(bed, ["drainer"])


def test_each_right_is_for_something(bed):
    """Without any one right: refused in kubectl's words and with a hint, or it works and says what it could not look at."""
    bed.flood(100)
    bed.apply(objects.autoscaler())
    rights = each_right(rules_of(bed, "drain"))
    expect(set(rights) == set(WITHOUT), f"the role's rights and those tried here differ: {set(rights) ^ set(WITHOUT)}")
    users = {right: f"without-{number}" for number, right in enumerate(WITHOUT)}
    try:
        for right, user in users.items():
            grant(bed, user, [other for other in rights if other != right])
        # The last one granted; the permissions of the other two are there once any of its own is.
        wait_for(may(bed, list(users.values())[-1], "patch", "deployments.apps"), "the roles")
        for right, expected in WITHOUT.items():
            _, resource, verb = right
            name, _, sub = resource.partition("/")
            for done, (words, status, said) in zip(each_of(bed, users[right], [words for words, _, _ in expected]), expected):
                said = said.format(verb=verb, resource=name + ("/" + sub if sub else ""))
                expect(done.status == status and said in done.out + done.errors, f"without {verb} {resource}, {words}: {done}")
                expect(status == 0 or "hint: " in done.errors, done)
        expect(bed.replicas() == 3 and bed.tasks() == 100, "what was refused was done in part")
    finally:
        revoke(bed, users.values())


def test_the_documentation_names_each_right(bed):
    """docs/security.md has a row for every right of the role."""
    rows = [line for line in SECURITY.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    for group, resource, verb in each_right(rules_of(bed, "drain")):
        named = [row for row in rows if f"`{resource}`" in row and re.search(rf":.*\b{verb}\b", row) and ("metrics.k8s.io" in row) == (group == "metrics.k8s.io")]
        expect(named, f"no row of {verb} {resource} {group}")
