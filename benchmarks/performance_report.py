# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of benchmarks/performance.py as a table against the goals, a document and a plot."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import performance_plot, simo_serra
from benchmarks.performance_tasks import STAGES

Found = Mapping[str, dict]

MIB = 1 << 20
OURS, PEER = "our network, A4, 300 dpi", "2016, A4, 300 dpi"
LIMITED = "A4, 600 dpi, --memory-limit 300M"


@dataclass(frozen=True)
class Goal:
    """A line of the table: `value` of the figures should stay at or below `most`, or reach `least`."""

    what: str
    value: Callable[[Found], float]
    unit: str
    most: float | None = None
    least: float | None = None

    def met(self, value: float) -> bool:
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)


def _of(title: str, name: str, per: float = 1.0) -> Callable[[Found], float]:
    return lambda found: found[title][name] / per


def _command(
    title: str, megabytes: float, seconds: float | None = None, cores: float | None = None, what: str = ""
) -> list[Goal]:
    what = what or title
    goals = [] if seconds is None else [Goal(f"{what}: time", _of(title, "seconds"), "s", most=seconds)]
    if cores is not None:
        goals.append(Goal(f"{what}: all cores", _of(title, "core_seconds"), "core-s", most=cores))
    return [*goals, Goal(f"{what}: peak memory", _of(title, "peak", 1e6), "MB", most=megabytes)]


def times_faster(ours: dict, peer: dict) -> float:
    """How many times longer the peer takes for the same number of page pixels."""
    return (peer["seconds"] / peer["megapixels"]) / (ours["seconds"] / ours["megapixels"])


def time_growth(found: Found) -> float:
    """Seconds per pixel of the largest page over those of A4 at 600 dpi: 1 when time is linear in pixels."""
    usual, large = found["A4, 600 dpi"], found["20000 x 20000 px"]
    return (large["seconds"] / large["megapixels"]) / (usual["seconds"] / usual["megapixels"])


def older(title: str) -> Callable[[Found], float]:
    """How many times longer an older processor takes."""
    return lambda found: found[f"{title}, AVX2"]["seconds"] / found[title]["seconds"]


GOALS = [
    *_command("A4, 300 dpi", 350, 1.5, 2.0, "`smart-lineart ink`, A4, 300 dpi"),
    *_command("characters, A4, 300 dpi", 350, 1.5, 2.0, "the same, four characters on A4, 300 dpi"),
    *_command("A4, 600 dpi", 500, 2.5, 2.8, "the same, A4, 600 dpi"),
    *_command("A3, 600 dpi", (1 << 30) / 1e6, what="A3, 600 dpi, within the limit of 1 GiB"),
    *_command("20000 x 20000 px", (1 << 30) / 1e6, what="20000 x 20000 px, within the limit of 1 GiB"),
    Goal("20000 x 20000 px: time per pixel, A4 at 600 dpi = 1", time_growth, "times", most=1.25),
    *_command(LIMITED, 300 * MIB / 1e6, what="A4, 600 dpi, `--memory-limit 300M`"),
    Goal("a folder of A5 pages: all cores, a page", _of("batch", "core_seconds"), "core-s", most=0.5),
    Goal("in Krita, A4, 300 dpi, click to layer", _of("krita", "seconds"), "s", most=1.2),
    Goal("the same, all cores", _of("krita", "core_seconds"), "core-s", most=2.0),
    Goal("in Krita: growth of its memory at the peak", _of("krita", "growth", 1e6), "MB", most=450),
    Goal("in Krita: growth left when features are let go", _of("krita", "left", 1e6), "MB", most=100),
    Goal("thickness, whole A4, 300 dpi page", _of("brush", "thickness, page"), "s", most=0.3),
    Goal("thickness, visible part (1600 x 1000 px)", _of("brush", "thickness, part"), "s", most=0.03),
    Goal("style, whole page, slowest of all", _of("brush", "style, page"), "s", most=0.3),
    Goal("style, visible part, slowest of all", _of("brush", "style, part"), "s", most=0.05),
    Goal("re-ink after a small edit", _of("renew", "seconds"), "s", most=0.25),
    Goal("AVX2 only, A4, 300 dpi: time, with AVX-512 = 1", older("A4, 300 dpi"), "times", most=1.5),
    Goal("AVX2 only, A4, 600 dpi: time, with AVX-512 = 1", older("A4, 600 dpi"), "times", most=1.5),
    Goal("AVX2 only, re-ink", _of("renew, AVX2", "seconds"), "s", most=0.375),
    Goal(
        "network against 2016, A4, 300 dpi: times faster",
        lambda found: times_faster(found[OURS], found[PEER]),
        "times",
        least=100,
    ),
    Goal(
        "network against 2016, A4, 300 dpi: times less memory",
        lambda found: found[PEER]["peak"] / found[OURS]["peak"],
        "times",
        least=10,
    ),
]


