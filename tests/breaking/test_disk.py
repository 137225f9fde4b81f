#!/usr/bin/env python3
"""A disk that fills for real, and places that can't be written: nothing goes that is not kept, and the message says why.

    test_disk.py sqlite|postgres

A small file system of its own (tmpfs in a mount namespace) holds the state directory. The flush is told that there is room,
because the check before it would refuse it: something else fills the disk meanwhile.
"""

import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from databases import make_peer  # noqa: E402

INSIDE = "AKQUEUE_DISK_TEST"
TASKS = 40000


def in_a_namespace():
    """Starts this test again where it may mount; root or not."""
    way = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    probe = subprocess.run([*way, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], stderr=subprocess.PIPE, check=False)
    if probe.returncode == 0:
        return subprocess.run([*way, sys.executable, *sys.argv], env=dict(os.environ, **{INSIDE: "1"}), check=False).returncode
    print("SKIPPED: no file system can be mounted here: " + probe.stderr.decode())
    return 77


def mounted(peer, size):
    place = os.path.join(peer.scratch, f"disk-{size}")
    os.mkdir(place, 0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", place], check=True)
    return place


def fill_while_it_runs(peer, place):
    """Fills the disk once the backup has begun. (exit status, everything printed)"""
    process = subprocess.Popen(["kubectl-akqueue", "flush", "--yes", "-n", "authentik"], env=dict(peer.environment, XDG_STATE_HOME=place),
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    backups = os.path.join(place, "akqueue", "backups")
    deadline = time.monotonic() + 20
    while not (os.path.isdir(backups) and os.listdir(backups)) and time.monotonic() < deadline:
        time.sleep(0.005)
    filler = os.open(os.path.join(place, "filler"), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        while os.write(filler, b"\0" * (1 << 20)) > 0:
            pass
    except OSError:  # it is full
        os.close(filler)
    said = process.communicate(timeout=60)[0].decode()
    return process.returncode, said


def disk_fills(peer):
    place = mounted(peer, "256m")
    before, rows = peer.count(), peer.everything()
    status, said = fill_while_it_runs(peer, place)
    gone = before - peer.count()
    print(f"the disk fills: exit status {status}, {gone} of {before} tasks gone")
    print("  " + "\n  ".join(line for line in said.splitlines() if line.startswith(("error", "hint"))))
    if status not in (1, 4) or gone == before:
        yield f"a full disk was not noticed: exit status {status}, {gone} gone: {said}"
    if "No space left on device" not in said or "hint: " not in said:
        yield f"the message does not say that the disk is full, or what to do: {said}"
    os.remove(os.path.join(place, "filler"))
    if gone > 0:
        done = subprocess.run(["kubectl-akqueue", "undo", "--yes", "-n", "authentik"], env=dict(peer.environment, XDG_STATE_HOME=place),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode != 0:
            yield f"undo fails: {done.stdout.decode()}"
    if peer.everything() != rows:
        yield "the rows are not what they were"


def disk_is_full(peer):
    """Too small from the start: refused before the first row goes."""
    place = mounted(peer, "256k")
    before = peer.count()
    status, out, err = peer.akqueue("flush", "--yes", XDG_STATE_HOME=place)
    print(f"no room: exit status {status}\n  {err.splitlines()[-2]}\n  {err.splitlines()[-1]}")
    if status == 0 or peer.count() != before or "hint: " not in err:
        yield f"exit status {status}, {before - peer.count()} gone: {out}{err}"


def read_only(peer):
    place = mounted(peer, "8m")
    subprocess.run(["mount", "-o", "remount,bind,ro", place], check=True)
    before = peer.count()
    for arguments in (["flush", "--yes"], ["flush", "--yes", "--backup-file", os.path.join(place, "backup.tasks.gz")]):
        status, out, err = peer.akqueue(*arguments, XDG_STATE_HOME=place)
        print(f"read-only: exit status {status}\n  {err.splitlines()[-1]}")
        if status not in (1, 3) or peer.count() != before or "Read-only file system" not in err:
            yield f"{arguments}: exit status {status}, {before - peer.count()} gone: {out}{err}"


def main():
    if INSIDE not in os.environ:
        return in_a_namespace()
    peer = make_peer(sys.argv[1], TASKS)
    print(peer.name)
    faults = []
    try:
        for case in (disk_fills, disk_is_full, read_only):
            peer.renew()
            faults += [f"{case.__name__}: {fault}" for fault in case(peer)]
    finally:
        for name in os.listdir(peer.scratch):
            if name.startswith("disk-"):
                subprocess.run(["umount", os.path.join(peer.scratch, name)], check=False)
        peer.close()
    for fault in faults:
        print("FAILED: " + fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
