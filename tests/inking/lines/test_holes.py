# SPDX-License-Identifier: GPL-3.0-or-later
"""Islands between passes are filled; slits, buckles and bays that are meant stay open."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage  # type: ignore[import-untyped]

from smart_lineart.inking.lines.holes import fill_holes
from smart_lineart.inking.lines.tracing import trace_strokes
from smart_lineart.inking.raster.components import find_runs, label_runs
from tests.inking.pictures import Bytes, line_map, paths_of, ring, straight

SIZE = (120, 200)
UNSURE, SURE = 120, 255


def net(sides: int, within: int, apart: int, *, open_at: str = "") -> Bytes:
    """A line map of a line that parts into two sides and comes together again."""
    low, high = 60 - apart / 2, 60 + apart / 2
    paths = [straight((60, y), (140, y)) for y in (low, high)]
    paths += [straight((60, low), (60, high)), straight((140, low), (140, high))]
    line = line_map(SIZE, *paths, thickness=3.0, value=sides)
    between = np.zeros(SIZE, np.uint8)
    between[round(low) : round(high) + 1, 60:141] = within
    line = np.maximum(line, between)
    if open_at == "gap":
        line[55:65, 136:144] = within
    return line


def opened(line: Bytes) -> int:
    """Pixels that filling adds to a line map's mask."""
    mask = line >= 100
    filled = fill_holes(mask, line)
    assert not (mask & ~filled).any()
    return int((filled & ~mask).sum())


class TestFilled:
    def test_a_half_seen_hole_of_unsure_sides_is_filled(self) -> None:
        assert opened(net(UNSURE, 50, 6)) > 200

    @pytest.mark.parametrize(
        ("sides", "within", "apart"),
        [(SURE, 50, 6), (UNSURE, 0, 6), (UNSURE, 50, 9)],
        ids=["sure sides", "white within", "wide"],
    )
    def test_what_is_meant_stays_open(self, sides: int, within: int, apart: int) -> None:
        assert opened(net(sides, within, apart)) == 0

    def test_a_bay_that_is_open_to_the_page_stays(self) -> None:
        assert opened(net(UNSURE, 50, 6, open_at="gap")) == 0

    def test_paper_at_the_edge_of_the_page_stays(self) -> None:
        line = np.full((40, 60), 50, np.uint8)
        line[:, 6:9] = UNSURE
        assert opened(line) == 0

    def test_a_page_without_lines_stays(self) -> None:
        assert opened(np.zeros(SIZE, np.uint8)) == 0

    def test_it_thins_to_the_line_between_the_passes(self) -> None:
        ends = line_map(SIZE, straight((10, 60), (60, 60)), straight((140, 60), (190, 60)), value=SURE)
        line = np.maximum(net(UNSURE, 50, 6), ends)
        strokes = trace_strokes(line, line, (1.0, 1.0))[0]
        (stroke,) = paths_of(strokes)
        assert np.abs(stroke[:, 1] - 60.5).max() < 1.5
        assert np.ptp(stroke[:, 0]) > 170


class TestRegions:
    """Runs and their labels, against SciPy's."""

    @pytest.mark.parametrize("share", [0.2, 0.5, 0.6, 0.8])
    def test_labels_are_those_of_scipy(self, share: float) -> None:
        mask = np.random.default_rng(3).random((40, 53)) < share
        assert same_regions(labelled(mask), flooded(mask))

    def test_a_spiral_is_one_region(self) -> None:
        turns = np.linspace(0, 12 * np.pi, 4000)
        at = np.rint(60 + np.stack([turns * np.cos(turns), turns * np.sin(turns)], 1) * 1.4).astype(int)
        mask = np.zeros((121, 121), np.bool_)
        mask[at[:, 1], at[:, 0]] = True
        mask[at[:, 1], at[:, 0] - 1] = True
        mask[at[:, 1] - 1, at[:, 0] - 1] = True
        assert same_regions(labelled(mask), flooded(mask))

    def test_rings_within_rings_are_regions_of_their_own(self) -> None:
        mask = line_map((90, 90), ring(45, 45, 30), ring(45, 45, 15), thickness=3.0) > 0
        assert same_regions(labelled(~mask), flooded(~mask))
        assert len(np.unique(labelled(~mask))) == 3 + 1  # and what is none


def labelled(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """-1 outside the mask, elsewhere its region's number."""
    runs = find_runs(mask)
    out = np.full(mask.shape, -1, np.intp)
    for (row, start, stop), label in zip(
        zip(*runs, strict=True), label_runs(runs, mask.shape[1]), strict=True
    ):
        out[row, start:stop] = label
    return out


def flooded(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    return np.asarray(ndimage.label(mask)[0], np.intp) - 1


def same_regions(one: NDArray[np.intp], two: NDArray[np.intp]) -> bool:
    """Whether two labellings divide the same pixels alike."""
    pairs = np.unique(np.stack([one.ravel(), two.ravel()], 1), axis=0)
    return all(len(np.unique(pairs[:, i])) == len(pairs) for i in (0, 1))
