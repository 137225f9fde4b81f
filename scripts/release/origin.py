#!/usr/bin/env python3
"""Says of Debian source packages in a folder what they are: origin.py FOLDER

A JSON object: the package's name -> its version and the SHA-256 of its upstream archives, as the .dsc states them and
the files have them.
"""

import hashlib
import json
import pathlib
import re
import sys


def described(dsc):
    text = dsc.read_text(encoding="utf-8")
    field = lambda name: re.search(rf"^{name}: (.*)$", text, re.MULTILINE).group(1)
    listed = re.search(r"^Checksums-Sha256:\n((?: .*\n)+)", text, re.MULTILINE).group(1)
    archives = {}
    for line in listed.splitlines():
        digest, _, name = line.split()
        if hashlib.sha256((dsc.parent / name).read_bytes()).hexdigest() != digest:
            sys.exit(f"error: {name} is not what {dsc.name} says")
        archives[name] = digest
    return field("Source"), {"version": field("Version"), "sha256": archives}


print(json.dumps(dict(described(dsc) for dsc in sorted(pathlib.Path(sys.argv[1]).glob("*.dsc"))), indent=2))
