# SPDX-License-Identifier: GPL-3.0-or-later
"""Plots time and memory against megapixels, both logarithmic, for us and the peers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SIZE = 1440, 640
FRAME = 90, 60, 600, 480  # left, top, width and height of the first panel; the second is SHIFT further right
SHIFT = 730
SCALE = 2  # drawn larger and shrunk, for smooth lines
INK, GRID, GREY = "#202020", "#e4e4e4", "#707070"


@dataclass(frozen=True)
class Series:
    """Titles of figures that belong together, told apart by what they start or end with."""

    name: str
    colour: str
    titles: tuple[str, ...]


PEER = ("2016, 512 x 512", "2016, 1024 x 1024", "2016, A4, 300 dpi")
PAGES = ("A4, 150 dpi", "A4, 300 dpi", "A4, 600 dpi", "A3, 600 dpi", "20000 x 20000 px")
SERIES = (
    Series("smart-lineart ink", "#c2185b", PAGES),
    Series("Simo-Serra et al. 2016, network alone", "#1565c0", PEER),
    Series("XDoG", "#2e7d32", tuple(f"xdog, {page}" for page in PAGES)),
    Series("adaptive threshold", "#ef6c00", tuple(f"adaptive, {page}" for page in PAGES)),
)
MEGAPIXELS = 0.2, 600.0


class _Panel:
    """One plot: values against megapixels."""

    def __init__(self, draw: ImageDraw.ImageDraw, left: int, title: str, span: tuple[float, float]):
        self._draw, self._span = draw, span
        self._left, self._top = left * SCALE, FRAME[1] * SCALE
        self._wide, self._tall = FRAME[2] * SCALE, FRAME[3] * SCALE
        self._axes(title)

    def _at(self, megapixels: float, value: float) -> tuple[float, float]:
        return (
            self._left + self._wide * _share(megapixels, MEGAPIXELS),
            self._top + self._tall * (1 - _share(value, self._span)),
        )

    def _axes(self, title: str) -> None:
        small, large = _font(17), _font(21)
        right, bottom = self._left + self._wide, self._top + self._tall
        for value in _decades(MEGAPIXELS):
            x, _ = self._at(value, self._span[0])
            self._draw.line([(x, self._top), (x, bottom)], GRID, SCALE)
            self._draw.text((x, bottom + 8 * SCALE), _plain(value), GREY, small, anchor="ma")
        for value in _decades(self._span):
            _, y = self._at(MEGAPIXELS[0], value)
            self._draw.line([(self._left, y), (right, y)], GRID, SCALE)
            self._draw.text((self._left - 8 * SCALE, y), _plain(value), GREY, small, anchor="rm")
        self._draw.rectangle([self._left, self._top, right, bottom], outline=GREY, width=SCALE)
        middle = (self._left + right) / 2
        self._draw.text((middle, self._top - 14 * SCALE), title, INK, large, anchor="ms")
        self._draw.text((middle, bottom + 34 * SCALE), "megapixels of the page", INK, small, anchor="ma")

    def plot(self, points: list[tuple[float, float]], colour: str) -> None:
        places = [self._at(*point) for point in points]
        self._draw.line(places, colour, 3 * SCALE)
        for x, y in places:
            radius = 5 * SCALE
            self._draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=colour)


def draw(found: Mapping[str, dict], path: Path) -> None:
    """Write the plot of the figures by title as PNG."""
    image = Image.new("RGB", (SIZE[0] * SCALE, SIZE[1] * SCALE), "white")
    canvas = ImageDraw.Draw(image)
    panels = (
        (_Panel(canvas, FRAME[0], "seconds", (0.01, 300.0)), "seconds", 1.0),
        (_Panel(canvas, FRAME[0] + SHIFT, "peak memory, MB", (50.0, 10_000.0)), "peak", 1e6),
    )
    left = FRAME[0] * SCALE
    for series in SERIES:
        ones = [found[title] for title in series.titles if title in found]
        if not ones:
            continue
        for panel, name, unit in panels:
            panel.plot([(one["megapixels"], one[name] / unit) for one in ones], series.colour)
        y = (SIZE[1] - 28) * SCALE
        canvas.line([(left, y), (left + 26 * SCALE, y)], series.colour, 4 * SCALE)
        canvas.text((left + 34 * SCALE, y), series.name, INK, _font(17), anchor="lm")
        left += 60 * SCALE + int(canvas.textlength(series.name, _font(17)))
    image.resize(SIZE, Image.Resampling.LANCZOS).save(path, optimize=True)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size * SCALE)


def _share(value: float, span: tuple[float, float]) -> float:
    return math.log(value / span[0]) / math.log(span[1] / span[0])


def _decades(span: tuple[float, float]) -> list[float]:
    first, last = math.ceil(math.log10(span[0])), math.floor(math.log10(span[1]))
    return [10.0**power for power in range(first, last + 1)]


def _plain(value: float) -> str:
    return f"{value:g}"
