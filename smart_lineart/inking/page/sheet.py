# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the sheet of paper lies in a picture, and what surrounds it: a table, a scanner's lid, bars.

What surrounds a sheet is no drawing, but would be taken for one: it decides about light and dark, about
contrast, and about how wide the strokes are. So it is told from the sheet, and painted over with paper.

A sheet is told by its shape: set apart from what surrounds it by a step in tone all along, it has straight
sides, and the picture's border lies for a good part outside. Every tone is tried as the one that parts them,
as in maximally stable extremal regions (Matas et al. 2002). A patterned table may be as light as the paper in
places, and uneven light makes one part of a sheet darker than the table at another: there the sheet is what
is smooth.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Luma, Mask
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.page.at_edge import not_drawn
from smart_lineart.inking.raster.components import find_runs, label_runs, paint
from smart_lineart.inking.raster.resampling import Reduced, resize, resize_part
from smart_lineart.inking.raster.windows import (
    closed,
    continued,
    grown_by,
    mean_near,
    median_of_three,
    over_squares,
    ring,
)

Points = NDArray[Any]

SIDE = 256  # px: long side of the picture in which the sheet is looked for
TONES = 28  # tried as the one that parts sheet and surround
LEAST_SHARE, MOST_SHARE = 0.12, 0.995  # of the picture that a sheet covers
THIN, EVEN = 0.97, 0.12  # a surround of less than the rest of the picture spreads by so much luma at most
LEAST_SOLID = 0.93  # of its convex hull that a sheet fills
LEAST_FILLED = 0.5  # of a sheet that is its paper
LEAST_BORDER = 0.12  # of the picture's border that lies outside; one whole side of it is about a quarter
LEAST_STEP = 0.04  # of luma that sheet and surround are apart,
WEAKEST = 0.1  # but for this share of the sheet's outline
CLEAR_STEP = 0.15  # of luma, from which a surround that is darker may have anything on it
NEAR, FAR = (1, 3), (5, 8)  # px from the outline at which they are compared
BEYOND = (10, 16)  # beyond the outline of a drawn frame
SHARP = 0.6  # of the step that is made within the nearer of them: a shadow's edge is soft
MOST_RAGGED = 2.5  # times its height and width that the outline of a sheet is long
MOST_CORNERS = 8  # a sheet has four, and up to four more where the picture cuts it
STRAIGHT = 2.0  # px that a sheet's sides are off a straight line,
RAGGED = 0.2  # but for this share of its outline, such as where fingers hold it
BESIDE = (2, 6)  # px from the outline at which lines are looked for that cross it
FAINT = 0.93  # of the luma around it that a line has there
CROSSING = 0.7  # of what is drawn along the outline that goes on beyond it, or it is no sheet's;
LEAST_DRAWN, MOST_BEYOND = 0.04, 0.35  # of the outline; more beyond it is the grain of a table
SMOOTHEST, ROUGHEST, TRIED = 0.008, 0.08, 10  # of luma that neighbours differ by at an edge, or in a pattern
PATTERN = 3  # px within which a pattern shows everywhere,
PATTERNED = 0.8  # or nearly so: of the surround
MARGIN = 2  # px along the outline that belong to the edge of the sheet and its shadow
LINES = 0.15  # of luma that a line is darker than what is around it
MOST_LINES = 0.01  # of another surround that may look drawn on
STRIP = 256  # rows painted at once
MOST_PACKED = 1 << 15  # characters of a packed mask


