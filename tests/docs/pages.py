#!/usr/bin/env python3
"""Runs every command line of a page of documentation, so that nobody copies one that does not work.

    pages.py [--accept] PAGE.md...

    ```console             lines `$ COMMAND` with what they print, compared as transcripts are (../transcripts/run.py): figures
                           that differ from run to run may have any value
    ```sh                  a script; every line of it must succeed
    `kubectl akqueue …`    in the text: its command line must be a right one

What they act on, and how, stand in comments above a block:

    <!-- world: outpost-storm --tasks 1000 -->   from here on, a new world of this scenario, with a home directory of its own
    <!-- types: y -->                            the block's command runs in a terminal, and this is typed when it asks
    <!-- speed: 10 -->                           its world's clock runs so fast (AKQUEUE_SIM_SPEED)
    <!-- exit: 4 -->                             its commands end with this status; where `$ echo $?` follows, any is right
    <!-- tree: why -->                           its commands run where README.md, tests/, build/ and all the rest are
    <!-- not run: why -->                        it is left out, and counted loudly: only for what no test can do

--accept rewrites the output in the page and then fails, so that it never counts as passed. Relative links must lead somewhere.
"""

import dataclasses
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "transcripts"))
import run as transcripts  # noqa: E402

transcripts.LIMIT_S = 180

# Blocks that are not run: files, ASCII pictures, JSON.
SHOWN_ONLY = ("", "json", "dockerfile")
NOTES = ("world", "types", "speed", "exit", "tree", "not run")
# Placeholders in the text, and what to use for them.
STANDS_FOR = {"NAME": "outpost_send_update", "ID": "11111111-2222-4333-8444-555555555555", "FILE": "backup.tasks.gz", "WORLD": "storm.world"}
PROGRAM = re.compile(r"(kubectl akqueue|kubectl-akqueue|akqueue-sim)( |$)")


@dataclasses.dataclass
class Block:
    kind: str
    at: int  # the index of its first line
    notes: dict
    lines: list = dataclasses.field(default_factory=list)

    def commands(self):
        """Each command of a console block, with the lines that it is to print."""
        found = []
        for line in self.lines:
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif found:
                found[-1][1].append(line)
        return found


class Place:
    """A home directory with a world, as the commands of a page find it."""

    def __init__(self, binaries, words):
        self.home = tempfile.mkdtemp(prefix="akqueue-docs.")
        self.environment = transcripts.environment_in(self.home, binaries)
        self.environment["USER"] = "you"
        self.status = 0
        if words:
            transcripts.make_world(self.environment, binaries, words)

    def close(self):
        shutil.rmtree(self.home)

    def link_the_tree(self, binaries):
        if os.path.exists(os.path.join(self.home, "build")):
            return
        for name in os.listdir(ROOT):
            if not name.startswith((".", "build")):
                os.symlink(os.path.join(ROOT, name), os.path.join(self.home, name))
        os.symlink(os.path.dirname(os.path.abspath(binaries)), os.path.join(self.home, "build"))
        self.environment["TMPDIR"] = tempfile.gettempdir()  # PostgreSQL's own user must get into it

    def run(self, line, notes, typed=None):
        """What it prints, as in a page. `$?` is the status of the previous command."""
        environment = dict(self.environment)
        if "speed" in notes:
            environment["AKQUEUE_SIM_SPEED"] = notes["speed"]
        line = f"(exit {self.status}); {line}" if "$?" in line else line
        if typed is None:
            output, self.status = transcripts.run_plain(line, environment)
        else:
            output, self.status = transcripts.run_in_terminal(line, typed, environment)
            output = transcripts.on_screen(output)
        return output.replace(self.home, "~")


