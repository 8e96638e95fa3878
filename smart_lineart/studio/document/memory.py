# SPDX-License-Identifier: GPL-3.0-or-later
"""What the plugin knows of a document: the settings last used in it, which layers are the lineart of which
sketch, and the ink that was written into them.
"""

from __future__ import annotations

from dataclasses import replace

from smart_lineart.inking import InkRecord
from smart_lineart.krita_host import application
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.frames import shown_frame
from smart_lineart.krita_host.layer import Layer
from smart_lineart.studio.settings import NOTE_KEY, NOTE_TITLE, DocumentState, InkSettings, LineartRecord

from .records import Records


class Memory:
    """Asked and told by all that works on lineart. Everything lies in the documents themselves."""

    def __init__(self) -> None:
        self.records = Records()
        self.limit = 1 << 30  # bytes: the most that finding again what a document remembers may take

    def state_of(self, document: Document) -> DocumentState:
        """What a document remembers."""
        return DocumentState.from_json(document.note(NOTE_KEY))

    def sketch_for(self, document: Document, layer: Layer) -> Layer:
        """The sketch a layer stands for: itself, what it is the lineart of, or the layer it masks."""
        if layer.is_mask:
            parent = layer.parent
            layer = parent if parent is not None else layer
        record = self.state_of(document).record_of(layer.identity)
        sketch = document.layer(record.sketch) if record is not None else None
        return sketch or layer

    def sketch_at_hand(self) -> tuple[Document, Layer] | None:
        """The document in front and the sketch that the layer selected in it stands for."""
        document = application.active_document()
        layer = document.active_layer() if document is not None else None
        if document is None or layer is None:
            return None
        return document, self.sketch_for(document, layer)

    def lineart_in_use(self, document: Document, sketch: str) -> Layer | None:
        """The newest lineart of a sketch that is in the document now."""
        record = self._lineart_of(document, sketch)
        if record is None:
            return None
        there = {layer.identity: layer for layer in document.layers()}
        return next((there[identity] for identity in reversed(record.layers) if identity in there), None)

    def ink_of(self, document: Document, lineart: Layer) -> InkRecord | None:
        """What was written into a lineart layer, into the frame shown; None if that is not known.

        Raises DamagedRecord.
        """
        return self.records.get(document, lineart.identity, shown_frame(document, lineart))

    def note_ink(self, document: Document, lineart: Layer, record: InkRecord) -> None:
        """Remember what was written into a lineart layer, into the frame shown."""
        self.records.put(document, lineart.identity, record, shown_frame(document, lineart))

    def note_lineart(self, document: Document, sketch: str, layer: Layer, settings: InkSettings) -> None:
        """A layer is now the lineart of a sketch, inked with these settings."""
        state = self.state_of(document)
        record = self._lineart_of(document, sketch) or LineartRecord(sketch)
        record = replace(record.with_layer(layer.identity), settings=settings)
        self._save(document, replace(state.with_record(record), settings=settings))
        self.records.tidy(document, record.layers, layer.identity)

    def carry(self, document: Document, identity: str, copy: Layer) -> None:
        """A copy has taken a lineart's place. Told at once: Krita selects it, and a click may come."""
        state = self.state_of(document)
        record = state.record_of(identity)
        if record is not None and identity in record.layers:
            self._save(document, state.with_record(record.with_layer(copy.identity)))
        self.records.carry(document, identity, copy.identity)

    def settings_of(self, document: Document, sketch: str) -> InkSettings:
        """How a sketch's lineart was inked."""
        record = self._lineart_of(document, sketch)
        return record.settings if record is not None else self.state_of(document).settings

    def look_after(self, document: Document, sketch: str, lineart: Layer) -> None:
        """Undo may have brought an older layer back: its ink belongs into the file again."""
        record = self._lineart_of(document, sketch)
        if record is not None:
            self.records.tidy(document, record.layers, lineart.identity)

    def remember(self, document: Document, settings: InkSettings) -> None:
        """The settings a document is to be inked with next."""
        self._save(document, replace(self.state_of(document), settings=settings))

    def _lineart_of(self, document: Document, sketch: str) -> LineartRecord | None:
        return next((r for r in self.state_of(document).records if r.sketch == sketch), None)

    @staticmethod
    def _save(document: Document, state: DocumentState) -> None:
        document.set_note(NOTE_KEY, NOTE_TITLE, state.to_json())
