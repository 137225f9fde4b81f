"""The file that keeps what was measured."""

import json
import os


def read(path):
    """Nothing, if there is no such file yet."""
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def write(path, figures):
    """As a whole or not at all."""
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(figures, file, indent=1)
        file.write("\n")
    os.replace(path + ".new", path)
