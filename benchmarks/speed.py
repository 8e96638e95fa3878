# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure speed and memory, against the network of Simo-Serra et al. 2016.

In one run and on one runtime: this project from a page's pixels to its lineart, and the 23-layer network
alone, rebuilt with random weights (benchmarks/simo_serra.py). Every measurement has a process of its own;
they take turns, and medians are reported. The network runs on a small page, for a large one needs many
gigabytes, and is reported per megapixel like the rest.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

if __package__ in (None, ""):  # run as a file: its folder is on the path, the repository is not
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import simo_serra
from benchmarks.speed_task import Options
from drawings.pages import A4, draw_page
from drawings.subjects import read_image

ROOT = Path(__file__).resolve().parent.parent
WANTED_RATIO = 20


class TaskFailed(Exception):
    """A measurement's process failed; the message is the last it said."""


@dataclass(frozen=True)
class Task:
    """A task of benchmarks/speed_task.py on a page."""

    title: str
    kind: str
    page: Path
    options: Options

    def run(self) -> dict:
        """Measure once, in a process of its own. Raises TaskFailed."""
        program = [sys.executable, "-m", "benchmarks.speed_task"]
        command = [*program, self.kind, str(self.page), json.dumps(asdict(self.options))]
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        done = subprocess.run(
            command,
            env=os.environ | {"PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
            raise TaskFailed(f"{self.title}: {said[-1]}")
        return json.loads(done.stdout.splitlines()[-1])


def main(arguments: list[str] | None = None) -> int:
    options = _parse(arguments)
    print(f"{describe_machine()}; {options.repeats} interleaved repeats, medians")
    try:
        with tempfile.TemporaryDirectory() as folder:
            ours, peer = _tasks(options, Path(folder))
            measured = measure([*ours, peer], options.repeats)
    except (TaskFailed, ValueError, OSError) as error:
        print(f"speed: {error}", file=sys.stderr)
        return 2
    print(report(ours, peer, measured))
    if options.json is not None:
        options.json.write_text(
            json.dumps({task.title: measured[task] for task in measured}, indent=1) + "\n"
        )
    return 0 if ratio(measured[ours[0]], measured[peer]) >= WANTED_RATIO else 1


def measure(tasks: Sequence[Task], repeats: int) -> dict[Task, dict]:
    """The median of each figure over the repeats; the tasks take turns, so a busy moment hits them all."""
    runs: dict[Task, list[dict]] = {task: [] for task in tasks}
    for _ in range(repeats):
        for task in tasks:
            runs[task].append(task.run())
    return {task: _median(found) for task, found in runs.items()}


def _median(runs: list[dict]) -> dict:
    return {
        name: value if isinstance(value, str) else statistics.median(run[name] for run in runs)
        for name, value in runs[0].items()
    }


def ratio(ours: dict, peer: dict, unit: str = "seconds") -> float:
    """How many times longer the peer takes for the same number of pixels."""
    return (peer[unit] / peer["megapixels"]) / (ours[unit] / ours["megapixels"])


def report(ours: Sequence[Task], peer: Task, measured: dict[Task, dict]) -> str:
    lines = [f"\n{'':<44}{'Mpx':>7}{'s':>8}{'s/Mpx':>8}{'core-s/Mpx':>12}{'peak MB':>9}  on"]
    for task, found in measured.items():
        size = found["megapixels"]
        lines.append(
            f"{task.title:<44}{size:>7.2f}{found['seconds']:>8.2f}{found['seconds'] / size:>8.3f}"
            f"{found['core_seconds'] / size:>12.3f}{found['peak'] / 1e6:>9.0f}  {found['on']}"
        )
    lines.append("")
    for task in ours:
        found = measured[task]
        lines.append(
            f"{task.title}: {found['prepare']:.2f} s to prepare (the network sees the page at "
            f"{found['scale']:.2f} of its size), {found['render']:.2f} s to render"
        )
    lines.append(
        f"the network: {simo_serra.parameter_count() / 1e6:.1f} M parameters, "
        f"{simo_serra.macs_per_pixel() / 1e3:.0f} kMAC per pixel, 32-bit weights"
    )
    first, other = measured[ours[0]], measured[peer]
    times = ratio(first, other)
    verdict = "yes" if times >= WANTED_RATIO else "NO"
    lines.append(
        f"at least {WANTED_RATIO} times faster: {verdict}, {times:.0f} times by the clock, "
        f"{ratio(first, other, 'core_seconds'):.0f} times in processor time"
    )
    return "\n".join(lines)


def describe_machine() -> str:
    """Processor, cores this process may use, and system."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    name = names[0] if names else platform.processor() or platform.machine()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{name}, {cores} cores, {platform.system()}, Python {platform.python_version()}"


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="speed", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="a4-300", help=f"some of {','.join(A4)} (default: %(default)s)")
    parser.add_argument("--sketch", type=Path, help="an image to ink instead of drawn pages")
    parser.add_argument("--peer-size", type=int, default=512, help="side in px of the network's page")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument(
        "--model", type=Path, help="folder of the model to ink with (default: the built-in one)"
    )
    parser.add_argument("--detail", type=float, help="working px per page px (default: from the sketch)")
    parser.add_argument("--runtime", default="auto", choices=("auto", "openvino", "onnxruntime"))
    parser.add_argument("--json", type=Path, help="also write the medians to this file")
    options = parser.parse_args(arguments)
    options.sizes = options.sizes.split(",")
    unknown = [name for name in options.sizes if name not in A4]
    if unknown:
        parser.error(f"--sizes: '{unknown[0]}' is none of {', '.join(A4)}")
    if options.peer_size < 16 or options.peer_size % 16:
        parser.error("--peer-size must be a multiple of 16")
    if options.repeats < 1:
        parser.error("--repeats must be at least 1")
    return options


def _tasks(options: argparse.Namespace, folder: Path) -> tuple[list[Task], Task]:
    if options.sketch is not None:
        pages = {options.sketch.name: read_image(options.sketch)}
    else:
        pages = {name: draw_page(A4[name]) for name in options.sizes}
    engine = Options(options.model and str(options.model), options.runtime, options.detail)
    ours = [
        Task(f"ours, {name}", "ink", _store(page, folder / f"{number}.npy"), engine)
        for number, (name, page) in enumerate(pages.items())
    ]
    side = options.peer_size
    small = _store(draw_page((side, side)), folder / "peer.npy")
    network = folder / "simo_serra.onnx"
    simo_serra.write_onnx(network)
    alone = Options(str(network), options.runtime)
    return ours, Task(f"Simo-Serra et al. 2016, {side} x {side}", "network", small, alone)


def _store(page: np.ndarray, path: Path) -> Path:
    np.save(path, page)
    return path


if __name__ == "__main__":
    sys.exit(main())
