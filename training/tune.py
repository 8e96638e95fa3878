# SPDX-License-Identifier: GPL-3.0-or-later
"""What the numbers tuned to a network are worth.

Usage: python -m training.tune DIR ... [--number NAME=VALUE,... ...] [--ablate]

Inks the stroke drawings in the folders (benchmarks/drawings, examples/strokes or others that the network did
not learn from), in some looks, with every value of every number named, and prints F of all together: for each
value, and for choosing the value by the other drawings (leave one drawing out, all looks of it), which is
what a change can be believed to be worth. `--ablate` takes each rule out once, and prints what F it gives.

The network is run once for each view of a page; what it said is remembered, so that a sweep is tracing only.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from drawings.looks import LOOKS, draw_sketch
from drawings.metrics import Lineart, measure_lineart
from drawings.strokes import LONG_EDGE, load_drawing
from drawings.truth import draw_truth
from smart_lineart.inking import Inker
from smart_lineart.inking.network.runtime import Network
from smart_lineart.inking.tuning import BadNumber, Tuning

THICKNESS = 4.0  # px at LONG_EDGE
USUAL_LOOKS = "graphite,photo"

Values = dict[str, float]  # a number's name, as in tracing.gaps.gap, to its value

# The numbers with which a rule does nothing.
RULES: dict[str, Values] = {
    "fill holes": {"tracing.holes.largest": 0},
    "prune spurs": {"tracing.spurs.spur": 0, "tracing.spurs.burr": 0},
    "prune burrs": {"tracing.spurs.burr": 0},
    "put drawn spurs back": {"tracing.drawn.shortest": 40},
    "close gaps": {"tracing.gaps.gap": 0},
    "drop redundant lines": {"tracing.redundant.longest": 0},
    "ease junctions": {"tracing.junctions.farthest": 0},
    "room in doubt": {"tracing.fairing.room_in_doubt": 0},
    "drop specks": {"tracing.assembly.speck": 0},
    "drop scraps": {"tracing.assembly.scrap": 0},
    "drop dashes": {"tracing.assembly.dash": 0},
    "look again in doubt": {"uncertainty.searching": 1},
    "look closer at single passes": {"roughness.closer": 0},
    "look from afar at many passes": {"roughness.more": 100, "roughness.closer": 0},
    "look closer at fine strokes": {"scale.by_width": 0},
    "fill solids": {"fills.solid": 1},
}


class Remembering:
    """A network that runs once for each tile: other numbers see the same page again and again."""

    def __init__(self, network: Network):
        self._network = network
        self._known: dict[bytes, np.ndarray] = {}
        self.runs = 0
        self.runtime_name, self.device_name = network.runtime_name, network.device_name
        self.release_memory, self.close = network.release_memory, network.close

    def run(self, tile: np.ndarray) -> np.ndarray:
        key = hashlib.blake2b(repr(tile.shape).encode() + tile.tobytes(), digest_size=16).digest()
        if key not in self._known:
            self.runs += 1
            self._known[key] = self._network.run(tile)
        return self._known[key]


@dataclass(frozen=True)
class Page:
    """A sketch to measure on; `drawing` is what its looks have in common."""

    drawing: str
    sketch: np.ndarray
    truth: Lineart


class Bench:
    """Measures numbers on pages, each set of lines once."""

    def __init__(self, inker: Inker, pages: Sequence[Page]):
        self._inker = inker
        self.network = inker._network = Remembering(inker._network)
        self.tuning = inker.tuning
        self.pages = pages
        self._measured: dict[bytes, float] = {}
        self.usual = self.scores({})

    def scores(self, values: Values) -> np.ndarray:
        """F of every page with these values in place of the model's."""
        self._inker.tuning = changed(self.tuning, values)
        return np.array([self._score(number, page) for number, page in enumerate(self.pages)])

    def _score(self, number: int, page: Page) -> float:
        thickness = THICKNESS * max(page.sketch.shape[:2]) / LONG_EDGE
        ink = self._inker.ink(page.sketch, thickness=thickness)
        key = hashlib.blake2b(ink.tobytes(), key=str(number).encode(), digest_size=16).digest()
        if key not in self._measured:
            self._measured[key] = measure_lineart(Lineart.of(255 - ink), page.truth)["F"]
        return self._measured[key]


