# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters over square windows of small pictures, in numpy alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Luma, Mask
from smart_lineart.inking.raster.resampling import resize


def over_windows(image: NDArray[Any], reach: int, axis: int, pick: np.ufunc) -> NDArray[Any]:
    """The greatest or least (`pick`: np.maximum and the like) of every 2 reach + 1 px along an axis."""
    padded = np.pad(image, [(reach, reach) if axis == own else (0, 0) for own in (0, 1)], mode="edge")
    lines = padded.swapaxes(0, axis)
    length, width = image.shape[axis], 1
    while width < 2 * reach + 1:  # windows of twice the width are two that overlap
        shift = min(width, 2 * reach + 1 - width)
        lines = pick(lines[:-shift], lines[shift:])
        width += shift
    return lines[:length].swapaxes(0, axis)


def over_squares(image: NDArray[Any], reach: int, pick: np.ufunc) -> NDArray[Any]:
    """The greatest or least of every square of 2 reach + 1 px a side."""
    return over_windows(over_windows(image, reach, 0, pick), reach, 1, pick)


def closed(image: Luma, reach: int) -> Luma:
    """A closing over squares of 2 reach + 1 px: narrow dark things go, but at the picture's border."""
    image = np.pad(image, 2 * reach, mode="edge")
    for pick in (np.maximum, np.minimum):
        for axis in (0, 1):
            image = over_windows(image, reach, axis, pick)
    return image[2 * reach : -2 * reach, 2 * reach : -2 * reach]


def median_of_three(image: Luma) -> Luma:
    """The median of three, down and then across."""
    for axis in (0, 1):
        padded = np.pad(image, [(1, 1) if axis == own else (0, 0) for own in (0, 1)], mode="edge")
        one, two = (padded[:-2], padded[2:]) if axis == 0 else (padded[:, :-2], padded[:, 2:])
        image = np.maximum(np.minimum(one, two), np.minimum(np.maximum(one, two), image))
    return image


def grown_by(mask: Mask, reach: int) -> Mask:
    """Dilation over squares of 2 reach + 1 px."""
    for axis in (0, 1):
        mask = over_windows(mask, reach, axis, np.logical_or)
    return mask


def ring(mask: Mask, first: int, last: int) -> Mask:
    """What of a mask lies `first` to `last` px from what is none of it."""
    return mask & ~grown_by(~mask, first) & grown_by(~mask, last)


def mean_near(image: Luma, mask: Mask, at: Mask, reach: int) -> Luma:
    """The mean of an image over a mask within `reach` px, for each px of another; NaN where none is."""
    total = _box(np.where(mask, image, np.float32(0)), reach)[at]
    count = _box(mask.astype(np.float32), reach)[at]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 0.5, total / count, np.nan)


def _box(image: Luma, reach: int) -> Luma:
    """Sums over squares of 2 reach + 1 px a side."""
    total = (
        np.pad(image, ((reach + 1, reach), (reach + 1, reach)))
        .cumsum(axis=0, dtype=np.float64)
        .cumsum(axis=1)
    )
    side = 2 * reach + 1
    return np.asarray(
        total[side:, side:] - total[:-side, side:] - total[side:, :-side] + total[:-side, :-side]
    )


def continued(image: Luma, known: Mask) -> Luma:
    """An image with what is not `known` made up from what is known nearest: pull and push, as in a pyramid
    (Gortler et al. 1996, "The Lumigraph").
    """
    image = np.where(known, median_of_three(image), np.float32(0))
    weight = known.astype(np.float32)
    levels = []
    while max(image.shape) > 1:
        levels.append((image, weight))
        rows, columns = -(-image.shape[0] // 2), -(-image.shape[1] // 2)
        pads = ((0, 2 * rows - image.shape[0]), (0, 2 * columns - image.shape[1]))
        values, weights = (
            np.pad(part, pads).reshape(rows, 2, columns, 2).sum(axis=(1, 3), dtype=np.float32)
            for part in (image * weight, weight)
        )
        image = np.divide(values, weights, out=np.zeros_like(values), where=weights > 0)
        weight = np.minimum(weights, np.float32(1))
    for values, weights in reversed(levels):
        grown = resize(image, *values.shape)
        image = values * weights + grown * (1 - weights)
    return np.asarray(image, np.float32)
