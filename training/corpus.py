# SPDX-License-Identifier: GPL-3.0-or-later
"""Clean line drawings as strokes: the truth that sketches are made from, backwards."""

from __future__ import annotations

import json
import lzma
from collections.abc import Collection
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

# Share of the training patches drawn from each group of sources. Book illustrations have the hand of real
# inkers; the vector sets have clean junctions; the last group has true constant-width strokes.
GROUPS: dict[str, tuple[float, tuple[str, ...]]] = {
    "illustrations": (0.5, ("se_", "pg")),
    "figures": (
        0.28,
        ("comicgen", "open_peeps", "open_doodles", "dicebear_", "gophers_", "streamline_freehand", "armoria"),
    ),
    "icons": (0.22, ("streamline_emojis", "excalidraw", "illlustrations", "bioicons", "coloring_")),
}
# Denser drawings are mostly hatching, which sketches to be inked do not have.
MAX_LINES_ACROSS = 17.0


@dataclass(frozen=True)
class Drawing:
    """One drawing in its own pixels: strokes of (N, 3) float32 vertices (x, y, relative width), solid
    areas.
    """

    name: str
    size: float
    strokes: list[np.ndarray]
    solids: list[list[np.ndarray]]


def _decode(record: dict) -> Drawing | None:
    median = max(record["hw"], 0.5)
    strokes = []
    for raw in record["s"]:
        points = np.cumsum(np.array(raw[1:], np.float64).reshape(-1, 3), 0) / (4.0, 4.0, 8.0)
        points[:, 2] = np.clip(points[:, 2] / median, 0.25, 2.5)
        if raw[0]:
            points = np.vstack([points, points[:1]])
        if len(points) >= 2:
            strokes.append(points.astype(np.float32))
    solids: list[list[np.ndarray]] = []
    for raw in record["b"]:
        polygon = np.cumsum(np.array(raw[1:], np.float64).reshape(-1, 2), 0).astype(np.float32)
        if raw[0] and solids:
            solids[-1].append(polygon)
        elif len(polygon) >= 3:
            solids.append([polygon])
    size = float(max(record["w"], record["h"]))
    length = sum(float(np.hypot(*np.diff(s[:, :2], axis=0).T).sum()) for s in strokes)
    if "by-sa" in record["id"]:  # a share-alike file within a permissive source
        return None
    if not strokes or length / min(record["w"], record["h"]) > MAX_LINES_ACROSS:
        return None
    return Drawing(record["id"], size, strokes, solids)


def load_corpus(folder: Path, groups: Collection[str] = tuple(GROUPS)) -> dict[str, list[Drawing]]:
    """Read `folder`/A_permissive/strokes/*.jsonl.xz into those of the groups above that are wanted.

    Raises FileNotFoundError when the folder holds no stroke files.
    """
    files = sorted((folder / "A_permissive" / "strokes").glob("*.jsonl.xz"))
    if not files:
        raise FileNotFoundError(f"no stroke files under {folder}/A_permissive/strokes")
    corpus: dict[str, list[Drawing]] = {name: [] for name in groups}
    files = [path for path in files if _group(path) in groups]
    with ProcessPoolExecutor() as processes:
        for group, drawings in processes.map(_load, files):
            if group is not None:
                corpus[group].extend(drawings)
    return corpus


def _group(path: Path) -> str | None:
    return next((g for g, (_, prefixes) in GROUPS.items() if path.name.startswith(prefixes)), None)


def _load(path: Path) -> tuple[str | None, list[Drawing]]:
    """A file's group, None where it has none, and its drawings."""
    group = _group(path)
    if group is None:
        return None, []
    with lzma.open(path, "rt") as lines:
        return group, [d for d in (_decode(json.loads(line)) for line in lines) if d is not None]
