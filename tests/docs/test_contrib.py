"""What contrib/ has for others to take: its YAML is what k9s and the API server read, its command lines are right and do what
they say in a simulated world, and its roles are those that `kubectl akqueue rbac` prints.

Whether an API server takes the objects is for tests/cluster/cases/test_contrib.py.
"""

import contextlib
import gzip
import json
import os
import pathlib
import re
import subprocess
import zlib

import pytest
import yaml

from pages import Place

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONTRIB = ROOT / "contrib"
BINARIES = os.environ.get("AKQUEUE_BINARIES", str(ROOT / "build" / "bin"))

# k9s's own schema of plugins.yaml.
MAY_HAVE = {"shortCut": str, "override": bool, "description": str, "confirm": bool, "dangerous": bool, "scopes": list, "command": str,
            "background": bool, "overwriteOutput": bool, "args": list, "inputs": list}
MUST_HAVE = {"shortCut", "description", "scopes", "command"}
# Keys that k9s has for itself in one of these views: a plugin on such a key is not loaded.
TAKEN = {f"Shift-{key}" for key in "ACDFIJLMNOPRSTUVXZ"}


@pytest.fixture
def place(request):
    """A home directory with a world of these words."""
    with contextlib.closing(Place(BINARIES, request.param.split())) as made:
        yield made


class UniqueKeys(yaml.SafeLoader):
    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"a key twice: {keys}"
        return super().construct_mapping(node, deep)


def documents(path):
    with open(path, encoding="utf-8") as file:
        return list(yaml.load_all(file, UniqueKeys))


def check_plugin(name, plugin):
    assert MUST_HAVE <= set(plugin) <= set(MAY_HAVE), f"{name}: {set(plugin) ^ MUST_HAVE}"
    for key, value in plugin.items():
        assert isinstance(value, MAY_HAVE[key]), f"{name}: {key} is {value!r}"
    assert re.fullmatch(r"Shift-[A-Z]", plugin["shortCut"]) and plugin["shortCut"] not in TAKEN, f"{name}: {plugin['shortCut']}"
    assert set(plugin["scopes"]) <= {"pods", "deployments", "namespaces"}, name
    # Of a namespace k9s knows the name; it is in none itself.
    wanted = {"$KUBECONFIG", "$CONTEXT", "$NAME" if plugin["scopes"] == ["namespaces"] else "$NAMESPACE"}
    assert set(re.findall(r"\$\w+", " ".join(plugin["args"]))) == wanted, f"{name}: uses other variables than {wanted}"


def run_plugin(plugin, place):
    """As k9s does it, in a terminal where everything is answered with no."""
    values = {"$KUBECONFIG": "", "$CONTEXT": "akqueue-sim", "$NAMESPACE": "authentik", "$NAME": "authentik"}
    words = [plugin["command"], *plugin["args"]]
    words = [re.sub(r"\$\w+", lambda found: values[found[0]], word) for word in words]
    words = [word.replace("akqueue watch", "akqueue watch --plain --timeout 1s") for word in words]
    line = " ".join("'" + word.replace("'", "'\\''") + "'" for word in words) + "; echo status $?"
    return place.run(line, {}, typed=["n"] if plugin.get("dangerous") else [])


@pytest.mark.parametrize("place", ["outpost-storm --tasks 400"], indirect=True)
def test_k9s(place):
    plugins = documents(CONTRIB / "k9s" / "plugins.yaml")[0]["plugins"]
    keys = [(scope, plugin["shortCut"]) for plugin in plugins.values() for scope in plugin["scopes"]]
    assert len(keys) == len(set(keys)) and len(keys) == 9, f"a key for two plugins: {sorted(keys)}"
    shows = {"status": "QUEUE ", "watch": "QUEUED ", "flush": "declined; nothing was deleted"}
    # The pager and the key that is waited for are a person's.
    for name, text in {"less": "exec cat"}.items():
        file = pathlib.Path(place.home) / "bin" / name
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)
    for name, plugin in plugins.items():
        check_plugin(name, plugin)
        plugin = dict(plugin, args=[re.sub("read -r _", ":", word) for word in plugin["args"]])
        output = run_plugin(plugin, place)
        what = name.split("-")[1]
        assert shows[what] in output and "status 0" in output, f"{name}: {output}"
        assert plugin.get("confirm", False) == plugin.get("dangerous", False) == (what == "flush"), name
    assert '"tasks": 400,' in place.run("kubectl akqueue status -o json 2>/dev/null", {}), "something was deleted"


