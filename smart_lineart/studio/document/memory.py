# SPDX-License-Identifier: GPL-3.0-or-later
"""What the plugin knows of a document: which layers are the lineart of which sketch, how that was inked, and
the ink that was written into them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from smart_lineart.inking import DamagedRecord, InkRecord
from smart_lineart.krita_host import application
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.frames import shown_frame
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.retouched import components_of
from smart_lineart.studio.language.i18n import tr
from smart_lineart.studio.picture_kinds import KINDS, is_kind
from smart_lineart.studio.settings import (
    NOTE_KEY,
    NOTE_TITLE,
    Colour,
    DocumentState,
    InkSettings,
    LineartRecord,
    is_damaged,
)
from smart_lineart.studio.veil import Veil

from .flats import owner_of
from .records import Records

LAYERS = 1000  # whose settings are known while Krita runs: undo brings them back


@dataclass(frozen=True)
class Pair:
    """A sketch and its lineart in use, or the layer that lines of one colour (`hue`) have of their own; or a
    finished picture and the layer of one kind of lines (`hue`, see `picture_kinds`) that were found in it.
    """

    sketch: Layer
    lineart: Layer
    hue: str = ""

    @property
    def of_picture(self) -> bool:
        """Whether the lines were found in a finished picture."""
        return is_kind(self.hue)


class Memory:
    """Asked and told by all that works on lineart. Everything lies in the documents themselves.

    Settings belong to a lineart layer, as its ink does: undo brings an old layer back with those it had. A
    document's file keeps those of the layer in use.
    """

    def __init__(self) -> None:
        self.records = Records()
        self._settings: list[tuple[Document, str, InkSettings]] = []
        self._put_in: set[str] = set()
        self.limit = 1 << 30  # bytes: the most that finding again what a document remembers may take

    def state_of(self, document: Document) -> DocumentState:
        """What a document remembers."""
        return _understood(document.note(NOTE_KEY))

    def complaint(self, document: Document) -> str:
        """A sentence where nothing of what a document remembers can be read; else ""."""
        if not is_damaged(document.note(NOTE_KEY)):
            return ""
        return tr(
            "Smart Lineart's notes in this file are damaged. You can ink, but earlier changes "
            "are not recognised."
        )

    def sketch_for(self, document: Document, layer: Layer) -> Layer:
        """The sketch a layer stands for: itself, what it is the lineart or the flats of, or the layer it
        masks.
        """
        if layer.is_mask:
            parent = layer.parent
            layer = parent if parent is not None else layer
        layer = document.layer(owner_of(document, layer.identity)) or layer
        record = self._record_at(document, layer)
        sketch = document.layer(record.sketch) if record is not None else None
        return sketch or layer

    def sketch_at_hand(self) -> tuple[Document, Layer] | None:
        """The document in front and the sketch that the layer selected in it stands for."""
        document = application.active_document()
        layer = document.active_layer() if document is not None else None
        if document is None or layer is None:
            return None
        return document, self.sketch_for(document, layer)

    def pair_at(self, document: Document, layer: Layer) -> Pair | None:
        """The pair that a layer belongs to: it is one of the two, or lies in one of them or between them."""
        there = list(document.layers())
        pairs = self._pairs(document, there)
        lineage = [layer, *layer.above()]
        for one in lineage:
            for part in ("lineart", "sketch"):
                for pair in pairs:
                    mine = part == "lineart" or not pair.hue or pair.of_picture
                    if mine and getattr(pair, part).identity == one.identity:
                        return pair
        record = self._record_at(document, layer)
        of_picture = record is not None and is_kind(record.hue)
        for pair in pairs:
            mine = pair.of_picture if of_picture else not pair.hue
            if record is not None and mine and pair.sketch.identity == record.sketch:
                return pair
        pairs = [pair for pair in pairs if not pair.hue]
        order = [one.identity for one in there]
        return next((pair for one in lineage for pair in pairs if _lies_between(one, pair, order)), None)

    def _pairs(self, document: Document, there: list[Layer]) -> list[Pair]:
        """Those of the layers that are in a document: linearts, then the others, a picture's last."""
        layers = {layer.identity: layer for layer in there}
        pairs = []
        for record in sorted(self.state_of(document).records, key=_rank):
            lineart = next((one for one in reversed(record.layers) if one in layers), None)
            if lineart is not None and record.sketch in layers:
                pairs.append(Pair(layers[record.sketch], layers[lineart], record.hue))
        return pairs

    def _record_at(self, document: Document, layer: Layer) -> LineartRecord | None:
        """The record in which a layer is the sketch or the lineart, or that of the layers of single colours,
        or of a picture's lines, that a group holds and nothing else.
        """
        state = self.state_of(document)
        inside = layer.inside() if layer.kind == "grouplayer" else []
        found = [state.record_of(one.identity) for one in inside]
        of_colours = [record for record in found if record is not None and record.hue]
        known = of_colours[0] if inside and len(of_colours) == len(inside) else None
        if known is not None and all(record.sketch == known.sketch for record in of_colours):
            return known if all(is_kind(one.hue) for one in of_colours) else replace(known, hue="")
        return state.record_of(layer.identity)

    def layers_of_colours(self, document: Document, sketch: str) -> dict[str, Layer]:
        """The layers that lines of single colours of a sketch have of their own, by these."""
        return {hue: layer for hue, layer in self._apart(document, sketch).items() if not is_kind(hue)}

    def layers_of_picture(self, document: Document, sketch: str) -> dict[str, Layer]:
        """The layers of what was found in a finished picture, by its kind."""
        return {hue: layer for hue, layer in self._apart(document, sketch).items() if is_kind(hue)}

    def _apart(self, document: Document, sketch: str) -> dict[str, Layer]:
        records = [one for one in self.state_of(document).records if one.sketch == sketch and one.hue]
        return {record.hue: layer for record, layer in _in_use(document, records)}

    def drawing_of(self, document: Document, sketch: str) -> Pair | None:
        """A sketch and what is drawn of it as a whole: its lineart, or the lines found in it as a picture."""
        its = self._pairs(document, list(document.layers()))
        its = [pair for pair in its if pair.sketch.identity == sketch and (not pair.hue or pair.of_picture)]
        return its[0] if its else None

    def pair_at_hand(self) -> tuple[Document, Pair] | None:
        """The document in front and the lineart that the layer selected in it belongs to."""
        document = application.active_document()
        layer = document.active_layer() if document is not None else None
        pair = self.pair_at(document, layer) if document is not None and layer is not None else None
        return None if document is None or pair is None else (document, pair)

    def lineart_in_use(self, document: Document, sketch: str, hue: str = "") -> Layer | None:
        """The newest lineart of a sketch, or of its lines of one colour, that is in the document now."""
        record = self._lineart_of(document, sketch, hue)
        found = _in_use(document, [record]) if record is not None else []
        return found[0][1] if found else None

    def ink_of(self, document: Document, lineart: Layer) -> InkRecord | None:
        """What was written into a lineart layer, into the frame shown; None if that is not known.

        Raises DamagedRecord.
        """
        return self.records.get(document, lineart.identity, shown_frame(document, lineart))

    def notes_of_ink(self, document: Document, sketch: str) -> Any:
        """What the ink of a sketch tells of how the sketch was seen; None if that is not known."""
        lineart = self.lineart_in_use(document, sketch)
        with suppress(DamagedRecord):
            record = self.ink_of(document, lineart) if lineart is not None else None
            return record.notes.get("sketch") if record is not None else None
        return None

    def regions_of(
        self, document: Document, sketch: str, lineart: Layer | None = None
    ) -> tuple[InkRecord, ...]:
        """The parts of a sketch's lineart, the one in use, for which something else was set than for the
        whole.
        """
        lineart = lineart or self.lineart_in_use(document, sketch)
        with suppress(DamagedRecord):
            record = self.ink_of(document, lineart) if lineart is not None else None
            return record.regions if record is not None else ()
        return ()

    def note_ink(self, document: Document, lineart: Layer, record: InkRecord) -> None:
        """Remember what was written into a lineart layer, into the frame shown."""
        self.records.put(document, lineart.identity, record, shown_frame(document, lineart))

    def note_put_in(self, layer: Layer) -> None:
        """A layer made of a lineart, which is none itself, was put in: undo and redo may bring it back."""
        self._put_in.add(layer.identity)

    def was_put_in(self, identity: str) -> bool:
        """Whether a layer is such a one, since Krita was started."""
        return identity in self._put_in

    def note_lineart(
        self, document: Document, sketch: str, layer: Layer, settings: InkSettings, hue: str = ""
    ) -> None:
        """A layer is now the lineart of a sketch, or of its lines of one colour, inked so."""
        record = self._lineart_of(document, sketch, hue) or LineartRecord(sketch, hue=hue)
        record = replace(record.with_layer(layer.identity), settings=settings)
        self._save(document, self.state_of(document).with_record(record))
        self._keep_settings(document, layer.identity, settings)
        self.records.tidy(document, record.layers, layer.identity)

    def carry(self, document: Document, identity: str, copy: Layer) -> None:
        """A copy has taken a lineart's place. Told at once: Krita selects it, and a click may come."""
        state = self.state_of(document)
        record = state.record_of(identity)
        if record is not None and identity in record.layers:
            settings = self._settings_kept(document, identity) or record.settings
            self._keep_settings(document, identity, settings)
            self._keep_settings(document, copy.identity, settings)
            record = replace(record.with_layer(copy.identity), settings=settings)
            self._save(document, state.with_record(record))
        self.records.carry(document, identity, copy.identity)

    def settings_of(
        self, document: Document, sketch: str, lineart: Layer | None = None, hue: str = ""
    ) -> InkSettings | None:
        """How a sketch's lineart, the one in use, was inked, or its lines of one colour; None where there is
        none.
        """
        record = self._lineart_of(document, sketch, hue)
        lineart = lineart or self.lineart_in_use(document, sketch, hue)
        if record is None or lineart is None:
            return None
        settings = self._settings_kept(document, lineart.identity) or record.settings
        if settings.colour == "foreground":  # an older version kept no colour, but what it inked in
            with suppress(DamagedRecord):
                settings = settings.with_value("colour", _last_colour(self.ink_of(document, lineart)))
        return settings

    def has_ink(self, document: Document, sketch: str) -> bool:
        """Whether a sketch has lineart with ink in it; live makes one without, before the first stroke."""
        lineart = self.lineart_in_use(document, sketch)
        with suppress(DamagedRecord):
            record = self.ink_of(document, lineart) if lineart is not None else None
            return lineart is not None and (record is None or bool(record.tiles))
        return True

    def look_after(self, document: Document, sketch: str) -> None:
        """Undo may have brought older layers back: their ink and settings belong into the file again."""
        records = [one for one in self.state_of(document).records if one.sketch == sketch]
        for record, lineart in _in_use(document, records):
            settings = self._settings_kept(document, lineart.identity)
            if settings is not None and settings != record.settings:
                self._save(document, self.state_of(document).with_record(replace(record, settings=settings)))
            self.records.tidy(document, record.layers, lineart.identity)

    def veil_of(self, document: Document, sketch: str) -> Veil | None:
        """How a sketch is held back behind its ink; None where it never was."""
        record = self._veiled(document, sketch)
        return None if record is None else record.veil

    def note_veil(self, document: Document, sketch: str, veil: Veil) -> None:
        """A sketch that has lineart, or had some, is held back like this."""
        record = self._veiled(document, sketch)
        if record is not None and record.veil != veil:
            self._save(document, self.state_of(document).with_record(replace(record, veil=veil)))

    def forget_settings(self, document: Document) -> None:
        """The artist has chosen others for new sketches than an older version kept in the document."""
        state = self.state_of(document)
        if state.settings is not None:
            self._save(document, replace(state, settings=None))

    def keep_only(self, wanted: Callable[[Document], bool]) -> None:
        """Forget documents that aren't wanted any more."""
        self.records.keep_only(wanted)
        self._settings = [kept for kept in self._settings if wanted(kept[0])]

    def _settings_kept(self, document: Document, layer: str) -> InkSettings | None:
        kept = (one for one in reversed(self._settings) if one[1] == layer and one[0] == document)
        return next((settings for _, _, settings in kept), None)

    def _keep_settings(self, document: Document, layer: str, settings: InkSettings) -> None:
        others = [one for one in self._settings if one[1] != layer or one[0] != document]
        self._settings = [*others, (document, layer, settings)][-LAYERS:]

    def _veiled(self, document: Document, sketch: str) -> LineartRecord | None:
        """The record that says how a sketch is held back: its lineart's, or one of a picture's that does."""
        own = self.state_of(document).records
        mine = sorted((one for one in own if one.sketch == sketch), key=_rank)
        mine = [one for one in mine if not one.hue or is_kind(one.hue)]
        return next((one for one in mine if one.veil is not None), mine[0] if mine else None)

    def _lineart_of(self, document: Document, sketch: str, hue: str = "") -> LineartRecord | None:
        return next((r for r in self.state_of(document).records if r.slot == (sketch, hue)), None)

    @staticmethod
    def _save(document: Document, state: DocumentState) -> None:
        document.set_note(NOTE_KEY, NOTE_TITLE, state.to_json())


