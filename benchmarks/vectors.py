# SPDX-License-Identifier: GPL-3.0-or-later
"""Strokes as vectors beside what tracers make of the same ink: nodes, kinks, likeness, time.

    python benchmarks/vectors.py [--thickness PX] SKETCH...

The ink of every sketch is drawn once and given to all, as pixels to the tracers. Those that are installed are
asked: potrace (apt), vtracer (pip), autotrace (apt or, as pyautotrace, pip). A node is one on a curve; a kink
is a turn of 5 to 30 degrees at a node, which is neither smooth nor a corner. Likeness is intersection over
union with the ink's pixels, each counted as far as it is covered, of the file as librsvg shows it.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyvips

from smart_lineart.cli.files.page import Spool, read_page
from smart_lineart.inking import Features, Inker
from smart_lineart.inking.vectors.svg import outline_data, step_for

NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?")
KINK = 5.0, 30.0
LENGTHS = {"m": 2, "l": 2, "c": 6, "h": 1, "v": 1, "z": 0}


@dataclass
class Row:
    what: str
    pieces: int
    nodes: int
    kinks: int
    likeness: float | None
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sketches", nargs="+", type=Path)
    parser.add_argument("--thickness", type=float, help="px (default: what suits each sketch)")
    arguments = parser.parse_args()
    with Inker() as inker:
        for sketch in arguments.sketches:
            page = read_page(sketch, Spool(1 << 30, Path(tempfile.gettempdir()), 1 << 30))
            features = inker.prepare(page.sketch, keep=False)
            thickness = arguments.thickness or features.suiting_thickness()
            ink = inker.render(features, thickness=thickness)
            tell(sketch.stem, thickness, len(features.drawn_at(0.5)), rows(features, thickness, ink))


def tell(name: str, thickness: float, strokes: int, found: list[Row]) -> None:
    print(f"\n{name}, {thickness:.1f} px, {strokes} strokes\n")
    print("| | pieces | nodes | kinks | likeness | core-seconds |\n|---|---|---|---|---|---|")
    for row in found:
        like = "" if row.likeness is None else f"{row.likeness:.3f}"
        print(f"| {row.what} | {row.pieces} | {row.nodes} | {row.kinks} | {like} | {row.seconds:.2f} |")


def rows(features: Features, thickness: float, ink: np.ndarray) -> list[Row]:
    began = time.process_time()
    vectors = features.vectors(thickness)
    seconds = time.process_time() - began
    step = step_for(vectors.size)
    ours = [outline_data(one.outline, step) for one in (*vectors.strokes, *vectors.areas)]
    centres = [outline_data([stroke.centre], step) for stroke in vectors.strokes]
    found = [
        row("our centrelines", centres, None, ink, seconds),
        row("our outlines", ours, page_of(ours, ink.shape), ink, seconds),
    ]
    with tempfile.TemporaryDirectory() as folder:
        for name, trace in TRACERS.items():
            began = processor_seconds()
            svg = trace(ink, Path(folder))
            if svg is None:
                print(f"{name} is not installed", file=sys.stderr)
                continue
            seconds = processor_seconds() - began
            paths = re.findall(r'<path[^>]*?\sd="([^"]*)"', svg)
            filled = None if name.startswith("autotrace") else page_of(paths, ink.shape, svg)
            found.append(row(name, paths, filled, ink, seconds))
    return found


def processor_seconds() -> float:
    """Of this process and of those that it has waited for."""
    return sum(os.times()[:4])


def row(what: str, paths: list[str], svg: str | None, ink: np.ndarray, seconds: float) -> Row:
    nodes = kinks = pieces = 0
    for path in paths:
        for curves, closed in subpaths(path):
            pieces += 1
            nodes += len(curves) + (not closed)
            kinks += kinks_of(curves, closed=closed)
    like = None
    if svg is not None:
        pyvips.operation_block_set("VipsForeignLoadSvg", False)  # reading sketches has shut it off
        shown = pyvips.Image.svgload_buffer(svg.encode()).extract_band(3).numpy().astype(float)
        like = float(np.minimum(shown, ink).sum() / np.maximum(shown, ink).sum())
    return Row(what, pieces, nodes, kinks, like, seconds)


def page_of(paths: list[str], shape: tuple[int, ...], svg: str | None = None) -> str:
    """A page of the ink's size with these paths, placed as `svg` places them."""
    height, width = shape
    places = re.findall(r'transform="([^"]*)"', svg or "")
    if svg is not None and len(places) == 1:  # potrace's one group
        paths_in = "".join(f'<path d="{path}"/>' for path in paths)
        body = f'<g transform="{places[0]}">{paths_in}</g>'
    elif len(places) == len(paths):  # vtracer's, one a path
        body = "".join(f'<path transform="{at}" d="{d}"/>' for at, d in zip(places, paths, strict=True))
    else:
        body = "".join(f'<path d="{path}"/>' for path in paths)
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{body}</svg>'


