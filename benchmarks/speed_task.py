# SPDX-License-Identifier: GPL-3.0-or-later
"""One speed measurement, alone in a process so that the peak of its memory is its own.

Run by benchmarks/speed.py as `python -m benchmarks.speed_task TASK PAGE.npy OPTIONS`, with Options as JSON;
prints a line of JSON with seconds of the clock and of the processors, peak memory in bytes, and what it ran
on. Imports no more than the engine needs, for imports count as memory too.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

T = TypeVar("T")

WARM_UP = 128
"""Side in px of a first run that is not timed: threads start, kernels are built."""


@dataclass(frozen=True)
class Options:
    """What to run, where and at which scale. `model`: a folder, or for a network alone its file."""

    model: str | None = None
    runtime: str = "auto"
    detail: float | None = None


def ink_page(page: np.ndarray, options: Options) -> dict[str, object]:
    """The whole engine: everything from the page's pixels to its lineart."""
    from smart_lineart.inking import Inker

    thickness = 4 * max(page.shape) / 1400
    model = None if options.model is None else Path(options.model)
    with Inker(model=model, runtime=options.runtime) as inker:
        inker.ink(page[:WARM_UP, :WARM_UP], thickness=thickness)
        features, prepare = timed(lambda: inker.prepare(page, detail=options.detail))
        lineart, render = timed(lambda: inker.render(features, thickness=thickness))
        if not lineart.any():
            raise RuntimeError("the lineart is empty: nothing was measured")
        on = f"{inker.runtime_name}, {inker.device_name}"
    total = {name: prepare[name] + render[name] for name in prepare}
    steps = {"prepare": prepare["seconds"], "render": render["seconds"]}
    return {**total, **steps, "scale": features.scale, "on": on}


def run_network(page: np.ndarray, options: Options) -> dict[str, object]:
    """A network alone, on the page as one tile."""
    from smart_lineart.inking.network.runtime import load_network

    assert options.model is not None
    network, runtime_name, device_name = load_network(Path(options.model), runtime=options.runtime)
    luma = page if page.ndim == 2 else page.mean(2).astype(np.uint8)
    tile = np.ascontiguousarray(255 - luma)[None, None]
    network.run(tile[..., :WARM_UP, :WARM_UP])
    _, taken = timed(lambda: network.run(tile))
    network.close()
    return {**taken, "on": f"{runtime_name}, {device_name}"}


TASKS: dict[str, Callable[[np.ndarray, Options], dict[str, object]]] = {
    "ink": ink_page,
    "network": run_network,
}


def timed(work: Callable[[], T]) -> tuple[T, dict[str, float]]:
    """What the work gives, and the seconds it took by the clock and on all processors together."""
    clock, processors = time.perf_counter(), time.process_time()
    result = work()
    return result, {
        "seconds": time.perf_counter() - clock,
        "core_seconds": time.process_time() - processors,
    }


def peak_memory() -> int:
    """The most memory the process has held, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # a maximum of getrusage would include the parent's, from before this program began
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main() -> None:
    task, page_file, options = sys.argv[1:]
    page = np.load(page_file)
    if task not in TASKS:
        from benchmarks import performance_tasks

        TASKS.update(performance_tasks.TASKS)
    found = TASKS[task](page, Options(**json.loads(options)))
    print(json.dumps({**found, "megapixels": page.shape[0] * page.shape[1] / 1e6, "peak": peak_memory()}))


if __name__ == "__main__":
    main()
