# SPDX-License-Identifier: GPL-3.0-or-later
"""What documents remember of flats: which layers are those of which lineart, and the areas written into each.

As with ink, areas belong to a layer, by its identity: undo brings an older layer back with those it had. All
are kept while Krita runs; a document's file keeps those of the newest layers.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from smart_lineart.inking.areas import USUAL_OPENNESS, Areas
from smart_lineart.studio.settings import read_object

if TYPE_CHECKING:
    from smart_lineart.krita_host.document import Document
    from smart_lineart.krita_host.layer import Layer
    from smart_lineart.krita_host.pixels import PixelFormat

NOTE_KEY = "smart_lineart/flats"
TITLE = "Smart Lineart flats"
PREFIX = "smart_lineart/flats/"
PAST = "smart_lineart/flat colours/"
VERSION = 1
IN_MEMORY = 128 << 20  # bytes
LARGEST = 16 << 20  # bytes of what a file keeps of one layer: a full page of A4 takes a hundredth
IN_FILE = 3  # layers of one lineart whose areas a file keeps
MOST_LAYERS = 50
MOST_PARTS = 600
MOST_NOTES = 1000


@dataclass(frozen=True)
class FlatsNote:
    """The flats of a lineart.

    Attributes:
        of: the lineart's identity, or its sketch's, as that stays when ink is renewed.
        layers: every layer that ever was its flats; the newest that is in the document is the one in use.
        openness: how open an outline may be, 0 to 1.
        spread: how far hints go on over lines, 0 to 1.
        layered: whether they are a group with one layer a colour.
        parts: the layers that ever were ours in such groups.
        hints: the layer whose dabs colour areas; "" where there is none.
        older_hints: those that undo may bring back in its place.
    """

    of: str
    layers: tuple[str, ...] = ()
    openness: float = USUAL_OPENNESS
    hints: str = ""
    spread: float = 0.0
    layered: bool = False
    parts: tuple[str, ...] = ()
    older_hints: tuple[str, ...] = ()

    def with_layer(self, identity: str) -> FlatsNote:
        """A copy in which a layer is the newest."""
        others = tuple(layer for layer in self.layers if layer != identity)
        return replace(self, layers=(*others, identity)[-MOST_LAYERS:])

    def with_hints(self, identity: str) -> FlatsNote:
        """A copy in which a layer of hints is the newest."""
        known = (*self.older_hints, self.hints) if self.hints else self.older_hints
        others = tuple(one for one in known if one != identity)
        return replace(self, hints=identity, older_hints=others[-MOST_LAYERS:])

    def with_parts(self, identities: tuple[str, ...]) -> FlatsNote:
        """A copy that knows of layers with one colour each."""
        others = tuple(one for one in self.parts if one not in identities)
        return replace(self, parts=(*others, *identities)[-MOST_PARTS:])


@dataclass(eq=False)
class _Kept:
    document: Document
    layer: str
    areas: Areas
    past: bytes | None = None


class FlatsMemory:
    """Asked and told by all that works on flats."""

    def __init__(self) -> None:
        self._kept: list[_Kept] = []
        self._last: tuple[Document, str, PixelFormat, Any] | None = None
        self._ready = False

    def last_of(self, document: Document, layer: Layer) -> Any | None:
        """What the last run of all left behind, if it was one of this layer in its colour space of now."""
        if self._last is None:
            return None
        of, identity, form, made = self._last
        return made if identity == layer.identity and form == layer.form and of == document else None

    def is_ready(self, document: Document, layer: Layer) -> bool:
        """Whether nobody has painted on a layer since the last run of all wrote into it."""
        return self._ready and self.last_of(document, layer) is not None

    def doubt(self) -> None:
        """The layer of the last run may show something else by now."""
        self._ready = False

    def keep_last(
        self, document: Document, layer: str, form: PixelFormat, made: Any, *, ready: bool = True
    ) -> None:
        """A run has written what it made, in the colour space `form`, into a layer. `ready`: the artist has
        not painted on that, so that hints may be followed there without undo steps.
        """
        self._last, self._ready = (document, layer, form, made), ready

    def note_of(self, document: Document, of: str) -> FlatsNote:
        """What is noted of a lineart's flats."""
        return next((note for note in _notes(document) if note.of == of), FlatsNote(of))

    def in_use(self, document: Document, of: str) -> Layer | None:
        """The newest layer of flats that is in the document now."""
        layers = self.note_of(document, of).layers
        if not layers:
            return None
        there = {layer.identity: layer for layer in document.layers()}
        return next((there[one] for one in reversed(layers) if one in there), None)

    def hints_in_use(self, document: Document, of: str) -> Layer | None:
        """The newest layer of a lineart's colour hints that is in the document now."""
        note = self.note_of(document, of)
        found = (document.layer(one) for one in (note.hints, *reversed(note.older_hints)) if one)
        return next((layer for layer in found if layer is not None), None)

    def areas_in(self, document: Document, layer: str) -> Areas | None:
        """What was written into a layer; None if that is not known. Raises DamagedAreas."""
        kept = self._find(document, layer)
        if kept is None:
            data = document.data(_key(layer), LARGEST)
            if data is None:
                return None
            kept = _Kept(document, layer, Areas.unpack(data), document.data(_key(layer, PAST), LARGEST))
            self._keep(kept)
        return kept.areas

    def past_of(self, document: Document, layer: str) -> bytes | None:
        """The colours that were last written into a layer, packed, once its areas are known."""
        kept = self._find(document, layer)
        return None if kept is None else kept.past

    def put(
        self,
        document: Document,
        layer: str,
        areas: Areas,
        note: FlatsNote,
        packed: bytes,
        past: bytes | None = None,
    ) -> None:
        """A layer is now a lineart's flats, and these areas, also `packed`, are written into it, in colours
        that are `past`, packed; here and in the file.
        """
        kept = self._find(document, layer)
        if kept is not None:
            self._kept.remove(kept)
        self._keep(_Kept(document, layer, areas, past))
        document.set_data(_key(layer), TITLE, packed)
        if past is not None:
            document.set_data(_key(layer, PAST), TITLE, past)
        self.save(document, note.with_layer(layer))

    def save(self, document: Document, note: FlatsNote) -> None:
        """Note something of a lineart's flats, and let the file keep the areas of the newest alone."""
        others = [one for one in _notes(document) if one.of != note.of]
        notes = [asdict(one) for one in (*others, note)][-MOST_NOTES:]
        document.set_note(NOTE_KEY, TITLE, json.dumps({"version": VERSION, "flats": notes}))
        there = set(document.data_keys())
        for key in (_key(layer, kind) for layer in note.layers[:-IN_FILE] for kind in (PREFIX, PAST)):
            if key in there:
                document.remove_data(key)

    def look_after(self, document: Document, of: str) -> None:
        """Undo may have brought an older layer back: its areas belong into the file again."""
        layer = self.in_use(document, of)
        kept = None if layer is None else self._find(document, layer.identity)
        if kept is not None and _key(kept.layer) not in document.data_keys():
            document.set_data(_key(kept.layer), TITLE, kept.areas.pack())
            if kept.past is not None:
                document.set_data(_key(kept.layer, PAST), TITLE, kept.past)

    def keep_only(self, wanted: Callable[[Document], bool]) -> None:
        """Forget documents that aren't wanted any more."""
        self._kept = [kept for kept in self._kept if wanted(kept.document)]
        if self._last is not None and not wanted(self._last[0]):
            self._last, self._ready = None, False

    def _find(self, document: Document, layer: str) -> _Kept | None:
        found = (kept for kept in self._kept if kept.layer == layer and kept.document == document)
        return next(found, None)

    def _keep(self, kept: _Kept) -> None:
        # One object for a document, however many layers it has: each keeps Krita's own alive.
        known = (one.document for one in self._kept if one.document == kept.document)
        kept.document = next(known, kept.document)
        self._kept.append(kept)
        while len(self._kept) > 1 and sum(one.areas.nbytes for one in self._kept) > IN_MEMORY:
            self._kept.pop(0)


