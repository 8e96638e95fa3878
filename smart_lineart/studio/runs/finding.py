# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the ink last made in its lineart again, so that the artist's corrections can be told from it."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

from smart_lineart.inking import Base, DamagedRecord, FreshInk, InkError, InkRecord, Rect
from smart_lineart.inking.renewing.renewal import BARE
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.retouched import read_lineart
from smart_lineart.studio.document.memory import Memory
from smart_lineart.studio.steps import Work, Worker

from .pen import colours_of


class NotFound(InkError):
    """The ink last written is not in its layer any more, or not known: corrections can't be told from it."""

    usual = "The lineart was moved or transformed too much to tell your changes from the ink."


def find_base(memory: Memory, worker: Worker, document: Document, lineart: Layer) -> Work:
    """A `Base`: what the layer holds, and its ink in it. Raises NotFound."""
    snapshot = lineart.copy()
    empty = not snapshot.bounds.width
    try:
        record = memory.ink_of(document, lineart)
    except DamagedRecord as error:
        if empty:
            return Base.blank()
        raise NotFound.saying(error.said) from error
    if empty and (record is None or not record.notes.get(BARE)):  # all was wiped away: begin anew
        return Base.blank()
    if record is None:
        raise NotFound
    try:
        base = yield from find_in(snapshot, record, memory, worker, document)
    except DamagedRecord as error:
        raise NotFound.saying(error.said) from error
    if base is None:
        raise NotFound
    return base


def find_parts(
    memory: Memory, worker: Worker, document: Document, older: Layer, fresh: FreshInk, time: int | None = None
) -> Work:
    """What fresh ink in a layer of its own takes over of an older lineart, of its frame at this `time`, as a
    `Base`: the parts for which something else was set; a blank one where the ink is not found in it.
    """
    with suppress(DamagedRecord):
        record = memory.records.get(document, older.identity, time)
        if record is not None and record.regions:
            base = yield from find_in(older.copy(), record, memory, worker, document)
            if base is not None:
                return (yield worker.submit(partial(base.parts_for_new, record, fresh)))
    return Base.blank()


def find_in(snapshot: Layer, record: InkRecord, memory: Memory, worker: Worker, document: Document) -> Work:
    """A `Base`: what a layer holds and a record's ink in it, or None. Raises DamagedRecord."""
    layer = yield from read_lineart(snapshot, colours_of(record), document.page)
    return (yield worker.submit(partial(_found, document.page, record, layer, memory.limit)))


def _found(page: Rect, record: InkRecord, layer: Any, limit: int) -> Base | None:
    """On a worker's thread. Regions are unpacked once here, where a damaged one is told."""
    base = Base.find_on(page, record, layer, limit)
    for region in record.regions if base is not None else ():
        region.coverage(region.reach)
    return base
