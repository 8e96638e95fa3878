# SPDX-License-Identifier: GPL-3.0-or-later
"""What benchmarks/performance.py measures beyond whole pages, each alone in a process; see speed_task.py."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.speed_task import Options, timed

SCREEN = 1600, 1000  # px: the part of a page that a screen shows at 100 %


def change_brush(page: np.ndarray, options: Options) -> dict[str, object]:
    """Drawing again with another thickness or style: all of the page, and the part a screen shows of it."""
    from smart_lineart.inking import Inker, Rect, style_names

    with Inker(runtime=options.runtime) as inker:
        features = inker.prepare(page, keep=False)
        height, width = features.size
        wide, tall = min(width, SCREEN[0]), min(height, SCREEN[1])
        screen = Rect((width - wide) // 2, (height - tall) // 2, wide, tall)
        pen = [(thickness, "pen") for thickness in (3.0, 7.0, 14.0)]
        styles = [(7.0, style) for style in style_names()]
        found = {}
        for name, looks in (("thickness", pen), ("style", styles)):
            for part, region in (("page", None), ("part", screen)):
                # The slowest look counts, each at its median: the first drawing of a style builds its tables.
                times = [
                    [timed(partial(_render, inker, features, look, region))[1] for _ in range(4)][1:]
                    for look in looks
                ]
                middle = [sorted(run["seconds"] for run in runs)[1] for runs in times]
                found[f"{name}, {part}"] = max(middle)
    return {**found, "seconds": found["thickness, page"]}


def _render(inker: Any, features: Any, look: tuple[float, str], region: Any) -> np.ndarray:
    return inker.render(features, thickness=look[0], style=look[1], region=region)


def renew(page: np.ndarray, options: Options) -> dict[str, object]:
    """A line more on the sketch: reading what changed, finding lines, drawing what the change reached."""
    from smart_lineart.inking import Inker, Rect

    height, width = page.shape[:2]
    y, x = height // 2, width // 2
    edited = page.copy()
    for step in range(200):
        edited[y + step // 3 : y + step // 3 + 7, x + step] = 50
    changed = Rect(x, y, 200, 80)
    with Inker(runtime=options.runtime) as inker:
        states = [(page, inker.prepare(page, keep=True))]
        seen = _CountedNetwork(inker)
        runs = []
        for turn in range(5):
            now = (edited, page)[turn % 2]
            (features, drawn), taken = timed(partial(_renew, inker, now, states[-1][1], changed))
            states.append((now, features))
            runs.append(taken)
        share = sum(part.size for part in drawn) / (height * width)
    runs.sort(key=lambda run: run["seconds"])
    pixels = seen.pixels / len(runs) / states[0][1].seen.darkness.size
    return {**runs[2], "network share": pixels, "drawn share": share, "kept": features.nbytes}


def _renew(inker: Any, page: np.ndarray, before: Any, changed: Any) -> tuple[Any, list[np.ndarray]]:
    features = inker.prepare(page, previous=before, changed=changed)
    places = features.changed_from(before, thickness=7.0)
    return features, [inker.render(features, thickness=7.0, region=place) for place in places]


class _CountedNetwork:
    """Counts the pixels that an Inker's network is run over."""

    def __init__(self, inker: Any):
        self.pixels = 0
        self._run = inker._network.run
        inker._network.run = self._counted

    def _counted(self, tile: np.ndarray) -> np.ndarray:
        self.pixels += tile.size
        return self._run(tile)


def run_trunk(page: np.ndarray, options: Options) -> dict[str, object]:
    """The engine's network alone, tile by tile within the usual memory limit, at working scale."""
    from smart_lineart.inking import Inker

    model = None if options.model is None else Path(options.model)
    with Inker(runtime=options.runtime, model=model) as inker:
        features = inker.prepare(page, detail=options.detail)
        darkness = features.seen.darkness
        del features
        _, taken = timed(lambda: inker._run_network(darkness, None, lambda _: None, lambda: False))
        on = f"{inker.runtime_name}, {inker.device_name}"
    return {**taken, "on": on, "working megapixels": darkness.size / 1e6}


STAGES = (
    ("sheet, paper, stroke width, scale", "survey"),
    ("reading at working scale", "read_working"),
    ("darkness", "view_anew"),
    ("network", "run_within"),
    ("choosing between two looks", "roughness"),
    ("tracing", "trace_strokes"),
    ("solid areas", "solid_shapes"),
)


def time_stages(page: np.ndarray, options: Options) -> dict[str, object]:
    """Where the time of a page goes inside the engine, and before it: start, imports, loading the network."""
    begun = time.perf_counter()
    from smart_lineart.inking import Inker, looking
    from smart_lineart.inking import inker as engine

    found = {"loading the engine": time.perf_counter() - begun}
    inker, loading = timed(lambda: Inker(runtime=options.runtime))
    found["loading the network"] = loading["seconds"]
    for title, name in STAGES:
        found[title] = 0.0
        module = engine if hasattr(engine, name) else looking
        setattr(module, name, _Timed(getattr(module, name), found, title))
    features, whole = timed(lambda: inker.prepare(page, keep=False))
    _, drawing = timed(lambda: inker.render(features, thickness=7.0))
    found["drawing"] = drawing["seconds"]
    inker.close()
    return {**found, "seconds": whole["seconds"] + drawing["seconds"]}


class _Timed:
    """A function that adds the seconds it takes to a dictionary."""

    def __init__(self, work: Callable[..., object], found: dict[str, float], title: str):
        self._work, self._found, self._title = work, found, title

    def __call__(self, *args: object, **options: object) -> object:
        result, taken = timed(lambda: self._work(*args, **options))
        self._found[self._title] += taken["seconds"]
        return result


def run_classical(page: np.ndarray, options: Options) -> dict[str, object]:
    """A classical method of benchmarks/classical.py, named as the model."""
    from benchmarks.classical import METHODS

    assert options.model is not None
    luma = np.asarray(page if page.ndim == 2 else page.mean(2), np.float32) / np.float32(255)
    _, taken = timed(lambda: METHODS[str(options.model)](luma))
    return {**taken, "on": "cpu"}


TASKS: dict[str, Callable[[np.ndarray, Options], dict[str, object]]] = {
    "brush": change_brush,
    "renew": renew,
    "trunk": run_trunk,
    "stages": time_stages,
    "classical": run_classical,
}
