"""How much is broken (each of the options is one file's), and the tables that the cases of undo share."""

import os

import pytest

pytest.register_assert_rewrite("trials")

from trials import Trial, built  # noqa: E402


def pytest_addoption(parser):
    parser.addoption("--points", type=int, default=int(os.environ.get("AKQUEUE_KILL_POINTS", "12")),
                     help="test_faults.py: how many random points of sessions are broken (AKQUEUE_KILL_POINTS)")
    parser.addoption("--rounds", type=int, default=15, help="test_ending.py: how many deletions are ended")
    parser.addoption("--rows", type=int, default=1500, help="test_rows.py: how many tasks are made at random")


@pytest.fixture(scope="session")
def slow_sync(tmp_path_factory):
    """slow_sync.c as something to preload."""
    shim = built(tmp_path_factory.mktemp("slow_sync"))
    return shim or pytest.skip("there is no C compiler for slow_sync.c")


@pytest.fixture(scope="module")
def whole_trial(peer, slow_sync):
    return Trial(peer, slow_sync)


@pytest.fixture
def trial(request, whole_trial, failed_before):
    """The peer's full tables, which the case leaves as they were: all rows are compared by hash, and all edges between tasks."""
    if failed_before:
        whole_trial.renew()
    whole_trial.forget()
    failed = request.session.testsfailed
    yield whole_trial
    if request.session.testsfailed == failed:
        whole_trial.whole()
