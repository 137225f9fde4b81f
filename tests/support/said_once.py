"""No error twice: what a command says is wrong, and what to do about it, it says once."""

import re

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
SAID = re.compile(r"^(?:error|hint): |^The connection to the server |^Error from server|^Unable to connect")


def said_twice(text):
    """The errors, hints and words of kubectl that stand in what one command printed more than once."""
    lines = [line for line in COLOURS.sub("", text).splitlines() if SAID.match(line)]
    return sorted({line for line in lines if lines.count(line) > 1})
