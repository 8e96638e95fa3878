# SPDX-License-Identifier: GPL-3.0-or-later
"""From the network's line map to strokes: thin, follow, tidy, smooth.

Lengths here are px at working scale, where the network draws lines about 3 px wide.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.fairing import MEETING, Fairer, near_each, rejoin
from smart_lineart.inking.graph import Edge, Graph, Points, trace
from smart_lineart.inking.hooks import ease_hooks
from smart_lineart.inking.islands import fill_islands
from smart_lineart.inking.loops import (
    STRAIGHT_ON,
    leaving,
    open_loops,
    pixels_at,
    remove_frays,
    remove_rungs,
)
from smart_lineart.inking.morphology import close, depth
from smart_lineart.inking.scale import LINE
from smart_lineart.inking.shadows import find_shadows
from smart_lineart.inking.strokes import Floats, Strokes
from smart_lineart.inking.thinning import thin
from smart_lineart.inking.widths import stroke_widths

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]


class Path(NamedTuple):
    """Vertices of a stroke to be, and whether its start and its end touch nothing."""

    points: Points
    free: tuple[bool, bool]


SPUR = 7.0  # branches that end free within this are side effects of thinning
SPECK = 6.0  # shorter lines that touch nothing need a firm probability
SPECK_LINE = 0.8
SCRAP = 20.0  # so do these, but not as firm a one: scraps are left where passes were dropped
SCRAP_LINE = 0.7
DASH, DASH_LINE = 45.0, 0.5  # and longer ones that the network hardly sees
LENS = 10.0  # two branches that part and meet again within this mean distance are passes of one line
LENS_SAMPLES = 24
BESIDE = 6  # px beside a line within which its passes lie
GAP = 10.0  # free ends that face each other within this are joined where the network half sees a line
SURE_GAP = 8.0  # and within this in any case
GAP_COSINE = 0.75
GAP_LINE = 0.06
LINE_DEPTH = 2  # px that the middle of a line lies deep in the line map
DEEPEST = 7  # px that it may lie deep where it stands for passes that lie apart
BURR = 1.5  # times what it lies deeper, that side effects of thinning are longer
TIP = 8  # vertices that are a line's own end, where it may come near itself
ROOM_IN_DOUBT = 6.0  # px that it may be from where it runs where it is hardly seen
MOST_SWELL = 2.4  # times as wide as usual, and as thin, that lines never quite get
USUALLY_DRAWN = 0.4  # strength of lines that the usual `faint` keeps
SHORT = 30  # vertices of lines that do not swell in full
SURE = 0.7  # probability from which there is no doubt


def prune_spurs(graph: Graph, deep: Bytes | None = None) -> None:
    """Remove short branches with a free end, shortest first, and join what they parted.

    `deep` (H, W) is how deep the pixels lie within the line map's mask: where it is wide, thinning leaves
    longer branches.
    """
    for part in (0.5, 1.0):
        _prune(graph, dict.fromkeys(graph.places, part * SPUR))
    if deep is not None:
        places = np.array(list(graph.places.values())).reshape(-1, 2)
        spare = np.maximum(pixels_at(deep, places), LINE_DEPTH) - np.float32(LINE_DEPTH)
        _prune(graph, dict(zip(graph.places, SPUR + BURR * spare, strict=True)))


def _prune(graph: Graph, limits: dict[int, float]) -> None:
    """Remove branches with a free end that are no longer than the limit of the node they spring from."""
    for edge in sorted(graph.edges, key=Edge.length):
        a, b = edge.nodes
        if edge not in graph.edges or edge.closed or a == b:
            continue
        free = [n for n in (a, b) if graph.degree(n) == 1]
        if len(free) != 1:
            continue
        root = b if free[0] == a else a
        if edge.length() <= limits[root]:
            graph.remove(edge)
            graph.dissolve(root)


def merge_lenses(graph: Graph) -> None:
    """Two branches between the same two nodes that run close together become their mean."""
    merged = True
    while merged:
        merged = False
        pairs: dict[tuple[int, int], Edge] = {}
        for edge in sorted(graph.edges, key=Edge.length):
            a, b = edge.nodes
            if a == b or edge not in graph.edges:
                continue
            key = (min(a, b), max(a, b))
            other = pairs.get(key)
            if other is None or other not in graph.edges:
                pairs[key] = edge
                continue
            mean = _mean_line(other, edge)
            if mean is None:
                continue
            graph.remove(other)
            graph.remove(edge)
            graph.add(mean)
            graph.dissolve(a)
            graph.dissolve(b)
            merged = True


def _mean_line(one: Edge, two: Edge) -> Edge | None:
    """The line between two branches with the same ends, or None when they lie too far apart to be one."""
    if max(one.length(), two.length()) > 1.6 * min(one.length(), two.length()) + 2 * LENS:
        return None
    other = two.points if two.nodes == one.nodes else two.points[::-1]
    count = max(LENS_SAMPLES, len(one.points), len(other))
    first, second = _resample(one.points, count), _resample(other, count)
    if float(np.hypot(*(first - second).T).mean()) > LENS:
        return None
    return Edge(0.5 * (first + second), one.nodes)


def _resample(path: Points, count: int) -> Points:
    """`count` vertices at even distances along a path."""
    at = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    want = np.linspace(0.0, at[-1], count)
    return np.stack([np.interp(want, at, path[:, i]) for i in (0, 1)], 1).astype(np.float32)


def close_gaps(graph: Graph, line: Bytes) -> None:
    """Join free ends that face each other across a gap which a hand would have drawn through."""
    free = [n for n, edges in graph.ends.items() if len(edges) == 1 and edges[0].length() >= 3]
    cells: dict[tuple[int, int], list[int]] = {}
    for node in free:
        x, y = graph.places[node] // GAP
        cells.setdefault((int(x), int(y)), []).append(node)
    found = []
    for (x, y), nodes in cells.items():
        near = [m for dx in (-1, 0, 1) for dy in (-1, 0, 1) for m in cells.get((x + dx, y + dy), ())]
        found += [
            (cost, a, b)
            for a in nodes
            for b in near
            if a < b
            for cost in [_gap_cost(graph, line, a, b)]
            if cost
        ]
    for _, a, b in sorted(found):
        if graph.degree(a) == 1 and graph.degree(b) == 1:
            graph.insert(Edge(np.stack([graph.places[a], graph.places[b]]), (a, b)))


def _gap_cost(graph: Graph, line: Bytes, a: int, b: int) -> float:
    """Length of a gap worth closing, more for a bend; 0 for one that should stay."""
    across = graph.places[b] - graph.places[a]
    distance = float(np.hypot(*across))
    if not 0 < distance <= GAP:
        return 0.0
    forth = -leaving(graph.ends[a][0], a)
    back = -leaving(graph.ends[b][0], b)
    facing = min(float(forth @ across), float(-back @ across)) / distance
    if facing < (0.3 if distance <= SURE_GAP else GAP_COSINE) or float(-forth @ back) < 0.2:
        return 0.0
    # The middle third: near its ends any gap lies on the lines themselves.
    bridge = graph.places[a] + np.linspace(1 / 3, 2 / 3, 4)[:, None] * across
    if distance > SURE_GAP and pixels_at(line, bridge).mean() < GAP_LINE * 255:
        return 0.0
    return distance * (2.0 - facing)


def join_through_junctions(graph: Graph) -> list[Path]:
    """Paths of strokes: at a junction the straightest pairs of branches run on as one stroke."""
    partner: dict[tuple[Edge, int], tuple[Edge, int]] = {}
    for node, edges in graph.ends.items():
        if len(edges) < 2:
            continue
        # (edge, end): a loop has two ends at one node.
        stubs = [(e, i) for e in dict.fromkeys(edges) for i in (0, 1) if e.nodes[i] == node]
        directions = [leaving(e, node) if i == 0 else leaving(_reversed(e), node) for e, i in stubs]
        pairs = sorted(
            (float(directions[i] @ directions[j]), i, j) for i in range(len(stubs)) for j in range(i)
        )
        for cosine, i, j in pairs:
            if cosine < -STRAIGHT_ON and stubs[i] not in partner and stubs[j] not in partner:
                partner[stubs[i]], partner[stubs[j]] = stubs[j], stubs[i]
    return _chains(graph, partner)


def _reversed(edge: Edge) -> Edge:
    return Edge(edge.points[::-1], (edge.nodes[1], edge.nodes[0]))


def _chains(graph: Graph, partner: dict[tuple[Edge, int], tuple[Edge, int]]) -> list[Path]:
    paths: list[Path] = []
    used: set[Edge] = set()
    ordered = sorted(graph.edges, key=lambda e: (e.points[0, 1], e.points[0, 0], len(e.points)))
    # Chains with a loose end first; what is left after them are rings of joined edges.
    starts = [(e, i) for e in ordered for i in (0, 1) if (e, i) not in partner] + [(e, 0) for e in ordered]
    for start in starts:
        pieces = []
        here: tuple[Edge, int] | None = start
        while here is not None and here[0] not in used:
            edge, end = here
            used.add(edge)
            pieces.append(edge.points if end == 0 else edge.points[::-1])
            here = partner.get((edge, 1 - end))
        if pieces:
            first, last = start[0].nodes[start[1]], edge.nodes[1 - end]
            free = (graph.degree(first) == 1, graph.degree(last) == 1)
            paths.append(Path(_even(np.concatenate([pieces[0], *[p[1:] for p in pieces[1:]]])), free))
    return paths


def _without_shadows(paths: list[Path], line: Bytes) -> list[Path]:
    """The paths but for shadows; ends that touched nothing else are free then."""
    if not paths:
        return paths
    shadow = find_shadows([path.points for path in paths], np.array([path.free for path in paths]), line)
    kept = [path for path, gone in zip(paths, shadow, strict=True) if not gone]
    if len(kept) == len(paths):
        return paths
    counts = [len(path.points) for path in kept]
    owner = np.repeat(np.arange(len(kept)), counts)
    every = np.concatenate([path.points for path in kept])
    stops = np.cumsum(counts)
    ends = np.stack([stops - counts, stops - 1], 1).reshape(-1)
    near = near_each(every[ends], every, MEETING)
    alone = [
        bool(((owner[some] == owner[end]) & (np.abs(some - end) < TIP)).all())
        for some, end in zip(near, ends, strict=True)
    ]
    loose = np.reshape(alone, (-1, 2)) | np.array([path.free for path in kept])
    return [Path(path.points, (bool(a), bool(b))) for path, (a, b) in zip(kept, loose, strict=True)]


def _even(path: Points) -> Points:
    """Vertices about one px apart, so that smoothing means the same everywhere."""
    length = float(np.hypot(*np.diff(path, axis=0).T).sum())
    if length < 1e-3:
        return np.stack([path[0] - [0.25, 0], path[0] + [0.25, 0]]).astype(np.float32)
    return _resample(path, max(2, round(length) + 1))


def _is_ring(path: Points) -> bool:
    return len(path) > 8 and bool(np.hypot(*(path[0] - path[-1])) < 1.5)


def _most_near(image: Bytes, at: NDArray[np.intp], reach: int) -> Floats:
    """Largest value within `reach` px (a square) of each of (N, 2) pixel positions (x, y), as float32."""
    best = np.zeros(len(at), np.uint8)
    steps = np.arange(-reach, reach + 1)[:, None]
    rows = np.clip(at[:, 1] + steps, 0, image.shape[0] - 1) * image.shape[1]
    columns = np.clip(at[:, 0] + steps, 0, image.shape[1] - 1)
    flat = image.reshape(-1)
    for row in rows:
        for column in columns:
            np.maximum(best, flat[row + column], out=best)
    return best.astype(np.float32)


def _room(deep: Bytes, line: Bytes, at: NDArray[np.intp]) -> Floats:
    """How far each of (N, 2) vertices (x, y) may be from where its line runs, in px.

    That is less certain where the line map is wide, and where the network is unsure of a line.
    """
    spare = np.maximum(pixels_at(deep, at), LINE_DEPTH) - np.float32(LINE_DEPTH)
    doubt = np.maximum(0.0, 1.0 - _most_near(line, at, 1) / np.float32(SURE * 255))
    return np.asarray(spare + ROOM_IN_DOUBT * doubt, np.float32)


class Levels(NamedTuple):
    """The page's firm lines and usual width, that strengths and relative widths are told in.

    `certain` is the line map times darkness along its firm lines; `usual` is how wide the strokes behind half
    of the lines that are drawn are at most, in px of full darkness, 0 where that is to be found out.
    """

    certain: float
    usual: float


def _tidied(graph: Graph, line: Bytes, deep: Bytes) -> Graph:
    prune_spurs(graph, deep)
    merge_lenses(graph)
    remove_rungs(graph, line)
    open_loops(graph, line)
    remove_frays(graph, line)
    prune_spurs(graph, deep)
    merge_lenses(graph)
    prune_spurs(graph, deep)
    close_gaps(graph, line)
    return graph


def trace_strokes(
    line: Bytes,
    darkness: Bytes,
    scale: tuple[float, float],
    levels: Levels | None = None,
    fairer: Fairer | None = None,
    drawn: Bytes | None = None,
) -> tuple[Strokes, Levels | None]:
    """Line map and the sketch's darkness, both uint8 (H, W) at working scale -> strokes on the page, and the
    levels they were judged by: those given, the page's own, or None where there is no line.

    `scale` is working px per page px in x and y. A `fairer` that knows an earlier page's lines saves time.
    `drawn`, uint8 (H, W), is the darkness that widths are told from, where that is another.
    """
    fairer = fairer or Fairer()
    mask = fill_islands(close(line >= LINE * 255), line)
    deep = depth(mask, DEEPEST)
    paths = _without_shadows(join_through_junctions(_tidied(trace(thin(mask)), line, deep)), line)
    if not paths:
        return Strokes.empty(), levels
    found = [path.points for path in paths]
    rings = [_is_ring(points) for points in found]
    free = np.array([path.free for path in paths])
    meets = ~free & ~np.array(rings)[:, None]
    found = ease_hooks(found, meets, rings, line)
    cuts = np.cumsum([len(points) for points in found])[:-1]
    at = np.rint(np.concatenate(found)).astype(np.intp)
    rooms = np.split(_room(deep, line, at), cuts)
    faired = list(map(fairer.fair, found, rings, rooms))
    rejoin(found, faired, meets)
    # A line that stands for several passes may run between them, where the sketch is blank.
    firm = np.split(_most_near(line, at, BESIDE) * _most_near(darkness, at, BESIDE), cuts)
    sure = _most_near(line, at, 1) / 255.0
    widths = stroke_widths(darkness if drawn is None else drawn, found, rings)
    levels = _found_out(levels, firm, widths)
    widths = [_relative(one, levels.usual) for one in widths]
    firm = [one / np.float32(levels.certain) for one in firm]
    return _assemble(faired, widths, np.split(sure, cuts), firm, free, scale), levels


def _found_out(levels: Levels | None, firm: list[Floats], widths: list[Floats]) -> Levels:
    """The levels given, and what they leave open as it is on these lines, told at each of their vertices."""
    certain = levels.certain if levels is not None else float(np.percentile(np.concatenate(firm), 70)) or 1.0
    if levels is not None and levels.usual:
        return levels
    # Construction lines are not drawn, so they do not tell what is usual, unless nothing else does.
    drawn = np.repeat([np.median(one) >= USUALLY_DRAWN * certain for one in firm], [len(one) for one in firm])
    every = np.concatenate(widths)
    for known in (every[drawn & (every > 0)], every[every > 0]):
        if len(known):
            return Levels(certain, float(np.median(known)))
    return Levels(certain, 0.0)


def _relative(widths: Floats, usual: float) -> Floats:
    """Widths (N,) in the page's usual one; 1 where either is unknown.

    Up to about 1.5 times as wide and as thin they are as drawn; none is MOST_SWELL times as wide, nor as
    thin. Short lines are hardly wider than usual: they lie in the ink of those that they spring from.
    """
    if not usual:
        return np.ones_like(widths)
    times = np.where(widths > 0, widths / np.float32(usual), np.float32(1.0))
    more = np.maximum(times, 1 / times) - 1
    more /= np.sqrt(1 + np.square(more / np.float32(MOST_SWELL - 1)))
    return np.where(times < 1, 1 / (1 + more), 1 + more * np.float32(min(1.0, len(widths) / SHORT)))


def _stands(length: int, alone: bool, sure: float) -> bool:
    """Whether a line of so many vertices is one: whether it touches none, and how probable it is, 0..1."""
    if length < SPECK and sure < SPECK_LINE:
        return False
    return not alone or sure >= (SCRAP_LINE if length < SCRAP else DASH_LINE if length < DASH else 0.0)


def _assemble(
    points: list[Floats],
    widths: list[Floats],
    sure: list[Floats],
    firm: list[Floats],
    free: NDArray[np.bool_],
    scale: tuple[float, float],
) -> Strokes:
    """Drop specks and scraps, sum up strengths, and place everything on the page."""
    kept = [
        i for i, line in enumerate(points) if _stands(len(line), bool(free[i].all()), float(sure[i].mean()))
    ]
    return Strokes.from_lists(
        [np.asarray((points[i] + 0.5) / np.array(scale), np.float32) for i in kept],
        [widths[i] for i in kept],
        [min(1.0, float(np.median(firm[i]))) for i in kept],
        [(bool(free[i, 0]), bool(free[i, 1])) for i in kept],
    )
