# SPDX-License-Identifier: GPL-3.0-or-later
"""What each choice of the recipe is worth: `python -m training.compare --drawings DIR --out runs/compare`.

Trains one network per variant from scratch, all with the same seed, number of steps and pixels per step, and
measures each on the stroke drawings in DIR, plainly drawn and in the seven looks of drawings/looks.py in
turn. Variants that are in OUT already are not run again. Prints a table for docs/training.md.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader

from drawings.looks import LOOKS
from drawings.metrics import measure
from drawings.strokes import LONG_EDGE
from drawings.subjects import find_files, load_subjects
from smart_lineart.inking import Inker
from training.export import export
from training.losses import LINE_LOSS, LINE_LOSSES
from training.scenes import Sources
from training.train import PatchStream, Training, run

PIXELS = 8 * 192 * 192  # per step
FIGURES = ("F", "L", "ends", "comp")
THICKNESS = 4.0


@dataclass(frozen=True)
class Variant:
    """One line of the table: what differs from the recipe."""

    line_loss: str = LINE_LOSS
    noise: float = 1.0
    side: int = 192


VARIANTS = {
    **{f"loss: {name}": Variant(line_loss=name) for name in LINE_LOSSES},
    "noise: a third": Variant(noise=1 / 3),
    "noise: none": Variant(noise=0.0),
    "patches: 32 of 96 px": Variant(side=96),
    "patches: 2 of 384 px": Variant(side=384),
}


def train(variant: Variant, data: Path, folder: Path, steps: int) -> None:
    """Train a variant for `steps` and leave model.onnx and metadata.json in `folder`."""
    torch.manual_seed(0)
    training = Training("cpu", 2e-3, steps, variant.line_loss)
    stream = PatchStream(Sources.load(data), variant.side, 0, 3, variant.noise)
    batch = PIXELS // variant.side**2
    checkpoint = folder / "checkpoint.pt"
    run(training, DataLoader(stream, batch, num_workers=1, prefetch_factor=2), checkpoint, 1e9)
    export(checkpoint, folder, version="0")
    checkpoint.unlink()


def evaluate(model: Path, drawings: Path) -> dict[str, dict[str, float]]:
    """Medians, and the F at which the worst tenth begins, of a model folder on stroke drawings."""
    out = {}
    for title, looks in {"plain": ["plain"], "looks": list(LOOKS)}.items():
        rows = []
        with Inker(model=model) as inker:
            for subject in load_subjects(find_files(drawings), looks):
                if subject.truth is not None:
                    thickness = THICKNESS * max(subject.sketch.shape[:2]) / LONG_EDGE
                    rows.append(measure(255 - inker.ink(subject.sketch, thickness=thickness), subject.truth))
        out[title] = {name: float(np.median([row[name] for row in rows])) for name in FIGURES}
        out[title]["worst tenth F"] = float(np.quantile([row["F"] for row in rows], 0.1))
    return out


def table(results: dict[str, dict[str, dict[str, float]]]) -> str:
    """The results as Markdown."""
    lines = [
        "| variant | F plain | worst tenth | L | ends | comp | F looks | worst tenth | comp looks |",
        "|---" * 9 + "|",
    ]
    for name, found in results.items():
        plain, looks = found["plain"], found["looks"]
        lines.append(
            f"| {name} | {plain['F']:.3f} | {plain['worst tenth F']:.3f} | {plain['L']:.2f} "
            f"| {plain['ends']:+.1f} | {plain['comp']:.2f} | {looks['F']:.3f} "
            f"| {looks['worst tenth F']:.3f} | {looks['comp']:.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/linedata"))
    parser.add_argument("--drawings", type=Path, default=Path("../shared/sketches/strokes"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=300)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    kept = args.out / "results.json"
    results = json.loads(kept.read_text()) if kept.exists() else {}
    for number, (name, variant) in enumerate(VARIANTS.items()):
        if name not in results:
            folder = args.out / f"variant-{number}"
            folder.mkdir(exist_ok=True)
            train(variant, args.data, folder, args.steps)
            results[name] = evaluate(folder, args.drawings)
            kept.write_text(json.dumps(results, indent=1) + "\n")
            print(table(results), flush=True)


if __name__ == "__main__":
    main()
