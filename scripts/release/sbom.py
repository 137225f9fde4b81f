#!/usr/bin/env python3
"""Writes the SPDX 2.3 document of a release beside its archives: sbom.py VERSION URL ZIG_TOOLS SOURCES ARCHIVES

Versions are read from the sources that were compiled, checksums from what came and what was made. Time and namespace
come from SOURCE_DATE_EPOCH and the archives, so that the same release has the same document.
"""

import datetime
import hashlib
import json
import os
import pathlib
import re
import sys
import urllib.parse

VERSION, URL = sys.argv[1:3]
ZIG, SOURCES, ARCHIVES = map(pathlib.Path, sys.argv[3:6])
ORIGIN = json.loads((SOURCES / "origin.json").read_text(encoding="utf-8"))
REQUIREMENTS = (pathlib.Path(__file__).parent / "zig.requirements.txt").read_text(encoding="utf-8")
OURS = "SPDXRef-kubectl-akqueue"


def found(path, pattern):
    match = re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)
    if match is None:
        sys.exit(f"error: {path} states no version ({pattern})")
    return match.groups()


def boost_version():
    number = int(found(SOURCES / "boost/include/boost/version.hpp", r"^#define BOOST_VERSION (\d+)")[0])
    return f"{number // 100000}.{number // 100 % 1000}.{number % 100}"


def libcxx_version():
    number = int(found(ZIG / "lib/libcxx/include/__config", r"define _LIBCPP_VERSION (\d+)")[0])
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"


def fmt_version():
    # From version 11 on it stands in base.h.
    headers = [SOURCES / "fmt/include/fmt" / name for name in ("base.h", "core.h")]
    number = int(found(next(path for path in headers if path.exists()), r"^#define FMT_VERSION (\d+)")[0])
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"


def json_version():
    # The header that states its version depends on the version.
    headers = sorted((SOURCES / "nlohmann-json/include/nlohmann").rglob("*.hpp"))
    header = next(path for path in headers if "#define NLOHMANN_JSON_VERSION_MAJOR" in path.read_text(encoding="utf-8"))
    return ".".join(found(header, rf"#define NLOHMANN_JSON_VERSION_{part} (\d+)")[0] for part in ("MAJOR", "MINOR", "PATCH"))


def utf8proc_version():
    header = SOURCES / "utf8proc/utf8proc.h"
    return ".".join(found(header, rf"^#define UTF8PROC_VERSION_{part} (\d+)")[0] for part in ("MAJOR", "MINOR", "PATCH"))


def mingw_version():
    header = ZIG / "lib/libc/include/any-windows-any/_mingw_mac.h"
    return ".".join(found(header, rf"define __MINGW64_VERSION_{part} (\d+)")[0] for part in ("MAJOR", "MINOR", "BUGFIX"))


def debian(name):
    """Where the sources of a Debian source package are from, with a line for each archive that came."""
    package = next(key for key in ORIGIN if re.fullmatch(name, key))
    version, came = ORIGIN[package]["version"], ORIGIN[package]["sha256"]
    purl = f"pkg:deb/debian/{package}@{urllib.parse.quote(version, safe='')}?arch=source"
    return purl, "; ".join(f"{file} sha256 {digest}" for file, digest in came.items())


def ziglang():
    version, = re.search(r"^ziglang==(\S+)", REQUIREMENTS, re.MULTILINE).groups()
    return f"pkg:pypi/ziglang@{version}", "; ".join(f"the package's sha256 {digest}" for digest in re.findall(r"sha256:(\w+)", REQUIREMENTS))


