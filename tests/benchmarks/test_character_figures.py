# SPDX-License-Identifier: GPL-3.0-or-later
"""Eyes and blacks are measured as a reader sees them: hollow, closed or lost costs."""

from __future__ import annotations

import json
import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks import characters
from benchmarks.characters import Character, measure, median

SIZE = 350


def truth() -> np.ndarray:
    """A face with one eye: a lash, a ring, a black pupil."""
    page = np.full((SIZE, SIZE), 255, np.uint8)
    cv2.circle(page, (170, 170), 140, 0, 2)
    cv2.circle(page, (170, 170), 30, 0, 2)
    cv2.circle(page, (170, 170), 14, 0, -1)
    return page


def page(name: str = "one") -> Character:
    solid = np.zeros((SIZE, SIZE), np.uint8)
    cv2.circle(solid, (170, 170), 14, 255, -1)
    boxes = [(130, 130, 210, 210)]
    return Character(name, truth(), truth(), solid > 0, [(30, 30, 310, 310)], boxes, [0])


def test_the_truth_itself_is_perfect() -> None:
    figures = measure(truth(), page())
    assert [figures[name] for name in ("F", "eye_R", "eye_P", "black_R", "black_P")] == [1] * 5


def test_a_hollow_pupil_costs_black_and_eye_recall() -> None:
    ink = truth()
    cv2.circle(ink, (170, 170), 12, 255, -1)
    figures = measure(ink, page())
    assert figures["black_R"] < 0.4
    assert figures["eye_R"] < 0.8
    assert figures["eye_P"] == 1


def test_a_closed_eye_costs_precision() -> None:
    ink = truth()
    cv2.circle(ink, (170, 170), 30, 0, -1)
    figures = measure(ink, page())
    assert figures["eye_P"] < 0.6
    assert figures["black_P"] < 0.8
    assert figures["black_R"] == 1


def test_ink_beside_an_eye_is_none_of_it() -> None:
    ink = truth()
    cv2.rectangle(ink, (60, 120), (100, 220), 0, -1)
    assert measure(ink, page())["eye_P"] == 1


def test_pages_without_blacks_count_for_the_rest() -> None:
    bare = Character("bare", truth(), truth(), np.zeros((SIZE, SIZE), bool), [], [], [])
    figures = [measure(truth(), one) for one in (bare, page())]
    assert math.isnan(figures[0]["black_R"])
    assert math.isnan(figures[0]["eye_R"])
    assert median(figures)["black_R"] == median(figures)["eye_R"] == 1


def test_a_folder_of_pages_is_inked_and_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = page()
    solid = one.solid.astype(np.uint8) * 255
    for part, image in (("sketch", one.sketch), ("truth", one.truth), ("solid", solid)):
        cv2.imwrite(str(tmp_path / f"one-{part}.png"), image)
    boxes = {"faces": one.faces, "eyes": one.eyes, "eye_face": one.eye_face}
    (tmp_path / "one-boxes.json").write_text(json.dumps(boxes))
    assert characters.main([str(tmp_path), "--out", str(tmp_path / "out")]) == 0
    report = json.loads((tmp_path / "out" / "metrics.json").read_text())
    assert report["median"]["F"] > 0.9
    assert (tmp_path / "out" / "one.png").exists()
    assert "eye_R" in capsys.readouterr().out


def test_a_folder_without_pages_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert characters.main([str(tmp_path)]) == 2
    assert "no pages" in capsys.readouterr().err
