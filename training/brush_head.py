# SPDX-License-Identifier: GPL-3.0-or-later
"""Proof of concept: a head that paints in any brush, told by a small encoder that reads the brush's strip.

    python -m training.brush_head examples --data DIR --out runs/brushes --count 3000
    python -m training.brush_head train --out runs/brushes --minutes 25
    python -m training.brush_head compare --data DIR --out runs/brushes

The trunk is the shipped one and learns on slowly; the strip's code and the thickness enter only the head
(`painted.py` has that head without a strip). What it paints in brushes held out is compared with what the
engine draws with the same strips, both against the stamped truth.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from smart_lineart.inking import ArraySketch, Inker, Rect
from smart_lineart.inking.drawing.textured import draw
from training.brushes import GRAINS, Example, Examples, canvas_grain
from training.losses import soft_dice
from training.network import WIDTHS, LineartNet

SIDE = 128  # px of a patch that is learned from
SEEN = 256  # px of a patch that is compared
CODE, HIDDEN = 32, 48
BATCH = 12
THICKNESSES = (4.0, 8.0, 16.0)
FIGURES = ("width", "cover", "rough", "bare")


class StripEncoder(nn.Module):
    """Strips (N, 1, 64, 256), 1 ink -> codes (N, CODE). Columns stay apart: they are pressures."""

    def __init__(self) -> None:
        super().__init__()
        widths = (1, 12, 24, 32, 32)
        steps: list[nn.Module] = []
        for cin, cout in pairwise(widths):
            steps += [nn.Conv2d(cin, cout, 3, 2, 1), nn.ReLU()]
        self.body = nn.Sequential(*steps)
        self.out = nn.Sequential(nn.Linear(32 * 4 * 16, 64), nn.ReLU(), nn.Linear(64, CODE))

    def forward(self, strips: Tensor) -> Tensor:
        return self.out(self.body(strips).flatten(1))


class BrushNet(nn.Module):
    """Darkness, canvas grain, thickness px and strips -> ink logits (N, H, W)."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = LineartNet()
        self.encoder = StripEncoder()
        self.first = nn.Conv2d(WIDTHS[0] + 4 * len(GRAINS), HIDDEN, 3, 1, 1)
        self.second = nn.Conv2d(HIDDEN, HIDDEN, 3, 1, 1)
        self.last = nn.Conv2d(HIDDEN, 4, 3, 1, 1)
        # The code and the thickness scale and shift what the head sees (Perez et al., "FiLM", 2018).
        self.mixing = nn.Sequential(nn.Linear(CODE + 2, 96), nn.ReLU(), nn.Linear(96, 4 * HIDDEN))
        nn.init.constant_(self.last.bias, -3.0)

    def forward(self, darkness: Tensor, grain: Tensor, thickness: Tensor, strips: Tensor) -> Tensor:
        features = self.trunk.features(darkness)
        told = torch.cat([self.encoder(strips), thickness[:, None] / 10, thickness.log()[:, None]], 1)
        mixing = self.mixing(told)[:, :, None, None].chunk(4, 1)
        x = self.first(torch.cat([features, functional.pixel_unshuffle(grain, 2)], 1))
        x = functional.relu(x * (1 + mixing[0]) + mixing[1])
        x = functional.relu(self.second(x) * (1 + mixing[2]) + mixing[3])
        return functional.pixel_shuffle(self.last(x), 2)[:, 0]


def keep_examples(data: Path, out: Path, count: int) -> None:
    """Stamping is slow, so the patches to learn from are painted beforehand."""
    source = Examples(data, SIDE, 1, held_out=False).examples()
    planes, strips = np.zeros((count, 2, SIDE, SIDE), np.uint8), np.zeros((count, 64, 256), np.uint8)
    thickness, origins = np.zeros(count, np.float32), np.zeros((count, 2), np.int64)
    began = time.monotonic()
    for number in range(count):
        one = next(source)
        planes[number] = np.rint(255 * np.stack([one.sketch, one.ink]))
        strips[number], thickness[number], origins[number] = one.brush.strip.pixels, one.thickness, one.origin
        if number % 100 == 99:
            print(number + 1, f"{time.monotonic() - began:.0f} s", flush=True)
    np.savez(out / "examples.npz", planes=planes, strips=strips, thickness=thickness, origins=origins)


