# SPDX-License-Identifier: GPL-3.0-or-later
"""Training patches: a piece of a drawing as a rough sketch, and the line geometry behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from drawings.strokes import resample
from training import corpus as corpus_module
from training import procedural
from training.corpus import Drawing
from training.hands import RealHand, load_hands
from training.looks import finish, grain, hatching, load_papers
from training.roughen import Hand, Pass, Rng, press, roughen, smooth_noise
from training.sketches import RealSketch, load_sketches

LINE_WIDTH = 3.0  # px at working scale: the line map's lines, wide enough to survive doubt about their place
SUPERSAMPLE = 2
SHIFT = 4  # fractional bits of OpenCV's drawing coordinates
MARGIN = 24  # px drawn beyond the patch, so that passes enter it as they would on a page
PROCEDURAL = 0.12  # share of the patches that show drawings made by program
MAX_INK = 0.16  # patches with a denser line map are hatching or lettering, which sketches to ink do not have
HATCHED = 0.5  # so are those whose line map is denser than this anywhere in a square of HATCH_SIDE px
HATCH_SIDE = 33
REAL = 0.6  # share of the sketches whose lines are gone over as artists did, where such hands are given
CLEAN = 0.12  # share of the sketches that are clean already, to come back as they are
SKETCHED = 0.4  # share of the patches cut from sketches that artists drew, where such are given
GUIDES = (0.12, 0.65)  # darkness of construction lines, in that of the sketch's lightest strokes
SIZES = (800, 1900)  # px: longer side of the drawings that patches are cut from
PENS = 2.2, 0.55, 8.0  # px: median width of pens, the deviation of its logarithm, the widest
BROAD = 0.15  # share of the patches that are small drawings with a brush or a marker:
SMALL_SIZES, BROAD_PENS = (380, 900), (3.0, 9.0)
THIN = 5  # px: narrower blacks are lines to the network too, since the engine fills none so narrow
PENCILLED = 0.5  # share of the sketches whose blacks are filled by strokes that let paper through
TOOTH = 0.5  # share of the sketches drawn on paper whose grain shows in light strokes


@dataclass(frozen=True)
class Patch:
    """`sketch` (H, W) darkness; `line`, `solid` (H, W) 0..1."""

    sketch: np.ndarray
    line: np.ndarray
    solid: np.ndarray


def fixed(points: np.ndarray, scale: float = 1.0) -> np.ndarray:
    """Coordinates of pixel centres as OpenCV's fixed-point numbers, on a canvas `scale` times finer."""
    return np.round(((points + 0.5) * scale - 0.5) * (1 << SHIFT)).astype(np.int32)


