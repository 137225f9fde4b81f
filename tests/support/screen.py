"""A command in its own terminal, read and typed to like a person does: pexpect, and what was on the screen."""

import io
import termios

import pexpect

LIMIT_S = 30


class Screen(pexpect.spawn):
    """`command` in a terminal of `size` rows and columns. A regular expression is looked for in what came since the last one, or
    since something was typed."""

    def __init__(self, command, environment, size=(24, 80)):
        super().__init__(command[0], command[1:], env=environment, dimensions=size, timeout=LIMIT_S, maxread=65536, encoding="utf-8",
                         codec_errors="replace")
        self.logfile_read = io.StringIO()
        self.str_last_chars = 4000  # of what was shown, where something does not come

    @property
    def output(self):
        """Everything that it has written so far."""
        return self.logfile_read.getvalue()

    def settings(self):
        return termios.tcgetattr(self.child_fd)

    def type(self, keys):
        self.buffer = ""
        self.send(keys)

    def end(self):
        """Waits for its end. Returns its exit status, or less than 0 for a signal."""
        self.expect(pexpect.EOF)
        self.wait()
        return -self.signalstatus if self.exitstatus is None else self.exitstatus
