# SPDX-License-Identifier: GPL-3.0-or-later
"""Flats against drawings whose flats are known, beside flood fill, trapped ball and G'MIC.

    python benchmarks/flats.py ICONS.json [--count N] [--inked] [--gaps PX ...]

Leak is the share of what is coloured that has the wrong colour when each area takes the colour that suits it
best: what no click can mend. Needless splits are areas of one colour beyond those that the truth has of it
within what lines without gaps close entirely, per 12 areas of the truth. Ink itself is not counted, nor what
lies as near the picture's own lines as its colours may end beside them.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from benchmarks.flat_drawings import LEAST_AREA, FlatDrawing, drawings, regions, with_gaps
from smart_lineart.inking import ArraySketch, Inker
from smart_lineart.inking.areas import find_areas

GAPS = (0.0, 16.0)
BALL = 8  # px


def flood(ink: np.ndarray) -> np.ndarray:
    return cv2.connectedComponents((ink < 128).astype(np.uint8), connectivity=4)[1]


def trapped_ball(ink: np.ndarray) -> np.ndarray:
    """Zhang et al. 2009: regions that a ball fits into, then smaller balls, then what is left joins them."""
    free = (ink < 128).astype(np.uint8)
    labels = np.zeros(ink.shape, np.int32)
    for radius in range(BALL, 0, -2):
        left = free & (labels == 0)
        ball = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
        core = cv2.erode(left, ball)
        count, parts = cv2.connectedComponents(core, connectivity=4)
        for one in range(1, count):
            grown = cv2.dilate((parts == one).astype(np.uint8), ball) & left
            labels[(grown > 0) & (labels == 0)] = labels.max() + 1
    return cv2.watershed(cv2.cvtColor(255 * free, cv2.COLOR_GRAY2BGR), labels.copy())


def gmic(ink: np.ndarray) -> np.ndarray:
    """Fourey, Tschumperle and Revoy 2018, as G'MIC's Smart Coloring does it."""
    with tempfile.TemporaryDirectory() as folder:
        into, out = Path(folder) / "ink.png", Path(folder) / "out.png"
        cv2.imwrite(str(into), 255 - ink)
        words = ["gmic", "-v", "0", str(into), "to_rgb", "fx_colorize_lineart_smart"]
        options = "0,95,0,0,1,255,100,0,75,2,60,20,90,1,10,1"  # its own, in colours that differ
        subprocess.run([*words, options, "keep[1]", "output", str(out)], check=True, capture_output=True)
        picture = cv2.imread(str(out), cv2.IMREAD_UNCHANGED)
    packed = picture[..., :3].astype(np.int64) @ np.array([1, 256, 65536])
    labels = np.zeros(ink.shape, np.int32)
    for colour in np.unique(packed):
        parts = cv2.connectedComponents((packed == colour).astype(np.uint8), connectivity=4)[1]
        labels[parts > 0] = parts[parts > 0] + labels.max()
    return labels


METHODS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "flood fill": flood,
    f"trapped ball, {BALL} px": trapped_ball,
    "G'MIC": gmic,
    "ours": lambda ink: find_areas(ink).on_page(),
}


def leak(labels: np.ndarray, truth: np.ndarray, counted: np.ndarray) -> float:
    """The share of what is coloured that is wrong when each area takes its best colour."""
    at = counted & ((labels >= 0) & (truth >= 0))
    table = np.zeros((int(labels.max()) + 1, int(truth.max()) + 1), np.int64)
    np.add.at(table, (np.maximum(labels[at], 0), truth[at]), 1)
    return float((table.sum() - table.max(1).sum()) / max(1, table[:, 1:].sum()))


def needless(labels: np.ndarray, drawing: FlatDrawing) -> float:
    """Areas beyond those that the truth has, per 12 of its own, where `drawing`'s lines have no gaps."""
    closed, truth = flood(drawing.ink), drawing.flats
    counted = drawing.counted & (drawing.ink < 128)
    found: dict[tuple[int, int], int] = {}
    for one in np.unique(labels[counted]):
        at = (labels == one) & counted
        if at.sum() >= LEAST_AREA * at.size:
            key = _most(closed[at]), _most(truth[at])
            found[key] = found.get(key, 0) + 1
    known: dict[tuple[int, int], int] = {}
    total = 0
    for colour, mask in regions(truth):
        total += 1
        for one, count in zip(*np.unique(closed[mask & counted], return_counts=True), strict=True):
            if count >= LEAST_AREA * mask.size:
                known[int(one), colour] = known.get((int(one), colour), 0) + 1
    extra = sum(max(0, count - max(1, known.get(key, 0))) for key, count in found.items())
    return 12 * extra / max(1, total)


def _most(values: np.ndarray) -> int:
    ones, counts = np.unique(values, return_counts=True)
    return int(ones[counts.argmax()])


def inked(chosen: Iterable[FlatDrawing], cache: Path) -> Iterator[FlatDrawing]:
    """The drawings' lines inked by us, as if they were sketches."""
    with Inker() as inker:
        for drawing in chosen:
            kept = cache / f"{drawing.name}.inked.png"
            if not kept.exists():
                features = inker.prepare(ArraySketch(255 - drawing.ink), keep=False)
                cv2.imwrite(str(kept), inker.render(features))
            yield replace(drawing, ink=cv2.imread(str(kept), cv2.IMREAD_GRAYSCALE))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("icons", type=Path)
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--inked", action="store_true", help="ink the lines by us first")
    parser.add_argument("--gaps", type=float, nargs="*", default=GAPS, help="px")
    parser.add_argument("--methods", nargs="*", default=list(METHODS))
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "flat-drawings")
    parser.add_argument("--openness", type=float, nargs="*")
    parser.add_argument("--each", action="store_true", help="tell of each drawing")
    arguments = parser.parse_args()
    methods = {name: METHODS[name] for name in arguments.methods}
    for openness in arguments.openness or ():
        methods[f"ours, openness {openness:g}"] = partial(_ours, openness)
    chosen: Iterable[FlatDrawing] = drawings(arguments.icons, arguments.count, arguments.cache)
    if arguments.inked:
        chosen = inked(chosen, arguments.cache)
    chosen = list(chosen)
    print(
        "| | " + " | ".join(f"leak, gaps {gap:g} px | needless per 12" for gap in arguments.gaps) + " | s |"
    )
    print("|---|" + "---|" * (2 * len(arguments.gaps) + 1))
    for name, method in methods.items():
        cells, began = [], time.process_time()
        for gap in arguments.gaps:
            rows = []
            for number, one in enumerate(chosen):
                ink = with_gaps(one.ink, gap, number) if gap else one.ink
                labels = method(ink)
                counted = one.counted & (one.ink < 128)
                rows.append((leak(labels, one.flats, counted), needless(labels, one)))
                if arguments.each:
                    print(f"  {one.name}: leak {rows[-1][0]:.3f}, needless {rows[-1][1]:.2f}")
            mean = np.mean(rows, 0)
            cells += [f"{100 * mean[0]:.1f} %", f"{mean[1]:.2f}"]
        took = (time.process_time() - began) / max(1, len(chosen) * len(arguments.gaps))
        print(f"| {name} | " + " | ".join(cells) + f" | {took:.2f} |", flush=True)


def _ours(openness: float, ink: np.ndarray) -> np.ndarray:
    return find_areas(ink, openness=openness).on_page()


if __name__ == "__main__":
    main()
