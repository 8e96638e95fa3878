# SPDX-License-Identifier: GPL-3.0-or-later
"""Merges fresh ink into a layer that the artist has worked on: what the artist did there stays.

The page is worked in blocks, and only those near an artist's change cost more than a comparison. A block sees
as much around it as a change can reach, so that blocks leave no seams.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from smart_lineart.inking.arrays import Bytes, Mask
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.renewing.edits import Ruling, changed_by_artist, rule
from smart_lineart.inking.renewing.hands import Hand, Hands, reach, thickest
from smart_lineart.inking.renewing.new_lines import Lines, NewLines, find_new_lines
from smart_lineart.inking.renewing.piece import Piece
from smart_lineart.inking.renewing.regions import find_regions
from smart_lineart.inking.strokes import Strokes

WRITE, BENEATH, KEPT = 1, 2, 4
BLOCK = 512  # px
STRIP = 256  # rows compared at once
SEEN = 32  # of coverage: what a correction and the fresh ink must differ by to count


@dataclass(frozen=True)
class Merge:
    """What to do with every pixel of a lineart layer.

    Attributes:
        action: uint8 (H, W), sums of: WRITE, the pixel becomes ink of the chosen colour, covering by
            `coverage` (0: nothing); BENEATH, it becomes the layer's pixel composited over such ink: the
            artist's stroke with new ink under its soft edge; KEPT, a correction stands here against the fresh
            ink. Without WRITE or BENEATH a pixel stays byte for byte.
        coverage: uint8 (H, W): of the ink to write or to lay beneath; means nothing elsewhere.
        kept: rectangles around the places where corrections were kept, in px of the arrays.
    """

    action: Bytes
    coverage: Bytes
    kept: list[Rect]

    @property
    def places(self) -> int:
        """How many places were kept."""
        return len(self.kept)

    @property
    def write(self) -> Mask:
        """Mask (H, W): pixels that become ink."""
        return (self.action & WRITE) > 0

    @property
    def beneath(self) -> Mask:
        """Mask (H, W): pixels that get ink underneath."""
        return (self.action & BENEATH) > 0

    @property
    def overlay(self) -> Mask:
        """Mask (H, W): pixels where the artist's correction stands against the fresh ink."""
        return (self.action & KEPT) > 0

    def apply(self, current: Bytes) -> Bytes:
        """The layer's coverage after the merge, uint8 (H, W), from the one before."""
        out = np.where(self.write, self.coverage, current)
        at = self.beneath
        over, under = current[at].astype(np.uint16), self.coverage[at].astype(np.uint16)
        out[at] = over + under - (over * under + 127) // 255
        return out


def merge(
    old: Bytes,
    current: Bytes,
    new: Bytes,
    *,
    thickness: float | tuple[float, float],
    weight: tuple[float, float] = (1.0, 1.0),
    parts: tuple[Hands, Hands] = ((), ()),
    exact: bool = True,
    touched: Mask | None = None,
    recolour: bool = False,
    lines: Lines | None = None,
) -> Merge:
    """Merge fresh ink three ways with what a layer holds. All arrays lie over the same area.

    Where the artist changed nothing the fresh ink comes. What they drew stays. A line that they erased,
    shaved or recoloured stays so as far as they did, also where the fresh ink is thicker or has shifted a
    little; a line that is new in the sketch comes, even across an erased one, unless it runs along what the
    artist changed, for then theirs stands for it.

    Args:
        old: uint8 (H, W), the fresh ink of the last run, see :meth:`InkRecord.coverage`.
        current: uint8 (H, W), the layer's alpha now.
        new: uint8 (H, W), the fresh ink.
        thickness: of the lines in px, in the last run and in this one, if they differ.
        weight: of the lines, 0 even to 1 as drawn, in the last run and in this one.
        parts: how parts were drawn, in the last run and in this one, that have settings of their own.
        exact: False after the image was scaled, see :attr:`InkRecord.exact`.
        touched: bool (H, W), pixels whose colour is not the ink's any more. Changes of alpha are seen anyway.
        recolour: whether the fresh ink has another colour than the last run's; then ink that stays is written
            anew, all but what the artist drew.
        lines: what `new` was drawn from; without, a new line that crosses an erased one gets a gap.
    """
    both = thickness if isinstance(thickness, tuple) else (thickness, thickness)
    before, now = ((Hand(*one), *others) for *one, others in zip(both, weight, parts, strict=True))
    apart = _apart(old, current, exact, touched)
    action, coverage = np.zeros(new.shape, np.uint8), new.copy()
    new_lines = NewLines(Strokes.empty(), Strokes.empty())
    if lines is not None and apart.any():
        new_lines = find_new_lines(lines, old, new, apart, thickest(before + now))
    margin = reach(before, now)
    for core in _blocks(new.shape):
        around = _grown(core, margin, new.shape)
        if apart[_slices(around)].any():
            piece = _piece(around, old, current, new, apart, touched, new_lines, lines)
            ruling = rule(piece, before, now)
            inner = _slices(core, around)
            _record(core, piece, ruling, inner, recolour, action, coverage)
        else:
            at = _slices(core)
            action[at] = ((new[at] != old[at]) | (recolour & (new[at] > 0))) * np.uint8(WRITE)
    return Merge(action, coverage, find_regions(action, KEPT))