@dataclass(frozen=True, eq=False)
class Sheet:
    """A sheet of paper in a picture.

    Attributes:
        outside: bool (h, w), laid evenly over the picture: what is none of the sheet, its edge, and what lies
            on it but is not drawn.
    """

    outside: Mask

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sheet) and np.array_equal(self.outside, other.outside)

    def __hash__(self) -> int:
        return hash(self.outside.tobytes())

    def cleared(self, luma: Reduced) -> Reduced:
        """The picture's luma at any resolution, uint16 (H, W), with paper where the sheet is not."""
        tone = continued(resize(luma, *self.outside.shape), ~self.outside)
        height, width = luma.shape
        rows = (np.arange(height) * self.outside.shape[0]) // height
        columns = (np.arange(width) * self.outside.shape[1]) // width
        out = luma.copy()
        for top in range(0, height, STRIP):
            part = Rect(0, top, width, min(STRIP, height - top))
            outside = self.outside[rows[top : part.bottom]][:, columns]
            paper = np.rint(resize_part(tone, luma.shape, part)).astype(np.uint16)
            np.copyto(out[top : part.bottom], paper, where=outside)
        return out

    def packed(self) -> str:
        """As text, for a document; see :meth:`unpack`."""
        height, width = self.outside.shape
        bits = zlib.compress(np.packbits(self.outside).tobytes(), 9)
        return f"{height}x{width}:{base64.b64encode(bits).decode('ascii')}"

    @classmethod
    def unpack(cls, text: object) -> Sheet | None:
        """What :meth:`packed` gave, or None where it is not sound."""
        if not isinstance(text, str) or len(text) > MOST_PACKED:
            return None
        try:
            size, _, packed = text.partition(":")
            height, width = (int(side) for side in size.split("x"))
            if not (0 < height <= SIDE and 0 < width <= SIDE):
                return None
            count = height * width
            data = zlib.decompressobj().decompress(base64.b64decode(packed, validate=True), -(-count // 8))
            if len(data) != -(-count // 8):
                return None
            bits = np.unpackbits(np.frombuffer(data, np.uint8), count=count).astype(np.bool_)
        except (ValueError, binascii.Error, zlib.error):
            return None
        outside = bits.reshape(height, width)
        return cls(outside) if outside.any() and not outside.all() else None


class _Candidate(NamedTuple):
    step: float  # of luma, along nearly all of the outline; or the patterned share of its surround
    inside: Mask


def find_sheet(luma: Reduced) -> Sheet | None:
    """The sheet in a picture, from its luma at any resolution, uint16; None where it fills the picture."""
    shrink = max(1.0, max(luma.shape) / SIDE)
    size = (max(1, round(luma.shape[0] / shrink)), max(1, round(luma.shape[1] / shrink)))
    if min(size) < 16:
        return None
    picture = resize(luma, *size)
    picture *= np.float32(1 / 65535)
    best = max(
        (found for dark in (False, True) for found in _candidates(picture, dark=dark)),
        key=lambda found: found.step,
        default=None,
    )
    if best is None or best.step < CLEAR_STEP:
        best = _smooth(picture) or best
    outside = np.zeros(size, np.bool_) if best is None else grown_by(~best.inside, MARGIN)
    outside |= not_drawn(picture, ~outside)
    return Sheet(outside) if outside.any() and not outside.all() else None


def _candidates(picture: Luma, *, dark: bool) -> list[_Candidate]:
    """What may be a sheet that is lighter than its surround, or, `dark`, darker."""
    # In the negative a dark sheet is a light one. Lines on it go, whichever tone they have.
    tones = 1 - picture if dark else picture
    calm = median_of_three(closed(tones, 2))
    low, high = (float(value) for value in np.percentile(calm, (0.5, 99.5)))
    if high - low < LEAST_STEP:
        return []
    found = []
    for tone in np.linspace(low, high, TONES + 2)[1:-1]:
        if border(calm <= tone) < LEAST_BORDER:
            continue
        inside = _largest(calm > tone)
        if inside is None or not LEAST_SHARE <= inside.mean() <= MOST_SHARE:
            continue
        if border(~inside) < LEAST_BORDER or not _has_straight_sides(inside):
            continue
        # Screentone that the picture cuts has such a surround, and so it has in the negative.
        if inside.mean() > THIN and (dark or picture[~inside].std() > EVEN):
            continue
        step = edge_step(calm, inside)
        sure = step >= CLEAR_STEP and not dark
        if step < LEAST_STEP:
            continue
        if sure and _is_crossed(picture, inside):
            continue
        if sure or not _drawn_on(picture, ~grown_by(inside, 2 * MARGIN)):
            found.append(_Candidate(step, inside))
    return found


def _smooth(picture: Luma) -> _Candidate | None:
    """The largest smooth region that is a sheet, of whatever tone its surround is; None where none is.

    Its surround is patterned, or as even as it is and apart from it by a step.
    """
    calm = median_of_three(closed(picture, 2))
    change = over_squares(calm, 1, np.maximum) - over_squares(calm, 1, np.minimum)
    best = None
    for least in np.geomspace(SMOOTHEST, ROUGHEST, TRIED):
        rough = change >= least
        # Apart by a px more, so that no gap in the pattern leads out of the sheet.
        smooth = _largest(~grown_by(rough, 1))
        if smooth is None:
            continue
        inside = grown_by(smooth, 2)
        if not LEAST_SHARE <= inside.mean() <= THIN or border(~inside) < LEAST_BORDER:
            continue
        around = ~grown_by(inside, MARGIN)
        patterned = float(grown_by(rough, PATTERN)[around].mean()) if around.any() else 0.0
        if best is not None and patterned <= best.step:
            continue
        if not _has_straight_sides(inside) or _drawn_on(picture, ~grown_by(inside, 2 * MARGIN)):
            continue
        if patterned >= PATTERNED or (_is_apart(calm, inside) and not _is_crossed(picture, inside)):
            best = _Candidate(patterned, inside)
    return best


def _is_apart(calm: Luma, inside: Mask) -> bool:
    """Whether a region is apart in tone from what lies at its edge, and farther out: no drawn frame is."""
    at = _outline(inside)
    beyond = [mean_near(calm, ring(side, *BEYOND), at, BEYOND[1] + 1) for side in (inside, ~inside)]
    apart = beyond[0] - beyond[1]
    known = apart[np.isfinite(apart)]
    if known.size and abs(float(np.median(known))) < 0.5 * LEAST_STEP:
        return False
    return max(edge_step(calm, inside), edge_step(1 - calm, inside)) >= LEAST_STEP


def _largest(mask: Mask) -> Mask | None:
    """The largest region of a mask, with its holes filled; None where it is hardly more than a frame, or too
    small to be a sheet.
    """
    least = LEAST_FILLED * LEAST_SHARE * mask.size
    if np.count_nonzero(mask) < least:
        return None
    runs = find_runs(mask)
    label = label_runs(runs, mask.shape[1])
    area = np.bincount(label, runs.stop - runs.start)
    if area.max() < least:
        return None
    filled = ~_at_border(~paint(runs, label == area.argmax(), mask.shape))
    return filled if area.max() >= LEAST_FILLED * np.count_nonzero(filled) else None


def _at_border(mask: Mask) -> Mask:
    """Those regions of a mask that touch the picture's border."""
    runs = find_runs(mask)
    label = label_runs(runs, mask.shape[1])
    touches = (
        (runs.row == 0) | (runs.row == mask.shape[0] - 1) | (runs.start == 0) | (runs.stop == mask.shape[1])
    )
    kept = np.zeros(len(label) + 1, np.bool_)
    kept[label[touches]] = True
    return paint(runs, kept[label], mask.shape)


def border(mask: Mask) -> float:
    """Share of the picture's border that a mask covers."""
    sides = (mask[0], mask[-1], mask[:, 0], mask[:, -1])
    return float(np.concatenate(sides).mean())


def _has_straight_sides(inside: Mask) -> bool:
    """Whether a region is a convex polygon of few sides."""
    outline = _outline(inside)
    tall, wide = (int(np.count_nonzero(inside.any(axis=axis))) for axis in (1, 0))
    if np.count_nonzero(outline) > MOST_RAGGED * (tall + wide):  # told at once, for most that is none
        return False
    hull = _hull(inside)
    x, y = hull.T
    area = abs((x * np.roll(y, -1) - y * np.roll(x, -1)).sum()) / 2
    if inside.sum() < LEAST_SOLID * area:
        return False
    corners = _simplified(hull, STRAIGHT)
    if len(corners) > MOST_CORNERS:
        return False
    edge = np.argwhere(outline)[:, ::-1] + 0.5
    off = np.min(
        [_distance(edge, a, b) for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True)], axis=0
    )
    return bool((off > STRAIGHT).mean() < RAGGED) if len(off) else False


def _outline(inside: Mask) -> Mask:
    """The pixels of a region beside what is outside."""
    return inside & grown_by(~inside, 1)


def _hull(mask: Mask) -> Points:
    """The convex hull (N, 2) of a mask's pixels, in order (after Andrew's monotone chain, 1979)."""
    rows = np.flatnonzero(mask.any(axis=1))
    first = mask[rows].argmax(axis=1)
    last = mask.shape[1] - mask[rows][:, ::-1].argmax(axis=1)
    ends = np.concatenate(
        [np.stack([side, rows + down], axis=1) for side in (first, last) for down in (0, 1)]
    )
    points = np.unique(ends, axis=0).astype(float)
    return np.concatenate([_outer(points)[:-1], _outer(points[::-1])[:-1]])


def _outer(points: Points) -> Points:
    """Those points (N, 2) in order, from the first to the last, at which the way turns left."""
    while len(points) > 2:
        before, here, after = points[:-2], points[1:-1], points[2:]
        (x, y), (u, v) = (here - before).T, (after - before).T
        kept = x * v - y * u > 0
        if kept.all():
            break
        # Whatever turns right lies within the hull of its neighbours, whether those go or stay.
        points = np.concatenate([points[:1], here[kept], points[-1:]])
    return points


def _simplified(hull: Points, off: float) -> Points:
    """The corners of a convex polygon; those that lie less than `off` px beside its sides go."""
    corners = hull
    while len(corners) > 3:
        away = _distance(corners, np.roll(corners, 1, axis=0), np.roll(corners, -1, axis=0))
        least = int(np.argmin(away))
        if away[least] > off:
            break
        corners = np.delete(corners, least, axis=0)
    return corners


def _distance(points: Points, a: Points, b: Points) -> Points:
    """Distances of points (N, 2) from the stretch between two, the same for all or one for each."""
    along = b - a
    share = ((points - a) * along).sum(axis=-1) / np.maximum((along * along).sum(axis=-1), 1e-9)
    return np.asarray(np.hypot(*(points - a - np.clip(share, 0, 1)[:, None] * along).T))


def edge_step(calm: Luma, inside: Mask, weakest: float = WEAKEST) -> float:
    """By how much the inside is lighter than the outside along all of the outline but its `weakest` share; 0
    where that is no sharp edge.
    """
    at = _outline(inside)
    near, far = (
        mean_near(calm, ring(inside, *reach), at, reach[1] + 1)
        - mean_near(calm, ring(~inside, *reach), at, reach[1] + 1)
        for reach in (NEAR, FAR)
    )
    near, known = near[np.isfinite(near)], far[np.isfinite(far)]
    if not near.size or (known.size and np.median(near) < SHARP * np.median(known)):
        return 0.0
    return float(np.quantile(near, weakest))


def _is_crossed(picture: Luma, inside: Mask) -> bool:
    """Whether lines go on across the outline: what is drawn on a sheet ends with it."""
    at = _outline(inside)
    lines = picture < FAINT * closed(picture, 2)
    within, beyond = (grown_by(lines & ring(side, *BESIDE), BESIDE[1])[at] for side in (inside, ~inside))
    drawn = within.mean() >= LEAST_DRAWN and beyond.mean() <= MOST_BEYOND
    return bool(drawn and (within & beyond).sum() >= CROSSING * within.sum())


def _drawn_on(picture: Luma, part: Mask) -> bool:
    """Whether a part of the picture has lines on it."""
    lines = closed(picture, 2) - picture > LINES
    return bool((lines & part).sum() > MOST_LINES * max(1, part.sum()))
