# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes out spurs: short branches with a free end that thinning leaves. Lengths are px at working scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smart_lineart.inking.arrays import Bytes
from smart_lineart.inking.lines.graph import Edge, Graph
from smart_lineart.inking.lines.sampling import LINE_DEPTH, pixels_at
from smart_lineart.inking.ranges import tuned


@dataclass(frozen=True)
class SpurTuning:
    """Which branches are side effects of thinning."""

    spur: float = tuned(7.0, 0.0, 40.0)  # branches that end free within this
    burr: float = tuned(1.5, 0.0, 5.0)  # times what it lies deeper, that they are longer


def prune_spurs(graph: Graph, tuning: SpurTuning, deep: Bytes | None = None) -> None:
    """Remove short branches with a free end, shortest first, and join what they parted.

    `deep` (H, W) is how deep the pixels lie within the line map's mask: where it is wide, thinning leaves
    longer branches.
    """
    for part in (0.5, 1.0):
        _prune(graph, dict.fromkeys(graph.places, part * tuning.spur))
    if deep is not None:
        places = np.array(list(graph.places.values())).reshape(-1, 2)
        spare = np.maximum(pixels_at(deep, places), LINE_DEPTH) - np.float32(LINE_DEPTH)
        _prune(graph, dict(zip(graph.places, tuning.spur + tuning.burr * spare, strict=True)))


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