def _batch(kept: dict[str, np.ndarray], rng: np.random.Generator) -> tuple[Tensor, ...]:
    some = rng.choice(len(kept["planes"]), BATCH, replace=False)
    sketch, ink = (torch.from_numpy(kept["planes"][some, which]).float() / 255 for which in (0, 1))
    origins = kept["origins"][some]
    grain = np.stack([canvas_grain(SIDE, (int(x), int(y))) for x, y in origins]) - np.float32(0.5)
    strips = 1 - torch.from_numpy(kept["strips"][some]).float()[:, None] / 255
    return sketch[:, None], torch.from_numpy(grain), torch.from_numpy(kept["thickness"][some]), strips, ink


def _loss(logits: Tensor, ink: Tensor) -> Tensor:
    """Ink, and how rough it is: a head that is sure of nothing paints fog, which is right on average."""
    seen = torch.sigmoid(logits)
    loss = functional.binary_cross_entropy_with_logits(logits, ink) + 0.15 * soft_dice(seen, ink)

    def roughness(image: Tensor) -> Tensor:
        mean = functional.avg_pool2d(image[:, None], 5, 1, 2)
        return (functional.avg_pool2d(image[:, None] ** 2, 5, 1, 2) - mean**2).clamp(min=1e-4).sqrt()

    return loss + 0.5 * (roughness(seen) - roughness(ink)).abs().mean()


def train(start: Path, out: Path, minutes: float) -> None:
    """Learn for so many minutes of processor time; leaves `brush_head.pt`."""
    torch.manual_seed(0)
    net = BrushNet()
    net.trunk.load_state_dict(torch.load(start, map_location="cpu", weights_only=True)["average"])
    kept = dict(np.load(out / "examples.npz"))
    head = [p for name, p in net.named_parameters() if not name.startswith("trunk")]
    groups = [{"params": net.trunk.parameters(), "lr": 3e-4}, {"params": head, "lr": 2e-3}]
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98))
    usual = [group["lr"] for group in optimiser.param_groups]
    rng, seconds, step, recent = np.random.default_rng(0), minutes * 60, 0, 1.0
    began = time.process_time()
    while (spent := time.process_time() - began) < seconds:
        for group, rate in zip(optimiser.param_groups, usual, strict=True):
            group["lr"] = rate * min(1.0, (step + 1) / 50) * 0.5 * (1 + np.cos(np.pi * spent / seconds))
        *given, ink = _batch(kept, rng)
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(*given)
        loss = _loss(logits.float(), ink)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        step += 1
        recent += 0.02 * (float(loss.detach()) - recent)
        if step % 50 == 0:
            print(step, f"{spent:.0f} s", f"{recent:.4f}", flush=True)
    budget = {"steps": step, "cpu_minutes": minutes, "patches": len(kept["planes"])}
    (out / "budget.json").write_text(json.dumps(budget) + "\n")
    torch.save(net.state_dict(), out / "brush_head.pt")


@torch.no_grad()
def _painted(net: BrushNet, example: Example) -> np.ndarray:
    """Ink 0..1 by the learned head."""
    side = len(example.sketch)
    sketch = torch.from_numpy(example.sketch)[None, None].float()
    grain = torch.from_numpy(canvas_grain(side, example.origin) - np.float32(0.5))[None]
    strip = 1 - torch.from_numpy(example.brush.strip.pixels).float()[None, None] / 255
    return torch.sigmoid(net(sketch, grain, torch.tensor([example.thickness]), strip))[0].numpy()


def _drawn(inker: Inker, example: Example) -> np.ndarray:
    """Ink 0..1 by the engine from the sketch, at the same working scale."""
    sketch = np.asarray(np.rint(255 * (1 - example.sketch)), np.uint8)
    features = inker.prepare(ArraySketch(sketch), detail=1.0)
    ink = inker.render(features, thickness=example.thickness, style=example.brush.style, faint=0.0)
    return np.asarray(ink / 255.0)


def _traced(example: Example) -> np.ndarray:
    """Ink 0..1 by the engine along the true strokes: what the brush alone adds to the error."""
    side = len(example.sketch)
    page = Rect(0, 0, side, side)
    ink = draw(example.strokes, page, thickness=example.thickness, style=example.brush.style)
    return np.asarray(ink / 255.0)


