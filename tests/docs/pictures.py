#!/usr/bin/env python3
"""Whether docs/pictures/ still shows today's screens: every heading in a picture must be printed by the command of its title.

What was drawn is what the binaries printed when scripts/pictures.sh ran; figures and times are others today, headings are not.
"""

import html
import os
import pathlib
import re
import sys

from pages import Place

PICTURES = pathlib.Path(__file__).resolve().parents[2] / "docs" / "pictures"
# What each shows: a world, and the command that is run in a terminal, with what is typed.
SHOWN = {
    "status": (["outpost-storm", "--tasks", "400"], "kubectl akqueue status", []),
    "workers": (["outpost-storm", "--tasks", "400"], "kubectl akqueue workers", []),
    "watch": (["outpost-storm", "--tasks", "400"], "kubectl akqueue watch --interval 1s --alert 'queued>100' --timeout 2s", []),
    "watch-everywhere": (["fleet", "--tasks", "400"], "kubectl akqueue watch -A --interval 1s --alert 'rate>20/s' --timeout 4s", []),
    "flush": (["outpost-storm", "--tasks", "400"], 'kubectl akqueue flush --reason "outposts stormed"', ["default"]),
}
# What tests/bench/page.py draws of figures that were measured.
MEASURED = {"cost", "beside-worker"}
NAMESPACE = re.compile(r'xmlns(:xlink)?="http://www\.w3\.org/[a-z0-9/]+"')
LIMIT_BYTES = 60000
COLUMNS = 120  # no picture is wider; in a narrow terminal a table leaves out columns
# Words that begin a line of a screen, or head a column.
HEADING = re.compile(r"(?:^|(?<=  ))(?:[A-Z][a-z]+(?= {2,}|:)|[A-Z][A-Z/0-9a-z]*[A-Z][A-Z-]*)(?=\W|$)")


def text_of(drawn):
    """The lines of a picture."""
    lines = {}
    for x, y, text in re.findall(r'<text[^>]* x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>', drawn):
        lines.setdefault(float(y), []).append((float(x), html.unescape(text).replace("\xa0", " ")))
    return ["".join(text for _, text in sorted(parts)).rstrip() for _, parts in sorted(lines.items())]


def file_of(name):
    faults = []
    drawn = (PICTURES / f"{name}.svg").read_text(encoding="utf-8")
    if len(drawn) > LIMIT_BYTES:
        faults.append(f"{len(drawn)} bytes, more than {LIMIT_BYTES}")
    if "http" in NAMESPACE.sub("", drawn):
        faults.append("names something on the network")
    return drawn, faults


def check(name):
    drawn, faults = file_of(name)
    world, command, typed = SHOWN[name]
    if f"{command.split(' --')[0]}" not in html.unescape(drawn).replace("\xa0", " "):
        faults.append(f"is not titled {command}")
    headings = {word for line in text_of(drawn) for word in HEADING.findall(line)}
    if len(headings) < 3:
        faults.append(f"has hardly a heading: {headings}")
    place = Place(os.environ["AKQUEUE_BINARIES"], world)
    try:
        printed = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", " ", place.run(f"stty columns {COLUMNS}; {command}", {}, typed))
    finally:
        place.close()
    faults += [f"shows '{word}', which {command} does not print today" for word in sorted(headings) if word not in printed]
    return [f"docs/pictures/{name}.svg: {fault}" for fault in faults], len(headings)


def main():
    faults = []
    there = {path.stem for path in PICTURES.glob("*.svg")}
    if there - MEASURED != set(SHOWN):
        faults.append(f"pictures without a check, or none for one: {sorted((there - MEASURED) ^ set(SHOWN))}")
    for name in sorted(there & MEASURED):
        faults += [f"docs/pictures/{name}.svg: {fault}" for fault in file_of(name)[1]]
    for name in sorted(there & set(SHOWN)):
        found, headings = check(name)
        faults += found
        print(f"{name}: {headings} headings")
    for fault in faults:
        print("FAILED: " + fault)
    if faults:
        print("scripts/pictures.sh draws them anew")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