def owner_of_hints(document: Document, layer: str) -> str:
    """The same for layers of colour hints alone."""
    return next((note.of for note in _notes(document) if layer and layer in _hints(note)), "")


def owner_of(document: Document, layer: str) -> str:
    """Whose flats or colour hints a layer is: the identity of the lineart, or of its sketch; "" where it is
    none.
    """
    notes = _notes(document) if layer else ()
    return next((note.of for note in notes if layer in (*note.layers, *_hints(note), *note.parts)), "")


def _hints(note: FlatsNote) -> tuple[str, ...]:
    return note.hints, *note.older_hints


def _notes(document: Document) -> tuple[FlatsNote, ...]:
    return _understood(document.note(NOTE_KEY))


@lru_cache(maxsize=4)
def _understood(text: str) -> tuple[FlatsNote, ...]:
    """What a document's note says of flats; whoever made the file may have put in anything."""
    listed = (read_object(text) or {}).get("flats")
    notes = [_note(one) for one in (listed if isinstance(listed, list) else [])[:MOST_NOTES]]
    return tuple(note for note in notes if note is not None)


def _note(values: Any) -> FlatsNote | None:
    if not isinstance(values, dict) or not isinstance(values.get("of"), str):
        return None
    hints = values.get("hints")
    return FlatsNote(
        values["of"],
        _texts(values.get("layers"), MOST_LAYERS),
        _share(values.get("openness"), USUAL_OPENNESS),
        hints if isinstance(hints, str) else "",
        _share(values.get("spread"), 0.0),
        values.get("layered") is True,
        _texts(values.get("parts"), MOST_PARTS),
        _texts(values.get("older_hints"), MOST_LAYERS),
    )


def _texts(values: object, most: int) -> tuple[str, ...]:
    known = [one for one in values if isinstance(one, str)] if isinstance(values, list) else []
    return tuple(known[-most:])


def _share(value: object, usual: float) -> float:
    sound = isinstance(value, (int, float)) and 0.0 <= value <= 1.0  # nan is not
    return float(value) if sound else usual  # type: ignore[arg-type]


def _key(layer: str, kind: str = PREFIX) -> str:
    return kind + layer.strip("{}")
