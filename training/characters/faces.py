# SPDX-License-Identifier: GPL-3.0-or-later
"""Faces: outline, ears, eyes, nose, mouth, cheeks, glasses."""

from __future__ import annotations

import numpy as np

from training.characters.curves import curve, ellipse
from training.characters.eyes import Eye, Gaze
from training.characters.head import Head, pick

PROFILE = (
    (0.84, -0.6), (0.9, -0.3), (0.93, -0.02), (0.86, 0.16), (1.0, 0.4), (1.12, 0.5), (0.95, 0.57),
    (0.97, 0.65), (0.9, 0.7), (0.94, 0.76), (0.87, 0.84), (0.86, 0.94), (0.74, 1.0), (0.45, 0.94), (0, 0.74),
    (-0.12, 0.45),
)  # fmt: skip


def guides(head: Head) -> None:
    """Construction: the skull, the middle, where the eyes lie."""
    turn = np.sin(head.yaw)
    head.guide(ellipse(-0.12 * turn, -0.22, head.wide * 1.06, 0.82))
    head.guide(head.at(np.zeros(20), np.linspace(-1, 1.05, 20)))
    for down in head.rng.choice([-0.16, 0, 0.18, 0.4], 2, replace=False):
        head.guide(head.at(np.linspace(-1, 0.9, 20), np.full(20, head.eye_y + down)))


def outline(head: Head) -> None:
    """Jaw, ears, and the skull that hides what lies behind."""
    rng, wide = head.rng, head.wide
    turn = min(1.0, np.sin(head.yaw) / 0.7)
    jaw = curve(np.array(PROFILE) * [wide, 1]) if head.profile else _jaw(head, turn)
    skull = curve(
        [jaw[-1], (-wide * 1.02, -0.1), (-wide * 0.95, -0.6), (-0.2, -1), (wide * 0.5, -0.92), jaw[0]]
    )
    if not head.profile and rng.random() < 0.9:
        for side in (-1, 1):
            if side * turn < 0.35:
                _ear(head, side)
    head.white(np.vstack([jaw, skull[1:-1]]))
    head.line(jaw)
    if head.profile:
        _ear(head, -1)
    head.sheet.faces.append(np.vstack([head.page(jaw), head.page([(0, -0.75)])]))
    if rng.random() < 0.35:  # shade under the fringe, on a cheek: it stays white
        side, top = rng.choice([-1, 1]), rng.uniform(-0.3, 0.2)
        edge = np.array([(0.2, top), (0.95, top - 0.1), (0.9, 0.5), (0.4, 0.85), (0.55, 0.4)])
        head.tone(head.at(side * edge[:, 0], edge[:, 1]), rng.uniform(0.1, 0.35))


def _jaw(head: Head, turn: float) -> np.ndarray:
    """From temple to temple, by the chin, as seen from the front or turned."""
    jaw, sharp = head.rng.uniform(-0.06, 0.06), head.rng.uniform(0.08, 0.2)
    right = [(0.97, -0.3), (0.99, 0.1), (0.93, 0.4), (0.64 + jaw, 0.75), (sharp, 0.99 - 0.2 * sharp)]
    front = np.array([*right, (0, 1.0), *[(-x, y) for x, y in right[:0:-1]]])
    aside = np.array([
        (1.0, -0.3), (0.97, 0.1), (0.97, 0.38), (0.76 + jaw, 0.72), (0.42 + sharp, 0.97), (0.38, 1.0),
        (0.3 - sharp, 0.965), (-0.28, 0.8), (-0.56, 0.5), (-0.62, 0.15),
    ])  # fmt: skip
    return curve((front * (1 - turn) + aside * turn) * [head.wide, 1])


def _ear(head: Head, side: int) -> None:
    x = -0.1 if head.profile else float(head.at(side * 0.98, 0)[0])
    y, tall, out = head.eye_y + 0.08, 0.16, -0.7 if head.profile else side
    rim = [(0, -tall), (0.11, -1.1 * tall), (0.14, -0.1), (0.08, 0.8 * tall), (0, 1.1 * tall)]
    inner = [(0.03, -0.5 * tall), (0.08, -0.5 * tall), (0.05, -0.03), (0.03, 0.4 * tall)]
    shape, fold = (curve([(x + out * u, y + v) for u, v in points]) for points in (rim, inner))
    head.white(shape)
    head.line(shape)
    head.line(fold, head.rng.uniform(0.6, 1), 0.6)
    if head.rng.random() < 0.2:  # an earring
        head.ring(x + out * 0.04, y + 1.35 * tall, 0.035, 0.045)


def features(head: Head) -> None:
    """Eyes and brows, nose, mouth, cheeks, and what stands before them."""
    rng = head.rng
    eyes = _eyes(head)
    _nose(head)
    _mouth(head)
    for eye in eyes:
        _cheek(head, eye)
    if rng.random() < 0.22 and head.height > 110 and not head.profile:
        _glasses(head, eyes)


def _eyes(head: Head) -> list[Eye]:
    rng = head.rng
    size = {"shoujo": 0.23, "shounen": 0.195, "chibi": 0.25, "comic": 0.17, "cartoon": 0.15}[head.style]
    gaze, wink = Gaze.random(rng, head.style), rng.random() < 0.08
    size *= rng.uniform(0.9, 1.12)
    eyes = []
    for side in (-1, 1):
        if side * 1.25 * 0.46 + head.yaw > 1.2:  # the far eye of a profile
            continue
        x, width = side * 0.46, size * rng.uniform(0.95, 1.05)
        if head.profile:
            x = side * 0.62
        elif side > 0:
            x -= 0.12 * min(1.0, np.sin(head.yaw) / 0.6)
            width *= 1 - 0.1 * np.sin(head.yaw)
        own = gaze.closed() if wink and side == 1 else gaze
        eye = Eye(head, own, side, x, head.eye_y + rng.normal(0, 0.008), width)
        eye.draw()
        eyes.append(eye)
    return eyes


