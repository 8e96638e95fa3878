# SPDX-License-Identifier: GPL-3.0-or-later
"""The other head: ink painted by the network, for comparison with ink drawn from geometry.

`python -m training.painted --start training/checkpoints/lineart.pt --drawings DIR --out runs/painted`

Thickness enters as two constant planes before the last two convolutions, as quality metrics' floor had it
(after the "channel before the last layer" variant); the trunk starts from the shipped weights and learns on.
Then both heads ink the stroke drawings in DIR at several thicknesses and are measured alike.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset

from drawings.metrics import measure
from drawings.strokes import LONG_EDGE
from drawings.subjects import Subject, find_files, load_subjects
from smart_lineart.inking import ArraySketch, Inker
from smart_lineart.inking.page.paper import firm_darkness, judge_paper, network_darkness
from smart_lineart.inking.page.reading import read_reduced
from smart_lineart.inking.page.scale import auto_scales, extent, stroke_width
from smart_lineart.inking.raster.resampling import resize
from training.losses import soft_dice
from training.network import STRIDE, WIDTHS, LineartNet
from training.scenes import MARGIN, SHIFT, SUPERSAMPLE, Scenes, Sources, fixed
from training.truth import SCALES

THICKNESSES = (2.0, 4.0, 8.0, 16.0)  # page px at LONG_EDGE
FIGURES = ("F", "L", "ends", "comp", "grey", "width")


class PaintedNet(nn.Module):
    """Darkness (N, 1, H, W) and thickness (N,) working px -> ink logits (N, H, W)."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = LineartNet()
        self.first = nn.Conv2d(WIDTHS[0] + 2, 32, 3, 1, 1)
        self.last = nn.Conv2d(32, 4, 3, 1, 1)
        nn.init.constant_(self.last.bias, -3.0)

    def forward(self, darkness: Tensor, thickness: Tensor) -> Tensor:
        features = self.trunk.features(darkness)
        planes = torch.stack([thickness / 10, thickness.log()], 1)[:, :, None, None]
        planes = planes.expand(-1, -1, *features.shape[2:])
        hidden = functional.relu(self.first(torch.cat([features, planes], 1)))
        return functional.pixel_shuffle(self.last(hidden), 2)[:, 0]


class PaintedScenes(Scenes):
    """Patches, each with the ink of its lines, uint8 (side, side), at a random thickness in working px."""

    thickness = 1.0
    ink = np.zeros((0, 0), np.uint8)

    def truth(self, lines: list[np.ndarray], whole: int) -> np.ndarray:
        self.thickness = float(np.exp(self.rng.uniform(math.log(1.0), math.log(10.0))))
        fine = np.zeros((whole * SUPERSAMPLE, whole * SUPERSAMPLE), np.uint8)
        for line in lines:
            at = fixed(line[:, :2], SUPERSAMPLE)
            for start in range(0, len(at) - 1, 2):
                wide = float(line[start : start + 3, 2].mean()) * self.thickness * SUPERSAMPLE
                cv2.polylines(
                    fine, [at[start : start + 3]], False, 255, max(1, round(wide)), cv2.LINE_AA, SHIFT
                )
        self.ink = cv2.resize(fine, (whole, whole), interpolation=cv2.INTER_AREA)[
            MARGIN:-MARGIN, MARGIN:-MARGIN
        ]
        return super().truth(lines, whole)


class PaintedStream(IterableDataset):
    """(sketch, ink) as uint8 (2, side, side), and thickness in working px."""

    def __init__(self, data: Path, side: int):
        self.data, self.side = data, side

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.float32]]:
        scenes = PaintedScenes(Sources.load(self.data), self.side, 5)
        for patch in scenes:
            ink = np.maximum(scenes.ink, np.round(patch.solid * 255)).astype(np.uint8)
            yield np.stack([np.round(patch.sketch * 255).astype(np.uint8), ink]), np.float32(scenes.thickness)