def _rank(record: LineartRecord) -> int:
    """Which of a sketch's records counts first."""
    if is_kind(record.hue):
        return 2 + list(KINDS).index(record.hue)
    return 1 if record.hue else 0


@lru_cache(maxsize=4)
def _understood(note: str) -> DocumentState:
    """What a note says. Asked several times a second, and hundreds of sketches make a long one."""
    return DocumentState.from_json(note)


def _in_use(document: Document, records: Sequence[LineartRecord]) -> list[tuple[LineartRecord, Layer]]:
    """Each record that has a layer in the document now, with the newest of those. Walks through them once."""
    there = {layer.identity: layer for layer in document.layers()} if records else {}
    found = ((record, [one for one in record.layers if one in there]) for record in records)
    return [(record, there[layers[-1]]) for record, layers in found if layers]


def _lies_between(layer: Layer, pair: Pair, order: list[str]) -> bool:
    """Whether a layer lies between a sketch and its lineart, in the group that both are in."""
    parents = {one.parent.identity if one.parent else "" for one in (layer, pair.sketch, pair.lineart)}
    if len(parents) != 1 or layer.identity not in order:
        return False
    ends = sorted((order.index(pair.sketch.identity), order.index(pair.lineart.identity)))
    return ends[0] < order.index(layer.identity) < ends[1]


def _last_colour(record: InkRecord | None) -> Colour | None:
    """The colour ink was last written in, if that is known."""
    notes = record.notes.get("colours") if record is not None else None
    found = components_of(notes[-1]) if isinstance(notes, list) and notes else None
    return None if found is None else Colour.from_dict(found)
