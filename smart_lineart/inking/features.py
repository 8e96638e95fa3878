# SPDX-License-Identifier: GPL-3.0-or-later
"""What is kept of a sketch between the expensive part and the drawing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from smart_lineart.inking.brushes.styles import Style, find_style
from smart_lineart.inking.dirty_rects import changed_rects
from smart_lineart.inking.errors import BadOption
from smart_lineart.inking.geometry import Rect
from smart_lineart.inking.lines.standing import limits
from smart_lineart.inking.network.maps import Prediction
from smart_lineart.inking.page.calibration import Calibration
from smart_lineart.inking.page.scale import panel_side
from smart_lineart.inking.strokes import Strokes
from smart_lineart.inking.vectors.making import make_vectors
from smart_lineart.inking.vectors.paths import Vectors

MIN_THICKNESS, MAX_THICKNESS = 0.25, 400.0  # px
DROPPED_AT_MOST = 0.8  # strength below which everything is dropped at faint = 1, cut by strength
CUTS = ("share", "strength")
"""What `faint` leaves out: a share of the page's lines, the lightest first; or, as it was once, all whose
strength is less than a number for any page."""

USUAL_FAINT = 0.5
"""An unasked `faint`; lines lighter than the network's are drawn below it only."""

THINNEST_AUTO = 1.5  # px; less looks broken on small sketches
ROOMY = 2.0  # times what is drawn, that a page around it may be long and still decide
AUTO_SHARE = 500
"""An unasked thickness is one part in so many of the longer side: a good pen's line on the whole page."""

AS_DRAWN = 1.0
"""The line weight at which lines are as thick and thin as the sketch's strokes; at 0 all are even."""

USUAL_WEIGHT = 0.7
"""An unasked line weight."""


