# SPDX-License-Identifier: GPL-3.0-or-later
"""Train the network: `python -m training.train --data ../shared/linedata --out runs/a --minutes 30`.

Resumes from OUT/checkpoint.pt when it is there (or from --start), so that long training can be done in pieces
and moved between machines. The checkpoint holds the weights, their moving average, the optimiser and the
step.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from training.losses import LINE_LOSS, geometry_loss
from training.network import LineartNet
from training.scenes import Scenes


class PatchStream(IterableDataset):
    """Patches as uint8 arrays (4, side, side): sketch, line, width, solid; each reused a few times,
    turned.
    """

    def __init__(
        self,
        data: Path,
        side: int,
        seed: int,
        reuse: int,
        noise: float = 1.0,
        hands: Path | None = None,
    ):
        self.data, self.side, self.seed, self.reuse, self.noise = data, side, seed, reuse, noise
        self.hands = hands

    def __iter__(self) -> Iterator[np.ndarray]:
        info = get_worker_info()
        worker = info.id if info else 0
        rng = np.random.default_rng([self.seed, worker])
        scenes = iter(Scenes(self.data, self.side, int(rng.integers(1 << 62)), self.noise, self.hands))
        pool: list[np.ndarray] = []
        while True:
            patch = next(scenes)
            planes = [patch.sketch * 255, patch.line * 255, patch.width, patch.solid * 255]
            pool.append(np.stack([np.round(p).astype(np.uint8) for p in planes]))
            if len(pool) < 64:
                continue
            if len(pool) > 256:
                pool.pop(int(rng.integers(len(pool) - 1)))
            for pick in [len(pool) - 1, *rng.integers(len(pool), size=self.reuse - 1)]:
                turned = np.rot90(pool[pick], int(rng.integers(4)), (1, 2))
                yield np.ascontiguousarray(turned[:, :, ::-1] if rng.random() < 0.5 else turned)


class Training:
    """Network, moving average, optimiser and step, kept together in one checkpoint."""

    def __init__(self, device: str, rate: float, total_steps: int, line_loss: str = LINE_LOSS):
        self.net = LineartNet().to(device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.net).eval()
        self.optimiser = torch.optim.AdamW(
            self.net.parameters(), lr=rate, weight_decay=1e-2, betas=(0.9, 0.98)
        )
        self.rate, self.total, self.step, self.device = rate, total_steps, 0, device
        self.line_loss = line_loss
        # Processors without bfloat16 of their own take twice as long with it.
        self.bfloat16 = torch.device(device).type != "cpu"

    def learning_rate(self) -> float:
        """Linear warm-up over 100 steps, then a cosine down to 2 %."""
        warm = min(1.0, (self.step + 1) / 100)
        done = min(1.0, self.step / self.total)
        return self.rate * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))

    def update(self, batch: Tensor) -> dict[str, float]:
        for group in self.optimiser.param_groups:
            group["lr"] = self.learning_rate()
        planes = batch.to(self.device, non_blocking=True).float()
        sketch = (planes[:, :1] / 255).contiguous(memory_format=torch.channels_last)
        with torch.autocast(torch.device(self.device).type, torch.bfloat16, enabled=self.bfloat16):
            logits = self.net(sketch)
        line, width, solid = planes[:, 1] / 255, planes[:, 2], planes[:, 3] / 255
        losses = geometry_loss(logits.float(), line, width, solid, self.line_loss)
        self.optimiser.zero_grad(set_to_none=True)
        torch.stack(list(losses.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        self._follow(min(0.998, 1 - 1 / (self.step / 10 + 1)))
        return {name: float(value.detach()) for name, value in losses.items()}

    @torch.no_grad()
    def _follow(self, decay: float) -> None:
        for mean, value in zip(
            self.average.state_dict().values(), self.net.state_dict().values(), strict=True
        ):
            if mean.dtype.is_floating_point:
                mean.lerp_(value, 1 - decay)
            else:
                mean.copy_(value)

    def save(self, path: Path) -> None:
        temporary = path.with_suffix(".tmp")
        state = {
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
        }
        torch.save(state, temporary)
        temporary.replace(path)

    def load(self, path: Path) -> None:
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        if "optimiser" in state:
            self.optimiser.load_state_dict(state["optimiser"])
        self.step = state["step"]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/linedata"))
    parser.add_argument("--hands", type=Path, help="folder of clustered stroke drawings to take hands from")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--start", type=Path, help="weights to start a new schedule from when OUT has no checkpoint"
    )
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--total-steps", type=int, default=4000, help="length of the learning-rate schedule")
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--side", type=int, default=160)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--reuse", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    training = Training(args.device, args.rate, args.total_steps)
    checkpoint = args.out / "checkpoint.pt"
    if checkpoint.exists():
        training.load(checkpoint)
    elif args.start:
        training.load(args.start)
        training.step = 0  # a schedule of its own
    stream = PatchStream(args.data, args.side, training.step, args.reuse, hands=args.hands)
    loader = DataLoader(stream, args.batch, num_workers=args.workers, prefetch_factor=4)
    run(training, loader, checkpoint, args.minutes * 60)


def run(training: Training, loader: DataLoader, checkpoint: Path, seconds: float) -> None:
    """Train until the schedule's end or `seconds`, saving every two minutes and logging every 20 steps."""
    start = saved = time.monotonic()
    sums: dict[str, float] = {}
    for batch in loader:
        for name, value in training.update(batch).items():
            sums[name] = sums.get(name, 0.0) + value
        now = time.monotonic()
        if training.step % 20 == 0:
            line = {"step": training.step, "seconds": round(now - start, 1)}
            line |= {name: round(value / 20, 5) for name, value in sums.items()}
            with (checkpoint.parent / "log.jsonl").open("a") as log:
                log.write(json.dumps(line) + "\n")
            print(line, flush=True)
            sums = {}
        done = training.step >= training.total or now - start > seconds
        if done or now - saved > 120:
            training.save(checkpoint)
            saved = now
        if done:
            break


if __name__ == "__main__":
    main()
