"""What test programs check with."""

import subprocess


class Broken(AssertionError):
    """What must hold does not."""


def expect(holds, what):
    if not holds:
        raise Broken(what)


def children(pid):
    found = subprocess.run(["pgrep", "-P", str(pid)], stdout=subprocess.PIPE, check=False).stdout.split()
    return [int(child) for child in found]
