# SPDX-License-Identifier: GPL-3.0-or-later
"""What the artist chose: how to ink, and what each document remembers of it, as versioned JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from smart_lineart.inking.features import AS_DRAWN, CUTS, USUAL_FAINT, USUAL_WEIGHT
from smart_lineart.inking.hues.palette import DARK
from smart_lineart.inking.hues.palette import NAMES as HUES
from smart_lineart.units import MM_PER_INCH

from .picture_kinds import KINDS
from .veil import Veil

NOTE_KEY = "smart_lineart/state"
NOTE_TITLE = "Smart Lineart settings"
VERSION = 1
LONGEST_NAME = 100
LONGEST_NOTE = 1 << 20
"""Characters of a document's note: hundreds of sketches take a tenth of it. A longer one is damaged."""
MOST_LAYERS = 64
MOST_RECORDS = 2000
"""Of a document: sketches with lineart, and their colours. Only a file made for it has more."""

LIMITS = {"thickness": (0.5, 100.0), "weight": (0.0, 1.0), "detail": (-1.0, 1.0), "faint": (0.0, 1.0)}
CHOICES = {"unit": ("px", "mm"), "colour": ("black", "foreground"), "cut": CUTS}
REGIONAL = ("thickness", "weight", "style", "detail", "faint", "cut", "colour", "left_out")
"""What may be set for a part of a lineart."""
MOST_COMPONENTS = 8
SRGB = "RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc"


@dataclass(frozen=True)
class Colour:
    """A colour that the artist has taken: Krita's colour space, and what it calls its components, 0 to 1."""

    model: str
    depth: str
    profile: str
    components: tuple[float, ...]

    @classmethod
    def of_srgb(cls, colour: Sequence[int]) -> Colour:
        """A colour told as red, green and blue, 0 to 255."""
        red, green, blue = colour
        return cls(*SRGB, tuple(value / 255 for value in (blue, green, red, 255)))

    @classmethod
    def from_dict(cls, values: object) -> Colour | None:
        """A colour from a file; None where it makes no sense."""
        if not isinstance(values, dict):
            return None
        space = [str(values.get(name))[:LONGEST_NAME] for name in ("model", "depth", "profile")]
        components = _list(values.get("components"))
        if not 0 < len(components) <= MOST_COMPONENTS or not all(map(_is_component, components)):
            return None
        return cls(space[0], space[1], space[2], tuple(map(float, components)))


def _is_component(value: object) -> bool:
    """Within what 16-bit floats can hold: light may be brighter than white."""
    return not isinstance(value, bool) and isinstance(value, (int, float)) and -65504 <= value <= 65504


