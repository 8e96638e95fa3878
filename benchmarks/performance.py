# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure time and memory against the goals, and write docs/performance.md with a table and a plot.

Whole commands on a scanned pencil sketch at several sizes, the engine's answer to sliders and edits, an older
processor played by the runtime, the network of Simo-Serra et al. 2016 on the same runtime, and Krita where it
is installed. Every measurement has a process of its own; they take turns, and medians are reported. Takes
about ten minutes; `--quick` takes one, without large pages, peers and Krita, and writes nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import cv2
import numpy as np

if __package__ in (None, ""):  # run as a file: its folder is on the path, the repository is not
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import performance_report, simo_serra
from benchmarks.speed import ROOT, Task, TaskFailed, describe_machine
from benchmarks.speed_task import Options

SKETCH = ROOT / "examples" / "skull-a4-300dpi.jpg"
DRAWN = ("carrot_lying.webp", "pepper_running.webp", "pepper_flying.webp", "revoy_broom.jpg")
CHARACTERS, STRIP = "characters, A4, 300 dpi", "a strip of 20 panels"
PAGES = {  # (height, width) in px
    "A4, 150 dpi": (1754, 1240),
    "A4, 300 dpi": (3508, 2480),
    CHARACTERS: (3508, 2480),
    STRIP: (20_000, 800),
    "A4, 600 dpi": (7016, 4960),
    "A3, 600 dpi": (9922, 7016),
    "20000 x 20000 px": (20_000, 20_000),
}
OLDER = {"ONEDNN_MAX_CPU_ISA": "AVX2", "OV_CPU_MAX_ISA": "AVX2"}
PEER_SIDES = (512, 1024)
KRITA_SECONDS = 240
PEER_PAGE = "2016, A4, 300 dpi"
BATCH, A5 = 40, (2480, 1748)
REPEATS = {"20000 x 20000 px": 1, "A3, 600 dpi": 2, PEER_PAGE: 1, "batch": 1}


