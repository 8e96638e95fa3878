# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparisons of the recipe's choices run whole: train, export, measure, tabulate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed: training is NOT tested (requirements/train.txt)")

from training import compare, painted

DRAWINGS = Path(__file__).parents[2] / "benchmarks" / "drawings"


def test_a_variant_is_trained_and_measured(
    corpus_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare, "PIXELS", 2 * 64 * 64)
    compare.train(compare.Variant(side=64, noise=0.0), corpus_folder, tmp_path, steps=2)
    assert (tmp_path / "model.onnx").stat().st_size > 1 << 20
    found = compare.evaluate(tmp_path, DRAWINGS)
    assert set(found) == {"plain", "looks"}
    row = compare.table({"this": found}).splitlines()[2]
    assert row.startswith("| this | 0.")
    assert row.count("|") == 10


def test_the_painted_head_paints_on_the_whole_page_and_follows_thickness() -> None:
    net = painted.PaintedNet().eval()
    sketch = np.full((310, 290), 255, np.uint8)
    sketch[100:104, 20:260] = 40
    thin, thick = (painted.paint(net, sketch, thickness) for thickness in (2.0, 12.0))
    assert thin.shape == sketch.shape
    assert (thin != thick).any()
