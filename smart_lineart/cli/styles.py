# SPDX-License-Identifier: GPL-3.0-or-later
"""`--style`: the name of a bundled brush, or the file of a brush strip or of a picture of a mark."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from smart_lineart.cli.decoding.decoder import Decoder
from smart_lineart.cli.errors import FileError, UsageError, why
from smart_lineart.cli.files.formats import image_format
from smart_lineart.cli.files.page import Spool
from smart_lineart.inking import BadStrip, Strip, Style, is_strip, strip_from_picture, style_names

MOST_BYTES = 32 << 20
MOST_MEMORY = 256 << 20
MOST_PIXELS = 16 << 20
"""Of a picture of a mark: it becomes a strip of 256 x 64 px, so a larger one is a mistake."""


def choose_style(asked: str) -> str | Style:
    """What `render` takes for a style: a name, or a brush made from a file. Raises UsageError, FileError."""
    if asked in style_names():
        return asked
    path = Path(asked)
    try:
        is_file = bool(asked) and path.exists()
    except (OSError, ValueError):
        is_file = False
    if is_file:
        return Style(path.stem, path.stem, f"From {path}.", read_brush(path))
    if path.suffix or len(path.parts) > 1:
        raise FileError("The brush strip {asked} does not exist.", asked=asked)
    names = ", ".join(style_names())
    raise UsageError(
        '"{asked}" is not a brush style; there are {names}, or name the file of a brush strip.',
        asked=asked,
        names=names,
    )


def read_brush(path: Path) -> Strip:
    """The strip in a file: a strip itself, or made from a picture of a mark. Raises FileError."""
    image_format(path)  # refuses what is no image and no ordinary file
    try:
        if path.stat().st_size > MOST_BYTES:
            raise FileError("{path} is too large for a picture of a brush mark.", path=path)
        data = path.read_bytes()
    except OSError as error:
        raise FileError("{path} cannot be read: {reason}.", path=path, reason=why(error)) from error
    try:
        if is_strip(data):
            return Strip.from_bytes(data, str(path))
        return strip_from_picture(_grey(path))
    except BadStrip as error:
        if str(error).startswith(str(path)):
            raise FileError.saying(error.said) from error
        raise FileError("{path}: {problem}.", path=path, problem=error) from error


def _grey(path: Path) -> np.ndarray:
    """A picture's luma, uint8 (height, width)."""
    with Decoder() as decoder:
        page = decoder.read(path, Spool(MOST_PIXELS * 2, Path(tempfile.gettempdir()), MOST_MEMORY))
    height, width = page.sketch.size
    if height * width > MOST_PIXELS:
        raise FileError(
            "{path} is {width} x {height} px, too large for a picture of a brush mark.",
            path=path,
            width=width,
            height=height,
        )
    return np.rint(page.sketch.read_luma(0, height) * 255).astype(np.uint8)