def _nose(head: Head) -> None:
    if head.profile:
        return
    rng, y = head.rng, head.eye_y + (0.46 if head.style == "comic" else 0.36)
    kind = pick(rng, {"dot": 0.3, "stroke": 0.3, "triangle": 0.2, "bridge": 0.2})
    points = {
        "dot": [(0, 0), (0.03, 0.012)],
        "stroke": [(0.02, -0.07), (0.05, 0.0), (-0.01, 0.02)],
        "triangle": [(-0.05, 0.02), (0.0, -0.05), (0.05, 0.02), (-0.01, 0.03)],
        "bridge": [(0.02, -0.26), (0.07, -0.02), (0.04, 0.04), (-0.04, 0.03)],
    }[kind]
    line = head.near(0, y, points)
    head.line(curve(line) if kind == "bridge" else line, rng.uniform(0.5, 1), 0.5)


def _mouth(head: Head) -> None:
    rng, y = head.rng, min(0.8, head.eye_y + (0.66 if head.style == "comic" else 0.54))
    half, bend, x = rng.uniform(0.12, 0.3), rng.normal(0.03, 0.03), np.linspace(-1, 1, 17)
    if head.profile:
        w = head.wide
        head.line(curve([(w * 0.9, 0.7), (w * 0.8, 0.7 - bend), (w * 0.66, 0.69 - bend)]), care=0.6)
        return
    kind = pick(rng, {"line": 0.4, "open": 0.42, "o": 0.1, "cat": 0.08})
    upper = head.near(0, y, np.column_stack([x * half, -bend * x**2 + rng.normal(0, 0.01) * x]))
    if kind == "line":
        head.line(upper, care=0.6)
        head.line(head.near(0, y, [(-0.05, 0.09), (0.05, 0.09)]), rng.uniform(0.5, 0.9), 0.6)
    elif kind == "cat":
        head.line(head.near(0, y, np.column_stack([x * half, -0.04 * np.abs(np.sin(np.pi * x))])), care=0.6)
    elif kind == "o":
        head.filled(head.near(0, y, ellipse(0, 0.02, half * 0.35, 0.06)))
    else:
        _open_mouth(head, y, upper, half, bend)


def _open_mouth(head: Head, y: float, upper: np.ndarray, half: float, bend: float) -> None:
    rng, x = head.rng, np.linspace(-1, 1, 17)
    deep = min(rng.uniform(0.1, 0.24), 0.93 - y)
    lower = head.near(0, y, np.column_stack([x * half, -bend * x**2 + deep * (1 - np.abs(x) ** 2.5)]))
    if rng.random() < 0.4 and head.height > 120:
        tongue = head.near(0, y, np.column_stack([x * half * 0.7, deep * (0.3 + 0.3 * x**2)]))
        inside = tongue if rng.random() < 0.5 else lower
        head.filled(np.vstack([upper, inside[::-1]]))
    elif head.height > 120:
        teeth = np.column_stack([x[3:-3] * half, 0.045 - bend * x[3:-3] ** 2])
        tongue = np.column_stack([x[4:-4] * half, deep * (0.47 + 0.3 * x[4:-4] ** 2)])
        for line in (teeth, tongue):
            head.line(head.near(0, y, line), rng.uniform(0.6, 1), 0.6)
    head.line(upper, care=0.6)
    head.line(lower, care=0.6)


def _cheek(head: Head, eye: Eye) -> None:
    """Strokes of a blush, freckles."""
    rng, y = head.rng, head.eye_y + 0.32
    if rng.random() < 0.4 and head.height > 100:
        for number in range(int(rng.integers(2, 5))):
            x = eye.x + eye.side * 0.06 + (number - 1.5) * 0.05
            head.line(head.at([x + 0.02, x - 0.02], [y - 0.05, y + 0.04]), rng.uniform(0.45, 0.9), 0.4)
    elif rng.random() < 0.15 and head.height > 200:
        for _ in range(4):
            spot = head.at(eye.x + rng.normal(0, 0.1), y + rng.normal(0, 0.03))
            head.line(spot + np.array([(0, 0), (0.012, 0.008)]), 0.8, 0.3)


def _glasses(head: Head, eyes: list[Eye]) -> None:
    square = head.rng.choice([1.0, 0.45])
    t = np.linspace(0, 2 * np.pi, 50)
    rim = np.column_stack([np.sign(f(t)) * np.abs(f(t)) ** square for f in (np.cos, np.sin)])
    lenses = []
    for eye in eyes:
        reach = eye.width * 1.45
        lenses.append((eye.x, reach * head.across, eye.y))
        place = head.at(eye.x + rim[:, 0] * reach * head.across, eye.y + 0.02 + rim[:, 1] * reach * 0.8)
        head.line(place)
    if len(lenses) == 2:
        (a, left, y), (b, right, _) = lenses
        bridge = y - 0.02 - 0.03 * np.sin(np.linspace(0, np.pi, 8))
        head.line(head.at(np.linspace(a + left, b - right, 8), bridge), care=0.6)
    for x, reach, y in lenses:
        if x < 0 or head.yaw < 0.3:
            head.line(head.at(np.sign(x) * np.linspace(abs(x) + reach, 0.97, 6), np.full(6, y)))
