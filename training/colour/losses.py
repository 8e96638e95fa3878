# SPDX-License-Identifier: GPL-3.0-or-later
"""What the picture network is trained to do: tell the class of every pixel.

Most pixels are flat and few lie on an edge, so Kugler (TU Wien 2020) compares cross-entropy by itself,
weighted by class, and the focal loss (Lin et al. 2017). Where a pixel can be one of several classes, their
probabilities are added.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from smart_lineart.inking.picture.classes import PictureClass
from training.colour.truth import SETS, UNSURE

FOCUS = 2.0  # gamma of the focal loss
WEIGHTS = {  # of the classes in weighted cross-entropy: rare ones more, lines foremost
    PictureClass.FLAT: 0.5,
    PictureClass.LINE: 1.5,
    PictureClass.SHADE_EDGE: 1.7,
    PictureClass.HIGHLIGHT_EDGE: 1.7,
    PictureClass.COLOUR_EDGE: 1.7,
    PictureClass.SHADE: 0.7,
    PictureClass.HIGHLIGHT: 1.2,
}


COMMON = 0.5  # weight of pixels whose class is one of several


def _entropy(logits: Tensor, truth: Tensor) -> Tensor:
    """Cross-entropy of each pixel, (N, H, W): how unlikely is what it can be; 0 where that is anything."""
    allowed = torch.zeros(256, len(PictureClass), dtype=torch.bool)
    allowed[: len(PictureClass)] = torch.eye(len(PictureClass), dtype=torch.bool)
    allowed[UNSURE] = True
    for value, names in SETS.items():
        allowed[value, list(names)] = True
    never = torch.zeros(allowed.shape).masked_fill(~allowed, -1e4).to(logits.device)
    within = logits + never[truth].permute(0, 3, 1, 2)
    return torch.logsumexp(logits, 1) - torch.logsumexp(within, 1)


def _weights(truth: Tensor) -> Tensor:
    weights = torch.zeros(256)
    weights[: len(PictureClass)] = torch.tensor([WEIGHTS[name] for name in PictureClass])
    weights[list(SETS)] = COMMON
    return weights.to(truth.device)[truth]


def _cross_entropy(logits: Tensor, truth: Tensor) -> Tensor:
    return _entropy(logits, truth).sum() / (truth != UNSURE).sum().clamp(min=1)


def _weighted(logits: Tensor, truth: Tensor) -> Tensor:
    weights = _weights(truth)
    return (weights * _entropy(logits, truth)).sum() / weights.sum().clamp(min=1)


def _focal(logits: Tensor, truth: Tensor) -> Tensor:
    entropy = _entropy(logits, truth)
    known = (truth != UNSURE).sum().clamp(min=1)
    return ((1 - torch.exp(-entropy)) ** FOCUS * entropy).sum() / known * 4


PICTURE_LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "weighted": _weighted,
    "plain": _cross_entropy,
    "focal": _focal,
}
"""Losses by name, from logits (N, classes, H, W) and truth int64 (N, H, W), see `truth_of`.

The first is the one used.
"""
PICTURE_LOSS = next(iter(PICTURE_LOSSES))
