#!/usr/bin/env python3
"""Keeps the layers of the tree apart: who may include whom, which namespace is whose, and which one file may know which library."""

import collections
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# The folders of each tree from top to bottom: each may include what is below it, never what is at the same level.
FLOORS = {
    "plugin": ("commands", "diagnosis", "queue", "backup cli", "session cluster ui", "system"),
    "sim": ("cli", "kubectl", "simulation", "queue", "cluster", "scenario", "world", "replica"),
}
FLOOR = {(tree, house): number for tree, floors in FLOORS.items() for number, floor in enumerate(floors) for house in floor.split()}
# What only one system has belongs in its own files: NAME_posix.cpp, NAME_windows.cpp. And one file that these share.
OF_ONE_SYSTEM = {
    "_posix.cpp": re.compile(r"(fcntl|poll|pwd|termios|unistd)\.h|sys/.*"),
    "_windows.cpp": re.compile(r"(aclapi|sddl|shellapi|windows)\.h|system/windows\.hpp|system/overlapped_pipe\.hpp"),
}
SHARED_ON_WINDOWS = {"plugin/system/windows.hpp", "plugin/system/windows.cpp", "plugin/system/overlapped_pipe.hpp"}
# Library header -> the only file, or files, that may include it.
ONE_FILE = {
    "boost/process": "plugin/system/process_posix.cpp",
    "boost/asio": "plugin/system/process_posix.cpp",
    "boost/program_options": "include/akqueue/command_line.cpp",
    "fmt/": "plugin/ui/text.hpp",
    "libdeflate.h": "plugin/backup/gzip_member.cpp",
    "sqlite3.h": "sim/replica/database.cpp",
    "utf8proc.h": "plugin/ui/characters.cpp",
    "zlib.h": ("plugin/backup/gzip_source.cpp", "include/akqueue/checksum.cpp"),
}
# JSON that somebody else wrote goes through akqueue/json_depth.hpp, which limits how deep it is nested. These read what
# the program carries itself, or look at the depth first.
READS_JSON = re.compile(r"\b(json|Json|ordered_json|Value|ClusterObject)::(parse|sax_parse)\(")
MAY_READ_JSON = {
    "include/akqueue/json_depth.hpp",
    "plugin/backup/json_row.cpp",
    "plugin/queue/schema.cpp",
    "sim/replica/schema.cpp",
    "sim/scenario/scenario.cpp",
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
    return included(text_of(path))


def included(text):
    return re.findall(r'^\s*#\s*include\s*["<]([^">]+)[">]', text, re.MULTILINE)


def faults():
    count = 0
    for path in [p for folder in ("include", "plugin", "sim") for p in sources(folder)]:
        count += 1
        yield from faults_of(path, text_of(path))
    if count < 50:
        yield f"only {count} source files were found: is this the right tree?"


def faults_of(path, text):
    """What is wrong with a file of this path and text."""
    house, _, rest = path.partition("/")
    if path not in MAY_READ_JSON and READS_JSON.search(text):
        yield f"{path} reads JSON: parse_foreign() of akqueue/json_depth.hpp does, to a depth"
    yield from namespaces_of(path, text)
    for header in included(text):
        for library, owner in ONE_FILE.items():
            owners = owner if isinstance(owner, tuple) else (owner,)
            if header.startswith(library) and path not in owners:
                yield f"{path} includes {header}: only {' and '.join(owners)} may"
        if house == "include" and not header.startswith(("akqueue/", "boost/program_options", "nlohmann/", "zlib.h")) and ("/" in header or header.endswith(".hpp")):
            yield f"{path} includes {header}: include/ stands on nothing of ours"
        if header.startswith(("plugin/", "sim/")):
            yield f"{path} includes {header}: plugin and sim never include each other"
        if house == "plugin":
            for ending, header_of_one in OF_ONE_SYSTEM.items():
                if header_of_one.fullmatch(header) and not path.endswith(ending) and not (ending == "_windows.cpp" and path in SHARED_ON_WINDOWS):
                    yield f"{path} includes {header}: only files that end with {ending} may"
        if house not in FLOORS or "/" not in rest:
            continue
        mine, target = (house, rest.split("/")[0]), (house, header.split("/")[0])
        if mine not in FLOOR:
            yield f"{path} stands in a folder that has no floor"
        elif target not in FLOOR and os.path.isdir(os.path.join(ROOT, *target)):
            yield f"{path} includes {header}, of a folder that has no floor"
        elif target in FLOOR and target != mine and FLOOR[target] <= FLOOR[mine]:
            yield f"{path} includes {header}: {mine[1]} may not know {target[1]}"


def namespaces_of(path, text):
    """A folder of plugin/ has the namespace of its name, all of sim/ has one, and include/ has akqueue itself."""
    tree, *rest = path.split("/")
    own = {"plugin": f"akqueue::{rest[0]}", "sim": "akqueue::sim"}.get(tree, "akqueue")
    opened = re.findall(r"^namespace (akqueue[\w:]*) \{", text, re.MULTILINE)
    if len(rest) > 1 and opened and not any(f"{name}::".startswith(f"{own}::") for name in opened):
        yield f"{path} opens namespace {opened[0]}: its own is {own}"


# (path, text of a file that must not be): the rules see each.
FORBIDDEN = [
    ("plugin/session/agent.cpp", '#include "commands/table.hpp"\n'),
    ("plugin/session/agent.cpp", '#include"queue/settings.hpp"\n'),
    ("plugin/session/agent.cpp", '#include "cluster/kubectl.hpp"\n'),
    ("plugin/session/agent.cpp", '#include "system/overlapped_pipe.hpp"\n'),
    ("plugin/system/file_posix.cpp", "#include <windows.h>\n"),
    ("plugin/queue/settings.cpp", "#include <zlib.h>\n"),
    ("plugin/queue/settings.cpp", '#include "sim/world/world.hpp"\n'),
    ("plugin/nowhere/new.cpp", '#include "ui/text.hpp"\n'),
    ("sim/replica/server.cpp", '#include "cluster/pods.hpp"\n'),
    ("include/akqueue/time.hpp", '#include "ui/text.hpp"\n'),
    ("plugin/cluster/kubectl.cpp", "Json::parse(text)"),
    ("plugin/cluster/kubectl.cpp", "namespace akqueue {\n"),
    ("plugin/queue/task/task.cpp", "namespace akqueue::backup {\n"),
    ("sim/world/world.cpp", "namespace akqueue {\n"),
]


def rooms_and_arrows(tree):
    """Of each folder its rooms (a header and its source are one) and the arrows between them."""
    rooms, arrows = collections.defaultdict(set), collections.defaultdict(set)
    for path in sources(tree):
        room = os.path.splitext(path)[0].removeprefix(tree + "/")
        folder = os.path.dirname(room) or "."
        rooms[folder].add(room)
        for header in includes(path):
            to = os.path.splitext(header)[0]
            if to != room and os.path.dirname(to) == folder:
                arrows[folder].add((room, to))
    return [(folder, len(rooms[folder]), len(arrows[folder])) for folder in sorted(rooms)]


def main():
    for tree in FLOORS:
        for folder, rooms, arrows in rooms_and_arrows(tree):
            print(f"{tree}/{folder}: {rooms} rooms, {arrows} arrows between them")
    found = list(faults())
    found += [f"the rules don't see {text.strip()} in {path}" for path, text in FORBIDDEN if not list(faults_of(path, text))]
    for fault in found:
        print(fault)
    print("nobody looks up" if not found else f"{len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
