# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pencils a page was drawn with: the places where its lines gather in the plane of hues."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.arrays import Floats

DARK = "dark"
NAMES = ("red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink", "brown")
"""What hues are called; "dark" are lines of none: graphite, black ink."""

MOST_CENTRES = 8  # of a hue
MOST = 6  # hues of a page, "dark" among them
MOST_PEAKS = MOST * MOST_CENTRES  # that all of a page's lines are compared with: more no palette can hold
_STARTS: tuple[tuple[int, str], ...] = (
    *((16, "orange"), (46, "yellow"), (70, "green"), (166, "cyan")),
    *((184, "blue"), (256, "purple"), (292, "pink"), (340, "red")),
)  # degrees at which names begin
BROWN = 0.62  # of the paper's light that orange and red take away where they are brown

CELL = 0.02  # of the plane of hues: side of a cell that lines are gathered in
SIDE = 121  # cells each way: pure hues lie one from the middle
SOFT = 0.02  # of the plane: deviation by which a pencil's hue is taken to stray
APART = 0.7  # of the lower of two peaks, that the way between them goes down to where they are two pencils
NEUTRAL = 0.2  # from black: lines less saturated are dark where no others are more so
TINTED = 0.09  # from the page's dark lines: what lies farther off is a hue
BETWEEN = 0.5  # of the way to a hue: what lies nearer to dark, and is as firm, is dark over that
AS_FIRM = 0.8  # of dark lines' own darkness
LEAST = 60.0  # px at working scale that lines of a hue are long, altogether
LEAST_SHARE = 0.005  # and of all lines
EVEN = 0.1  # of the plane: where a line strays farther from its neighbourhood, pencils mix
MINOR = 0.3  # of the most that gathers anywhere of a hue: where less does, pencils mix
FIRMEST = 0.9  # share of a hue's lines that are paler than those whose colour it is told by
FAINTEST = 0.05  # of the paper's light that a line takes away whose hue can be told

Centre = tuple[float, float]


@dataclass(frozen=True)
class Hue:
    """A pencil, or several of one name.

    Attributes:
        name: one of NAMES or "dark".
        centres: where its lines gather in the plane of hues.
        colour: its lines' own, sRGB 0..255, as it looks on white paper.
        wide: the same of what lies around its lines; none where that tells no more.
    """

    name: str
    centres: tuple[Centre, ...]
    colour: tuple[int, int, int]
    wide: tuple[Centre, ...] = ()


@dataclass(frozen=True)
class Palette:
    """The pencils of a page, "dark" first where it was found first, then the longest drawn with; one alone
    where there is no other.
    """

    hues: tuple[Hue, ...]

    @classmethod
    def of_one(cls) -> Palette:
        """Of a page whose lines are all one."""
        return cls((Hue(DARK, ((0.0, 0.0),), (0, 0, 0)),))

    @property
    def names(self) -> tuple[str, ...]:
        """What they are called."""
        return tuple(hue.name for hue in self.hues)

    @property
    def seen_widely(self) -> bool:
        """Whether what lies around lines tells their hues better than they do themselves."""
        return all(hue.wide for hue in self.hues)

    def widely(self) -> Palette:
        """The same pencils by what lies around their lines."""
        return Palette(tuple(replace(hue, centres=hue.wide) for hue in self.hues))

    def extended(self, other: Palette) -> Palette:
        """With the hues of another that it has none of the name of, after its own."""
        new = [hue for hue in other.hues if hue.name not in self.names]
        return Palette((*self.hues, *new)[:MOST]) if new else self

    def by_centres(self) -> Palette:
        """With each place where lines gather as a hue of its own; dark ones stay one."""
        return Palette(
            tuple(
                replace(hue, centres=centres)
                for hue in self.hues
                for centres in ([hue.centres] if hue.name == DARK else [(one,) for one in hue.centres])
            )
        )

    def without(self, part: Hue) -> Palette:
        """Without the places of a hue that is as `by_centres` gave it; the last hue stays."""
        left = (
            replace(hue, centres=tuple(one for one in hue.centres if one not in part.centres))
            if hue.name == part.name
            else hue
            for hue in self.hues
        )
        return Palette(tuple(hue for hue in left if hue.centres) or self.hues[:1])

    def to_dict(self) -> list[dict[str, Any]]:
        """Plain values, as JSON keeps them; see :meth:`from_dict`."""
        return [
            {
                "name": hue.name,
                "centres": [list(one) for one in hue.centres],
                "colour": list(hue.colour),
                **({"wide": [list(one) for one in hue.wide]} if hue.wide else {}),
            }
            for hue in self.hues
        ]

    @classmethod
    def from_dict(cls, values: Any) -> Palette | None:
        """What :meth:`to_dict` gave, or None where it is not sound."""
        if not isinstance(values, list) or not 0 < len(values) <= MOST:
            return None
        hues = [_hue(one) for one in values]
        names = [hue.name for hue in hues if hue is not None]
        return cls(tuple(hues)) if len(set(names)) == len(hues) else None  # type: ignore[arg-type]


