# SPDX-License-Identifier: GPL-3.0-or-later
"""What the network is trained to do."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

SOLID_WEIGHT = 2.0  # of the loss of blacks, in that of lines: they are few
SOLID_DICE = 0.08


def soft_dice(probability: Tensor, truth: Tensor) -> Tensor:
    """1 - Dice over each patch (Milletari et al. 2016, eq. 4); patches without lines count by their false
    ink.
    """
    both = (probability * truth).sum((1, 2))
    total = (probability**2).sum((1, 2)) + (truth**2).sum((1, 2))
    return (1 - (2 * both + 8) / (total + 8)).mean()


def loss_map(line: Tensor) -> Tensor:
    """Weights (N, H, W) of Simo-Serra et al. 2016, section 3.3: min(6 exp(-h) - 2, 1), 1 on white paper.

    h is the share, within 5x5 px, of the pixels that fall into the centre's bin of 10: thin lines count as
    much as paper, the inside of thick ones less.
    """
    bins = (line * 9.999).floor()
    padded = functional.pad(bins[:, None], (2, 2, 2, 2), mode="replicate")
    windows = functional.unfold(padded, 5).view(len(line), 25, *line.shape[1:])
    share = (windows == bins[:, None]).float().mean(1)
    return torch.where(line <= 0, 1.0, (6 * torch.exp(-share) - 2).clamp(max=1.0))


def soft_skeleton(ink: Tensor, rounds: int = 3) -> Tensor:
    """Differentiable thinning by minimum and maximum filters (Shit et al. 2021, algorithm 1)."""

    def eroded(x: Tensor) -> Tensor:
        across = -functional.max_pool2d(-x, (3, 1), 1, (1, 0))
        return torch.minimum(across, -functional.max_pool2d(-x, (1, 3), 1, (0, 1)))

    def opened(x: Tensor) -> Tensor:
        return functional.max_pool2d(eroded(x), 3, 1, 1)

    ink = ink[:, None]
    skeleton = functional.relu(ink - opened(ink))
    for _ in range(rounds):
        ink = eroded(ink)
        rest = functional.relu(ink - opened(ink))
        skeleton = skeleton + functional.relu(rest - skeleton * rest)
    return skeleton[:, 0]


def cl_dice(probability: Tensor, truth: Tensor) -> Tensor:
    """1 - centreline Dice (Shit et al. 2021, algorithm 2): each skeleton should lie in the other's lines."""
    thin, thin_truth = soft_skeleton(probability), soft_skeleton(truth)
    precise = ((thin * truth).sum((1, 2)) + 1) / (thin.sum((1, 2)) + 1)
    complete = ((thin_truth * probability).sum((1, 2)) + 1) / (thin_truth.sum((1, 2)) + 1)
    return (1 - 2 * precise * complete / (precise + complete)).mean()


def _near(line: Tensor) -> Tensor:
    """1 within 4 px of a line."""
    return functional.max_pool2d(line[:, None], 9, 1, 4)[:, 0]


def _cross_entropy(logits: Tensor, line: Tensor) -> Tensor:
    return functional.binary_cross_entropy_with_logits(logits, line, reduction="none")


def _loss_map_2016(logits: Tensor, line: Tensor) -> Tensor:
    # x 3: the weight it needs against the solid loss to train at the same pace.
    return 3 * (loss_map(line) * (torch.sigmoid(logits) - line) ** 2).mean()


def _plain_dice(logits: Tensor, line: Tensor) -> Tensor:
    return _cross_entropy(logits, line).mean() + 0.15 * soft_dice(torch.sigmoid(logits), line)


def _plain_cl_dice(logits: Tensor, line: Tensor) -> Tensor:
    probability = torch.sigmoid(logits)
    overlap = 0.5 * soft_dice(probability, line) + 0.5 * cl_dice(probability, line)
    return _cross_entropy(logits, line).mean() + 0.15 * overlap


def weighted_cross_entropy(logits: Tensor, line: Tensor) -> Tensor:
    """The cross-entropy (N, H, W) of each pixel, heavier near lines."""
    return _cross_entropy(logits, line) * (0.35 + 0.65 * _near(line))


def _weighted(logits: Tensor, line: Tensor) -> Tensor:
    return weighted_cross_entropy(logits, line).mean()


def _weighted_dice(logits: Tensor, line: Tensor) -> Tensor:
    return _weighted(logits, line) + 0.15 * soft_dice(torch.sigmoid(logits), line)


LINE_LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "weighted cross-entropy + Dice": _weighted_dice,
    "weighted cross-entropy": _weighted,
    "cross-entropy + Dice": _plain_dice,
    "cross-entropy + Dice + clDice": _plain_cl_dice,
    "loss map of 2016": _loss_map_2016,
}
"""Line losses by name, from logits and truth (N, H, W); the first is the one used, see training.compare."""
LINE_LOSS = next(iter(LINE_LOSSES))


def geometry_loss(
    logits: Tensor, line: Tensor, solid: Tensor, line_loss: str = LINE_LOSS
) -> dict[str, Tensor]:
    """Losses of logits (N, 2, H, W) against line and solid maps (N, H, W).

    The line map has a weighted binary cross-entropy, heavier near lines, plus soft Dice, which keeps thin
    lines from fading where their place is in doubt; other choices for comparison are in LINE_LOSSES.
    """
    solid_loss = functional.binary_cross_entropy_with_logits(logits[:, 1], solid)
    solid_loss = solid_loss + SOLID_DICE * soft_dice(torch.sigmoid(logits[:, 1]), solid)
    return {"line": LINE_LOSSES[line_loss](logits[:, 0], line), "solid": SOLID_WEIGHT * solid_loss}
