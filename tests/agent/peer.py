"""The plugin's half of the session protocol, as plainly as it can be had: for tests that look at the agent itself.

AKQUEUE_TEST_PYTHON is the interpreter that runs the agent, should it be another than Debian's.
"""
import json
import os
import pathlib
import struct
import subprocess
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
AGENT = pathlib.Path(os.environ.get("AKQUEUE_TEST_AGENT", ROOT / "plugin" / "session" / "agent.py"))
SITE = ROOT / "tests" / "beds" / "postgres" / "site"
FRAME = 64 << 10
BOOTSTRAP = "import sys;exec(sys.stdin.buffer.read(int(sys.stdin.buffer.readline())))"
PYTHON = os.environ.get("AKQUEUE_TEST_PYTHON", "/usr/bin/python3")


def environment(**changes):
    """What the server container has: authentik's settings, and no libpq defaults that could hide a missing one."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    env["PYTHONPATH"] = str(SITE)
    for name, value in changes.items():
        if value is None:
            env.pop(name, None)
        else:
            env[name] = value
    return env


def tuples(values):
    """Rows of one column, as COPY's binary format has them."""
    return b"".join(struct.pack("!hi", 1, -1 if value is None else len(value)) + (value or b"") for value in values)


def copied(rows, frames):
    """What a copy answers."""
    return {"rows": rows, "frames": frames}


def assert_fails(reply, code, sqlstate=None):
    assert (reply.get("failed"), reply.get("code"), reply.get("sqlstate")) == (True, code, sqlstate), reply
    assert reply["message"] and "\n" not in reply["message"]
    assert "horse" not in json.dumps(reply)  # of the password


class Peer:
    """An agent that runs. `noise` is what came before its greeting."""

    def __init__(self, prelude="", stderr=subprocess.PIPE, **env):
        source = AGENT.read_bytes()
        self.process = subprocess.Popen([PYTHON, "-c", prelude + BOOTSTRAP], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=stderr, env=environment(**env))
        self.write(b"%d\n%b" % (len(source), source))
        self.noise = []
        for line in self.process.stdout:
            if line.startswith(b"akqueue-agent "):
                self.greeting = line
                break
            self.noise.append(line)
        self.rows, self.data = [], []

    def write(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def request(self, line):
        """A request's line with its sum."""
        self.write(line + b" %08x\n" % zlib.crc32(line))

    def send(self, op, **fields):
        self.request(json.dumps({"op": op, **fields}).encode())

    def reply(self):
        """The object of the last line of a reply, an error with its mark under "failed"; the rows are kept."""
        self.rows, self.data = [], []
        for line in self.process.stdout:
            mark, rest = line[:2], line[2:-1]
            if mark == b"r ":
                self.rows.append(json.loads(rest))
            elif mark == b"d ":
                self.data.append(self.frame(line))
            elif mark in (b"= ", b"! "):
                return {**({"failed": True} if mark == b"! " else {}), **json.loads(self.summed(line)[2:])}
            else:
                raise AssertionError(f"not a reply: {line!r}")
        raise EOFError(f"the agent ended with {self.process.wait()}")

    @staticmethod
    def summed(line):
        text, _, crc = line[:-1].rpartition(b" ")
        if crc != b"%08x" % zlib.crc32(text):
            raise AssertionError(f"the sum is not the line's: {line!r}")
        return text

    def frame(self, head):
        """The bytes after the head of a frame."""
        _, length, crc = self.summed(head).split(b" ")
        data = self.process.stdout.read(int(length))
        if crc != b"%08x" % zlib.crc32(data):
            raise AssertionError("the sum is not the frame's")
        return data

    def send_frame(self, data):
        head = b"d %d %08x" % (len(data), zlib.crc32(data))
        self.write(head + b" %08x\n" % zlib.crc32(head) + data)

    def texts(self):
        """The values of the last reply's frames, of rows of one column; None for NULL."""
        values = []
        for data in self.data:
            place = 0
            while place < len(data):
                columns, length = struct.unpack_from("!hi", data, place)
                if columns != 1:
                    raise AssertionError(f"{columns} columns")
                place += 6 + max(length, 0)
                values.append(None if length < 0 else data[place - length:place])
        return values

    def ask(self, op, **fields):
        self.send(op, **fields)
        return self.reply()

    def query(self, sql, *params):
        reply = self.ask("query", sql=sql, params=list(params))
        if "failed" in reply:
            raise AssertionError(reply)
        return self.rows

    def resident(self):
        """Bytes of memory that the agent's process holds."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024

    def close(self):
        if not self.process.stdin.closed:
            try:
                self.process.stdin.close()
            except BrokenPipeError:
                pass
        try:
            self.process.wait(10)
        finally:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            if self.process.stderr:
                self.process.stderr.close()
        return self.process.returncode
