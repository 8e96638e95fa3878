# SPDX-License-Identifier: GPL-3.0-or-later
"""Brush strips: small pictures of a brush's mark, and what drawing takes from them.

A strip is a grey picture of 256 x 64 px, black on white: one straight stroke along its middle, painted from
left to right while the pressure goes from 0 to 100 %. It shows all there is to a brush: how wide it gets
(the mark's outline), how dark, how hard its edge is, and its texture. Pressure 50 % is a line of the usual
width, so that column decides what "thickness" means.

`measure` turns a strip into a `Medium`: curves over pressure, and for brushes that leave more than solid
ink a table of *ink by noise*. At each pressure and distance from the centreline the strip's pixels,
sorted, say how much of that place is bare paper and how much is full ink; the drawing picks from them with
the grain of the canvas. Such a transfer by rank keeps the mark's tones exactly, whatever the noise (the
idea of histogram-preserving texture synthesis: Heitz and Neyret, "High-Performance By-Example Noise using
a Histogram-Preserving Blending Operator", 2018).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Bytes, Floats
from smart_lineart.inking.brushes.grain import LEVELS, Grain
from smart_lineart.inking.brushes.strip_files import HEIGHT, STRIP, WIDTH, decode_strip, encode_strip
from smart_lineart.inking.errors import BadStrip
from smart_lineart.said import Said

Doubles = NDArray[np.floating[Any]]

PRESSURES = 256  # steps of pressure in a medium's curves and table
PLACES = 128  # steps from the centreline to the outline
USUAL = 0.5  # pressure of a line of the usual width
MOST_GROWTH = 1.7  # power of a line's relative width by which a brush's mark may widen
_BINS = 32  # of pressure, measured; the table's steps lie between them
_RINGS = 24  # of distance from the centreline, measured
_REACH = 12  # columns beside a bin whose pixels count
_STREAKS = 0.14  # of half the outline: so far apart hairs are counted together
_ALL_INK = 0.97  # mean ink of a picture that shows no mark because it is all dark
_MIDDLE = (HEIGHT - 1) / 2
_FAINTEST = 0.03  # ink below which a place counts as bare
_SOLID = 0.96  # ink from which a brush counts as covering


@dataclass(frozen=True)
class Medium:
    """A measured brush.

    Attributes:
        width: (PRESSURES,) line width by pressure, where the ink falls to half its most; 1 at USUAL.
        outline: (PRESSURES,) width by pressure of all that the mark touches, in the same unit.
        ink: uint8 (PRESSURES, PLACES, LEVELS): ink by pressure, distance from the centreline over half the
        outline, and level of grain; None for a brush of solid ink with hard edges.
        grain: how its texture looks.
        core: usual ink at the centreline, 0 to 1.
        taper: length over which the pressure rises at a free end, in thicknesses.
        swell: how far a hand lets up from the middle of a stroke to its ends, 0 to 1 of the pressure.
    """

    width: Floats
    outline: Floats
    ink: Bytes | None
    grain: Grain
    core: float
    taper: float
    swell: float

    @property
    def solid(self) -> bool:
        """Whether it draws plain ink: its outline is all there is to it."""
        return self.ink is None

    @property
    def reach(self) -> float:
        """Farthest that ink goes from a centreline, in thicknesses."""
        return 0.5 * max(float(self.outline.max()), float(self.width.max()))

    @cached_property
    def tempered(self) -> Floats:
        """(PRESSURES,) pressure by that which a sketch's width asks for: as much of it as suits the brush.

        Where a line is w times as wide as usual, neither the ink nor what the mark touches gets wider than
        w ** MOST_GROWTH times, nor as much thinner. A brush of a few hairs would turn a swelling into a blot.
        """
        steps = np.linspace(0.0, 1.0, PRESSURES, dtype=np.float32)
        asked = steps / np.float32(USUAL)
        usual = np.array([USUAL], np.float32)
        growths = [curve / np.maximum(self.at(curve, usual), 1e-6) for curve in (self.width, self.outline)]
        out, above = steps.copy(), steps >= USUAL
        largest = np.maximum.accumulate(np.maximum(*growths)[above])
        fits = np.searchsorted(largest, asked[above] ** MOST_GROWTH, "right")
        out[above] = np.minimum(steps[above], steps[above][np.maximum(fits - 1, 0)])
        smallest = np.minimum.accumulate(np.minimum(*growths)[~above][::-1])
        fits = np.searchsorted(-smallest, -(asked[~above] ** MOST_GROWTH), "right")
        out[~above] = np.maximum(steps[~above], steps[~above][::-1][np.maximum(fits - 1, 0)])
        return out

    def at(self, curve: Floats, pressure: Floats) -> Floats:
        """A curve at pressures 0 to 1."""
        place = np.clip(pressure, 0.0, 1.0) * np.float32(PRESSURES - 1)
        low = np.minimum(place.astype(np.intp), PRESSURES - 2)
        part = (place - low).astype(np.float32)
        return np.asarray(curve[low] + part * (curve[low + 1] - curve[low]), np.float32)


@dataclass(frozen=True)
class Strip:
    """A picture of a brush's mark: uint8 (64, 256), 0 ink, 255 paper. Raises BadStrip where there is none."""

    pixels: Bytes

    def __post_init__(self) -> None:
        if self.pixels.shape != (HEIGHT, WIDTH) or self.pixels.dtype != np.uint8:
            raise BadStrip(
                "A brush strip is a grey picture of {wide} x {high} px with 8 bits.", wide=WIDTH, high=HEIGHT
            )
        _ = self.medium  # a strip that cannot be measured is refused at once

    @classmethod
    def from_bytes(cls, data: bytes, name: str | Said = STRIP) -> Strip:
        """From a PNG file's content. Raises BadStrip, calling the file `name`."""
        pixels = decode_strip(data, name)
        try:
            return cls(pixels)
        except BadStrip as error:
            raise BadStrip("{name}: {problem}.", name=name, problem=error) from error

    def to_bytes(self) -> bytes:
        """As a PNG file."""
        return encode_strip(self.pixels)

    @cached_property
    def medium(self) -> Medium:
        """What drawing takes from it."""
        return measure(self.pixels)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Strip) and bool(np.array_equal(self.pixels, other.pixels))

    def __hash__(self) -> int:
        return hash(self.pixels.tobytes())