@dataclass(frozen=True)
class Command:
    """`smart-lineart ink` on a file, from the start of the process to the lineart on disk."""

    title: str
    sketch: Path
    size: tuple[int, int]
    options: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict, hash=False)
    root: Path = ROOT  # of the checkout that inks

    def run(self) -> dict:
        """Measure once. Raises TaskFailed."""
        target = self.sketch.with_suffix(".lineart.png")
        found = self.timed("-o", str(target))
        target.unlink()
        report = found.pop("report")
        return {
            **found,
            "peak": report["peak_memory_bytes"],
            "megapixels": self.size[0] * self.size[1] / 1e6,
            "scale": report["results"][0]["scale"],
            **{f"command {step}": value for step, value in report["results"][0]["seconds"].items()},
        }

    def timed(self, *more: str) -> dict:
        """Seconds, those of all cores, and the `report` that the command gives. Raises TaskFailed."""
        program = [sys.executable, "-m", "smart_lineart", "ink", "--json", *more, *self.options]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begun = time.perf_counter()
        done = subprocess.run(
            [*program, str(self.sketch)],
            env=os.environ | {"PYTHONPATH": str(self.root)} | self.environment,
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - begun
        if done.returncode:
            said = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
            raise TaskFailed(f"{self.title}: {said[-1]}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return {
            "seconds": seconds,
            "core_seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            "report": json.loads(done.stdout),
        }


@dataclass(frozen=True)
class Batch:
    """`smart-lineart ink` on a folder of pages."""

    title: str
    folder: Path
    pages: int

    def run(self) -> dict:
        """Measure once; `core_seconds` are those of a page. Raises TaskFailed."""
        one = Command(self.title, self.folder, A5).timed()
        for file in self.folder.glob("*-lineart.png"):
            file.unlink()
        return {"seconds": one["seconds"], "core_seconds": one["core_seconds"] / self.pages}


@dataclass(frozen=True)
class OlderTask(Task):
    """A task on a processor without AVX-512 and VNNI."""

    def run(self) -> dict:
        held = {name: os.environ.get(name) for name in OLDER}
        os.environ.update(OLDER)
        try:
            return super().run()
        finally:
            for name, value in held.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


Measurement = Command | Batch | Task


def main(arguments: list[str] | None = None) -> int:
    options = _parse(arguments)
    print(describe_machine())
    try:
        with tempfile.TemporaryDirectory() as folder:
            tasks = quick_tasks(Path(folder)) if options.quick else all_tasks(Path(folder))
            found = measure(tasks, 1 if options.quick else options.repeats)
    except (TaskFailed, ValueError, OSError) as error:
        print(f"performance: {error}", file=sys.stderr)
        return 2
    if not options.quick:
        found |= krita_figures()
    table, met = performance_report.goals_table(found)
    print(table)
    if not options.quick:
        written = performance_report.write(found, describe_machine(), options.docs)
        print("written:", *written, sep="\n  ")
    return 0 if met else 1


def measure(tasks: Sequence[Measurement], repeats: int) -> dict[str, dict]:
    """The median of each figure, by title; the tasks take turns, so that a busy moment hits them all."""
    runs: dict[str, list[dict]] = {task.title: [] for task in tasks}
    for turn in range(repeats):
        for task in tasks:
            if turn < REPEATS.get(task.title, repeats):
                begun = time.perf_counter()
                runs[task.title].append(task.run())
                print(f"  {task.title}: {time.perf_counter() - begun:.1f} s", file=sys.stderr, flush=True)
    return {title: _median(found) for title, found in runs.items()}


def _median(runs: list[dict]) -> dict:
    middle = {
        name: value if isinstance(value, str) else median(run[name] for run in runs)
        for name, value in runs[0].items()
    }
    return {**middle, "runs": len(runs)}


def quick_tasks(folder: Path) -> list[Measurement]:
    """What shows in a minute whether something has become slow."""
    files = make_pages(folder, ["A4, 300 dpi"])
    return [*commands(files), *engine_tasks(folder, files)]


def all_tasks(folder: Path) -> list[Measurement]:
    files = make_pages(folder, list(PAGES))
    usual, large = files["A4, 300 dpi"], files["A4, 600 dpi"]
    a4, a4_600 = PAGES["A4, 300 dpi"], PAGES["A4, 600 dpi"]
    exact = ("--model", "lineart-hq")
    more = [
        Command("A4, 600 dpi, --memory-limit 300M", large, a4_600, ("--memory-limit", "300M")),
        Command("A4, 300 dpi, AVX2", usual, a4, (), OLDER),
        Command("A4, 600 dpi, AVX2", large, a4_600, (), OLDER),
        Command("A4, 300 dpi, 32-bit floats", usual, a4, exact),
        Command("A4, 600 dpi, 32-bit floats", large, a4_600, exact),
        Command("A4, 300 dpi, --detail 1", usual, a4, ("--detail", "1")),
        Command("A4, 300 dpi, --detail 1, 32-bit floats", usual, a4, ("--detail", "1", *exact)),
    ]
    batch = Batch("batch", make_batch(folder / "batch"), BATCH)
    return [*commands(files), *more, batch, *engine_tasks(folder, files), *peers(folder, files)]


def commands(files: dict[str, Path]) -> list[Measurement]:
    return [Command(title, file, PAGES[title]) for title, file in files.items()]


def engine_tasks(folder: Path, files: dict[str, Path]) -> list[Measurement]:
    page = _store(_pixels(files["A4, 300 dpi"]), folder / "page.npy")
    return [
        Task("brush", "brush", page, Options()),
        Task("renew", "renew", page, Options()),
        OlderTask("renew, AVX2", "renew", page, Options()),
        Task("stages", "stages", page, Options()),
    ]


def peers(folder: Path, files: dict[str, Path]) -> list[Measurement]:
    """The network of 2016 and ours on the same pages, and the classical methods."""
    page = _pixels(files["A4, 300 dpi"])
    whole = _store(page, folder / "trunk.npy")
    network = folder / "simo_serra.onnx"
    simo_serra.write_onnx(network)
    found: list[Measurement] = [
        Task("our network, A4, 300 dpi", "trunk", whole, Options()),
        Task("our network, A4, 300 dpi, scale 1", "trunk", whole, Options(detail=1.0)),
    ]
    for side in PEER_SIDES:
        y, x = (page.shape[0] - side) // 2, (page.shape[1] - side) // 2
        part = _store(page[y : y + side, x : x + side], folder / f"{side}.npy")
        found += [
            Task(f"2016, {side} x {side}", "network", part, Options(str(network))),
            Task(f"our network, {side} x {side}, scale 1", "trunk", part, Options(detail=1.0)),
        ]
    found.append(Task(PEER_PAGE, "network", _store(page[:3504], folder / "cut.npy"), Options(str(network))))
    for title in ("A4, 150 dpi", "A4, 300 dpi", "A4, 600 dpi"):
        stored = _store(_pixels(files[title])[..., 0], folder / f"{files[title].stem}-grey.npy")
        found.append(Task(f"adaptive, {title}", "classical", stored, Options("adaptive")))
        if "600" not in title:  # minutes: its window for the paper's tone grows with the page
            found.append(Task(f"xdog, {title}", "classical", stored, Options("xdog")))
    return found


def make_batch(folder: Path) -> Path:
    """A folder of A5 pages at 300 dpi: characters in turn, each a little elsewhere."""
    folder.mkdir()
    for number in range(BATCH):
        page = np.full(A5, 255, np.uint8)
        height, width = A5[0] - 10 * (number % 10), A5[1] - 10 * (number % 10)
        _place(page[:height, :width], number)
        cv2.imwrite(str(folder / f"page-{number:02}.png"), page)
    return folder


def draw_characters(size: tuple[int, int], down: int, across: int) -> np.ndarray:
    """A grey page (height, width) of drawn characters, laid out in rows and columns."""
    page = np.full(size, 255, np.uint8)
    tall, wide = size[0] // down, size[1] // across
    for number in range(down * across):
        row, column = divmod(number, across)
        _place(page[row * tall : (row + 1) * tall, column * wide : (column + 1) * wide], number)
    return page


def _place(cell: np.ndarray, number: int) -> None:
    """Draw one of the characters in a part of a page, as large as it fits."""
    drawn = cv2.imread(
        str(ROOT / "examples" / "characters" / DRAWN[number % len(DRAWN)]), cv2.IMREAD_GRAYSCALE
    )
    share = min(cell.shape[0] / drawn.shape[0], cell.shape[1] / drawn.shape[1])
    way = cv2.INTER_AREA if share < 1 else cv2.INTER_CUBIC
    drawn = cv2.resize(drawn, None, fx=share, fy=share, interpolation=way)[: cell.shape[0], : cell.shape[1]]
    cell[: drawn.shape[0], : drawn.shape[1]] = drawn


def make_pages(folder: Path, titles: Sequence[str]) -> dict[str, Path]:
    """The scanned sketch at other sizes, and characters, as JPEG files."""
    scan = cv2.imread(str(SKETCH), cv2.IMREAD_COLOR)
    layouts = {CHARACTERS: (2, 2), STRIP: (20, 1)}
    files = {}
    for number, title in enumerate(titles):
        height, width = PAGES[title]
        if title in layouts:
            files[title] = folder / f"page-{number}.jpg"
            cv2.imwrite(str(files[title]), draw_characters((height, width), *layouts[title]))
            continue
        # The largest one is grey: cv2 would need gigabytes for its colours.
        image = scan if height < 20_000 else cv2.cvtColor(scan, cv2.COLOR_BGR2GRAY)
        shrunk = height < scan.shape[0]
        image = cv2.resize(
            image, (width, height), interpolation=cv2.INTER_AREA if shrunk else cv2.INTER_CUBIC
        )
        files[title] = folder / f"page-{number}.jpg"
        cv2.imwrite(str(files[title]), image)
    return files


def krita_figures() -> dict[str, dict]:
    """What is measured in Krita, or nothing where it is not installed."""
    program = [sys.executable, "-m", "benchmarks.krita_task"]
    try:
        done = subprocess.run(
            program, cwd=ROOT, capture_output=True, text=True, check=False, timeout=KRITA_SECONDS
        )
    except subprocess.TimeoutExpired:
        print(f"Krita was not measured: it took more than {KRITA_SECONDS} s", file=sys.stderr)
        return {}
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        print(f"Krita was not measured: {said[-1]}", file=sys.stderr)
        return {}
    return {"krita": json.loads(done.stdout.splitlines()[-1])}


def _pixels(file: Path) -> np.ndarray:
    return cv2.cvtColor(cv2.imread(str(file), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


def _store(page: np.ndarray, path: Path) -> Path:
    np.save(path, page)
    return path


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="performance", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--repeats", type=int, default=3, help="(default: %(default)s)")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs", help="(default: docs)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
