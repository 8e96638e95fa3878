# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixed drawings come to what they came to in the version before: a change is meant, or it is a fault.

Small faults in what follows lines and merges ink move pixels here and there, which no rule of thumb forbids.
What is expected lies in expected/unchanged.json. Where a change is meant, look at pictures before and after
(scripts/lineart_gallery.py), write the numbers anew (`PYTHONPATH=. python tests/inking/test_unchanged.py`),
and tell of it in the changelog. Figures may differ by a ten-thousandth: processors round otherwise.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pictures import Bytes, Floats, line_map, ring, straight, wave

from smart_lineart.inking import Rect, merge
from smart_lineart.inking.brushes.styles import STYLES
from smart_lineart.inking.drawing.textured import draw
from smart_lineart.inking.lines.tracing import trace_strokes
from smart_lineart.inking.lines.uncertainty import doubt, find_zones, is_searching
from smart_lineart.inking.page.paper import firm_darkness, judge_paper, network_darkness
from smart_lineart.inking.page.scale import extent, stroke_width
from smart_lineart.inking.raster.resampling import resize
from smart_lineart.inking.strokes import Strokes

EXPECTED = Path(__file__).parent / "expected" / "unchanged.json"
SIZE = (180, 200)
Figures = dict[str, float]


def paths(seed: int) -> list[Floats]:
    """Lines that cross, meet, run beside one another, break off and close."""
    chance = np.random.default_rng(seed)
    x, y = (int(value) for value in chance.integers(0, 12, 2))
    across = wave(15, 185, 60 + y, 12, 70 + 2 * x)
    return [
        across,
        across + np.array([3.0, 3.5]),
        straight((20, 150 - y), (95, 140)),
        straight((101, 139), (180, 130 + y)),
        straight((60 + x, 20), (70, 165)),
        ring(135, 110, 28 + x / 2),
        straight((150, 20 + y), (156, 24 + y)),
    ]


def sketch(seed: int, thickness: float = 3.0) -> Bytes:
    """A line map of them; a part is pale, and a part searched for."""
    page = line_map(SIZE, *paths(seed), thickness=thickness)
    pale = line_map(SIZE, straight((30, 100), (120, 95 + seed)), wave(20, 110, 28, 4, 30), value=110)
    return np.maximum(page, pale)


def strokes(seed: int) -> Strokes:
    line = sketch(seed)
    return trace_strokes(line, line, (1.0, 1.0))[0]


def of_strokes(found: Strokes) -> Figures:
    steps = np.hypot(*np.diff(found.points.astype(np.float64), axis=0).T)
    return {
        "strokes": len(found),
        "vertices": len(found.points),
        "steps": float(steps.sum()),
        "x": float(found.points[:, 0].astype(np.float64).sum()),
        "y": float(found.points[:, 1].astype(np.float64).sum()),
        "width": float(found.width.astype(np.float64).sum()),
        "strength": float(found.strength.astype(np.float64).sum()),
        "free": int(found.free.sum()),
    }


def traced(seed: int) -> Figures:
    return of_strokes(strokes(seed))


def scaled(seed: int) -> Figures:
    line = sketch(seed, 4.0)
    darkness = np.minimum(line, 200) // np.uint8(2)
    return of_strokes(trace_strokes(line, darkness, (0.5, 0.52))[0])


def drawn(seed: int) -> Figures:
    """Ink in every style, of whole and part."""
    found, figures = strokes(1), {}
    thickness = (1.2, 4.0, 9.5)[seed % 3]
    for name, style in STYLES.items():
        ink = draw(found, Rect(10, 20, 150, 130), thickness=thickness, style=style).astype(np.int64)
        figures[name] = int(ink.sum())
        figures[f"{name}, lower right"] = int(ink[60:, 70:].sum())
    return figures


