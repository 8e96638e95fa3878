# SPDX-License-Identifier: GPL-3.0-or-later
"""Ink is found again after its layer or its image was moved, turned, mirrored, cropped or scaled."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from smart_lineart.inking import InkRecord, Rect
from smart_lineart.inking.brushes.styles import STYLES
from smart_lineart.inking.drawing.textured import draw
from smart_lineart.inking.renewing.registration import HOME, Registration, find_registration, find_scaled
from smart_lineart.inking.strokes import Strokes
from tests.inking.pictures import ring, straight, strokes_of, wave

Bytes = NDArray[np.uint8]
WIDTH, HEIGHT = 900, 600


def strokes(shift: float = 0.0) -> Strokes:
    return strokes_of(
        ring(300 + shift, 250, 170),
        ring(280, 230, 40.5),
        wave(60, 800, 480 + shift, 30, 130),
        straight((620, 60), (800, 400)),
        straight((640, 300), (860, 90)),
    )


def inked(shift: float = 0.0) -> Bytes:
    return draw(strokes(shift), Rect(0, 0, WIDTH, HEIGHT), thickness=6.0, style=STYLES["pen"])


def corrected(ink: Bytes) -> Bytes:
    """The artist erased a third and drew across the rest."""
    out = ink.copy()
    out[:, 600:740] = 0
    mine = draw(
        strokes_of(straight((20, 20), (560, 560))),
        Rect(0, 0, WIDTH, HEIGHT),
        thickness=9.0,
        style=STYLES["pen"],
    )
    return np.maximum(out, mine)


def recorded(ink: Bytes) -> InkRecord:
    return InkRecord.of(ink, Rect(0, 0, WIDTH, HEIGHT), thickness=6.0)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_layer_moved_mirrored_or_turned_is_found(mirrored: bool, quarters: int) -> None:
    ink = inked()
    place = Registration(mirrored, quarters, 137, -58)
    current, area = place.coverage(corrected(ink), Rect(0, 0, WIDTH, HEIGHT))
    found = find_registration(recorded(ink), current, area)
    assert found == place
    assert np.array_equal(found.record(recorded(ink)).coverage(area), place.coverage(ink, area)[0])


def test_a_crop_is_found() -> None:
    ink = inked()
    current = corrected(ink)[120:520, 210:870]
    assert find_registration(recorded(ink), current, Rect(0, 0, 660, 400)) == Registration(x=-210, y=-120)


def test_ink_that_lies_where_it_was_is_left_there() -> None:
    ink = inked()
    area = Rect(0, 0, WIDTH, HEIGHT)
    for current in (ink, corrected(ink), np.where(np.arange(WIDTH) < 350, ink, 0).astype(np.uint8)):
        assert find_registration(recorded(ink), current, area) == HOME
    little = np.zeros_like(ink)
    little[100:160, 100:200] = ink[100:160, 100:200]
    assert find_registration(recorded(ink), little, area) == HOME


@pytest.mark.parametrize("angle", [7.0, 31.0])
def test_ink_turned_freely_is_not_found(angle: float) -> None:
    import cv2

    ink = inked()
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), angle, 0.9)
    current = np.asarray(cv2.warpAffine(ink, turn, (WIDTH, HEIGHT)), np.uint8)
    assert find_registration(recorded(ink), current, Rect(0, 0, WIDTH, HEIGHT)) is None


def test_a_wholly_other_drawing_is_not_the_ink() -> None:
    other = draw(
        strokes_of(*(straight((30, y), (870, y + 40.5)) for y in range(30, 560, 37))),
        Rect(0, 0, WIDTH, HEIGHT),
        thickness=4.0,
        style=STYLES["pen"],
    )
    assert find_registration(recorded(inked()), other, Rect(0, 0, WIDTH, HEIGHT)) is None


def test_blank_ink_and_a_blank_layer_lie_anywhere() -> None:
    blank = np.zeros((HEIGHT, WIDTH), np.uint8)
    area = Rect(0, 0, WIDTH, HEIGHT)
    assert find_registration(recorded(blank), inked(), area) == HOME
    assert find_registration(recorded(inked()), blank, area) == HOME


def test_strokes_and_coverage_go_the_same_way() -> None:
    place = Registration(True, 1, 700, 900)
    moved, area = place.coverage(inked(), Rect(0, 0, WIDTH, HEIGHT))
    redrawn = draw(place.strokes(strokes()), area, thickness=6.0, style=STYLES["pen"])
    assert (np.abs(moved.astype(int) - redrawn) > 24).mean() < 1e-3


def test_a_scaled_image_is_found_by_its_scale() -> None:
    import cv2

    ink = inked()
    current = np.asarray(cv2.resize(corrected(ink), (450, 300), interpolation=cv2.INTER_AREA), np.uint8)
    area = Rect(0, 0, 450, 300)
    found = find_scaled(recorded(ink), current, area, (0.5, 0.5))
    assert found is not None
    assert not found.exact
    assert found.thickness == 3.0
    assert find_scaled(recorded(ink), current[::-1], area, (0.5, 0.5)) is None
