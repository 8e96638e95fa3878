# SPDX-License-Identifier: GPL-3.0-or-later
"""A selection with a soft edge: where ink is changed inside it, lines do not break at its border."""

from __future__ import annotations

from typing import Any

import numpy as np

from smart_lineart.inking import Rect

from .document import selected_box, selection_strip

SOFT = 6  # px inwards from the border
SHARE = 8  # of a selection's smaller side, at most: what is small stays as it is


class SoftSelection:
    """What Krita's selection tells, softened inwards: nothing is selected that was not. The page's own border
    is none.
    """

    def __init__(self, selection: Any, page: Rect):
        self._selection, self._page, self._box = selection, page, selected_box(selection)
        self._reach = min(SOFT, min(self._box.width, self._box.height) // SHARE)

    def x(self) -> int:
        """Of all that is selected, px."""
        return self._box.x

    def y(self) -> int:
        """Of all that is selected, px."""
        return self._box.y

    def width(self) -> int:
        """Of all that is selected, px."""
        return self._box.width

    def height(self) -> int:
        """Of all that is selected, px."""
        return self._box.height

    def pixelData(self, x: int, y: int, width: int, height: int) -> bytes:
        """How far each pixel of a rectangle is selected, a byte each."""
        out = np.zeros((height, width), np.uint8)
        part = self._box.intersection(Rect(x, y, width, height))  # beyond it there is nothing to soften
        if part.width and part.height:
            hard = selection_strip(self._selection, part)
            if self._reach and hard.any():
                hard = np.minimum(hard, self._softened(part))
            top, left = part.y - y, part.x - x
            out[top : top + part.height, left : left + part.width] = hard
        return out.tobytes()

    def _softened(self, rect: Rect) -> np.ndarray:
        reach, page = self._reach, self._page
        margin = 2 * reach
        around = Rect(rect.x - margin, rect.y - margin, rect.width + 2 * margin, rect.height + 2 * margin)
        inside = around.intersection(page)
        if not inside.width or not inside.height:
            return np.full((rect.height, rect.width), 255, np.uint8)
        left, top = inside.x - around.x, inside.y - around.y
        beyond = (
            (top, around.height - inside.height - top),
            (left, around.width - inside.width - left),
        )
        seen = np.pad(selection_strip(self._selection, inside), beyond, mode="edge").astype(np.int32)
        mean = (_sums(_sums(seen, reach, 0), reach, 1) // (2 * reach + 1) ** 2).astype(np.uint8)
        most = np.maximum(_maxima(_maxima(mean, reach, 0), reach, 1), 1).astype(np.int32)
        # At a straight border half of what is around is selected, and nothing shall change there. What is
        # narrow has no more of it in its middle, and stays as it is.
        share = mean[reach:-reach, reach:-reach].astype(np.int32) * 255 // most
        return np.clip(2 * share - 255, 0, 255).astype(np.uint8)


def _sums(values: np.ndarray, reach: int, axis: int) -> np.ndarray:
    """Sums over `reach` px to both sides along an axis, which loses as many at both its ends."""
    sums = np.cumsum(values, axis=axis, dtype=np.int32)
    sums = np.concatenate([np.zeros_like(np.take(sums, [0], axis)), sums], axis=axis)
    window, many = 2 * reach + 1, values.shape[axis] - 2 * reach
    return np.asarray(_cut(sums, window, many, axis) - _cut(sums, 0, many, axis))


def _maxima(values: np.ndarray, reach: int, axis: int) -> np.ndarray:
    """The largest within `reach` px to both sides along an axis, which loses as many at both its ends."""
    many = values.shape[axis] - 2 * reach
    out = _cut(values, 0, many, axis).copy()
    for start in range(1, 2 * reach + 1):
        np.maximum(out, _cut(values, start, many, axis), out=out)
    return out


def _cut(values: np.ndarray, start: int, many: int, axis: int) -> np.ndarray:
    part = slice(start, start + many)
    return values[part] if axis == 0 else values[:, part]


def softened(selection: Any | None, page: Rect) -> SoftSelection | None:
    """A selection with a soft edge; None where there is none."""
    return None if selection is None else SoftSelection(selection, page)
