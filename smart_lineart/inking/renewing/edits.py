# SPDX-License-Identifier: GPL-3.0-or-later
"""What an artist's changes to a piece of lineart mean for fresh ink there: the heart of the merge.

All arrays lie over one piece of the page. The *footprint* is where the last run's ink lies. A pixel that the
artist changed is *drawn* where it covers more than that ink or shows another colour, else *erased*. What they
erased or recoloured of the footprint is their say over the line that runs there, whatever its width in the
fresh ink.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Bytes, Mask
from smart_lineart.inking.raster.morphology import grow, spread
from smart_lineart.inking.renewing.continuation import continue_strokes
from smart_lineart.inking.renewing.hands import Hands, thickest, widening
from smart_lineart.inking.renewing.piece import Piece

INK = 128  # coverage from which a pixel counts as inked where a contour is wanted
FIRM = 192  # coverage from which it belongs to the footprint; paler edges follow what is beside them
THICK = 8.0  # px: lines from which an eraser may graze two pixels, not one
PALE = 24  # and lines too thin to reach that, from this
ALL_AROUND = ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1))
TOLERANCE = 3  # of coverage: what conversions between colour depths may change
RESAMPLED = 24  # of coverage: what resampling may change of a pixel whatever lies around it,
GATHERED = 40 * 25  # and of the sum over 5 x 5: half a pixel's shift of an edge stays below
CRUMB = 0.22  # thicknesses: what an eraser left of a line is crumbs where it is thinner than twice this


@dataclass(frozen=True)
class Ruling:
    """What becomes of a piece: what the artist has drawn stays, with ink beneath; elsewhere comes ink."""

    ink: Bytes
    beneath: Bytes
    drawn: Mask


def changed_by_artist(old: Bytes, current: Bytes, *, exact: bool) -> Mask:
    """Where a layer is not what was written into it; `exact` as in :class:`InkRecord`."""
    if exact:
        return np.asarray(np.maximum(old, current) - np.minimum(old, current) > TOLERANCE)
    # Resampling spreads ink in ways of its own, but keeps about as much of it in every place.
    apart = np.abs(old.astype(np.int16) - current) > RESAMPLED
    return np.asarray(apart & (np.abs(_gathered(old) - _gathered(current)) > GATHERED))


def _gathered(image: Bytes) -> NDArray[np.int16]:
    """Sum of every pixel's 5 x 5 neighbourhood; beyond the edge lies nothing."""
    total = np.pad(image.astype(np.int16), 2)
    total = sum((total[y : len(total) - 4 + y] for y in range(1, 5)), start=total[: len(total) - 4])
    return sum((total[:, x : x + image.shape[1]] for x in range(1, 5)), start=total[:, : image.shape[1]])


def rule(piece: Piece, before: Hands, now: Hands) -> Ruling:
    """Decide over a piece of the page, as the last run drew it and as this one does."""
    old_thickness = thickest(before)
    firm = piece.old >= FIRM
    footprint = firm | ((piece.old >= PALE) & ~spread(firm))
    drawn = piece.apart & ((piece.current > piece.old) | piece.coloured)
    erased = piece.apart & ~drawn
    recoloured = drawn & footprint & ~(piece.current > piece.old)
    if recoloured.any():
        # A stroke of another colour across a line is no claim on that line.
        recoloured &= ~grow(drawn & (piece.old == 0), math.ceil(old_thickness) + 2)
    crumbs = _crumbs(piece, erased | recoloured, old_thickness)
    left = _left_of_lines(piece, footprint, erased, recoloured | crumbs)
    shaved = _shaved(piece, footprint, left, old_thickness)
    left[shaved] = 255
    spread_out(left, footprint, widening(before, now))
    ink = np.asarray((piece.allowed.astype(np.uint16) * left + 127) // 255, np.uint8)
    ink[crumbs] = np.minimum(piece.current, piece.allowed)[crumbs]
    # Where the fresh ink is the old one the layer stays, rounding and all.
    same = ((piece.allowed == piece.old) & ~shaved) | drawn
    ink[same] = piece.current[same]
    lifted = piece.fresh > ink.astype(np.int16) + TOLERANCE
    lifted &= ~drawn
    ink[lifted] = piece.fresh[lifted]
    beneath = np.asarray((piece.allowed.astype(np.uint16) * left + 127) // 255, np.uint8)
    np.maximum(beneath, piece.fresh, out=beneath)
    beneath[~drawn | (beneath <= piece.old)] = 0  # what was there is there already
    continue_strokes(ink, piece, drawn & ~piece.coloured, old_thickness)
    return Ruling(ink, beneath, drawn)


def _left_of_lines(piece: Piece, footprint: Mask, erased: Mask, lost: Mask) -> Bytes:
    """How much of the last run's ink the artist left, 0 none to 255 all, on the footprint."""
    left = np.full(piece.old.shape, 255, np.uint8)
    at = erased & footprint
    left[at] = piece.current[at].astype(np.uint16) * 255 // piece.old[at]
    left[lost] = 0
    return left


def _shaved(piece: Piece, footprint: Mask, left: Bytes, thickness: float) -> Mask:
    """Erased pixels at the edge of lines that get thicker: a hair's breadth off a line that an eraser passed.

    Kept, they would be a slit inside the thicker line.
    """
    growing = piece.allowed > piece.old
    low = footprint & (left < INK)
    if not growing.any() or not (low | piece.apart).any():
        return np.zeros_like(low)
    depth = 1 if thickness < THICK else 2
    deep = low & ~grow(footprint & ~low, depth)
    touched = piece.apart & (piece.current < piece.old)
    return touched & ~grow(deep, depth + 2) & grow(growing, depth + 1)


def spread_out(values: Bytes, known: Mask, distance: int) -> None:
    """Carry the values (H, W) of `known` pixels outwards in place, each to those it is nearest to.

    Ink that a thicker line lays beside the last run's then shares the fate of the part of the line it
    belongs to, and where the artist cut a line the cut runs on straight.
    """
    if known.all() or (values == 255).all():
        return
    framed = np.pad(values.astype(np.uint16), 1)
    reached = np.pad(known, 1)
    inside = (slice(1, -1), slice(1, -1))
    for turn in range(distance):
        steps = ALL_AROUND if turn % 3 == 1 else ALL_AROUND[:4]
        total = np.zeros(values.shape, np.uint16)
        count = np.zeros(values.shape, np.uint16)
        for dy, dx in steps:
            near = (slice(1 + dy, 1 + dy + len(values)), slice(1 + dx, 1 + dx + values.shape[1]))
            total += np.where(reached[near], framed[near], 0).astype(np.uint16)
            count += reached[near]
        fresh = (count > 0) & ~reached[inside]
        framed[inside][fresh] = total[fresh] // count[fresh]
        reached[inside][fresh] = True
    beyond = ~reached[inside]
    values[:] = framed[inside]
    values[beyond] = 255


def _crumbs(piece: Piece, claimed: Mask, thickness: float) -> Mask:
    """What is left of lines whose greater part was erased: slivers and soft edges beside the claimed."""
    if not claimed.any():
        return claimed
    near = grow(claimed, math.ceil(thickness) + 2)
    step = max(1, round(CRUMB * thickness))
    line = piece.old >= INK
    left = line & ~claimed
    bulk = grow(~grow(~left, step), step + 1)
    broad = grow(~grow(~line, step), step + 1)
    slivers = left & broad & ~bulk
    edges = (piece.old > 0) & ~line & ~grow(left & ~slivers, 2)
    return near & ~piece.apart & (slivers | (edges & grow(claimed | slivers, 2)))
