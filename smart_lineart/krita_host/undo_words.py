# SPDX-License-Identifier: GPL-3.0-or-later
"""What undo and redo say of our steps: a word the artist knows.

Krita names a step after what it did, and lets scripts name none: renewing a lineart is "Convert to a Paint
Layer". So the menu's entries are worded anew while they are about a step of ours. Where the artist has
converted a layer themselves, Krita's words stay: the two can't be told apart.

Krita words a step a moment after its layers have changed, or long after, when the machine is busy; and an
artist's stroke may be the next word. So what Krita calls our steps is asked of its catalogue of texts, and is
not told from what the menu says after one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from . import application
from .document import Document
from .layer import Layer

MOST_STEPS = 200  # as many as Krita can undo, left to itself


@dataclass(frozen=True)
class _Step:
    """`layer`: the one that it brought; `word`: "" where Krita's own does; `whole`: what it is a part of;
    `before`, `after`: which layers there were, see `_which`.
    """

    document: Document
    layer: str
    word: str
    whole: object = None
    before: int = 0
    after: int = 0


class UndoWords:
    """Those of all documents, in the order the steps were taken."""

    def __init__(self) -> None:
        self._steps: list[_Step] = []
        self._ours = 0

    @contextmanager
    def ours(self) -> Iterator[None]:
        """A step of ours is taken within; where it was not, the next one may be the artist's."""
        self._ours += 1
        try:
            yield
        finally:
            self._ours -= 1

    def note(
        self, document: Document, layer: Layer, word: str, whole: object = None, instead: str = ""
    ) -> None:
        """A step of ours has brought this layer, and is the newest of its document, which is in front.

        `word`: "" for a new layer, of which Krita's own word tells. `whole`: whatever it is a part of.
        `instead`: the identity of the layer in whose place it came.
        """
        kept = (step for step in self._steps if application.is_open(step.document))
        brought = {layer.identity, *(one.identity for one in layer.inside())}
        others = {one.identity for one in document.layers()} - brought - {instead}
        before, after = _which(others | ({instead} - {""})), _which(others | brought)
        step = _Step(document, layer.identity, word, whole, before, after)
        self._steps = [*kept, step][-MOST_STEPS:]
        self.look(document)

    def wholes(self, document: Document) -> list[tuple[str, ...]]:
        """The steps that are parts of the same whole, where there are several: the layers they brought."""
        steps = [step for step in self._steps if step.document == document and step.whole is not None]
        found = (tuple(one.layer for one in steps if one.whole is whole) for whole in _once(steps))
        return [layers for layers in found if len(layers) > 1]

    def is_next(self, document: Document, entry: str, layer: str) -> bool:
        """Whether the step that undo or redo would take, of the document in front, is the one of ours that
        brought this layer: it is called as that is, and the layers there are now are those that there were
        right after it, or before it. So a layer that the artist added or removed since is not taken for ours.
        """
        step = next((one for one in reversed(self._steps) if one.layer == layer), None)
        if step is None or step.document != document:
            return False
        converted, added = application.words_of_our_steps()
        called = application.step_named(entry) in ((step.word, converted) if step.word else (added,))
        there = _which(one.identity for one in document.layers())
        return called and there == (step.after if entry == "edit_undo" else step.before)

    def theirs(self) -> None:
        """A layer was converted: unless by us, the artist's steps can't be told from ours any more."""
        if not self._ours:
            self._steps = []

    def look(self, document: Document) -> None:
        """Word the menu's entries, which Krita has worded since the last step."""
        steps = [step for step in self._steps if step.document == document]
        if not steps:
            return
        krita_says = application.word_of_conversion()
        entries = [one for one in ("edit_undo", "edit_redo") if application.step_named(one) == krita_says]
        if not entries:
            return
        there = {layer.identity for layer in document.layers()}
        done = [number for number, step in enumerate(steps) if step.layer in there]
        last = done[-1] if done else -1
        for entry in entries:
            number = last if entry == "edit_undo" else last + 1
            if 0 <= number < len(steps) and steps[number].word:
                application.word_step(entry, steps[number].word)


def _which(layers: Iterable[str]) -> int:
    """A number that tells these layers from all others, for as long as Krita runs: a page may have thousands,
    and there are many steps.
    """
    return hash(frozenset(layers))


def _once(steps: list[_Step]) -> list[object]:
    """Their wholes, each once."""
    return list({id(step.whole): step.whole for step in steps}.values())
