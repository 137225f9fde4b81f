"""A command in a terminal of its own, which reads and types as a person does."""

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time

LIMIT_S = 30


class Screen:
    """`command` in a terminal of `size` rows and columns."""

    def __init__(self, command, environment, size=(24, 80)):
        self.output = ""
        self.child, self.master = pty.fork()
        if self.child == 0:
            try:
                os.execvpe(command[0], command, environment)
            finally:
                os._exit(127)
        self.resize(*size)

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def settings(self):
        return termios.tcgetattr(self.master)

    def read(self, patience):
        ready, _, _ = select.select([self.master], [], [], patience)
        if not ready:
            return False
        try:
            piece = os.read(self.master, 65536)
        except OSError:
            return None
        self.output += piece.decode(errors="replace")
        return bool(piece) or None

    def until(self, what, since=0):
        """Waits for `what`, a regular expression, in what was written from `since` on. Returns where that ends."""
        deadline = time.monotonic() + LIMIT_S
        while True:
            found = re.compile(what).search(self.output, since)
            if found:
                return found.end()
            if time.monotonic() > deadline or self.read(0.2) is None:
                raise AssertionError(f"{what!r} did not come; on the screen: {self.output[since:]!r}")

    def type(self, keys):
        at = len(self.output)
        os.write(self.master, keys.encode())
        return at

    def end(self):
        deadline = time.monotonic() + LIMIT_S
        while self.read(0.2) is not None:
            if time.monotonic() > deadline:
                raise AssertionError("it did not end")
        _, status = os.waitpid(self.child, 0)
        return os.waitstatus_to_exitcode(status)
