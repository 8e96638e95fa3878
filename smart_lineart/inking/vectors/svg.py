# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths in the words of SVG: the value of a path's `d` (SVG 1.1, section 8.3)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from smart_lineart.inking.vectors.paths import Path
from smart_lineart.inking.vectors.polylines import Doubles, unit

STEPS = 0.1, 0.05, 0.02  # px, that nodes are rounded to on pages that are long enough
SHARE = 35_000  # steps along a page at least
FINEST = 0.01
LONG, USUAL = 3.0, 0.8  # px: handles as long are rounded to two steps, and to one
SHORT = ((0.4, 0.01), (0.04, 0.001), (0.0, 0.0001))
"""Px from which a shorter one is so long, and what it is rounded to, or its direction would suffer."""

COARSEST = 0.1, 0.05  # px, that long and usual handles are rounded to at the most
ALONG = 0.25  # what a px along the line counts beside one across

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
    nodes = _rounded(path.nodes, grid, np.concatenate([away[:, 0], -away[-1:, 1]]))
    if path.closed:
        nodes[-1] = nodes[0]
    told = np.diff(nodes, axis=0)
    numbers = np.stack([handles[:, 0], told + handles[:, 1], told], 1).reshape(-1)
    return f"M{_numbers(nodes[0].tolist())}c{_numbers(numbers.tolist())}{'z' if path.closed else ''}"


def _rounded(nodes: Doubles, grid: Doubles, way: Doubles) -> Doubles:
    """Nodes (n, 2) on a grid of (n, 1) px: of the four places around each the one that lies least beside its
    line, which runs as `way` (n, 2) says. A little along the line changes it less.
    """
    way = unit(way)
    across = np.stack([-way[:, 1], way[:, 0]], 1)
    corners = (np.floor(nodes / grid) + np.array([[[0, 0]], [[0, 1]], [[1, 0]], [[1, 1]]])) * grid
    off = corners - nodes
    worth = np.abs((off * across).sum(2)) + ALONG * np.abs((off * way).sum(2))
    return corners[worth.argmin(0), np.arange(len(nodes))]


def _handle_steps(lengths: Doubles, step: float) -> Doubles:
    """What handles of so many px are rounded to."""
    rules = ((LONG, min(2 * step, COARSEST[0])), (USUAL, min(step, COARSEST[1])), *SHORT)
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
