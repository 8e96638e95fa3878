# SPDX-License-Identifier: GPL-3.0-or-later
"""A lineart's strokes and solid areas -> vectors."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.brushes.styles import Style, find_style
from smart_lineart.inking.drawing.solid import radius_along
from smart_lineart.inking.strokes import Strokes
from smart_lineart.inking.vectors.areas import contours
from smart_lineart.inking.vectors.balancing import fit_few
from smart_lineart.inking.vectors.fitting import Curves
from smart_lineart.inking.vectors.outlines import HIDDEN, Edge, Outline, cap_curves, outlines_of
from smart_lineart.inking.vectors.paths import STEPS_PER_PX, AreaPaths, Path, StrokePaths, Vectors
from smart_lineart.inking.vectors.polylines import (
    Doubles,
    Indices,
    Mask,
    Polylines,
    directions,
    find_corners,
    parted,
    unit,
    without_slight,
)
from smart_lineart.inking.vectors.silhouettes import shows_ink, traced

FINEST_SHARE = 60.0
"""Curves may leave a line by its width over so much,"""

COARSEST = 0.1
"""and by so many px at most."""

EDGE_FINEST = 0.1
"""and outlines by so many px at least: less would not be seen in pixels, and cost nodes to edit."""

AREA_FINEST = 0.12
"""The same of solid areas, whose map is no finer than its px."""

COARSE = 2.0
"""Thicknesses between vertices, beyond which a line is taken to be as straight there as it is drawn."""

BROAD = 10.0
"""Px from which the ink of a line that curls up under its pen is followed in its pixels, come what may."""

NARROW = 0.1  # px: between edges nearer than this a line ends in a point, whatever its cap

FLAT = 6  # points to a curve where it is asked whether it shows the ink
_LEAST = 1e-3  # px between vertices
_FEWEST_IN_RING = 5  # vertices


def tolerance_for(thickness: float) -> float:
    """How far, in px, curves may leave lines of `thickness` px: thin lines lose more by it."""
    return min(COARSEST, thickness / FINEST_SHARE)


def make_vectors(
    strokes: Strokes,
    solid: NDArray[np.uint8] | None,
    size: tuple[int, int],
    *,
    thickness: float,
    style: str | Style,
    tolerance: float | None = None,
) -> Vectors:
    """A lineart as vectors: what `Inker.render` draws of these strokes and solid areas, as curves.

    Args:
        strokes: those that are drawn, in px of the page.
        solid: uint8 (h, w), shapes of solid black at working scale, or None.
        size: (height, width) of the page in px.
        thickness: of the lines, in px.
        style: the brush; of one with texture only the outline, where its ink falls to half, is told.
        tolerance: px that a curve may leave its line by; None takes :func:`tolerance_for`.

    Raises BadOption for an unknown style.
    """
    pen = find_style(style)
    near = tolerance_for(thickness) if tolerance is None else tolerance
    areas = [] if solid is None else contours(solid, size)
    edge, around = (near if tolerance else max(near, least) for least in (EDGE_FINEST, AREA_FINEST))
    return Vectors(
        size,
        _Making(strokes, thickness, pen, near, edge).paths(),
        _area_paths(areas, around),
        not pen.medium.solid,
    )


class _Making:
    """Strokes that become paths."""

    def __init__(self, strokes: Strokes, thickness: float, pen: Style, near: float, edge: float) -> None:
        self._strokes, self._thickness, self._pen = strokes, thickness, pen
        self._near, self._edge = near, edge

    def paths(self) -> tuple[StrokePaths, ...]:
        """One stroke after the other."""
        strokes = self._strokes
        if not len(strokes):
            return ()
        radius = radius_along(strokes, self._thickness, self._pen).astype(np.float64)
        lines, radius, closed, origin = _cleaned(strokes, radius, COARSE * self._thickness)
        corners = without_slight(lines, find_corners(lines, closed), closed)
        pieces, vertex, line_of = parted(lines, corners, closed)
        way, radius = directions(pieces), radius[vertex]
        curves = fit_few(pieces, way, np.full(len(pieces), self._near), _loose(line_of, closed))
        centres = _joined(curves, line_of, len(lines))
        widths = _widths(curves, pieces, line_of, 2.0 * radius)
        outlines = self._outlines(pieces, line_of, way, radius, closed, origin)
        ids = _unique(_name(stroke.points.tobytes()) for stroke in strokes)
        return tuple(
            StrokePaths(
                id_,
                Path(_placed(centre, origin[line]), bool(closed[line])),
                *widths[line],
                tuple(Path(_placed(path, origin[line]), closed=True) for path in outlines[line]),
            )
            for line, (id_, centre) in enumerate(zip(ids, centres, strict=True))
        )

    def _outlines(
        self,
        pieces: Polylines,
        line_of: Indices,
        way: Doubles,
        radius: Doubles,
        closed: Mask,
        origin: Doubles,
    ) -> list[list[Doubles]]:
        """Control points of the paths around each line's ink, told from its origin."""
        around, doubtful = outlines_of(pieces, line_of, radius, closed)
        paths = _closed_paths(around, self._edge)
        bounds = pieces.starts[np.searchsorted(line_of, np.arange(len(closed) + 1))]
        wrong = []
        for line in np.flatnonzero(doubtful):
            part = slice(int(bounds[line]), int(bounds[line + 1]))
            flat = [Path(path, closed=True).flat(FLAT) for path in paths[line]]
            curls = doubtful[line] == HIDDEN and 2 * radius[part].max() > BROAD
            if curls or not shows_ink(flat, pieces.points[part], way[part], radius[part]):
                wrong.append(int(line))
        loops = [
            [loop - origin[line] for loop in traced(self._strokes, line, self._thickness, self._pen)]
            for line in wrong
        ]
        for index, found in zip(
            wrong, _closed_paths([_as_outlines(some) for some in loops], self._near), strict=True
        ):
            paths[index] = found
        return paths


