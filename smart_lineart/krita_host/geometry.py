# SPDX-License-Identifier: GPL-3.0-or-later
"""Rectangles in image coordinates."""

from __future__ import annotations

from collections.abc import Iterator

from smart_lineart.inking import Rect

STRIP_PIXELS = 400_000
"""One strip is read or written in a few milliseconds, in any colour space."""
LONGEST = 4
"""Short sides that the long one of a page has; a longer one is a strip, such as a webtoon."""


def strips(rect: Rect, pixels: int = STRIP_PIXELS, most_rows: int = 1 << 30) -> Iterator[Rect]:
    """Cut a rectangle into full-width strips of about so many pixels, and no more rows than that."""
    rows = min(most_rows, max(1, pixels // max(1, rect.width)))
    for top in range(rect.y, rect.y + rect.height, rows):
        yield Rect(rect.x, top, rect.width, min(rows, rect.y + rect.height - top))


def reach(page: Rect) -> Rect:
    """How far around the canvas pixels count: nobody can see any that lie farther off than its long side.

    Of a strip, than LONGEST times its short side: what is looked at stays in proportion to the page.
    """
    short, long = sorted((page.width, page.height))
    return grown(page, min(long, LONGEST * short))


def grown(rect: Rect, margin: int) -> Rect:
    """A rectangle with a margin all round."""
    return Rect(rect.x - margin, rect.y - margin, rect.width + 2 * margin, rect.height + 2 * margin)
