# SPDX-License-Identifier: GPL-3.0-or-later
"""The look of a sketch: pencil grain, paper, uneven light, noise, compression.

Everything here works on darkness (float32, 0 paper .. 1 black) as it arrives after paper normalisation, so
what remains of paper and light is small.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

Rng = np.random.Generator


def load_papers(folder: Path) -> list[np.ndarray]:
    """Paper textures as zero-mean, unit-variance float32 tiles of at least 256 px."""
    papers = []
    for path in sorted((folder / "textures" / "paper").glob("*.*")):
        image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        if image is None or min(image.shape) < 64:
            continue
        image = image.astype(np.float32)
        image -= cv2.GaussianBlur(image, (0, 0), 24)
        deviation = float(image.std())
        if deviation > 0.5:
            papers.append(np.clip(image / deviation, -4, 4))
    return papers


def grain(rng: Rng, shape: tuple[int, int], papers: list[np.ndarray]) -> np.ndarray:
    """Zero-mean texture of `shape`, from a paper scan or filtered noise."""
    if papers and rng.random() < 0.6:
        paper = papers[rng.integers(len(papers))]
        zoom = rng.uniform(0.5, 1.6)
        paper = cv2.resize(paper, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
        tall, wide = -(-(shape[0] + 8) // paper.shape[0]), -(-(shape[1] + 8) // paper.shape[1])
        paper = np.tile(paper, (tall + 1, wide + 1))
        y, x = rng.integers(paper.shape[0] - shape[0]), rng.integers(paper.shape[1] - shape[1])
        return paper[y : y + shape[0], x : x + shape[1]]
    noise = rng.normal(size=shape).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), rng.uniform(0.4, 1.4))
    return noise / max(float(noise.std()), 1e-3)


def low_frequency(rng: Rng, shape: tuple[int, int], cells: int = 4) -> np.ndarray:
    """Smooth field of unit variance over the patch."""
    field = rng.normal(size=(cells, cells)).astype(np.float32)
    return cv2.resize(field, shape[::-1], interpolation=cv2.INTER_CUBIC)


def hatching(rng: Rng, shape: tuple[int, int], gap: float, *, scribbled: bool) -> np.ndarray:
    """Parallel pencil strokes `gap` px apart over an area, 0..1; scribbled ones cross in two directions."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    out = np.zeros(shape, np.float32)
    angle, reach = rng.uniform(0, np.pi), max(shape)
    for _ in range(2 if scribbled else 1):
        wander = 0.6 * gap * low_frequency(rng, shape, int(np.clip(reach / 12, 3, 40)))
        across = x * np.cos(angle) + y * np.sin(angle) + wander
        each = rng.uniform(0.65, 1.0, int(2 * reach / gap) + 4).astype(np.float32)
        number = np.clip((across / gap + reach / gap).astype(int), 0, len(each) - 1)
        wave = np.clip(rng.uniform(0.55, 0.9) + 0.5 * np.cos(2 * np.pi * across / gap), 0, 1) * each[number]
        out = 1 - (1 - out) * (1 - wave)
        angle += rng.uniform(0.3, 1.6)
    return out


def finish(rng: Rng, strokes: np.ndarray, papers: list[np.ndarray], noise: float = 1.0) -> np.ndarray:
    """Turn drawn darkness (H, W) into a scanned or photographed sketch's; float32 0..1.

    `noise` scales how often each of its faults occurs and how strong those of paper and grain are: 0 leaves
    the strokes as they were drawn.
    """
    shape = strokes.shape
    out = strokes
    if rng.random() < 0.6 * noise:
        strength = rng.uniform(0.05, 0.45) * noise
        out = out * np.clip(1 + strength * grain(rng, shape, papers), 0, 1.6)
    if rng.random() < 0.45 * noise:
        out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.3, 1.1))
    out = np.clip(out, 0, 1) * rng.uniform(0.62, 1.0)
    if rng.random() < 0.6 * noise:
        paper = rng.uniform(0.0, 0.05) * noise * grain(rng, shape, papers)
        out = 1 - (1 - out) * (1 - np.clip(paper, -0.2, 0.3))
    if rng.random() < 0.35 * noise:  # what paper normalisation leaves of shadows and smudges
        depth = rng.uniform(0.0, 0.05) if rng.random() < 0.75 else rng.uniform(0.05, 0.2)
        out = out + depth * low_frequency(rng, shape, int(rng.integers(2, 6))) + rng.uniform(-0.03, 0.04)
    if rng.random() < 0.5 * noise:
        out = out + rng.normal(size=shape).astype(np.float32) * rng.uniform(0, 0.035) * noise
    out = np.clip(out, 0, 1)
    if rng.random() < 0.25 * noise:
        out = _compressed(rng, out)
    if rng.random() < 0.3 * noise:
        out = np.clip(out, 0, 1) ** rng.uniform(0.75, 1.4)
    return out


def _compressed(rng: Rng, darkness: np.ndarray) -> np.ndarray:
    options = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 92))]
    _, code = cv2.imencode(".jpg", ((1 - darkness) * 255).astype(np.uint8), options)
    return 1 - cv2.imdecode(code, cv2.IMREAD_GRAYSCALE).astype(np.float32) / 255