def _apart(old: Bytes, current: Bytes, exact: bool, touched: Mask | None) -> Mask:
    """What the artist changed."""
    apart = np.empty(old.shape, np.bool_)
    for top in range(0, len(old), STRIP):
        # Resampled ink is compared by what lies two rows up and down, too.
        first = max(0, top - 2)
        part = slice(first, top + STRIP + 2)
        strip = changed_by_artist(old[part], current[part], exact=exact)[top - first :][:STRIP]
        rows = slice(top, top + STRIP)
        apart[rows] = strip
        if touched is not None:
            apart[rows] |= touched[rows] & (current[rows] > 0)
    return apart


def _blocks(shape: tuple[int, ...]) -> Iterator[Rect]:
    for y in range(0, shape[0], BLOCK):
        for x in range(0, shape[1], BLOCK):
            yield Rect(x, y, min(BLOCK, shape[1] - x), min(BLOCK, shape[0] - y))


def _grown(core: Rect, margin: int, shape: tuple[int, ...]) -> Rect:
    around = Rect(core.x - margin, core.y - margin, core.width + 2 * margin, core.height + 2 * margin)
    return around.intersection(Rect(0, 0, shape[1], shape[0]))


def _slices(part: Rect, whole: Rect | None = None) -> tuple[slice, slice]:
    x, y = (part.x, part.y) if whole is None else (part.x - whole.x, part.y - whole.y)
    return slice(y, y + part.height), slice(x, x + part.width)


def _piece(
    area: Rect,
    old: Bytes,
    current: Bytes,
    new: Bytes,
    apart: Mask,
    touched: Mask | None,
    new_lines: NewLines,
    lines: Lines | None,
) -> Piece:
    at = _slices(area)
    allowed, fresh = new[at], np.zeros((area.height, area.width), np.uint8)
    if lines is not None:
        allowed, fresh = new_lines.draw(lines, new[at], area)
    coloured = apart[at] & touched[at] if touched is not None else np.zeros_like(apart[at])
    return Piece(old[at], current[at], new[at], apart[at], coloured, allowed, fresh)


def _record(
    core: Rect,
    piece: Piece,
    ruling: Ruling,
    inner: tuple[slice, slice],
    recolour: bool,
    action: Bytes,
    coverage: Bytes,
) -> None:
    """Turn a ruling into actions on the pixels of the block's core."""
    drawn, current, new = ruling.drawn[inner], piece.current[inner], piece.new[inner]
    ink, beneath = ruling.ink[inner], ruling.beneath[inner]
    under = drawn & (beneath > 0) & (current < 255)
    write = ~drawn & ((ink != current) | (recolour & (ink > 0)))
    shown = np.where(drawn, np.maximum(current, beneath), ink)
    kept = np.maximum(new, shown) - np.minimum(new, shown) > SEEN
    kept |= drawn & (piece.coloured[inner] & (new > SEEN))
    at = _slices(core)
    coverage[at] = np.where(drawn, beneath, ink)
    action[at] = write * np.uint8(WRITE) + under * np.uint8(BENEATH) + kept * np.uint8(KEPT)
