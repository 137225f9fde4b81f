"""Texts that mean something to YAML, CSV or a terminal come back from every format as they are.

They are the reasons in a history, which needs no site; -o json has them, and what Debian's readers make of the others is the same.
"""

import csv
import io
import json
import os
import random
import subprocess

import pytest
import yaml

NASTY = ["", "a", "y", "Yes", "No", "on", "OFF", "null", "~", "true", "nan", "1", "1.0", "1e3", "1e-05", "0x1f", "0o7", "0b1", "1_000",
         "12:30:45", "2026-11-28", "2026-11-28T01:02:03Z", ".inf", ".5", "-1", "+1", "-", "- a", "a: b", "a:", "a:b", "a #b", "#a", "*a",
         "&a", "!a", "%a", "@a", "`", "|", ">", "'", '"', "\\", "a'b", "a\nb", "a\n", "a\rb", "\ttab", " lead", "trail ", "[a]", "{a: b}",
         "?", "? a", "<<", "=", "---", "a, b", "a\\u0041", "\x00", "\x1b[2J", "\x7f", "\u0085", "\u2028", "\u202e", "\U000e0041",
         "\U0001f989", "中文", "http://x/y?z=1#f"]
SIGNS = "ab1 :#-'\"\\\n\t{}[],&*!|>%@`~?=.é\u200b\U0001f600"
HEADERS = 16  # of history -o csv


@pytest.fixture(scope="module")
def reasons(seed):
    made = random.Random(seed)
    return NASTY + ["".join(made.choices(SIGNS, k=made.randint(1, 8))) for _ in range(300)]


@pytest.fixture(scope="module")
def history(reasons, tmp_path_factory):
    """A function that prints the history in a format."""
    state = tmp_path_factory.mktemp("state")
    (state / "akqueue").mkdir(mode=0o700)
    with open(state / "akqueue" / "history.jsonl", "w") as file:
        for number, reason in enumerate(reasons):
            file.write(json.dumps({"id": f"20260501T120000Z-{number:04x}", "event": "begin", "command": "delete", "effect": "destroys",
                                   "at": "2026-05-01T12:00:00Z", "namespace": "authentik", "what": "all tasks", "reason": reason}) + "\n")
    os.chmod(state / "akqueue" / "history.jsonl", 0o600)

    def printed(output):
        done = subprocess.run(["kubectl-akqueue", "history", "--limit", "0", "-o", output], stdout=subprocess.PIPE, check=True,
                              env=dict(os.environ, XDG_STATE_HOME=str(state)))
        return done.stdout.decode("utf-8")

    return printed


def test_yaml_is_what_json_is(history, reasons):
    document = json.loads(history("json"))
    assert sorted(entry["reason"] or "" for entry in document["entries"]) == sorted(reasons)
    assert yaml.safe_load(history("yaml")) == document


def test_csv_has_the_same_cells_in_every_line(history, reasons):
    lines = list(csv.reader(io.StringIO(history("csv"), newline=""), strict=True))
    assert len(lines) == len(reasons) + 1
    assert {len(line) for line in lines} == {HEADERS}


def test_templates_print_a_value_a_line(history, reasons):
    assert len(history('jsonpath={range .entries[*]}{.reason}{"\\n"}{end}').split("\n")) == len(reasons) + 1
    assert len(history("custom-columns=REASON:.reason").split("\n")) == len(reasons) + 2
