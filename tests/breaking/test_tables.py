"""Every table in a terminal of 80 columns: no line of one is longer, whatever the names of the site.

On the simulator. What is no table (sentences, hints, definitions of the database) may be longer; a terminal wraps it.
"""

import os
import re
import subprocess

import pytest

from screen import Screen

WIDTH = 80
HEADER = re.compile(r"[A-Z][A-Z0-9/-]+[a-z]*( +[A-Z][A-Z0-9/-]+[a-z]*)+")
TABLES = ("status", "status -A", "top", "list --all --limit 50", "workers", "workers -A", "settings", "schema", "schema tasklog",
          "version", "delete --all --dry-run", "watch --plain --timeout 1s --interval 1s",
          "watch -A --plain --timeout 1s --interval 1s", "backups", "backups list --sort-by size", "history", "config",
          "flush --only-queued --yes --follow-for 1s", "backups show {backup}")


class Site:
    """A world with a state directory of its own, in which something was deleted and something is kept."""

    def __init__(self, directory, scenario):
        self.scenario = scenario
        self.environment = dict(os.environ, HOME=str(directory), TERM="xterm", AKQUEUE_SIM=str(directory / "world"), AKQUEUE_SIM_SPEED="20")
        for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
            self.environment.pop(name, None)
        subprocess.run(["akqueue-sim", "create", self.environment["AKQUEUE_SIM"], "--scenario", scenario, "--tasks", "600"], check=True,
                       env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.run("delete", "--state", "done", "--limit", "50", "--yes")
        self.run("config", "set", "-n", "a-namespace-of-a-customer", "--worker-selector", "app.kubernetes.io/component=a-worker-of-ours")
        self.backup = self.run("backups", "-o", "name").split("\n")[0]

    def words(self, *words):
        """The release is named where it must be."""
        here = self.scenario == "two-releases" and "-A" not in words and words[0] not in ("backups", "history", "config")
        return [*words, "--release", "authentik"] if here else list(words)

    def run(self, *words):
        return subprocess.run(["kubectl-akqueue", *self.words(*words)], env=self.environment, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=True, text=True).stdout

    def shown(self, line):
        """What it prints in a terminal, without notices."""
        words = self.words(*line.format(backup=self.backup).split())
        screen = Screen(["sh", "-c", 'exec "$@" 2> /dev/null', "sh", "kubectl-akqueue", *words], self.environment, (24, WIDTH))
        status = screen.end()
        assert status == 0, screen.output
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.output).replace("\r", "").split("\n")


def lines_of_tables(lines):
    """Headers, and what stands below each without a gap."""
    inside = False
    for line in lines:
        inside = bool(line) and (inside or HEADER.fullmatch(line.strip()) is not None)
        if inside:
            yield line


@pytest.fixture(scope="module", params=("outpost-storm", "two-releases", "own-labels", "pooler", "certificate-runaway"))
def site(request, tmp_path_factory):
    return Site(tmp_path_factory.mktemp(request.param), request.param)


@pytest.mark.parametrize("line", TABLES)
def test_fits(site, line):
    table = list(lines_of_tables(site.shown(line)))
    assert len(table) > 1, site.shown(line)
    assert not [row for row in table if len(row) > WIDTH], table
