"""The role that `kubectl akqueue rbac` prints is enough, and no rule of it is one too many.

Somebody with exactly these rights looks, deletes and undoes in a simulated world; then with each rule left out in turn:
what is needed is refused, naming what is missing, and what may be left out is not missed.
"""

import json
import os
import subprocess

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCENARIO = os.path.join(ROOT, "fixtures", "scenarios", "outpost-storm.json")


def run(*command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, timeout=60, **more)


def rules():
    """Each rule of the role as the simulator's rights: a list of `VERB RESOURCE`."""
    printed = run("kubectl-akqueue", "rbac", "-n", "authentik", "-o", "json", check=True)
    role = json.loads(printed.stdout)["items"][0]
    # To the simulator pods of the metrics API have a name of their own.
    group = lambda rule: ".metrics.k8s.io" if rule["apiGroups"] == ["metrics.k8s.io"] else ""  # noqa: E731
    return [[f"{verb} {resource}{group(rule)}" for resource in rule["resources"] for verb in rule["verbs"]] for rule in role["rules"]]


def optional_resources(work="delete"):
    """What the role says may be left out, by its comments."""
    left_out, optional = False, set()
    for line in run("kubectl-akqueue", "rbac", work, "-n", "authentik", check=True).stdout.splitlines():
        if line.startswith("  #"):
            left_out = "may be left out" in line
        if "apiGroups:" in line:
            group = ".metrics.k8s.io" if "metrics" in line else ""
        if "resources:" in line and left_out:
            optional.add(line.split("[")[1].rstrip("]") + group)
    return optional


@pytest.fixture(scope="module")
def each():
    return rules()


@pytest.fixture(scope="module")
def optional():
    return optional_resources()


@pytest.fixture(scope="module")
def akqueue(each, tmp_path_factory):
    """Runs the plugin as a user of a world: `exact` has the role, and `without-N` all of it but its rule of that number."""
    scratch = tmp_path_factory.mktemp("role")
    users = {"exact": sum(each, [])}
    for number in range(len(each)):
        users[f"without-{number}"] = sum((rule for i, rule in enumerate(each) if i != number), [])
    with open(SCENARIO, encoding="utf-8") as file:
        scenario = json.load(file)
    scenario["users"] = [{"name": name, "can": can} for name, can in users.items()]
    path, world = scratch / "scenario.json", scratch / "world"
    path.write_text(json.dumps(scenario), encoding="utf-8")
    made = run("akqueue-sim", "create", str(world), "--scenario", str(path), "--tasks", "2000")
    assert made.returncode == 0, made.stderr
    environment = dict(os.environ, AKQUEUE_SIM=str(world), XDG_STATE_HOME=str(scratch / "state"))
    return lambda user, *words: run("kubectl-akqueue", *words, "--as", user, env=environment)


def test_the_role_is_enough(akqueue):
    for words in (["status"], ["workers"], ["list", "--limit", "2"], ["flush", "--only-queued", "--yes"], ["undo", "--yes"], ["backup"]):
        done = akqueue("exact", *words)
        assert done.returncode == 0, f"{words[0]} is refused to the role: {done.stderr}"


def test_draining_needs_deployments():
    """Listing deployments may be left out of looking, not of draining, where one rule is for both."""
    assert "deployments" not in optional_resources("drain")


def test_some_rule_is_needed(each, optional):
    assert each and len(optional) < len(each)


def test_each_rule(akqueue, each, optional):
    for number, rule in enumerate(each):
        resource = rule[0].split(" ")[1]
        done = akqueue(f"without-{number}", "status" if resource == "pods" else "workers")
        print(f"{resource}: {'may be left out' if resource in optional else 'needed'}")
        if resource in optional:
            assert done.returncode == 0, f"{resource} may be left out: {done.stderr}"
        else:
            assert done.returncode == 1, f"{resource} is left out: {done.stderr}"
            named = resource.replace("pods/exec", 'resource "pods/exec"')
            assert "Forbidden" in done.stderr and named in done.stderr and "hint: " in done.stderr
