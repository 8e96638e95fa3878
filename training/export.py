# SPDX-License-Identifier: GPL-3.0-or-later
"""Export a checkpoint as a model folder: `python -m training.export runs/a/checkpoint.pt models/lineart`.

The ONNX file takes uint8 darkness and gives uint8 maps, batch norm folded into the convolutions, so that
tiles cross the runtime's border without float copies.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from training.network import MAPS, STRIDE, WIDTH_SCALE, LineartNet


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
    """uint8 darkness (1, 1, H, W) -> uint8 (1, 3, H, W): line x 255, relative width x 64, solid x 255."""

    def __init__(self, net: LineartNet):
        super().__init__()
        self.net = net
        # sigmoid x WIDTH_SCALE x 64 is 256 at the most: kept within a byte by the clamp.
        self.register_buffer("unit", torch.tensor([255.0, WIDTH_SCALE * 64, 255.0]).view(1, MAPS, 1, 1))

    def forward(self, sketch: Tensor) -> Tensor:
        maps = torch.sigmoid(self.net(sketch.float() * (1 / 255))) * self.unit
        return torch.clamp(torch.round(maps), 0, 255).to(torch.uint8)


def receptive_field(net: LineartNet, side: int = 384) -> int:
    """Side in px of the input square that one output pixel depends on, found by poisoning the input.

    Every weight is made positive, so that any input within reach changes the output.
    """
    probe = LineartNet()
    probe.load_state_dict(net.state_dict())
    probe.eval().double()
    with torch.no_grad():
        for parameter in probe.parameters():
            parameter.copy_(parameter.abs() + 1e-3)
    page = torch.zeros(1, 1, side, side, dtype=torch.float64, requires_grad=True)
    widest = 0
    # Pixels within one stride see windows that are shifted against each other; take the widest reach.
    for at in range(side // 2, side // 2 + STRIDE):
        gradient = torch.autograd.grad(probe(page)[0, 0, side // 2, at], page)[0][0, 0]
        seen = torch.nonzero(gradient.abs().sum(0)).flatten()
        widest = max(widest, 2 * max(at - int(seen[0]), int(seen[-1]) - at) + 1)
    return widest


def export(checkpoint: Path, folder: Path, *, version: str, metrics: dict[str, float]) -> None:
    """Write model.onnx and metadata.json into `folder`; the card README.md is written by hand."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    net = LineartNet()
    net.load_state_dict(state["average"])
    net.eval()
    field = receptive_field(net)
    fold_batch_norm(net)
    folder.mkdir(parents=True, exist_ok=True)
    onnx = folder / "model.onnx"
    torch.onnx.export(
        ByteNet(net).eval(),
        (torch.zeros(1, 1, 64, 64, dtype=torch.uint8),),
        str(onnx),
        input_names=["sketch"],
        output_names=["geometry"],
        dynamic_axes={"sketch": {2: "height", 3: "width"}, "geometry": {2: "height", 3: "width"}},
        opset_version=17,
        dynamo=False,
    )
    metadata = {
        "schema": 1,
        "name": folder.name,
        "version": version,
        "title": "Lineart",
        "sha256": hashlib.sha256(onnx.read_bytes()).hexdigest(),
        "input": "sketch",
        "output": "geometry",
        "channels": MAPS,
        "stride": STRIDE,
        "receptive_field": field,
        "licence": "GPL-3.0-or-later",
        "metrics": metrics,
        "created": dt.date.today().isoformat(),
        "steps": state["step"],
    }
    (folder / "metadata.json").write_text(json.dumps(metadata, indent=2) + "\n")


def keep_weights(checkpoint: Path, path: Path) -> None:
    """Write what training can go on from, without the optimiser and in half precision: a few MB."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    kept = {"step": state["step"]}
    for name in ("net", "average"):
        kept[name] = {k: v.half() if v.dtype.is_floating_point else v for k, v in state[name].items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(kept, path)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--version", default="0.1")
    parser.add_argument("--metrics", type=Path, help="JSON of figures for the card")
    parser.add_argument("--keep", type=Path, help="also write the weights to go on training from")
    args = parser.parse_args()
    metrics = json.loads(args.metrics.read_text()) if args.metrics else {}
    export(args.checkpoint, args.folder, version=args.version, metrics=metrics)
    if args.keep:
        keep_weights(args.checkpoint, args.keep)


if __name__ == "__main__":
    main()
