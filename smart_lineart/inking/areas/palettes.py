# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours that go together, with how much of each: our own, and those of any picture.

The palettes were put together for this program; none is taken from a work of others.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]

MOST = 12  # colours taken from a picture
CELLS = 4  # bits of each channel that its colours are gathered by
LOOKED_AT = 1 << 16  # px of a picture, evenly chosen
APART = 14.0  # of L*a*b*: closer colours of a picture are one
ROUNDS = 8  # of gathering


class Palette(NamedTuple):
    """Colours, sRGB 0..255, and which share of the flats each has, in sum 1."""

    colours: tuple[Colour, ...]
    shares: tuple[float, ...]


_WORDS = {
    "calm": "dec0a8 a4c4bc d6cda4 b0aac8 c9968e 96ae8c e4d0c4 869eb8 be9e78 ceb0c4 aaccd6 c4c6be 968680 "
    "dec480 80948c b284a0",
    "morning": "f4e1c6*4 f2b79f*3 9cc5c9*2 6d8fa3 e0896b d9d3a6",
    "harbour": "2f4b66*3 7fa3b5*3 d8dfdd*2 c9694a e3b65b 8a7765",
    "orchard": "7a9a4e*3 c9d29a*2 d8503f e9b44c 8a5a3c*2 f3e6c8",
    "heather": "8d7aa8*3 c3b1d1*2 5d6b58*2 a9b78f e6dccf d08fa4",
    "brick": "a5533c*3 d79a76*2 e8d3ba*2 5c5048 8fa39a c6b24f",
    "frost": "dfeaf0*4 a9c4d6*3 6c8ca8*2 465a72 f3ddd5 b9b5c9",
    "ember": "3a2b2e*3 7f3b2f*2 d0622f*2 f0a44b f6dc9c 6b5a58",
    "moss": "4d5d3a*3 87955b*3 c4c592*2 7b6448 d9b88f e9e4d0",
    "candy": "f6b6c6*3 f9dfa5*2 a7dccb*2 b7b5ea e8837e fdf3ea",
    "slate": "4b545c*3 7d8890*3 b4bcc0*2 dcd9d2 a8745c 63806f",
    "desert": "e3c08d*4 c88b5a*3 8f5a42 f1e2c4*2 7fa39b b84f3c",
    "lagoon": "1f7a7d*3 5fb3ab*3 bfe3d4*2 f4e3b2 e98a63 2c4a58",
    "lantern": "2a2d4f*4 5a4a7a*2 b8577a f09a5b*2 fbd98a 3f6a86",
    "linen": "efe6d8*4 d7c6ae*3 b29a80*2 8c8f7a c98f7f 6f6a66",
    "meadow": "9cc069*3 dfe7a0*2 f4c95d e57f6f 6fa5c2*2 5a7a4c",
    "plum": "5a2f4f*3 95567a*2 d39bb0*2 efd6d3 7c8a6a c9a25f",
    "circus": "d6403b*2 f3c144*2 2f6fa8*2 f5ead2*3 47906b 3c3540",
    "fog": "c9cdcc*4 a7afb0*3 868f93*2 e4e0d8*2 b39c93 6e7470",
    "copper": "b06a42*3 dca37a*2 f0d9be*2 4d6b67*2 8fb0a6 3b3532",
    "violet hour": "3d3a66*3 7068a0*2 b79cc4*2 f0b7a7*2 f9e0b0 52607f",
    "bakery": "d9a566*3 f1d9ad*3 9c6237*2 fbf1df c95f4e 7f9f86",
    "river": "5f7f86*3 9dbbb8*3 d9dccb*2 a78d68*2 c8b176 3f5050",
    "rose garden": "c75b70*2 eba9ab*3 f8dcd4*2 6f8a5f*2 b9c9a0 7a4a4a",
    "signal": "f2f0e6*4 22313f*3 e4572e*2 f3a712 76b0a6*2 a8c686",
    "clay": "b9856a*3 dab79c*3 8a6a5a*2 efe0cf a3a98c*2 5d6870",
    "aurora": "12324a*3 1f6f78*2 52b69a*2 b5e48c e6a6d0 7f62a8",
}
"""Each colour with how many parts of it there are."""


def _read(words: str) -> Palette:
    parts = [word.split("*") for word in words.split()]
    colours = tuple((int(c[:2], 16), int(c[2:4], 16), int(c[4:6], 16)) for c, *_ in parts)
    weights = [int(more[0]) if more else 1 for _, *more in parts]
    return Palette(colours, tuple(weight / sum(weights) for weight in weights))


PALETTES: dict[str, Palette] = {name: _read(words) for name, words in _WORDS.items()}
"""The palettes by name; "calm" is the one for first colours."""


def palette_of(picture: NDArray[np.uint8]) -> Palette:
    """The colours of a picture, uint8 (H, W, 3 or 4), with their shares; what is transparent does not count.

    Its colours are gathered in cells and then around means (Lloyd, "Least squares quantization in PCM",
    1982), so that it is the same every time. A picture without a pixel has the calm palette.
    """
    pixels = picture.reshape(-1, picture.shape[-1])
    pixels = pixels[:: max(1, len(pixels) // LOOKED_AT)]
    if pixels.shape[1] == 4:
        pixels = pixels[pixels[:, 3] >= 128]
    if not len(pixels):
        return PALETTES["calm"]
    rgb = pixels[:, :3].astype(np.int64)
    cell = rgb >> (8 - CELLS)
    _, cell_of = np.unique(cell @ np.array([1 << 2 * CELLS, 1 << CELLS, 1]), return_inverse=True)
    count = np.bincount(cell_of)
    means = np.stack([np.bincount(cell_of, rgb[:, k]) / count for k in range(3)], 1)
    chosen = _spread_out(means, count)
    for _ in range(ROUNDS):
        nearest = ((means[:, None] - chosen[None]) ** 2).sum(2).argmin(1)
        weight = np.bincount(nearest, count, len(chosen))
        total = np.stack([np.bincount(nearest, count * means[:, k], len(chosen)) for k in range(3)], 1)
        chosen = np.where(weight[:, None] > 0, total / np.maximum(weight, 1)[:, None], chosen)
    kept = np.argsort(-weight, kind="stable")
    kept = kept[weight[kept] > 0]
    colours = tuple((int(r), int(g), int(b)) for r, g, b in np.rint(chosen[kept]).tolist())
    return Palette(colours, tuple((weight[kept] / weight.sum()).tolist()))


def _spread_out(means: NDArray[np.float64], count: NDArray[np.int64]) -> NDArray[np.float64]:
    """Colours to begin with: the most frequent, and then what is frequent and far from those chosen."""
    chosen = [int(count.argmax())]
    far = np.full(len(means), np.inf)
    while len(chosen) < min(MOST, len(means)):
        far = np.minimum(far, np.sqrt(((means - means[chosen[-1]]) ** 2).sum(1)))
        worth = np.where(far >= APART, far * np.sqrt(count), 0.0)
        if not worth.any():
            break
        chosen.append(int(worth.argmax()))
    return means[chosen]