def role_of(work, name):
    printed = subprocess.run([f"{BINARIES}/kubectl-akqueue", "rbac", work, "-n", "authentik", "--name", name, "--to", f"serviceaccount:authentik/{name}",
                              "-o", "json"], check=True, stdout=subprocess.PIPE, timeout=60)
    return json.loads(printed.stdout)["items"]


def pod_spec(objects):
    jobs = [one for one in objects if one["kind"] == "CronJob"]
    assert len(jobs) == 1 and jobs[0]["spec"]["concurrencyPolicy"] == "Forbid"
    return jobs[0]["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def check_cronjob(file, work):
    """Its role is the printed one, and its containers have no more rights than they need."""
    objects = documents(CONTRIB / "cronjob" / file)
    name = "akqueue-" + file.removesuffix(".yaml")
    assert {(one["metadata"]["name"], one["metadata"]["namespace"]) for one in objects} == {(name, "authentik")}
    mine = [one for one in objects if one["kind"] in ("Role", "RoleBinding")]
    assert mine == role_of(work, name), f"{file}: the role is not what `kubectl akqueue rbac {work}` prints"
    spec = pod_spec(objects)
    assert spec["serviceAccountName"] == name and spec["securityContext"]["runAsNonRoot"]
    return spec


def run_container(container, place):
    """Its command with its environment, where /state and /tmp are folders of the world's."""
    folders = {one["mountPath"]: os.path.join(place.home, one["name"]) for one in container["volumeMounts"]}
    for folder in folders.values():
        os.makedirs(folder, exist_ok=True)
    environment = dict(place.environment, **{one["name"]: folders[one["value"]] for one in container["env"]})
    return subprocess.run(container["command"], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)


@pytest.mark.parametrize("place", ["unpurged --tasks 2000"], indirect=True)
def test_trim(place):
    spec = check_cronjob("trim.yaml", "delete")
    for night in (1, 2):
        for container in (*spec["initContainers"], *spec["containers"]):
            done = run_container(container, place)
            assert done.returncode == 0, f"night {night}, {container['name']}: {done.stdout}"
        assert night == 2 or "reason: nightly trim" in done.stdout, done.stdout
    # By default every mount would add the group's rights to all files, and the second night would refuse the place.
    assert spec["securityContext"]["fsGroupChangePolicy"] == "OnRootMismatch"
    left = json.loads(place.run("kubectl akqueue top --expired --older-than 30d -o json 2>/dev/null", {}))
    assert left["actors"] == [], left
    backups = os.listdir(os.path.join(place.home, "state", "akqueue", "backups"))
    assert len(backups) == 1, backups


@pytest.mark.parametrize("place", ["repeated-syncs --tasks 400"], indirect=True)
def test_duplicates(place):
    spec = check_cronjob("duplicates.yaml", "delete")
    for round in (1, 2):
        for container in (*spec["initContainers"], *spec["containers"]):
            done = run_container(container, place)
            assert done.returncode == 0, f"{container['name']}: {done.stdout}"
        assert ("reason: duplicates" if round == 1 else "nothing to delete") in done.stdout, done.stdout
    left = json.loads(place.run("kubectl akqueue top --state queued -o json 2>/dev/null", {}))
    assert {one["actor"].rsplit(".", 1)[1]: one["tasks"] for one in left["actors"]} == {"ldap_sync_page": 3, "ldap_sync": 1, "send_mail": 2}


@pytest.mark.parametrize("place", ["outpost-storm --tasks 400"], indirect=True)
def test_alert(place):
    spec = check_cronjob("alert.yaml", "look")
    container = spec["containers"][0]
    for bound, status in (("queued>50000", 0), ("queued>100", 5)):
        words = [bound if word == "queued>50000" else "11s" if word == "5m" else word for word in container["command"]]
        assert bound in words and "11s" in words
        done = run_container(dict(container, command=words), place)
        assert done.returncode == status, f"{bound}: {done.returncode}: {done.stdout}"
    assert "alert queued>100 held once" in done.stdout, done.stdout


@pytest.mark.parametrize("place", ["outpost-storm --tasks 400"], indirect=True)
def test_reader(place):
    """The reader without kubectl akqueue has the rows that `backups show` prints, of plain files and compressed ones."""
    for name in ("some.tasks.gz", "plain"):
        place.run(f"kubectl akqueue backup --backup-file {name} 2>&1", {})
        header = json.loads(place.run(f"(zcat {name} 2>/dev/null || cat {name}) | head -1", {}))
        shown = [json.loads(line) for line in place.run(f"kubectl akqueue backups show {name} -o jsonl", {}).splitlines()]
        done = subprocess.run([CONTRIB / "read-backup.py", os.path.join(place.home, name)], stdout=subprocess.PIPE, text=True, check=True)
        read = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(read) == len(shown) > 800, f"{len(read)} rows are read, {len(shown)} shown"
        for (number, row), (table, same) in zip(shown, read):
            assert header["tables"][number]["name"] == table and list(row) == list(same), f"{row}, {same}"
            assert {key for key in row if isinstance(row[key], str) and key != "mtime" and row[key] != same[key] and "T" not in row[key]} == set(), f"{row}, {same}"


def members_of(packed):
    """Where each gzip stream of the file ends."""
    ends, rest = [], packed
    while rest:
        stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        stream.decompress(rest)
        rest = stream.unused_data
        ends.append(len(packed) - len(rest))
    return ends


@pytest.mark.parametrize("place", ["outpost-storm --tasks 4000"], indirect=True)
def test_reader_of_pieces(place):
    """Of a file that is cut short or damaged it prints each batch that was sealed before, and says that something is missing."""
    place.run("kubectl akqueue flush --yes --backup-file some.gz 2>&1", {})
    packed = pathlib.Path(place.home, "some.gz").read_bytes()
    piece = pathlib.Path(place.home, "piece")

    def read(content):
        piece.write_bytes(content)
        done = subprocess.run([CONTRIB / "read-backup.py", piece], capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout.count("\n"), done.returncode, done.stderr

    plain, sealed, rows = gzip.decompress(packed), [], 0
    for line in re.finditer(rb'^\{"sealed":.*\n', plain, re.MULTILINE):
        rows += sum(json.loads(line.group())["rows"])
        sealed.append((line.start(), line.end(), rows))
    assert len(sealed) > 2, f"{len(sealed)} batches"
    assert read(packed) == read(plain) == (rows, 0, "")
    for start, end, rows in sealed:
        before = max((count for _, other, count in sealed if other <= start), default=0)
        for cut, expected in ((start, before), (end - 2, before), (end, rows), (end + 1, rows)):
            found, status, said = read(plain[:cut])
            assert (found, status) == (expected, 1) and "cut short" in said, f"cut at {cut}: {found} rows instead of {expected}, {status}: {said}"
        found, status, said = read(plain[: start - 2] + b"~" + plain[start - 1 :])
        assert (found, status) == (before, 1) and "is not what was written" in said, f"damaged before {start}: {found} rows instead of {before}, {status}: {said}"
    for cut in (0, 1, 2, 50, *(end + beyond for end in members_of(packed)[:-1] for beyond in (-1, 0, 1, 40))):
        longest = len(gzip.decompress(packed[: max((end for end in members_of(packed) if end <= cut), default=0)]))
        expected = max((count for _, end, count in sealed if end <= longest), default=0)
        found, status, said = read(packed[:cut])
        assert (found >= expected and found in {0, *(count for _, _, count in sealed)}, status) == (True, 1), f"cut at {cut}: {found} rows, {expected} at least: {said}"