@dataclasses.dataclass
class Page:
    path: str
    binaries: str
    accept: bool
    lines: list = dataclasses.field(default_factory=list)
    faults: list = dataclasses.field(default_factory=list)
    left_out: list = dataclasses.field(default_factory=list)
    ran: int = 0
    parsed: int = 0
    links: int = 0

    def fault(self, index, what):
        self.faults.append(f"{self.path}:{index + 1}: {what}")

    def blocks(self):
        """Its fenced blocks, with the notes above them, and the lines of text between them by index."""
        blocks, text, notes, open_block = [], {}, {}, None
        for index, line in enumerate(self.lines):
            fence = re.match(r"```(\w*)$", line)
            note = re.match(r"<!-- ([a-z ]+): (.*) -->$", line)
            if open_block is not None:
                if line == "```":
                    blocks.append(open_block)
                    open_block = None
                else:
                    open_block.lines.append(line)
            elif fence:
                open_block, notes = Block(fence[1], index + 1, notes), {}
            elif note:
                if note[1] not in NOTES:
                    self.fault(index, f"no note is called '{note[1]}'")
                notes[note[1]] = note[2]
            else:
                if line and set(notes) - {"world"}:
                    self.fault(index, "a note stands above no block")
                text[index] = line
        if open_block is not None:
            self.fault(open_block.at, "a fence that does not end")
        return blocks, text

    def show(self, block, place):
        """Runs a console block. Returns its lines as they should be."""
        typed = block.notes["types"].split(", ") if "types" in block.notes else None
        commands = block.commands()
        if typed is not None and len(commands) != 1:
            self.fault(block.at, "what is typed is for one command")
        should = []
        for number, (command, expected) in enumerate(commands):
            output = place.run(command, block.notes, typed).rstrip("\n")
            self.ran += 1
            told = number + 1 < len(commands) and "$?" in commands[number + 1][0]
            if not told and place.status != int(block.notes.get("exit", "0")):
                self.fault(block.at, f"{command}: ends with {place.status}\n{output}")
            wanted = "\n".join(expected).rstrip("\n")
            same = transcripts.normalised(output) == transcripts.normalised(wanted)
            if not same and not self.accept:
                self.fault(block.at, f"{command}\nshould print\n{wanted}\nand prints\n{output}\n")
            printed = expected if same else output.split("\n") if output else []
            gap = [""] if number + 1 < len(commands) and not told and not same and printed else []
            should += ["$ " + command, *printed, *gap]
        return should

    def run_script(self, block, place):
        if "tree" in block.notes:
            place.link_the_tree(self.binaries)
        output = place.run("set -e -o pipefail\n" + "\n".join(block.lines), block.notes)
        self.ran += sum(1 for line in block.lines if line and not line.startswith("#"))
        if place.status != int(block.notes.get("exit", "0")):
            self.fault(block.at, f"ends with {place.status}\n{output}")

    def check_text(self, index, line, place):
        for code in re.findall(r"`([^`]+)`", line):
            if not PROGRAM.match(code):
                continue
            words = re.sub(r" ….*$| …", "", code)
            for name, value in STANDS_FOR.items():
                words = re.sub(rf"\b{name}\b", value, words)
            # A command that is only named need not be whole; and what needs no site would do what it says to this
            # machine.
            words += " --help" if len(words.split()) <= 3 or " completion " in words else ""
            output = place.run(f"AKQUEUE_SIM=no.world {words.replace('kubectl akqueue', 'kubectl-akqueue')}", {})
            self.parsed += 1
            if place.status in (2, 127):
                self.fault(index, f"{code}: {output}")
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", line):
            self.links += 1
            if not os.path.exists(os.path.join(os.path.dirname(self.path), link)):
                self.fault(index, f"the link {link} leads nowhere")
        if line.startswith("    ") and PROGRAM.match(line.strip()):
            self.fault(index, "a command that is not in a fence")

    def check(self):
        with open(self.path, encoding="utf-8") as file:
            self.lines = file.read().split("\n")
        blocks, text = self.blocks()
        place, rewritten = Place(self.binaries, None), []
        try:
            for index, line in text.items():
                self.check_text(index, line, place)
            for block in blocks:
                if "world" in block.notes:
                    place.close()
                    place = Place(self.binaries, block.notes["world"].split())
                if "not run" in block.notes:
                    self.left_out += [f"{self.path}: {line.removeprefix('$ ')} ({block.notes['not run']})" for line in block.lines if line]
                elif block.kind == "console":
                    rewritten.append((block, self.show(block, place)))
                elif block.kind == "sh":
                    self.run_script(block, place)
                elif block.kind not in SHOWN_ONLY:
                    self.fault(block.at, f"a block of '{block.kind}': neither console nor sh, nor one that is only to be read")
        finally:
            place.close()
        if self.accept:
            for block, should in reversed(rewritten):
                self.lines[block.at:block.at + len(block.lines)] = should
            with open(self.path, "w", encoding="utf-8") as file:
                file.write("\n".join(self.lines))


def main():
    arguments = sys.argv[1:]
    accept = "--accept" in arguments
    pages = [Page(path, os.environ["AKQUEUE_BINARIES"], accept) for path in arguments if path != "--accept"]
    if not pages:
        sys.exit("usage: pages.py [--accept] PAGE.md...")
    for page in pages:
        try:
            page.check()
        except (subprocess.SubprocessError, TimeoutError) as wrong:
            page.faults.append(f"{page.path}: {wrong}")
        for fault in page.faults:
            print("FAILED: " + fault)
    left_out = [line for page in pages for line in page.left_out]
    if left_out:
        print(f"NOT RUN: {len(left_out)}")
        for line in left_out:
            print("  " + line)
    ran, parsed, links = (sum(getattr(page, what) for page in pages) for what in ("ran", "parsed", "links"))
    print(f"{len(pages)} pages: {ran} commands run, {parsed} more in the text parsed, {links} links, {len(left_out)} not run")
    if accept:
        print("rewritten where it differed; read the difference, then run again without --accept")
    return 1 if accept or any(page.faults for page in pages) or ran + parsed + links == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