def strip_from_picture(grey: Bytes) -> Strip:
    """A strip from any picture of a mark, such as a photo of a stroke that grows from left to right.

    Args:
        grey: uint8 (H, W), at least 16 x 64 px, dark on light or light on dark.

    The mark is cut out and scaled so that it fills the strip. Raises BadStrip where there is none.
    """
    if grey.ndim != 2 or grey.dtype != np.uint8 or grey.shape[0] < 16 or grey.shape[1] < 64:
        raise BadStrip("A picture of a brush mark must have at least 64 x 16 pixels.")
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    paper = float(np.median(edge))
    ink = np.asarray(paper - grey.astype(np.float32) if paper > 127 else grey - np.float32(paper), np.float32)
    ink = np.clip(ink / max(paper, 255 - paper), 0.0, 1.0)
    rows, columns = np.nonzero(ink > 0.15)
    if rows.size < 64 or np.ptp(columns) < 32:
        raise BadStrip("There is no brush mark in the picture: it should be one dark stroke on white.")
    mark = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    out = np.zeros((HEIGHT, WIDTH), np.float32)
    out[4:-4] = _resized(mark, HEIGHT - 8, WIDTH)
    if out[:, : WIDTH // 4].sum() > out[:, -(WIDTH // 4) :].sum():
        out = out[:, ::-1]
    return Strip(np.asarray(np.rint(255 - 255 * out), np.uint8))


def _resized(image: Floats, height: int, width: int) -> Floats:
    """Area mean where the image shrinks, linear where it grows."""
    for axis, count in ((0, height), (1, width)):
        length = image.shape[axis]
        edges = np.linspace(0, length, count + 1)
        sums = np.concatenate([np.zeros_like(image.take([0], axis)), np.cumsum(image, axis)], axis)
        low = np.minimum(edges.astype(np.intp), length - 1)
        part = np.expand_dims((edges - low).astype(np.float32), 1 - axis)
        at = sums.take(low, axis) + part * (sums.take(low + 1, axis) - sums.take(low, axis))
        image = np.asarray(np.diff(at, axis=axis) * np.float32(count / length), np.float32)
    return image


def measure(pixels: Bytes) -> Medium:
    """Measure a strip's pixels, uint8 (64, 256). Raises BadStrip where they show no usable mark."""
    ink = 1.0 - pixels.astype(np.float32) / np.float32(255)
    bins = (np.arange(_BINS) + 0.5) * (WIDTH / _BINS)
    half, outer, core = _curves(ink, bins)
    pressures = np.linspace(0.0, 1.0, PRESSURES)
    usual = float(np.interp(USUAL, bins / WIDTH, half))
    depth = float(np.interp(USUAL, bins / WIDTH, core))
    if usual < 1.0 or depth < 3 * _FAINTEST or ink.mean() > _ALL_INK:
        raise BadStrip(
            "The strip shows no mark at half pressure: it should be one dark stroke on white along its "
            "middle, with pressure growing from left to right."
        )
    width = _drawn_out(bins / WIDTH, half, pressures) / np.float32(usual)
    if _is_solid(ink, bins, half, core):
        return Medium(
            width, width, None, Grain(0.0, 0.0), depth, _taper(width), _swell(width, np.ones_like(width))
        )
    outline = _drawn_out(bins / WIDTH, outer, pressures) / np.float32(usual)
    fade = np.minimum(_drawn_out(bins / WIDTH, core, pressures) / np.float32(depth), 1.0)
    grain = _grain_of(ink, bins, outer)
    table = _ink_by_noise(ink, bins, half, outer, grain)
    # What is drawn decides: ragged edges reach farther than the ink that makes a line's width.
    drawn = _half_width_of(table, outline)
    width, outline = width / drawn, outline / drawn
    return Medium(width, outline, table, grain, depth, _taper(width * fade), _swell(width, fade))


def _half_width_of(table: Bytes, outline: Floats) -> np.float32:
    """Width at half ink of a line drawn with the table at usual pressure."""
    usual = round(USUAL * (PRESSURES - 1))
    profile = table[usual].mean(1)
    return np.float32(outline[usual] * np.mean(profile > 0.5 * np.sort(profile)[-PLACES // 8 :].mean()))


def _drawn_out(at: Doubles, values: Floats, pressures: Doubles) -> Floats:
    """A measured curve, smoothed, and drawn on to pressure 0 and 1."""
    padded = np.concatenate([2 * values[:1] - values[2:0:-1], values, 2 * values[-1:] - values[-2:-4:-1]])
    smooth = np.convolve(padded, np.array([1, 2, 3, 2, 1]) / 9.0, "valid")
    line_low = smooth[0] - (smooth[1] - smooth[0]) * 0.5
    line_high = smooth[-1] + (smooth[-1] - smooth[-2]) * 0.5
    x = np.concatenate([[0.0], at, [1.0]])
    y = np.concatenate([[max(0.0, line_low)], np.maximum(smooth, 0.0), [max(0.0, line_high)]])
    return np.asarray(np.interp(pressures, x, y), np.float32)


def _taper(width: Floats) -> float:
    """How long a brush's points are: the thinner or fainter it gets at low pressure, the longer."""
    slim = float(np.interp(0.15, np.linspace(0, 1, PRESSURES), width))
    return 0.0 if slim > 0.75 else min(9.0, max(1.5, 1.2 / max(slim, 0.05) - 0.9))


def _swell(width: Floats, fade: Floats) -> float:
    """The more pliant a nib, the more a hand plays with it: one that is stiffer than a pen's is left alone.

    So is one that fades as it gets thinner: its lines would change their tone with every stroke.
    """
    slim, left = (
        float(np.interp(0.5 * USUAL, np.linspace(0, 1, PRESSURES), curve)) for curve in (width, fade)
    )
    return left**2 * min(0.5, max(0.0, 3.0 * (0.55 - slim)))


def _folded(ink: Floats) -> Floats:
    """(WIDTH, 32): ink by column and distance 0.5, 1.5, ... px from the middle, mean of both sides."""
    return np.asarray(0.5 * (ink[HEIGHT // 2 :] + ink[HEIGHT // 2 - 1 :: -1]).T, np.float32)


def _curves(ink: Floats, bins: Doubles) -> tuple[Floats, Floats, Floats]:
    """Half width at half ink, half outline (px of the strip), and most ink, each (_BINS,)."""
    folded = _folded(ink)
    half, outer, core = (np.zeros(_BINS, np.float32) for _ in range(3))
    for number, middle in enumerate(bins):
        reach = 4 + _REACH // 2
        profile = folded[max(0, int(middle) - reach) : int(middle) + reach].mean(0)
        soft = np.convolve(np.concatenate([profile[:1], profile, [0.0]]), [0.25, 0.5, 0.25], "valid")
        core[number] = soft.max()
        if core[number] < _FAINTEST:
            continue
        half[number] = _crossing(profile, 0.5 * float(core[number]))
        outer[number] = max(half[number], _crossing(profile, max(_FAINTEST, 0.05 * float(core[number]))))
        if outer[number] - half[number] < max(1.5, 0.06 * half[number]):  # a hard edge, but for its pixels
            outer[number] = half[number]
    return half, outer, core


def _crossing(profile: Floats, level: float) -> float:
    """Distance from the middle at which a profile falls below `level` for good."""
    above = np.flatnonzero(profile >= level)
    if not above.size:
        return 0.0
    last = int(above[-1])
    inside, outside = float(profile[last]), float(profile[last + 1]) if last + 1 < len(profile) else 0.0
    return last + 0.5 + (inside - level) / max(inside - outside, 1e-6)


def _is_solid(ink: Floats, bins: Doubles, half: Floats, core: Floats) -> bool:
    """Whether the mark is full ink up to a hard edge at every pressure that shows it."""
    clear = (half > 3.0) & (bins > WIDTH // 12)
    if not clear.any() or (core[clear] < _SOLID).any():
        return False
    widths = np.interp(np.arange(WIDTH), bins, half)
    distance = np.abs(np.arange(HEIGHT) - _MIDDLE)[:, None]
    later = np.arange(WIDTH)[None, :] > WIDTH // 12  # where a mark begins its width may change at once
    inside = ink[later & (distance < widths[None, :] - 2.5)]
    beyond = ink[later & (distance > widths[None, :] + 2.5)]
    return bool(
        inside.size
        and np.mean(inside) > _SOLID
        and np.mean(inside < 0.8) < 0.01
        and (not beyond.size or np.mean(beyond > 0.15) < 0.005)
    )


def _ink_by_noise(ink: Floats, bins: Doubles, half: Floats, outer: Floats, grain: Grain) -> Bytes:
    """The table of a medium, uint8 (PRESSURES, PLACES, LEVELS)."""
    columns = np.arange(WIDTH)
    distance = np.abs(np.arange(HEIGHT) - _MIDDLE)[:, None]
    reach = np.interp(columns, bins, outer)[None, :]
    hard = np.interp(columns, bins, (outer <= half).astype(np.float32))[None, :] > 0.5
    place = distance / np.maximum(reach, 1.0)
    # The pixels on a hard edge are half paper; the drawing makes an edge of its own.
    usable = (place < 1.0) & ~(hard & (distance > reach - 1.5) & (distance > 1.0)) & (reach > 1.0)
    rings = (np.arange(_RINGS) + 0.5) / _RINGS
    ranks = (np.arange(LEVELS) + 0.5) / LEVELS
    found = np.zeros((_BINS, _RINGS, LEVELS), np.float32)
    for number, middle in enumerate(bins):
        near = slice(max(0, int(middle) - _REACH), int(middle) + _REACH)
        if outer[number] <= 0:
            continue
        inside = usable[:, near]
        places, values = place[:, near][inside], ink[:, near][inside]
        if values.size < 8:
            continue
        # Where single hairs lie is chance: what is kept of streaks is how many there are.
        breadth = max(_STREAKS if grain.directed else 0.75 / _RINGS, 0.8 / float(outer[number]))
        for ring, at in enumerate(rings):
            within = values[np.abs(places - min(at, float(places.max()))) <= breadth]
            if within.size:
                ordered = np.sort(within)
                found[number, ring] = np.interp(ranks, (np.arange(within.size) + 0.5) / within.size, ordered)
    return _refined(found, bins / WIDTH, rings)


def _refined(found: Floats, at: Doubles, rings: Doubles) -> Bytes:
    """The measured table at the finer steps that drawing looks up."""
    padded = np.concatenate([found[:1], found, found[-1:]])
    found = np.asarray(0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:], np.float32)
    steps: tuple[tuple[int, Doubles, Doubles], ...] = (
        (0, np.linspace(0, 1, PRESSURES), at),
        (1, (np.arange(PLACES) + 0.5) / PLACES, rings),
    )
    for axis, want, have in steps:
        where = np.interp(want, have, np.arange(len(have)))
        low = np.minimum(where.astype(np.intp), len(have) - 2)
        part = (where - low).astype(np.float32).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
        found = found.take(low, axis) * (1 - part) + found.take(low + 1, axis) * part
    return np.asarray(np.rint(found * 255), np.uint8)


def _grain_of(ink: Floats, bins: Doubles, outer: Floats) -> Grain:
    """How the texture inside the mark looks, from its likeness to itself moved by some pixels."""
    reach = np.interp(np.arange(WIDTH), bins, outer)[None, :]
    distance = np.abs(np.arange(HEIGHT) - _MIDDLE)[:, None]
    inside = (distance < 0.75 * reach - 1.0) & (np.arange(WIDTH)[None, :] > WIDTH // 5)
    if inside.sum() < 400:
        return Grain(0.0, 0.0)
    weight = inside.astype(np.float32)
    # What a soft tip leaves is no texture, so the mean profile is taken away first. It is that of both sides:
    # streaks, which the profile of one side would hold too, stay.
    window = np.ones(2 * _REACH + 1)
    profile, count = (
        np.apply_along_axis(np.convolve, 1, _folded(part).T, window, "same")
        for part in (ink * weight, weight)
    )
    mean = profile / np.maximum(count, 0.5)
    rest = (ink - np.concatenate([mean[::-1], mean])) * weight
    variance = float((rest**2).sum() / weight.sum())
    if variance < 0.02**2:
        return Grain(0.0, 0.0)

    def likeness(step: int, axis: int) -> float:
        moved, there = np.roll(rest, step, axis), np.roll(weight, step, axis)
        both = (weight * there).sum()
        return float((rest * moved).sum() / max(float(both), 1.0)) / variance

    return Grain(_half_likeness(likeness, 0, 12), _half_likeness(likeness, 1, 48))


def _half_likeness(likeness: object, axis: int, furthest: int) -> float:
    """The shift, in px, at which a texture's likeness to itself has fallen to one half."""
    before = 1.0
    for step in range(1, furthest + 1):
        now = likeness(step, axis)  # type: ignore[operator]
        if now < 0.5:
            return step - 1 + (before - 0.5) / max(before - now, 1e-6)
        before = now
    return float(furthest)
