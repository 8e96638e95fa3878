# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes lineart as SVG: its strokes as paths that can be taken hold of.

Two layers, as Inkscape marks them: the ink as filled outlines, one path a stroke, and, hidden, the
centrelines with the width that they have on their way. It is SVG 1.1 (W3C, second edition) without styles or
scripts, so that whatever reads SVG shows the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from smart_lineart.cli.files.writer import Lineart
from smart_lineart.inking.vectors.making import make_vectors
from smart_lineart.inking.vectors.paths import StrokePaths, Vectors
from smart_lineart.inking.vectors.svg import outline_data, path_data, step_for
from smart_lineart.units import MM_PER_INCH

CSS_DPI = 96.0
"""What a px of SVG is where a sketch names no resolution, so that every program shows it in px."""

_NAMESPACES = (
    'xmlns="http://www.w3.org/2000/svg" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"'
)


def write_svg(file: BinaryIO, lineart: Lineart, progress: Callable[[float], None]) -> None:
    """The `Writer` of SVG: the strokes and solid areas of a lineart."""
    vectors = make_vectors(
        lineart.strokes, lineart.solid, lineart.size, thickness=lineart.thickness, style=lineart.style
    )
    progress(0.5)
    file.writelines(line.encode("ascii") + b"\n" for line in svg_lines(vectors, lineart))
    progress(1.0)


def svg_lines(vectors: Vectors, lineart: Lineart) -> Iterator[str]:
    """The lines of an SVG file."""
    height, width = lineart.size
    step = step_for(lineart.size)
    colour = "#" + bytes(lineart.colour).hex()
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield (
        f'<svg {_NAMESPACES} version="1.1" width="{_length(width, lineart.dpi, 0)}"'
        f' height="{_length(height, lineart.dpi, 1)}" viewBox="0 0 {width} {height}"'
        ' preserveAspectRatio="none">'  # a scan may be finer one way than the other
    )
    if lineart.white:
        yield f'<rect id="paper" width="{width}" height="{height}" fill="#ffffff"/>'
    yield f'<g id="lineart" {_layer("Lineart")} fill="{colour}" stroke="none">'
    for area in vectors.areas:
        yield f'<path id="{area.id}" d="{outline_data(area.outline, step)}"/>'
    for stroke in vectors.strokes:
        yield f'<path id="{stroke.id}" d="{outline_data(stroke.outline, step)}"/>'
    yield "</g>"
    yield (
        f'<g id="centrelines" {_layer("Centrelines")} display="none" fill="none" stroke="{colour}"'
        ' stroke-linecap="round" stroke-linejoin="round">'
    )
    for stroke in vectors.strokes:
        yield _centreline(stroke, step)
    yield "</g>"
    yield "</svg>"


def _centreline(stroke: StrokePaths, step: float) -> str:
    # At nodes and halfway, to a tenth of a px: every other of those that are known.
    widths = " ".join(f"{width:.1f}".removesuffix(".0") for width in stroke.widths[::2])
    return (
        f'<path id="{stroke.id}-centre" stroke-width="{stroke.width:.2f}" data-widths="{widths}"'
        f' d="{path_data(stroke.centre, step)}"/>'
    )


def _layer(name: str) -> str:
    return f'inkscape:groupmode="layer" inkscape:label="{name}"'


def _length(pixels: int, dpi: tuple[float, float] | None, axis: int) -> str:
    """A side of the page, on paper where the sketch tells how large that is."""
    if dpi is None:
        return f"{pixels}px"
    return f"{pixels / dpi[axis] * MM_PER_INCH:.3f}mm"
