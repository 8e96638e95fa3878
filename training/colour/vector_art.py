# SPDX-License-Identifier: GPL-3.0-or-later
"""Coloured vector art as shapes that lie on each other, told apart into areas, shades, highlights and lines.

The art comes as icon sets in Iconify's JSON, as `npm pack @iconify-json/fluent-emoji-flat` (MIT) brings them.
"""

from __future__ import annotations

import colorsys
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np

GRID = 128  # px: side of the canvas on which shapes are compared
CURVE = 8  # straight pieces of a curve
ON_ONE = 0.75  # share of a shape that must lie on one area for it to be that area's shade
SAME_HUE = 0.09  # turns of the hue within which a shape can be a shade of what it lies on
GREY = 0.12  # saturation below which hue says nothing
LEAST_TONE, MOST_TONE = 0.03, 0.45  # lightness by which a shade or a highlight differs
WORDS = ("dark", "light", "medium", "skin", "tone", "man", "woman", "men", "women", "boy", "girl", "person")
WORDS += ("people", "male", "female", "boys", "girls", "persons", "default")
APART = 5  # one kind in so many is kept aside, to be measured on


@dataclass(frozen=True)
class Piece:
    """A shape: `rings` are its outlines (N, 2), 0 to 1 across the figure; `kind` is "area", "shade",
    "highlight", or "line", whose rings are paths; `colour` is 0 to 1.
    """

    rings: list[np.ndarray]
    kind: str
    colour: tuple[float, float, float]


Art = list[Piece]


def kept_aside(name: str) -> bool:
    """Whether a kind of icon is one of those that are only measured on, in any of the ways to tell its kind.

    A kind is a name without words of gender and skin; its checksum decides.
    """
    words = re.split(r"[-_ ]+", name.lower())
    skin = [word for word in words if word not in ("dark", "light", "medium", "skin", "tone")]
    kinds = (words, skin, [word for word in words if word not in WORDS])
    return any(zlib.crc32(mark.join(kind).encode()) % APART == 0 for kind in kinds for mark in "-_ ")


def load_art(path: Path, most: int, seed: int = 0) -> list[Art]:
    """Up to `most` figures of an icon set, drawn at random, without those kept aside."""
    icons = json.loads(path.read_text())
    names = sorted(name for name in icons["icons"] if not kept_aside(name))
    order = np.random.default_rng(seed).permutation(len(names))[:most]
    found = (read_art(icons, names[number]) for number in order)
    return [art for art in found if len(art) > 1]


def read_art(icons: dict, name: str) -> Art:
    """The shapes of one icon; empty where it has none."""
    from svgelements import SVG, Shape  # for those who train: painting needs none of it

    icon = icons["icons"][name]
    wide = icon.get("width", icons.get("width", 32 if "fluent" in icons["prefix"] else 16))
    tall = icon.get("height", icons.get("height", wide))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{wide}"'
    )
    text = f'{head} height="{tall}" viewBox="0 0 {wide} {tall}">{icon["body"]}</svg>'
    drawing = SVG.parse(StringIO(text.replace(" href=", " xlink:href=")))
    pieces: Art = []
    for element in drawing.elements():
        if isinstance(element, Shape):
            pieces.extend(_pieces(element, max(wide, tall)))
    return _toned(pieces)


def _pieces(element: Any, size: float) -> Iterator[Piece]:
    """The area of a shape, and its line, where it has them."""
    from svgelements import Path as SvgPath

    rings = [ring / size for ring in _rings(SvgPath(element))]
    if not rings:
        return
    fill, stroke = element.fill, element.stroke
    if fill is not None and fill.value is not None:
        yield Piece([ring for ring in rings if len(ring) > 2], "area", _rgb(fill))
    if stroke is not None and stroke.value is not None:
        yield Piece(rings, "line", _rgb(stroke))


def _rgb(colour: Any) -> tuple[float, float, float]:
    return colour.red / 255, colour.green / 255, colour.blue / 255


def _rings(path: Any) -> Iterator[np.ndarray]:
    """Outlines and paths, curves as straight pieces."""
    for part in path.as_subpaths():
        points: list[tuple[float, float]] = []
        for segment in type(path)(part):
            name = type(segment).__name__
            if name == "Move" or segment.end is None:
                points += [(segment.end.x, segment.end.y)] if segment.end is not None else []
            elif name in ("Line", "Close"):
                points.append((segment.end.x, segment.end.y))
            else:
                for at in np.linspace(0, 1, CURVE + 1)[1:]:
                    point = segment.point(float(at))
                    points.append((point.x, point.y))
        if len(points) > 1:
            yield np.array(points, np.float64)


def _toned(pieces: Art) -> Art:
    """The pieces with those that shade or light what they lie on told from areas of their own."""
    under = np.full((GRID, GRID), -1, np.int32)
    colours: list[tuple[float, float, float]] = []
    out: Art = []
    for piece in pieces:
        if piece.kind != "area" or not piece.rings:
            out += [piece] if piece.kind == "line" else []
            continue
        mask = np.zeros((GRID, GRID), np.uint8)
        cv2.fillPoly(mask, [np.round(ring * GRID).astype(np.int32) for ring in piece.rings], 1)
        below = under[mask > 0]
        kind = "area"
        if below.size:
            numbers, counts = np.unique(below, return_counts=True)
            most = int(numbers[counts.argmax()])
            if most >= 0 and counts.max() > ON_ONE * below.size:
                kind = _tone(piece.colour, colours[most])
        if kind == "area":
            under[mask > 0] = len(colours)
            colours.append(piece.colour)
        out.append(Piece(piece.rings, kind, piece.colour))
    return out


def _tone(colour: tuple[float, float, float], base: tuple[float, float, float]) -> str:
    """What a colour is on another: "shade", "highlight", or an "area" of its own."""
    hue, light, full = colorsys.rgb_to_hls(*colour)
    base_hue, base_light, base_full = colorsys.rgb_to_hls(*base)
    apart = abs((hue - base_hue + 0.5) % 1 - 0.5)
    grey = min(full * (1 - abs(2 * light - 1)), base_full * (1 - abs(2 * base_light - 1))) < GREY
    differs = light - base_light
    if grey and abs(full - base_full) > 0.4 and not light > 0.95:
        return "area"
    if (apart > SAME_HUE and not grey) or not LEAST_TONE < abs(differs) < MOST_TONE:
        return "area"
    return "shade" if differs < 0 else "highlight"
