# SPDX-License-Identifier: GPL-3.0-or-later
"""All numbers that were tuned to a network, gathered from the stages that use them.

They lie in a model's card, so that another network can bring its own. A card may leave numbers out: they are
the defaults then, which is how cards were before they had any.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from typing import Any

from smart_lineart.inking.drawing.fills import FillTuning
from smart_lineart.inking.lines.tracing import TracingTuning
from smart_lineart.inking.lines.uncertainty import UncertaintyTuning
from smart_lineart.inking.network.models import METADATA_FILE, Model, bad_key
from smart_lineart.inking.page.roughness import RoughnessTuning
from smart_lineart.inking.page.scale import ScaleTuning
from smart_lineart.inking.ranges import unsound

KEY = "tuning"  # in a model's card
RETIRED = frozenset(
    {
        "fills.mostly",
        *(f"roughness.{name}" for name in ("as_sure", "closest", "fairly_sure", "few", "many")),
        *(f"roughness.{name}" for name in ("no_second", "some", "sure")),
        "tracing.cycles",
        "tracing.lenses",
    }
)  # of rules that are gone: cards that were written with them stay valid


class BadNumber(ValueError):
    """A number that there is not, or that is out of range; its text is the number's name."""


@dataclass(frozen=True)
class Tuning:
    """The numbers of every stage; those of a step are named as in ``tracing.gaps.gap``."""

    scale: ScaleTuning = field(default_factory=ScaleTuning)
    roughness: RoughnessTuning = field(default_factory=RoughnessTuning)
    uncertainty: UncertaintyTuning = field(default_factory=UncertaintyTuning)
    tracing: TracingTuning = field(default_factory=TracingTuning)
    fills: FillTuning = field(default_factory=FillTuning)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as a card has them; see :meth:`from_dict`."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: object) -> Tuning:
        """The numbers in a card, the defaults where it leaves some out. Raises BadNumber."""
        tuning: Tuning = _filled(cls(), values, "")
        name = unsound(tuning)
        if name is not None:
            raise BadNumber(name)
        return tuning

    def digest(self) -> str:
        """Stands for all the numbers: what was found with others is not what these would find."""
        return hashlib.blake2b(json.dumps(self.to_dict()).encode(), digest_size=8).hexdigest()


def _filled(numbers: Any, values: object, path: str) -> Any:
    """A dataclass of numbers with the values given, which are named like its fields."""
    if not isinstance(values, dict):
        raise BadNumber(path.rstrip(".") or KEY)
    known = {one.name for one in fields(numbers)}
    changes: dict[str, Any] = {}
    for name, value in values.items():
        if path + str(name) in RETIRED:
            continue
        if name not in known:
            raise BadNumber(path + ascii(name)[1:41].rstrip("'"))
        before = getattr(numbers, name)
        changes[name] = _filled(before, value, f"{path}{name}.") if is_dataclass(before) else value
    return replace(numbers, **changes)


def tuning_of(model: Model) -> Tuning:
    """The numbers that go with a model, checked. Raises ModelError."""
    if KEY not in model.metadata:
        return Tuning()
    try:
        return Tuning.from_dict(model.metadata[KEY])
    except BadNumber as error:
        card = model.folder / METADATA_FILE
        name = str(error) if str(error) == KEY else f"{KEY}.{error}"
        raise bad_key(card, name) from error
