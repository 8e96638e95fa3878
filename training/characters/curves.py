# SPDX-License-Identifier: GPL-3.0-or-later
"""Curves that characters are drawn with, as polylines (N, 2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from training.roughen import Rng, normals

Place = Sequence[float] | np.ndarray
Places = Sequence[Place] | np.ndarray


def curve(points: Places, samples: int = 14, *, closed: bool = False) -> np.ndarray:
    """A Catmull-Rom spline through points, `samples` vertices between each two."""
    p = np.asarray(points, float)
    before, after = (p[-1:], p[:2]) if closed else (2 * p[:1] - p[1:2], 2 * p[-1:] - p[-2:-1])
    q = np.vstack([before, p, after])
    t = np.linspace(0, 1, samples, endpoint=False)[:, None]
    spans = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(q, q[1:], q[2:], q[3:], strict=False)
    ]
    return np.vstack([*spans, q[-2:-1]])


def bezier(points: Places, count: int = 40) -> np.ndarray:
    """One Bezier curve of any degree: it flows past its inner points."""
    t = np.linspace(0, 1, count)[:, None, None]
    p = np.repeat(np.asarray(points, float)[None], count, 0)
    while p.shape[1] > 1:
        p = p[:, :-1] * (1 - t) + p[:, 1:] * t
    return p[:, 0]


def lengths(line: np.ndarray) -> np.ndarray:
    """Arc length (N,) at each vertex."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])


def ellipse(
    x: float,
    y: float,
    across: float,
    down: float,
    start: float = 0.0,
    stop: float = 2 * np.pi,
    count: int = 40,
) -> np.ndarray:
    """An arc of an ellipse about (x, y), closed by default."""
    t = np.linspace(start, stop, count)
    return np.column_stack([x + across * np.cos(t), y + down * np.sin(t)])


def ribbon(path: np.ndarray, half: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Left and right edge of a band along a path, `half` (N,) or a number of half its width."""
    side = normals(path) * np.broadcast_to(np.asarray(half, float), len(path))[:, None]
    return path + side, path - side


def widths(count: int, *at: float) -> np.ndarray:
    """`count` numbers that go evenly through those given."""
    return np.interp(np.linspace(0, 1, count), np.linspace(0, 1, len(at)), at)


def drift(rng: Rng, count: int, swings: float) -> np.ndarray:
    """`count` smooth random numbers of about unit spread with about so many swings."""
    values = rng.normal(size=int(swings) + 3)
    smooth = curve(np.column_stack([values, values]), 8)[:, 0]
    return np.interp(np.linspace(0, 1, count), np.linspace(0, 1, len(smooth)), smooth)


def turned(points: Places, angle: float) -> np.ndarray:
    """Points turned about the origin by an angle in radians."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.atleast_2d(np.asarray(points, float)) @ np.array([[cos, sin], [-sin, cos]])
