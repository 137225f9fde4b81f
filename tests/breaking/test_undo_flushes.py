"""Undo after flushes that still run, that were killed or interrupted, or that failed with nothing deleted."""

import os
import resource
import signal

from trials import FIRST_BATCH, ROWS, SYNC_FAILS, remove, some_ids, two_actors

TASKS = ROWS


def test_flush_still_runs(trial):
    with trial.held(FIRST_BATCH + 1, "flush", "--yes") as flush:
        gone, backup = trial.gone(), flush.synced()[0]
        assert 0 < gone < trial.tasks, f"the flush is not in its middle: {gone} gone"
        status, _, said = trial.ended("undo", "--yes")
        assert status == 3 and "still running" in said and backup in said, f"undo beside a flush ends with {status}: {said}"
        assert trial.gone() == gone and flush.runs(), f"{gone} were gone before that undo, {trial.gone()} afterwards"
    status, result, said = flush.end()
    assert status == 0 and result["deleted"] == trial.gone(), f"the flush ends with {status}: {said} {result}"
    trial.take_back()
    print(f"undo refused with {gone} gone, {result['deleted']} back after the end of the flush")


def test_killed_flush(trial):
    seen = []
    for number in (FIRST_BATCH + 1, FIRST_BATCH + 2):
        with trial.held(number, "flush", "--yes") as flush:
            flush.kill()
        trial.settle()
        seen.append(trial.gone())
        trial.take_back()
    assert 0 < seen[0] < seen[1] < trial.tasks, f"not killed in the middle: {seen} gone"
    trial.expect_nothing_to_undo()
    print(f"killed with {seen} gone")


def test_fails_with_nothing_deleted(trial):
    """None of them gets in the way of the previous deletion."""
    deleted = trial.done("delete", "--actor", two_actors(trial.peer)[0], "--yes")["deleted"]
    status, result, said = trial.ended("flush", "--yes", sync=f"fail {FIRST_BATCH}")
    assert status == 1 and SYNC_FAILS in said and result["deleted"] == 0, f"a first sync that fails: {status} {said} {result}"
    with trial.held(FIRST_BATCH - 1, "flush", "--yes") as flush:
        # Not a byte more than the backup's header.
        resource.prlimit(flush.process.pid, resource.RLIMIT_FSIZE, (os.path.getsize(flush.synced()[0]), resource.RLIM_INFINITY))
    status, result, said = flush.end()
    assert status == 1 and "File too large" in said and result["deleted"] == 0, f"a file that takes no more: {status} {said} {result}"
    with trial.held(FIRST_BATCH, "flush", "--yes") as flush:
        flush.kill()
    trial.settle()
    assert trial.gone() == deleted, f"{deleted} were deleted before, {trial.gone()} are gone after flushes that failed"
    trial.take_back(deleted)
    print(f"{deleted} back behind three flushes that deleted nothing")


def test_between_batches(trial):
    with trial.held(FIRST_BATCH + 1, "flush", "--yes") as flush:
        flush.process.send_signal(signal.SIGINT)
    status, result, said = flush.end()
    gone = trial.gone()
    assert status == 130 and result["ending"] == "interrupted", f"Ctrl-C ends with {status}: {said}"
    assert 0 < gone < trial.tasks
    trial.take_back()
    all_gone = trial.done("flush", "--yes")["deleted"]
    trial.take_back(all_gone)
    trial.expect_nothing_to_undo()
    missing = some_ids(trial.peer, "state = 'queued'", 7)
    remove(trial.peer, missing)
    trial.take_back(len(missing))
    print(f"{gone} back after Ctrl-C, {all_gone} after the next flush, then {len(missing)} that were lost once more")
