# SPDX-License-Identifier: GPL-3.0-or-later
"""Places to mend, one kind after the other, on a page of 1000 px: a permille is a pixel."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from drawings.fixes import KINDS, find_places, fixes
from drawings.metrics import Lineart

Line = list[tuple[int, int]]
LONG: Line = [(100, 200), (900, 200)]


def drawn(*lines: Line) -> Lineart:
    page = np.full((400, 1000), 255, np.uint8)
    for line in lines:
        cv2.polylines(page, [np.array(line, np.int32)], False, 0, 4)
    return Lineart.of(page)


def kinds(ink: Lineart, truth: Lineart) -> list[str]:
    return sorted(place.kind for place in find_places(ink, truth))


TRUTH = drawn(LONG)


def test_the_truth_itself_has_nothing_to_mend() -> None:
    assert find_places(TRUTH, TRUTH) == []
    assert set(fixes([], TRUTH).values()) == {0}


@pytest.mark.parametrize(
    ("ink", "kind", "near"),
    [
        ((LONG, [(300, 200), (340, 240)]), "extra", (322, 222)),
        (([(100, 200), (500, 200)], [(520, 200), (900, 200)]), "missing", (510, 200)),
        ((LONG, [(300, 200), (306, 208)]), "tick", (306, 208)),
        ((LONG, [(300, 300), (330, 300)]), "stray", (315, 300)),
        (([(100, 200), (496, 200), (501, 203), (506, 198), (900, 198)],), "kink", (501, 202)),
    ],
)
def test_each_kind_is_found_where_it_is(ink: tuple[Line, ...], kind: str, near: tuple[int, int]) -> None:
    (place,) = find_places(drawn(*ink), TRUTH)
    assert place.kind == kind
    assert np.hypot(place.x - near[0], place.y - near[1]) < 5
    found = fixes([place], TRUTH)
    assert found["fixes"] == found[kind] == pytest.approx(1 / 0.8, rel=0.02)  # one on 800 permille
    assert sum(found[other] for other in KINDS) == found["fixes"]


@pytest.mark.parametrize(
    "ink",
    [
        (LONG, [(300, 200), (300, 204)]),  # shorter than a burr that is seen
        ([(100, 203), (900, 203)],),  # within the tolerance
        ([(100, 200), (500, 200)], [(507, 200), (900, 200)]),  # a gap that ink on both sides closes
    ],
)
def test_what_nobody_would_mend_is_not_counted(ink: tuple[Line, ...]) -> None:
    assert kinds(drawn(*ink), TRUTH) == []


def test_ink_may_end_turn_and_cross_where_the_truth_does() -> None:
    corner, crossing = [(100, 100), (300, 100), (300, 300)], [(500, 50), (500, 350)]
    truth = drawn(LONG, corner, crossing)
    assert kinds(drawn(LONG, corner, crossing), truth) == []
    assert kinds(drawn(LONG, corner), truth) == ["missing", "missing"]  # above the line, and below


def test_a_page_without_ink_misses_every_line() -> None:
    assert kinds(drawn(), drawn(LONG, [(100, 300), (400, 300)])) == ["missing", "missing"]


def test_a_dash_that_lies_on_the_truth_is_no_stray() -> None:
    dashes = [[(x, 200), (x + 30, 200)] for x in range(100, 880, 38)]
    assert "stray" not in kinds(drawn(*dashes), TRUTH)
