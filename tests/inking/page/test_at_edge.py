# SPDX-License-Identifier: GPL-3.0-or-later
"""Gutters and fingers are told from what is drawn, wherever they are; what is drawn at the edge stays."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from smart_lineart.inking.page.sheet import find_sheet
from tests.inking.pictures import line_map, ring, straight, wave

Floats = NDArray[np.floating[Any]]
SIZE = (600, 460)
DRAWING = 250 - line_map(
    SIZE, ring(230, 180, 90), wave(90, 370, 420, 25, 160), straight((100, 460), (350, 540)), thickness=4
) * (210 / 255)


def outside(luma: Floats) -> NDArray[np.bool_]:
    """What is found to be none of the sheet, bool, as large as the picture."""
    noisy = luma + np.random.default_rng(1).normal(0, 1.5, luma.shape)
    found = find_sheet(np.clip(np.rint(noisy), 0, 255).astype(np.uint16) * 257)
    if found is None:
        return np.zeros(luma.shape, np.bool_)
    return cv2.resize(found.outside.astype(np.uint8), luma.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0


def gutter(luma: Floats, at: float, width: float, deep: float, across: bool) -> Floats:
    """A soft dark band, across or down."""
    place = np.arange(luma.shape[0] if across else luma.shape[1])
    light = 1 - deep * np.exp(-np.abs(place - at) / width)
    return luma * (light[:, None] if across else light)


def finger(luma: Floats, tone: float, start: tuple[int, int], tip: tuple[int, int], width: int) -> Floats:
    """A finger and its shadow."""
    mask = np.zeros(luma.shape, np.uint8)
    cv2.line(mask, start, tip, 255, width)
    soft = cv2.GaussianBlur(mask, (0, 0), 1.5) / 255.0
    shadow = cv2.GaussianBlur(np.roll(mask, (5, 5), (0, 1)), (0, 0), 5) / 255.0
    return luma * (1 - 0.2 * shadow) * (1 - soft) + tone * soft


@pytest.mark.parametrize(("width", "deep"), [(5, 0.95), (10, 0.9), (14, 0.7)])
@pytest.mark.parametrize("across", [False, True])
@pytest.mark.parametrize("neighbour", [40, 300])
def test_a_gutter_is_none_of_the_sheet_but_both_pages_are(
    width: float, deep: float, across: bool, neighbour: int
) -> None:
    pages = [np.full((neighbour, SIZE[1]) if across else (SIZE[0], neighbour), 250.0), DRAWING]
    both = np.concatenate(pages, axis=0 if across else 1)
    found = outside(gutter(both, neighbour, width, deep, across))
    middle = found[neighbour - 3 : neighbour + 4] if across else found[:, neighbour - 3 : neighbour + 4]
    assert middle.mean() > 0.97
    page = found[neighbour + 60 :] if across else found[:, neighbour + 60 :]
    assert not page.any()


@pytest.mark.parametrize("tone", [100, 130, 165, 195])
@pytest.mark.parametrize(
    ("start", "tip"), [((0, 480), (60, 470)), ((459, 60), (400, 80)), ((230, 599), (240, 565))]
)
def test_fingers_are_none_of_the_sheet(tone: int, start: tuple[int, int], tip: tuple[int, int]) -> None:
    found = outside(finger(DRAWING, tone, start, tip, 52))
    assert found[start[1], start[0]]
    assert found[tip[1], tip[0]]
    assert found.mean() < 0.08
    assert not found[100:260, 150:320].any()


def framed() -> Floats:
    """Thick lines from side to side."""
    out = DRAWING.copy()
    out[300:312] = 30
    out[:, 380:396] = 20
    return out


def outlined() -> Floats:
    """A grey shape that comes in from the side, with a line around it."""
    out = DRAWING.copy()
    shape = np.array([(0, 440), (80, 450), (90, 520), (0, 540)])
    cv2.fillPoly(out, [shape], 150.0)
    cv2.polylines(out, [shape], isClosed=True, color=30.0, thickness=4)
    return out


def panel() -> Floats:
    """A frame all around, in which a grey hand lies on a table."""
    out = DRAWING.copy()
    cv2.rectangle(out, (14, 12), (444, 330), 30.0, 6)
    cv2.fillPoly(out, [np.array([(14, 330), (14, 318), (444, 240), (444, 330)])], 205.0)
    cv2.fillPoly(out, [np.array([(444, 330), (444, 260), (360, 250), (340, 280), (370, 330)])], 140.0)
    return out


def hatched() -> Floats:
    """Shading in the corner."""
    out = DRAWING.copy()
    for x in range(-60, 100, 7):
        cv2.line(out, (x, 599), (x + 60, 500), 60.0, 3)
    return out


def lit_from_the_side() -> Floats:
    return DRAWING * np.linspace(0.45, 1, SIZE[1])


def black_at_the_edge() -> Floats:
    out = DRAWING.copy()
    cv2.fillPoly(out, [np.array([(0, 440), (80, 450), (90, 520), (0, 540)])], 20.0)
    return out


@pytest.mark.parametrize(
    "draw", [lambda: DRAWING, framed, panel, outlined, hatched, lit_from_the_side, black_at_the_edge]
)
def test_what_is_drawn_at_the_edge_stays(draw: Any) -> None:
    assert not outside(draw()).any()


@pytest.mark.parametrize("draw", [lambda: DRAWING, outlined, hatched])
def test_so_it_does_with_light_lines_on_dark_paper(draw: Any) -> None:
    assert not outside(255 - draw()).any()
