# SPDX-License-Identifier: GPL-3.0-or-later
"""What each pixel of a painted picture is, and what can be told of it from the picture alone.

A border of two colours under a line is no edge; edges are `EDGE` px broad, lines as broad as drawn. A painter
knows more than a picture shows: whether a darker patch is a shade or a pattern, whether a garment lies in the
shade as a whole, whether a black meets the ground with a line or without. There the truth names all that it
can be (`SETS`), and any of them is right.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from smart_lineart.inking.picture.classes import PictureClass
from training.colour.figures import FINE

UNSURE = 255  # nothing is known
ANY_FILL, ANY_EDGE, NO_LINE, EDGE_OR_LINE = range(len(PictureClass), len(PictureClass) + 4)
_FILLS = PictureClass.FLAT, PictureClass.SHADE, PictureClass.HIGHLIGHT
_EDGES = PictureClass.SHADE_EDGE, PictureClass.HIGHLIGHT_EDGE, PictureClass.COLOUR_EDGE
SETS = {
    ANY_FILL: _FILLS,
    ANY_EDGE: _EDGES,
    NO_LINE: (*_FILLS, *_EDGES),
    EDGE_OR_LINE: (PictureClass.LINE, *_EDGES),
}
"""The values of a truth beyond PictureClass, and the classes that each of them can be."""

EDGE = 3.0  # px, how broad an edge is
COVERED = 0.4  # of a pixel, from which it is a line's or an edge's
BESIDE = 1.5  # px beside a line, where no edge is told from it
NEARBY = 3.5  # px beside a line, within which an edge is left open
THIN = 4.0  # px: narrower patches look like lines
SOFT = 1.2, 4.0  # px of blur: below the first an edge is one, above the second there is none
CONTRAST = 0.035  # of full scale, by which the sides of an edge differ in one channel at least
LIT = 0.05  # of a colour's part between lines that is lit, for its shade to be told from a colour
SAME_HUE = 0.08  # turns within which a colour may be a shade or a light of another
COLOURLESS = 0.15  # greatest less least channel, under which a colour has no hue


@dataclass
class Tones:
    """Tones on the canvas: `which` uint8 (0 none, 1 shade, 2 deep shade, 3 highlight), their opacity float32
    (n, n), and the blur of their edges in px.
    """

    which: np.ndarray
    opacity: np.ndarray
    blur: float


@dataclass(frozen=True)
class Layers:
    """What a picture was painted from, on its canvas (n, n).

    Attributes:
        colours: int32, which colour of the palette lies there.
        palette: float64 (N, 3), 0 to 1.
        tones: shades and highlights.
        image: float32 (n, n, 3), the picture without its lines.
        line: bool, where lines can be seen.
        inked: bool, where a colour is as dark as the ink.
        open: bool, where tones are textured or airbrushed, so that what is filled cannot be told.
    """

    colours: np.ndarray
    palette: np.ndarray
    tones: Tones
    image: np.ndarray
    line: np.ndarray
    inked: np.ndarray
    open: np.ndarray


def truth_of(layers: Layers) -> np.ndarray:
    """What each pixel of the picture is, uint8 (h, w): PictureClass, one of SETS, or UNSURE."""
    which, colours = layers.tones.which, layers.colours
    between = borders(colours)
    alike = borders(colours, ~apart(layers.palette))
    tone = borders(which) & ~between
    lit = borders(which == 3) & ~between
    half = slice(FINE // 2, None, FINE)
    line = _lines(layers.line)
    truth = _fills(which[half, half], colours[half, half], line, layers.open[half, half])
    if layers.tones.blur > SOFT[0]:
        near = 2 * int(2.4 * layers.tones.blur) + 3
        zone = cv2.dilate(borders(which[half, half]).astype(np.uint8), np.ones((near, near), np.uint8))
        truth[zone > 0] = ANY_FILL if layers.tones.blur > SOFT[1] else NO_LINE
        tone, lit = tone & False, lit & False
    doubtful = _thin(colours * 4 + which, layers.line)
    seen = _shows(layers.image)
    inked = dilated(layers.inked, 5)
    for mask, name in ((tone, PictureClass.SHADE_EDGE), (lit, PictureClass.HIGHLIGHT_EDGE)):
        _lay(truth, layers.line, mask & seen, name)
        _lay(truth, layers.line, mask & layers.open, NO_LINE)
    _lay(truth, layers.line, between & seen & ~layers.open, PictureClass.COLOUR_EDGE)
    _lay(truth, layers.line, alike & seen, ANY_EDGE)
    _lay(truth, layers.line, (between | tone | lit) & ~seen, NO_LINE)
    _lay(truth, layers.line, (between | tone | lit) & inked & seen, EDGE_OR_LINE)
    _lay(truth, layers.line, (between | tone | lit) & dilated(doubtful, 5), UNSURE)
    truth[shrunk(doubtful.astype(np.float32)) >= COVERED] = UNSURE
    beside = cv2.dilate(line.astype(np.uint8), np.ones((2 * round(NEARBY) + 1,) * 2, np.uint8)) > 0
    truth[beside & _is_edge(truth)] = NO_LINE
    truth[line] = PictureClass.LINE
    return truth


def _lines(line: np.ndarray) -> np.ndarray:
    """The picture's pixels that lines cover, bool (h, w), those that hairlines touch with them."""
    whole = line.astype(np.uint8)
    hair = line & (cv2.morphologyEx(whole, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) == 0)
    return (shrunk(whole.astype(np.float32)) >= COVERED) | (shrunk(hair.astype(np.float32)) > 0)


