# SPDX-License-Identifier: GPL-3.0-or-later
"""The example of the Python API runs, and does what it says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent


def test_the_example_inks_a_sketch_in_three_ways(sketch: Path, tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, str(ROOT / "examples/ink_from_python.py"), str(sketch), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "strokes on 320 x 240 px" in ran.stdout
    thin, bold, edited = (
        np.asarray(Image.open(tmp_path / f"sketch-{kind}.png"))[..., 3] for kind in ("thin", "bold", "edited")
    )
    assert thin.shape == (240, 320)
    assert 0 < thin.sum() < bold.sum() / 2
    corner = np.s_[:80, :106]  # what the example erases, with a part of the ring
    assert thin[corner].any()
    assert not edited[:70, :96].any()
    wave = np.s_[175:]  # far from the edit
    assert edited[wave].sum() == pytest.approx(thin[wave].sum(), rel=0.1)
