# SPDX-License-Identifier: GPL-3.0-or-later
"""What the network is shown: characters, scenes and real strokes, and places where it is led astray."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from training.astray import lead_astray
from training.blots import with_blots
from training.characters.draw import Artists
from training.characters.page import patches
from training.flats import with_flats
from training.hatched import with_hatching
from training.lettering import with_lettering
from training.scenes import Patch, Scenes, Sources
from training.spots import with_spots

CHARACTERS = 0.5  # share of the patches cut from characters, the others are scenes and real strokes
COLOURED = 0.25  # share of all patches whose areas are filled with tones
LETTERED = 0.08  # share of all patches with lettering beside the drawing
HATCHED = 0.15  # share of all patches of which areas are shaded in strokes
SPOTTED = 0.1  # share of all patches with spots of black, little broader than the pen
BLOTTED = 0.08  # share of all patches with blacks far broader than the pen and longer than broad
ASTRAY = 0.2  # share of all patches that also hold what is no line


class Mix:
    """An endless supply of patches of `side` px; `noise` as in Scenes."""

    def __init__(self, sources: Sources, side: int, seed: int, noise: float = 1.0):
        self.rng = np.random.default_rng(seed)
        self._scenes = iter(Scenes(sources, side, int(self.rng.integers(1 << 62)), noise))
        artists = Artists(sources.hands, sources.papers)
        self._characters = patches(self.rng, artists.page, side, sources.papers, noise)

    def __iter__(self) -> Iterator[Patch]:
        while True:
            patch = next(self._characters if self.rng.random() < CHARACTERS else self._scenes)
            if self.rng.random() < SPOTTED:
                patch = with_spots(self.rng, patch)
            if self.rng.random() < BLOTTED:
                patch = with_blots(self.rng, patch)
            if self.rng.random() < LETTERED:
                patch = with_lettering(self.rng, patch)
            if self.rng.random() < COLOURED:
                patch = with_flats(self.rng, patch)
            if self.rng.random() < HATCHED:
                patch = with_hatching(self.rng, patch)
            yield lead_astray(self.rng, patch) if self.rng.random() < ASTRAY else patch
