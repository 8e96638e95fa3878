# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: options, their values and `--help`. Imports nothing that takes time to load."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, NoReturn

from smart_lineart import __version__
from smart_lineart.cli.errors import UsageError
from smart_lineart.cli.lines_options import add_colour, add_what

DEFAULT_MEMORY = "1G"
SMALLEST_MEMORY = 256 << 20  # what the interpreter, the runtime and one tile take

FORMATS = ("png", "svg")
# The engine's own limits and names; asking it for them would load it for every --help.
HUES = ("dark", "red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink", "brown")
THINNEST, THICKEST = 0.25, 400.0
COARSEST, FINEST = 1 / 16, 2.5
USUAL_WEIGHT = "0.7"
USUAL_OPENNESS = "0.28"
MOST_SEED = 1 << 32


@dataclass(frozen=True)
class Thickness:
    """A line thickness in pixels of the page or in millimetres on paper."""

    value: float
    unit: str  # "px" or "mm"


class Colour(NamedTuple):
    """An sRGB colour, 0..255 each."""

    red: int
    green: int
    blue: int


def thickness(text: str) -> Thickness | None:
    """Parse "4", "4px", "0.5mm" or "auto" (None)."""
    if text.strip().lower() == "auto":
        return None
    _no_comma(text, "0.5mm")
    match = re.fullmatch(r"([0-9]*\.?[0-9]+|[0-9]+\.)\s*(px|mm)?", text.strip(), re.IGNORECASE)
    if match is None:
        raise ValueError(f'"{text}" is not a thickness: say pixels such as 4, or millimetres such as 0.5mm')
    asked = Thickness(float(match[1]), (match[2] or "px").lower())
    if asked.unit == "px" and not THINNEST <= asked.value <= THICKEST:
        raise ValueError(f'"{text}" is not between {THINNEST:g} and {THICKEST:g} pixels')
    return asked


def detail(text: str) -> float | None:
    """Parse "auto" (None) or the factor from the page to the image the network sees."""
    if text.strip().lower() == "auto":
        return None
    value = _number(text, "0.5")
    if not COARSEST <= value <= FINEST:
        raise ValueError(f'"{text}" is not a detail: say auto, or a scale from {COARSEST:g} to {FINEST:g}')
    return value


def faint(text: str) -> float:
    """Parse a number from 0 (every faint line) to 1 (only the darkest lines)."""
    value = _number(text, "0.3")
    if not 0 <= value <= 1:
        raise ValueError(f'"{text}" is not between 0 and 1')
    return value


def weight(text: str) -> float:
    """Parse a number from 0 (every line as wide) to 1 (as wide as it was drawn)."""
    value = _number(text, "0.5")
    if not 0 <= value <= 1:
        raise ValueError(f'"{text}" is not between 0 and 1')
    return value


def hues(text: str) -> tuple[str, ...]:
    """Parse "blue" or "blue,red" into names of hues."""
    names = tuple(dict.fromkeys(part.strip().lower() for part in text.split(",")))
    for name in names:
        if name not in HUES:
            raise ValueError(f'"{name}" is not a hue of lines: say {", ".join(HUES[:-1])} or {HUES[-1]}')
    return names


def share(text: str) -> float:
    """Parse a number from 0 to 1."""
    value = _number(text, "0.3")
    if not 0 <= value <= 1:
        raise ValueError(f'"{text}" is not between 0 and 1')
    return value


def seed(text: str) -> int:
    """Parse a whole number that chance begins with."""
    if not re.fullmatch(r"[0-9]{1,10}", text.strip()) or int(text) > MOST_SEED:
        raise ValueError(f'"{text}" is not a whole number from 0 to {MOST_SEED}')
    return int(text)


def colour(text: str) -> Colour:
    """Parse "#rrggbb" or "#rgb"."""
    digits = text.strip().removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    if not re.fullmatch(r"[0-9a-fA-F]{6}", digits):
        raise ValueError(f'"{text}" is not a colour such as #202040')
    red, green, blue = bytes.fromhex(digits)
    return Colour(red, green, blue)


def memory(text: str) -> int:
    """Parse "1G", "300M" or "1.5GiB" into bytes."""
    _no_comma(text, "1.5G")
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*([KMGT]?)(?:i?B)?", text.strip(), re.IGNORECASE)
    if match is None:
        raise ValueError(f'"{text}" is not an amount of memory such as 300M or 1G')
    size = int(float(match[1]) * 1024 ** " KMGT".index(match[2].upper() or " "))
    if size < SMALLEST_MEMORY:
        raise ValueError(f'"{text}" is too little: {SMALLEST_MEMORY >> 20}M is the least there can be')
    return size