def _is_edge(truth: np.ndarray) -> np.ndarray:
    return np.isin(truth, (*_EDGES, ANY_EDGE, EDGE_OR_LINE))


def _fills(which: np.ndarray, colours: np.ndarray, line: np.ndarray, textured: np.ndarray) -> np.ndarray:
    """Flat, shade and highlight; where no part of a colour between lines is lit, its shade is not told."""
    truth = np.zeros(which.shape, np.uint8)
    truth[(which == 1) | (which == 2)] = PictureClass.SHADE
    truth[which == 3] = PictureClass.HIGHLIGHT
    _, regions = cv2.connectedComponents((~line).astype(np.uint8), connectivity=4)
    _, keys = np.unique(regions.astype(np.int64) * 4096 + colours, return_inverse=True)
    keys = keys.reshape(which.shape)
    size = np.bincount(keys.ravel())
    flat = np.bincount(keys[which == 0], minlength=len(size))
    truth[(truth != PictureClass.FLAT) & (flat < LIT * size)[keys]] = ANY_FILL
    truth[textured] = ANY_FILL
    return truth


def _lay(truth: np.ndarray, line: np.ndarray, mask: np.ndarray, name: int) -> None:
    """Mark borders, bool on the canvas, as edges `EDGE` px broad, but for those beside lines."""
    if not mask.any():
        return
    broad = (round(EDGE * FINE) - 1) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (broad, broad))
    free = ~dilated(line, 2 * round(BESIDE * FINE) + 1)
    edge = (cv2.dilate(mask.astype(np.uint8), disc) > 0) & free
    truth[shrunk(edge.astype(np.float32)) >= COVERED] = name


def _thin(numbers: np.ndarray, line: np.ndarray) -> np.ndarray:
    """Patches narrower than THIN, bool (n, n), that no line bounds: no disc of that size lies in them."""
    size = round(THIN * FINE) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    inner = (~borders(numbers) | line).astype(np.uint8)
    whole = cv2.morphologyEx(inner, cv2.MORPH_OPEN, disc)
    return (cv2.dilate(whole, np.ones((5, 5), np.uint8)) == 0) & ~line


def _shows(image: np.ndarray) -> np.ndarray:
    """Where colours differ enough within a few px for an edge to be seen, bool (n, n)."""
    around = np.ones((9, 9), np.uint8)
    return (cv2.dilate(image, around) - cv2.erode(image, around)).max(2) > CONTRAST


def apart(palette: np.ndarray) -> np.ndarray:
    """Which colours (N, 3) neither shade nor light makes of each other, bool (N, N): of other hues."""
    most, least = palette.max(1), palette.min(1)
    full = np.maximum(most - least, 1e-6)
    red, green, blue = palette.T
    turns = np.select(
        [most == red, most == green],
        [(green - blue) / full, 2 + (blue - red) / full],
        4 + (red - green) / full,
    )
    hue = turns / 6
    away = np.abs((hue[:, None] - hue[None] + 0.5) % 1 - 0.5)
    coloured = full > COLOURLESS
    return coloured[:, None] & coloured[None] & (away > SAME_HUE)


def borders(numbers: np.ndarray, pairs: np.ndarray | None = None) -> np.ndarray:
    """Pixels whose right or lower neighbour has another number, and those neighbours, bool (n, n).

    With `pairs`, bool (N, N), only where it holds for the two numbers.
    """
    out = np.zeros(numbers.shape, np.bool_)
    for at, by in (
        ((slice(None), slice(1, None)), (slice(None), slice(-1))),
        ((slice(1, None),), (slice(-1),)),
    ):
        differ = numbers[at] != numbers[by]
        if pairs is not None:
            differ &= pairs[numbers[at], numbers[by]]
        out[at] |= differ
        out[by] |= differ
    return out


def dilated(mask: np.ndarray, size: int) -> np.ndarray:
    """A mask, bool (n, n), grown by a square of `size` px."""
    return cv2.dilate(mask.astype(np.uint8), np.ones((size, size), np.uint8)) > 0


def shrunk(image: np.ndarray) -> np.ndarray:
    """A canvas at the picture's size."""
    tall, wide = image.shape[0] // FINE, image.shape[1] // FINE
    return cv2.resize(image, (wide, tall), interpolation=cv2.INTER_AREA)
