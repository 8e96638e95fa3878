# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of the marks of seams is painted: a file may hold any, and all of it is done while Krita waits."""

from __future__ import annotations

import time

import numpy as np
import pytest

from smart_lineart.studio.runs.seam_marks import (
    LONGEST_PAINTED,
    MOST_PAINTED,
    MOST_SEGMENTS,
    marks_in,
    segments_of,
)

VIEW = 0.0, 0.0, 1600.0, 1000.0


def lengths(segments: np.ndarray) -> np.ndarray:
    return np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])


def test_the_few_seams_of_a_page_are_marked_as_they_are() -> None:
    lines = tuple(np.array([[x, 10], [x + 4, 12], [x + 8, 11]], np.float32) for x in range(20, 1500, 20))
    segments = segments_of(lines)
    assert segments[:2].tolist() == [[20, 10, 24, 12], [24, 12, 28, 11]]
    marks = marks_in(segments, VIEW, 1.0)
    assert marks.fine
    np.testing.assert_array_equal(marks.segments, segments)


def test_a_line_is_marked_where_it_is_in_view() -> None:
    one = np.array([[-100, 50, 5000, 50], [10, -50, 10, 2000], [-5, -5, -1, -1], [3, 3, 9, 9]], np.float32)
    seen = marks_in(one, (0.0, 0.0, 100.0, 80.0), 1.0).segments
    np.testing.assert_allclose(seen, [[0, 50, 100, 50], [10, 0, 10, 80], [3, 3, 9, 9]], atol=1e-4)
    assert not len(marks_in(one, (200.0, 200.0, 300.0, 300.0), 1.0).segments)
    assert not len(marks_in(segments_of(()), VIEW, 1.0).segments)


@pytest.mark.parametrize("zoom", [0.1, 1.0, 64.0])
def test_a_million_long_ones_are_not_painted(zoom: float) -> None:
    far = np.random.default_rng(0).integers(-(1 << 40), 1 << 40, (1 << 20, 2)).astype(np.float32)
    near = far % np.float32(2000)
    began = time.process_time()
    for line in (far, near):
        segments = segments_of((line,))
        assert len(segments) == MOST_SEGMENTS
        marks = marks_in(segments, tuple(side / zoom for side in VIEW), zoom)
        assert not marks.fine or zoom > 1 or line is far
        assert len(marks.segments) <= MOST_PAINTED
        assert lengths(marks.segments).sum() * zoom <= LONGEST_PAINTED
    assert time.process_time() - began < 2.0
    assert len(segments_of(tuple(near[:3] for _ in range(1 << 16)))) == MOST_SEGMENTS