def train(start: Path, data: Path, steps: int, batch: int, side: int) -> PaintedNet:
    """The painted head and its trunk after `steps`."""
    torch.manual_seed(0)
    net = PaintedNet()
    net.trunk.load_state_dict(torch.load(start, map_location="cpu", weights_only=True)["average"])
    groups = [{"params": net.trunk.parameters(), "lr": 3e-4}]
    groups.append({"params": [*net.first.parameters(), *net.last.parameters()], "lr": 2e-3})
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    loader = DataLoader(PaintedStream(data, side), batch, num_workers=1)
    for step, (planes, thickness) in zip(range(steps), loader, strict=False):
        sketch, ink = planes.float().div(255).unbind(1)
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(sketch[:, None].contiguous(memory_format=torch.channels_last), thickness)
        loss = functional.binary_cross_entropy_with_logits(logits.float(), ink)
        loss = loss + 0.15 * soft_dice(torch.sigmoid(logits.float()), ink)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 50 == 0:
            print(step, round(float(loss.detach()), 4), flush=True)
    return net.eval()


def working_darkness(sketch: np.ndarray) -> tuple[np.ndarray, float]:
    """The network's input (H, W) uint8 as the engine makes it, and working px per page px."""
    page = ArraySketch(sketch)
    height, width = page.size
    reduced = read_reduced(page, 1)
    paper = judge_paper(reduced)
    relative = paper.relative_darkness(reduced)
    firm = firm_darkness(relative)
    scale, _ = auto_scales(stroke_width(relative, firm), extent(relative, firm), max(page.size), SCALES)
    luma = resize(reduced, round(height * scale), round(width * scale)) * np.float32(1 / 65535)
    return network_darkness(paper.relative_darkness(luma), firm), scale


@torch.no_grad()
def paint(net: PaintedNet, sketch: np.ndarray, thickness: float) -> np.ndarray:
    """Lineart (H, W) uint8, 0 ink .. 255 paper, painted at working scale and enlarged to the page."""
    darkness, scale = working_darkness(sketch)
    tall, wide = darkness.shape
    padded = np.pad(darkness, ((0, -tall % STRIDE), (0, -wide % STRIDE)))
    planes = torch.from_numpy(padded)[None, None].float() / 255
    ink = torch.sigmoid(net(planes, torch.tensor([thickness * scale])))[0, :tall, :wide].numpy()
    ink = cv2.resize(ink, sketch.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    return np.round(255 * (1 - np.clip(ink, 0, 1))).astype(np.uint8)


def compare(net: PaintedNet, drawings: Path, out: Path) -> dict[str, dict[str, float]]:
    """Medians over the drawings of both heads at each thickness; leaves crops side by side in `out`."""
    rows: dict[str, list[dict[str, float]]] = {}
    with Inker() as inker:
        for subject in load_subjects(find_files(drawings), ["plain"]):
            if subject.truth is None:
                continue
            unit = max(subject.sketch.shape[:2]) / LONG_EDGE
            for thickness in THICKNESSES:
                heads = {
                    "painted": paint(net, subject.sketch, thickness * unit),
                    "drawn": 255 - inker.ink(subject.sketch, thickness=thickness * unit),
                }
                for head, lineart in heads.items():
                    rows.setdefault(f"{head}, {thickness:g} px", []).append(measure(lineart, subject.truth))
                if thickness == 4:
                    _keep_crop(subject, heads, out)
    return {
        name: {figure: float(np.median([row[figure] for row in found])) for figure in FIGURES}
        for name, found in rows.items()
    }


def _keep_crop(subject: Subject, heads: dict[str, np.ndarray], out: Path) -> None:
    height, width = heads["drawn"].shape
    cut = np.s_[height // 2 - 160 : height // 2 + 160, width // 2 - 160 : width // 2 + 160]
    grey = subject.sketch if subject.sketch.ndim == 2 else cv2.cvtColor(subject.sketch, cv2.COLOR_RGB2GRAY)
    cells = [grey[cut], heads["painted"][cut], heads["drawn"][cut]]
    cv2.imwrite(str(out / f"{subject.name}.png"), np.hstack(cells))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/linedata"))
    parser.add_argument("--drawings", type=Path, default=Path("../shared/sketches/strokes"))
    parser.add_argument("--start", type=Path, default=Path("training/checkpoints/lineart.pt"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=800)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    net = train(args.start, args.data, args.steps, 12, 192)
    results = compare(net, args.drawings, args.out)
    (args.out / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    print("| head |", " | ".join(FIGURES), "|\n" + "|---" * (len(FIGURES) + 1) + "|")
    for name, row in results.items():
        print(f"| {name} |", " | ".join(f"{row[figure]:.3f}" for figure in FIGURES), "|")


if __name__ == "__main__":
    main()