@dataclass(frozen=True)
class InkSettings:
    """How to ink. `thickness` is in page pixels whatever `unit` shows; `detail` 0 follows the sketch;
    `weight` 0 draws lines even, 1 as drawn.

    `style` may name a brush that is not on this computer: `OwnBrushes` knows those that are. `colour` is one
    that was taken, or "black", or "foreground": Krita's at the next ink, which older versions left open.
    `auto`: the thickness is chosen from the drawing at its first ink; until the artist sets one.
    `cut`: what `faint` counts in, one of the engine's `CUTS`: where ink was made by its older one, that is
    kept until the artist moves that slider. `left_out`: names of the sketch's colours, the engine's, of which
    lines are not inked. `by_colour`: lines of each colour go into a layer of their own, but for the colours
    named `together`.
    """

    thickness: float = 4.0
    unit: str = "px"
    style: str = "pen"
    detail: float = 0.0
    faint: float = USUAL_FAINT
    colour: str | Colour = "black"
    auto: bool = False
    weight: float = USUAL_WEIGHT
    cut: str = "share"
    left_out: tuple[str, ...] = ()
    by_colour: bool = False
    together: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, values: object) -> InkSettings:
        """Settings from a file: what is missing, unknown or out of range keeps its default."""
        settings = cls()
        if not isinstance(values, dict):
            return settings
        for item in fields(cls):
            if item.name in values:
                settings = settings.with_value(item.name, values[item.name])
        return settings

    @classmethod
    def of_ink(cls, values: object) -> InkSettings:
        """Settings that there is ink of, from a file: before there was a line weight, lines were as drawn;
        and what `faint` left out was cut by strength.
        """
        known = values if isinstance(values, dict) else {}
        return cls.from_dict({"weight": AS_DRAWN, **_with_cut(known)})

    def with_value(self, name: str, value: object) -> InkSettings:
        """A copy with one value changed, kept within its limits; unchanged where the value makes no sense.

        A thickness that is set is no longer chosen from the drawing, and a `faint` counts in shares.
        """
        if name in ("auto", "by_colour", "left_out", "together"):
            kept = _sound(name, value)
            return self if kept is None else self._with(name, kept)
        if name in LIMITS:
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                return self
            low, high = LIMITS[name]
            if isinstance(value, float) and math.isnan(value):
                return self
            # Bounded before it is made a float: a file's integer may be too large for one.
            changed = self._with(name, float(min(high, max(low, value))))
            new: dict[str, Any] = {"thickness": {"auto": False}, "faint": {"cut": "share"}}
            return replace(changed, **new.get(name, {}))
        if name == "colour" and not isinstance(value, str):
            taken = value if isinstance(value, Colour) else Colour.from_dict(value)
            return self if taken is None else self._with(name, taken)
        if not isinstance(value, str) or (name in CHOICES and value not in CHOICES[name]):
            return self
        if name == "style" and not 0 < len(value) <= LONGEST_NAME:
            return self
        return self._with(name, value)

    def with_colours_of(self, other: InkSettings) -> InkSettings:
        """A copy with another's choice of what is inked of a sketch's colours, and into which layers."""
        return replace(self, left_out=other.left_out, by_colour=other.by_colour, together=other.together)

    def with_layers_of(self, other: InkSettings) -> InkSettings:
        """A copy with another's choice of layers of colours, which is one for the whole lineart."""
        return replace(self, by_colour=other.by_colour, together=other.together)

    def suited(self, thickness: float) -> InkSettings:
        """A copy whose thickness, in page px, was chosen from the drawing."""
        return replace(self.with_value("thickness", thickness), auto=True)

    def apart_from(self, whole: InkSettings) -> dict[str, Any]:
        """What is set otherwise for a part than for the whole lineart, as plain values."""
        values = {
            name: getattr(self, name) for name in REGIONAL if getattr(self, name) != getattr(whole, name)
        }
        if {"faint", "cut"} & set(values):  # neither tells anything without the other
            values.update(faint=self.faint, cut=self.cut)
        if isinstance(self.colour, Colour) and "colour" in values:
            values["colour"] = {**asdict(self.colour), "components": list(self.colour.components)}
        if "left_out" in values:
            values["left_out"] = list(self.left_out)
        return values

    def with_values(self, values: dict[str, Any]) -> InkSettings:
        """A copy with what `apart_from` told; what makes no sense is left out."""
        settings, values = self, _with_cut(values)
        for name in REGIONAL:
            if name in values:
                settings = settings.with_value(name, values[name])
        return settings

    def apart(self, names: Sequence[str]) -> tuple[str, ...]:
        """Of a sketch's colours those whose lines go into layers of their own. Those of the first one, dark
        where there are any, are the lineart.
        """
        return tuple(name for name in names[1:] if name not in self.together) if self.by_colour else ()

    def inked(self, names: Sequence[str], hue: str = "") -> tuple[str, ...]:
        """Of a sketch's colours those whose lines go into the layer of one of them; "": into the lineart."""
        apart = self.apart(names)
        mine = [name for name in names if name == hue] if hue in apart else []
        mine = mine if hue else [name for name in names if name not in apart]
        return tuple(name for name in mine if name not in self.left_out)

    def for_layer_of_colour(self, before: InkSettings | None, own: InkSettings | None) -> InkSettings:
        """These settings, the lineart's, for a layer of one colour: with its `own` as far as they were set
        otherwise than the lineart's `before`, and with its own colour in any case.
        """
        if own is None:
            return self
        values = {name: value for name, value in own.apart_from(before or own).items() if name != "left_out"}
        return replace(self.with_values(values), colour=own.colour)

    def _with(self, name: str, value: Any) -> InkSettings:
        changes: dict[str, Any] = {name: value}
        return replace(self, **changes)


def _sound(name: str, value: object) -> bool | tuple[str, ...] | None:
    """A value that is true or not, or names of colours, from a file; None where it makes no sense."""
    if name in ("auto", "by_colour"):
        return value if isinstance(value, bool) else None
    return tuple(hue for hue in (DARK, *HUES) if hue in value) if isinstance(value, (list, tuple)) else None


