# SPDX-License-Identifier: GPL-3.0-or-later
"""A tiny corpus, so that training is tested without the real one."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import cv2
import numpy as np
import pytest


def delta_coded(vertices: np.ndarray) -> list[int]:
    """The corpus format: the first triple absolute, each later one added to the one before."""
    return np.diff(vertices, axis=0, prepend=np.zeros((1, vertices.shape[1]), int)).ravel().tolist()


def drawing(name: str, rng: np.random.Generator) -> dict[str, object]:
    """A few random curves on a 400 px page, and one small solid."""
    strokes = []
    for _ in range(12):
        walk = rng.uniform(40, 360, 2) + np.cumsum(rng.normal(0, 6, (30, 2)) + rng.normal(0, 4, 2), 0)
        triples = np.column_stack([np.clip(walk, 2, 398) * 4, rng.uniform(12, 20, 30)]).astype(int)
        strokes.append([0, *delta_coded(triples)])
    solid = np.array([[100, 100], [112, 100], [112, 112], [100, 112]])
    return {
        "id": name,
        "w": 400,
        "h": 400,
        "hw": 2.0,
        "m": "render",
        "s": strokes,
        "b": [[0, *delta_coded(solid)]],
    }


@pytest.fixture(scope="session")
def corpus_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like the real corpus: two drawings in each of two groups, and one paper."""
    folder = tmp_path_factory.mktemp("linedata")
    strokes = folder / "A_permissive" / "strokes"
    strokes.mkdir(parents=True)
    rng = np.random.default_rng(3)
    for source in ("se_lear", "open_peeps"):
        with lzma.open(strokes / f"{source}.jsonl.xz", "wt") as out:
            for i in range(2):
                out.write(json.dumps(drawing(f"{source}-{i}", rng)) + "\n")
    papers = folder / "textures" / "paper"
    papers.mkdir(parents=True)
    cv2.imwrite(str(papers / "plain.png"), rng.integers(200, 240, (128, 128)).astype(np.uint8))
    return folder