@dataclass(frozen=True)
class Seen:
    """What the network was shown of a page and what it said, at working scale (h, w), and what came of it.

    Attributes:
        luma: uint16, the page's.
        darkness: uint8, the network's input.
        maps: uint8 (channels, h, w), its answer.
        network: which network, runtime and device it was.
        from_afar: what it was shown and said of the places it was in doubt about, or None.
        verdicts: whether that is the better in each of those places; see :func:`uncertainty.settle`.
        faired: its lines at working scale as a steady hand would draw them; see :class:`fairing.Fairer`.
    """

    luma: NDArray[np.uint16]
    darkness: NDArray[np.uint8]
    maps: NDArray[np.uint8]
    network: str
    from_afar: Prediction | None = None
    verdicts: dict[bytes, bool] = field(default_factory=dict)
    faired: dict[bytes, NDArray[np.float32]] = field(default_factory=dict)

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes: 5 for each working px, up to 7 on a page in doubt, and 8 per px of line."""
        kept = self.luma.nbytes + self.darkness.nbytes + self.maps.nbytes
        kept += sum(line.nbytes for line in self.faired.values())
        return kept + (self.from_afar.nbytes if self.from_afar is not None else 0)


@dataclass(frozen=True)
class Features:
    """A sketch's line geometry; made by ``Inker.prepare``, drawn by ``Inker.render``.

    Attributes:
        size: (height, width) of the page in px.
        scale: working px per page px.
        inverted: whether the sketch had light lines on dark paper.
        strokes: its lines, in page px.
        solid: uint8 (h, w) shapes of solid black at working scale, contour at 128, or None when there are
            none.
        calibration: how the page was seen; None when nothing was found on it.
        renewed: whether a calibration was asked for that does not suit the page any more.
        seen: what makes the next run after a small change quick, or None when it was not kept.
        light: lines that the network takes for none; None: not looked for, see :func:`with_light`.
    """

    size: tuple[int, int]
    scale: float
    inverted: bool
    strokes: Strokes
    solid: NDArray[np.uint8] | None
    calibration: Calibration | None = None
    renewed: bool = False
    seen: Seen | None = None
    light: Strokes | None = None

    @property
    def nbytes(self) -> int:
        """Memory held, in bytes."""
        parts = (self.strokes, self.solid, self.seen, self.light)
        return sum(part.nbytes for part in parts if part is not None)

    def without_seen(self) -> Features:
        """The same lines, smaller: a run after a change goes over all of the page again."""
        return replace(self, seen=None)

    def changed_from(
        self, previous: Features | None, *, thickness: float, style: str | Style = "pen"
    ) -> list[Rect]:
        """Page rectangles, none overlapping, outside which ink is the same as that of `previous`, bit by bit.

        Both drawn at `thickness` px, in `style`, equally faint and of the same weight, whichever it is. All
        of the page where sizes differ or nothing is known, or light lines of one of them only. Raises
        BadOption.
        """
        if previous is None or previous.size != self.size or previous.shares != self.shares:
            return [Rect(0, 0, self.size[1], self.size[0])]
        reach = find_style(style).medium.reach * thickness + 1.0
        old, new = ((one.every, one.solid) for one in (previous, self))
        return changed_rects(self.size, old, new, reach)

    @property
    def every(self) -> Strokes:
        """All its lines, however light."""
        return self.strokes if self.light is None else self.strokes.followed_by(self.light)

    @property
    def shares(self) -> tuple[object, ...]:
        """What decides, beside a stroke itself, at which `faint` it is drawn."""
        known = self.calibration
        return (self.light is None,) if known is None else (self.light is None, known.firmest, known.lightest)

    def drawn_at(self, faint: float, weight: float = USUAL_WEIGHT, cut: str = "share") -> Strokes:
        """The strokes that are drawn at this `faint`, one of the `CUTS`, and line `weight`, 0 to 1 each."""
        strokes, known = self.strokes, self.calibration
        usual = strokes.strength >= DROPPED_AT_MOST * USUAL_FAINT
        if cut == "strength" or known is None or strokes.standing is None:
            keep = strokes.strength >= DROPPED_AT_MOST * faint
        else:
            until = limits(strokes.standing, usual, known.firmest, known.lightest)
            if not known.lightest:  # not measured: as far as their strengths tell
                until = np.where(usual, until, strokes.strength / DROPPED_AT_MOST)
            keep = until >= faint
        drawn = strokes.select(keep)
        light = self.light
        if cut == "share" and known is not None and light is not None and light.standing is not None:
            lighter = np.zeros(len(light), np.bool_)
            drawn = drawn.followed_by(
                light.select(limits(light.standing, lighter, known.firmest, known.lightest) >= faint)
            )
        return drawn.weighted(weight)

    def vectors(
        self,
        thickness: float,
        style: str | Style = "pen",
        tolerance: float | None = None,
        *,
        faint: float = USUAL_FAINT,
        weight: float = USUAL_WEIGHT,
        cut: str = "share",
    ) -> Vectors:
        """What ``Inker.render`` draws, as Bezier curves: the centreline and the outline of each stroke.

        Args:
            thickness: median line width in page px.
            style: the brush; of one with texture only the outline, where its ink falls to half, is told.
            tolerance: px that curves may leave their lines by; None: a sixtieth of the thickness, a tenth of
                a px at most, for outlines a fifteenth at least.
            faint: 0 keeps every line there is, 1 only the darkest; see ``Inker.render``.
            weight: 0 draws every line even, 1 as heavy and light as it was drawn.
            cut: one of the `CUTS`.

        Raises BadOption for an unknown style, and for numbers out of their limits.
        """
        check_brush(thickness, faint, weight, cut)
        return make_vectors(
            self.drawn_at(faint, weight, cut),
            self.solid,
            self.size,
            thickness=thickness,
            style=style,
            tolerance=tolerance,
        )

    def suiting_thickness(self, page: tuple[int, int] | None = None) -> float:
        """The thickness in px that suits what is drawn, and a strip's panels; `page`: (height, width) in px
        of the page around it, where only a part of that was read.
        """
        return suiting_thickness(page or self.size, self.strokes.extent)


def suiting_thickness(page: tuple[int, int], extent: float = np.inf) -> float:
    """The thickness in px that suits a page, (height, width) in px, and how far a drawing reaches on it."""
    return max(THINNEST_AUTO, min(panel_side(page), ROOMY * extent) / AUTO_SHARE)


def check_brush(thickness: float, faint: float, weight: float, cut: str = "share") -> None:
    """Raise BadOption for a `thickness` in px, a `faint` or a line `weight` that is out of its limits, and
    ValueError for a `cut` that is none.
    """
    if cut not in CUTS:
        raise ValueError(cut)
    if not MIN_THICKNESS <= thickness <= MAX_THICKNESS:
        raise BadOption(
            "Thickness must lie between {low} and {high} px, not {given}.",
            low=MIN_THICKNESS,
            high=MAX_THICKNESS,
            given=thickness,
        )
    if not 0.0 <= faint <= 1.0:
        raise BadOption("Faint must lie between 0 and 1, not {given}.", given=faint)
    if not 0.0 <= weight <= 1.0:
        raise BadOption("Line weight must lie between 0 and 1, not {given}.", given=weight)
