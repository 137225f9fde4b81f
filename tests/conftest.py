"""What all test programs in Python share: which engine they run on, the seed of what they do at random, and how a session ends."""

import contextlib
import time

import pytest

# What these assert is shown as what a case asserts.
pytest.register_assert_rewrite("databases", "drains", "screen", "waiting")

from databases import make_peer  # noqa: E402

LEFT_OUT = 77  # CTest's SKIP_RETURN_CODE
NO_TESTS = pytest.ExitCode.NO_TESTS_COLLECTED


def pytest_addoption(parser):
    parser.addoption("--engine", choices=["sqlite", "postgres"], default="sqlite",
                     help="worlds of akqueue-sim, or the database that tests/beds/postgres/with-cluster has made")
    parser.addoption("--seed", type=int, default=int(time.time()), help="of all that is done at random")


def pytest_report_header(config):
    return f"seed: --seed {config.option.seed}"


def pytest_collection_modifyitems(config, items):
    def is_here(item):
        return all(config.option.engine in marker.args for marker in item.iter_markers("only"))

    config.hook.pytest_deselected(items=[item for item in items if not is_here(item)])
    items[:] = filter(is_here, items)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    """What was left out has not passed: CTest says so, and scripts/test.sh makes a failure of it."""
    skipped = session.config.pluginmanager.get_plugin("terminalreporter").stats.get("skipped")
    if skipped and exitstatus in (pytest.ExitCode.OK, NO_TESTS):
        session.exitstatus = LEFT_OUT


@pytest.fixture(scope="session")
def engine(request):
    return request.config.option.engine


@pytest.fixture(scope="session")
def seed(request):
    return request.config.option.seed


@pytest.fixture(scope="module")
def peer(request, engine):
    """The engine's database for whole commands. It has the module's number of TASKS whenever it is renewed."""
    with contextlib.closing(make_peer(engine, request.module.TASKS)) as made:
        yield made


@pytest.fixture
def failed_before(request):
    """Whether the case before this one failed: what the two share must then be created anew."""
    failed, before = request.session.testsfailed, getattr(request.session, "failed_until_now", 0)
    request.session.failed_until_now = failed
    return failed > before