def merged(seed: int) -> Figures:
    """Erased, painted and recoloured pieces; whole numbers throughout, so to the very pixel."""
    thick, thicker = ((3, 3), (3, 7), (8, 4), (9, 12))[seed % 4]
    old, new = (
        line_map(SIZE, *paths(seed), thickness=thick),
        line_map(SIZE, *paths(seed)[1:], straight((20, 80), (180, 96)), thickness=thicker),
    )
    rows, columns = np.indices(SIZE)
    current, touched = old.copy(), np.zeros(SIZE, np.bool_)
    for x, y, radius in ((65, 62, 9), (135, 80, 14), (40, 147, 4), (160, 134, 6)):
        left = np.clip((columns - x) ** 2 + (rows - y) ** 2 - radius**2, 0, 30)
        current = (current * left // 30).astype(np.uint8)
    current = np.maximum(current, line_map(SIZE, straight((30, 120), (110, 60 + seed)), thickness=thick))
    touched[100:112, 150:175] = current[100:112, 150:175] > 0
    plan = merge(
        old,
        current,
        new,
        thickness=(thick, thicker),
        exact=seed % 2 == 0,
        touched=touched,
        recolour=seed == 3,
    )
    result = plan.apply(current)
    return {
        "written": int(plan.write.sum()),
        "beneath": int(plan.beneath.sum()),
        "places": plan.places,
        "pixels": zlib.crc32(result.tobytes()),
        "actions": zlib.crc32(plan.action.tobytes()),
    }


def doubted(seed: int) -> Figures:
    line = sketch(seed)
    line[40:90] //= np.uint8(2)
    zones = find_zones(np.tile(line, (2, 2)))
    return {
        "doubt": float(doubt(line).astype(np.float64).sum()),
        "zones": len(zones),
        "rects": sum(hash_of(zone.rect((360, 400))) for zone in zones),
        "searching": int(is_searching(np.tile(line, (2, 2)), zones)),
    }


def seen(seed: int) -> Figures:
    """The page as the network is shown it: uneven light, and light lines on dark paper of one of them."""
    across = np.linspace(0.7, 1.0, SIZE[1]) * np.linspace(1.0, 0.9, SIZE[0])[:, None]
    luma = across * (1 - 0.8 * sketch(seed) / 255.0)
    luma = (65535 * (0.95 - luma if seed == 2 else luma)).clip(0, 65535).astype(np.uint16)
    paper = judge_paper(luma)
    relative = paper.relative_darkness(luma)
    firm = firm_darkness(relative)
    smaller = resize(relative, 97, 131).astype(np.float64)
    larger = resize(relative, 271, 333).astype(np.float64)
    return {
        "inverted": int(paper.inverted),
        "darkest": paper.darkest,
        "tone": float(paper.tone.astype(np.float64).sum()),
        "relative": float(relative.astype(np.float64).sum()),
        "firm": firm,
        "shown": int(network_darkness(relative, firm).astype(np.int64).sum()),
        "width": stroke_width(relative, firm),
        "extent": extent(relative, firm),
        "smaller": float((smaller * np.arange(131)).sum()),
        "larger": float((larger * np.arange(271)[:, None]).sum()),
    }


def hash_of(rect: Rect) -> int:
    return zlib.crc32(repr(tuple(rect)).encode())


KINDS: dict[str, Callable[[int], Figures]] = {
    "traced": traced,
    "scaled": scaled,
    "drawn": drawn,
    "merged": merged,
    "doubted": doubted,
    "seen": seen,
}
CASES = [(name, seed) for name in KINDS for seed in range(8 if name == "merged" else 3)]


@pytest.mark.parametrize(("name", "seed"), CASES, ids=str)
def test_fixed_drawings_come_to_what_they_did(name: str, seed: int) -> None:
    expected = json.loads(EXPECTED.read_text())[f"{name} {seed}"]
    found = KINDS[name](seed)
    if name == "merged":
        assert found == expected
    else:
        assert found == pytest.approx(expected, rel=1e-4)


if __name__ == "__main__":
    figures = {f"{name} {seed}": KINDS[name](seed) for name, seed in CASES}
    EXPECTED.parent.mkdir(exist_ok=True)
    EXPECTED.write_text(json.dumps(figures, indent=1) + "\n")
