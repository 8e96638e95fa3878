# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure lineart quality on the sketches of one or more folders.

DIR holds any of: stroke drawings (.json, drawn in several looks at 1400 px), pairs NAME.sketch.png and
NAME.truth.png, and lone images, which are only shown. Prints the metrics of drawings/metrics.py and
drawings/fixes.py for this project and for the classical methods, per image, at the median and where the worst
tenth begins; writes them as metrics.json, with contact sheets, to the output folder.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

if __package__ in (None, ""):  # run as a file: its folder is on the path, the repository is not
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import classical, overlay, sheet, summary
from drawings.fixes import KINDS, find_places, fixes
from drawings.looks import LOOKS
from drawings.metrics import Lineart, measure_lineart
from drawings.strokes import LONG_EDGE
from drawings.subjects import Subject, find_files, load_subjects
from smart_lineart.inking import ArraySketch, Inker, InkError

OURS = "ours"
METHODS = (OURS, *classical.METHODS)

Inking = Callable[[np.ndarray], np.ndarray]
"""From a sketch as read, uint8, to lineart, uint8 H x W, 0 ink .. 255 paper."""


def main(arguments: list[str] | None = None) -> int:
    options = _parse(arguments)
    try:
        files = [file for folder in options.folders for file in find_files(folder)][: options.limit]
        for folder in filter(None, (options.out, options.overlays)):
            folder.mkdir(parents=True, exist_ok=True)
        with Inker(model=options.model) as inker:
            report, rows = _measure_all(files, options, _inkings(inker, options))
    except (ValueError, OSError, InkError) as error:
        print(f"quality: {error}", file=sys.stderr)
        return 2
    if report["summary"]:
        _print_summary(report, options.thickness)
    for name, why in report["missing"].items():
        print(f"{name}: left out: {why}")
    metrics_file = options.out / "metrics.json"
    metrics_file.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print("\nwritten:", *[metrics_file, *sheet.write_sheets(rows, options.out)], sep="\n  ")
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="quality", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, metavar="DIR", nargs="+")
    parser.add_argument(
        "--thickness", type=float, default=4.0, help="px at 1400 px long edge (default: %(default)s)"
    )
    parser.add_argument("--limit", type=int, help="measure only the first so many files")
    parser.add_argument(
        "--out", type=Path, default=Path("lineart/quality"), help="output folder (default: %(default)s)"
    )
    parser.add_argument(
        "--overlays", type=Path, metavar="DIR", help="write pictures of the places that are to be mended"
    )
    parser.add_argument(
        "--model", type=Path, help="folder of the model to ink with (default: the built-in one)"
    )
    parser.add_argument(
        "--looks",
        type=_names(tuple(LOOKS)),
        default=list(LOOKS),
        help=f"of the stroke drawings, in turn (default: {','.join(LOOKS)})",
    )
    parser.add_argument(
        "--methods", type=_names(METHODS), default=list(METHODS), help=f"(default: {','.join(METHODS)})"
    )
    options = parser.parse_args(arguments)
    if options.limit is not None and options.limit < 1:
        parser.error("--limit must be at least 1")
    return options


def _names(known: tuple[str, ...]) -> Callable[[str], list[str]]:
    def split(text: str) -> list[str]:
        names = text.split(",")
        for name in names:
            if name not in known:
                raise argparse.ArgumentTypeError(f"'{name}' is none of {', '.join(known)}")
        return names

    return split


def _inkings(inker: Inker, options: argparse.Namespace) -> dict[str, Inking]:
    def ours(sketch: np.ndarray) -> np.ndarray:
        scale = max(sketch.shape[:2]) / LONG_EDGE
        return 255 - inker.ink(sketch, thickness=options.thickness * scale)

    def classically(method: classical.Method) -> Inking:
        def ink(sketch: np.ndarray) -> np.ndarray:
            luma = ArraySketch(sketch).read_luma(0, sketch.shape[0])
            return method(classical.dark_on_light(luma))

        return ink

    known = {OURS: ours} | {name: classically(method) for name, method in classical.METHODS.items()}
    return {name: known[name] for name in options.methods}


