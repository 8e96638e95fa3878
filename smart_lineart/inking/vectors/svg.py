# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths in the words of SVG: the value of a path's `d` (SVG 1.1, section 8.3)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from smart_lineart.inking.vectors.paths import Path

DIGITS = 2  # behind the point: a hundredth of a px
SHORT = 0.4  # px: a handle shorter than this takes one more, or its direction would suffer


def outline_data(paths: Iterable[Path]) -> str:
    """Several paths as one."""
    return "".join(path_data(path) for path in paths)


def path_data(path: Path) -> str:
    """A path's data: told from point to point, which takes fewer digits than telling where each lies.

    What is rounded off is made up for at the next node, so that nothing adds up.
    """
    curves = path.curves
    handles = np.hypot(*np.concatenate([curves[:, 1] - curves[:, 0], curves[:, 3] - curves[:, 2]]).T)
    short = (np.minimum(*np.split(handles, 2)) < SHORT).tolist()
    at = np.round(path.points[0], DIGITS)
    out = [f"M{_numbers(at.tolist(), DIGITS)}"]
    for curve, fine in zip(curves, short, strict=True):
        digits = DIGITS + fine
        told = np.round(curve[1:] - at, digits)
        out.append(f"c{_numbers(told.ravel().tolist(), digits)}")
        at = at + told[2]
    return "".join(out) + ("z" if path.closed else "")


def _numbers(values: list[float], digits: int) -> str:
    """Numbers as short as they can be, with nothing between them but what tells them apart."""
    out = ""
    for value in values:
        text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
        text = "0" if text == "-0" else text
        text = text.removeprefix("0") if text.startswith("0.") else text
        text = "-" + text[2:] if text.startswith("-0.") else text
        out += text if not out or text.startswith("-") else " " + text
    return out
