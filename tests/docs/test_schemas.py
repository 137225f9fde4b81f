"""docs/schemas describes what -o json prints: in simulated worlds every command that has it, and each of its fields.

A schema says nothing of further fields, so that its readers accept them; here a field that it does not describe is a fault.
"""

import copy
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

import jsonschema
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "docs" / "schemas"
BINARIES = os.environ.get("AKQUEUE_BINARIES", str(ROOT / "build" / "bin"))

sys.path.insert(0, str(ROOT / "tests" / "transcripts"))
import run as transcripts  # noqa: E402

# Of what -o jsonl prints a row a line; of all other commands a line is the document.
ROWS = {"list": "parts.json#/$defs/task_row", "top": "top.json#/$defs/row", "history": "history.json#/$defs/row", "schedules": "schedules.json#/$defs/row"}

LOOKS = ["status", "top", "list --limit 30", "workers", "settings", "watch --until queued>=0", "flush --dry-run",
         "drain --dry-run"]
# In this order; ID is a task of the world's, FILE the backup that was made.
EVERYTHING = [
    "status --exact", *(f"top --by {by}" for by in ("error", "uid", "object", "queue")), "list --state queued --older-than 1h --limit 3",
    "list --held", "list --orphaned", "list --holder POD", "list --log-level error", "list --expired", "list --uid x --log y --newer-than 3d --keep-newest 1",
    "show ID", "show ID ID2", "schema", "rbac look", "rbac drain --to group:some --to user:one --to serviceaccount:a/b", "rbac look -A --to group:some",
    "version", "version --client", "wait --for queued>1 --timeout 5s", "wait --for queued=0 --timeout 0", "watch --until tasks>1 --alert growth>1/s",
    "config set --worker-deployment authentik-worker --container worker --allow-worker", "config show", "config unset", "backups list", "history",
    "retry --by-error", "retry --all --canary 1 --timeout 1s --rate 100/s --yes", "undo --yes", "retry --all --dry-run", "recover --dry-run", "recover --yes --limit 1", "recover --reject --yes --follow-for 0s", "retry --all --error e --dry-run",
    "retry --state any --all --yes --reason why --follow-for 2s", "undo --dry-run", "undo --yes", "backup --dry-run", "backup --backup-file FILE", "backups show FILE --limit 5", "delete --state rejected --yes --reason why --record", "status",
    "flush --state postprocess --yes", "undo --dry-run", "undo --yes --reason back", "delete ID ID2 --yes --backup-file other.gz", "flush --only-queued --yes --follow-for 2s", "restore FILE --yes",
    "delete --actor clean_expired_models --state any --stop-source --yes", "undo --yes", "delete --duplicates --dry-run", "delete --duplicates --keep oldest --yes", "undo --yes", "schedules list", "schedules show outpost_controller", "schedules pause outpost_controller --for 2h --yes --reason why", "status", "undo --yes",
    "schedules pause --all --dry-run", "schedules pause --all --yes", "schedules set outpost_controller --crontab '1 * * * *' --yes", "undo --dry-run",
    "schedules resume --all --yes", "schedules run certificate_discovery --yes", "schedules run certificate_discovery --resume --dry-run",
    "drain flush --yes --reason why --follow-for 2s --timeout 60s", "restore FILE --yes",
    "drain --keep-down --yes", "status", "workers", "drain --resume --dry-run", "drain --resume --yes --follow-for 0s",
    "backups list", "history --limit 2"]
EVERYWHERE = ["status -A", "workers -A", "watch -A --timeout 2s"]


def strict(schema):
    """The same where an object with fields of its own may have no others."""
    schema = copy.deepcopy(schema)

    def close(part):
        if isinstance(part, dict):
            if "properties" in part and "required" in part:
                part.setdefault("additionalProperties", False)
            for value in part.values():
                close(value)
        elif isinstance(part, list):
            for value in part:
                close(value)

    close(schema)
    return schema


READ = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(SCHEMAS.glob("*.json"))}
STRICT = {name: strict(schema) for name, schema in READ.items()}


def check(reference, document, line):
    resolver = jsonschema.RefResolver("", {}, store=STRICT)
    validator = jsonschema.Draft202012Validator({"$ref": reference}, resolver=resolver)
    faults = sorted(validator.iter_errors(document), key=lambda one: str(list(one.path)))
    assert not faults, f"{line}: " + "; ".join(f"{list(one.path)}: {one.message[:300]}" for one in faults[:5])


