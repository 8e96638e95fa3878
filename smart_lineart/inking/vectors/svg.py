# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths in the words of SVG: the value of a path's `d` (SVG 1.1, section 8.3)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from smart_lineart.inking.vectors.paths import Path
from smart_lineart.inking.vectors.polylines import Doubles

STEPS = 0.05, 0.02  # px, that nodes are rounded to on pages that are long enough
SHARE = 40_000  # steps along a page at least
FINEST = 0.01
LONG, USUAL = 3.0, 0.8  # px: handles as long are rounded to two steps, and to one
SHORT = ((0.4, 0.01), (0.04, 0.001), (0.0, 0.0001))
"""Px from which a shorter one is so long, and what it is rounded to, or its direction would suffer."""

DIGITS = 4  # behind the point, at the most


def step_for(size: tuple[int, int]) -> float:
    """What px coordinates may be rounded to on a page of `size` (height, width): the larger it is, the finer
    its px are to the eye.
    """
    return next((step for step in STEPS if step * SHARE <= max(size)), FINEST)


def outline_data(paths: Iterable[Path], step: float = FINEST) -> str:
    """Several paths as one, rounded to `step` px."""
    return "".join(path_data(path, step) for path in paths)


def path_data(path: Path, step: float = FINEST) -> str:
    """A path's data: told from point to point, which takes fewer digits than telling where each lies.

    What is rounded off of nodes is made up for at the next, so that nothing adds up; handles are rounded as
    they lead away from their node, since their direction matters.
    """
    curves = path.curves
    away = np.stack([curves[:, 1] - curves[:, 0], curves[:, 2] - curves[:, 3]], 1)
    steps = _handle_steps(np.hypot(away[..., 0], away[..., 1]), step)
    handles = np.rint(away / steps[..., None]) * steps[..., None]
    fine = np.minimum(step, steps.min(1))[:, None]  # beside a short handle, nodes count as well
    grid = _beside(fine, path.closed)
    nodes = np.rint(path.nodes / grid) * grid
    told = np.diff(nodes, axis=0)
    numbers = np.stack([handles[:, 0], told + handles[:, 1], told], 1).reshape(-1)
    return f"M{_numbers(nodes[0].tolist())}c{_numbers(numbers.tolist())}{'z' if path.closed else ''}"


def _handle_steps(lengths: Doubles, step: float) -> Doubles:
    """What handles of so many px are rounded to."""
    rules = ((LONG, 2 * step), (USUAL, step), *SHORT)
    return np.select([lengths >= least for least, _ in rules], [fine for _, fine in rules])


def _beside(fine: Doubles, closed: bool) -> Doubles:
    """What each node is rounded to, (k + 1, 1), by the curves on both sides (k, 1)."""
    before, after = (fine[-1:], fine[:1]) if closed else (fine[:1], fine[-1:])
    return np.minimum(np.concatenate([before, fine]), np.concatenate([fine, after]))


def _numbers(values: list[float]) -> str:
    """Numbers as short as they can be, with nothing between them but what tells them apart."""
    out: list[str] = []
    pointed = True  # whether the number before has a point, so that another point begins the next
    for value in values:
        text = f"{value:.{DIGITS}f}".rstrip("0").rstrip(".")
        text = "0" if text == "-0" else text
        text = text.removeprefix("0") if text.startswith("0.") else text
        text = "-" + text[2:] if text.startswith("-0.") else text
        apart = not out or text.startswith("-") or (text.startswith(".") and pointed)
        out.append(text if apart else " " + text)
        pointed = "." in text
    return "".join(out)