def _hue(values: Any) -> Hue | None:
    if not isinstance(values, dict) or values.get("name") not in (DARK, *NAMES):
        return None
    centres, wide = values.get("centres"), values.get("wide", [])
    colour: Any = values.get("colour")
    if not _are_centres(centres) or not _numbers(colour, 3, 0, 255):
        return None
    if wide != [] and not _are_centres(wide):
        return None
    red, green, blue = (int(one) for one in colour)
    return Hue(values["name"], _centres(centres), (red, green, blue), _centres(wide))


def _centres(values: Any) -> tuple[Centre, ...]:
    return tuple((float(x), float(y)) for x, y in values)


def _are_centres(values: Any) -> bool:
    return (
        isinstance(values, list)
        and 0 < len(values) <= MOST_CENTRES
        and all(_numbers(one, 2, -2, 2) for one in values)
    )


def _numbers(values: Any, count: int, low: float, high: float) -> bool:
    return (
        isinstance(values, list)
        and len(values) == count
        and all(isinstance(one, int | float) and not isinstance(one, bool) for one in values)
        and all(low <= one <= high for one in values)
    )


def find_palette(plane: Floats, calm: Floats, colours: Floats, weight: Floats, *, inverted: bool) -> Palette:
    """The pencils that lines were drawn with.

    Args:
        plane: (N, 2), the hues of their vertices, see :func:`hue_plane`.
        calm: (N, 2), the same, calmed along lines: there pencils that look alike lie apart.
        colours: (N, 3), how much of the paper's red, green and blue they take away, 0..1.
        weight: (N,), how long they are, px at working scale.
        inverted: whether they are lighter than the paper.
    """
    amount = colours.max(axis=1, initial=0)
    known = amount >= FAINTEST
    even = known & (np.hypot(*(plane - calm).T) < EVEN)
    known = even if even.any() else known
    plane, calm, amount = plane[known], calm[known], amount[known]
    colours, weight = colours[known], weight[known]
    length = float(weight.sum())
    if not length:
        return Palette.of_one()
    peaks = _settled(_peaks(_gathered(calm, weight)), plane)
    nearest = _nearest(plane, peaks)
    peaks = [peaks[number] for number in np.unique(nearest)]
    nearest = _nearest(plane, peaks)
    groups: dict[str, list[int]] = {}
    for number, name in enumerate(_named(peaks, nearest, amount)):
        groups.setdefault(name, []).append(number)
    found: list[tuple[float, Hue]] = []
    for name, numbers in groups.items():
        mine = np.isin(nearest, numbers)
        long = float(weight[mine].sum())
        if long >= max(LEAST, LEAST_SHARE * length) or len(groups) == 1:
            many = np.bincount(nearest, weight, len(peaks))[numbers]
            main = [one for one, long_ in zip(numbers, many, strict=True) if long_ >= MINOR * many.max()][
                :MOST_CENTRES
            ]
            centres = tuple((float(peaks[one][0]), float(peaks[one][1])) for one in main)
            colour = _colour(colours[mine], amount[mine], inverted=inverted)
            found.append((long, Hue(name, centres, colour)))
    found.sort(key=lambda one: (one[1].name != DARK, -one[0], one[1].name))
    return Palette(tuple(hue for _, hue in found[:MOST]))


