#!/usr/bin/env python3
"""Stands between the plugin and its kubectl, passes the session on line by line (a frame of rows is one), and does one thing
wrong in it.

    fault_proxy.py kubectl|akqueue-sim ARGUMENTS...    (looked for on AKQUEUE_FAULT_PATH)

What to do stands in AKQUEUE_FAULT, and what was done is written to the file AKQUEUE_FAULT_DONE:

AKQUEUE_FAULT_SESSION=N does it in the Nth session of the command only (from 0; --jobs opens several); all of them are counted by
files NAME.0, NAME.1, … next to AKQUEUE_FAULT_DONE.

    record                     nothing; writes the operations of the session, one a line
    ACTION MOMENT WHERE [SEED] at a request of the session: WHERE is its number (from 0; `rows`: the first with rows from there
                               on), or an operation: the first such request once a copy has had rows. `export` is a copy_out
                               of rows that stay

    MOMENT  before     the request has come from the plugin, the agent does not know of it
            sent       the agent has it; no line of the answer has been read
            rows       the first rows of the answer have come, or of a copy_in from the plugin
            answered   the agent has answered; the plugin does not know of it
    ACTION  kill-plugin, kill-kubectl, kill-agent (SIGKILL)
            cut         the agent's connection to the database is ended (the replica has none: its process is)
            truncate    half of a line is passed on, then the process ends
            corrupt     one bit of a line is another one: in its middle, or somewhere by SEED
            lose        a line is left out (of a stream of rows: nobody would wait for one of them)
            unwritable  no file of the plugin takes another byte (its limit for the size of files is 0)
            delay       nothing passes for half a second

A batch's rows are written to the backup as they pass, and synchronised before the commit is requested: `rows` of the last
copy_out is before the fsync, `before` of the commit after it.
"""

import json
import os
import queue
import random
import resource
import signal
import subprocess
import sys
import threading
import time

# In front of a program. Only an exec is worth a Python's start: a command asks kubectl for other things first.
STAND_IN = """#!/bin/sh
for word do
  if [ "$word" = exec ]; then exec "$AKQUEUE_BETWEEN" "${0##*/}" "$@"; fi
done
PATH=$AKQUEUE_FAULT_PATH exec "${0##*/}" "$@"
"""


def stand_in(folder):
    """Puts it in front of both programs, for a PATH that begins with that folder."""
    for name in ("kubectl", "akqueue-sim"):
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(STAND_IN.replace("$AKQUEUE_BETWEEN", os.path.abspath(__file__)))
        os.chmod(path, 0o755)


def descendants(pid):
    children = subprocess.run(["pgrep", "-P", str(pid)], stdout=subprocess.PIPE, check=False).stdout.split()
    return [int(child) for child in children] + [one for child in children for one in descendants(int(child))]


def operation(line):
    try:
        request = json.loads(line.rpartition(b" ")[0])
    except ValueError:
        return "?"
    return "export" if request["op"] == "copy_out" and "DELETE" not in request["sql"] else request["op"]


def pieces(stream):
    """Lines; a frame's head together with the bytes after it."""
    for line in stream:
        length = line.split(b" ")[1:2]
        if line[:2] == b"d " and length and length[0].isdigit():
            line += stream.read(int(length[0]))
        yield line


