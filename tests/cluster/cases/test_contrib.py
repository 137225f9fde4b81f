"""What contrib/ and the documentation give people to apply: taken by a real API server, and enough for what it is for."""

import contextlib
import json
import pathlib
import shutil
import tempfile

import objects
import yaml
from bed import expect

ROOT = pathlib.Path(__file__).resolve().parents[3]
CRONJOBS = ROOT / "contrib" / "cronjob"
HERE = ("-n", objects.NAMESPACE)
RESTRICTED = "pod-security.kubernetes.io/warn=restricted"


def pod_of(file):
    """What the CronJob's pods are."""
    with open(file, encoding="utf-8") as text:
        job = next(one for one in yaml.safe_load_all(text) if one["kind"] == "CronJob")
    return job["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def command_of(file):
    """The command of its last container, and the name of its service account."""
    spec = pod_of(file)
    return spec["containers"][0]["command"], spec["serviceAccountName"]


def place_of_backups(spec):
    """What decides which files a pod finds, and whether it may read them."""
    container = spec["containers"][0]
    mounts = [{key: mount[key] for key in ("name", "mountPath")} for mount in container["volumeMounts"] if mount["name"] == "state"]
    state = [variable for variable in container["env"] if variable["name"] == "XDG_STATE_HOME"]
    return spec["securityContext"], [volume for volume in spec["volumes"] if volume["name"] == "state"], mounts, state


@contextlib.contextmanager
def applied(bed, file):
    """Its objects in the cluster, without the CronJob's ever running, and a kubeconfig of its service account."""
    bed.kubectl("apply", "-f", str(file))
    try:
        name = command_of(file)[1]
        config = bed.kubectl("config", "view", "--raw", "--minify", "--flatten", "-o", "json").document
        config["users"][0]["user"] = {"token": bed.kubectl("create", "token", name, *HERE).out.strip()}
        with tempfile.NamedTemporaryFile("w", suffix=".json") as kubeconfig:
            json.dump(config, kubeconfig)
            kubeconfig.flush()
            yield {"KUBECONFIG": kubeconfig.name}
    finally:
        bed.kubectl("delete", "-f", str(file), "--wait=false")


def test_cronjobs_are_taken(bed):
    """By --dry-run=server: every field is known, and the pods are such as Pod Security's `restricted` takes."""
    files = sorted(CRONJOBS.glob("*.yaml"))
    expect(len(files) == 4, files)
    bed.kubectl("label", "namespace", objects.NAMESPACE, RESTRICTED, "--overwrite")
    try:
        for file in files:
            done = bed.kubectl("apply", "--dry-run=server", "--validate=strict", "-f", str(file))
            expect(("pod" if file.stem == "backups" else "cronjob.batch") + f"/akqueue-{file.stem} created" in done.out and "Warning" not in done.errors, done)
    finally:
        bed.kubectl("label", "namespace", objects.NAMESPACE, RESTRICTED.split("=", maxsplit=1)[0] + "-")


def test_trim_with_its_own_rights(bed):
    """The CronJob's command, as its service account, which may do nothing but what its role says."""
    bed.flood(500)
    bed.psql("UPDATE authentik_tasks_task SET mtime = now() - interval '40 days', result_expiry = now() - interval '9 days' WHERE state = 'done'")
    old = bed.tasks("state = 'done' AND result_expiry < now() AND mtime < now() - interval '30 days'")
    file = CRONJOBS / "trim.yaml"
    with applied(bed, file) as environment:
        done = bed.run(*command_of(file)[0], environment=environment)
        expect(done.status == 0 and "reason: nightly trim" in done.out + done.errors, done)
        expect(0 < old == 500 - bed.tasks(), f"{old} were old, {bed.tasks()} of 500 are left")
        refused = bed.kubectl("get", "secrets", *HERE, wanted=1, environment=environment)
        expect("Forbidden" in refused.errors, refused)


def test_duplicates_with_its_own_rights(bed):
    """The same of the one that deletes what others repeat."""
    bed.flood(500)
    bed.psql("UPDATE authentik_tasks_task SET actor_name = 'a.b.same', _uid = 'same', rel_obj_id = NULL, rel_obj_content_type_id = NULL WHERE state = 'queued'")
    queued = bed.tasks("state = 'queued'")
    file = CRONJOBS / "duplicates.yaml"
    with applied(bed, file) as environment:
        done = bed.run(*command_of(file)[0], environment=environment)
        expect(done.status == 0 and "reason: duplicates" in done.out + done.errors, done)
        expect(queued > 1 and bed.tasks("state = 'queued'") == 1, f"{queued} were queued, {bed.tasks()} of 500 are left")


def test_alert_with_its_own_rights(bed):
    """The other one's, which ends with 5 when the queue is long."""
    bed.flood(500)
    file = CRONJOBS / "alert.yaml"
    command = ["11s" if word == "5m" else word for word in command_of(file)[0]]
    with applied(bed, file) as environment:
        done = bed.run(*command, environment=environment)
        expect(done.status == 0, done)
        done = bed.run(*("queued>10" if word == "queued>50000" else word for word in command), environment=environment)
        expect(done.status == 5 and "alert queued>10 held" in done.out + done.errors, done)


def test_trimmed_tasks_come_back(bed):
    """docs/scripts-and-ci.md, line by line: the pod with the trim's volume gives the backup out, and it is restored. (A volume
    is a folder here, and the pod's commands run on this machine.)"""
    bed.flood(500)
    bed.psql("UPDATE authentik_tasks_task SET mtime = now() - interval '40 days', result_expiry = now() - interval '9 days' WHERE state = 'done'")
    before = bed.everything()
    state = bed.scratch / "trimmed"
    bed.run(*command_of(CRONJOBS / "trim.yaml")[0], environment={"XDG_STATE_HOME": str(state)})
    name, = (path.name for path in (state / "akqueue" / "backups").iterdir())
    pod = yaml.safe_load((CRONJOBS / "backups.yaml").read_text(encoding="utf-8"))
    expect(place_of_backups(pod["spec"]) == place_of_backups(pod_of(CRONJOBS / "trim.yaml")), "they are not where the trim puts them")
    pod["spec"].update(nodeName=objects.NODE, terminationGracePeriodSeconds=1)
    pod["spec"]["containers"][0]["env"] = [{"name": "XDG_STATE_HOME", "value": str(state)},
                                           {"name": "PATH", "value": f"{pathlib.Path(shutil.which('kubectl-akqueue')).parent}:/usr/bin:/bin"}]
    mine = bed.scratch / "backups.yaml"
    mine.write_text(yaml.safe_dump(pod), encoding="utf-8")
    page = (ROOT / "docs" / "scripts-and-ci.md").read_text(encoding="utf-8")
    block = page[page.index("kubectl apply -f contrib/cronjob/backups.yaml"):]
    lines = block[:block.index("```")].replace("contrib/cronjob/backups.yaml", str(mine)).replace("NAME", name).splitlines()
    expect(len(lines) == 6, lines)
    lines[-1] += " --yes"  # nobody is there to be asked
    done = bed.run("bash", "-ec", "\n".join([f"cd {bed.scratch}", *lines]))
    expect(done.status == 0 and name in done.out and "restored " in done.out, done)
    expect(bed.everything() == before, "the rows are not what they were")


def test_role_is_applied_as_the_pages_say(bed):
    """docs/install.md and docs/security.md: `kubectl akqueue rbac … | kubectl apply -f -`."""
    for words in (["rbac", "drain", *HERE, "--to", "group:on-call"], ["rbac", "look", "-A", "--to", "group:on-call"]):
        printed = bed.akqueue(*words).out
        done = bed.kubectl("apply", "--dry-run=server", "--validate=strict", "-f", "-", input=printed)
        expect("kubectl-akqueue created" in done.out, done)
