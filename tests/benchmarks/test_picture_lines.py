# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmark of pictures measures, with a network that is right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.picture_lines import classes, measure
from smart_lineart.inking import PictureReader
from smart_lineart.inking.picture.classes import DOUGA, EDGES, PictureClass
from tests.inking.picture_models import write_picture_model
from training.colour.truth import ANY_EDGE, EDGE_OR_LINE, UNSURE


def test_what_is_right_counts_so_and_what_is_unsure_not_at_all(tmp_path: Path) -> None:
    truth = np.zeros((320, 720), np.uint8)
    for number, name in enumerate(EDGES):
        truth[20:-20, 80 + 150 * number : 84 + 150 * number] = name
    with PictureReader(model=write_picture_model(tmp_path / "mirror")) as reader:
        found = reader.prepare(DOUGA[truth])
    np.testing.assert_array_equal(classes(found), truth)
    table = measure(found, truth).table()
    assert table["accuracy"] == 100.0
    for name in EDGES:
        assert table[f"{name.name.lower()} F"] > 98
    missed = truth.copy()
    missed[20:-20, 40:44] = PictureClass.LINE
    assert measure(found, missed).table()["line R"] == pytest.approx(50, abs=2)
    assert measure(found, missed).table()["line P"] > 98
    for value in (UNSURE, EDGE_OR_LINE):
        unsure = np.where(truth == PictureClass.LINE, value, truth).astype(np.uint8)
        assert measure(found, unsure).drawn[PictureClass.LINE] == 0
    wrong = np.where(truth == PictureClass.LINE, ANY_EDGE, truth).astype(np.uint8)
    assert measure(found, wrong).drawn[PictureClass.LINE] > 200
    assert measure(found, wrong).table()["line P"] == 0
