"""A disk that fills for real, and places that can't be written: nothing goes that is not kept, and the message says why.

Small file systems of their own hold the state directory: this runs under tests/beds/may-mount. The flush is told that there is
room, because the check before it would refuse it: something else fills the disk meanwhile.
"""

import os
import subprocess

import pytest

from waiting import wait_until

TASKS = 40000


@pytest.fixture
def disk(peer):
    """Mounts a disk of a size; returns its place."""
    if "AKQUEUE_MAY_MOUNT" not in os.environ:
        pytest.skip("this runs under tests/beds/may-mount")
    places = []

    def mounted(size):
        place = os.path.join(peer.scratch, f"disk-{size}")
        os.mkdir(place, 0o700)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", place], check=True)
        places.append(place)
        return place

    peer.renew()
    yield mounted
    for place in places:
        subprocess.run(["umount", place], check=False)
        os.rmdir(place)


def fill(place):
    with open(os.path.join(place, "filler"), "wb", buffering=0) as filler:
        with pytest.raises(OSError):  # it is full
            while True:
                filler.write(b"\0" * (1 << 20))


def fill_while_it_runs(peer, place):
    """Fills the disk once the backup has begun. (exit status, everything printed)"""
    process = subprocess.Popen(["kubectl-akqueue", "flush", "--yes", "-n", "authentik"], env=dict(peer.environment, XDG_STATE_HOME=place),
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    backups = os.path.join(place, "akqueue", "backups")
    wait_until(lambda: os.path.isdir(backups) and os.listdir(backups), "it begins no backup", every_s=0.005)
    fill(place)
    said = process.communicate(timeout=60)[0].decode()
    return process.returncode, said


def test_a_disk_that_fills(peer, disk):
    place = disk("256m")
    before, rows = peer.count(), peer.everything()
    status, said = fill_while_it_runs(peer, place)
    gone = before - peer.count()
    print(f"exit status {status}, {gone} of {before} tasks gone")
    assert status in (1, 4) and gone < before, f"a full disk was not noticed: {said}"
    assert "No space left on device" in said and "hint: " in said
    os.remove(os.path.join(place, "filler"))
    if gone > 0:
        status, out, err = peer.akqueue("undo", "--yes", XDG_STATE_HOME=place)
        assert status == 0, f"undo: {out}{err}"
    assert peer.everything() == rows, "the rows are not what they were"


def test_a_disk_that_is_full(peer, disk):
    """Too small from the start: refused before the first row goes."""
    place, before = disk("256k"), peer.count()
    status, out, err = peer.akqueue("flush", "--yes", XDG_STATE_HOME=place)
    assert status != 0 and "hint: " in err, f"{out}{err}"
    assert peer.count() == before


@pytest.mark.parametrize("where", ("state", "file"))
def test_a_disk_that_is_read_only(peer, disk, where):
    place, before = disk("8m"), peer.count()
    subprocess.run(["mount", "-o", "remount,bind,ro", place], check=True)
    file = ["--backup-file", os.path.join(place, "backup.tasks.gz")] if where == "file" else []
    status, out, err = peer.akqueue("flush", "--yes", *file, XDG_STATE_HOME=place)
    assert status in (1, 3) and "Read-only file system" in err, f"{out}{err}"
    assert peer.count() == before
