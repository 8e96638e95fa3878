# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import shutil

import numpy as np
import pytest

from benchmarks.classical import METHODS, MissingProgram, dark_on_light, mkbitmap_potrace
from drawings.metrics import distance_to


def sketch() -> tuple[np.ndarray, np.ndarray]:
    """A dark line of 4 px across paper that falls from white to mid grey, and where the line is."""
    paper = np.tile(np.linspace(1, 0.5, 301, dtype=np.float32), (203, 1))
    on_line = np.zeros(paper.shape, bool)
    on_line[100:104, 20:280] = True
    return np.where(on_line, paper * 0.3, paper), on_line


@pytest.mark.parametrize("name", METHODS)
def test_a_line_on_uneven_paper_is_found_and_the_paper_is_left_clean(name: str) -> None:
    if name == "potrace" and not (shutil.which("potrace") and shutil.which("mkbitmap")):
        pytest.skip("the Debian package potrace is not installed")
    luma, on_line = sketch()
    lineart = METHODS[name](luma)
    assert lineart.dtype == np.uint8
    assert lineart.shape == luma.shape
    assert lineart[on_line].mean() < 40
    assert lineart[distance_to(on_line) > 4].mean() > 250


def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingProgram, match="mkbitmap is not installed"):
        mkbitmap_potrace(sketch()[0])


def test_only_dark_pages_are_inverted() -> None:
    luma, _ = sketch()
    np.testing.assert_array_equal(dark_on_light(luma), luma)
    np.testing.assert_allclose(dark_on_light(1 - luma), luma, atol=1e-6)