def goals_table(found: Found) -> tuple[str, bool]:
    """The goals beside what was measured, in Markdown, and whether all of them are met."""
    lines = ["| | goal | measured | |", "|---|---:|---:|---|"]
    every = True
    for goal in GOALS:
        bound = f"at most {_short(goal.most)}" if goal.most is not None else f"at least {goal.least:.0f}"
        try:
            value = goal.value(found)
        except KeyError:
            lines.append(f"| {goal.what} | {bound} {goal.unit} | not measured | |")
            continue
        met = goal.met(value)
        every &= met
        missed = "" if met else "**missed**"
        lines.append(f"| {goal.what} | {bound} {goal.unit} | {_short(value)} {goal.unit} | {missed} |")
    return "\n".join(lines), every


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def pages_table(found: Found) -> str:
    """Whole commands, one line each."""
    lines = [
        "| `smart-lineart ink` | Mpx | s | s per Mpx | core-s | peak MB | seen at |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for title, one in found.items():
        if "command total" in one:
            lines.append(
                f"| {title} | {one['megapixels']:.1f} | {one['seconds']:.2f} "
                f"| {one['seconds'] / one['megapixels']:.3f} | {one['core_seconds']:.2f} "
                f"| {one['peak'] / 1e6:.0f} | {one['scale']:.2f} |"
            )
    return "\n".join(lines)


def stages_table(found: Found) -> str:
    """Where the time of an A4 page at 300 dpi goes: the command's own steps, and their shares inside."""
    command, inside = found["A4, 300 dpi"], found["stages"]
    finding = sum(inside[title] for title, _ in STAGES)
    drawing = min(inside["drawing"], command["command render"])
    around = command["seconds"] - command["command total"]
    rows = {"starting: Python, imports, loading the network; ending": around}
    rows |= {"decoding the file": command["command read"]}
    rows |= {title: command["command prepare"] * inside[title] / finding for title, _ in STAGES}
    rows |= {"drawing": drawing, "compressing and writing": command["command render"] - drawing}
    lines = ["| step | ms |", "|---|---:|"]
    lines += [f"| {title} | {1000 * seconds:.0f} |" for title, seconds in rows.items()]
    return "\n".join(lines)


def peers_table(found: Found) -> str:
    lines = ["| | Mpx | s | s per Mpx | core-s per Mpx | peak MB |", "|---|---:|---:|---:|---:|---:|"]
    for title, one in found.items():
        if title.startswith(("our network", "2016", "adaptive", "xdog")):
            size = one["megapixels"]
            lines.append(
                f"| {title} | {size:.2f} | {one['seconds']:.2f} | {one['seconds'] / size:.3f} "
                f"| {one['core_seconds'] / size:.3f} | {one['peak'] / 1e6:.0f} |"
            )
    return "\n".join(lines)


TEXT = """# Performance

Made by `make bench` (`benchmarks/performance.py`): medians of interleaved runs, each in a process of its own,
on {machine}. The pages are a scanned pencil sketch, `examples/skull-a4-300dpi.jpg`, at several sizes, and
characters of `examples/characters`, four on a page, 20 in a strip, and one on each page of a folder; a
command's time is from the start of its process to the lineart on disk. Memory is a process' largest resident
set. Another machine gives other seconds; compare ratios.

## Goals

{goals}

![Time and memory against megapixels](images/performance.png)

## Whole commands

{pages}

*Seen at* is the working scale: the network sees the page at that share of its size, for lines need no more.
*AVX2* plays a processor without AVX-512 and VNNI through the runtime's own switches. *32-bit floats* is
`--model lineart-hq`, the same network before it was brought to 8 bits.

## Where the time goes

A4 at 300 dpi, one command:

{stages}

## After an edit

A stroke more on the A4 page, from the pixels to the redrawn ink: the network is run over {run:.0f} % as many
pixels as the working image has (halos and the blank paper around the page included), {drawn:.0f} % of the
page is drawn again, because strokes that changed are redrawn whole, and {kept:.1f} MB are kept for the next
edit.

## Against others

The network of Simo-Serra et al. 2016 is rebuilt with random weights ({parameters:.1f} M parameters,
{macs:.0f} kMAC per pixel) and runs in 32-bit floats on the same runtime; adaptive thresholds and XDoG are
classical methods that merge no lines (`benchmarks/classical.py`), with OpenCV.

{peers}

On the same A4 page our network alone is {faster:.0f} times faster than that of 2016 and takes {less:.1f}
times less memory ({peer:.0f} MB against {trunk:.0f} MB, whole processes). The working scale has its share in
that: of {page:.1f} Mpx the network is shown {working:.2f}. At scale 1, as the network of 2016 sees a page,
ours is {faster_full:.0f} times faster and takes {less_full:.1f} times less memory ({full:.0f} MB).
"""


def document(found: Found, machine: str) -> str:
    """All of docs/performance.md."""
    trunk, full, peer = found[OURS], found[f"{OURS}, scale 1"], found[PEER]
    return TEXT.format(
        machine=machine,
        goals=goals_table(found)[0],
        pages=pages_table(found),
        stages=stages_table(found),
        run=100 * found["renew"]["network share"],
        drawn=100 * found["renew"]["drawn share"],
        kept=found["renew"]["kept"] / 1e6,
        parameters=simo_serra.parameter_count() / 1e6,
        macs=simo_serra.macs_per_pixel() / 1e3,
        peers=peers_table(found),
        faster=times_faster(trunk, peer),
        faster_full=times_faster(full, peer),
        page=trunk["megapixels"],
        working=trunk["working megapixels"],
        less=peer["peak"] / trunk["peak"],
        less_full=peer["peak"] / full["peak"],
        peer=peer["peak"] / 1e6,
        trunk=trunk["peak"] / 1e6,
        full=full["peak"] / 1e6,
    )


def write(found: Found, machine: str, folder: Path) -> list[Path]:
    """Write performance.md, its plot and the figures behind them into `folder`."""
    paths = [folder / "performance.md", folder / "images" / "performance.png", folder / "performance.json"]
    paths[1].parent.mkdir(parents=True, exist_ok=True)
    paths[0].write_text(document(found, machine))
    performance_plot.draw(found, paths[1])
    paths[2].write_text(json.dumps({"machine": machine, "medians": found}, indent=1) + "\n")
    return paths
