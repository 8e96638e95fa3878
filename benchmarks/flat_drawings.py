# SPDX-License-Identifier: GPL-3.0-or-later
"""Drawings whose flats are known: a picture's black line layer as lineart, its colour layer as truth.

From the JSON of an Iconify icon set such as npm's `@iconify-json/openmoji` (CC BY-SA: to measure with, not to
ship).
"""

from __future__ import annotations

import json
import re
import subprocess
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import cv2
import numpy as np

SIDE = 720  # px
BLACK = {"#000", "#000000", "black", "#45413c"}
SKIN = re.compile(r"-(dark|medium-dark|medium|medium-light|light)-skin-tone|-skin-tone")
GENDER = {
    "woman",
    "man",
    "women",
    "men",
    "person",
    "people",
    "boy",
    "girl",
    "child",
    "adult",
    "male",
    "female",
}
KEPT_ASIDE = 5  # a kind whose checksum is divisible by it decides later, and is not looked at
LEAST_AREA = 2e-4  # of the page: smaller regions of the truth are not counted
FEWEST, MOST = 4, 60  # regions of one colour that a drawing may have
ON_LINES, NEAR_LINE = 0.9, 6  # of the truth's borders, that lie within so many px of ink: the rest is shade
LEAST_COLOUR = 0.01  # of the page that is coloured and lies farther from ink: else there is nothing to fill
GAP_EVERY = 200.0  # px of line for each gap


@dataclass(frozen=True)
class FlatDrawing:
    """A lineart, uint8 coverage (H, W), and its flats: int32 (H, W), a number a colour, 0 paper.

    `counted` (H, W) is where the flats are to be trusted: not as near the picture's own lines as its colours
    may end beside them.
    """

    name: str
    ink: np.ndarray
    flats: np.ndarray
    counted: np.ndarray


def kind_of(name: str) -> str:
    """A picture's name without words for gender and skin."""
    return "-".join(word for word in SKIN.sub("", name).split("-") if word not in GENDER)


def is_kept_aside(name: str) -> bool:
    kind = kind_of(name)
    return any(zlib.crc32(k.encode()) % KEPT_ASIDE == 0 for k in (kind, kind.replace("-", " "), name))


def drawings(icons: Path, count: int, cache: Path, *, kept_aside: bool = False) -> Iterator[FlatDrawing]:
    """The first `count` that suit, in the order of their checksums: the same every time."""
    table = json.loads(icons.read_text(encoding="utf-8"))
    side = table.get("width", 16)
    kinds: set[str] = set()
    found = 0
    for name in sorted(table["icons"], key=lambda one: zlib.crc32(one.encode())):
        if is_kept_aside(name) != kept_aside or SKIN.search(name) or "flag" in name or kind_of(name) in kinds:
            continue
        drawing = _drawing(name, table["icons"][name], side, cache)
        if drawing is not None:
            kinds.add(kind_of(name))
            found += 1
            yield drawing
        if found == count:
            return


def _drawing(name: str, icon: dict, side: int, cache: Path) -> FlatDrawing | None:
    kept = cache / f"{name}.npz"
    if kept.exists():
        with np.load(kept) as one:
            return trusted(name, one["ink"], one["flats"]) if one["ink"].size else None
    lines, colours = layers(icon["body"])
    size = icon.get("width", side), icon.get("height", side)
    ink = _rendered(lines, size)[..., 3]
    flats = _numbered(_rendered(colours, size, crisp=True))
    count = sum(1 for one in regions(flats))
    usable = FEWEST <= count <= MOST and 0.01 < (ink > 127).mean() < 0.3
    usable = usable and _on_lines(flats, ink) >= ON_LINES
    if not usable:
        ink = flats = np.zeros((0, 0), np.uint8)
    cache.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(kept, ink=ink, flats=flats)
    return trusted(name, ink, flats) if usable else None


