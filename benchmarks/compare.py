# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the time and memory that two commits take to ink pages.

Usage: python benchmarks/compare.py A B [PAGE...] [--repeats 5]

A and B are commits of this repository. Each page is inked by `smart-lineart ink` as it is in A, in B, in A,
in B and so on, each time in a process of its own, so that a busy moment hits both. Printed are the medians,
and the median of the ratios of each pair, B to A, with the least and the greatest.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import cv2

if __package__ in (None, ""):  # run as a file: its folder is on the path, the repository is not
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.performance import SKETCH, Command
from benchmarks.speed import ROOT, TaskFailed, describe_machine

CHARACTERS = ROOT / "examples" / "characters" / "ankitan_portraits.webp"
FIGURES = {"seconds": "s", "core_seconds": "core-s", "peak": "peak MB"}
MEGABYTE = 1e6

Pairs = list[tuple[dict, dict]]


def main(arguments: list[str] | None = None) -> int:
    options = _parse(arguments)
    print(describe_machine())
    try:
        with checkout(options.before) as before, checkout(options.after) as after:
            for page in options.pages:
                pairs = measured(page, before, after, options.repeats)
                print(f"\n{page.name}, {options.repeats} pairs\n", *table(pairs), sep="\n")
    except (TaskFailed, ValueError, OSError) as error:
        print(f"compare: {error}", file=sys.stderr)
        return 2
    return 0


@contextmanager
def checkout(commit: str, repository: Path = ROOT) -> Iterator[Path]:
    """A folder with the files of a commit, for a while. Raises ValueError for what is no commit."""
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "files"
        done = _git(repository, "worktree", "add", "--detach", str(files), commit)
        if done.returncode:
            raise ValueError(f"{commit}: {(done.stderr.strip().splitlines() or ['no commit'])[-1]}")
        try:
            yield files
        finally:
            _git(repository, "worktree", "remove", "--force", str(files))


def _git(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", "-C", str(repository), *arguments], capture_output=True, text=True, check=False
    )


def measured(page: Path, before: Path, after: Path, repeats: int) -> Pairs:
    """Figures of inking a page with the files of two folders, in turns. Raises TaskFailed, ValueError."""
    picture = cv2.imread(str(page), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise ValueError(f"{page} cannot be read")
    size = (picture.shape[0], picture.shape[1])
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / page.name  # the lineart is written beside it
        copy.write_bytes(page.read_bytes())
        first, second = (Command(name, copy, size, root=root) for name, root in (("A", before), ("B", after)))
        return [(first.run(), second.run()) for _ in range(repeats)]


def table(pairs: Pairs) -> list[str]:
    """Rows of a table in Markdown."""
    rows = ["| | A | B | B to A | from | to |", "|---|---:|---:|---:|---:|---:|"]
    for name, title in FIGURES.items():
        unit = MEGABYTE if name == "peak" else 1.0
        a, b = ([pair[side][name] / unit for pair in pairs] for side in (0, 1))
        ratios = [later / earlier for earlier, later in zip(a, b, strict=True)]
        shown: Callable[[float], str] = "{:.0f}".format if name == "peak" else "{:.2f}".format
        cells = [title, shown(median(a)), shown(median(b)), *(f"{q:.3f}" for q in _spread(ratios))]
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def _spread(values: Sequence[float]) -> tuple[float, float, float]:
    return median(values), min(values), max(values)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="compare", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("before", metavar="A")
    parser.add_argument("after", metavar="B")
    parser.add_argument(
        "pages", type=Path, nargs="*", metavar="PAGE", default=[SKETCH, CHARACTERS],
        help="(default: a pencil sketch on A4 at 300 dpi, and a page of characters)",
    )  # fmt: skip
    parser.add_argument("--repeats", type=int, default=5, help="pairs (default: %(default)s)")
    options = parser.parse_args(arguments)
    if options.repeats < 1:
        parser.error("--repeats must be 1 or more")
    return options


if __name__ == "__main__":
    sys.exit(main())
