"""Old and new kubectl: each carries a look, a deletion, its undo and a drain; the session and the errors are understood."""

import pathlib
import subprocess

import objects
from bed import expect

HERE = ("-n", objects.NAMESPACE)
MADE_BY = pathlib.Path(__file__).resolve().parents[2] / "beds" / "controlplane" / "kubectls"


def through(bed, which):
    """The environment in which PATH has this kubectl first, and its version."""
    directory = subprocess.run([MADE_BY], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    environment = {"PATH": f"{directory}/{which}:{bed.environment['PATH']}"}
    version = bed.run("kubectl", "version", "--client", "-o", "json", environment=environment).document["clientVersion"]["gitVersion"]
    server = bed.kubectl("version", "-o", "json").document["serverVersion"]["gitVersion"]
    print(f"  kubectl {version} ({which}), API server {server}")
    return environment, version


def carries(bed, environment, version):
    bed.flood(3000)
    before = bed.everything()
    expect(version in bed.akqueue("version", *HERE, environment=environment).out, f"another kubectl than {version} was run")
    expect(bed.akqueue("status", *HERE, "-o", "json", environment=environment).document["tasks"] == 3000, "another count")
    bed.akqueue("flush", "--yes", *HERE, environment=environment)
    expect(bed.tasks() == 0, "tasks are left")
    bed.akqueue("undo", "--yes", *HERE, environment=environment)
    expect(bed.everything() == before, "the rows are not what they were")
    bed.akqueue("drain", "--yes", "--follow-for", "0s", *HERE, environment=environment)
    expect(bed.tasks() == 0 and bed.replicas() == 3, "not drained")
    bed.akqueue("workers", *HERE, environment=environment)


def refuses(bed, environment):
    """Its errors for forbidden, missing and meanwhile changed objects are understood."""
    bed.flood(10)
    refused = bed.akqueue("flush", "--yes", *HERE, "--context", "viewer", environment=environment, wanted=1)
    expect('cannot create resource "pods/exec"' in refused.errors and "hint: ask for the permission" in refused.errors, refused)
    missing = bed.akqueue("status", "-n", "nonesuch", environment=environment, wanted=1)
    expect("namespace nonesuch does not exist" in missing.errors, missing)
    context = bed.akqueue("status", *HERE, "--context", "nonesuch", environment=environment, wanted=1)
    expect("kubectl config get-contexts" in context.errors, context)
    bed.behave(ends_after="3s")
    held = bed.scratch / "scaling" / "kubectl"
    held.parent.mkdir(exist_ok=True)
    held.write_text(f"""#!/bin/sh
PATH=${{PATH#*:}}
case " $* " in *" patch "*) kubectl scale deployment/authentik-worker -n {objects.NAMESPACE} --replicas=4 >/dev/null ;; esac
exec kubectl "$@"
""")
    held.chmod(0o755)
    raced = bed.run("kubectl-akqueue", "drain", "--yes", "--follow-for", "0s", *HERE, environment={"PATH": f"{held.parent}:{environment['PATH']}"})
    expect(raced.status == 3 and "is not at 3 replicas any more" in raced.errors and bed.tasks() == 10, raced)
    expect(bed.replicas() == 4, raced)


def enters_with_the_role(bed, environment):
    """The printed role is enough for it: by which HTTP method it asks for a session decides on the verb that RBAC looks at."""
    rights = bed.akqueue("rbac", "drain", *HERE, "-o", "json").document["items"][0]["rules"]
    bed.apply(*objects.rights("operator", rights))
    try:
        bed.flood(10)
        bed.akqueue("drain", "--yes", "--follow-for", "0s", *HERE, "--context", "operator", environment=environment)
        expect(bed.tasks() == 0 and bed.replicas() == 3, "not drained")
    finally:
        for kind in ("rolebinding", "role"):
            bed.kubectl("delete", kind, "operator", *HERE)


def test_debian_works(bed):
    """Debian's own, which is 1.20 on Debian 12: five years older than the API server."""
    carries(bed, *through(bed, "debian"))


def test_debian_enters_with_the_role(bed):
    """No right is needed that another kubectl did not need."""
    enters_with_the_role(bed, through(bed, "debian")[0])


def test_debian_refuses(bed):
    """Its errors are understood."""
    refuses(bed, through(bed, "debian")[0])


def test_current_works(bed):
    """Newer than the API server by several releases."""
    carries(bed, *through(bed, "current"))


def test_current_enters_with_the_role(bed):
    """No right is needed that another kubectl did not need."""
    enters_with_the_role(bed, through(bed, "current")[0])


def test_current_refuses(bed):
    """Its errors are understood."""
    refuses(bed, through(bed, "current")[0])


def test_same_works(bed):
    """The API server's own release."""
    carries(bed, {}, bed.kubectl("version", "-o", "json").document["serverVersion"]["gitVersion"])
