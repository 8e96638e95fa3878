# SPDX-License-Identifier: GPL-3.0-or-later
"""What the picture network is trained to do: tell the class of every pixel.

Most pixels are flat and few lie on an edge, so Kugler (TU Wien 2020) compares cross-entropy by itself,
weighted by class, and the focal loss (Lin et al. 2017).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from smart_lineart.inking.picture.classes import PictureClass
from training.colour.paint import UNSURE

FOCUS = 2.0  # gamma of the focal loss
WEIGHTS = {  # of the classes in weighted cross-entropy: about the square root of how rare they are
    PictureClass.FLAT: 0.5,
    PictureClass.LINE: 1.0,
    PictureClass.SHADE_EDGE: 2.0,
    PictureClass.HIGHLIGHT_EDGE: 2.0,
    PictureClass.COLOUR_EDGE: 2.0,
    PictureClass.SHADE: 0.7,
    PictureClass.HIGHLIGHT: 1.2,
}


def _cross_entropy(logits: Tensor, truth: Tensor) -> Tensor:
    return functional.cross_entropy(logits, truth, ignore_index=UNSURE)


def _weighted(logits: Tensor, truth: Tensor) -> Tensor:
    weights = torch.tensor([WEIGHTS[name] for name in PictureClass], device=logits.device)
    return functional.cross_entropy(logits, truth, weights, ignore_index=UNSURE)


def _focal(logits: Tensor, truth: Tensor) -> Tensor:
    entropy = functional.cross_entropy(logits, truth, ignore_index=UNSURE, reduction="none")
    known = (truth != UNSURE).sum().clamp(min=1)
    return ((1 - torch.exp(-entropy)) ** FOCUS * entropy).sum() / known * 4


PICTURE_LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "weighted": _weighted,
    "plain": _cross_entropy,
    "focal": _focal,
}
"""Losses by name, from logits (N, classes, H, W) and truth int64 (N, H, W); the first is the one used."""
PICTURE_LOSS = next(iter(PICTURE_LOSSES))