def changed(tuning: Tuning, values: Values) -> Tuning:
    """Numbers with some of them replaced. Raises BadNumber."""
    plain = tuning.to_dict()
    for name, value in values.items():
        inner: Any = plain
        *way, last = name.split(".")
        for part in way:
            inner = inner.get(part) if isinstance(inner, dict) else None
        if not isinstance(inner, dict) or not isinstance(inner.get(last), int | float):
            raise BadNumber(name)
        inner[last] = type(inner[last])(value) if value == int(value) else value
    return Tuning.from_dict(plain)


def cross_validated(scores: np.ndarray, drawings: Sequence[str]) -> np.ndarray:
    """What each page gets (pages,) with the value that suits the other drawings best.

    `scores` are (values, pages); of equally good values the first is taken.
    """
    chosen = np.empty(scores.shape[1])
    names = np.array(drawings)
    for name in dict.fromkeys(drawings):
        own = names == name
        others = scores[:, ~own] if (~own).any() else scores
        chosen[own] = scores[others.mean(axis=1).argmax(), own]
    return chosen


def sweep(bench: Bench, name: str, values: Sequence[float], say: Callable[[str], object] = print) -> float:
    """Print what each value of a number gives, and return what choosing among them is worth."""
    # The model's own value comes first: another must be better to be chosen.
    scores = np.array([bench.usual, *(bench.scores({name: value}) for value in values)])
    for value, found in zip(values, scores[1:], strict=True):
        say(f"{name} = {value:g}: F {found.mean():.4f}, {difference(found, bench)}")
    worth = cross_validated(scores, [page.drawing for page in bench.pages])
    say(f"{name}, chosen by the other drawings: {difference(worth, bench)}")
    return float((worth - bench.usual).mean())


def ablate(bench: Bench, say: Callable[[str], object] = print) -> dict[str, float]:
    """Print and return what F changes by when each rule is taken out."""
    lost = {}
    for rule, values in RULES.items():
        found = bench.scores(values)
        lost[rule] = float((found - bench.usual).mean())
        say(f"without: {rule:30}  {difference(found, bench)}")
    return lost


def difference(found: np.ndarray, bench: Bench) -> str:
    """The mean difference in F, how many pages it makes better and worse, and the worst of them."""
    apart = found - bench.usual
    worst = int(apart.argmin())
    better, worse = int((apart > 1e-6).sum()), int((apart < -1e-6).sum())
    return (
        f"dF {apart.mean():+.4f} ({better} better, {worse} worse; "
        f"{apart[worst]:+.4f} at worst, on {bench.pages[worst].drawing})"
    )


def load_pages(folders: Iterable[Path], looks: Sequence[str]) -> list[Page]:
    """Every stroke drawing of some folders in every look. Raises FileNotFoundError when there are none."""
    pages = []
    for path in sorted(file for folder in folders for file in folder.glob("*.json")):
        drawing = load_drawing(path)
        truth = Lineart.of(draw_truth(drawing))
        pages += [Page(path.stem, draw_sketch(drawing, look, seed=path.stem), truth) for look in looks]
    if not pages:
        raise FileNotFoundError("there are no stroke drawings (.json) in these folders")
    return pages


def _number(text: str) -> tuple[str, list[float]]:
    name, _, values = text.partition("=")
    try:
        numbers = [float(value) for value in values.split(",")]
        for value in numbers:
            changed(Tuning(), {name: value})
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"no sound value, or no number of this name: {error}") from error
    return name, numbers


def _looks(text: str) -> list[str]:
    names = text.split(",")
    if not set(names) <= set(LOOKS):
        raise argparse.ArgumentTypeError(f"looks are {', '.join(LOOKS)}")
    return names


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+", metavar="DIR")
    parser.add_argument(
        "--number", type=_number, action="append", default=[], metavar="NAME=VALUE,...", help="to sweep"
    )
    parser.add_argument("--ablate", action="store_true", help="take each rule out once")
    parser.add_argument("--looks", type=_looks, default=_looks(USUAL_LOOKS), help=f"(default: {USUAL_LOOKS})")
    parser.add_argument("--model", type=Path, help="a model folder (default: the one that comes along)")
    options = parser.parse_args()
    with Inker(model=options.model) as inker:
        bench = Bench(inker, load_pages(options.folders, options.looks))
        print(f"{len(bench.pages)} pages, F {bench.usual.mean():.4f} with the model's own numbers")
        for name, values in options.number:
            sweep(bench, name, values)
        if options.ablate:
            ablate(bench)


if __name__ == "__main__":
    main()
