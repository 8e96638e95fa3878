# SPDX-License-Identifier: GPL-3.0-or-later
"""How good lineart is, against a truth drawn as centrelines of one width.

*Ink* is every pixel darker than mid grey, its *skeleton* the thinning of Zhang and Suen (1984) as
scikit-image's `skeletonize` does it. F alone misses gaps, specks and doubled lines: a plain threshold of a
rough sketch reaches 0.9. L, ends and comp show whether the passes over one intended line became one line.

| metric  | definition                                                                              | ideal |
|---------|-----------------------------------------------------------------------------------------|-------|
| `P`     | part of the skeleton that lies within the tolerance of the truth's skeleton             | 1     |
| `R`     | part of the truth's skeleton that lies within the tolerance of the skeleton             | 1     |
| `F`     | 2 P R / (P + R)                                                                         | 1     |
| `L`     | length of the skeleton over the truth's: above 1 lines are left unmerged, below 1 lost  | 1     |
| `ends`  | line ends minus the truth's, per 1000 px of truth: broken or frayed lines               | 0     |
| `comp`  | 8-connected pieces of ink over the truth's: gaps and specks                             | 1     |
| `grey`  | pixels with 0.1 < grey < 0.9 over ink pixels: blur; depends on the line width           | small |
| `dirt`  | mean of (1 - grey) x 100 farther than 24 px from the truth's ink                        | 0     |
| `width` | median of twice the distance transform on the skeleton, in px                           | asked |

Precision and recall of thin curves with a distance tolerance are those of Martin, Fowlkes and Malik,
"Learning to Detect Natural Image Boundaries" (PAMI 2004), matched by nearest distance; the tolerance is 4
permille of the long edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from skimage.morphology import skeletonize

METRICS = ("F", "P", "R", "L", "ends", "comp", "grey", "dirt", "width")
INK_BELOW = 0.5
TOLERANCE = 0.004
"""Of the long edge: how far a centreline may lie from the truth's and still be the same line."""
CLEAR_OF_TRUTH = 24.0
"""Pixels: what lies farther than this from the truth belongs to none of its lines."""


@dataclass(frozen=True)
class Lineart:
    """A lineart image and what is measured of it, thinned only once. `grey`: float32 H x W, 1 is paper."""

    grey: np.ndarray

    @classmethod
    def of(cls, image: np.ndarray) -> Lineart:
        """From H x W, uint8 (0 ink, 255 paper) or float (0 ink, 1 paper)."""
        if image.ndim != 2 or image.size == 0:
            raise ValueError(f"lineart must be a grey image of H x W pixels, not of shape {image.shape}")
        if image.dtype == np.uint8:
            return cls(image.astype(np.float32) / 255)
        if np.issubdtype(image.dtype, np.floating) or image.dtype == bool:
            return cls(image.astype(np.float32))
        raise ValueError(f"lineart must be uint8 or float, not {image.dtype}")

    @cached_property
    def ink(self) -> np.ndarray:
        return self.grey < INK_BELOW

    @cached_property
    def skeleton(self) -> np.ndarray:
        return np.asarray(skeletonize(self.ink), bool)

    @property
    def length(self) -> int:
        """Pixels of skeleton."""
        return int(self.skeleton.sum())

    @property
    def ends(self) -> int:
        """Skeleton pixels with at most one neighbour: a speck of one pixel counts as an end as well."""
        return int((self.skeleton & (count_neighbours(self.skeleton) <= 1)).sum())

    @property
    def components(self) -> int:
        return cv2.connectedComponents(self.ink.astype(np.uint8), connectivity=8)[0] - 1

    @property
    def greyness(self) -> float:
        """Pixels neither ink nor paper, over ink pixels; 0 for a page without ink."""
        between = (self.grey > 0.1) & (self.grey < 0.9)
        return float(between.sum() / max(1, self.ink.sum()))

    @property
    def width(self) -> float:
        """Median line width in px; 0 for a page without ink."""
        if not self.length:
            return 0.0
        inside = cv2.distanceTransform(self.ink.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        return float(2 * np.median(inside[self.skeleton]))


def measure(ink: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """The metrics of a lineart against its truth, by the names in METRICS.

    Both are H x W of the same shape, uint8 (0 ink, 255 paper) or float (0 ink, 1 paper). Raises ValueError
    for other arrays, for shapes that differ and for a truth without ink, to which no ratio can be taken.
    """
    if ink.shape != truth.shape:
        raise ValueError(f"the ink is {ink.shape} and the truth {truth.shape}: they must have one shape")
    return measure_lineart(Lineart.of(ink), Lineart.of(truth))


def measure_lineart(ink: Lineart, truth: Lineart) -> dict[str, float]:
    """`measure` on prepared images: spares thinning the truth again for each of several methods."""
    if not truth.length:
        raise ValueError("the truth has no ink")
    tolerance = TOLERANCE * max(truth.grey.shape)
    precision = _part_within(tolerance, ink.skeleton, truth.skeleton)
    recall = _part_within(tolerance, truth.skeleton, ink.skeleton)
    clear = distance_to(truth.ink) > CLEAR_OF_TRUTH
    return {
        "F": 2 * precision * recall / (precision + recall) if precision + recall else 0.0,
        "P": precision,
        "R": recall,
        "L": ink.length / truth.length,
        "ends": 1000 * (ink.ends - truth.ends) / truth.length,
        "comp": ink.components / truth.components,
        "grey": ink.greyness,
        "dirt": 100 * float((1 - ink.grey)[clear].mean()) if clear.any() else 0.0,
        "width": ink.width,
    }


def distance_to(mask: np.ndarray) -> np.ndarray:
    """Distance of every pixel of a bool mask to the nearest set one, float32 px; infinite if none is set."""
    if not mask.any():
        return np.full(mask.shape, np.inf, np.float32)
    return cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


def count_neighbours(mask: np.ndarray) -> np.ndarray:
    """How many of its eight neighbours are set, for every pixel of an H x W bool mask, as uint8."""
    ring = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], np.uint8)
    return cv2.filter2D(mask.astype(np.uint8), -1, ring, borderType=cv2.BORDER_CONSTANT)


def _part_within(tolerance: float, lines: np.ndarray, others: np.ndarray) -> float:
    """Which part of `lines` lies within the tolerance of `others`; 0 if there are no lines."""
    length = lines.sum()
    return float((distance_to(others)[lines] <= tolerance).sum() / length) if length else 0.0