def _as_outlines(loops: list[Doubles]) -> list[Outline]:
    """Closed contours (n, 2), the first vertex not repeated, as outlines with corners where they turn."""
    lines = Polylines.of([np.concatenate([loop, loop[:1]]) for loop in loops])
    found = find_corners(lines, np.ones(len(lines), np.bool_))
    parts = [slice(a, b - 1) for a, b in zip(lines.starts[:-1], lines.starts[1:], strict=True)]
    return [Outline((Edge(lines.points[part], found[part], closed=True),)) for part in parts]


def _area_paths(areas: list[list[Doubles]], tolerance: float) -> tuple[AreaPaths, ...]:
    paths = _closed_paths([_as_outlines(area) for area in areas], tolerance)
    ids = _unique(_name(b"".join(loop.tobytes() for loop in area), "black") for area in areas)
    return tuple(
        AreaPaths(id_, tuple(Path(_placed(path, np.zeros(2)), closed=True) for path in outline))
        for id_, outline in zip(ids, paths, strict=True)
    )


def _cleaned(strokes: Strokes, radius: Doubles, coarse: float) -> tuple[Polylines, Doubles, Mask, Doubles]:
    """Strokes as lines, each told from a whole px near its start, without vertices that lie on each other
    and with more where they are more than `coarse` px apart; their radii, which lines are closed, and those
    whole px (L, 2).
    """
    closed = strokes.closed.copy()
    lines, radii, origins = [], [], []
    for number, stroke in enumerate(strokes):
        part = slice(int(strokes.starts[number]), int(strokes.starts[number + 1]))
        points, wide = stroke.points.astype(np.float64), radius[part]
        origin = np.floor(points[0])
        points = points - origin
        steps = np.hypot(*np.diff(points, axis=0).T)
        if not (steps > _LEAST).all():
            keep = np.concatenate([[True], steps > _LEAST])
            points, wide = points[keep], wide[keep]
        if len(points) < _FEWEST_IN_RING:
            closed[number] = False
        if closed[number]:
            points = np.concatenate([points[:-1], points[:1]])
        if len(points) == 1:  # a dot
            points = points + np.array([[-10 * _LEAST, 0.0], [10 * _LEAST, 0.0]])
            wide = np.repeat(wide, 2)
        points, wide = _denser(points, wide, coarse)
        lines.append(points)
        radii.append(wide)
        origins.append(origin)
    return Polylines.of(lines), np.concatenate(radii), closed, np.array(origins)


