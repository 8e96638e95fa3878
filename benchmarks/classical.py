# SPDX-License-Identifier: GPL-3.0-or-later
"""The classical ways from sketch to lineart, as rows to compare the engine with.

Each method takes the sketch's luma, float32 H x W, 0 black .. 1 white, dark lines on light paper
(`dark_on_light` sees to that), and gives lineart, uint8 H x W, 0 ink .. 255 paper. None of them knows a
wanted line width.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

Method = Callable[[np.ndarray], np.ndarray]


class MissingProgram(Exception):
    """A program that a method runs is not installed; the message names it."""


def dark_on_light(luma: np.ndarray) -> np.ndarray:
    """The luma, inverted where the page is dark: the methods know only dark lines."""
    return 1 - luma if np.median(luma) < 0.5 else luma


def otsu(luma: np.ndarray) -> np.ndarray:
    """One threshold for the page (Otsu, IEEE Trans. SMC 1979) after dividing out the paper's tone."""
    return cv2.threshold(_to_bytes(normalise_background(luma)), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[
        1
    ]


def adaptive(luma: np.ndarray) -> np.ndarray:
    """Each pixel against the mean of the 31 x 31 px around it, less 12 of 255."""
    return cv2.adaptiveThreshold(
        _to_bytes(luma), 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, blockSize=31, C=12
    )


def xdog(luma: np.ndarray) -> np.ndarray:
    """Extended difference of Gaussians (Winnemoeller, Kyprianidis and Olsen, Computers & Graphics 2012).

    Its sharpening form with the soft threshold and the usual k = 1.6 and p = 20, at a scale that keeps thin
    lines, after dividing out the paper's tone: the threshold is one for the page.
    """
    sigma, ratio, sharpness, threshold, steepness = 0.8, 1.6, 20.0, 0.78, 10.0
    page = normalise_background(luma)
    fine = cv2.GaussianBlur(page, (0, 0), sigma)
    coarse = cv2.GaussianBlur(page, (0, 0), sigma * ratio)
    sharpened = (1 + sharpness) * fine - sharpness * coarse
    return _to_bytes(np.where(sharpened >= threshold, 1, 1 + np.tanh(steepness * (sharpened - threshold))))


def mkbitmap_potrace(luma: np.ndarray) -> np.ndarray:
    """Selinger's mkbitmap (high-pass of 4 px, doubled, threshold 0.48) and potrace, drawn at the page's size.

    Raises MissingProgram where the Debian package `potrace`, which holds both, is not installed.
    """
    for program in ("mkbitmap", "potrace"):
        if shutil.which(program) is None:
            raise MissingProgram(f"{program} is not installed (Debian package potrace)")
    height, width = luma.shape
    with tempfile.TemporaryDirectory() as name:
        grey, bitmap, traced = (Path(name, file) for file in ("sketch.pgm", "sketch.pbm", "traced.pgm"))
        cv2.imwrite(str(grey), _to_bytes(luma))
        _run("mkbitmap", "-f", "4", "-s", "2", "-t", "0.48", "-o", bitmap, grey)
        _run("potrace", "--backend", "pgm", "--scale", "0.5", "--gamma", "1", "-o", traced, bitmap)
        drawn = cv2.imread(str(traced), cv2.IMREAD_GRAYSCALE)
    if drawn is None:
        raise RuntimeError("potrace wrote no image")
    if drawn.shape != (height, width):
        raise RuntimeError(f"potrace wrote {drawn.shape}, not {(height, width)}")
    return drawn


METHODS: dict[str, Method] = {
    "otsu": otsu,
    "adaptive": adaptive,
    "xdog": xdog,
    "potrace": mkbitmap_potrace,
}


def normalise_background(luma: np.ndarray) -> np.ndarray:
    """The luma over the paper's tone: the brightest within a window wider than any line, smoothed."""
    window = max(15, max(luma.shape) // 40) | 1
    paper = cv2.dilate(cv2.medianBlur(_to_bytes(luma), 5), np.ones((window, window), np.uint8))
    paper = cv2.GaussianBlur(paper.astype(np.float32) / 255, (0, 0), window)
    return np.clip(luma / np.maximum(paper, 1 / 255), 0, 1)


def _to_bytes(grey: np.ndarray) -> np.ndarray:
    return np.round(np.clip(grey, 0, 1) * 255).astype(np.uint8)


def _run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True, timeout=300)
