# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes that no drawing has are refused before any memory is taken; a line of one pixel is a drawing."""

from __future__ import annotations

import pytest

from smart_lineart.cli.errors import FileError
from smart_lineart.cli.files.picture import check_size


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (25_000, 20_000), (131_072, 3_814)])
def test_drawings_are_taken(size: tuple[int, int]) -> None:
    check_size("a.png", *size)


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (-1, 5)])
def test_a_page_without_pixels_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(FileError, match=r"a\.png has no pixels"):
        check_size("a.png", *size)


@pytest.mark.parametrize("size", [(25_001, 20_000), (131_073, 1), (1, 131_073), (1 << 40, 1 << 40)])
def test_a_page_beyond_all_bounds_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(FileError, match="more than 500 megapixels"):
        check_size("a.png", *size)