def formats(text: str) -> tuple[str, ...]:
    """Parse "svg" or "png,svg" into the endings of the files to write."""
    names = tuple(dict.fromkeys(part.strip().lower().removeprefix(".") for part in text.split(",")))
    for name in names:
        if name not in FORMATS:
            raise ValueError(f'"{name}" is not a format of lineart: say {" or ".join(FORMATS)}')
    return tuple("." + name for name in names)


def existing_name(text: str) -> str:
    """A name, but no empty one, as of a variable that is not set: that would be the folder one is in."""
    if not text:
        raise ValueError("its name is empty")
    return text


def _no_comma(text: str, example: str) -> None:
    if re.search(r"[0-9],[0-9]", text):
        raise ValueError(f'"{text}" has a comma where a point belongs: write it as in {example}')


def _number(text: str, example: str) -> float:
    _no_comma(text, example)
    try:
        return float(text)
    except ValueError:
        return math.nan


def _reader(parse: Callable[[str], object]) -> Callable[[str], object]:
    """Lets argparse show the parser's own sentence; it hides that of a plain ValueError."""

    def read(text: str) -> object:
        try:
            return parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        sentence = message[0].upper() + message[1:]
        raise UsageError("{sentence}; see {program} --help.", sentence=sentence, program=self.prog)


def _add_ink(commands: argparse._SubParsersAction[_Parser]) -> None:
    ink = commands.add_parser(
        "ink",
        help="ink sketches",
        description="Ink sketches: PNG, JPEG, TIFF, WebP, PSD, Krita and OpenRaster files, or folders.",
    )
    ink.add_argument(
        "sketches",
        nargs="+",
        type=_reader(lambda text: Path(existing_name(text))),
        metavar="SKETCH",
        help="an image file or a folder of them",
    )
    ink.add_argument(
        "-o",
        "--output",
        type=_reader(existing_name),
        metavar="FILE|DIR",
        help="where the lineart goes (default: NAME-lineart.png beside each sketch)",
    )
    ink.add_argument(
        "--format",
        type=_reader(formats),
        metavar="png,svg",
        help="what lineart is written as: pixels, strokes as vectors, or both (default: png)",
    )
    look = ink.add_argument_group("how the lineart looks")
    _add_pen(look, "a 500th of the sketch's longer side")
    look.add_argument(
        "--detail",
        type=_reader(detail),
        default="auto",
        metavar="SCALE|auto",
        help="scale at which the sketch is looked at: larger keeps smaller details (default: auto)",
    )
    look.add_argument(
        "--faint",
        type=_reader(faint),
        default="0.5",
        metavar="0..1",
        help="which faint lines are left out: 0 none, so that construction lines come too; 0.5 what is "
        "lighter than the drawing; 1 all but the darkest tenth (default: 0.5)",
    )
    look.add_argument(
        "--color",
        "--colour",
        type=_reader(colour),
        default="#000000",
        metavar="'#rrggbb'",
        help="ink colour (default: black)",
    )
    look.add_argument(
        "--by-color",
        "--by-colour",
        action="store_true",
        help="lines of each colour into a file of their own, in the sketch's colour: NAME-lineart-red.png"
        " and so on; NAME-lineart.png has the dark ones",
    )
    look.add_argument(
        "--drop",
        type=_reader(hues),
        default=(),
        metavar="blue,...",
        help="leave out lines of these colours, such as construction in blue pencil",
    )
    look.add_argument(
        "--background",
        choices=["transparent", "white"],
        default="transparent",
        help="what lies behind the ink (default: transparent)",
    )
    _add_work(ink)


def _add_pen(look: argparse._ArgumentGroup, usual: str) -> None:
    look.add_argument(
        "--thickness",
        type=_reader(thickness),
        default="auto",
        metavar="PX|auto",
        help=f"line thickness in pixels, or in millimetres such as 0.5mm (default: auto, {usual})",
    )
    look.add_argument(
        "--weight",
        type=_reader(weight),
        default=USUAL_WEIGHT,
        metavar="0..1",
        help="how much lines swell: 0 all are even but for the brush's own points, 1 as drawn,"
        " also where the sketch was only gone over"
        f" (default: {USUAL_WEIGHT})",
    )
    look.add_argument(
        "--style",
        default="pen",
        metavar="NAME|FILE",
        help="brush style, see `info`, or the file of a brush strip (default: pen)",
    )


