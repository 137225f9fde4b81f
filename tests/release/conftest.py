"""The release that is looked at."""

import pathlib

import pytest

pytest.register_assert_rewrite("executables")


def pytest_addoption(parser):
    parser.addoption("--archives", type=pathlib.Path, default=None, help="the folder that tests/release/build has filled")


def pytest_generate_tests(metafunc):
    """One case an archive."""
    folder = metafunc.config.option.archives
    if "archive" in metafunc.fixturenames:
        found = sorted([*folder.glob("*.tar.gz"), *folder.glob("*.zip")]) if folder else []
        assert found or not folder, f"{folder} has no archives"
        metafunc.parametrize("archive", found, ids=[path.name for path in found])


@pytest.fixture(scope="session")
def archives(request):
    folder = request.config.option.archives
    assert folder, "--archives tells where they are"
    return folder
