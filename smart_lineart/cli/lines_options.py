# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of `smart-lineart lines` that no other command has."""

from __future__ import annotations

import argparse
from collections.abc import Callable


def add_what(lines: argparse.ArgumentParser, path: Callable[[str], object]) -> None:
    """Which picture is read and what is written; `path` parses a file's name."""
    lines.add_argument("picture", type=path, metavar="PICTURE", help="an image file")
    lines.add_argument(
        "-o",
        "--output",
        type=path,
        metavar="FILE",
        help="where the lines go, .png or .svg (default: NAME-lines.png beside the picture)",
    )
    lines.add_argument(
        "--edges",
        action="store_true",
        help="also NAME-shade.png, NAME-highlight.png and NAME-colour.png beside the lines: the edges of"
        " shades, of highlights, and of colours that no line parts",
    )
    lines.add_argument(
        "--douga",
        action="store_true",
        help="write all that was told apart in flat colours instead: lines black, edges of shades blue, of"
        " highlights red, of colours green, shades violet, highlights yellow",
    )


def add_colour(look: argparse._ArgumentGroup, colour: Callable[[str], object]) -> None:
    """The ink's colour; `colour` parses it."""
    look.add_argument(
        "--color",
        "--colour",
        type=colour,
        default="#000000",
        metavar="'#rrggbb'|picture",
        help="ink colour, or picture for that of its own lines (default: black)",
    )
