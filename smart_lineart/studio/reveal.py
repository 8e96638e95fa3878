# SPDX-License-Identifier: GPL-3.0-or-later
"""The sketch steps back behind its first ink, so that it is seen what is ink.

Krita keeps no undo of what scripts do to a layer's opacity or its eye. So both follow the ink: they are given
back when undo takes the ink away, and are as they were when redo brings it back. What the artist sets by hand
stays, since only what still is as it was left here is given back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from smart_lineart.krita_host import application, stack
from smart_lineart.krita_host.document import Document
from smart_lineart.krita_host.layer import Layer
from smart_lineart.krita_host.opacity_keys import opacity_is_animated
from smart_lineart.studio.language.i18n import tr

from . import preferences
from .document.memory import Memory, Pair
from .glance import Change, Glance, make
from .paper import Paper
from .settings import LineartRecord
from .steps import Work
from .veil import FAINT_ALREADY, HIDDEN, PALE, SHOWN, Veil


@dataclass(frozen=True)
class Lifted:
    """A sketch in a group that is shown for as long as that is inked."""

    before: Change
    veil: Veil
    now: Change


@dataclass(frozen=True)
class Fading:
    """How a sketch can step back: not where its opacity is `animated`; where nothing lies beneath, onto the
    colour of its `paper`, "#rrggbb".
    """

    animated: bool = False
    paper: str = ""


class Reveal:
    """Shows, fades and hides sketches.

    `show_soon` has a document shown as it is now once nobody is painting, `show_now` also while a button of
    the docker is held.
    """

    def __init__(
        self,
        memory: Memory,
        paper: Paper,
        show_soon: Callable[[Document], None],
        show_now: Callable[[Document], None],
    ):
        self._memory, self._paper = memory, paper
        self._show_soon, self._show_now = show_soon, show_now
        self._there: list[tuple[Document, set[str]]] = []
        self._on_paper: tuple[Document | None, list[Layer]] = (None, [])
        self.glance = Glance(show_now, self._successor)

    # -- a sketch and its ink

    def before_first_ink(self, document: Document, sketch: Layer) -> Work:
        """A sketch is about to get its first ink: returns how it is to step back, as a Fading."""
        animated = opacity_is_animated(sketch)
        yield  # Krita may have handled events
        paper = _paper_of(document, sketch)
        yield
        return Fading(animated, paper)

    def at_first_ink(self, document: Document, sketch: Layer, fading: Fading) -> str:
        """A sketch has just got its first ink: let it step back, where the artist likes that. Returns what is
        to be said: a sentence, or "".

        Not where it is faint or hidden already, nor where it was shown from the docker before, nor where its
        opacity is animated.
        """
        known = self._memory.veil_of(document, sketch.identity)
        wanted = preferences.load_fades() and (known is None or known.on)
        if known is not None and not known.laid:
            again = Veil.over(sketch.opacity).with_colour_of(known)
            self._memory.note_veil(document, sketch.identity, again)
        if not wanted or sketch.opacity <= FAINT_ALREADY or not sketch.visible:
            return ""
        if fading.animated:
            return _animated(sketch)
        veil = replace(Veil.over(sketch.opacity), on=True, paper=fading.paper)
        if known is not None and known.beneath:  # so that nothing seemed to be bare
            veil = veil.with_colour_of(known)
        sketch.set_opacity(veil.faded)
        self._memory.note_veil(document, sketch.identity, veil)
        self._show(document, sketch, self._show_soon)
        return ""

    def _show(self, document: Document, sketch: Layer, show: Callable[[Document], None]) -> None:
        """Show a document in which a sketch was faded, or given back."""
        if not self._paper.look(document, sketch.identity, sketch):
            show(document)

    def look(self, document: Document) -> None:
        """The artist may have opened or closed an eye in Krita's docker: of any sketch, or of a group that it
        lies in. After `follow`, called often, so it is quick.
        """
        its, sketches = self._on_paper
        if self.glance.active or its != document:
            return
        for sketch in sketches:
            if sketch.parent is not None:  # else it has gone, and `follow` will see to that
                self._paper.look(document, sketch.identity, sketch)

    def look_of(self, document: Document, sketch: Layer) -> str:
        """How a sketch is seen: `SHOWN`, `PALE` or `HIDDEN`."""
        if not sketch.visible:
            return HIDDEN
        veil = self._memory.veil_of(document, sketch.identity)
        return PALE if veil is not None and veil.seen(sketch.opacity).fades else SHOWN

    def choose(self, document: Document, sketch: Layer, look: str) -> str:
        """The artist has it shown, faded or hidden; not faded where its opacity is animated. Returns what is
        to be said: a sentence, or "".
        """
        self.glance.end()
        opacity = sketch.opacity
        veil = (self._memory.veil_of(document, sketch.identity) or Veil.over(opacity)).seen(opacity)
        if look == HIDDEN:
            sketch.set_visible(False)
            veil = replace(veil, hidden=True)
        else:
            veil = replace(veil, hidden=False, on=look == PALE, laid=True)
            wanted = veil.faded if veil.on else veil.own
            animated = wanted != opacity and opacity_is_animated(sketch)
            if application.is_open(document) and veil.on and not (animated or veil.paper):
                veil = replace(veil, paper=_paper_of(document, sketch))
            if not application.is_open(document):  # closed where Krita handled events
                return ""
            if animated and veil.on:
                return _animated(sketch)
            if wanted != opacity and not animated:
                sketch.set_opacity(wanted)
            sketch.set_visible(True)
        self._memory.note_veil(document, sketch.identity, veil)
        self._show(document, sketch, self._show_now)
        return ""

    def lift_inside(self, document: Document, group: Layer) -> list[Lifted]:
        """A group is inked as a whole: sketches in it count as they are without having been faded or hidden
        here. Those that were; Krita has to compose the group then.
        """
        lifted = []
        records = self._memory.state_of(document).records if group.kind == "grouplayer" else ()
        for record in (record for record in records if record.veil is not None):
            sketch = document.layer(record.sketch)
            if sketch is None or all(one.identity != group.identity for one in sketch.above()):
                continue
            veil = record.veil.seen(sketch.opacity) if record.veil is not None else Veil()
            if veil.fades or (veil.hidden and not sketch.visible):
                before = Change(sketch, sketch.visible, sketch.opacity)
                self.choose(document, sketch, SHOWN)
                if not application.is_open(document):  # closed where Krita handled events
                    return []
                lifted.append(Lifted(before, veil, Change(sketch, sketch.visible, sketch.opacity)))
        return lifted

    def lay_again(self, document: Document, lifted: list[Lifted]) -> None:
        """What was lifted for ink that did not come is as it was; not what the artist has changed since."""
        if not application.is_open(document):
            return
        for one in lifted:
            sketch = document.layer(one.now.layer.identity)
            if sketch is None or (sketch.visible, sketch.opacity) != (one.now.visible, one.now.opacity):
                continue
            make(replace(one.now, layer=sketch), replace(one.before, layer=sketch))
            # The colour beneath may be gone by now, or not yet.
            veil = one.veil.with_colour_of(self._memory.veil_of(document, sketch.identity))
            self._memory.note_veil(document, sketch.identity, veil)
            self._paper.look(document, sketch.identity, sketch)
        if lifted:
            self._show_soon(document)

    # -- undo and redo

    def follow(self, document: Document, written: Callable[[Document, str], bool]) -> None:
        """Give back what was done to a sketch whose ink was undone, and do it again where it came back.

        Not while its lineart is `written` into: it may be between two layers.
        """
        if self.glance.active:
            return
        self._on_paper = (document, [])
        records = self._memory.state_of(document).records
        if not any(record.veil is not None for record in records):
            return
        layers = {layer.identity: layer for layer in document.layers()}
        before = self._take_note(document, set(layers))
        ours = {one for record in records for one in record.layers}
        came = set(layers) - before - ours  # a lineart of ours that came is no merge
        changed = shown = False
        for record in records:
            sketch = layers.get(record.sketch)
            if record.veil is not None and sketch is not None and not written(document, record.sketch):
                changed |= self._follow(document, record, record.veil, sketch, set(layers), before, came)
            if not application.is_open(document):  # closed where Krita handled events
                return
            if sketch is not None and record.veil is not None and record.veil.paper:
                self._on_paper[1].append(sketch)
            if sketch is None and record.sketch in before and came and not application.can_redo():
                self._paper.leave(document, record.sketch)  # merged into another layer
            shown |= self._paper.look(document, record.sketch, sketch)
        if changed and not shown:
            self._show_soon(document)

    def _take_note(self, document: Document, there: set[str]) -> set[str]:
        """The layers that are in a document now; returns those that were, none if that is not known."""
        before = next((layers for other, layers in self._there if other == document), set())
        others = [one for one in self._there if one[0] != document and application.is_open(one[0])]
        self._there = [*others, (document, there)]
        return before

    def _follow(
        self,
        document: Document,
        record: LineartRecord,
        veil: Veil,
        sketch: Layer,
        there: set[str],
        before: set[str],
        came: set[str],
    ) -> bool:
        """Whether anything was changed."""
        inked = bool(there.intersection(record.layers))
        if inked == veil.laid:
            return False
        if not inked:
            went = bool(before.intersection(record.layers))
            merged = bool(came) and not application.can_redo()
            if not went or merged:  # into another layer: the ink is still seen
                return False
        then, now = (veil.own, veil.faded) if inked else (veil.faded, veil.own)
        fades = veil.on and sketch.opacity == then and not opacity_is_animated(sketch)
        if not application.is_open(document):
            return False
        if fades:
            sketch.set_opacity(now)
        if veil.hidden and sketch.visible == inked:
            sketch.set_visible(not inked)
        self._memory.note_veil(document, record.sketch, replace(veil, laid=inked))
        return fades or veil.hidden

    # -- a look at one of the two

    def _successor(self, document: Document, layer: Layer) -> Layer | None:
        """The copy that has taken a lineart's place meanwhile, which looks as that did for a moment."""
        record = self._memory.state_of(document).record_of(layer.identity)
        if layer.parent is not None or record is None or layer.identity not in record.layers:
            return None
        return document.layer(record.layers[-1])

    def hold(self, document: Document, pair: Pair, *, ink: bool) -> None:
        """Show the sketch alone as it is without ink, or the ink without the sketch, until `glance` ends."""
        changes = list(self._changes(document, pair, ink=ink))
        if application.is_open(document):
            self.glance.begin(document, changes)

    def _changes(self, document: Document, pair: Pair, *, ink: bool) -> Iterator[Change]:
        sketch = pair.sketch
        if ink:
            yield Change(sketch, visible=False, opacity=sketch.opacity)
            yield Change(pair.lineart, visible=True, opacity=pair.lineart.opacity)
            return
        veil = self._memory.veil_of(document, sketch.identity)
        opacity = sketch.opacity
        whole = veil.seen(opacity).own if veil is not None else opacity
        if whole != opacity and opacity_is_animated(sketch):
            whole = opacity
        if not application.is_open(document):
            return
        for layer in list(stack.over(sketch)):
            yield Change(layer, visible=False, opacity=layer.opacity)
        yield Change(sketch, visible=True, opacity=whole)


def _paper_of(document: Document, sketch: Layer) -> str:
    """The colour of a sheet with nothing beneath; "" of another sketch."""
    paper = stack.bare_paper(document, sketch)
    return "" if paper is None else "#{:02x}{:02x}{:02x}".format(*paper)


def _animated(sketch: Layer) -> str:
    return tr('"{name}" is not faded, since its opacity is animated.', name=sketch.name)
