# SPDX-License-Identifier: GPL-3.0-or-later
"""Sheets of paper as they lie in a picture: on tables, turned, with what else may surround them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
PAPER = 250.0
SURFACES = ("even", "grainy", "wood", "cloth")


@dataclass(frozen=True)
class Picture:
    """A picture of a sheet, the same without its surround, uint8; where the sheet lies, bool (H, W)."""

    luma: NDArray[np.uint8]
    clean: NDArray[np.uint8]
    sheet: NDArray[np.bool_]


def surface(kind: str, size: tuple[int, int], tone: float, rng: np.random.Generator) -> Floats:
    """A table of some tone, float (H, W)."""
    if kind == "even":
        return np.full(size, tone)
    if kind == "grainy":
        return tone + rng.normal(0, 6, size)
    if kind == "wood":
        rings = cv2.GaussianBlur(rng.normal(0, 1, (size[0], -(-size[1] // 8))), (0, 0), 1.2)
        rings = cv2.resize(rings, size[::-1])
        return tone + rings / rings.std() * min(12, 0.3 * tone)
    cloth = cv2.GaussianBlur(rng.normal(0, 1, size), (0, 0), 3)
    return tone + cloth / cloth.std() * 8


def photographed(
    drawing: NDArray[np.uint8], tone: float, share: float, degrees: float, kind: str, seed: int = 0
) -> Picture:
    """A drawing on white, uint8 (h, w), on a sheet that covers `share` of the picture and is turned."""
    rng = np.random.default_rng(seed)
    high, wide = drawing.shape
    sine, cosine = abs(np.sin(np.radians(degrees))), abs(np.cos(np.radians(degrees)))
    area = high * wide / share
    width = int(max(wide * cosine + high * sine + 8, np.sqrt(area * wide / high)))
    height = int(max(wide * sine + high * cosine + 8, area / width))
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, 1)
    turn[:, 2] += (width - wide) / 2, (height - high) / 2
    drawn = cv2.warpAffine(drawing * (PAPER / 255), turn, (width, height), borderValue=PAPER)
    sheet = cv2.warpAffine(np.ones(drawing.shape), turn, (width, height))
    picture = sheet * drawn + (1 - sheet) * surface(kind, (height, width), tone, rng)
    picture = cv2.GaussianBlur(picture, (0, 0), 0.6) + rng.normal(0, 1.5, picture.shape)
    return Picture(_as_bytes(picture), _as_bytes(drawn), sheet > 0.5)


def _as_bytes(luma: Floats) -> NDArray[np.uint8]:
    return np.clip(np.rint(luma), 0, 255).astype(np.uint8)