class World:
    """A home directory with a world, and which kinds of documents were printed there."""

    def __init__(self, home, scenario):
        self.environment = transcripts.environment_in(str(home), BINARIES)
        self.environment["AKQUEUE_SIM_SPEED"] = "20"
        home.mkdir(exist_ok=True)
        transcripts.make_world(self.environment, BINARIES, [scenario, "--tasks", "300"])
        self.kinds = set()

    def run(self, line, output):
        words = shlex.split(line)
        done = subprocess.run([f"{BINARIES}/kubectl-akqueue", *words, "-o", output], env=self.environment, cwd=self.environment["HOME"],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
        return done.stdout, done.stderr

    def documents(self, line, output="json"):
        """What it prints; watch prints documents one a line."""
        printed, said = self.run(line, output)
        assert printed, f"{line} -o {output} prints nothing: {said}"
        if output == "json" and not line.startswith("watch"):
            return [json.loads(printed)]
        return [json.loads(one) for one in printed.splitlines()]

    def check(self, line):
        """Every document of the command, against the schema of its kind."""
        for document in self.documents(line):
            kind = "rbac" if document["kind"] == "List" else document["kind"]
            self.kinds.add(kind)
            assert f"{kind}.json" in STRICT, f"{line}: no schema of kind {kind}"
            check(f"{kind}.json", document, line)
            if kind == "sites":
                for one in document["sites"]:
                    self.kinds.add(one["kind"])
                    check(f"{one['kind']}.json", one, line)

    def check_lines(self, line):
        """The same of -o jsonl."""
        for row in self.documents(line, "jsonl"):
            check(f"{row['kind']}.json" if "kind" in row else ROWS[line.split()[0]], row, f"{line} -o jsonl")


def has_json():
    """Every command and verb with -o json."""
    page = subprocess.run([f"{BINARIES}/kubectl-akqueue", "help", "--markdown"], stdout=subprocess.PIPE, text=True, check=True).stdout
    found = set()
    for part in re.split(r"^###", page, flags=re.MULTILINE)[1:]:
        if re.search(r"--output FORMAT .*\bjson\b", part):
            found.add(part.splitlines()[0].strip("# "))
    return found


@pytest.mark.parametrize("scenario", ["unpurged", "pooler", "own-labels", "two-releases", "waiting-syncs", "dead-worker", "idle-workers"])
def test_looks(scenario, tmp_path):
    world = World(tmp_path, scenario)
    more = " --selector app.kubernetes.io/instance=authentik" if scenario == "two-releases" else ""
    for line in LOOKS:
        world.check(line + more)
    if scenario == "waiting-syncs":
        world.check("flush --dry-run --with-dependents")
        world.check("delete --state queued --keep-dependencies --yes")
    if scenario == "two-releases":
        world.check("status -A")


def test_everything(tmp_path):
    """Every kind of document is printed, and no command with -o json is forgotten."""
    world = World(tmp_path, "outpost-storm")
    ids = [one["id"] for one in world.documents("list --state rejected", "jsonl")] + [one["id"] for one in world.documents("list --state done", "jsonl")]
    known = {"ID": ids[0], "ID2": ids[-1], "FILE": "some.gz", "POD": world.documents("workers")[0]["workers"][0]["name"]}
    for line in ("status", "top", "top --by uid", "list", f"show {ids[0]}", f"show {ids[0]} {ids[-1]}", "settings", "workers", "watch --until queued>=0"):
        world.check_lines(line)
    for line in LOOKS + EVERYTHING:
        world.check(" ".join(known.get(word, word) for word in line.split()))
    for line in ("history", "config show", "backups list", "schedules list", "schedules resume outpost_controller --dry-run"):
        world.check_lines(line)
    fleet = World(tmp_path / "fleet", "fleet")
    for line in EVERYWHERE:
        fleet.check(line)
    for line in ("status -A", "workers -A"):
        fleet.check_lines(line)
    kinds = world.kinds | fleet.kinds | {"parts"}
    assert {f"{kind}.json" for kind in kinds} == set(READ), "a schema that nothing was printed for"
    tried = {name for name in has_json() for line in LOOKS + EVERYTHING if (line + " ").startswith(name + " ")}
    assert has_json() == tried, f"not tried: {has_json() - tried}"


def fields_of(part, where):
    """Each described field, with its schema."""
    if isinstance(part, dict):
        for name, field in part.get("properties", {}).items():
            yield f"{where}.{name}", name, field
        for name, value in part.items():
            yield from fields_of(value, where if name in ("properties", "items") else f"{where}.{name}")
    elif isinstance(part, list):
        for value in part:
            yield from fields_of(value, where)


@pytest.mark.parametrize("name", sorted(READ))
def test_schema(name):
    """It is a right one, describes each field, and names none that the program does not have."""
    jsonschema.Draft202012Validator.check_schema(READ[name])
    words = set(re.findall(r'"([\w-]+)"', "".join(path.read_text(encoding="utf-8") for path in (ROOT / "plugin").rglob("*.[ch]pp"))))
    assert READ[name]["title"] and READ[name]["description"]
    for where, field, schema in fields_of(READ[name], name):
        assert schema.get("description") or "$ref" in schema, f"{where} has no description"
        assert field in words, f"{where} is not in the program"


def test_more_fields_are_accepted():
    """Of readers of a schema, not of the program: within a version fields are added."""
    document = {"version": 1, "kind": "versions", "akqueue": "1", "kubectl": None, "new": 1}
    jsonschema.Draft202012Validator(READ["versions.json"]).validate(document)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(STRICT["versions.json"]).validate(document)
