# SPDX-License-Identifier: GPL-3.0-or-later
"""Characters drawn by program: what is drawn and what is to be inked agree, and eyes stay whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import cv2
import numpy as np
import pytest

from training.astray import lead_astray
from training.characters.draw import KINDS, compose, draw_head
from training.characters.head import Head
from training.characters.page import PAGES, Page, line_map, patches
from training.characters.pencil import Pencil
from training.characters.sheet import Black, Frame, Sheet
from training.characters.sight import seen
from training.scenes import LINE_WIDTH, Patch

SIZE = 600  # px: less than half the usual, to be quick


def pencil_of(sheet: Sheet, **manner: object) -> Pencil:
    pencil = Pencil(sheet, np.random.default_rng(1), [], [])
    pencil.manner = replace(pencil.manner, **manner)
    pencil.canvas.tooth = None
    return pencil


def framed(sheet: Sheet) -> Frame:
    return Frame(sheet, np.random.default_rng(0), (100.0, 100.0), 50.0)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_to_be_inked_was_drawn(kind: str) -> None:
    sheet = compose(np.random.default_rng(7), kind, SIZE)
    dark = Pencil(sheet, np.random.default_rng(8), [], []).draw()
    near = cv2.dilate(dark, np.ones((13, 13), np.uint8)) > 40
    lines = np.vstack(sheet.lines()).astype(int)
    lines = lines[(lines >= 0).all(1) & (lines < sheet.size[::-1]).all(1)]
    assert len(lines) > 100
    assert near[lines[:, 1], lines[:, 0]].mean() > 0.93
    solid = sheet.solid() > 127
    assert not solid.any() or near[solid].mean() > 0.95


def test_the_same_seed_draws_the_same_page() -> None:
    pages = []
    for _ in range(2):
        rng = np.random.default_rng(5)
        sheet = compose(rng, "bust", SIZE // 2)
        pages.append(seen(rng, Pencil(sheet, rng, [], []).draw(), []))
    np.testing.assert_array_equal(*pages)


def test_what_lies_behind_a_white_shape_is_neither_drawn_nor_inked() -> None:
    sheet = Sheet((200, 200))
    frame = framed(sheet)
    frame.line([(-1.5, 0), (1.5, 0)])
    frame.black([(-0.3, -0.3), (0.3, -0.3), (0.3, 0.3), (-0.3, 0.3)])
    frame.white([(-0.6, -0.6), (0.6, -0.6), (0.6, 0.6), (-0.6, 0.6)])
    sheet.settle()
    assert not sheet.solid().any()
    assert len(sheet.lines()) == 2
    inner = np.s_[80:120, 80:120]
    assert not pencil_of(sheet).draw()[inner].any()


def test_lights_in_a_black_stay_white_where_it_is_spotted() -> None:
    sheet = Sheet((200, 200))
    square = np.array([(-0.6, -0.6), (0.6, -0.6), (0.6, 0.6), (-0.6, 0.6)])
    framed(sheet).black(square, [square * 0.4])
    sheet.settle()
    solid = sheet.solid()
    assert solid[100, 100] == 0
    assert solid[75, 100] == 255


def test_only_what_is_filled_darkly_is_spotted() -> None:
    square = [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]
    middle = np.s_[70:130, 70:130]
    for filling in ("hatched", "scribbled", "marker", "solid"):
        darkness = {}
        for black in (True, False):
            sheet = Sheet((200, 200))
            framed(sheet).filled(square, black=black)
            sheet.settle()
            assert (sheet.solid() > 0).any() == black
            drawn = pencil_of(sheet, filling=filling, black=0.9).draw()
            darkness[black] = drawn[middle].mean()
        assert darkness[True] > 1.5 * darkness[False]


def test_most_eyes_of_a_head_show_and_hold_black() -> None:
    found = 0
    for seed in range(12):
        sheet = Sheet((SIZE, SIZE))
        head = Head(sheet, np.random.default_rng(seed), (300.0, 300.0), 350.0)
        draw_head(head)
        sheet.settle()
        solid = sheet.solid()
        boxes = [box for box, _ in sheet.eye_boxes()]
        assert all(0 <= x0 < x1 <= SIZE and 0 <= y0 < y1 <= SIZE for x0, y0, x1, y1 in boxes)
        found += sum(bool(solid[y0:y1, x0:x1].any()) for x0, y0, x1, y1 in boxes)
    assert found >= 16


def square_page(black: float, line: float) -> Page:
    """A black square of so many px, and a line beside it."""
    solid = np.zeros((256, 256), np.uint8)
    low, high = round(128 - black / 2), round(128 + black / 2)
    solid[low:high, 64:192] = 255
    return Page(solid, [np.array([(20.0, line), (236.0, line)])], solid, scales=(1.0, 1.0))


def cuts(page: Page) -> Iterator[Patch]:
    rng = np.random.default_rng(0)
    while True:
        yield page.patch(rng, 256, [], 0.0)


def test_thin_blacks_are_lines_too_and_broad_ones_are_not() -> None:
    broad, thin = square_page(40, 230), square_page(2, 230)
    for page, wanted in ((broad, False), (thin, True)):
        patch = next(cuts(page))
        inside = patch.solid > 0.9
        assert inside.sum() > 50
        assert (patch.line[inside].mean() > 0.7) == wanted


def test_a_patch_shows_lines_where_it_shows_the_sketch() -> None:
    dark = np.zeros((300, 400), np.uint8)
    line = np.array([(40.0, 60.0), (200.0, 220.0), (360.0, 90.0)])
    cv2.polylines(dark, [np.round(line).astype(np.int32)], False, 255, 3, cv2.LINE_AA)
    page = Page(dark, [line], np.zeros_like(dark), seen=True)
    for patch in islice(cuts(page), 8):
        wanted = patch.line > 0.6
        assert patch.sketch[wanted].mean() > 0.5
        drawn = patch.sketch > 0.6
        assert cv2.dilate(patch.line, np.ones((5, 5)))[drawn].mean() > 0.9


def test_lines_are_as_wide_at_every_scale() -> None:
    line = [np.array([(10.0, 50.0), (90.0, 50.0)])]
    across = [
        line_map(line, np.eye(2) * scale, np.zeros(2), 200)[:, round(50 * scale)].sum()
        for scale in (0.7, 1.0, 2.0)
    ]
    assert across == pytest.approx([LINE_WIDTH + 0.5] * 3, abs=0.6)


def test_pages_come_and_go() -> None:
    made = []

    def draw(rng: np.random.Generator) -> Page:
        made.append(rng)
        return square_page(20, 200)

    list(islice(patches(np.random.default_rng(0), draw, 64, []), 100))
    assert PAGES + 8 <= len(made) <= PAGES + 11


def test_a_digitised_page_keeps_its_lines_in_their_place() -> None:
    dark = np.zeros((500, 400), np.uint8)
    cv2.circle(dark, (200, 260), 120, 255, 3, cv2.LINE_AA)
    for seed in range(8):
        found = seen(np.random.default_rng(seed), dark, [])
        assert found.shape == dark.shape
        assert found[dark > 200].mean() > 120
        away = cv2.dilate(dark, np.ones((25, 25))) == 0
        assert np.median(found[away]) < 40


def test_what_leads_astray_adds_no_line() -> None:
    rng = np.random.default_rng(2)
    line = np.zeros((96, 96), np.float32)
    line[40:43] = 1
    patch = Patch(line * 0.8, line, np.zeros_like(line))
    darker = 0
    for _ in range(60):
        led = lead_astray(rng, patch)
        assert (led.line <= patch.line).all()
        assert led.sketch.shape == patch.sketch.shape
        assert 0 <= led.sketch.min() <= led.sketch.max() <= 1
        # Where lines are left, the sketch still shows them.
        left = led.line > 0.9
        assert not left.any() or led.sketch[left].mean() > 0.4
        darker += bool((led.sketch > patch.sketch + 0.05).any())
    assert darker > 40


def test_blacks_remember_their_strokes_where_they_are_thin() -> None:
    sheet = compose(np.random.default_rng(7), "head", SIZE)
    thin = [item for item in sheet.items if isinstance(item, Black) and item.along]
    assert thin