def run_means(values: np.ndarray, run: int) -> list[float]:
    """Means of the runs of `run` + 1 of values (N,), N >= 2, each begun where the one before ends."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    start = np.arange(0, len(values) - 1, run)
    stop = np.minimum(len(values), start + run + 1)
    means: list[float] = ((total[stop] - total[start]) / (stop - start)).tolist()
    return means


def beside_blacks(line: np.ndarray, solid: np.ndarray) -> np.ndarray:
    """The line map (H, W) without what lies in broad blacks, and with thin ones; `solid` (H, W) is 0..1."""
    disc, rim = (cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)) for size in (THIN, 3))
    broad = cv2.morphologyEx((solid > 0.5).astype(np.uint8), cv2.MORPH_OPEN, disc)
    thin = np.where(cv2.dilate(broad, rim) > 0, 0, solid)
    return np.where(broad > 0, 0, np.maximum(line, thin)).astype(np.float32)


class Canvas:
    """Accumulates pencil passes as darkness (float32) over a patch with its margin."""

    def __init__(self, side: int):
        self.side = side
        self.fine = np.zeros((side * SUPERSAMPLE, side * SUPERSAMPLE), np.float32)
        self.tooth: tuple[float, np.ndarray] | None = None  # how much of a paper's grain strokes show, and it

    def draw(self, stroke: Pass, pen: float, strength: float = 1.0) -> None:
        """Lay one pass over what is there: translucent graphite multiplies."""
        low = np.floor(stroke.points.min(0) - 3 * pen - 3).astype(int)
        high = np.ceil(stroke.points.max(0) + 3 * pen + 3).astype(int)
        low, high = np.maximum(low, 0), np.minimum(high, self.side)
        if (high <= low).any() or len(stroke.points) < 2:
            return
        wide, tall = (high - low) * SUPERSAMPLE
        mask = np.zeros((tall, wide), np.uint8)
        at = fixed(stroke.points - low, SUPERSAMPLE)
        run = max(1, len(at) // 8)
        widths, darks = (run_means(values, run) for values in (stroke.width, stroke.darkness))
        for number, (width, darkness) in enumerate(zip(widths, darks, strict=True)):
            fine = pen * SUPERSAMPLE * width
            thick = max(1, round(fine))
            dark = int(255 * min(max(darkness * strength * min(1.0, fine / thick), 0.0), 1.0))
            part = at[number * run : (number + 1) * run + 1]
            cv2.polylines(mask, [part], False, dark, thick, cv2.LINE_AA, SHIFT)
        place = np.s_[
            low[1] * SUPERSAMPLE : high[1] * SUPERSAMPLE, low[0] * SUPERSAMPLE : high[0] * SUPERSAMPLE
        ]
        laid = mask.astype(np.float32) * (1 / 255)
        if self.tooth is not None:
            # A light touch meets only the paper's hills, a firm one fills its valleys too.
            strength, paper = self.tooth
            laid *= np.clip(1 + strength * (0.5 * paper[place] + laid - 0.6), 0, 1)
        view = self.fine[place]
        view += (1 - view) * laid

    def fill(self, polygons: list[np.ndarray], darkness: float) -> None:
        mask = np.zeros(self.fine.shape, np.uint8)
        cv2.fillPoly(mask, [fixed(p, SUPERSAMPLE) for p in polygons], 255, cv2.LINE_AA, SHIFT)
        self.fine = np.maximum(self.fine, mask.astype(np.float32) * (darkness / 255))

    def darkness(self) -> np.ndarray:
        return cv2.resize(self.fine, (self.side, self.side), interpolation=cv2.INTER_AREA)


def _profile(rng: Rng, line: np.ndarray, size: float) -> np.ndarray:
    """Give a line of constant width the swell and taper of a hand, for sources that have none."""
    count = len(line)
    lengths = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line[:, :2], axis=0).T))])
    reach = size * rng.uniform(0.003, 0.04)
    width = np.exp(0.25 * smooth_noise(rng, count, count / 3))
    for end in (lengths, lengths[-1] - lengths):
        if rng.random() < 0.6:
            width = width * (0.3 + 0.7 * np.clip(end / reach, 0, 1))
    return np.column_stack([line[:, :2], np.clip(width, 0.25, 2.0)])


def _faired(line: np.ndarray) -> np.ndarray:
    """Evenly resampled, with the wobble that tracing left taken out: the truth is what a steady hand
    draws.
    """
    line = resample(line, 3.0)
    if len(line) > 4:
        for _ in range(2):
            line[1:-1] = 0.25 * (line[:-2] + line[2:]) + 0.5 * line[1:-1]
    return line


@dataclass(frozen=True)
class Sources:
    """What patches are made from; read once, shared by all who make them."""

    corpus: dict[str, list[Drawing]]
    papers: list[np.ndarray]
    hands: list[RealHand]
    sketches: list[RealSketch]

    @classmethod
    def load(cls, data: Path, hands: Path | None = None) -> Sources:
        """Drawings and papers of a data folder; hands and sketches of one with stroke drawings.

        Raises FileNotFoundError when there are none, ValueError for a file that is no stroke drawing.
        """
        real = ([], []) if hands is None else (load_hands(hands), load_sketches(hands))
        return cls(corpus_module.load_corpus(data), load_papers(data), *real)


class Scenes:
    """An endless supply of patches of `side` px; `noise` scales grain, paper, light and compression."""

    def __init__(self, sources: Sources, side: int = 160, seed: int = 0, noise: float = 1.0):
        self.side, self.noise = side, noise
        self.hands, self.sketches = sources.hands, sources.sketches
        self.rng = np.random.default_rng(seed)
        self.corpus, self.papers = sources.corpus, sources.papers
        self.groups = [g for g in self.corpus if self.corpus[g]]
        shares = np.array([corpus_module.GROUPS[g][0] for g in self.groups])
        self.shares = shares / shares.sum()

    def __iter__(self) -> Iterator[Patch]:
        while True:
            patch = self._try_patch()
            if patch is not None:
                yield patch

    def _pick(self) -> tuple[str, Drawing]:
        rng = self.rng
        if rng.random() < PROCEDURAL:
            return "procedural", procedural.draw(rng)
        group = self.groups[rng.choice(len(self.groups), p=self.shares)]
        return group, self.corpus[group][rng.integers(len(self.corpus[group]))]

    def _place(self, drawing: Drawing, sizes: tuple[int, int]) -> tuple[float, np.ndarray, np.ndarray]:
        """Random size, rotation and flip: the drawing's size in px, a matrix and an offset for its points."""
        rng = self.rng
        size = float(np.exp(rng.uniform(*np.log(sizes))))
        angle = rng.uniform(0, 2 * np.pi)
        cos, sin = np.cos(angle), np.sin(angle)
        matrix = np.array([[cos, -sin], [sin, cos]]) * (size / drawing.size)
        matrix[0] *= rng.choice([-1, 1])
        stretch = np.exp(rng.normal(0, 0.08))
        matrix = matrix @ np.diag([stretch, 1 / stretch])
        stroke = drawing.strokes[rng.integers(len(drawing.strokes))]
        centre = matrix @ stroke[rng.integers(len(stroke)), :2]
        whole = self.side + 2 * MARGIN
        offset = whole / 2 - centre + rng.uniform(-0.45, 0.45, 2) * self.side
        return size, matrix, offset

    def _try_patch(self) -> Patch | None:
        rng = self.rng
        sketch = None
        if self.sketches and rng.random() < SKETCHED:
            sketch = self.sketches[rng.integers(len(self.sketches))].bent(rng)
            group, drawing = "sketches", sketch.drawing
        else:
            group, drawing = self._pick()
        median, spread, widest = PENS
        pen, sizes = float(np.clip(np.exp(rng.normal(np.log(median), spread)), 0.6, widest)), SIZES
        if rng.random() < BROAD:
            pen, sizes = rng.uniform(*BROAD_PENS), SMALL_SIZES
        size, matrix, offset = self._place(drawing, sizes)
        whole = self.side + 2 * MARGIN
        lines = self._lines(drawing, group, size, matrix, offset)
        line_map = self.truth(lines, whole)
        cut = slice(MARGIN, MARGIN + self.side)
        seen = line_map[cut, cut]
        if seen.mean() > MAX_INK or cv2.blur(seen, (HATCH_SIDE, HATCH_SIDE)).max() > HATCHED:
            return None
        if not seen.any() and rng.random() >= 0.1:
            return None
        placed = None if sketch is None else self._placed(sketch.passes, matrix, offset)
        dark, solid = self._sketch(drawing, lines, placed, matrix, offset, size, pen)
        return Patch(
            finish(rng, dark, self.papers, self.noise)[cut, cut].astype(np.float32),
            beside_blacks(line_map, solid)[cut, cut],
            solid[cut, cut].astype(np.float32),
        )

    def _lines(
        self, drawing: Drawing, group: str, size: float, matrix: np.ndarray, offset: np.ndarray
    ) -> list[np.ndarray]:
        """The drawing's lines (N, 3) that reach into the patch, placed and faired."""
        constant = self.rng.random() < {"icons": 0.6, "sketches": 0.0}.get(group, 0.35)
        lines = []
        for stroke in self._placed(drawing.strokes, matrix, offset):
            if float(np.hypot(*np.diff(stroke[:, :2], axis=0).T).sum()) >= 4:
                line = _faired(stroke)
                lines.append(_profile(self.rng, line, size) if constant else line)
        return lines

    def _placed(self, strokes: list[np.ndarray], matrix: np.ndarray, offset: np.ndarray) -> list[np.ndarray]:
        """Strokes (N, 2) or (N, 3) that reach into the patch, in its px."""
        whole = self.side + 2 * MARGIN
        placed = []
        for stroke in strokes:
            points = stroke[:, :2] @ matrix.T + offset
            if (points.max(0) >= -8).all() and (points.min(0) <= whole + 8).all():
                placed.append(np.concatenate([points, stroke[:, 2:]], 1))
        return placed

    def truth(self, lines: list[np.ndarray], whole: int) -> np.ndarray:
        """Line map (whole, whole) float32 0..1: lines of LINE_WIDTH px."""
        fine = np.zeros((whole * SUPERSAMPLE, whole * SUPERSAMPLE), np.uint8)
        for line in lines:
            at = fixed(line[:, :2], SUPERSAMPLE)
            cv2.polylines(fine, [at], False, 255, round(LINE_WIDTH * SUPERSAMPLE), cv2.LINE_AA, SHIFT)
        return cv2.resize(fine, (whole, whole), interpolation=cv2.INTER_AREA).astype(np.float32) / 255

    def _sketch(
        self,
        drawing: Drawing,
        lines: list[np.ndarray],
        passes: list[np.ndarray] | None,
        matrix: np.ndarray,
        offset: np.ndarray,
        size: float,
        pen: float,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Lines gone over in passes, or the passes that were drawn over them where those are given."""
        rng, whole = self.rng, self.side + 2 * MARGIN
        canvas = Canvas(whole)
        clean = rng.random() < CLEAN
        hand = Hand.clean(rng, size) if clean else Hand.random(rng, size)
        if rng.random() < 0.5:
            self._distract(canvas, pen, whole, size, rng.uniform(*GUIDES) * hand.opacity[0])
        if rng.random() < TOOTH * self.noise:
            canvas.tooth = rng.uniform(0.2, 0.7), grain(rng, canvas.fine.shape, self.papers)
        if clean or passes is None:
            strokes = self._gone_over(lines, hand, size, by_real_hands=not clean)
        else:
            strokes = self._pressed(passes, hand)
        for stroke in strokes:
            canvas.draw(stroke, pen)
        canvas.tooth = None
        return self._solids(drawing, canvas, matrix, offset, size, whole)

    def _pressed(self, passes: list[np.ndarray], hand: Hand) -> Iterator[Pass]:
        """Passes (N, 2) with a hand's pressure, which stroke drawings do not hold."""
        for one in passes:
            points = resample(one, 2.0)
            if len(points) > 1:
                yield press(self.rng, points, np.ones(len(points)), hand)

    def _gone_over(
        self, lines: list[np.ndarray], hand: Hand, size: float, *, by_real_hands: bool
    ) -> Iterator[Pass]:
        """Lines as a made-up hand sketches them, or in the passes of a real one with its pressure."""
        rng = self.rng
        by_real_hands = by_real_hands and bool(self.hands) and rng.random() < REAL
        real = self.hands[rng.integers(len(self.hands))] if by_real_hands else None
        for line in lines:
            if real is None:
                yield from roughen(rng, line, hand)
            else:
                for one in real.passes_over(rng, line, size):
                    yield press(rng, one[:, :2], one[:, 2], hand)

    def _solids(
        self,
        drawing: Drawing,
        canvas: Canvas,
        matrix: np.ndarray,
        offset: np.ndarray,
        size: float,
        whole: int,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Spot blacks, such as pupils, stay black; blacks larger than a sketch would hold are left out."""
        rng = self.rng
        solid = np.zeros((whole, whole), np.uint8)
        keep_large = rng.random() < 0.35
        for rings in drawing.solids:
            placed = [ring @ matrix.T + offset for ring in rings]
            low, high = placed[0].min(0), placed[0].max(0)
            if (high < 0).any() or (low > whole).any():
                continue
            if (high - low).max() > 0.05 * size and not keep_large:
                continue
            cv2.fillPoly(solid, [fixed(ring) for ring in placed], 255, cv2.LINE_AA, SHIFT)
            canvas.fill(placed, rng.uniform(0.6, 1.0))
        dark = canvas.darkness()
        if solid.any():
            scribble = np.clip(1 + 0.15 * grain(rng, solid.shape, self.papers), 0.4, 1.2)
            if rng.random() < PENCILLED:
                scribble *= hatching(rng, solid.shape, rng.uniform(1.5, 5), scribbled=rng.random() < 0.5)
            dark = np.where(solid > 127, np.clip(dark * scribble, 0, 1), dark)
        return dark, solid.astype(np.float32) / 255

    def _distract(self, canvas: Canvas, pen: float, whole: int, size: float, strength: float) -> None:
        """What belongs to the sketch only: construction lines, guide ellipses, ruled paper, smudges."""
        rng = self.rng
        for _ in range(rng.integers(1, 7)):
            kind = rng.random()
            if kind < 0.4:
                angle, centre = rng.uniform(0, np.pi), rng.uniform(0, whole, 2)
                reach = np.array([np.cos(angle), np.sin(angle)]) * rng.uniform(0.15, 1.0) * whole
                shapes = [np.linspace(centre - reach, centre + reach, 24)]
            else:
                shapes = self._guides(whole, size, box=kind > 0.85)
            for shape in shapes:
                points = shape + rng.normal(0, 0.3, shape.shape)
                count = len(points)
                dark = strength * np.clip(1 + 0.3 * smooth_noise(rng, count, count / 4), 0.3, 1.4)
                stroke = Pass(points.astype(np.float32), np.full(count, 0.9), dark)
                canvas.draw(stroke, pen * rng.uniform(0.6, 1.1), rng.uniform(0.6, 1.0))
        if rng.random() < 0.12:
            spacing, phase = rng.uniform(18, 60), rng.uniform(0, 40)
            for y in np.arange(phase, whole, spacing):
                points = np.array([[0, y], [whole, y + rng.normal(0, 0.4)]], np.float32)
                canvas.draw(Pass(points, np.full(2, 0.7), np.full(2, strength * 0.7)), max(1.0, 0.5 * pen))
        if rng.random() < 0.15:
            smudge = cv2.GaussianBlur(canvas.fine, (0, 0), rng.uniform(4, 16)) * rng.uniform(0.1, 0.6)
            canvas.fine = np.maximum(canvas.fine, smudge)

    def _guides(self, whole: int, size: float, *, box: bool) -> list[np.ndarray]:
        """A guide ellipse or box, gone over once to three times, each time a little elsewhere."""
        rng = self.rng
        axes = size * rng.uniform(0.03, 0.3) * np.array([1, rng.uniform(0.3, 1)])
        angle = rng.uniform(0, np.pi)
        spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        # Somewhere on its outline lies in the patch.
        centre = rng.uniform(0, whole, 2) - spin @ (axes * (1.0, 0.0) if rng.random() < 0.7 else 0 * axes)
        shapes = []
        for _ in range(rng.integers(1, 4)):
            moved = centre + rng.normal(0, 0.003 * size, 2)
            if box:
                along = np.linspace(-1.1, 1.1, 12)
                sides = [np.column_stack([along, np.full(12, y)]) for y in (-1.0, 1.0)]
                sides += [one[:, ::-1] for one in sides]
            else:
                turn = np.linspace(0, rng.uniform(3, 8), 48) + rng.uniform(0, 6)
                sides = [np.stack([np.cos(turn), np.sin(turn)], 1)]
            shapes += [(one * axes * rng.uniform(0.95, 1.06)) @ spin.T + moved for one in sides]
        return shapes
