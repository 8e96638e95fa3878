# SPDX-License-Identifier: GPL-3.0-or-later
"""What the network is trained to do."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from training.network import WIDTH_SCALE


def soft_dice(probability: Tensor, truth: Tensor) -> Tensor:
    """1 - Dice over each patch (Milletari et al. 2016, eq. 4); patches without lines count by their false
    ink.
    """
    both = (probability * truth).sum((1, 2))
    total = (probability**2).sum((1, 2)) + (truth**2).sum((1, 2))
    return (1 - (2 * both + 8) / (total + 8)).mean()


def geometry_loss(logits: Tensor, line: Tensor, width: Tensor, solid: Tensor) -> dict[str, Tensor]:
    """Losses of logits (N, 3, H, W) against line and solid maps (N, H, W) and width x 64 (0: nothing to
    learn).

    The line map is a weighted binary cross-entropy, heavier near lines, plus soft Dice, which keeps thin
    lines from fading where their place is in doubt.
    """
    near = functional.max_pool2d(line[:, None], 9, 1, 4)[:, 0]
    weight = 0.35 + 0.65 * near
    cross = functional.binary_cross_entropy_with_logits(logits[:, 0], line, reduction="none")
    line_loss = (cross * weight).mean() + 0.15 * soft_dice(torch.sigmoid(logits[:, 0]), line)
    known = (width > 0).float() * (line > 0.3)
    guess = torch.sigmoid(logits[:, 1]) * WIDTH_SCALE
    width_loss = ((guess - width / 64).abs() * known).sum() / (known.sum() + 1)
    solid_loss = functional.binary_cross_entropy_with_logits(logits[:, 2], solid)
    return {"line": line_loss, "width": 0.03 * width_loss, "solid": 0.5 * solid_loss}
