# SPDX-License-Identifier: GPL-3.0-or-later
"""Train the picture network: `python -m training.colour.train --pool runs/pool --out runs/p --minutes 80`.

Pictures are made first and kept (`--make`, `--pool`), then drawn at random, turned, their colours changed
about and a file's faults laid on. More can be made while it trains. Goes on from OUT/checkpoint.pt where
there is one, or starts from `--start`, or from a sketch network's `--trunk`. The learning rate goes down with
the time that it is given.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from training.colour.looks import finished
from training.colour.losses import PICTURE_LOSS, PICTURE_LOSSES
from training.colour.network import picture_net, take_trunk
from training.colour.stream import Figures, Pictures
from training.train import Training

PER_FILE = 100  # pictures in a file of the pool


class PictureTraining(Training):
    """Network, moving average, optimiser and step of the picture network."""

    def __init__(self, device: str, rate: float, loss: str = PICTURE_LOSS):
        super().__init__(device, rate, 1, net=picture_net())
        self.loss = PICTURE_LOSSES[loss]
        self.done = 0.0  # of its time

    def learning_rate(self) -> float:
        """Linear warm-up over 100 steps, then a cosine down to 2 % at the end of its time."""
        falls = 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, self.done)))
        return self.rate * min(1.0, (self.step + 1) / 100) * falls

    def losses(self, batch: Tensor) -> dict[str, Tensor]:
        """The loss of pictures with their truth, uint8 (N, 4, H, W)."""
        shown = (1 - batch[:, :3].float() / 255).contiguous(memory_format=torch.channels_last)
        with torch.autocast(torch.device(self.device).type, torch.bfloat16, enabled=self.bfloat16):
            logits = self.net(shown)
        return {"class": self.loss(logits.float(), batch[:, 3].long())}


def fill_pool(figures: Figures, folder: Path, side: int, count: int, seed: int) -> None:
    """Make `count` pictures and keep them in files in `folder`, beside those that are there."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = iter(Pictures(figures, side, [seed, len(list(folder.glob("*.npy")))]))
    while count > 0:
        made = np.stack(list(islice(pictures, min(PER_FILE, count))))
        temporary = folder / "new.tmp"
        with temporary.open("wb") as file:
            np.save(file, made)
        temporary.replace(folder / f"{len(list(folder.glob('*.npy'))):05d}.npy")
        count -= len(made)


def batches(folder: Path, size: int, seed: int) -> Iterator[Tensor]:
    """Batches without end, uint8 (size, 4, side, side), from the files that lie in a pool at a time."""
    rng = np.random.default_rng(seed)
    kept: dict[Path, np.ndarray] = {}
    while True:
        paths = sorted(folder.rglob("*.npy"))
        kept = {path: kept[path] if path in kept else np.load(path) for path in paths}
        files = list(kept.values())
        for _ in range(50):
            picks = [files[i][rng.integers(len(files[i]))] for i in rng.integers(len(files), size=size)]
            yield torch.from_numpy(np.stack([_varied(rng, one) for one in picks]))


def _varied(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """A picture (4, side, side) turned or mirrored, its colours changed about, with a file's faults."""
    picture = np.rot90(picture, int(rng.integers(4)), (1, 2))
    if rng.random() < 0.5:
        picture = picture[:, :, ::-1]
    order = [*rng.permutation(3), 3] if rng.random() < 0.5 else [0, 1, 2, 3]
    picture = picture[order]
    shown = finished(rng, picture[:3].transpose(1, 2, 0).astype(np.float32) / 255)
    return np.concatenate([shown.transpose(2, 0, 1), picture[3:]])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/linedata"))
    parser.add_argument("--art", type=Path, help="icons.json of coloured vector art, see vector_art.py")
    parser.add_argument("--pool", type=Path, help="where pictures are kept (default: OUT/pool)")
    parser.add_argument("--make", type=int, default=0, help="pictures to make for the pool, and no training")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="weights to start from when OUT has no checkpoint")
    parser.add_argument("--trunk", type=Path, help="or a sketch network's weights to start from")
    parser.add_argument("--minutes", type=float, default=80.0)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--side", type=int, default=192)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--loss", choices=list(PICTURE_LOSSES), default=PICTURE_LOSS)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    pool = args.pool or args.out / "pool"
    if args.make:
        cv2.setNumThreads(0)
        fill_pool(Figures.load(args.data, args.art), pool, args.side, args.make, args.seed)
        return
    args.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(0)
    training = PictureTraining(args.device, args.rate, args.loss)
    checkpoint = args.out / "checkpoint.pt"
    if checkpoint.exists():
        training.load(checkpoint)
    elif args.start:
        training.load(args.start)
        training.step = 0
    elif args.trunk:
        sketches = torch.load(args.trunk, map_location="cpu", weights_only=True)["average"]
        take_trunk(training.net, sketches)
        take_trunk(training.average, sketches)
    _run(training, batches(pool, args.batch, training.step), checkpoint, args.minutes * 60)


def _run(training: PictureTraining, stream: Iterator[Tensor], checkpoint: Path, seconds: float) -> None:
    """Train for `seconds`, counting those before, saving every two minutes and logging every 20 steps."""
    before = _seconds_before(checkpoint)
    start = saved = time.monotonic()
    total = torch.zeros(())
    for batch in stream:
        total = total + training.update(batch)["class"].cpu()
        now = time.monotonic()
        past = before + now - start
        training.done = past / seconds
        if training.step % 20 == 0:
            line = {"step": training.step, "seconds": round(past, 1), "loss": round(float(total) / 20, 5)}
            with (checkpoint.parent / "log.jsonl").open("a") as log:
                log.write(json.dumps(line) + "\n")
            total = torch.zeros(())
        if past > seconds or now - saved > 120:
            training.save(checkpoint)
            saved = now
        if past > seconds:
            break


def _seconds_before(checkpoint: Path) -> float:
    """How long a training that goes on was at it, after its log."""
    log = checkpoint.parent / "log.jsonl"
    if not checkpoint.exists() or not log.exists():
        return 0.0
    return float(json.loads(log.read_text().splitlines()[-1])["seconds"])


if __name__ == "__main__":
    main()
