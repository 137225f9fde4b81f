"""The SPDX document next to the archives names each of them with its sum, and the versions that the programs show."""

import hashlib
import json
import os
import re
import subprocess

import pytest


def said(*words, **environment):
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ, **environment))
    return done.stdout


@pytest.fixture(scope="module")
def linux(archives):
    """Where the programs for this machine have been unpacked."""
    return archives / "unpacked" / "linux-amd64"


@pytest.fixture(scope="module")
def document(archives):
    path, = archives.glob("*.spdx.json")
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def packages(document):
    return {package["SPDXID"]: package for package in document["packages"]}


@pytest.fixture(scope="module")
def version(packages):
    return lambda name: packages[f"SPDXRef-{name}"]["versionInfo"]


def test_has_what_spdx_wants(document, packages):
    for name in ("spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo"):
        assert name in document
    assert len(packages) == len(document["packages"]), "an SPDXID is there twice"
    for one in document["relationships"]:
        for end in (one["spdxElementId"], one["relatedSpdxElement"]):
            assert end in packages or end == "SPDXRef-DOCUMENT", f"{end} is related and not there"
    for identifier, package in packages.items():
        print(f"{package.get('name')} {package.get('versionInfo')} ({package.get('licenseDeclared')})")
        for name in ("name", "versionInfo", "licenseDeclared", "downloadLocation"):
            assert package.get(name), f"{identifier} has no {name}"
        if "packageFileName" not in package and identifier != "SPDXRef-kubectl-akqueue":
            assert re.search(r"sha256 [0-9a-f]{64}", package.get("sourceInfo", "")), f"{identifier} has no sum of its sources"


def test_has_each_archive_with_its_sum(archives, packages):
    by_file = {package["packageFileName"]: package for package in packages.values() if "packageFileName" in package}
    files = [path for ending in ("*.tar.gz", "*.zip", "*.deb") for path in sorted(archives.glob(ending))]
    assert set(by_file) == {path.name for path in files}
    for path in files:
        sums = [each["checksumValue"] for each in by_file[path.name].get("checksums", [])]
        assert sums == [hashlib.sha256(path.read_bytes()).hexdigest()], path.name


def test_tells_what_is_linked_in(document):
    def linked(target):
        return {one["relatedSpdxElement"].removeprefix("SPDXRef-") for one in document["relationships"]
                if one["spdxElementId"] == f"SPDXRef-{target}" and one["relationshipType"] == "STATIC_LINK"}

    assert linked("deb-linux-amd64") == linked("linux-amd64")
    assert linked("linux-amd64") == {"boost", "fmt", "libdeflate", "nlohmann-json", "utf8proc", "zlib", "sqlite", "libcxx", "musl"}


def test_the_plugin_says_its_version(linux, version):
    own = json.loads(said(str(linux / "kubectl-akqueue"), "version", "--client", "-o", "json"))
    assert own["akqueue"] == version("kubectl-akqueue")


def test_the_plugin_has_its_zlib(linux, version):
    inflate = re.search(rb" inflate ([\d.]+) Copyright", (linux / "kubectl-akqueue").read_bytes())
    assert inflate is not None and inflate.group(1).decode() == version("zlib")


def test_the_simulator_says_its_sqlite(linux, version, tmp_path):
    """As the plugin is told by it."""
    world = str(tmp_path / "world")
    said(str(linux / "akqueue-sim"), "create", world, "--scenario", "calm", "--tasks", "10")
    shown = said(str(linux / "kubectl-akqueue"), "version", "--sim", world, "-o", "json", PATH=f"{linux}:{os.environ['PATH']}")
    assert re.search(r"[\d.]+$", json.loads(shown)["database"]).group() == version("sqlite")
