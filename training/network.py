# SPDX-License-Identifier: GPL-3.0-or-later
"""The lineart network: a small half-resolution U-Net from darkness to line geometry.

After Simo-Serra et al. 2016 (fully convolutional, trained from scratch, rough in, clean out), shrunk to
about a
million parameters: a strided stem folds the page to half resolution, residual 3x3 convolutions work at 1/2,
1/4, 1/8 and 1/16 (the middle sees over 200 px), and a sub-pixel convolution (Shi et al. 2016) gives the maps
back at full resolution.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

STRIDE = 16  # total stride of the trunk: tiles start at multiples of it
WIDTHS = (24, 48, 96, 160)
MAPS = 2  # line logit, solid logit


def conv(cin: int, cout: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    """Convolution, batch norm (folded into the weights on export) and ReLU."""
    pad = (kernel - stride + 1) // 2
    return nn.Sequential(
        nn.Conv2d(cin, cout, kernel, stride, pad, bias=False), nn.BatchNorm2d(cout), nn.ReLU(inplace=True)
    )


class Residual(nn.Module):
    """Two 3x3 convolutions around an identity (He et al. 2016)."""

    def __init__(self, width: int):
        super().__init__()
        self.first = conv(width, width)
        self.second = nn.Sequential(nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))
        nn.init.zeros_(self.second[1].weight)

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x + self.second(self.first(x)))


class LineartNet(nn.Module):
    """Darkness (N, C, H, W) float 0..1 -> logits (N, M, H, W); H and W multiples of 16.

    `channels` C is 1 for sketches; `likely` gives the M logits it begins with, those of a line and of solid.
    """

    def __init__(
        self,
        widths: tuple[int, ...] = WIDTHS,
        channels: int = 1,
        likely: tuple[float, ...] = (-3.0, -5.0),
    ):
        super().__init__()
        self.channels = channels
        self.stem = conv(channels, widths[0], kernel=6, stride=2)
        self.down = nn.ModuleList(conv(a, b, kernel=2, stride=2) for a, b in pairwise(widths))
        self.encode = nn.ModuleList(Residual(w) for w in widths[:-1])
        self.middle = nn.Sequential(Residual(widths[-1]), Residual(widths[-1]))
        self.lift = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in pairwise(widths))
        self.decode = nn.ModuleList(Residual(w) for w in widths[:-1])
        self.out = nn.Conv2d(widths[0], len(likely) * 4, 3, 1, 1)
        with torch.no_grad():
            self.out.bias.copy_(torch.tensor(likely).repeat_interleave(4))

    def forward(self, darkness: Tensor) -> Tensor:
        return functional.pixel_shuffle(self.out(self.features(darkness)), 2)

    def features(self, darkness: Tensor) -> Tensor:
        """What the maps are read from: (N, widths[0], H / 2, W / 2)."""
        x = self.stem(darkness)
        skips = []
        for encode, down in zip(self.encode, self.down, strict=True):
            x = encode(x)
            skips.append(x)
            x = down(x)
        x = self.middle(x)
        for level in reversed(range(len(skips))):
            x = functional.interpolate(self.lift[level](x), scale_factor=2.0, mode="nearest")
            x = self.decode[level](functional.relu(x + skips[level]))
        return x


def count_macs(widths: tuple[int, ...] = WIDTHS, side: int = 256) -> float:
    """Multiply-accumulates per input pixel."""
    total = 0

    def hook(module: nn.Module, _: object, out: Tensor) -> None:
        nonlocal total
        assert isinstance(module, nn.Conv2d)
        total += out.numel() * module.in_channels * module.kernel_size[0] * module.kernel_size[1]

    net = LineartNet(widths).eval()
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            module.register_forward_hook(hook)
    with torch.no_grad():
        net(torch.zeros(1, 1, side, side))
    return total / side**2
