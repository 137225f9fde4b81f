"""krew itself with a release's archives: its validator, an installation from the local archive, an upgrade and the end.

The archives are served on the loopback interface, and the index is a git repository in a temporary directory.
"""

import functools
import http.server
import os
import pathlib
import re
import shutil
import subprocess
import threading

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the archives whatever folder of the release they are asked for in."""

    def translate_path(self, path):
        return super().translate_path("/" + path.rsplit("/", 1)[-1])

    def log_message(self, *_):
        pass


class Bed:
    def __init__(self, scratch, port):
        self.scratch = scratch
        self.manifest = scratch / "archives" / "akqueue.yaml"
        self.krew_root = scratch / "krew"
        tools = subprocess.run([ROOT / "tests/release/krew/build"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        shutil.copytree(tools, scratch / "bin")
        (scratch / "bin" / "krew").rename(scratch / "bin" / "kubectl-krew")
        for number, kind in enumerate(("AUTHOR", "COMMITTER")):
            os.environ.update({f"GIT_{kind}_NAME": "test", f"GIT_{kind}_EMAIL": f"test{number}@example.invalid"})
        self.environment = dict(
            os.environ, HOME=str(scratch), XDG_STATE_HOME=str(scratch / "state"), KREW_ROOT=str(self.krew_root),
            KREW_DEFAULT_INDEX_URI=f"file://{scratch}/index", KREW_NO_UPGRADE_CHECK="1", NO_COLOR="1",
            PATH=f"{self.krew_root}/bin:{scratch}/bin:{os.environ['PATH']}", AKQUEUE_RELEASE_URL=f"http://127.0.0.1:{port}")
        self.environment.pop("AKQUEUE_SIM", None)

    def run(self, *words):
        done = subprocess.run([str(word) for word in words], env=self.environment, cwd=self.scratch, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
        assert done.returncode == 0, f"{' '.join(map(str, words))}: {done.stdout}"
        return done.stdout

    def says(self, wanted, *words):
        said = self.run(*words)
        assert wanted in said, " ".join(map(str, words))

    def publish(self, manifest):
        """The index's newest state has this manifest."""
        plugins = self.scratch / "index" / "plugins"
        if not plugins.exists():
            plugins.mkdir(parents=True)
            self.run("git", "init", "-q", self.scratch / "index")
        (plugins / "akqueue.yaml").write_text(manifest, encoding="utf-8")
        self.run("git", "-C", self.scratch / "index", "add", "-A")
        self.run("git", "-C", self.scratch / "index", "commit", "-qm", "akqueue")


@pytest.fixture(scope="module")
def bed(archives, tmp_path_factory):
    """One for all cases: each goes on where the one before has ended."""
    scratch = tmp_path_factory.mktemp("krew")
    # This manifest names other places than the release's own, so it is not written next to that one.
    scratch.joinpath("archives").mkdir()
    for path in [*archives.glob("*.tar.gz"), *archives.glob("*.zip")]:
        scratch.joinpath("archives", path.name).symlink_to(path.resolve())
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(scratch / "archives"))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Bed(scratch, server.server_address[1])
        server.shutdown()


def test_writes_a_manifest(bed):
    """krew's reviewers want these; its validator sees to the form."""
    bed.run(ROOT / "scripts/krew-manifest.sh", "--some", bed.scratch / "archives")
    text = bed.manifest.read_text(encoding="utf-8")
    short = re.search(r"^  shortDescription: (.*)$", text, re.MULTILINE).group(1)
    assert len(short) <= 50, f"'{short}' is longer than 50 characters"
    description = re.search(r"^  description: \|\n((?:    .*\n|\n)+)", text, re.MULTILINE).group(1)
    assert "kubectl akqueue" not in description, f"an example in the description: {description}"
    done = subprocess.run([ROOT / "scripts/krew-manifest.sh", bed.scratch], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 1 and "has no kubectl-akqueue-v" in done.stdout, f"a manifest of nothing: {done}"


def test_passes_the_validator(bed):
    """Also installs each platform's archive, and looks for a licence in it."""
    bed.says("spec.platforms installed fine", "validate-krew-manifest", "-manifest", bed.manifest)


def test_installs_from_the_archive(bed):
    archive, = bed.scratch.joinpath("archives").glob("*-linux-amd64.tar.gz")
    bed.says("Installed plugin: akqueue", "kubectl", "krew", "install", "--manifest", bed.manifest, "--archive", archive)
    bed.says("kubectl-akqueue", "kubectl", "akqueue", "version", "--client")
    simulator, = bed.krew_root.glob("store/akqueue/*/akqueue-sim")
    world = bed.scratch / "storm.world"
    # docs/install.md
    linked = bed.scratch / "linked"
    bed.run("sh", "-c", f'ln -s "$(dirname "$(readlink -f "$(command -v kubectl-akqueue)")")/akqueue-sim" {linked}')
    assert linked.resolve() == simulator.resolve(), linked.resolve()
    bed.run(linked, "create", world, "--scenario", "outpost-storm", "--tasks", "500")
    # krew links only the plugin, which finds the simulator next to itself.
    bed.says("default   queued", "kubectl", "akqueue", "status", "--sim", world)
    shutil.rmtree(bed.krew_root)  # removing it needs the index that this had no need of


def test_upgrades_and_uninstalls(bed):
    newest = bed.manifest.read_text(encoding="utf-8")
    version = re.search(r"^  version: (v.*)$", newest, re.MULTILINE).group(1)
    bed.publish(newest.replace(f"version: {version}", "version: v0.0.1"))
    bed.run("kubectl", "krew", "update")
    bed.says("Clear and watch authentik's task queue", "kubectl", "krew", "search", "akqueue")
    bed.says("Installed plugin: akqueue", "kubectl", "krew", "install", "akqueue")
    bed.publish(newest)
    bed.says("Upgraded plugin: akqueue", "kubectl", "krew", "upgrade", "akqueue")
    receipt = (bed.krew_root / "receipts/akqueue.yaml").read_text(encoding="utf-8")
    assert f"version: {version}" in receipt, receipt
    bed.says("kubectl-akqueue", "kubectl", "akqueue", "version", "--client")
    bed.says("Uninstalled plugin: akqueue", "kubectl", "krew", "uninstall", "akqueue")
    assert not (bed.krew_root / "bin/kubectl-akqueue").exists() and not list(bed.krew_root.glob("store/akqueue/*")), "something is left"
