# SPDX-License-Identifier: GPL-3.0-or-later
"""The picture network: the sketch network's trunk, from three colours to seven classes."""

from __future__ import annotations

import torch
from torch import Tensor

from smart_lineart.inking.picture.classes import PictureClass
from training.network import LineartNet

LIKELY = tuple(2.0 if name == PictureClass.FLAT else -1.0 for name in PictureClass)
COLOURED = 0.3  # by how much of what it weighs darkness, the trunk starts to look at one colour more or less


def picture_net() -> LineartNet:
    """A network from how much red, green and blue lack of white, 0..1, to logits of each PictureClass."""
    return LineartNet(channels=3, likely=LIKELY)


@torch.no_grad()
def take_trunk(net: LineartNet, sketches: dict[str, Tensor], seed: int = 0) -> None:
    """Start from what a sketch network learned: darkness is the mean of three colours, the maps are new."""
    state = net.state_dict()
    chance = torch.Generator().manual_seed(seed)
    for name, value in state.items():
        old = sketches[name]
        if value.shape == old.shape:
            value.copy_(old)
        elif name == "stem.0.weight":
            apart = torch.randn(value.shape, generator=chance) * old.std() * COLOURED
            value.copy_((old + apart - apart.mean(1, keepdim=True)) / 3)
    net.load_state_dict(state)