def _add_work(command: _Parser) -> None:
    work = command.add_argument_group("how the work is done")
    work.add_argument(
        "--runtime",
        choices=["auto", "openvino", "onnxruntime"],
        default="auto",
        help="inference runtime (default: auto)",
    )
    work.add_argument(
        "--device", choices=["auto", "cpu", "gpu", "npu"], default="auto", help="processor (default: auto)"
    )
    work.add_argument(
        "--memory-limit",
        type=_reader(memory),
        default=DEFAULT_MEMORY,
        metavar="SIZE",
        help="memory the whole command may use, such as 300M (default: 1G)",
    )
    work.add_argument(
        "--model",
        type=Path,
        metavar="NAME|DIR",
        help="model, see `info`, or its folder (default: lineart)",
    )
    work.add_argument("--json", action="store_true", help="print the results as JSON")


def _add_flats(commands: argparse._SubParsersAction[_Parser]) -> None:
    flats = commands.add_parser(
        "flats",
        help="colour the areas of linearts flat",
        description="Colour the areas of linearts flat: ink on transparency or on white, ours or anyone's.",
    )
    flats.add_argument(
        "linearts",
        nargs="+",
        type=_reader(lambda text: Path(existing_name(text))),
        metavar="LINEART",
        help="an image file, or a folder of them",
    )
    flats.add_argument(
        "-o",
        "--output",
        type=_reader(existing_name),
        metavar="FILE|DIR",
        help="where the flats go (default: NAME-flats.png beside each lineart)",
    )
    flats.add_argument(
        "--hints",
        type=_reader(lambda text: Path(existing_name(text))),
        metavar="FILE",
        help="a picture of the same size with dabs of colour, each for the area it lies in;"
        " #ff00ff leaves an area paper; what no hint reaches stays paper unless a palette is named",
    )
    flats.add_argument(
        "--spread",
        type=_reader(share),
        default="0",
        metavar="0..1",
        help="how far hints go on over lines to areas without one, 1 is across the page (default: 0)",
    )
    flats.add_argument(
        "--openness",
        type=_reader(share),
        default=USUAL_OPENNESS,
        metavar="0..1",
        help=f"how much of an area's outline may be missing (default: {USUAL_OPENNESS})",
    )
    flats.add_argument(
        "--palette",
        type=_reader(existing_name),
        metavar="NAME|FILE",
        help="a palette, or a picture whose colours are taken (default: calm)",
    )
    flats.add_argument(
        "--seed",
        type=_reader(seed),
        default="0",
        metavar="N",
        help="another number arranges colours otherwise",
    )
    flats.add_argument(
        "--layers", action="store_true", help="one file for each colour: NAME-flats-rrggbb.png and so on"
    )
    flats.add_argument("--json", action="store_true", help="print the areas as JSON")


def _line_colour(text: str) -> Colour | None:
    """Parse a colour, or "picture" (None) for that of the picture's own lines."""
    return None if text.strip().lower() == "picture" else colour(text)


def _add_lines(commands: argparse._SubParsersAction[_Parser]) -> None:
    lines = commands.add_parser(
        "lines",
        help="take the lines out of a finished picture",
        description="Take the lines out of a picture that is coloured and shaded already.",
    )
    add_what(lines, _reader(lambda text: Path(existing_name(text))))
    look = lines.add_argument_group("how the lines look")
    _add_pen(look, "as broad as the picture's own mostly are")
    add_colour(look, _reader(_line_colour))
    _add_work(lines)


def make_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; `command` is "ink", "lines", "flats" or "info".

    It raises UsageError.
    """
    parser = _Parser(prog="smart-lineart", description="Turn rough sketches into clean lineart.")
    parser.add_argument("--version", action="version", version=f"smart-lineart {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_ink(commands)
    _add_lines(commands)
    _add_flats(commands)
    info = commands.add_parser(
        "info",
        help="show the version, models, devices and brush styles",
        description="Show the version, the models, the runtimes and devices found, and the brush styles.",
    )
    info.add_argument("--json", action="store_true", help="print the same as JSON")
    return parser
