#!/usr/bin/env python3
"""The role that `kubectl akqueue rbac` prints is enough, and no rule of it is one too many.

Somebody with exactly these rights looks, deletes and undoes in a simulated world; then with each rule left out in turn:
what is needed is refused, naming what is missing, and what may be left out is not missed.
"""

import json
import os
import subprocess
import sys
import tempfile

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


def make_world(scratch, users):
    with open(SCENARIO, encoding="utf-8") as file:
        scenario = json.load(file)
    scenario["users"] = [{"name": name, "can": can} for name, can in users.items()]
    path = os.path.join(scratch, "scenario.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(scenario, file)
    world = os.path.join(scratch, "world")
    made = run("akqueue-sim", "create", world, "--scenario", path, "--tasks", "2000")
    assert made.returncode == 0, made.stderr
    return world


def main():
    faults = []
    each = rules()
    with tempfile.TemporaryDirectory(prefix="akqueue-role.") as scratch:
        users = {"exact": sum(each, [])}
        for number in range(len(each)):
            users[f"without-{number}"] = sum((rule for i, rule in enumerate(each) if i != number), [])
        world = make_world(scratch, users)
        environment = dict(os.environ, AKQUEUE_SIM=world, XDG_STATE_HOME=os.path.join(scratch, "state"))

        def akqueue(user, *words):
            return run("kubectl-akqueue", *words, "--as", user, env=environment)

        for words in (["status"], ["workers"], ["list", "--limit", "2"], ["flush", "--only-queued", "--yes"], ["undo", "--yes"], ["backup"]):
            done = akqueue("exact", *words)
            if done.returncode != 0:
                faults.append(f"{words[0]} is refused to the role: {done.stderr}")
        # Listing deployments may be left out of looking, not of draining, where one rule is for both.
        if "deployments" in optional_resources("drain"):
            faults.append("drain's role says that deployments may be left out")
        optional = optional_resources()
        for number, rule in enumerate(each):
            resource = rule[0].split(" ")[1]
            done = akqueue(f"without-{number}", "status" if resource == "pods" else "workers")
            if resource in optional and done.returncode != 0:
                faults.append(f"{resource} may be left out, yet status ends with {done.returncode}: {done.stderr}")
            named = "Forbidden" in done.stderr and resource.replace("pods/exec", 'resource "pods/exec"') in done.stderr and "hint: " in done.stderr
            if resource not in optional and (done.returncode != 1 or not named):
                faults.append(f"{resource} is left out, and status ends with {done.returncode}: {done.stderr}")
            print(f"{resource}: {'may be left out' if resource in optional else 'needed'}")
        if len(optional) == len(each):
            faults.append("no rule is needed?")
    for fault in faults:
        print("FAILED: " + fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
