#!/usr/bin/env python3
"""Runs transcripts: files of command lines with the output that they must give.

    run.py [--accept] TRANSCRIPT...

A transcript begins with comment lines; one of them may make the world that all its commands act on:

    # world: outpost-storm --tasks 1000

(always with the same seed and a stopped clock). Then come blocks:

    $ kubectl akqueue status          a command for bash, with standard input from /dev/null
    output, standard error included
    [exit 2]                          where the status is not 0

    $tty kubectl akqueue flush        the same in a terminal of 80 columns
    > default                         what a person types when the command asks

Figures that differ from run to run (how long something took) are replaced by <time>. --accept rewrites the expected
output and then fails, so that it never counts as passed. A transcript that fails leaves what came in FILE.actual in the
temporary directory and prints the difference.
"""

import difflib
import os
import pty
import re
import socket
import select
import shutil
import subprocess
import sys
import tempfile
import termios
import struct
import fcntl
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from said_once import said_twice  # noqa: E402

CLOCK = "2026-05-01T12:00:00Z"
SEED = "7"
LIMIT_S = 60


def on_screen(text):
    """What a terminal shows of it in the end: no colours, no lines that were written over."""
    text = re.sub(r"\x1b\[[0-9;]*[mK]", "", text)
    return re.sub(r"[^\n]*\r(?!\n)", "", text).replace("\r\n", "\n")


