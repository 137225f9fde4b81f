"""Stand-in for authentik's package: only what a session asks it for. AKQUEUE_TEST_VERSION sets another version."""
import os

VERSION = os.environ.get("AKQUEUE_TEST_VERSION", "2025.12.4")


def authentik_version():
    return VERSION
