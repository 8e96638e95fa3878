# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a sketch is held back behind its ink, and what it goes back to."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

OPAQUE = 255
FADED = 77
"""The opacity of a faded sketch, of 255: strokes can still be followed, and ink stands out from them."""

FAINT_ALREADY = 128
"""A sketch that shows no more than this is faint by the artist's own hand."""

COLOUR = re.compile("#[0-9a-f]{6}")
WITH_ALPHA = re.compile("#[0-9a-f]{8}")

SHOWN, PALE, HIDDEN = "shown", "faded", "hidden"


@dataclass(frozen=True)
class Veil:
    """Of one sketch.

    Attributes:
        own: the layer's opacity when it is not faded, 0 to 255: the artist's.
        faded: its opacity when it is.
        on: whether it is to be faded.
        hidden: whether its eye was closed from the docker.
        laid: whether the layer is so now: not while its ink is undone.
        paper: the colour, "#rrggbb", of a sheet with nothing beneath, which goes under all layers while it is
            faded: else Krita's chequers would come through; "" of another.
        beneath: whether that colour was put there by us, and is there now.
        told: that colour as Krita told it afterwards, "#rrggbbaa": it goes through the document's colour
            space; "" where it is not known.
        form: that colour space; another one once the document was converted.
        former: the colour that was there before, "#rrggbbaa", which goes back; "" where it is not known.
    """

    own: int = OPAQUE
    faded: int = FADED
    on: bool = False
    hidden: bool = False
    laid: bool = True
    paper: str = ""
    beneath: bool = False
    told: str = ""
    form: str = ""
    former: str = ""

    @classmethod
    def over(cls, opacity: int) -> Veil:
        """None yet, over a layer of this opacity."""
        return cls(opacity, min(FADED, opacity // 2))

    @classmethod
    def from_dict(cls, values: object) -> Veil | None:
        """From a file; None of values that make no sense."""
        if not isinstance(values, dict):
            return None
        numbers = [values.get(name) for name in ("own", "faded")]
        flags = [values.get(name) for name in ("on", "hidden", "laid")]
        if not all(isinstance(flag, bool) for flag in flags):
            return None
        if not all(type(number) is int and 0 <= number <= OPAQUE for number in numbers):
            return None
        veil = cls(*numbers, *flags)  # type: ignore[arg-type]
        paper, beneath = values.get("paper", ""), values.get("beneath", False)
        if not isinstance(paper, str) or not COLOUR.fullmatch(paper) or type(beneath) is not bool:
            return veil  # of an older version, or nonsense
        told, form, former = (values.get(name, "") for name in ("told", "form", "former"))
        if not all(
            one == "" or (isinstance(one, str) and WITH_ALPHA.fullmatch(one)) for one in (told, former)
        ):
            told = former = ""
        form = form if isinstance(form, str) else ""
        return replace(veil, paper=paper, beneath=beneath, told=told, form=form, former=former)

    def with_colour_of(self, other: Veil | None) -> Veil:
        """With what another one says of the colour under all layers."""
        if other is None:
            return self
        return replace(
            self,
            paper=other.paper,
            beneath=other.beneath,
            told=other.told,
            form=other.form,
            former=other.former,
        )

    def left_to_the_artist(self) -> Veil:
        """The colour under all layers, if there is one, is none of ours any more."""
        return replace(self, paper="", beneath=False, told="", form="", former="")

    @property
    def fades(self) -> bool:
        """Whether the layer is faded now, as far as we know."""
        return self.on and self.laid

    def seen(self, opacity: int) -> Veil:
        """With what the artist has done since: the layer has this opacity now."""
        if self.fades and opacity < self.own:
            return replace(self, faded=opacity)  # how faint it is, is theirs to say
        if self.fades:
            return replace(self, own=opacity, on=False)
        return self if opacity == self.own else replace(self, own=opacity, faded=Veil.over(opacity).faded)