def normalised(text):
    text = on_screen(text)
    text = re.sub(r"sqlite \d+(\.\d+)+", "sqlite <version>", text)
    text = re.sub(r" in \d+\.\ds", " in <time>", text)
    text = re.sub(r"by (\w+)@\S+ at 20[0-9:.TZ-]+", r"by \1@<host> at <when>", text)
    text = re.sub(rf"\w+@{re.escape(socket.gethostname())}", "<user>@<host>", text)
    text = re.sub(r"in the \d+s since", "in the <time> since", text)
    text = re.sub(r"\d{8}T\d{6}Z-[0-9a-f]{4}", "<id>", text)
    text = re.sub(r"(tasks\.gz) \([0-9.]+ [KMG]?i?B\)", r"\1 (<size>)", text)
    text = re.sub(r'(tasks\.gz",\s*"bytes": )\d+', r"\1<number>", text)
    text = re.sub(r"(tasks\.gz +~?[0-9,]+ +)[0-9.]+ [KMG]?i?B", r"\1<size>", text)
    text = re.sub(r"(tasks\.gz .*) \d+s$", r"\1 <age>", text, flags=re.MULTILINE)
    # On a slow machine a command tells how far it is.
    text = re.sub(r"^[0-9,]+ of [0-9,]+ tasks, \d+%, [0-9,]+/s, .*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r'"(longest_transaction_ms|took_ms|batches)": ?\d+', r'"\1": <number>', text)
    return text


def run_plain(line, environment):
    done = subprocess.run(["bash", "-c", line], env=environment, cwd=environment["HOME"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=LIMIT_S)
    return done.stdout.decode(), done.returncode


def asks(text):
    return re.search(r"(\[y/N\]|Which one\?|:) $", re.sub(r"\x1b\[[0-9;]*m", "", text)) is not None


def run_in_terminal(line, answers, environment):
    """Types an answer whenever the command waits at a question. ^C in an answer is Ctrl-C."""
    child, master = pty.fork()
    if child == 0:
        os.chdir(environment["HOME"])
        os.execvpe("bash", ["bash", "-c", line], environment)
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    output, waiting, deadline = "", list(answers), time.monotonic() + LIMIT_S
    while True:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{line}: still running after {LIMIT_S} s, printed {output!r}")
        ready, _, _ = select.select([master], [], [], 0.3)
        if not ready:
            if waiting and asks(output):
                answer = waiting.pop(0)
                os.write(master, b"\x03" if answer == "^C" else answer.encode() + b"\n")
            continue
        try:
            piece = os.read(master, 65536)
        except OSError:
            piece = b""
        if not piece:
            break
        output += piece.decode(errors="replace")
    os.close(master)
    _, status = os.waitpid(child, 0)
    if waiting:
        output += f"[never asked for: {waiting}]\n"
    return output, os.waitstatus_to_exitcode(status)


def blocks_of(lines):
    """(prompt line, typed lines) of each block, and the lines before the first one."""
    head, blocks = [], []
    for line in lines:
        if line.startswith("$ ") or line.startswith("$tty "):
            blocks.append((line, []))
        elif not blocks:
            head.append(line)
        elif line == ">" or line.startswith("> "):
            blocks[-1][1].append(line)
    return head, blocks


def environment_in(scratch, binaries):
    return {"PATH": binaries + ":/usr/local/bin:/usr/bin:/bin", "HOME": scratch, "USER": "jo", "TERM": "xterm", "LC_ALL": "C.UTF-8",
            "TMPDIR": scratch, "NO_COLOR": "1"}


def make_world(environment, binaries, words):
    """From here on `kubectl` is that of a world made from these words: a scenario, and options of `akqueue-sim create`."""
    scratch = environment["HOME"]
    world = os.path.join(scratch, "world")
    make = ["akqueue-sim", "create", world, "--seed", SEED, "--now", CLOCK, "--scenario", *words]
    subprocess.run(make, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    environment["AKQUEUE_SIM"] = world
    os.makedirs(os.path.join(scratch, "bin"))
    os.symlink(os.path.join(binaries, "akqueue-sim"), os.path.join(scratch, "bin", "kubectl"))
    environment["PATH"] = os.path.join(scratch, "bin") + ":" + environment["PATH"]


def replay(path, binaries, scratch):
    with open(path, encoding="utf-8") as file:
        expected = file.read()
    head, blocks = blocks_of(expected.splitlines())
    environment = environment_in(scratch, binaries)
    for line in head:
        if line.startswith("# world: "):
            make_world(environment, binaries, line[9:].split())
    actual = "".join(line + "\n" for line in head)
    for prompt, typed in blocks:
        if prompt.startswith("$tty "):
            output, status = run_in_terminal(prompt[5:], [line[2:] for line in typed], environment)
        else:
            output, status = run_plain(prompt[2:], environment)
        output = normalised(output).replace(scratch, "$TMPDIR")
        if output and not output.endswith("\n"):
            output += "\n"
        actual += prompt + "\n" + "".join(line + "\n" for line in typed) + output
        actual += (f"[exit {status}]\n" if status != 0 else "") + "\n"
    return expected, actual


def said_twice_in(transcript):
    """No error twice, in any block."""
    return [line for block in transcript.split("\n$") for line in said_twice(block)]


def main():
    arguments = sys.argv[1:]
    accept = "--accept" in arguments
    paths = [argument for argument in arguments if argument != "--accept"]
    if not paths:
        sys.exit("usage: run.py [--accept] TRANSCRIPT.txt...")
    binaries = os.environ["AKQUEUE_BINARIES"]
    failed = []
    for path in paths:
        scratch = tempfile.mkdtemp(prefix="akqueue-transcript.")
        try:
            expected, actual = replay(path, binaries, scratch)
        finally:
            shutil.rmtree(scratch)
        twice = said_twice_in(actual)
        if twice:
            print(f"{path}: said twice by one command:", *twice, sep="\n  ")
        if expected == actual and not twice:
            continue
        failed.append(path)
        if accept:
            with open(path, "w", encoding="utf-8") as file:
                file.write(actual)
            print(f"{path}: rewritten; read the difference, then run again without --accept")
            continue
        kept = os.path.join(tempfile.gettempdir(), os.path.basename(path) + ".actual")
        with open(kept, "w", encoding="utf-8") as file:
            file.write(actual)
        sys.stdout.writelines(difflib.unified_diff(expected.splitlines(True), actual.splitlines(True), path, kept))
    print(f"{len(paths) - len(failed)} of {len(paths)} transcripts as expected")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
