# SPDX-License-Identifier: GPL-3.0-or-later
"""Stroke drawings, the lines that they mean, and what the looks promise.

The plain sketches in expected/ were made by the script of the look's definition, the truths by this code.
"""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from drawings.looks import LOOKS, draw_sketch
from drawings.metrics import Lineart, distance_to
from drawings.strokes import load_drawing
from drawings.truth import TRUTH_WIDTH, draw_truth

DRAWINGS = Path(__file__).parents[2] / "benchmarks" / "drawings"
EXPECTED = Path(__file__).parent / "expected"


def luma(image: np.ndarray) -> np.ndarray:
    return image.astype(float) if image.ndim == 2 else image @ np.array([0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("name", ["fish", "Bunny03"])
def test_truth_and_plain_sketch_stay_as_they_are(name: str) -> None:
    drawing = load_drawing(DRAWINGS / f"{name}.json")
    for kind, drawn in (("truth", draw_truth(drawing)), ("sketch", draw_sketch(drawing, "plain", name))):
        expected = cv2.imread(str(EXPECTED / f"{name}.{kind}.png"), cv2.IMREAD_GRAYSCALE)
        np.testing.assert_array_equal(drawn, expected, err_msg=kind)


@pytest.mark.parametrize("look", LOOKS)
def test_every_look_is_the_same_for_the_same_seed_only(look: str) -> None:
    drawing = load_drawing(DRAWINGS / "fish.json", long_edge=400)
    first = draw_sketch(drawing, look, "a")
    assert first.dtype == np.uint8
    assert first.shape[:2] == drawing.size
    np.testing.assert_array_equal(first, draw_sketch(drawing, look, "a"))
    if look != "plain":
        assert (first != draw_sketch(drawing, look, "b")).any()


@pytest.mark.parametrize("look", LOOKS)
def test_every_look_draws_the_lines_where_the_truth_has_them(look: str) -> None:
    drawing = load_drawing(DRAWINGS / "fish.json")
    grey = luma(draw_sketch(drawing, look, "fish"))
    away = distance_to(draw_truth(drawing) < 128)
    contrast = np.median(grey[away > 40]) - grey[away == 0].mean()
    assert contrast < -40 if look == "dark" else contrast > 15


def test_construction_lines_lie_off_the_truth_and_are_fainter_than_the_strokes() -> None:
    drawing = load_drawing(DRAWINGS / "fish.json")
    darkness = 255 - luma(draw_sketch(drawing, "construction", "fish"))
    away = distance_to(draw_truth(drawing) < 128)
    stray = darkness[away > 24]
    assert (stray > 15).mean() > 0.005
    assert np.percentile(stray[stray > 15], 95) < np.percentile(darkness[away == 0], 75)


def test_strokes_of_one_cluster_become_one_line_and_others_stay(tmp_path: Path) -> None:
    passes = [[[0, 0], [100, 0]], [[0, 1], [100, 1]]]
    apart = [[[0, 50], [100, 50]], [[0, 51], [100, 51]]]
    path = tmp_path / "lines.json"
    strokes = [{"cluster": 0, "points": points} for points in passes]
    strokes += [{"cluster": 1 + i, "points": points} for i, points in enumerate(apart)]
    path.write_text(json.dumps({"pen_width": 0.2, "strokes": strokes}))
    drawing = load_drawing(path, long_edge=1080)
    assert drawing.scale == 10
    assert drawing.size == (590, 1080)
    column = draw_truth(drawing)[:, 540] < 128
    tops = np.flatnonzero(np.diff(column.astype(int)) == 1) + 1
    bottoms = np.flatnonzero(np.diff(column.astype(int)) == -1) + 1
    middles, widths = (tops + bottoms) / 2, bottoms - tops
    assert middles == pytest.approx([45, 540, 550], abs=1)
    assert widths == pytest.approx([TRUTH_WIDTH] * 3, abs=1)


def test_passes_that_end_apart_leave_no_burr_in_the_truth_and_a_dot_stays(tmp_path: Path) -> None:
    passes = [[[0, 0], [60, 0]], [[40, 0], [100, 0]], [[40, 0], [55, 5]]]
    strokes = [{"cluster": 0, "points": points} for points in passes]
    strokes += [{"cluster": 1, "points": [[50, 40]]}]
    path = tmp_path / "burr.json"
    path.write_text(json.dumps({"pen_width": 0.2, "strokes": strokes}))
    truth = Lineart.of(draw_truth(load_drawing(path)))
    assert truth.components == 2
    assert truth.ends == 3  # of the line, and the dot


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"strokes": []}',
        '{"pen_width": 1, "strokes": []}',
        '{"pen_width": 1, "strokes": [{"cluster": 0, "points": []}]}',
        '{"pen_width": 1, "strokes": [{"cluster": 0, "points": [[1, 2, 3]]}]}',
        '{"pen_width": 1, "strokes": [{"cluster": 0, "points": [[5, 5], [5, 5]]}]}',
    ],
)
def test_other_files_are_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"other\.json"):
        load_drawing(path)
