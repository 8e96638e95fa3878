# SPDX-License-Identifier: GPL-3.0-or-later
"""Flats of artists' own drawings, inked by us, against areas that were marked by hand.

    python benchmarks/flat_points.py [NAME ...]

`flat_points.json` has, for drawings in examples/characters, points in every thing that has a colour of its
own, parted as it is parted by lines; "paper" is the paper. Points are in thousandths of the longer side. Leak
is the share of points off the paper that are wrong, and of those on it, when each area has the colour of most
of the points in it. Needless splits are areas beyond the parts that a thing has, per 12 parts.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks.flats import METHODS
from drawings.subjects import read_image
from smart_lineart.inking import ArraySketch, Inker

POINTS = Path(__file__).with_suffix(".json")
DRAWINGS = Path(__file__).resolve().parent.parent / "examples" / "characters"
PAPER = "paper"

Things = dict[str, list[list[list[int]]]]


@dataclass(frozen=True)
class Marked:
    """A point of a thing: the label found there, and which part of the thing it lies in."""

    thing: str
    part: int
    label: int


def marked(labels: np.ndarray, things: Things) -> list[Marked]:
    """What labels (H, W) are at each point."""
    scale = max(labels.shape) / 1000
    found = []
    for thing, parts in things.items():
        for number, points in enumerate(parts):
            for x, y in points:
                row, column = min(int(y * scale), len(labels) - 1), min(int(x * scale), labels.shape[1] - 1)
                found.append(Marked(thing, number, int(labels[row, column])))
    return found


def leak(points: list[Marked]) -> float:
    """How many points are wrong when each area has its best colour, over those off the paper."""
    inside: dict[int, Counter[str]] = defaultdict(Counter)
    for one in points:
        inside[one.label][one.thing] += 1
    best = {label: max(things, key=lambda one: (things[one], one)) for label, things in inside.items()}
    wrong = sum(best[one.label] != one.thing for one in points)
    return wrong / max(1, sum(one.thing != PAPER for one in points))


def needless(points: list[Marked]) -> float:
    """Areas beyond the parts that things have, per 12 parts."""
    areas: dict[tuple[str, int], set[int]] = defaultdict(set)
    for one in points:
        areas[one.thing, one.part].add(one.label)
    return 12 * sum(len(labels) - 1 for labels in areas.values()) / max(1, len(areas))


def inks(names: list[str], cache: Path) -> Iterator[tuple[str, np.ndarray]]:
    """The drawings inked by us, uint8 coverage (H, W)."""
    files = {path.stem: path for path in DRAWINGS.iterdir()}
    cache.mkdir(parents=True, exist_ok=True)
    with Inker() as inker:
        for name in names:
            kept = cache / f"{name}.png"
            if not kept.exists():
                features = inker.prepare(ArraySketch(read_image(files[name])), keep=False)
                cv2.imwrite(str(kept), inker.render(features))
            yield name, cv2.imread(str(kept), cv2.IMREAD_GRAYSCALE)


def measured(
    method: Callable[[np.ndarray], np.ndarray], drawings: dict[str, np.ndarray], table: dict[str, Things]
) -> dict[str, tuple[float, float]]:
    """Leak and needless splits of each drawing."""
    out = {}
    for name, ink in drawings.items():
        points = marked(method(ink), table[name])
        out[name] = leak(points), needless(points)
    return out


def main() -> None:
    table: dict[str, Things] = json.loads(POINTS.read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", default=list(table))
    parser.add_argument("--methods", nargs="*", default=list(METHODS))
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "flat-points")
    arguments = parser.parse_args()
    drawings = dict(inks(arguments.names, arguments.cache))
    for method in arguments.methods:
        rows = measured(METHODS[method], drawings, table)
        for name, (wrong, split) in rows.items():
            print(f"  {name}: leak {100 * wrong:.1f} %, needless {split:.2f} per 12")
        mean = np.mean(list(rows.values()), 0)
        print(f"{method}: leak {100 * mean[0]:.1f} %, needless {mean[1]:.2f} per 12", flush=True)


if __name__ == "__main__":
    main()
