#!/usr/bin/env python3
"""Keeps the houses of the tree apart: who may include whom, and which one file may know which library."""

import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Folder -> folders of the plugin whose headers it may include (its own always).
MAY_INCLUDE = {
    "cli": {"cluster", "commands", "ui"},
    "commands": {"cli", "cluster", "queue", "session", "ui"},
    "cluster": set(),
    "session": {"cluster"},  # the process seam only, see below
    "queue": {"session"},
    "ui": {"cluster"},  # interrupts only, see below
}
ONLY = {"session": {"cluster/process.hpp"}, "ui": {"cluster/interrupts.hpp"}}
# Library header -> the only file, or files, that may include it.
ONE_FILE = {
    "boost/process": "plugin/cluster/process.cpp",
    "boost/asio": "plugin/cluster/process.cpp",
    "boost/program_options": "include/akqueue/command_line.cpp",
    "sqlite3.h": "sim/replica/database.cpp",
    "zlib.h": ("plugin/queue/gzip_file.cpp", "include/akqueue/checksum.cpp"),
}


def sources(folder):
    for directory, _, names in os.walk(os.path.join(ROOT, folder)):
        for name in sorted(names):
            if name.endswith((".cpp", ".hpp")):
                yield os.path.relpath(os.path.join(directory, name), ROOT)


def includes(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return re.findall(r'^\s*#\s*include\s+["<]([^">]+)[">]', file.read(), re.MULTILINE)


def faults():
    count = 0
    for path in [p for folder in ("include", "plugin", "sim") for p in sources(folder)]:
        count += 1
        house, _, rest = path.partition("/")
        for header in includes(path):
            for library, owner in ONE_FILE.items():
                owners = owner if isinstance(owner, tuple) else (owner,)
                if header.startswith(library) and path not in owners:
                    yield f"{path} includes {header}: only {' and '.join(owners)} may"
            if house == "include" and not header.startswith(("akqueue/", "boost/program_options", "nlohmann/", "zlib.h")) and ("/" in header or header.endswith(".hpp")):
                yield f"{path} includes {header}: include/ stands on nothing of ours"
            if header.startswith(("plugin/", "sim/")):
                yield f"{path} includes {header}: plugin and sim never include each other"
            if house != "plugin" or "/" not in rest:
                continue
            mine, target = rest.split("/")[0], header.split("/")[0]
            if target in MAY_INCLUDE and target != mine:
                if target not in MAY_INCLUDE[mine]:
                    yield f"{path} includes {header}: {mine} may not know {target}"
                elif mine in ONLY and header not in ONLY[mine]:
                    yield f"{path} includes {header}: {mine} may only know {', '.join(ONLY[mine])}"
    if count < 50:
        yield f"only {count} source files were found: is this the right tree?"


def main():
    found = list(faults())
    for fault in found:
        print(fault)
    print("the houses stand apart" if not found else f"{len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
