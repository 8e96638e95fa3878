# SPDX-License-Identifier: GPL-3.0-or-later
"""Colour hints of soft brushes, in layers of any depth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from smart_lineart.inking import Rect
from smart_lineart.inking.areas import Areas
from smart_lineart.inking.renewing.flats import Ground
from smart_lineart.inking.renewing.flats_hints import as_dabs, hinted
from smart_lineart.inking.renewing.pixel_codes import PixelTable

DEPTHS = {"u1": 255, "<u2": 65535, "<f2": 1, "<f4": 1}
SIDE = 64


def soft(depth: str) -> np.ndarray:
    """A dab of one colour that fades out: from opaque at the left to clear at the right."""
    pixels = np.zeros((SIDE, SIDE, 4), np.dtype(depth))
    pixels[..., 1] = DEPTHS[depth] / 2
    pixels[..., 3] = (1 - np.arange(SIDE * SIDE).reshape(SIDE, SIDE).T / SIDE**2) * DEPTHS[depth]
    return pixels


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_soft_dab_is_one_colour_as_far_as_it_counts(depth: str) -> None:
    pixels, table = soft(depth), PixelTable(4, np.dtype(depth))
    before = pixels.copy()
    codes = table.encode(as_dabs(pixels))
    assert len(table) == 2, "the clear pixel and one of the colour"
    counts = np.rint(pixels[..., 3].astype(np.float64) / DEPTHS[depth] * 255) >= 128
    np.testing.assert_array_equal(codes > 0, counts)
    np.testing.assert_array_equal(table.pixels[1], np.array([0, pixels[0, 0, 1], 0, DEPTHS[depth]], depth))
    np.testing.assert_array_equal(pixels, before)


def test_pixels_of_one_colour_are_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels, table = soft("<u2"), PixelTable(4, np.dtype("<u2"))
    codes = table.encode(pixels)
    paper = table.code(np.array([9, 9, 9, 65535], "<u2"))
    labels = np.zeros((SIDE, SIDE), np.int32)
    labels[4:-4, 4:-4] = 1
    ground = Ground.blank(
        Areas.of((SIDE, SIDE), labels, np.zeros_like(labels, np.bool_), {}), {0: 0, 1: paper}
    )
    asked: list[Any] = []
    code = table.code

    def counted(pixel: Any) -> int:
        asked.append(pixel)
        return code(pixel)

    monkeypatch.setattr(table, "code", counted)
    _, colours = hinted(ground, codes, Rect(0, 0, SIDE, SIDE), table, paper)
    assert len(asked) == 1
    np.testing.assert_array_equal(table.pixels[colours[1]], [0, pixels[0, 0, 1], 0, 65535])
