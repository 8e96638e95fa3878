# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs of sketch and truth: the sketch follows the truth, and the same seed gives the same pairs."""

from __future__ import annotations

import lzma
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from drawings.strokes import resample
from training import procedural
from training.corpus import load_corpus
from training.looks import finish
from training.roughen import Hand, roughen
from training.scenes import LINE_WIDTH, Scenes, Sources, beside_blacks


def test_corpus_reads_strokes_and_solids_where_they_were_drawn(corpus_folder: Path) -> None:
    corpus = load_corpus(corpus_folder)
    assert [len(corpus[g]) for g in ("illustrations", "figures", "icons")] == [2, 2, 0]
    first = corpus["illustrations"][0]
    assert len(first.strokes) == 12
    assert all(s[:, :2].min() >= 2 and s[:, :2].max() <= 398 for s in first.strokes)
    np.testing.assert_array_equal(first.solids[0][0][2], [112, 112])


def test_share_alike_drawings_are_left_out(corpus_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "A_permissive" / "strokes"
    folder.mkdir(parents=True)
    with lzma.open(corpus_folder / "A_permissive" / "strokes" / "se_lear.jsonl.xz", "rt") as lines:
        first, second = list(lines)
    with lzma.open(folder / "bioicons.jsonl.xz", "wt") as out:
        out.write(first.replace("se_lear-0", "cc-by-sa-4.0__fish.svg") + second)
    assert [d.name for d in load_corpus(tmp_path)["icons"]] == ["se_lear-1"]


def test_a_folder_without_strokes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no stroke files"):
        load_corpus(tmp_path)


def test_passes_scatter_around_their_line_and_cover_it() -> None:
    rng = np.random.default_rng(0)
    line = np.column_stack([np.linspace(10, 400, 30), np.full(30, 50.0), np.ones(30)])
    hand = Hand(0.0, 3.0, 2.0, 90.0, 2.0, 0.0, 0.2, 10.0, (0.4, 0.9))
    offsets, covered = [], np.zeros(400, bool)
    for _ in range(40):
        passes = roughen(rng, line, hand)
        assert len(passes) > 1
        for stroke in passes:
            offsets.append(stroke.points[:, 1] - 50)
            low, high = np.sort(stroke.points[[0, -1], 0]).clip(0, 399).astype(int)
            covered[low:high] = True
    everything = np.concatenate(offsets)
    assert abs(everything.mean()) < 0.3
    assert 0.5 < everything.std() < 4.0
    assert covered[12:398].all()


def test_a_clean_hand_keeps_to_the_line() -> None:
    line = np.column_stack([np.linspace(0, 100, 9), np.linspace(0, 40, 9), np.ones(9)])
    hand = Hand(1.0, 0.0, 0.0, 1e9, 0.0, 0.0, 0.0, 1e-3, (0.9, 0.9))
    (stroke,) = roughen(np.random.default_rng(1), line, hand)
    distance = np.abs(stroke.points[:, 1] - 0.4 * stroke.points[:, 0]) / np.hypot(1, 0.4)
    assert distance.max() < 0.05


def test_a_hand_that_leaves_gaps_leaves_them_within_the_line() -> None:
    rng = np.random.default_rng(4)
    line = np.column_stack([np.linspace(10, 400, 60), np.full(60, 50.0), np.ones(60)])
    hand = Hand(1.0, 0.0, 0.0, 60.0, 0.0, 12.0, 0.0, 1e-3, (0.9, 0.9))
    covered = np.zeros(400, bool)
    for stroke in roughen(rng, line, hand):
        low, high = np.sort(stroke.points[[0, -1], 0]).astype(int)
        covered[low:high] = True
    assert 0.02 < 1 - covered[10:398].mean() < 0.6


def test_drawings_made_by_program_lie_on_their_page_and_hide_what_is_behind() -> None:
    rng = np.random.default_rng(7)
    drawings = [procedural.draw(rng) for _ in range(12)]
    for drawing in drawings:
        points = np.concatenate(drawing.strokes)
        assert np.isfinite(points).all()
        assert 0.05 < points[:, 2].min() <= points[:, 2].max() < 4
        assert all(len(stroke) > 1 for stroke in drawing.strokes)
    assert sum(len(drawing.solids) for drawing in drawings) > 3
    page = procedural._Page()
    across = np.column_stack([np.linspace(0, 799, 400), np.full(400, 400.0), np.ones(400)])
    page.add(across)
    page.hide(np.array([[300, 300], [500, 300], [500, 500], [300, 500]]))
    left, right = page.strokes
    assert left[-1, 0] < 300 + procedural.STEP
    assert right[0, 0] > 500 - procedural.STEP


def test_noise_none_leaves_the_strokes_as_drawn() -> None:
    drawn = np.zeros((64, 64), np.float32)
    drawn[30:33] = 0.9
    rng = np.random.default_rng(0)
    quiet = [finish(rng, drawn, [], noise=0.0) for _ in range(20)]
    assert all((sketch[drawn == 0] == 0).all() for sketch in quiet)
    noisy = [finish(rng, drawn, []) for _ in range(20)]
    assert sum((sketch[drawn == 0] > 0).any() for sketch in noisy) > 10


def test_resampling_is_even_and_keeps_both_ends() -> None:
    points = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 5.0]])
    out = resample(points, 1.0)
    np.testing.assert_allclose(out[[0, -1]], points[[0, -1]])
    assert len(out) == 16


def test_patches_have_a_sketch_for_their_truth(corpus_folder: Path) -> None:
    dark_on_lines, dark_elsewhere = [], []
    for patch in islice(Scenes(Sources.load(corpus_folder), 96, seed=5), 24):
        assert patch.sketch.shape == patch.line.shape == patch.solid.shape == (96, 96)
        for plane in (patch.sketch, patch.line, patch.solid):
            assert 0 <= plane.min() <= plane.max() <= 1
        if (patch.line > 0.5).any():
            dark_on_lines.append(patch.sketch[patch.line > 0.5].mean())
            dark_elsewhere.append(patch.sketch[(patch.line == 0) & (patch.solid == 0)].mean())
    assert np.median(dark_on_lines) > 2 * np.median(dark_elsewhere)


def test_the_same_seed_gives_the_same_patches(corpus_folder: Path) -> None:
    one, two = (list(islice(Scenes(Sources.load(corpus_folder), 64, seed=9), 3)) for _ in range(2))
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a.sketch, b.sketch)
        np.testing.assert_array_equal(a.line, b.line)


def test_truth_lines_have_the_stated_width(corpus_folder: Path) -> None:
    scenes = Scenes(Sources.load(corpus_folder), 96, seed=1)
    line = np.array([[20.0, 60.0, 1.0], [130.0, 60.0, 1.0]])
    line_map = scenes.truth([line], 144)
    assert line_map[:, 70].sum() == pytest.approx(LINE_WIDTH, abs=1)  # OpenCV's antialiasing adds a little


def test_thin_blacks_are_lines_too() -> None:
    solid = np.zeros((60, 60), np.float32)
    solid[10:30, 10:30] = 1
    solid[40:42, 10:50] = 1
    line = np.zeros_like(solid)
    line[20, :] = 1
    found = beside_blacks(line, solid)
    assert not found[11:29, 11:29].any()
    assert found[20, 40] == 1
    assert found[40:42, 12:48].min() == 1