def figures(ink: np.ndarray, truth: np.ndarray, thickness: float) -> dict[str, float]:
    """How far ink is from the stamped truth; 0 is best in all of them.

    width: the area where ink, softened over a quarter of the thickness, is above half its usual depth, over
    the truth's, less 1. cover: mean difference of the two so softened, over the truth's mean. rough: standard
    deviation in the truth's inner parts over the truth's, less 1. bare: share of inner pixels with less than
    a quarter of the ink, less the truth's.
    """
    soft, true = (cv2.GaussianBlur(one, (0, 0), max(0.7, thickness / 4)) for one in (ink, truth))
    level = 0.5 * float(np.quantile(true[true > 0.2 * true.max()], 0.75))
    inside = cv2.erode((true > level).astype(np.uint8), np.ones((3, 3))) > 0
    if inside.sum() < 50:
        return {}
    fine = [one[inside] - soft_one[inside] for one, soft_one in ((ink, soft), (truth, true))]
    return {
        "width": float((soft > level).sum() / (true > level).sum() - 1),
        "cover": float(np.abs(soft - true).mean() / true.mean()),
        "rough": float(fine[0].std() / max(float(fine[1].std()), 0.02) - 1),
        "bare": float(np.mean(ink[inside] < 0.25) - np.mean(truth[inside] < 0.25)),
    }


def compare(data: Path, out: Path, brushes: int) -> None:
    """Median of each figure, and of its size, over brushes held out; pictures of some in `out`."""
    net = BrushNet()
    net.load_state_dict(torch.load(out / "brush_head.pt", map_location="cpu", weights_only=True))
    net.eval()
    rows: dict[str, list[dict[str, float]]] = {}
    pictures: list[np.ndarray] = []
    with Inker() as inker:
        ways: dict[str, Callable[[Example], np.ndarray]] = {
            "learned head": lambda one: _painted(net, one),
            "drawn": lambda one: _drawn(inker, one),
            "drawn along true lines": _traced,
        }
        for thickness in THICKNESSES:
            source = Examples(data, SEEN, 7, held_out=True, thickness=thickness).examples()
            for number in range(brushes):
                one = next(source)
                inked = {way: make(one) for way, make in ways.items()}
                for way, ink in inked.items():
                    rows.setdefault(f"{way}, {thickness:g} px", []).append(figures(ink, one.ink, thickness))
                if number < 2:
                    pictures.append(_row(one, inked))
    cv2.imwrite(str(out / "learned-head.webp"), np.vstack(pictures), [cv2.IMWRITE_WEBP_QUALITY, 75])
    results = {
        way: {
            figure: {
                "median": float(np.median([row[figure] for row in found if row])),
                "size": float(np.median([abs(row[figure]) for row in found if row])),
            }
            for figure in FIGURES
        }
        for way, found in rows.items()
    }
    (out / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    print("| head |", " | ".join(FIGURES), "|\n" + "|---" * (len(FIGURES) + 1) + "|")
    for way, row in results.items():
        cells = (f"{row[f]['median']:+.3f} ({row[f]['size']:.3f})" for f in FIGURES)
        print(f"| {way} |", " | ".join(cells), "|")


def _row(one: Example, inked: dict[str, np.ndarray]) -> np.ndarray:
    """Strip, sketch, truth and every way to ink it, beside each other."""
    strip = np.full((SEEN, 256), 255, np.uint8)
    strip[96:160] = one.brush.strip.pixels
    shades = [1 - one.sketch, 1 - one.ink, *(1 - ink for ink in inked.values())]
    return np.hstack([strip, *(np.asarray(np.rint(255 * shade), np.uint8) for shade in shades)])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["examples", "train", "compare"])
    parser.add_argument("--data", type=Path, default=Path("../shared/linedata"))
    parser.add_argument("--start", type=Path, default=Path("training/checkpoints/lineart.pt"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--minutes", type=float, default=25.0)
    parser.add_argument("--brushes", type=int, default=24)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    if args.what == "examples":
        keep_examples(args.data, args.out, args.count)
    elif args.what == "train":
        train(args.start, args.out, args.minutes)
    else:
        compare(args.data, args.out, args.brushes)


if __name__ == "__main__":
    main()
