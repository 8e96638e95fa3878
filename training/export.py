# SPDX-License-Identifier: GPL-3.0-or-later
"""Export a checkpoint as models: `python -m training.export runs/a/checkpoint.pt models`.

Writes two folders: lineart-hq, the network in 32-bit floats, and lineart, the one that is used, the same in 8
bits, see training/quantise.py. `python -m training.figures` puts what is measured on them into their cards.

The ONNX file takes uint8 darkness and gives uint8 maps, batch norm folded into the convolutions, so that
tiles cross the runtime's border without float copies.
"""

from __future__ import annotations

import argparse
import copy
import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from smart_lineart.inking.tuning import KEY, Tuning
from training.network import MAPS, STRIDE, LineartNet
from training.quantise import calibration_tiles, quantise


def fold_batch_norm(module: nn.Module) -> None:
    """Fold each batch norm that follows a convolution in a Sequential into it, in place."""
    for child in module.children():
        fold_batch_norm(child)
    if isinstance(module, nn.Sequential):
        for i in range(len(module) - 1):
            first, second = module[i], module[i + 1]
            if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d):
                module[i] = fuse_conv_bn_eval(first, second)
                module[i + 1] = nn.Identity()


class ByteNet(nn.Module):
    """uint8 darkness (1, 1, H, W) -> uint8 (1, 2, H, W): line x 255, solid x 255."""

    def __init__(self, net: LineartNet):
        super().__init__()
        self.net = net

    def forward(self, sketch: Tensor) -> Tensor:
        maps = torch.sigmoid(self.net(sketch.float() * (1 / 255))) * 255
        return torch.round(maps).to(torch.uint8)


def receptive_field(net: LineartNet, side: int = 384) -> int:
    """Side in px of the input square that one output pixel depends on, found by poisoning the input.

    Every weight is made positive, so that any input within reach changes the output.
    """
    probe = copy.deepcopy(net).eval().double()
    with torch.no_grad():
        for parameter in probe.parameters():
            parameter.copy_(parameter.abs() + 1e-3)
    page = torch.zeros(1, net.channels, side, side, dtype=torch.float64, requires_grad=True)
    widest = 0
    # Pixels within one stride see windows that are shifted against each other; take the widest reach.
    for at in range(side // 2, side // 2 + STRIDE):
        gradient = torch.autograd.grad(probe(page)[0, 0, side // 2, at], page)[0][0, 0]
        seen = torch.nonzero(gradient.abs().sum(0)).flatten()
        widest = max(widest, 2 * max(at - int(seen[0]), int(seen[-1]) - at) + 1)
    return widest


def export(checkpoint: Path, folder: Path, *, version: str) -> None:
    """Write model.onnx, in 32-bit floats, and metadata.json into `folder`; README.md is written by hand."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    net = LineartNet()
    net.load_state_dict(state["average"])
    net.eval()
    field = receptive_field(net)
    fold_batch_norm(net)
    write_onnx(ByteNet(net), net.channels, folder, ("sketch", "geometry"))
    write_card(
        folder,
        {
            "schema": 1,
            "name": folder.name,
            "version": version,
            "title": "Lineart, in 32-bit floats",
            "input": "sketch",
            "output": "geometry",
            "channels": MAPS,
            "stride": STRIDE,
            "receptive_field": field,
            "licence": "GPL-3.0-or-later",
            "metrics": {},
            "created": dt.date.today().isoformat(),
            "steps": state["step"],
            KEY: Tuning().to_dict(),
        },
    )


def write_onnx(net: nn.Module, channels: int, folder: Path, names: tuple[str, str]) -> None:
    """Write a network from and to bytes into `folder` as model.onnx, its input and output called `names`."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        net.eval(),
        (torch.zeros(1, channels, 64, 64, dtype=torch.uint8),),
        str(folder / "model.onnx"),
        input_names=[names[0]],
        output_names=[names[1]],
        dynamic_axes={name: {2: "height", 3: "width"} for name in names},
        opset_version=17,
        dynamo=False,
    )


def export_quantised(source: Path, folder: Path, tiles: Iterable[np.ndarray]) -> None:
    """Write the model in folder `source` in 8 bits into `folder`, calibrated on `tiles`."""
    folder.mkdir(parents=True, exist_ok=True)
    quantise(source / "model.onnx", folder / "model.onnx", tiles)
    card = json.loads((source / "metadata.json").read_text())
    write_card(folder, card | {"name": folder.name, "title": "Lineart", "metrics": {}})


def write_card(folder: Path, metadata: dict[str, object]) -> None:
    """Write metadata.json with the checksum of the folder's model.onnx."""
    checksum = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
    text = json.dumps(metadata | {"sha256": checksum}, indent=2)
    (folder / "metadata.json").write_text(text + "\n")


def keep_weights(checkpoint: Path, path: Path) -> None:
    """Write what a new training can start from: the moving average of the weights in half precision, 3 MB."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    halved = {k: v.half() if v.dtype.is_floating_point else v for k, v in state["average"].items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"step": state["step"], "average": halved}, path)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path, help="where the two model folders go, such as models")
    parser.add_argument("--version", default="0.1")
    parser.add_argument(
        "--data", type=Path, default=Path("../shared/linedata"), help="drawings to calibrate on"
    )
    parser.add_argument("--keep", type=Path, help="also write the weights to go on training from")
    args = parser.parse_args()
    exact = args.folder / "lineart-hq"
    export(args.checkpoint, exact, version=args.version)
    export_quantised(exact, args.folder / "lineart", calibration_tiles(args.data))
    if args.keep:
        keep_weights(args.checkpoint, args.keep)


if __name__ == "__main__":
    main()
