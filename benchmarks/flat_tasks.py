# SPDX-License-Identifier: GPL-3.0-or-later
"""What an artist does with flats: a lineart with a few gaps, and dabs until all is right.

    python benchmarks/flat_tasks.py ICONS.json [--count N] [--spread S ...]

Gaps: by how much areas differ from those of the same lineart without gaps, as a share of the page; each
drawing has three gaps, from 2 px to 4.4 % of the side wide. Hints: how many dabs it takes, over the areas of
the truth, each into the middle of the largest part that is still wrong, until all but a fiftieth is right.
Where a colour ends without a line no dab parts it exactly: drawings whose areas leak no more than that are
told apart.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import cv2
import numpy as np

from benchmarks.flat_drawings import SIDE, FlatDrawing, drawings, regions, with_gaps
from benchmarks.flats import inked, leak
from smart_lineart.inking.areas import PAPER_HINT, Areas, Colour, find_areas, paint, with_hints

GAPS = (2, 4, 8, 16, 24, 32)  # px: 4.4 % of the side at most
FEW = 3  # gaps a drawing
RIGHT = 0.02  # of what is coloured may be wrong when all is right
DAB = 3  # px, a dab's radius
TRIES = 3  # as many dabs as there are areas, and then it is given up


def difference(labels: np.ndarray, whole: np.ndarray, counted: np.ndarray) -> float:
    """The share of what is counted that lies in another area than in `whole`: areas are matched one to one,
    those that share most first, and the paper with the paper.
    """
    pairs, shared = np.unique(
        np.stack([labels[counted], whole[counted]]).astype(np.int64), axis=1, return_counts=True
    )
    same, used = 0, (set[int](), set[int]())
    for at in np.argsort(-shared, kind="stable"):
        one, other = pairs[:, at].tolist()
        if (one == 0) == (other == 0) and one not in used[0] and other not in used[1]:
            used[0].add(one)
            used[1].add(other)
            same += int(shared[at])
    return 1.0 - same / max(1, int(counted.sum()))


def hints_needed(areas: Areas, drawing: FlatDrawing, spread: float) -> int:
    """How many dabs until all is right, or as many as are tried."""
    counted = drawing.counted & (drawing.ink < 128)
    hints = np.zeros((*areas.shape, 4), np.uint8)
    most = TRIES * sum(1 for _ in regions(drawing.flats))
    for number in range(most):
        shown = paint(*with_hints(areas, hints, {}, spread=spread))
        wrong = (_number(shown) != drawing.flats) & counted
        if wrong.sum() <= RIGHT * (counted & (drawing.flats > 0)).sum():
            return number
        _dab(hints, wrong, drawing.flats)
    return most


def _dab(hints: np.ndarray, wrong: np.ndarray, truth: np.ndarray) -> None:
    """Put a dab into the largest wrong part of one colour."""
    best, best_size = None, 0
    for colour in np.unique(truth[wrong]):
        _, labels, table, _ = cv2.connectedComponentsWithStats((wrong & (truth == colour)).astype(np.uint8))
        one = 1 + int(table[1:, cv2.CC_STAT_AREA].argmax())
        if table[one, cv2.CC_STAT_AREA] > best_size:
            best, best_size = labels == one, int(table[one, cv2.CC_STAT_AREA])
    assert best is not None
    deep = cv2.distanceTransform(np.pad(best, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    y, x = np.unravel_index(int(deep.argmax()), deep.shape)
    colour = _colour(int(truth[y, x]))
    cv2.circle(hints, (int(x), int(y)), min(DAB, max(0, int(deep.max()) - 1)), (*colour, 255), -1)


def _colour(number: int) -> Colour:
    """A colour for a number of the truth: told back by :func:`_number`."""
    return (number % 251, number // 251, 128) if number else PAPER_HINT


def _number(shown: np.ndarray) -> np.ndarray:
    number = shown[..., 0].astype(np.int64) + 251 * shown[..., 1]
    return np.where(shown[..., 3] > 0, number, 0)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("icons", type=Path)
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--spread", type=float, nargs="*", default=(0.0, 1.0))
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "flat-drawings")
    arguments = parser.parse_args()
    differ: list[float] = []
    leaks: list[float] = []
    needed: dict[float, list[float]] = {spread: [] for spread in arguments.spread}
    for seed, one in enumerate(
        inked(drawings(arguments.icons, arguments.count, arguments.cache), arguments.cache)
    ):
        areas = find_areas(one.ink)
        leaks.append(leak(areas.on_page(), one.flats, one.counted & (one.ink < 128)))
        whole, counted = areas.on_page(), one.ink < 128
        for gap in GAPS:
            found = find_areas(with_gaps(one.ink, gap, seed, FEW))
            differ.append(difference(found.on_page(), whole, counted))
        for spread, rows in needed.items():
            rows.append(hints_needed(areas, one, spread) / sum(1 for _ in regions(one.flats)))
        print(
            f"{one.name}: differs " + " ".join(f"{100 * value:.2f}" for value in differ[-len(GAPS) :]),
            "%; hints over areas " + " ".join(f"{rows[-1]:.2f}" for rows in needed.values()),
            flush=True,
        )
    worst = sorted(differ)[-max(1, len(differ) // 10) :]
    clean = [at for at, share in enumerate(leaks) if share <= RIGHT]
    print(f"gaps to {100 * max(GAPS) / SIDE:.1f} %: mean {100 * np.mean(differ):.2f} %, ", end="")
    print(f"worst tenth {100 * np.mean(worst):.2f} %")
    for spread, rows in needed.items():
        print(
            f"hints over areas, spread {spread:g}: {np.mean(rows):.2f}, median {np.median(rows):.2f}", end=""
        )
        parted = [rows[at] for at in clean]
        print(f"; where lines part all colours, {len(parted)} drawings: {np.mean(parted or [0.0]):.2f}")


if __name__ == "__main__":
    main()
