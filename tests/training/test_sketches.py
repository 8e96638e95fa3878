# SPDX-License-Identifier: GPL-3.0-or-later
"""Artists' own sketches as training patches: their passes, and the one line that several of them mean."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from tests.training.test_hands import write_drawing
from training import scenes
from training.scenes import Scenes, Sources
from training.sketches import SIDE, WARP, load_sketches

GAP = 5.0  # permille of the drawing's size between the two passes over its line


def test_passes_over_one_line_mean_one_line(tmp_path: Path) -> None:
    write_drawing(tmp_path, gap=GAP, pen_width=3)
    (sketch,) = load_sketches(tmp_path)
    line, mark = sketch.drawing.strokes
    assert len(sketch.passes) == 3
    assert np.ptp(line[:, 0]) == pytest.approx(SIDE, abs=2 * GAP)
    inner = line[(line[:, 0] > 60) & (line[:, 0] < SIDE - 60)]
    between = np.mean([one[:, 1].mean() for one in sketch.passes[:2]])
    np.testing.assert_allclose(inner[:, 1], between, atol=1.5)
    assert np.ptp(mark[:, 0]) == pytest.approx(0.06 * SIDE, abs=1)


def test_lines_and_passes_are_bent_alike(tmp_path: Path) -> None:
    write_drawing(tmp_path, gap=GAP, pen_width=3)
    (sketch,) = load_sketches(tmp_path)
    bent = sketch.bent(np.random.default_rng(3))
    moved = [after - before for before, after in zip(sketch.passes, bent.passes, strict=True)]
    assert 1 < max(np.hypot(*one.T).max() for one in moved) < 6 * WARP * SIDE
    # The two passes of the line are GAP permille apart, and stay so: they are bent with the paper.
    apart = bent.passes[0] - bent.passes[1]
    np.testing.assert_allclose(np.hypot(*apart.T), GAP / 1000 * SIDE, rtol=0.2)
    mark = bent.drawing.strokes[1]
    np.testing.assert_allclose(mark[0, :2], bent.passes[2][0], atol=1e-3)


def test_every_other_sketch_is_left_to_measure_on(tmp_path: Path) -> None:
    for name in "cab":
        write_drawing(tmp_path, name)
    assert [sketch.drawing.name for sketch in load_sketches(tmp_path)] == ["a", "c"]
    with pytest.raises(FileNotFoundError):
        load_sketches(tmp_path / "none")


def test_patches_of_sketches_show_passes_and_hold_the_meant_line(
    corpus_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scenes, "SKETCHED", 1.0)
    monkeypatch.setattr(scenes, "GUIDES", (0.0, 0.0))
    x = np.linspace(0, 1000, 60)
    passes = [np.column_stack([x, np.full(60, y)]).tolist() for y in (500.0, 516.0, 700.0)]
    strokes = [{"cluster": cluster, "points": one} for cluster, one in zip((3, 3, 4), passes, strict=True)]
    (tmp_path / "one.json").write_text(json.dumps({"pen_width": 3, "strokes": strokes}))
    found = list(islice(Scenes(Sources.load(corpus_folder, tmp_path), 128, seed=2, noise=0.0), 12))
    assert not any(patch.solid.any() for patch in found)
    # Two of the three passes are one line: the sketch has more ink across its lines than the truth has.
    assert all((patch.line > 0.5).any() for patch in found)
    ink = [float((patch.sketch > 0.1).sum() / (patch.line > 0.5).sum()) for patch in found]
    assert np.std(ink) > 0.05
