# SPDX-License-Identifier: GPL-3.0-or-later
"""The ink that was written into each lineart layer, so that an artist's corrections can be told from it.

A record belongs to a layer, by its identity: renewing makes a new layer, and undo brings an old one back with
the record it had. All are kept while Krita runs; a document keeps those of the newest layers, in its file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smart_lineart.inking import DamagedRecord, InkRecord

if TYPE_CHECKING:
    from smart_lineart.krita_host.document import Document

PREFIX = "smart_lineart/ink/"
TITLE = "Smart Lineart ink"
IN_MEMORY = 256 << 20  # bytes
LARGEST = 64 << 20  # bytes of a record in a file: ink of a gigapixel takes a sixth of it
IN_FILE = 3  # layers of one sketch whose ink a document keeps: undo brings the last ones back


@dataclass(eq=False)
class _Kept:
    document: Document
    layer: str
    frame: int | None
    record: InkRecord


class Records:
    """Ink by document, layer and, of animated layers, the keyframe's time."""

    def __init__(self) -> None:
        self._kept: list[_Kept] = []

    def get(self, document: Document, layer: str, frame: int | None = None) -> InkRecord | None:
        """What was written into a layer; None if that is not known. Raises DamagedRecord."""
        kept = self._find(document, layer, frame)
        if kept is not None:
            return kept.record
        data = document.data(_key(layer, frame), LARGEST)
        if data is None:
            return None
        record = InkRecord.from_bytes(data)
        self._keep(_Kept(document, layer, frame, record))
        return record

    def put(self, document: Document, layer: str, record: InkRecord, frame: int | None = None) -> None:
        """Remember what was written into a layer, here and in the document's file."""
        kept = self._find(document, layer, frame)
        if kept is not None:
            self._kept.remove(kept)
        self._keep(_Kept(document, layer, frame, record))
        document.set_data(_key(layer, frame), TITLE, record.to_bytes())

    def carry(self, document: Document, old: str, new: str) -> None:
        """A layer has taken another one's place, pixel for pixel."""
        for key in document.data_keys():
            name, _, frame = key.partition("@")
            if name == _key(old, None):
                with suppress(DamagedRecord, ValueError):
                    self.get(document, old, int(frame) if frame else None)
        for kept in [kept for kept in self._kept if kept.layer == old and kept.document == document]:
            self.put(document, new, kept.record, kept.frame)

    def tidy(self, document: Document, layers: Iterable[str], in_use: str) -> None:
        """Let the file keep, of a sketch's lineart layers in the order they were made, the newest and the one
        in use.
        """
        newest = {*list(layers)[-IN_FILE:], in_use}
        there = set(document.data_keys())
        for layer in layers:
            keys = {key for key in there if key.partition("@")[0] == _key(layer, None)}
            if layer not in newest:
                for key in keys:
                    document.remove_data(key)
        for kept in self._kept:
            key = _key(kept.layer, kept.frame)
            if kept.layer == in_use and key not in there and kept.document == document:
                document.set_data(key, TITLE, kept.record.to_bytes())

    def keep_only(self, wanted: Callable[[Document], bool]) -> None:
        """Forget documents that aren't wanted any more."""
        self._kept = [kept for kept in self._kept if wanted(kept.document)]

    def _find(self, document: Document, layer: str, frame: int | None) -> _Kept | None:
        return next(
            (
                kept
                for kept in self._kept
                if kept.layer == layer and kept.frame == frame and kept.document == document
            ),
            None,
        )

    def _keep(self, kept: _Kept) -> None:
        # One object for a document, however many records it has: each keeps Krita's own alive.
        known = (one.document for one in self._kept if one.document == kept.document)
        kept.document = next(known, kept.document)
        self._kept.append(kept)
        while len(self._kept) > 1 and sum(one.record.nbytes for one in self._kept) > IN_MEMORY:
            self._kept.pop(0)


def _key(layer: str, frame: int | None) -> str:
    name = PREFIX + layer.strip("{}")
    return name if frame is None else f"{name}@{frame}"
