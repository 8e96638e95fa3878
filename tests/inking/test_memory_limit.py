# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages too large for memory are inked within the memory limit, in a process of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from watching import REPOSITORY

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="measured with Linux's own means"),
    pytest.mark.slow,
]

LIMIT = 1 << 30

# The page is made as it is read, so that what is measured is the engine's. Drawn on it, near its top left
# corner: rings, told apart on the largest page too, a solid disc, and one line down the whole page.
CHILD = """
import json
import sys
from pathlib import Path

import numpy as np

from smart_lineart.inking import Inker, Rect


class Page:
    def __init__(self, height, width):
        self.size = (height, width)
        self.columns = np.arange(width, dtype=np.float32)

    def read_luma(self, top, bottom):
        height, width = self.size
        out = np.full((bottom - top, width), 0.96, np.float32)
        out[:, width // 2 : width // 2 + 9] = 0.15
        near = min(bottom, 1100) - top
        if near > 0:
            y = np.arange(top, top + near, dtype=np.float32)[:, None]
            distance = np.hypot(self.columns[:1100] - 550, y - 550)
            drawn = (distance % 240 < 8) & (distance < 500) | (distance < 60)
            out[:near, :1100][drawn] = 0.1
        return out


def peak():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024


height, width, detail, limit, runtime = json.loads(sys.argv[1])
notices = []
with Inker(runtime=runtime, memory_limit=limit, notify=lambda said: notices.append(str(said))) as inker:
    loaded = peak()
    features = inker.prepare(Page(height, width), detail=detail)
    prepared = peak()
    inked = [0, 0]
    for top in range(0, height, 2048):
        band = inker.render(features, region=Rect(0, top, width, min(2048, height - top)))
        inked[0] += int((band[:, : width // 4] > 127).sum())
        inked[1] += int((band[:, width // 4 :] > 127).sum())
print(json.dumps({"loaded": loaded, "prepared": prepared, "rendered": peak(), "scale": features.scale,
                  "solid": features.solid is not None, "inked": inked, "notices": notices}))
"""


@dataclass(frozen=True)
class Inked:
    """What a process measured of itself, bytes at most; `inked` counts pixels left and right."""

    loaded: int
    prepared: int
    rendered: int
    scale: float
    solid: bool
    inked: tuple[int, int]
    notices: list[str]


def ink_in_a_process(
    height: int, width: int, *, detail: float | None = None, limit: int = LIMIT, runtime: str = "openvino"
) -> Inked:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, json.dumps([height, width, detail, limit, runtime])],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Inked(**json.loads(done.stdout))


def check_drawn(inked: Inked, height: int) -> None:
    left, right = inked.inked
    assert left > 10_000
    assert right > 0.9 * height
    assert inked.notices == []


@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
def test_a_page_larger_than_a4_at_600_dpi(runtime: str) -> None:
    inked = ink_in_a_process(7117, 5003, runtime=runtime)
    check_drawn(inked, 7117)
    assert inked.loaded < inked.rendered <= LIMIT
    assert inked.rendered < 0.5 * LIMIT, "a page this small takes a fraction of what is allowed"


@pytest.mark.long
def test_the_same_page_worked_at_full_resolution() -> None:
    inked = ink_in_a_process(7117, 5003, detail=1.0)
    check_drawn(inked, 7117)
    assert inked.scale == 1.0
    assert inked.solid
    assert inked.rendered <= LIMIT


def test_twenty_thousand_pixels_square() -> None:
    inked = ink_in_a_process(20_000, 20_000)
    check_drawn(inked, 20_000)
    assert inked.rendered <= LIMIT
    # As bytes the page would take 400 MB, as the floats it is read as 1600.
    assert inked.rendered - inked.loaded < 600 << 20


def test_a_lower_limit_is_kept_too() -> None:
    limit = 400 << 20
    inked = ink_in_a_process(7117, 5003, detail=0.4, limit=limit)
    check_drawn(inked, 7117)
    assert inked.rendered <= limit
