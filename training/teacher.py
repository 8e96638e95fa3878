# SPDX-License-Identifier: GPL-3.0-or-later
"""What an earlier network says, as something to learn beside the truth (Hinton et al. 2015, "Distilling").

It is asked for a patch and its three reflections: their mean is calmer than any of them.
"""

from __future__ import annotations

import copy
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.losses import SOLID_WEIGHT, weighted_cross_entropy

REFLECTIONS: tuple[tuple[int, ...], ...] = ((), (2,), (3,), (2, 3))
BESIDE = 6  # px around blacks of which it is not believed: those may be new to it


class Teacher:
    """An earlier network of the same form as `net`, with the average weights of a checkpoint."""

    def __init__(self, net: nn.Module, weights: Path):
        self._net = copy.deepcopy(net).eval()
        state = torch.load(weights, map_location="cpu", weights_only=True)
        self._net.load_state_dict(state["average"])

    @torch.no_grad()
    def says(self, sketch: Tensor) -> Tensor:
        """Probabilities (N, 2, H, W) of patches (N, 1, H, W): the mean over their reflections."""
        told = [
            torch.sigmoid(self._net(sketch.flip(axes)).float()).flip(axes) if axes
            else torch.sigmoid(self._net(sketch).float())
            for axes in REFLECTIONS
        ]  # fmt: skip
        return torch.stack(told).mean(0)


def taught_loss(logits: Tensor, said: Tensor, solid: Tensor) -> dict[str, Tensor]:
    """Losses of logits (N, 2, H, W) against what a teacher `said` (N, 2, H, W), but near true blacks, `solid`
    (N, H, W).
    """
    near = functional.max_pool2d(solid[:, None], 2 * BESIDE + 1, 1, BESIDE)[:, 0]
    believed = (near < 0.5).float()
    line = weighted_cross_entropy(logits[:, 0], said[:, 0])
    black = functional.binary_cross_entropy_with_logits(logits[:, 1], said[:, 1], reduction="none")
    return {
        "taught line": (line * believed).mean(),
        "taught solid": SOLID_WEIGHT * (black * believed).mean(),
    }
