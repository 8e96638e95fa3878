# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure whether lines come out as what they were drawn with.

Draws pages of characters in black pencil with shade lines, and curves across everything, in red and blue, on
clean paper or as scans with the paper's own tone; finds their lines and tells how much of these, by length,
is of the right hue. A line's truth is the drawn one next to it, within 6 px at 1400, that goes its way within
30 degrees and whose pencil has left anything there: a hand strays from the line it means. Where two pencils
have, and another line of the second one goes that way within 12 px, nobody can tell, and it counts as
`unclear`. Within 12 px of another pencil's line that goes another way it is a crossing, which are told apart,
too.

    python benchmarks/coloured.py --pages 12 --first 0 [--scan] [--write DIR]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

if __package__ in (None, ""):  # run as a file: its folder is on the path, the repository is not
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from smart_lineart.inking import ArraySketch, Inker, Strokes
from smart_lineart.inking.hues.lines import find_hues
from training.characters.draw import compose
from training.characters.pencil import Pencil
from training.characters.sheet import Line, Loose, Sheet
from training.looks import grain, low_frequency
from training.roughen import Rng

NAMES = ("dark", "red", "blue")
CURVES = 14  # lines across a page
PENCILS = {
    "dark": ((24, 24, 26), (66, 66, 72), (40, 38, 36), (95, 95, 100)),
    "red": ((205, 40, 50), (216, 75, 92), (228, 84, 52), (160, 30, 40)),
    "blue": ((48, 88, 190), (120, 182, 226), (40, 60, 165), (100, 150, 225), (30, 40, 110)),
}
"""sRGB of graphite and inks: of each one is drawn with on a page."""
NEAR, CROSSING = 6.0, 12.0  # px at 1400
LEFT, AROUND = 0.15, 5  # darkness that a pencil has left, and px at 1400 across in which that is looked for
WAYS = 12  # directions of lines that are told apart, of which two beside one's own count as its own


@dataclass(frozen=True)
class Coloured:
    """A page: `sketch` uint8 (H, W, 3), RGB; its lines (N, 2) and the number in NAMES of each; where each
    pencil of NAMES has left anything, bool (H, W).
    """

    sketch: np.ndarray
    lines: list[np.ndarray]
    kinds: list[int]
    left: list[np.ndarray]


class Pencils(Pencil):
    """Draws a sheet with several pencils; each leaves its own darkness."""

    def __init__(self, sheet: Sheet, rng: Rng):
        super().__init__(sheet, rng, [], [])
        self.kinds = [int(rng.integers(1, 3)) if isinstance(one, Loose) else 0 for one in sheet.items]
        self._laid = [np.zeros_like(self.canvas.fine) for _ in NAMES]

    def draw_with_each(self) -> list[np.ndarray]:
        """Darkness float32 (H, W) that each pencil leaves."""
        for number, item in enumerate(self.sheet.items):
            self.canvas.fine = self._laid[self.kinds[number]]
            if isinstance(item, Line):
                self._line(number, item.points, item.care, self._lightness(item.light))
            elif isinstance(item, Loose) and not item.guide:
                self._line(number, item.points, item.care, 0.9)
        tall, wide = self.sheet.size
        found = []
        for laid in self._laid:
            self.canvas.fine = laid
            found.append(self.canvas.darkness()[:tall, :wide])
        return found

    def truth(self) -> Iterator[tuple[np.ndarray, int]]:
        """The middle lines of what shows, and their pencil's number."""
        for number, item in enumerate(self.sheet.items):
            if isinstance(item, Line) or (isinstance(item, Loose) and not item.guide):
                for run in self.sheet.runs(number, item.points):
                    yield run, self.kinds[number]


def draw_page(seed: int, *, scan: bool) -> Coloured:
    """A page drawn from a seed."""
    rng = np.random.default_rng([seed, 7])
    sheet = compose(rng, str(rng.choice(["head", "bust"])))
    sheet.items += [_curve(rng, sheet.size) for _ in range(CURVES)]
    pencils = Pencils(sheet, rng)
    laid = pencils.draw_with_each()
    inks = [np.array(PENCILS[name][rng.integers(len(PENCILS[name]))]) / 255 for name in NAMES]
    page = np.ones((*sheet.size, 3), np.float32)
    for dark, ink in zip(laid, inks, strict=True):
        page *= 1 - dark[..., None] * (1 - ink.astype(np.float32))
    picture = _scanned(rng, page) if scan else page
    lines, kinds = zip(*pencils.truth(), strict=True)
    around = np.ones([2 * round(AROUND * max(sheet.size) / 2800) + 1] * 2, np.uint8)
    left = [cv2.dilate(dark, around) >= LEFT for dark in laid]
    return Coloured(np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8), list(lines), list(kinds), left)


def _curve(rng: Rng, size: tuple[int, int]) -> Loose:
    """A calm curve somewhere on the page."""
    tall, wide = size
    knots = rng.uniform((0.1 * wide, 0.1 * tall), (0.9 * wide, 0.9 * tall), (3, 2))
    t = np.linspace(0, 1, 200)[:, None]
    points = (1 - t) ** 2 * knots[0] + 2 * t * (1 - t) * knots[1] + t**2 * knots[2]
    return Loose(points, 0.8, 0.7, guide=False)


