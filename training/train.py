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
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from training.losses import LINE_LOSS, geometry_loss
from training.mix import Mix
from training.network import LineartNet
from training.scenes import Sources
from training.teacher import Teacher, taught_loss

POOL_START = 2000  # patches that must have come before batches are drawn from a pool


class PatchStream(IterableDataset):
    """Patches as uint8 arrays (3, side, side): sketch, line, solid; each reused a few times, turned."""

    def __init__(self, sources: Sources, side: int, seed: int, reuse: int = 1, noise: float = 1.0):
        self.sources, self.side, self.seed, self.reuse, self.noise = sources, side, seed, reuse, noise

    def __iter__(self) -> Iterator[np.ndarray]:
        info = get_worker_info()
        worker = info.id if info else 0
        rng = np.random.default_rng([self.seed, worker])
        scenes = iter(Mix(self.sources, self.side, int(rng.integers(1 << 62)), self.noise))
        pool: list[np.ndarray] = []
        while True:
            patch = next(scenes)
            planes = [patch.sketch * 255, patch.line * 255, patch.solid * 255]
            pool.append(np.stack([np.round(p).astype(np.uint8) for p in planes]))
            if self.reuse > 1 and len(pool) < 64:
                continue
            if len(pool) > (256 if self.reuse > 1 else 1):
                pool.pop(int(rng.integers(len(pool) - 1)))
            for pick in [len(pool) - 1, *rng.integers(len(pool), size=self.reuse - 1)]:
                turned = np.rot90(pool[pick], int(rng.integers(4)), (1, 2))
                yield np.ascontiguousarray(turned[:, :, ::-1] if rng.random() < 0.5 else turned)