def trusted(name: str, ink: np.ndarray, flats: np.ndarray) -> FlatDrawing | None:
    """A drawing whose flats count where they can be trusted; None where nothing is coloured there."""
    counted = _distance(ink) > NEAR_LINE
    enough = (counted & (flats > 0)).mean() >= LEAST_COLOUR
    return FlatDrawing(name, ink, flats, counted) if enough else None


def _distance(ink: np.ndarray) -> np.ndarray:
    return cv2.distanceTransform((ink < 128).astype(np.uint8), cv2.DIST_L2, 5)


def layers(body: str) -> tuple[str, str]:
    """A picture's SVG parted into its black lines and its colours."""
    root = ET.fromstring(f'<svg xmlns:xlink="http://www.w3.org/1999/xlink">{body}</svg>')  # noqa: S314 - a set one has chosen
    out: tuple[list[str], list[str]] = ([], [])
    _part(root, {"fill": "#000", "stroke": "none"}, out)
    return "".join(out[0]), "".join(out[1])


def _part(element: ET.Element, inherited: dict[str, str], out: tuple[list[str], list[str]]) -> None:
    style = inherited | dict(element.attrib) if element.tag in {"g", "svg"} else inherited
    for child in element:
        if child.tag in {"g", "svg"}:
            _part(child, style, out)
            continue
        own = style | dict(child.attrib)
        for what, other in (("fill", "stroke"), ("stroke", "fill")):
            if own[what] == "none":
                continue
            words = " ".join(f'{k}="{v}"' for k, v in (own | {other: "none"}).items() if k != "id")
            out[own[what] not in BLACK].append(f"<{child.tag} {words}/>")


def _rendered(body: str, size: tuple[float, float], *, crisp: bool = False) -> np.ndarray:
    edges = ' shape-rendering="crispEdges"' if crisp else ""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]} {size[1]}" width="{SIDE}" '
        f'height="{SIDE}"{edges}>{body}</svg>'
    )
    png = subprocess.run(["rsvg-convert"], input=svg.encode(), capture_output=True, check=True).stdout
    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)


def _numbered(picture: np.ndarray) -> np.ndarray:
    packed = picture.astype(np.int64) @ np.array([1, 256, 65536, 0]) + 1
    packed[picture[..., 3] < 128] = 0
    colours, number = np.unique(packed, return_inverse=True)
    number = number.reshape(packed.shape)
    return (number if colours[0] == 0 else number + 1).astype(np.int32)


def regions(flats: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """The connected regions of one colour that are large enough to count: (colour, mask)."""
    for colour in np.unique(flats):
        count, labels, table, _ = cv2.connectedComponentsWithStats((flats == colour).astype(np.uint8))
        for one in range(1, count):
            if colour and table[one, cv2.CC_STAT_AREA] >= LEAST_AREA * flats.size:
                yield int(colour), labels == one


def _on_lines(flats: np.ndarray, ink: np.ndarray) -> float:
    """The share of the borders between colours that is drawn."""
    border = np.zeros(flats.shape, np.bool_)
    border[:, 1:] |= flats[:, 1:] != flats[:, :-1]
    border[1:] |= flats[1:] != flats[:-1]
    return float((border & (_distance(ink) <= NEAR_LINE)).sum() / max(1, border.sum()))


def with_gaps(ink: np.ndarray, width: float, seed: int, count: int | None = None) -> np.ndarray:
    """The lineart with lines rubbed out over `width` px, here and there or in `count` places."""
    from skimage.morphology import skeletonize

    skeleton = skeletonize(ink > 127)
    half = cv2.distanceTransform((ink > 127).astype(np.uint8), cv2.DIST_L2, 5)
    y, x = np.nonzero(skeleton)
    out = ink.copy()
    draw = np.random.default_rng(seed)
    count = count or max(3, round(len(x) / GAP_EVERY))
    for at in draw.choice(len(x), count, replace=False):
        radius = np.hypot(width / 2, half[y[at], x[at]])  # so wide is the gap at the line's edges
        cv2.circle(out, (int(x[at]), int(y[at])), round(float(radius)), 0, -1)
    return out
