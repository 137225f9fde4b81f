#!/usr/bin/env python3
"""The SPDX document beside the archives names each of them with its sum, and versions that the programs show too.

    test_sbom.py ARCHIVES
"""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ARCHIVES = pathlib.Path(sys.argv[1])
LINUX = ARCHIVES / "unpacked" / "linux-amd64"


def said(*words, **environment):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ, **environment)).stdout


def sqlite_version():
    """As the plugin is told by the simulator."""
    with tempfile.TemporaryDirectory(prefix="akqueue-sbom.") as scratch:
        world = f"{scratch}/world"
        said(str(LINUX / "akqueue-sim"), "create", world, "--scenario", "calm", "--tasks", "10")
        document = json.loads(said(str(LINUX / "kubectl-akqueue"), "version", "--sim", world, "-o", "json", PATH=f"{LINUX}:{os.environ['PATH']}"))
        return re.search(r"[\d.]+$", document["database"]).group()


def main():
    document, = (json.loads(path.read_text(encoding="utf-8")) for path in ARCHIVES.glob("*.spdx.json"))
    faults = []

    def expect(true, what):
        if not true:
            faults.append(what)

    for name in ("spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo"):
        expect(name in document, f"the document has no {name}")
    packages = {package["SPDXID"]: package for package in document["packages"]}
    expect(len(packages) == len(document["packages"]), "an SPDXID is there twice")
    for one in document["relationships"]:
        for end in (one["spdxElementId"], one["relatedSpdxElement"]):
            expect(end in packages or end == "SPDXRef-DOCUMENT", f"{end} is related and not there")
    for identifier, package in packages.items():
        for name in ("name", "versionInfo", "licenseDeclared", "downloadLocation"):
            expect(package.get(name), f"{identifier} has no {name}")
        if "packageFileName" not in package and identifier != "SPDXRef-kubectl-akqueue":
            expect(re.search(r"sha256 [0-9a-f]{64}", package.get("sourceInfo", "")), f"{identifier} has no sum of its sources")

    by_file = {package["packageFileName"]: package for package in packages.values() if "packageFileName" in package}
    archives = [path for ending in ("*.tar.gz", "*.zip", "*.deb") for path in sorted(ARCHIVES.glob(ending))]
    expect(set(by_file) == {path.name for path in archives}, f"the document has {sorted(by_file)}")
    for path in archives:
        sums = [each["checksumValue"] for each in by_file.get(path.name, {}).get("checksums", [])]
        expect(sums == [hashlib.sha256(path.read_bytes()).hexdigest()], f"another sum of {path.name}")

    def linked(target):
        return {one["relatedSpdxElement"].removeprefix("SPDXRef-") for one in document["relationships"]
                if one["spdxElementId"] == f"SPDXRef-{target}" and one["relationshipType"] == "STATIC_LINK"}

    expect(linked("deb-linux-amd64") == linked("linux-amd64"), f"the Debian package has {linked('deb-linux-amd64')}")
    expect(linked("linux-amd64") == {"boost", "nlohmann-json", "utf8proc", "zlib", "sqlite", "libcxx", "musl"}, f"linux-amd64 has {linked('linux-amd64')}")
    version = lambda name: packages[f"SPDXRef-{name}"]["versionInfo"]  # noqa: E731
    own = json.loads(said(str(LINUX / "kubectl-akqueue"), "version", "--client", "-o", "json"))
    expect(own["akqueue"] == version("kubectl-akqueue"), f"the plugin says {own}")
    expect(sqlite_version() == version("sqlite"), f"the simulator has SQLite {sqlite_version()}, the document {version('sqlite')}")
    deflate = re.search(rb" deflate ([\d.]+) Copyright", (LINUX / "kubectl-akqueue").read_bytes())
    expect(deflate is not None and deflate.group(1).decode() == version("zlib"), f"the plugin has {deflate}, the document zlib {version('zlib')}")
    for package in document["packages"]:
        print(f"{package['name']} {package['versionInfo']} ({package['licenseDeclared']})")
    for fault in faults:
        print("FAILED: " + fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
