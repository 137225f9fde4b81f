"""Undos at the same time, undos killed at moments all over their time, and rows that an index keeps out."""

import os

from databases import TASKS as TASK_TABLE
from trials import NOTHING, ROWS, change, kill_undos, listed, remove, some_ids, two_actors

TASKS = ROWS


def test_two_at_once(trial):
    seen = []
    for jobs in ("1", "2"):
        gone = trial.done("flush", "--yes")["deleted"]
        restored = []
        for undo in [trial.start("undo", "--yes", "--jobs", jobs) for _ in range(2)]:
            status, result, said = undo.end()
            assert status == 0 or (status == 1 and NOTHING in said), f"one of two undos ends with {status}: {said} {result}"
            restored.append(result["restored"] if status == 0 else 0)
        assert sum(restored) == gone, f"{gone} were gone, two undos restored {restored}"
        trial.whole()
        seen.append(restored)
    print(f"restored {seen}")


def test_killed_undos(trial):
    kill_undos(trial)


def test_kept_out(trial):
    """Two indexes, each with room for one of a deleted task and the task that is there."""
    peer = trial.peer
    deleted_actor, other_actor = two_actors(peer)
    out = some_ids(peer, f"state = 'queued' AND actor_name = '{deleted_actor}'", 2)
    there, = some_ids(peer, f"state = 'queued' AND actor_name = '{other_actor}'", 1)
    kept = os.path.join(peer.scratch, "there.gz")
    status, said, errors = peer.akqueue("backup", str(there), "--backup-file", kept)
    assert status == 0, f"backup of one task ends with {status}: {said}{errors}"
    deleted = trial.done("delete", "--actor", deleted_actor, "--yes")["deleted"]
    change(peer, *(f"CREATE UNIQUE INDEX keeps_out_{number} ON {TASK_TABLE} (queue_name) WHERE message_id IN ({listed([one, there])})"
                   for number, one in enumerate(out)))
    try:
        result = trial.done("undo", "--yes")
        assert (result["restored"], result["left"]["conflicting"]) == (deleted - 2, 2), f"{deleted} were deleted, two kept out: {result}"
        # Once more, in words.
        status, said, errors = peer.akqueue("undo", "--yes")
        assert status == 0, f"undo with two kept out ends with {status}: {said}{errors}"
        assert "2 that a unique index does not let in" in said and "only in the backup: 2 tasks; kubectl akqueue undo" in said
        assert trial.gone() == 2 and peer.strays() == 0, f"{trial.gone()} are missing, not 2; {peer.strays()} log rows without their task"
        remove(peer, [there])
        result = trial.done("undo", "--yes")
        assert result["restored"] == 2, f"nothing is in the way, and undo says {result}"
    finally:
        change(peer, *(f"DROP INDEX keeps_out_{number}" for number in range(2)))
    status, said, errors = peer.akqueue("restore", kept, "--yes")
    assert status == 0, f"restore of one task ends with {status}: {said}{errors}"
    print(f"2 of {deleted} kept out, and back when the way was free")
