# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands beside characters: animals, machines, a plain scene behind."""

from __future__ import annotations

import numpy as np

from training.characters.curves import curve, ellipse, turned
from training.characters.sheet import Frame, Sheet
from training.roughen import Rng


def animal(sheet: Sheet, rng: Rng, centre: np.ndarray, height: float) -> None:
    """A four-legged animal seen from the side: trunk, legs, tail, head with ears, an eye, a nose."""
    beast = Frame(sheet, rng, centre, height / 2, flip=int(rng.choice([-1, 1])))
    dark, long = bool(rng.random() < 0.5), rng.uniform(0.9, 1.3)
    tail = curve([(long * 0.95, -0.05), (long * 1.25, -0.35), (long * 1.2, -0.8), (long * 1.4, -0.95)])
    beast.band(tail, np.array([0.1, 0.08, 0.07, 0.03]), ends="b")
    for x in (-0.55, 0.65):
        beast.band(_leg(long * x + 0.16), np.array([0.13, 0.08, 0.07, 0.09]), ends="b")
    back = [
        (-0.75, -0.2),
        (-0.2, -0.3),
        (0.5, -0.28),
        (0.98, -0.05),
        (0.85, 0.4),
        (0.1, 0.38),
        (-0.7, 0.4),
        (-0.85, 0.1),
    ]
    beast.shape(curve(np.array(back) * [long, 1], closed=True))
    for x in (-0.65, 0.75):
        beast.band(_leg(long * x), np.array([0.16, 0.1, 0.08, 0.1]), ends="b")
        for toe in (-0.06, 0.02):
            beast.line([(long * x + toe, 0.96), (long * x + toe + 0.01, 1.02)], 0.8, 0.5)
    _muzzle(beast, np.array([-long * 0.95, -0.45]), dark=dark)
    for _ in range(int(rng.integers(2, 9))):  # tufts of fur
        x, y = rng.uniform(-0.6, 0.8) * long, rng.uniform(-0.15, 0.3)
        tuft = [(x, y), (x + 0.04, y + 0.09), (x + 0.06, y + 0.02), (x + 0.11, y + 0.1)]
        beast.line(tuft, rng.uniform(0.5, 1), 0.6)


def _leg(x: float) -> np.ndarray:
    return curve([(x, 0.2), (x + 0.03, 0.55), (x - 0.02, 0.85), (x - 0.04, 1.0)])


def _muzzle(beast: Frame, place: np.ndarray, *, dark: bool) -> None:
    rng, size = beast.rng, beast.rng.uniform(0.32, 0.45)

    def at(points: list[tuple[float, float]]) -> np.ndarray:
        return place + np.array(points) * size

    for x in (0.1, 0.6):
        tip = rng.uniform(-1.9, -1.4)
        beast.shape(curve(at([(x - 0.2, -0.7), (x + 0.1, tip), (x + 0.35, -0.6)]), 10))
    rim = [
        (0.9, 0.3),
        (0.85, -0.5),
        (0.2, -0.95),
        (-0.5, -0.6),
        (-1.1, 0.1),
        (-1.15, 0.45),
        (-0.5, 0.75),
        (0.4, 0.8),
    ]
    beast.shape(curve(at(rim), closed=True))
    nose = curve(at([(-1.2, 0.05), (-0.95, 0.0), (-1.0, 0.25), (-1.2, 0.3)]), closed=True)
    beast.white(nose)
    beast.filled(nose, black=dark)
    beast.line(curve(at([(-1.1, 0.45), (-0.7, 0.55), (-0.35, 0.4)])), care=0.6)
    eye = at([(-0.25, -0.2)])[0]
    first = len(beast.sheet.items)
    if rng.random() < 0.5:
        beast.black(
            ellipse(*eye, 0.16 * size, 0.2 * size), [ellipse(*(eye - 0.06 * size), 0.05 * size, 0.06 * size)]
        )
    else:
        beast.line(ellipse(*eye, 0.26 * size, 0.22 * size), care=0.5)
        beast.black(ellipse(*eye, 0.1 * size, 0.18 * size))
    beast.sheet.eyes.append((first, beast.page(ellipse(*eye, 0.32 * size, 0.3 * size))))
    beast.sheet.faces.append(beast.page(at(rim)))
    beast.sheet.eye_faces.append(len(beast.sheet.faces) - 1)