def subpaths(path: str) -> list[tuple[np.ndarray, bool]]:
    """The curves (k, 4, 2) of each part of a path's data, and whether it is closed."""
    found: list[tuple[np.ndarray, bool]] = []
    curves: list[np.ndarray] = []
    at = begin = np.zeros(2)

    def end(*, closed: bool) -> None:
        if curves:
            if closed and np.hypot(*(begin - at)) > 0.02:
                curves.append(straight(at, begin))
            found.append((np.array(curves), closed))
        curves.clear()

    for letter, text in re.findall(r"([mMlLcChHvVzZ])([^mMlLcChHvVzZ]*)", path):
        kind, relative = letter.lower(), letter.islower()
        values = [float(number) for number in NUMBER.findall(text)]
        if kind == "z":
            end(closed=True)
            at = begin
            continue
        for first in range(0, len(values), LENGTHS[kind]):
            given = values[first : first + LENGTHS[kind]]
            base = at if relative else np.zeros(2)
            if kind in "hv":
                there = at.copy()
                there["hv".index(kind)] = given[0] + base["hv".index(kind)]
                points = [there]
            else:
                points = [base + given[i : i + 2] for i in range(0, len(given), 2)]
            if kind == "m" and first == 0:
                end(closed=False)
                at = begin = points[0]
                continue
            curves.append(np.array([at, *points]) if kind == "c" else straight(at, points[-1]))
            at = points[-1]
    end(closed=False)
    return found


def straight(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    return np.array([one, one + (two - one) / 3, two - (two - one) / 3, two])


def kinks_of(curves: np.ndarray, *, closed: bool) -> int:
    leaving = np.array([way(curve) for curve in curves])
    arriving = np.array([-way(curve[::-1]) for curve in curves])
    a, b = (arriving, np.roll(leaving, -1, axis=0)) if closed else (arriving[:-1], leaving[1:])
    turn = np.abs(np.degrees(np.arctan2(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], (a * b).sum(1))))
    return int(((turn > KINK[0]) & (turn < KINK[1])).sum())


def way(curve: np.ndarray) -> np.ndarray:
    away = curve[1:] - curve[0]
    return away[int(np.argmax(np.hypot(*away.T) > 1e-9))]


def with_potrace(ink: np.ndarray, folder: Path) -> str | None:
    if not shutil.which("potrace"):
        return None
    subprocess.run(["potrace", "-s", "-o", folder / "out.svg", picture(ink, folder / "in.pgm")], check=True)
    return (folder / "out.svg").read_text()


def with_vtracer(ink: np.ndarray, folder: Path) -> str | None:
    if importlib.util.find_spec("vtracer") is None:
        return None
    import vtracer

    pixels = np.where(ink > 127, 0, 255).astype(np.uint8)
    pyvips.Image.new_from_array(pixels).write_to_file(str(folder / "in.png"))
    vtracer.convert_image_to_svg_py(str(folder / "in.png"), str(folder / "out.svg"), colormode="binary")
    return (folder / "out.svg").read_text()


def with_autotrace(ink: np.ndarray, folder: Path) -> str | None:
    if importlib.util.find_spec("autotrace") is not None:
        from autotrace import Bitmap, VectorFormat

        pixels = np.repeat(np.where(ink > 127, 0, 255).astype(np.uint8)[..., None], 3, axis=2)
        traced = Bitmap(pixels).trace(centerline=True, color_count=2)
        return str(traced.encode(VectorFormat.SVG).decode())
    if not shutil.which("autotrace"):
        return None
    source = picture(ink, folder / "in.pgm")
    words = ["autotrace", "-centerline", "-color-count", "2", "-output-file", folder / "out.svg", source]
    subprocess.run(words, check=True)
    return (folder / "out.svg").read_text()


def picture(ink: np.ndarray, path: Path) -> Path:
    """The ink as a tracer is given it: black where a pixel is half covered."""
    pixels = np.where(ink > 127, 0, 255).astype(np.uint8)
    path.write_bytes(b"P5 %d %d 255\n" % ink.shape[::-1] + pixels.tobytes())
    return path


TRACERS: dict[str, Callable[[np.ndarray, Path], str | None]] = {
    "potrace": with_potrace,
    "vtracer": with_vtracer,
    "autotrace centrelines": with_autotrace,
}


if __name__ == "__main__":
    main()
