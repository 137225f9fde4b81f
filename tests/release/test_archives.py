#!/usr/bin/env python3
"""The archives of a release: what is in them, that each program is for its system and needs nothing else there, and
that nothing of the machine that built them got into them.

    test_archives.py ARCHIVES
"""

import gzip
import hashlib
import os
import pathlib
import re
import socket
import subprocess
import sys
import tarfile
import zipfile

import executables

ROOT = pathlib.Path(__file__).resolve().parents[2]
ARCHIVES = pathlib.Path(sys.argv[1])
TEXTS = {"CHANGELOG.md", "LICENSE", "NOTICES", "README.md"}
# What Windows itself has.
SYSTEM_DLLS = re.compile(r"(api-ms-win-crt-[a-z0-9-]+|kernel32|advapi32|ws2_32|mswsock|ntdll|shell32|ole32|user32|bcrypt|ucrtbase)\.dll", re.IGNORECASE)
faults = []


def expect(true, what):
    if not true:
        faults.append(what)


def seconds_of_commit():
    return int(subprocess.run(["git", "-C", str(ROOT), "log", "-1", "--format=%ct"], check=True, stdout=subprocess.PIPE).stdout)


def members_of(path):
    """Name -> bytes, after a look at what goes with each."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            expect(len({info.date_time for info in archive.infolist()}) == 1, f"{path.name}: its files have several times")
            members = {name: archive.read(name) for name in names}
    else:
        expect(path.read_bytes()[4:8] == b"\0\0\0\0", f"{path.name}: gzip's header has a time")
        with gzip.open(path) as unpacked, tarfile.open(fileobj=unpacked) as archive:
            names = archive.getnames()
            for member in archive.getmembers():
                expect((member.uid, member.gid, member.uname, member.gname) == (0, 0, "", ""), f"{path.name}: {member.name} has an owner")
                expect(member.mtime == seconds_of_commit(), f"{path.name}: {member.name} has another time than the commit")
                expect(member.mode == (0o644 if member.name in TEXTS else 0o755), f"{path.name}: {member.name} has mode {member.mode:o}")
            members = {name: archive.extractfile(name).read() for name in names}
    expect(names == sorted(names), f"{path.name}: its names are not sorted")
    return members


def check_linux(name, data, arch):
    program = executables.elf(data)
    expect(program["machine"] == arch, f"{name} is for {program['machine']}")
    expect(3 not in program["headers"] and program["needed"] == 0, f"{name} is not static")
    # musl gives threads stacks of what the program asks for here; 128 KiB where it asks for nothing.
    expect(program["headers"].get(0x6474E551, [0] * 8)[6] >= 1 << 20, f"{name} asks for no stack")


def check_darwin(name, data, arch):
    program = executables.macho(data)
    expect(program["machine"] == arch, f"{name} is for {program['machine']}")
    expect(program["oldest"] == "12.0", f"{name} wants macOS {program['oldest']}")
    expect(program["libraries"] == ["/usr/lib/libSystem.B.dylib"], f"{name} needs {program['libraries']}")
    # macOS on arm64 runs nothing unsigned, or whose signature does not fit.
    expect(program["signature"] is True or (arch == "amd64" and program["signature"] is None), f"{name}: signature {program['signature']}")


def check_windows(name, data, arch):
    program = executables.pe(data)
    expect(program["machine"] == arch and program["subsystem"] == 3, f"{name} is {program}")
    foreign = [library for library in program["libraries"] if not SYSTEM_DLLS.fullmatch(library)]
    expect(program["libraries"] and not foreign, f"{name} needs {foreign or 'nothing?'}")


def check(path):
    system, arch = re.search(r"-(\w+)-(\w+)\.(?:tar\.gz|zip)$", path.name).groups()
    members = members_of(path)
    programs = {"kubectl-akqueue.exe"} if system == "windows" else {"kubectl-akqueue", "akqueue-sim"}
    expect(set(members) == TEXTS | programs, f"{path.name} has {sorted(members)}")
    expect(members["LICENSE"] == (ROOT / "LICENSE").read_bytes(), f"{path.name}: another LICENSE")
    # Who built it and where. Short names would be found by chance.
    traces = {str(ROOT), str(ARCHIVES), os.path.expanduser("~") + "/.", socket.gethostname()}
    for program in programs & set(members):
        name, data = f"{path.name}: {program}", members[program]
        {"linux": check_linux, "darwin": check_darwin, "windows": check_windows}[system](name, data, arch)
        for trace in traces:
            expect(len(trace) < 5 or trace.encode() not in data, f"{name} has {trace} in it")
    print(f"{path.name}: {', '.join(sorted(members))}; {path.stat().st_size:,} bytes")


def main():
    archives = sorted(ARCHIVES.glob("*.tar.gz")) + sorted(ARCHIVES.glob("*.zip"))
    expect(archives, f"{ARCHIVES} has no archives")
    for path in archives:
        check(path)
    sums = dict(reversed(line.split()) for line in (ARCHIVES / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
    packages = sorted(ARCHIVES.glob("*.deb"))
    expect(len(packages) == sum("-linux-" in path.name for path in archives), f"the Debian packages are {[path.name for path in packages]}")
    for path in [*archives, *packages]:
        expect(sums.get(path.name) == hashlib.sha256(path.read_bytes()).hexdigest(), f"SHA256SUMS has another sum of {path.name}")
    for fault in faults:
        print("FAILED: " + fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