def _measure_all(
    files: list[Path], options: argparse.Namespace, inkings: dict[str, Inking]
) -> tuple[dict[str, object], list[sheet.Row]]:
    images, rows, missing = [], [], {}
    print(f"thickness {options.thickness:g} px at {LONG_EDGE} px long edge\n\n{summary.heading('image')}")
    for subject in load_subjects(files, options.looks):
        linearts = {}
        for name, ink in inkings.items():
            try:
                linearts[name] = ink(subject.sketch)
            except classical.MissingProgram as error:
                missing[name] = str(error)
        measured = _measure(subject, linearts, options.overlays)
        for name, figures in measured.items():
            print(summary.row(f"{subject.name} ({subject.look}) {name}", figures), flush=True)
        images.append({"name": subject.name, "look": subject.look, "methods": measured})
        rows.append(_sheet_row(subject, linearts, measured))
    report = {
        "thickness": options.thickness,
        "images": images,
        "summary": _summarise(images, list(inkings), options.thickness),
        "missing": missing,
    }
    return report, rows


def _measure(
    subject: Subject, linearts: dict[str, np.ndarray], overlays: Path | None
) -> dict[str, dict[str, float]]:
    if subject.truth is None:
        return {}
    truth, measured = Lineart.of(subject.truth), {}
    for name, lineart in linearts.items():
        ink = Lineart.of(lineart)
        places = find_places(ink, truth)
        measured[name] = measure_lineart(ink, truth) | fixes(places, truth)
        if overlays:
            picture = overlay.draw(ink, truth, places)
            picture.save(overlays / f"{subject.name}-{subject.look}-{name}.png")
    return measured


def _summarise(
    images: list[dict], methods: list[str], thickness: float
) -> dict[str, dict[str, dict[str, float]]]:
    summaries = {}
    for name in methods:
        measured = [image["methods"][name] for image in images if name in image["methods"]]
        if measured:
            summaries[name] = {
                "median": summary.median(measured),
                "worst tenth": summary.worst_tenth(measured, thickness),
            }
    return summaries


def _sheet_row(
    subject: Subject, linearts: dict[str, np.ndarray], measured: dict[str, dict[str, float]]
) -> sheet.Row:
    shown = subject.sketch if subject.truth is None else subject.truth
    luma = classical.dark_on_light(ArraySketch(shown).read_luma(0, shown.shape[0]))
    place = sheet.busiest_place(1 - classical.normalise_background(luma))
    cells = [sheet.make_cell(subject.sketch, "sketch", place)]
    if subject.truth is not None:
        cells.append(sheet.make_cell(subject.truth, "truth", place))
    for name, lineart in linearts.items():
        cells.append(sheet.make_cell(lineart, _caption(name, measured.get(name)), place))
    return sheet.Row(f"{subject.name} ({subject.look})", cells)


def _caption(method: str, figures: dict[str, float] | None) -> str:
    if figures is None:
        return method
    return "{method}: F {F:.3f}  L {L:.2f}  ends {ends:.1f}  fixes {fixes:.1f}".format(
        method=method, **figures
    )


def _by_look(images: list[dict]) -> dict[str, list[dict[str, float]]]:
    """Our figures, sorted by look; empty where all have one look."""
    looks: dict[str, list[dict[str, float]]] = {}
    for image in images:
        if OURS in image["methods"]:
            looks.setdefault(image["look"], []).append(image["methods"][OURS])
    return looks if len(looks) > 1 else {}


def _print_summary(report: dict, thickness: float) -> None:
    measured = sum(bool(image["methods"]) for image in report["images"])
    print(f"\n{summary.heading(f'{measured} images with truth')}")
    for statistic in ("median", "worst tenth"):
        for name, found in report["summary"].items():
            print(summary.row(f"{statistic}: {name}", found[statistic]))
    for look, measured_ours in _by_look(report["images"]).items():
        print(summary.row(f"median of {len(measured_ours)} in {look}: {OURS}", summary.median(measured_ours)))
    print(f"(ideal: F P R L comp 1, ends dirt fixes 0, width {thickness:g}; grey is stated at that width)")
    _print_kinds(report)


def _print_kinds(report: dict) -> None:
    """What kinds the fixes are of, in the mean."""
    for name in report["summary"]:
        measured = [image["methods"][name] for image in report["images"] if name in image["methods"]]
        kinds = "  ".join(f"{kind} {np.mean([one[kind] for one in measured]):.2f}" for kind in KINDS)
        print(f"mean fixes: {name}: {kinds}")


if __name__ == "__main__":
    sys.exit(main())
