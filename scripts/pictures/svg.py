#!/usr/bin/python3
"""Draws a terminal's text with its colours, as `tmux capture-pane -e -p` prints it, as SVG: svg.py TITLE COLUMNS <TEXT >SVG"""

import io
import re
import sys

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

# Colours that can be read on a dark background: the 16 of a terminal; the eighth is for dim text.
THEME = TerminalTheme((22, 27, 34), (214, 222, 230),
                      [(72, 79, 88), (255, 123, 114), (86, 211, 100), (227, 179, 65), (121, 192, 255), (210, 168, 255), (86, 212, 221), (177, 186, 196)],
                      [(110, 118, 129), (255, 161, 152), (126, 231, 135), (242, 204, 96), (165, 214, 255), (226, 197, 255), (179, 240, 255), (255, 255, 255)])

# Rich's own format loads a font from the network; any monospaced one will do, since each word has its width.
FORMAT = """<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: {char_height}px; white-space: pre }}
.{unique_id}-title {{ font-size: 16px; font-family: sans-serif }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


CELL = 12.2  # the width of a character in Rich's drawing
SPACE = "&#160;"


def without_margins(found):
    """A word in its place, not moved there by spaces, which some that draw SVG leave out."""
    before, x, y, text = found[1], float(found[2]), found[3], found[5].rstrip("\n")
    word = re.sub(f"^(?:{SPACE})+|(?:{SPACE})+$", "", text)
    if not word:
        return ""
    left = len(re.match(f"(?:{SPACE})*", text)[0]) // len(SPACE)
    width = len(re.sub("&#?\\w+;", "x", word)) * CELL
    return f'<text{before} x="{x + left * CELL:.1f}" y="{y}" textLength="{width:.1f}">{word}</text>'


def main():
    title, columns = sys.argv[1], int(sys.argv[2])
    text = sys.stdin.read().rstrip("\n")
    console = Console(record=True, width=columns, file=io.StringIO(), force_terminal=True, color_system="truecolor", legacy_windows=False)
    for line in text.split("\n"):
        console.print(Text.from_ansi(line), no_wrap=True, crop=True, highlight=False)
    drawn = console.export_svg(title=title, theme=THEME, code_format=FORMAT, unique_id="t")
    drawn = re.sub(r'<text( class="t-r\d+") x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)" clip-path="[^"]*">([^<]*)</text>', without_margins, drawn)
    drawn = re.sub(r'<clipPath id="t-line-\d+">.*?</clipPath>', "", drawn, flags=re.DOTALL)
    sys.stdout.write("\n".join(line.strip() for line in drawn.split("\n") if line.strip()) + "\n")


if __name__ == "__main__":
    main()
