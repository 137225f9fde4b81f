"""The control plane that cases run on: tests/beds/controlplane/with-control-plane has made it."""

import contextlib

import pytest

from bed import Bed


@pytest.fixture(scope="session")
def control_plane():
    with contextlib.closing(Bed()) as bed:
        yield bed


@pytest.fixture
def bed(control_plane):
    """As a site that is well."""
    control_plane.renew()
    return control_plane