def _with_cut(values: dict[str, Any]) -> dict[str, Any]:
    """Values that there is ink of, with what their `faint` counts in: once it was strength. At the usual one
    both leave out the same.
    """
    if "faint" not in values or "cut" in values or values["faint"] == USUAL_FAINT:
        return values
    return {**values, "cut": "strength"}


def shown_thickness(settings: InkSettings, ppi: float) -> float:
    """The thickness in the unit the artist chose."""
    return settings.thickness * MM_PER_INCH / ppi if settings.unit == "mm" else settings.thickness


def thickness_in_pixels(shown: float, unit: str, ppi: float) -> float:
    """A thickness shown in a unit, in page pixels."""
    return shown * ppi / MM_PER_INCH if unit == "mm" else shown


@dataclass(frozen=True)
class LineartRecord:
    """Which layers are the lineart of a sketch, and how the one in use was inked.

    Renewing replaces the layer and undo brings an older one back, so every layer that ever was this lineart
    counts; the newest that is in the document is the one in use. `veil`: None where the sketch
    was never faded. `hue`: the colour whose lines it has, or which kind of a finished picture's, see
    `picture_kinds`; "" where it is the sketch's lineart itself.
    """

    sketch: str
    layers: tuple[str, ...] = ()
    settings: InkSettings = field(default_factory=InkSettings)
    veil: Veil | None = None
    hue: str = ""

    @property
    def slot(self) -> tuple[str, str]:
        """What tells it from all others of a document."""
        return self.sketch, self.hue

    def with_layer(self, identity: str) -> LineartRecord:
        """A copy in which a layer is the newest."""
        others = tuple(layer for layer in self.layers if layer != identity)
        return replace(self, layers=(*others, identity)[-MOST_LAYERS:])


@dataclass(frozen=True)
class DocumentState:
    """What one document remembers: its lineart. `settings`: what older versions kept for its new sketches."""

    settings: InkSettings | None = None
    records: tuple[LineartRecord, ...] = ()

    def record_of(self, identity: str) -> LineartRecord | None:
        """The record in which a layer is the sketch or the lineart. Being a lineart counts first."""
        as_lineart = [record for record in self.records if identity in record.layers]
        as_sketch = [record for record in self.records if (identity, "") == record.slot]
        return next(iter(as_lineart + as_sketch), None)

    def with_record(self, record: LineartRecord) -> DocumentState:
        """A copy in which the record takes the place of the one of the same sketch and colour."""
        others = tuple(other for other in self.records if other.slot != record.slot)
        return replace(self, records=(*others, record))

    def only(self, identities: Iterable[str]) -> DocumentState:
        """A copy without records of sketches that are gone for good."""
        known = set(identities)
        return replace(self, records=tuple(record for record in self.records if record.sketch in known))

    def to_json(self) -> str:
        """As text, for the document's file."""
        return json.dumps({"version": VERSION, **asdict(self)}, indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> DocumentState:
        """From a document's file; a damaged or newer text gives what can be understood of it."""
        values = read_object(text) or {}
        old = values.get("settings")
        settings = InkSettings.from_dict(old) if isinstance(old, dict) else None
        records: dict[tuple[str, str], LineartRecord] = {}
        for item in _list(values.get("records")):
            record = _record(item, old)
            if record is not None:
                records.setdefault(record.slot, record)
        return cls(settings, tuple(records.values())[-MOST_RECORDS:])


def read_object(text: str) -> dict[str, Any] | None:
    """The JSON object in a text that may be hostile; None where there is none, {} for an empty text."""
    if len(text) > LONGEST_NOTE:
        return None
    try:
        values = json.loads(text) if text else {}
    except (ValueError, RecursionError):  # no JSON, or brackets without end
        return None
    return values if isinstance(values, dict) else None


def is_damaged(text: str) -> bool:
    """Whether a document's note says nothing at all that can be understood."""
    return read_object(text) is None


def _record(values: Any, usual: object) -> LineartRecord | None:
    if not isinstance(values, dict) or not isinstance(values.get("sketch"), str):
        return None
    layers = [item for item in _list(values.get("layers")) if isinstance(item, str)][-MOST_LAYERS:]
    own = values.get("settings")
    settings = InkSettings.of_ink(own if isinstance(own, dict) else usual)
    veil, hue = Veil.from_dict(values.get("veil")), values.get("hue", "")
    if hue not in (
        "",
        DARK,
        *HUES,
        *KINDS,
    ):  # a newer version's: the lineart has its own
        return None
    return LineartRecord(values["sketch"], tuple(layers), settings, veil, hue)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
