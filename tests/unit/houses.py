#!/usr/bin/env python3
"""Keeps the houses of the tree apart: who may include whom, and which one file may know which library."""

import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Folder -> folders of the plugin whose headers it may include (its own always).
MAY_INCLUDE = {
    "cli": {"cluster", "commands", "ui"},
    "commands": {"cli", "cluster", "queue", "session", "system", "ui"},
    "cluster": {"system"},
    "session": {"cluster"},  # the process seam only, see below
    "queue": {"session", "system"},
    "system": set(),
    "ui": {"cluster", "system"},  # interrupts only of cluster, see below
}
ONLY = {("session", "cluster"): {"cluster/process.hpp"}, ("ui", "cluster"): {"cluster/interrupts.hpp"}}
# What only one kind of system has belongs in files of its own: NAME_posix.cpp, NAME_windows.cpp. And one file that those share.
OF_ONE_SYSTEM = {
    "_posix.cpp": re.compile(r"(fcntl|poll|pwd|termios|unistd)\.h|sys/.*"),
    "_windows.cpp": re.compile(r"(aclapi|sddl|shellapi|windows)\.h|system/windows\.hpp|cluster/overlapped_pipe\.hpp"),
}
SHARED_ON_WINDOWS = {"plugin/system/windows.hpp", "plugin/system/windows.cpp", "plugin/cluster/overlapped_pipe.hpp"}
# Library header -> the only file, or files, that may include it.
ONE_FILE = {
    "boost/process": "plugin/cluster/process_posix.cpp",
    "boost/asio": "plugin/cluster/process_posix.cpp",
    "boost/program_options": "include/akqueue/command_line.cpp",
    "sqlite3.h": "sim/replica/database.cpp",
    "utf8proc.h": "plugin/ui/characters.cpp",
    "zlib.h": ("plugin/queue/gzip_file.cpp", "include/akqueue/checksum.cpp"),
}
# JSON that somebody else wrote goes through akqueue/json_depth.hpp, which limits how deep it is nested. These read what the
# program carries itself, or look at the depth first.
READS_JSON = re.compile(r"\b(json|Json|ordered_json|Value|ClusterObject)::(parse|sax_parse)\(")
MAY_READ_JSON = {
    "include/akqueue/json_depth.hpp",
    "plugin/queue/json_row.cpp",
    "plugin/queue/schema.cpp",
    "sim/replica/schema.cpp",
    "sim/world/scenario.cpp",
}


def sources(folder):
    for directory, _, names in os.walk(os.path.join(ROOT, folder)):
        for name in sorted(names):
            if name.endswith((".cpp", ".hpp")):
                yield os.path.relpath(os.path.join(directory, name), ROOT)


def text_of(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def includes(path):
    return re.findall(r'^\s*#\s*include\s+["<]([^">]+)[">]', text_of(path), re.MULTILINE)


def faults():
    count = 0
    for path in [p for folder in ("include", "plugin", "sim") for p in sources(folder)]:
        count += 1
        house, _, rest = path.partition("/")
        if path not in MAY_READ_JSON and READS_JSON.search(text_of(path)):
            yield f"{path} reads JSON: parse_foreign() of akqueue/json_depth.hpp does, to a depth"
        for header in includes(path):
            for library, owner in ONE_FILE.items():
                owners = owner if isinstance(owner, tuple) else (owner,)
                if header.startswith(library) and path not in owners:
                    yield f"{path} includes {header}: only {' and '.join(owners)} may"
            if house == "include" and not header.startswith(("akqueue/", "boost/program_options", "nlohmann/", "zlib.h")) and ("/" in header or header.endswith(".hpp")):
                yield f"{path} includes {header}: include/ stands on nothing of ours"
            if header.startswith(("plugin/", "sim/")):
                yield f"{path} includes {header}: plugin and sim never include each other"
            if house != "plugin":
                continue
            for ending, header_of_one in OF_ONE_SYSTEM.items():
                if header_of_one.fullmatch(header) and not path.endswith(ending) and not (ending == "_windows.cpp" and path in SHARED_ON_WINDOWS):
                    yield f"{path} includes {header}: only files that end with {ending} may"
            if "/" not in rest:
                continue
            mine, target = rest.split("/")[0], header.split("/")[0]
            if target in MAY_INCLUDE and target != mine:
                if target not in MAY_INCLUDE[mine]:
                    yield f"{path} includes {header}: {mine} may not know {target}"
                elif header not in ONLY.get((mine, target), {header}):
                    yield f"{path} includes {header}: {mine} may only know {', '.join(ONLY[mine, target])}"
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
