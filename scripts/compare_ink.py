# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether two checkouts ink alike, byte for byte: every example, drawings in several looks, all styles.

Usage: .venv/bin/python scripts/compare_ink.py OTHER [--looks LOOK,...] [--drawings DIR ...] [--jobs N]

OTHER is a checkout of another commit (`git worktree add OTHER COMMIT`). Sketches are drawn once, by this one;
each checkout inks them in a process of its own, again after an edit, and under an artist's changes.
Prints what differs, or how many inkings are the same; exit code 1 where one differs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import ChainMap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from drawings.looks import draw_sketch  # noqa: E402 (the path is set now)
from drawings.pages import DRAWINGS  # noqa: E402
from drawings.strokes import load_drawing  # noqa: E402
from drawings.subjects import IMAGES, read_image  # noqa: E402

# Run in either checkout, so it takes nothing but the engine's public names.
CHILD = '''
import hashlib, sys
from pathlib import Path
import numpy as np
from smart_lineart.inking import Base, FreshInk, Inker, LayerInk, Rect, style_names

def say(*what):
    *name, pixels = what
    told = hashlib.sha256(repr((pixels.shape, pixels.dtype.str)).encode() + np.ascontiguousarray(pixels).data)
    print(*name, told.hexdigest(), flush=True)

def edited(page):
    """With a bar drawn across its middle, and a corner erased."""
    page, (height, width) = page.copy(), page.shape[:2]
    page[height // 2 : height // 2 + 4, width // 4 : width // 2] = 40
    page[: height // 6, : width // 6] = page[0, 0]
    return page

with Inker() as inker:
    for file in map(Path, sys.argv[1:]):
        page = np.load(file)
        features = inker.prepare(page)
        again = inker.prepare(edited(page), previous=features)
        area = Rect(0, 0, features.size[1], features.size[0])
        for style in style_names():
            first, fresh = (inker.render(one, thickness=4.0, style=style) for one in (features, again))
            say(file.stem, style, "inked", first)
            say(file.stem, style, "edited", fresh)
            if style not in ("pen", "pencil"):
                continue
            layer = first.copy()
            layer[:, area.width // 3 : area.width // 3 + 12] = 0
            layer[area.height // 3 : area.height // 3 + 6] = 255
            record = FreshInk(first, area, 4.0, None).record()
            base = Base.find(record, LayerInk(layer, np.zeros(layer.shape, np.bool_), area))
            if base is not None:
                merge = base.merge(FreshInk(fresh, area, 4.0, None), area)
                say(file.stem, style, "renewed", merge.apply(layer))
        say(file.stem, "thin", inker.render(features, thickness=1.5, faint=0.0))
'''


def draw_pages(folder: Path, looks: list[str], drawings: list[Path]) -> None:
    """Every example as it is, and every drawing in every look."""
    for path in sorted((ROOT / "examples").iterdir()):
        if path.suffix.lower() in IMAGES:
            np.save(folder / f"{path.stem}.npy", read_image(path))
    for path in sorted(file for place in drawings for file in place.glob("*.json")):
        for look in looks:
            np.save(folder / f"{path.stem}-{look}.npy", draw_sketch(load_drawing(path), look, seed=path.stem))


def ink(checkout: Path, pages: list[Path]) -> dict[str, str]:
    """A checksum of each inking of some pages by a checkout."""
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    command = [sys.executable, "-c", CHILD, *map(str, pages)]
    said = subprocess.check_output(command, cwd=checkout, env=environment, text=True)
    return dict(line.rsplit(" ", 1) for line in said.splitlines())


def main() -> None:
    """Ink with both, and compare."""
    parser = argparse.ArgumentParser(description="Whether two checkouts ink alike, byte for byte.")
    parser.add_argument("other", type=Path, help="a checkout of another commit")
    parser.add_argument("--looks", default="graphite,photo", help="(default: graphite,photo)")
    parser.add_argument("--drawings", type=Path, nargs="+", default=list(DRAWINGS), metavar="DIR")
    parser.add_argument("--jobs", type=int, default=1, help="processes for each checkout (default: 1)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        draw_pages(Path(scratch), options.looks.split(","), options.drawings)
        pages = sorted(Path(scratch).glob("*.npy"))
        shares = [share for share in (pages[i :: options.jobs] for i in range(options.jobs)) if share]
        with ThreadPoolExecutor(2 * len(shares)) as pool:
            ours = [pool.submit(ink, ROOT, share) for share in shares]
            theirs = [pool.submit(ink, options.other.resolve(), share) for share in shares]
            here, there = (dict(ChainMap(*(one.result() for one in inked))) for inked in (ours, theirs))
    differ = sorted(name for name in here.keys() | there.keys() if here.get(name) != there.get(name))
    for name in differ:
        print(f"differs: {name}")
    print(f"{len(here) - len(differ)} of {len(here)} inkings are the same, byte for byte")
    sys.exit(bool(differ) or not here)


if __name__ == "__main__":
    main()