def _scanned(rng: Rng, page: np.ndarray) -> np.ndarray:
    """A scan or a photo of a page on paper with a tone of its own: light, grain, blur, noise, JPEG."""
    shape = page.shape[:2]
    paper = np.array([1.0, rng.uniform(0.9, 0.99), rng.uniform(0.72, 0.97)]) * rng.uniform(0.8, 1.0)
    cast = rng.uniform(0.93, 1.0, 3)
    light = 1 + rng.uniform(0, 0.08) * low_frequency(rng, shape, 3)
    tooth = (
        1 - rng.uniform(0.1, 0.5) * (1 - page) * np.clip(0.5 + 0.4 * grain(rng, shape, []), 0, 1.5)[..., None]
    )
    page = 1 - (1 - page) * np.clip(tooth, 0, 1)
    page = cv2.GaussianBlur(page, (0, 0), rng.uniform(0.5, 1.3))
    page = page * (paper * cast).astype(np.float32) * light[..., None].astype(np.float32)
    page += rng.uniform(0.003, 0.015) * rng.normal(size=page.shape).astype(np.float32)
    bgr = np.rint(np.clip(page[..., ::-1], 0, 1) * 255).astype(np.uint8)
    _, code = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(55, 93))])
    return cv2.imdecode(code, cv2.IMREAD_COLOR)[..., ::-1].astype(np.float32) / 255


@dataclass(frozen=True)
class Truth:
    """Of the vertices of ink: the number in NAMES of the line each follows, which of them follow one, which
    lie at crossings, and how long each is, px.
    """

    kind: np.ndarray
    known: np.ndarray
    crossing: np.ndarray
    length: np.ndarray
    unclear: float

    @classmethod
    def of(cls, page: Coloured, strokes: Strokes) -> Truth:
        tall, wide, _ = page.sketch.shape
        at = np.clip(strokes.points.astype(int), 0, (wide - 1, tall - 1))
        along = np.diff(strokes.points, axis=0, append=strokes.points[-1:])
        length = np.hypot(*along.T)
        last = strokes.starts[1:] - 1
        along[last], length[last] = along[last - 1], 0
        way = _ways(along)
        reach = max(tall, wide) / 1400
        beside = np.full((len(NAMES), len(at)), np.inf)
        across = np.full((len(NAMES), len(at)), np.inf)
        for number in range(WAYS):
            for kind in range(len(NAMES)):
                away = _distance(page, kind, number)[at[:, 1], at[:, 0]] / reach
                own = np.minimum((way - number) % WAYS, (number - way) % WAYS) <= 1
                beside[kind] = np.where(own, np.minimum(beside[kind], away), beside[kind])
                across[kind] = np.where(own, across[kind], np.minimum(across[kind], away))
        beside = np.where(np.stack([left[at[:, 1], at[:, 0]] for left in page.left]), beside, np.inf)
        kind = beside.argmin(axis=0)
        near, several = beside.min(axis=0) <= NEAR, (beside <= CROSSING).sum(axis=0) > 1
        known = near & ~several
        others = np.where(np.arange(len(NAMES))[:, None] == kind, np.inf, across).min(axis=0)
        unclear = float(length[near & several].sum() / max(length.sum(), 1e-9))
        return cls(kind, known, known & (others <= CROSSING), length, unclear)


def _ways(along: np.ndarray) -> np.ndarray:
    """The direction, one of WAYS whichever way one goes, of vectors (N, 2)."""
    return np.rint(np.arctan2(along[:, 1], along[:, 0]) / np.pi * WAYS).astype(int) % WAYS


def _distance(page: Coloured, kind: int, way: int) -> np.ndarray:
    """How far each px lies from lines of a pencil that go one way: float32 (H, W)."""
    free = np.full(page.sketch.shape[:2], 255, np.uint8)
    for line, one in zip(page.lines, page.kinds, strict=True):
        if one == kind:
            ways = _ways(np.diff(line, axis=0))
            for begin, end in zip(line[:-1][ways == way], line[1:][ways == way], strict=True):
                cv2.line(free, np.rint(begin).astype(int).tolist(), np.rint(end).astype(int).tolist(), 0)
    if free.all():
        return np.full(free.shape, 1e6, np.float32)
    return cv2.distanceTransform(free, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


def measure(truth: Truth, kinds: np.ndarray, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Lengths in px, (drawn with, found as) by NAMES and what is none of them, of all lines and of those at
    crossings, from the hues (N,) of the ink's vertices and what those are called.
    """
    found = np.array([NAMES.index(one) if one in NAMES else len(NAMES) for one in names])[kinds]
    wide = len(NAMES) + 1
    tables = [
        np.bincount((truth.kind * wide + found)[part], truth.length[part], wide * len(NAMES)).reshape(
            -1, wide
        )
        for part in (truth.known, truth.crossing)
    ]
    return tables[0], tables[1]


def main() -> None:
    """Draw, measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=12)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--scan", action="store_true")
    parser.add_argument("--write", type=Path)
    args = parser.parse_args()
    total, crossings = np.zeros((3, 4)), np.zeros((3, 4))
    with Inker(threads=1) as inker:
        for seed in range(args.first, args.first + args.pages):
            page = draw_page(seed, scan=args.scan)
            if args.write:
                args.write.mkdir(parents=True, exist_ok=True)
                cv2.imwrite(str(args.write / f"{seed:05d}.png"), page.sketch[..., ::-1])
            features = inker.prepare(page.sketch, keep=False)
            hues = find_hues(ArraySketch(page.sketch), features)
            truth = Truth.of(page, features.strokes)
            table, crossing = measure(truth, hues.strokes, hues.palette.names)
            total, crossings = total + table, crossings + crossing
            print(seed, *hues.palette.names, *shares(table), f"unclear {truth.unclear:.1%}", flush=True)
    print(json.dumps({"all": shares(total), "crossings": shares(crossings), "pages": args.pages}))


def shares(table: np.ndarray) -> list[float]:
    """Per cent of the length drawn with each pencil that is of its hue."""
    return [round(100 * float(table[one, one] / max(table[one].sum(), 1e-9)), 1) for one in range(len(NAMES))]


if __name__ == "__main__":
    main()
