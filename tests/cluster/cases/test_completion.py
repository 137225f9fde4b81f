"""TAB after `kubectl akqueue`: kubectl's own completion, which asks the plugin's, which asks the site."""

import contextlib
import json
import os
import shutil

import objects
from bed import expect

HERE = ("-n", objects.NAMESPACE)
UPDATE = "authentik.outposts.tasks.outpost_send_update"


@contextlib.contextmanager
def installed(bed):
    """The completer as `completion install` puts it, in a directory on PATH."""
    directory = bed.scratch / "bin"
    directory.mkdir()
    path = f"{directory}:{os.environ['PATH']}"
    done = bed.akqueue("completion", "install", "--dir", str(directory), environment={"PATH": path})
    expect(f"completer/kubectl_complete-akqueue installed in {directory}" in done.out, done)
    try:
        # A loaded machine must not count as a slow site.
        yield {"PATH": path, "AKQUEUE_COMPLETION_TIMEOUT": "60s"}
    finally:
        shutil.rmtree(directory)


def press(bed, environment, *words):
    """What kubectl gives the shell: the candidates with their meanings, and the directive."""
    done = bed.kubectl("__complete", "akqueue", *words, environment=environment)
    *lines, directive = done.out.splitlines()
    return dict((line.split("\t") + [""])[:2] for line in lines), directive


def test_live_values(bed):
    """Actors, states, queues, ids, releases, deployments, namespaces and contexts as they are."""
    bed.flood(1000)
    there = bed.tasks(f"actor_name = '{UPDATE}'")
    with installed(bed) as environment:
        actors, directive = press(bed, environment, "delete", *HERE, "--actor", "")
        expect(actors.get(UPDATE) == f"{there:,} tasks" and directive == ":4", (actors, directive))
        expect("rejected" in press(bed, environment, "delete", *HERE, "--state", "r")[0], "states")
        expect("default" in press(bed, environment, "flush", *HERE, "")[0], "queues")
        ids, _ = press(bed, environment, "show", *HERE, "")
        expect(ids and all(bed.tasks(f"message_id = '{one}'") == 1 for one in ids), ids)
        expect(press(bed, environment, "status", *HERE, "--release", "")[0] == {"authentik": ""}, "releases")
        expect(press(bed, environment, "drain", *HERE, "--replicas", "") == ({"authentik-worker=": "3 of 3 Ready"}, ":6"), "deployments")
        expect(objects.NAMESPACE in press(bed, environment, "status", "-n", "auth")[0], "namespaces")
        expect(set(press(bed, environment, "status", "--context", "")[0]) == {"admin", "viewer", "operator", "here"}, "contexts")


def test_namespace_of_the_context(bed):
    """Without -n, that of the context that is typed."""
    bed.flood(100)
    with installed(bed) as environment:
        expect(UPDATE in press(bed, environment, "delete", "--context", "here", "--actor", "")[0], "actors")


def test_who_may_not_look(bed):
    """The usual words, without a sound; and what the cluster does tell."""
    bed.flood(10)
    with installed(bed) as environment:
        for user in ("viewer", "operator"):
            states, _ = press(bed, environment, "delete", *HERE, "--context", user, "--state", "r")
            expect(list(states) == ["running", "rejected"], (user, states))
            done = bed.run("kubectl_complete-akqueue", "delete", *HERE, "--context", user, "--actor", "", environment=environment)
            expect(done.status == 0 and done.errors == "" and done.out == ":4\n", done)
        expect(list(press(bed, environment, "status", *HERE, "--context", "viewer", "--release", "")[0]) == ["authentik"], "releases")


def test_an_api_server_that_is_gone(bed):
    """Quickly, quietly, with exit status 0."""
    config = json.loads(bed.kubectl("config", "view", "--raw", "-o", "json").out)
    config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:9"
    file = bed.scratch / "gone"
    file.write_text(json.dumps(config))
    with installed(bed) as environment:
        environment["AKQUEUE_COMPLETION_TIMEOUT"] = ""
        done = bed.run("kubectl_complete-akqueue", "delete", "--kubeconfig", str(file), "--state", "r", environment=environment, limit=20)
        expect(done.status == 0 and done.errors == "" and done.out == "running\nrejected\n:4\n", done)
