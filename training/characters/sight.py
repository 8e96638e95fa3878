# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left of a drawn page after it was scanned or photographed and its paper was normalised."""

from __future__ import annotations

import cv2
import numpy as np

from smart_lineart.inking.page.paper import firm_darkness, judge_paper, network_darkness
from training.looks import grain, low_frequency
from training.roughen import Rng

LOOKS = ("scan", "tablet", "photo")
SHADOW, EDGE = 0.35, 0.35  # share of photos on which a shadow falls, and that show what the page lies on


def seen(rng: Rng, darkness: np.ndarray, papers: list[np.ndarray]) -> np.ndarray:
    """The page as the network is shown it, uint8 (H, W), from what was drawn, uint8 (H, W)."""
    luma = digitised(rng, darkness.astype(np.float32) / 255, papers)
    page = np.rint(np.clip(luma, 0, 1) * 65535).astype(np.uint16)
    relative = judge_paper(page, inverted=False).relative_darkness(page)
    firm = firm_darkness(relative)
    return network_darkness(relative, firm) if firm else np.zeros_like(darkness)


def evened(darkness: np.ndarray) -> np.ndarray:
    """A drawn page, uint8 (H, W), as dark as normalisation would make it: light hands come out firm."""
    relative = darkness.astype(np.float32) / 255
    firm = firm_darkness(relative)
    return network_darkness(relative, firm) if firm else darkness


def digitised(rng: Rng, darkness: np.ndarray, papers: list[np.ndarray]) -> np.ndarray:
    """Luma float32 (H, W), 0..1, of a page of darkness 0..1."""
    look = str(rng.choice(LOOKS))
    dark = darkness
    if look != "tablet":
        texture = np.clip(0.5 + 0.4 * grain(rng, dark.shape, papers), 0, 1.5)
        dark = dark * np.clip(1 - rng.uniform(0.1, 0.6) * (1 - dark) * texture, 0, 1)
        dark = cv2.GaussianBlur(dark, (0, 0), rng.uniform(0.4, 1.4))
    paper = {"tablet": 1.0, "scan": rng.uniform(0.9, 1.0), "photo": rng.uniform(0.6, 0.85)}[look]
    ink = rng.uniform(0.05, 0.3) if look != "tablet" else rng.uniform(0.0, 0.15)
    light = np.full(dark.shape, paper, np.float32)
    if look == "photo":
        light *= 1 + 0.07 * low_frequency(rng, dark.shape, 3)
        if rng.random() < SHADOW:
            light *= _shadow(rng, dark.shape)
    out = light * (1 - np.clip(dark, 0, 1) * (1 - ink))
    if look == "photo" and rng.random() < EDGE:
        out = _on_a_desk(rng, out)
    if look != "tablet":
        out = out + 0.012 * rng.random() * grain(rng, dark.shape, papers)
        out = out + rng.uniform(0.002, 0.015) * rng.normal(size=dark.shape).astype(np.float32)
        out = _compressed(rng, out)
    return np.asarray(out, np.float32)


def _shadow(rng: Rng, shape: tuple[int, int]) -> np.ndarray:
    """What a hand, a lamp or a phone takes of the light: 0..1 with an edge, hard or soft."""
    field = low_frequency(rng, shape, int(rng.integers(2, 4)))
    edge = field - np.quantile(field, rng.uniform(0.4, 0.8))
    steep = np.exp(rng.uniform(np.log(8), np.log(300)))
    return 1 - rng.uniform(0.15, 0.45) / (1 + np.exp(-np.clip(edge * steep, -30, 30)))


def _on_a_desk(rng: Rng, luma: np.ndarray) -> np.ndarray:
    """The page ends near one or two borders of the photo."""
    desk = rng.uniform(0.1, 0.6)
    out = luma
    for _ in range(int(rng.integers(1, 3))):
        turns = int(rng.integers(4))
        out = np.rot90(out, turns).copy()
        rows, columns = np.mgrid[: out.shape[0], : out.shape[1]].astype(np.float32)
        border = rng.uniform(4, 0.05 * out.shape[0]) + columns * rng.normal(0, 0.01)
        beyond = np.clip((border - rows) / rng.uniform(1, 3) + 0.5, 0, 1)
        rim = 1 - rng.uniform(0, 0.4) * np.exp(-0.5 * ((rows - border) / rng.uniform(1, 5)) ** 2)
        out = np.rot90((out * (1 - beyond) + desk * beyond) * rim, -turns)
    return out


def _compressed(rng: Rng, luma: np.ndarray) -> np.ndarray:
    options = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(60, 96))]
    _, code = cv2.imencode(".jpg", np.round(np.clip(luma, 0, 1) * 255).astype(np.uint8), options)
    return cv2.imdecode(code, cv2.IMREAD_GRAYSCALE).astype(np.float32) / 255