def _gathered(plane: Floats, weight: Floats) -> NDArray[np.float64]:
    """How much of all lines lies at each place of the plane, (SIDE, SIDE), y down and x across."""
    at = np.clip(np.rint(plane / CELL).astype(np.intp) + SIDE // 2, 0, SIDE - 1)
    grid = np.bincount(at[:, 1] * SIDE + at[:, 0], weights=weight, minlength=SIDE**2).reshape(SIDE, SIDE)
    reach = math.ceil(3 * SOFT / CELL)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) * CELL / SOFT) ** 2)
    for axis in (0, 1):
        grid = np.apply_along_axis(np.convolve, axis, grid, bell, "same")
    return np.asarray(grid)


def _peaks(grid: NDArray[np.float64]) -> list[Floats]:
    """Places in the plane where lines gather, those where most do first; hills between which there is no
    valley are one. Of many, as grain leaves them, the highest MOST_PEAKS.
    """
    padded = np.pad(grid, 1)
    around = np.stack([padded[y : y + SIDE, x : x + SIDE] for y in range(3) for x in range(3)])
    tops = np.argwhere((grid > 0) & (grid >= around.max(axis=0)))
    tops = tops[np.argsort(-grid[tuple(tops.T)], kind="stable")]
    kept: list[NDArray[np.intp]] = []
    for top in tops:
        if all(_valley(grid, top, other) < APART * grid[tuple(top)] for other in kept):
            kept.append(top)
            if len(kept) == MOST_PEAKS:
                break
    return [((top[::-1] - SIDE // 2) * CELL).astype(np.float32) for top in kept]


def _settled(peaks: list[Floats], plane: Floats) -> list[Floats]:
    """Each peak in the middle of what lies next to it: a pencil's hue strays, and its top is anywhere."""
    nearest = _nearest(plane, peaks)
    return [np.median(plane[nearest == number], axis=0) for number in np.unique(nearest)]


def _nearest(plane: Floats, peaks: list[Floats]) -> NDArray[np.intp]:
    """The number of the peak next to each place, (N,); of two as near the first."""
    best = np.full(len(plane), np.inf, plane.dtype)
    found = np.zeros(len(plane), np.intp)
    for number, peak in enumerate(peaks):
        away = ((plane - peak) ** 2).sum(axis=1)
        nearer = away < best
        best[nearer], found[nearer] = away[nearer], number
    return found


def _valley(grid: NDArray[np.float64], one: NDArray[np.intp], two: NDArray[np.intp]) -> float:
    """The lowest place on the straight way between two."""
    steps = int(np.abs(one - two).max()) + 1
    way = np.rint(np.linspace(one, two, steps + 1)).astype(np.intp)
    return float(grid[tuple(way.T)].min())


def _named(peaks: list[Floats], nearest: NDArray[np.intp], amount: Floats) -> list[str]:
    """What each peak is called."""
    far = [float(np.hypot(*peak)) for peak in peaks]
    firm = [float(np.median(amount[nearest == number])) for number in range(len(peaks))]
    dark = int(np.argmin(far))
    middle = peaks[dark] if far[dark] < NEUTRAL else None
    names = []
    for number, peak in enumerate(peaks):
        name = hue_name(peak, firm[number])
        if middle is not None and (number == dark or np.hypot(*(peak - middle)) < TINTED):
            name = DARK
        names.append(name)
    if middle is None:
        return names
    for number, name in enumerate(list(names)):
        farther = [far[other] for other in range(len(peaks)) if names[other] == name]
        over = np.hypot(*(peaks[number] - middle)) < BETWEEN * max(farther)
        if name != DARK and over and firm[number] >= AS_FIRM * firm[dark]:
            names[number] = DARK
    return names


def hue_name(place: Floats, amount: float) -> str:
    """What a place in the plane of hues is called, of lines that take away so much of the paper's light."""
    angle = math.degrees(math.atan2(float(place[1]), float(place[0]))) % 360
    name = "red"
    for start, following in _STARTS:
        if angle >= start:
            name = following
    if amount >= BROWN and name in ("orange", "yellow") and np.hypot(*place) < 0.8:
        return "brown"
    return name


def _colour(colours: Floats, amount: Floats, *, inverted: bool) -> tuple[int, int, int]:
    """The colour of lines as they look where they are firm, on white paper or, `inverted`, on black."""
    firm = amount >= np.quantile(amount, FIRMEST)
    taken = np.median(colours[firm], axis=0)
    light = taken if inverted else 1 - taken
    red, green, blue = (round(float(value) * 255) for value in np.clip(light, 0, 1))
    return red, green, blue