def _denser(points: Doubles, values: Doubles, coarse: float) -> tuple[Doubles, Doubles]:
    """A line (n, 2) and what is known along it (n,), with vertices no more than `coarse` px apart."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    if not (steps > coarse).any():
        return points, values
    parts = np.ceil(steps / coarse).astype(np.intp)
    at = np.append(np.repeat(np.arange(len(parts)), parts), len(parts))
    within = np.arange(len(at)) - np.append(np.repeat(np.cumsum(parts) - parts, parts), len(at) - 1)
    place = at + within / np.append(np.repeat(parts, parts), 1)
    every = np.arange(len(points))
    x, y, wide = (np.interp(place, every, column) for column in (*points.T, values))
    return np.stack([x, y], 1), wide


def _loose(line_of: Indices, closed: Mask) -> Mask:
    """(P, 2): whether a piece begins, or ends, where an open line does: no other depends on its way there."""
    first, last = np.diff(line_of, prepend=-1) != 0, np.diff(line_of, append=-1) != 0
    return np.stack([first, last], 1) & ~closed[line_of][:, None]


def _joined(curves: Curves, line_of: Indices, count: int) -> list[Doubles]:
    """The control points (3 k + 1, 2) of each of `count` lines, whose pieces the curves are laid along."""
    bounds = curves.starts[np.searchsorted(line_of, np.arange(count + 1))]
    out = []
    for first, last in itertools.pairwise(bounds):
        control = curves.control[first:last]
        out.append(np.concatenate([control[:, :3].reshape(-1, 2), control[-1:, 3]]))
    return out


def _widths(
    curves: Curves, pieces: Polylines, line_of: Indices, width: Doubles
) -> list[tuple[Doubles, float]]:
    """Of each line, the width at and between its nodes, and its median."""
    first = np.concatenate([[0], curves.stop[:-1]])
    first[curves.starts[:-1]] = pieces.starts[:-1]
    quarters = np.rint(first[:, None] + (curves.stop - first)[:, None] * (np.arange(4) / 4)).astype(np.intp)
    bounds = np.searchsorted(line_of, np.arange(line_of.max(initial=-1) + 2))
    out = []
    for begin, end in itertools.pairwise(bounds):
        some = slice(curves.starts[begin], curves.starts[end])
        told = np.append(width[quarters[some]].ravel(), width[curves.stop[some][-1]])
        whole = width[pieces.starts[begin] : pieces.starts[end]]
        out.append((np.round(told, 2), round(float(np.median(whole)), 2)))
    return out


def _closed_paths(outlines: list[list[Outline]], tolerance: float) -> list[list[Doubles]]:
    """Control points of curves along the outlines of each stroke or area."""
    edges = [edge for some in outlines for outline in some for edge in outline.edges]
    if not edges:
        return [[] for _ in outlines]
    closed = np.array([edge.closed for edge in edges])
    lines = Polylines.of([_come_round(edge.points, edge.closed) for edge in edges])
    corners = np.concatenate([_come_round(edge.corner, edge.closed) for edge in edges])
    corners = without_slight(lines, corners, closed)
    pieces, _, line_of = parted(lines, corners, closed)
    near = np.full(len(pieces), tolerance)
    curves = fit_few(pieces, directions(pieces), near, _loose(line_of, closed), strict=False)
    fitted = iter(_joined(curves, line_of, len(lines)))
    return [
        [_round(outline, [next(fitted) for _ in outline.edges], tolerance) for outline in some]
        for some in outlines
    ]


def _come_round(values: NDArray[Any], closed: bool) -> NDArray[Any]:
    """Vertices' values (n, ...) with the first repeated where a line is closed."""
    return np.concatenate([values, values[:1]]) if closed else values


def _round(outline: Outline, edges: list[Doubles], tolerance: float) -> Doubles:
    """Control points of one closed path, from those of its edges and the caps in between."""
    if not outline.caps:
        return edges[0]
    parts = [edges[0][:1]]
    for number, cap in enumerate(outline.caps):
        here, there = edges[number], edges[(number + 1) % len(edges)]
        parts.append(here[1:])
        if float(np.hypot(*(there[0] - here[-1]))) < NARROW:
            parts[-1] = np.concatenate([here[1:-1], there[:1]])
        elif cap.radius is not None:
            arriving, leaving = unit(np.stack([_end_way(here[::-1]) * -1.0, _end_way(there)]))
            curves = cap_curves(cap, here[-1], arriving, there[0], leaving, tolerance)
            parts.append(curves[:, 1:].reshape(-1, 2))
    return np.concatenate(parts)


def _end_way(points: Doubles) -> Doubles:
    """Which way a path leaves its first point."""
    away = points[1:4] - points[0]
    far = np.hypot(*away.T) > 1e-6
    return away[int(np.argmax(far))]


def _placed(points: Doubles, origin: Doubles) -> Doubles:
    """Points on the grid that coordinates lie on, where they are on the page."""
    return np.rint(points * STEPS_PER_PX) / STEPS_PER_PX + origin


def _name(told: bytes, kind: str = "stroke") -> str:
    return f"{kind}-{hashlib.blake2b(told, digest_size=5).hexdigest()}"


def _unique(names: Iterable[str]) -> list[str]:
    """Names, the second and later ones of several that are alike with a number."""
    seen: Counter[str] = Counter()
    out = []
    for name in names:
        seen[name] += 1
        out.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return out