class FaultProxy:
    def __init__(self, arguments, fault, path):
        self.fault, self.path = fault, path
        self.action, self.moment, self.where = (fault + ["", ""])[:3]
        self.copied = False  # whether a copy has had rows
        self.choice = random.Random(fault[3]) if len(fault) > 3 else None
        self.child = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.plugin = os.getppid()
        self.said = queue.SimpleQueue()  # lines of the agent, then None
        threading.Thread(target=self.listen, daemon=True).start()
        self.damage = None  # what the next line that passes suffers

    def listen(self):
        """An agent may answer while it is still being told: kubectl carries both ways at once."""
        for line in pieces(self.child.stdout):
            self.said.put(line)
        self.said.put(None)

    def lines(self):
        return iter(self.said.get, None)

    def note(self, word):
        with open(os.environ["AKQUEUE_FAULT_DONE"], "a", encoding="utf-8") as file:
            file.write(word + "\n")

    def to_agent(self, line):
        try:
            self.child.stdin.write(self.damaged(line, self.child.stdin))
            self.child.stdin.flush()
        except BrokenPipeError:
            pass

    def to_plugin(self, line):
        try:
            sys.stdout.buffer.write(self.damaged(line, sys.stdout.buffer))
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            self.leave()

    def damaged(self, line, stream):
        damage, self.damage = self.damage, None
        if damage == "lose":
            return b""
        if damage == "corrupt":
            at = self.choice.randrange(len(line) - 1) if self.choice else len(line) // 2
            return line[:at] + bytes([line[at] ^ 1]) + line[at + 1:]
        if damage == "truncate":
            stream.write(line[:len(line) // 2])
            stream.flush()
            self.die()
        return line

    def leave(self):
        """The plugin is gone: kubectl notices, and the agent sees the end of its input."""
        self.child.stdin.close()
        os._exit(self.child.wait())

    def die(self):
        os.kill(os.getpid(), signal.SIGKILL)

    def is_here(self, number, op):
        if self.where is None:
            return False
        if self.where.isdigit():
            return number >= int(self.where) if self.moment == "rows" else number == int(self.where)
        return op == self.where and (self.copied or op in ("copy_out", "copy_in", "export"))

    def at(self, moment, number, op):
        if moment != self.moment or not self.is_here(number, op):
            return
        self.note(f"{self.action} {moment} {op}")
        self.where = None
        if self.action == "kill-plugin":
            os.kill(self.plugin, signal.SIGKILL)
            self.leave()
        elif self.action == "kill-kubectl":
            self.die()
        elif self.action == "kill-agent":
            for pid in [*descendants(self.child.pid), self.child.pid]:
                os.kill(pid, signal.SIGKILL)
        elif self.action == "cut":
            self.cut()
        elif self.action == "unwritable":
            resource.prlimit(self.plugin, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        elif self.action == "delay":
            time.sleep(0.5)
        else:
            self.damage = self.action

    def cut(self):
        if "PGHOST" in os.environ:
            subprocess.run(["psql", "-qAtXc", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'akqueue'"],
                           stdout=subprocess.DEVNULL, check=True)
        else:
            self.child.terminate()

    def start(self):
        """The bootstrap's bytes in, lines up to the greeting out."""
        size = sys.stdin.buffer.readline()
        self.to_agent(size + sys.stdin.buffer.read(int(size)))
        for line in self.lines():
            self.to_plugin(line)
            if line.startswith(b"akqueue-agent "):
                return
        self.finish()

    def answer(self, number, op):
        rows = 0
        for line in self.lines():
            if line[:1] in (b"=", b"!"):
                self.at("answered", number, op)
                self.to_plugin(line)
                return
            rows += 1
            if rows == 1:
                self.copied = self.copied or op in ("copy_out", "export")
                self.at("rows", number, op)
            self.to_plugin(line)
        self.finish()

    def finish(self):
        """The agent has ended: so does kubectl, with its status."""
        status = self.child.wait()
        os._exit(status if status >= 0 else 128 - status)

    def pass_copy(self, number):
        for line in pieces(sys.stdin.buffer):
            self.copied = True
            if line != b".\n":
                self.at("rows", number, "copy_in")
            self.to_agent(line)
            if line == b".\n":
                return
        self.leave()

    def serve(self):
        self.start()
        number = 0
        for line in sys.stdin.buffer:
            op = operation(line)
            if self.action == "record":
                self.note(op)
            self.at("before", number, op)
            self.to_agent(line)
            if op == "copy_in":
                self.pass_copy(number)
            self.at("sent", number, op)
            self.answer(number, op)
            number += 1
        self.child.stdin.close()
        self.finish()


def my_number():
    """Which session of the command this is."""
    number = 0
    while True:
        try:
            os.close(os.open(f"{os.environ['AKQUEUE_FAULT_DONE']}.{number}", os.O_CREAT | os.O_EXCL))
            return number
        except FileExistsError:
            number += 1


def main():
    path = os.environ["AKQUEUE_FAULT_PATH"]
    fault = os.environ.get("AKQUEUE_FAULT", "").split()
    session = os.environ.get("AKQUEUE_FAULT_SESSION", "")
    if fault and session and my_number() != int(session):
        fault = []
    os.environ["PATH"] = path
    if not fault:
        os.execvp(sys.argv[1], sys.argv[1:])
    FaultProxy(sys.argv[1:], fault, path).serve()


if __name__ == "__main__":
    main()