class Pool:
    """Patches kept on a device as they come, from which batches are drawn at random and turned.

    A GPU learns from patches twenty times faster than 16 processor cores make them.
    """

    def __init__(self, patches: Iterable[Tensor], device: str, room: int, enough: int):
        """Keep the last `room` of what comes in batches (N, 3, side, side); give some when `enough` came."""
        self._device, self._room, self._enough = device, room, enough
        self.patches = torch.empty(0)
        self.count = 0  # how many have come
        self._error: Exception | None = None
        self._filled = threading.Event()
        # A data loader's workers are forked here: from a thread, they would inherit locks that others hold.
        threading.Thread(target=self._fill, args=(iter(patches),), daemon=True).start()

    def _fill(self, patches: Iterator[Tensor]) -> None:
        try:
            for batch in patches:
                if not self.count:
                    shape = (self._room, *batch.shape[1:])
                    self.patches = torch.empty(shape, dtype=batch.dtype, device=self._device)
                at = torch.arange(self.count, self.count + len(batch)) % self._room
                self.patches[at.to(self._device)] = batch.to(self._device)
                self.count += len(batch)
                if self.count >= self._enough:
                    self._filled.set()
        except Exception as error:  # noqa: BLE001 (told where batches are drawn)
            self._error = error
            self._filled.set()

    def batches(self, size: int) -> Iterator[Tensor]:
        """Batches without end. Raises RuntimeError from what making patches raised."""
        self._filled.wait()
        while self._error is None:
            known = min(self.count, self._room)
            batch = self.patches[torch.randint(known, (size,), device=self._device)]
            parts = [torch.rot90(part, i % 4, (2, 3)) for i, part in enumerate(batch.split(-(-size // 8)))]
            yield torch.cat([part.flip(3) if i > 3 else part for i, part in enumerate(parts)])
        raise RuntimeError("no patches come") from self._error


class Training:
    """Network, moving average, optimiser and step, kept together in one checkpoint."""

    def __init__(
        self,
        device: str,
        rate: float,
        total_steps: int,
        line_loss: str = LINE_LOSS,
        *,
        keep_norms: bool = False,
        net: LineartNet | None = None,
    ):
        self.net = (net or LineartNet()).to(device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.net).eval()
        self.optimiser = torch.optim.AdamW(
            self.net.parameters(),
            lr=rate,
            weight_decay=1e-2,
            betas=(0.9, 0.98),
            fused=torch.device(device).type == "cuda",
        )
        self.rate, self.total, self.step, self.device = rate, total_steps, 0, device
        self.line_loss = line_loss
        self.keep_norms = keep_norms
        self.teacher: Teacher | None = None  # whose word is learned beside the truth
        # A processor with bfloat16 of its own takes 0.6 of the time with it, others twice as long.
        self.bfloat16 = torch.device(device).type != "cpu" or _has_bfloat16()

    def learning_rate(self) -> float:
        """Linear warm-up over 100 steps or a tenth of all, then a cosine down to 2 %."""
        warm = min(1.0, (self.step + 1) / min(100, 0.1 * self.total))
        done = min(1.0, self.step / self.total)
        return self.rate * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))

    def update(self, batch: Tensor) -> dict[str, Tensor]:
        for group in self.optimiser.param_groups:
            group["lr"] = self.learning_rate()
        if self.keep_norms:
            keep_norms(self.net)
        losses = self.losses(batch.to(self.device, non_blocking=True))
        self.optimiser.zero_grad(set_to_none=True)
        torch.stack(list(losses.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        self._follow(min(0.998, 1 - 1 / (self.step / 10 + 1)))
        return {name: value.detach() for name, value in losses.items()}

    def losses(self, batch: Tensor) -> dict[str, Tensor]:
        """The losses of patches, uint8 (N, 3, H, W): sketch, line, solid."""
        planes = batch.float()
        sketch = (planes[:, :1] / 255).contiguous(memory_format=torch.channels_last)
        with torch.autocast(torch.device(self.device).type, torch.bfloat16, enabled=self.bfloat16):
            logits = self.net(sketch).float()
            said = None if self.teacher is None else self.teacher.says(sketch)
        line, solid = planes[:, 1] / 255, planes[:, 2] / 255
        found = geometry_loss(logits, line, solid, self.line_loss)
        return found if said is None else found | taught_loss(logits, said, solid)

    @torch.no_grad()
    def _follow(self, decay: float) -> None:
        means, values = (list(net.state_dict().values()) for net in (self.average, self.net))
        floats = [i for i, mean in enumerate(means) if mean.dtype.is_floating_point]
        torch._foreach_lerp_([means[i] for i in floats], [values[i] for i in floats], 1 - decay)

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
        """Go on from a checkpoint, or start from its average where it has no more (`export.keep_weights`)."""
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.net.load_state_dict(state.get("net", state["average"]))
        self.average.load_state_dict(state["average"])
        if "optimiser" in state:
            self.optimiser.load_state_dict(state["optimiser"])
        self.step = state["step"]


def _has_bfloat16() -> bool:
    return torch.cpu._is_avx512_bf16_supported()  # noqa: SLF001 (torch tells it nowhere else)


def keep_norms(net: nn.Module) -> None:
    """Let batch norms go on with the means that they have: those of a few patches would blur them."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()


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
    parser.add_argument(
        "--keep-norms", action="store_true", help="leave the means of batch norms as they are"
    )
    parser.add_argument("--teacher", type=Path, help="weights whose word is learned beside the truth")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--total-steps", type=int, default=4000, help="length of the learning-rate schedule")
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--side", type=int, default=160)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--reuse", type=int, default=3)
    parser.add_argument("--pool", type=int, default=0, help="patches to keep on the device and draw from")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(0)  # its threads do not live on in the workers
    sources = Sources.load(args.data, args.hands)
    training = Training(args.device, args.rate, args.total_steps, keep_norms=args.keep_norms)
    if args.teacher:
        training.teacher = Teacher(training.net, args.teacher)
    checkpoint = args.out / "checkpoint.pt"
    if checkpoint.exists():
        training.load(checkpoint)
    elif args.start:
        training.load(args.start)
        training.step = 0  # a schedule of its own
    stream = PatchStream(sources, args.side, training.step, 1 if args.pool else args.reuse)
    workers = {"num_workers": args.workers, "prefetch_factor": 4}
    if args.pool:
        pool = Pool(DataLoader(stream, 16, **workers), args.device, args.pool, min(args.pool, POOL_START))
        run(training, pool.batches(args.batch), checkpoint, args.minutes * 60)
        print(f"{pool.count} patches came", flush=True)
    else:
        run(training, DataLoader(stream, args.batch, **workers), checkpoint, args.minutes * 60)


def run(training: Training, batches: Iterable[Tensor], checkpoint: Path, seconds: float) -> None:
    """Train until the schedule's end or `seconds`, saving every two minutes and logging every 20 steps."""
    start = saved = time.monotonic()
    sums: dict[str, Tensor] = {}
    for batch in batches:
        for name, value in training.update(batch).items():
            sums[name] = sums.get(name, torch.zeros_like(value)) + value
        now = time.monotonic()
        if training.step % 20 == 0:
            line = {"step": training.step, "seconds": round(now - start, 1)}
            line |= {name: round(float(value) / 20, 5) for name, value in sums.items()}
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
