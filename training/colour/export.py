# SPDX-License-Identifier: GPL-3.0-or-later
"""Export the picture network: `python -m training.colour.export runs/p/checkpoint.pt models/lines`.

Writes it in 8 bits, calibrated on pictures of the pool that it learned from. It takes what red, green and
blue lack of white, uint8, and gives the probability of each PictureClass, times 255.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from smart_lineart.inking.picture.classes import PictureClass
from smart_lineart.inking.tuning import KEY, Tuning
from training.colour.network import picture_net
from training.export import fold_batch_norm, keep_weights, receptive_field, write_card, write_onnx
from training.network import STRIDE, LineartNet
from training.quantise import PATCHES, quantise


class ByteNet(nn.Module):
    """uint8 (1, 3, H, W), what colours lack of white -> uint8 (1, classes, H, W): probability x 255."""

    def __init__(self, net: LineartNet):
        super().__init__()
        self.net = net

    def forward(self, picture: Tensor) -> Tensor:
        maps = torch.softmax(self.net(picture.float() * (1 / 255)), 1) * 255
        return torch.round(maps).to(torch.uint8)


def export(checkpoint: Path, folder: Path, pool: Path, *, version: str) -> None:
    """Write model.onnx in 8 bits and metadata.json into `folder`; README.md is written by hand."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    net = picture_net()
    net.load_state_dict(state["average"])
    net.eval()
    field = receptive_field(net)
    fold_batch_norm(net)
    with tempfile.TemporaryDirectory() as exact:
        write_onnx(ByteNet(net), net.channels, Path(exact), ("picture", "classes"))
        folder.mkdir(parents=True, exist_ok=True)
        quantise(Path(exact) / "model.onnx", folder / "model.onnx", _tiles(pool))
    write_card(
        folder,
        {
            "schema": 1,
            "name": folder.name,
            "version": version,
            "title": "Lines from pictures",
            "input": "picture",
            "output": "classes",
            "channels": len(PictureClass),
            "stride": STRIDE,
            "receptive_field": field,
            "licence": "GPL-3.0-or-later",
            "metrics": {},
            "created": dt.date.today().isoformat(),
            "steps": state["step"],
            KEY: Tuning().to_dict(),
        },
    )


def _tiles(pool: Path, seed: int = 4711) -> Iterator[np.ndarray]:
    rng = np.random.default_rng(seed)
    files = sorted(pool.rglob("*.npy"))
    for _ in range(PATCHES):
        pictures = np.load(files[rng.integers(len(files))], mmap_mode="r")
        yield np.uint8(255) - pictures[rng.integers(len(pictures)), :3][None]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path, help="where the model goes, such as models/lines")
    parser.add_argument("--pool", type=Path, required=True, help="pictures to calibrate on")
    parser.add_argument("--version", default="0.1")
    parser.add_argument("--keep", type=Path, help="also write the weights to go on training from")
    args = parser.parse_args()
    export(args.checkpoint, args.folder, args.pool, version=args.version)
    if args.keep:
        keep_weights(args.checkpoint, args.keep)


if __name__ == "__main__":
    main()
