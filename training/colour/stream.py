# SPDX-License-Identifier: GPL-3.0-or-later
"""Painted pictures without end, to train on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from smart_lineart.inking.picture.classes import PictureClass
from training.colour.figures import Figure, character, from_art, from_drawing
from training.colour.paint import paint
from training.colour.vector_art import Art, load_art
from training.corpus import Drawing, load_corpus
from training.looks import load_papers
from training.roughen import Rng

SHARES = {"art": 0.3, "characters": 0.4, "figures": 0.18, "icons": 0.12}
CHARACTERS = 12  # pages of them that pictures are cut from in turn
CUTS = 10  # pictures cut from one before another takes its place
CHARACTER_SIZES = (500, 2000)  # px: longer side of such a page
EMPTY = 0.2  # share of the pictures with hardly anything on them that are kept


@dataclass(frozen=True)
class Figures:
    """Where figures come from: vector art, which may be none, line drawings by group, and papers."""

    art: list[Art]
    drawings: dict[str, list[Drawing]]
    papers: list[np.ndarray]

    @classmethod
    def load(cls, data: Path, art: Path | None, most: int = 1000) -> Figures:
        """Read line drawings from `data`, and vector art from Iconify's `art`. Raises FileNotFoundError."""
        drawings = load_corpus(data, ("figures", "icons"))
        return cls(load_art(art, most) if art else [], drawings, load_papers(data))


class Pictures:
    """Pictures with their truth, uint8 (4, side, side): red, green, blue, and what `truth_of` gives.

    They are as painted, without the faults of files.
    """

    def __init__(self, figures: Figures, side: int, seed: int | list[int]):
        self._figures, self._side = figures, side
        self._rng = np.random.default_rng(seed)
        self._pages: list[Drawing] = []
        self._cuts = 0

    def __iter__(self) -> Iterator[np.ndarray]:
        rng = self._rng
        while True:
            painted = paint(rng, self._figure(rng), self._figures.papers)
            told = (painted.truth != PictureClass.FLAT) & (painted.truth < len(PictureClass))
            if told.mean() > 0.02 or rng.random() < EMPTY:
                shown = np.rint(np.clip(painted.picture, 0, 1) * 255).astype(np.uint8)
                planes = np.concatenate([shown, painted.truth[..., None]], 2)
                yield np.ascontiguousarray(planes.transpose(2, 0, 1))

    def _figure(self, rng: Rng) -> Figure:
        shares = {name: share for name, share in SHARES.items() if name != "art" or self._figures.art}
        weights = np.array(list(shares.values()))
        kind = str(rng.choice(list(shares), p=weights / weights.sum()))
        if kind == "art":
            return from_art(rng, self._figures.art[rng.integers(len(self._figures.art))], self._side)
        if kind == "characters":
            return from_drawing(rng, self._page(rng), self._side, CHARACTER_SIZES)
        drawings = self._figures.drawings[kind]
        return from_drawing(rng, drawings[rng.integers(len(drawings))], self._side)

    def _page(self, rng: Rng) -> Drawing:
        if len(self._pages) < CHARACTERS:
            self._pages.append(character(rng))
        elif self._cuts % CUTS == 0:
            self._pages[rng.integers(CHARACTERS)] = character(rng)
        self._cuts += 1
        return self._pages[rng.integers(len(self._pages))]
