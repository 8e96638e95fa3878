# SPDX-License-Identifier: GPL-3.0-or-later
"""The same sketch, settings and device give the same bytes, however they are come by.

Each way runs in a process of its own: memory addresses, hash seeds and the number of processors differ too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1 << 20
# What another device may change, where 8-bit arithmetic rounds otherwise: the share of ink that lies farther
# than so many px from the other's ink, on a page that is one tangle of lines.
NEAR, MOST_ASTRAY = 2.0, 0.015

INK = """
import hashlib, json, sys
import numpy as np
from smart_lineart.inking import Inker
options = json.loads(sys.argv[1])
detail = options.pop("detail")
notices = []
with Inker(notify=lambda said: notices.append(str(said)), **options) as inker:
    features = inker.prepare(np.load(sys.argv[2]), detail=detail)
    ink = inker.render(features, thickness=5.0, style="brush")
    textured = inker.render(features, thickness=7.0, style="pencil")
np.save(sys.argv[3], ink)
arrays = [features.strokes.points, features.strokes.width, features.strokes.strength, ink, textured]
print(json.dumps([[hashlib.sha256(array.tobytes()).hexdigest() for array in arrays], notices]))
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of rough ellipses, passes beside passes, on uneven paper."""
    random = np.random.default_rng(9)
    sketch = np.full((1100, 900), 240, np.uint8)
    for _ in range(60):
        centre, axes = random.integers(0, 1000, 2), random.integers(20, 260, 2)
        for _ in range(3):
            shift = random.integers(-3, 4, 2)
            cv2.ellipse(
                sketch, [int(v) for v in centre + shift], [int(v) for v in axes], int(random.integers(180)),
                0, 300, int(random.integers(20, 120)), 2, cv2.LINE_AA,
            )  # fmt: skip
    sketch = np.clip(sketch + random.normal(0, 4, sketch.shape), 0, 255).astype(np.uint8)
    path = tmp_path_factory.mktemp("page") / "page.npy"
    np.save(path, sketch)
    return path


def inked(page: Path, folder: Path, *, environment: dict[str, str] | None = None, one_core=False, **options):
    """Checksums of strokes and ink, the notices, and the ink."""
    out = folder / "ink.npy"
    options = {"runtime": "openvino", "memory_limit": 1 << 30, "detail": 1.0, **options}
    command = [sys.executable, "-c", INK, json.dumps(options), str(page), str(out)]
    if one_core:
        command = ["taskset", "-c", str(min(os.sched_getaffinity(0))), *command]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
    )
    sums, notices = json.loads(done.stdout)
    return sums, notices, np.load(out)


WAYS = {
    "another process": {"environment": {"PYTHONHASHSEED": "1"}},
    "one thread": {"threads": 1},
    "one processor": {"one_core": True},
    "small tiles": {"memory_limit": 270 * MEGABYTE},
    "larger tiles": {"memory_limit": 380 * MEGABYTE},
    "a process of its own": {"isolated": True},
}


@pytest.fixture(scope="module")
def plain(page: Path, tmp_path_factory: pytest.TempPathFactory):
    sums, notices, ink = inked(page, tmp_path_factory.mktemp("plain"), environment={"PYTHONHASHSEED": "0"})
    assert notices == []
    assert 0.01 < (ink > 0).mean() < 0.6
    return sums, ink


@pytest.mark.skipif(sys.platform != "linux", reason="processors are chosen with Linux's own means")
@pytest.mark.parametrize("way", WAYS)
def test_every_way_gives_the_same_bytes(way: str, page: Path, plain, tmp_path: Path) -> None:
    sums, notices, _ = inked(page, tmp_path, **WAYS[way])
    assert notices == []
    assert sums == plain[0]


def test_a_memory_limit_changes_ink_only_where_it_says_so(page: Path, tmp_path: Path) -> None:
    """The one exception: a page whose detail does not fit is seen smaller, and a notice tells."""
    wide = np.tile(np.load(page), (1, 3))
    path = tmp_path / "wide.npy"
    np.save(path, wide)
    _, notices, _ = inked(path, tmp_path, memory_limit=256 * MEGABYTE)
    assert len(notices) == 1
    assert "too large for its detail within the memory limit" in notices[0]


@pytest.mark.parametrize(
    "other",
    [
        {"runtime": "onnxruntime"},
        {"environment": {"ONEDNN_MAX_CPU_ISA": "AVX2", "OV_CPU_MAX_ISA": "AVX2"}},
    ],
    ids=["another runtime", "an older processor"],
)
def test_another_device_differs_by_little(other: dict, page: Path, plain, tmp_path: Path) -> None:
    if other.get("runtime"):
        pytest.importorskip("onnxruntime")
    _, _, ink = inked(page, tmp_path, **other)
    for one, two in ((ink, plain[1]), (plain[1], ink)):
        away = cv2.distanceTransform((two < 128).astype(np.uint8), cv2.DIST_L2, 5)
        astray = float((away[one >= 128] > NEAR).mean())
        assert astray < MOST_ASTRAY, f"{astray:.4f} of the ink is elsewhere"