def machine(sheet: Sheet, rng: Rng, centre: np.ndarray, height: float) -> None:
    """A vehicle of plates, windows, wheels, pipes and rivets."""
    body = Frame(sheet, rng, centre, height / 2, angle=rng.normal(0, 0.05), flip=int(rng.choice([-1, 1])))
    for _ in range(int(rng.integers(1, 4))):  # pipes behind
        x = rng.uniform(-1, 0.8)
        pipe = curve([(x, -0.2), (x, -0.9), (x + rng.normal(0, 0.3), -1.1)])
        body.band(pipe, np.array([0.07, 0.07, 0.09]), ends="b")
    hull = [
        (-1.3, 0.5),
        (-1.25, -0.1),
        (-0.7, -0.2),
        (-0.45, -0.75),
        (0.5, -0.8),
        (0.8, -0.2),
        (1.3, -0.1),
        (1.35, 0.5),
    ]
    body.shape(np.array(hull) + rng.normal(0, 0.04, (len(hull), 2)))
    for x in (-0.35, 0.15):
        _plate(body, x, -0.66, 0.38, 0.4, window=True)
    for _ in range(int(rng.integers(2, 6))):
        _plate(
            body,
            rng.uniform(-1.1, 0.7),
            rng.uniform(-0.05, 0.2),
            rng.uniform(0.15, 0.4),
            rng.uniform(0.12, 0.25),
        )
    wheels, size = int(rng.integers(2, 5)), rng.uniform(0.22, 0.36)
    for x in np.linspace(-0.95, 0.95, wheels):
        _wheel(body, x, 0.55, size)


def _plate(body: Frame, x: float, y: float, wide: float, tall: float, *, window: bool = False) -> None:
    rng = body.rng
    corners = np.array([(x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall)])
    body.white(corners)
    if window or rng.random() < 0.2:
        body.filled(np.vstack([corners]), black=bool(rng.random() < 0.3))
        body.line([(x + 0.2 * wide, y + 0.7 * tall), (x + 0.5 * wide, y + 0.3 * tall)], 0.7, 0.6)
        return
    body.line(np.vstack([corners, corners[:1]]), rng.uniform(0.6, 1), 0.7)
    if body.height > 250:
        for corner in corners:
            inner = corner + (corners.mean(0) - corner) * 0.2
            body.line(ellipse(*inner, 0.015, 0.015, count=10), 0.8, 0.3)


def _wheel(body: Frame, x: float, y: float, size: float) -> None:
    rng = body.rng
    body.ring(x, y, size, size)
    tyre = bool(rng.random() < 0.4)
    hub = ellipse(x, y, 0.62 * size, 0.62 * size)
    if tyre:
        body.black(ellipse(x, y, size, size), [hub])
    body.line(hub, care=0.7)
    for a in np.linspace(0, 2 * np.pi, int(rng.integers(4, 9)), endpoint=False):
        spoke = turned([(0.15 * size, 0), (0.6 * size, 0)], float(a)) + np.array([x, y])
        body.line(spoke, 0.9, 0.6)
    body.black(ellipse(x, y, 0.12 * size, 0.12 * size))


def backdrop(sheet: Sheet, rng: Rng) -> None:
    """Something plain behind the figures: ground, windows or doors, a bush."""
    tall, wide = sheet.size
    far = Frame(sheet, rng, (0.0, 0.0), 1.0)
    far.care = 0.8
    y = tall * rng.uniform(0.8, 0.92)
    far.line([(0, y), (wide * 0.5, y + 3), (wide, y - 4)])
    for _ in range(rng.integers(1, 4)):
        x, across, high = (
            rng.uniform(0, 0.85) * wide,
            rng.uniform(0.1, 0.2) * wide,
            rng.uniform(0.25, 0.5) * tall,
        )
        low = y if rng.random() < 0.5 else y - 0.4 * high
        frame = np.array([(x, y - high), (x + across, y - high), (x + across, low), (x, low)])
        for inset in (0, 0.08 * across):
            far.shape(frame + inset * np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)]))
        if rng.random() < 0.5:
            far.line([(x + across / 2, y - high + 8), (x + across / 2, low - 8)])
    t, lobes = np.linspace(0, 2 * np.pi, 200), int(rng.integers(6, 12))
    bulge = 0.84 + 0.16 * np.abs(np.cos(lobes * t / 2))
    x = rng.uniform(0, wide)
    far.line(np.column_stack([x + 0.12 * wide * np.cos(t) * bulge, y + 0.1 * tall * (np.sin(t) * bulge - 1)]))