EVERY, SIMULATED = (lambda target: True), (lambda target: not target.startswith("windows"))
# Name, version, licence, origin, the targets that it is linked into.
LIBRARIES = [
    ("boost", boost_version(), "BSL-1.0", debian(r"boost[\d.]*"), EVERY),
    ("fmt", fmt_version(), "MIT", debian("fmtlib"), EVERY),
    ("libdeflate", found(SOURCES / "libdeflate/libdeflate.h", r'^#define LIBDEFLATE_VERSION_STRING\s+"([\d.]+)"')[0], "MIT", debian("libdeflate"), EVERY),
    ("nlohmann-json", json_version(), "MIT", debian("nlohmann-json3"), EVERY),
    ("utf8proc", utf8proc_version(), "MIT AND Unicode-DFS-2015", debian("utf8proc"), EVERY),
    ("zlib", found(SOURCES / "zlib/zlib.h", r'^#define ZLIB_VERSION "([\d.]+)"')[0], "Zlib", debian("zlib"), EVERY),
    ("sqlite", found(SOURCES / "sqlite/sqlite3.h", r'^#define SQLITE_VERSION +"([\d.]+)"')[0], "blessing", debian("sqlite3"), SIMULATED),
    ("libcxx", libcxx_version(), "Apache-2.0 WITH LLVM-exception", ziglang(), EVERY),
    ("musl", found(ZIG / "lib/libc/musl/src/internal/version.h", r'VERSION "([\d.]+)"')[0], "MIT", ziglang(), lambda target: target.startswith("linux")),
    ("mingw-w64", mingw_version(), "ZPL-2.1", ziglang(), lambda target: target.startswith("windows")),
]


def package(identifier, name, version, licence, **more):
    return {"SPDXID": identifier, "name": name, "versionInfo": version, "licenseDeclared": licence, "licenseConcluded": licence,
            "downloadLocation": "NOASSERTION", "copyrightText": "NOASSERTION", "filesAnalyzed": False, **more}


def library(name, version, licence, origin):
    purl, came = origin
    reference = {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}
    return package(f"SPDXRef-{name}", name, version, licence, sourceInfo=f"built from {came}", externalRefs=[reference])


def target_of(name):
    debian = re.search(r"_(\w+)\.deb$", name)
    return f"linux-{debian.group(1)}" if debian else re.search(r"-(\w+-\w+)\.(?:tar\.gz|zip)$", name).group(1)


def main():
    archives = sorted(path for path in ARCHIVES.iterdir() if path.name.endswith((".tar.gz", ".zip", ".deb")))
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in archives}
    packages, relations, linked = [package(OURS, "kubectl-akqueue", VERSION, "MIT", primaryPackagePurpose="APPLICATION")], [], set()

    def relate(one, kind, other):
        relations.append({"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other})

    relate("SPDXRef-DOCUMENT", "DESCRIBES", OURS)
    for name, digest in digests.items():
        target, kind = target_of(name), "deb-" if name.endswith(".deb") else ""
        packages.append(package(f"SPDXRef-{kind}{target}", f"kubectl-akqueue-{kind}{target}", VERSION, "MIT", packageFileName=name,
                                downloadLocation=f"{URL}/v{VERSION}/{name}", primaryPackagePurpose="INSTALL" if kind else "ARCHIVE",
                                checksums=[{"algorithm": "SHA256", "checksumValue": digest}]))
        relate(f"SPDXRef-{kind}{target}", "VARIANT_OF", OURS)
        for each in LIBRARIES:
            if each[4](target):
                linked.add(each[0])
                relate(f"SPDXRef-{kind}{target}", "STATIC_LINK", f"SPDXRef-{each[0]}")
    packages += [library(*each[:4]) for each in LIBRARIES if each[0] in linked]

    unique = hashlib.sha256("".join(digests.values()).encode()).hexdigest()[:16]
    created = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"kubectl-akqueue-v{VERSION}",
        "documentNamespace": f"{URL}/v{VERSION}/spdx-{unique}",
        "creationInfo": {"created": created.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": ["Tool: kubectl-akqueue-sbom"]},
        "packages": packages,
        "relationships": relations,
    }
    (ARCHIVES / f"kubectl-akqueue-v{VERSION}.spdx.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


main()
