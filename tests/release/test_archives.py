"""The archives of a release: what is in them, that each program is for its system and needs nothing else there, and
that nothing of the machine that built them got into them.
"""

import gzip
import hashlib
import os
import pathlib
import re
import socket
import subprocess
import tarfile
import zipfile

import executables

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEXTS = {"CHANGELOG.md", "LICENSE", "NOTICES", "README.md"}
# What Windows itself has.
SYSTEM_DLLS = re.compile(r"(api-ms-win-crt-[a-z0-9-]+|kernel32|advapi32|ws2_32|mswsock|ntdll|shell32|ole32|user32|bcrypt|ucrtbase)\.dll",
                         re.IGNORECASE)


def seconds_of_commit():
    return int(subprocess.run(["git", "-C", str(ROOT), "log", "-1", "--format=%ct"], check=True, stdout=subprocess.PIPE).stdout)


def members_of(path):
    """Name -> bytes, after checking the attributes of each."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            assert len({info.date_time for info in archive.infolist()}) == 1, f"{path.name}: its files have several times"
            members = {name: archive.read(name) for name in names}
    else:
        assert path.read_bytes()[4:8] == b"\0\0\0\0", f"{path.name}: gzip's header has a time"
        with gzip.open(path) as unpacked, tarfile.open(fileobj=unpacked) as archive:
            names = archive.getnames()
            for member in archive.getmembers():
                assert (member.uid, member.gid, member.uname, member.gname) == (0, 0, "", ""), f"{path.name}: {member.name} has an owner"
                assert member.mtime == seconds_of_commit(), f"{path.name}: {member.name} has another time than the commit"
                assert member.mode == (0o644 if member.name in TEXTS else 0o755), f"{path.name}: {member.name} has mode {member.mode:o}"
            members = {name: archive.extractfile(name).read() for name in names}
    assert names == sorted(names), f"{path.name}: its names are not sorted"
    return members


def check_linux(name, data, arch):
    program = executables.elf(data)
    assert program["machine"] == arch, f"{name} is for {program['machine']}"
    assert 3 not in program["headers"] and program["needed"] == 0, f"{name} is not static"
    # musl gives threads stacks of what the program asks for here; 128 KiB where it asks for nothing.
    assert program["headers"].get(0x6474E551, [0] * 8)[6] >= 1 << 20, f"{name} asks for no stack"


def check_darwin(name, data, arch):
    program = executables.macho(data)
    assert program["machine"] == arch, f"{name} is for {program['machine']}"
    assert program["oldest"] == "12.0", f"{name} wants macOS {program['oldest']}"
    assert program["libraries"] == ["/usr/lib/libSystem.B.dylib"], f"{name} needs {program['libraries']}"
    # macOS on arm64 runs nothing unsigned, or whose signature does not fit.
    assert program["signature"] is True or (arch == "amd64" and program["signature"] is None), f"{name}: signature {program['signature']}"


def check_windows(name, data, arch):
    program = executables.pe(data)
    assert program["machine"] == arch and program["subsystem"] == 3, f"{name} is {program}"
    foreign = [library for library in program["libraries"] if not SYSTEM_DLLS.fullmatch(library)]
    assert program["libraries"] and not foreign, f"{name} needs {foreign or 'nothing?'}"


def test_archive(archives, archive):
    system, arch = re.search(r"-(\w+)-(\w+)\.(?:tar\.gz|zip)$", archive.name).groups()
    members = members_of(archive)
    programs = {"kubectl-akqueue.exe"} if system == "windows" else {"kubectl-akqueue", "akqueue-sim"}
    assert set(members) == TEXTS | programs, f"{archive.name} has {sorted(members)}"
    assert members["LICENSE"] == (ROOT / "LICENSE").read_bytes(), f"{archive.name}: another LICENSE"
    # Who built it and where. Short names would be found by chance.
    traces = {str(ROOT), str(archives), os.path.expanduser("~") + "/.", socket.gethostname()}
    for program in programs & set(members):
        name, data = f"{archive.name}: {program}", members[program]
        {"linux": check_linux, "darwin": check_darwin, "windows": check_windows}[system](name, data, arch)
        for trace in traces:
            assert len(trace) < 5 or trace.encode() not in data, f"{name} has {trace} in it"
    print(f"{archive.name}: {', '.join(sorted(members))}; {archive.stat().st_size:,} bytes")


def test_sums(archives):
    found = [*archives.glob("*.tar.gz"), *archives.glob("*.zip")]
    sums = dict(reversed(line.split()) for line in (archives / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
    packages = sorted(archives.glob("*.deb"))
    assert len(packages) == sum("-linux-" in path.name for path in found), f"the Debian packages are {[path.name for path in packages]}"
    assert found
    for path in [*found, *packages]:
        assert sums.get(path.name) == hashlib.sha256(path.read_bytes()).hexdigest(), f"SHA256SUMS has another sum of {path.name}"
