# SPDX-License-Identifier: GPL-3.0-or-later
"""Composes pages of characters and draws them: heads, busts, figures, hands, animals, machines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.characters.bodies import Body
from training.characters.faces import features, guides, outline
from training.characters.hair import Hair
from training.characters.hands import Hand
from training.characters.head import Head, pick
from training.characters.page import Page
from training.characters.pencil import Pencil
from training.characters.sheet import Frame, Sheet
from training.characters.sight import evened, seen
from training.characters.things import animal, backdrop, machine
from training.hands import RealHand
from training.roughen import Rng

LONG = 1400  # px: longer side of a page
KINDS = {"head": 0.27, "bust": 0.27, "figures": 0.28, "hands": 0.06, "animal": 0.07, "machine": 0.05}
SEEN = 0.5  # share of pages that are digitised and taken through paper normalisation
CLOSE, SMALL = (0.6, 1.6), (1.0, 2.2)  # times its size that a page is looked at, and one of small figures
BROAD = 5.0  # px: pages drawn with broader pens are looked at from farther away


@dataclass(frozen=True)
class Artists:
    """What pages are drawn with: hands of artists, which may be none, and papers."""

    hands: list[RealHand]
    papers: list[np.ndarray]

    def page(self, rng: Rng) -> Page:
        """A page drawn anew."""
        kind = pick(rng, KINDS)
        sheet = compose(rng, kind)
        pencil = Pencil(sheet, rng, self.hands, self.papers, small=kind == "figures")
        darkness = pencil.draw()
        eyes = [box for box, _ in sheet.eye_boxes()]
        digitised = rng.random() < SEEN
        darkness = seen(rng, darkness, self.papers) if digitised else evened(darkness)
        low, high = SMALL if kind == "figures" else CLOSE
        far = max(1.0, pencil.manner.pen / BROAD)
        return Page(darkness, sheet.lines(), sheet.solid(), eyes, digitised, (low / far, high / far))


def compose(rng: Rng, kind: str, long_side: int = LONG) -> Sheet:
    """A settled sheet with one of KINDS on it."""
    short = int(long_side * rng.uniform(0.68, 0.9))
    size = (long_side, short) if kind in ("head", "bust", "hands", "figures") else (short, long_side)
    sheet = Sheet(size)
    tall, wide = size
    centre = np.array([wide * rng.uniform(0.44, 0.56), tall * rng.uniform(0.45, 0.55)])
    if kind in ("head", "bust"):
        share = rng.uniform(0.5, 0.68) if kind == "head" else rng.uniform(0.27, 0.4)
        place = (centre[0], tall * (0.47 if kind == "head" else 0.33))
        draw_head(Head(sheet, rng, place, share * tall))
    elif kind == "figures":
        _figures(sheet, rng)
    elif kind == "hands":
        _hands(sheet, rng)
    elif kind == "animal":
        animal(sheet, rng, centre, tall * rng.uniform(0.4, 0.75))
    else:
        machine(sheet, rng, centre, tall * rng.uniform(0.4, 0.7))
    sheet.settle()
    return sheet


def draw_head(head: Head, *, whole: bool = False) -> None:
    """A head with what is below it, to the shoulders or the `whole` figure."""
    rng, hair, body = head.rng, Hair(head), Body(head)
    guides(head)
    hair.behind()
    if whole:
        body.figure()
    else:
        body.bust()
    outline(head)
    through = rng.random() < 0.55  # eyes and brows drawn over the fringe, as many artists do
    if not through:
        features(head)
    hair.before()
    if through:
        features(head)
    hair.ornament()


def _figures(sheet: Sheet, rng: Rng) -> None:
    """Two to five standing figures in one row or two, before a plain scene."""
    tall, wide = sheet.size
    count = int(rng.integers(2, 6))
    rows = [count] if count < 4 and rng.random() < 0.5 else [count // 2, count - count // 2]
    if rng.random() < 0.7:
        backdrop(sheet, rng)
    for row, across in enumerate(rows):
        for column in rng.permutation(across):
            most = 1.1 * tall / len(rows) / 3.9
            height = min(rng.uniform(0.85, 1) * most, rng.uniform(0.05, 0.125) * max(sheet.size))
            x = (column + 0.5 + rng.uniform(-0.15, 0.15)) * wide / across
            y = tall * row / len(rows) + height * rng.uniform(0.7, 1.0)
            draw_head(Head(sheet, rng, (x, y), height, upright=0.35), whole=True)


def _hands(sheet: Sheet, rng: Rng) -> None:
    """A page of studies of hands."""
    tall, wide = sheet.size
    across, down = int(rng.integers(1, 3)), int(rng.integers(2, 4))
    for column in range(across):
        for row in range(down):
            unit = 0.75 * min(wide / across, tall / down)
            centre = ((column + 0.5) * wide / across, (row + 0.55) * tall / down)
            frame = Frame(sheet, rng, centre, unit, angle=rng.normal(0, 0.7), flip=int(rng.choice([-1, 1])))
            frame.height = unit * 1400 / max(sheet.size)
            arm = np.array([(0.04, 0.55), (0.02, 0.35), (0, 0.18)])
            frame.band(arm, np.array([0.24, 0.19, 0.17]))
            Hand(frame, (0, 0), 1.0, 0.0, 1).draw()
