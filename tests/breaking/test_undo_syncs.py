"""A disk whose n-th sync fails: what the flush or backup says, and that its batch is in the table."""

import itertools
import os

from trials import FIRST_BATCH, ROWS, SYNC_FAILS

TASKS = ROWS


def test_failing_syncs(trial):
    """Each sync of a flush, then of a backup, until there are no more."""
    seen = []
    for number in itertools.count(1):
        flush = trial.start("flush", "--yes", sync=f"fail {number}")
        status, result, said = flush.end()
        synced, gone = flush.synced(), trial.gone()
        if len(synced) < number:
            trial.take_back()
            break
        assert status == (4 if gone else 1), f"sync {number} fails, the flush ends with {status}, {gone} gone: {said}"
        assert SYNC_FAILS in said and synced[number - 1] in said, f"sync {number} fails"
        assert gone == (result["deleted"] if result else 0), f"sync {number} fails, {gone} are gone, and the flush says {result}"
        trial.take_back_what_is_gone()
        seen.append(gone)
    assert seen[FIRST_BATCH - 1] == 0, f"the batch whose sync failed is not in the table: {seen} gone"
    assert any(0 < gone < max(seen) for gone in seen), f"no sync in the middle has failed: {seen} gone"
    for number in itertools.count(1):
        file = os.path.join(trial.peer.scratch, f"failing-{number}.gz")
        status, _, said = trial.ended("backup", "--backup-file", file, sync=f"fail {number}")
        if status == 0:
            break
        assert status == 1 and SYNC_FAILS in said and file in said, f"sync {number} of a backup fails: {status} {said}"
        assert not os.path.exists(file), f"sync {number} of a backup fails, and leaves a piece of it"
    assert number > 2, "no sync of a backup was hindered"
    print(f"{len(seen)} syncs of a flush, with {seen} gone, and {number - 1} of a backup")
