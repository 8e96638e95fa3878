# SPDX-License-Identifier: GPL-3.0-or-later
"""A careless artist: random actions while lineart is made, watched against what must hold in any case."""

from __future__ import annotations

import random

import numpy as np

from . import helpers
from .helpers import K, children, idle, modal, node_named, paint, session, strokes, tree, undo_text, widget

WIDTH, HEIGHT = 160, 120
WAITS_MS = (0, 0, 5, 20, 60, 150, 400)
EXPECTED_ERRORS = ("Problem", "Cancelled", "NotRenewed", "InkError")
OTHER = "Other page"


class Violated(AssertionError):
    """Something that must hold did not."""


class Artist:
    """One sequence in a document of its own; `run` is a job for the driver and returns what was done."""

    def __init__(self, seed: str):
        self.random = random.Random(seed)
        self.done: list[str] = []
        self.document = helpers.sketch_document(WIDTH, HEIGHT)
        self.other = None
        self.sketch = node_named(self.document, "Sketch")
        self.identity = self.sketch.uniqueId().toString()
        self.painted = self.pixels(self.sketch)
        self.extra: dict[str, bytes] = {}
        self.orphans: set[str] = set()
        self.closed = False
        self.dragged = ""
        session().messages.last_error = ""
        session().messages.say("")

    # -- what the artist does

    def run(self, steps: int):
        actions = [
            (self.ink, 6),
            (self.edit, 3),
            (self.undo, 4),
            (self.redo, 2),
            (self.cancel, 3),
            (self.change, 4),
            (self.delete_lineart, 2),
            (self.delete_sketch, 1),
            (self.add_layer, 1),
            (self.select, 3),
            (self.look_elsewhere, 1),
            (self.come_back, 3),
            (self.ink_and_undo, 2),
            (self.close, 0.3),
        ]
        kinds, weights = zip(*actions, strict=True)
        yield 300
        for _ in range(steps):
            if self.closed:
                break
            action = self.random.choices(kinds, weights)[0]
            self.done.append(action.__name__)
            outcome = action()
            if outcome is not None:
                yield from outcome
            yield self.random.choice(WAITS_MS)
            self.check()
        yield from self.finish()
        return self.done

    def ink(self):
        active = self.document.activeNode()
        if self.living() is None and active is not None:  # then a lineart that is selected is a sketch
            self.orphans.add(active.name())
        widget("ink").click()

    def edit(self):
        if self.living() is None:
            return
        thick = self.random.randint(2, 7)
        paint(self.document, self.sketch, strokes(WIDTH, HEIGHT, thick=thick))
        self.painted = self.pixels(self.sketch)

    def undo(self):
        if self.in_front() and undo_text() != "Undo Add Layer":  # the sketch itself was added last
            K.action("edit_undo").trigger()

    def redo(self):
        if self.in_front():
            K.action("edit_redo").trigger()

    def cancel(self):
        jobs = session().queue.active
        if jobs:
            session().cancel(self.random.choice(jobs))

    def change(self):
        name, value = self.random.choice(
            [("thickness", self.random.uniform(1, 12)), ("style", self.random.choice(["pen", "brush"])),
             ("faint", self.random.random()), ("detail", self.random.uniform(-0.5, 0.5))]
        )  # fmt: skip
        if self.dragged != name:
            self.let_go()
        final = self.random.random() < 0.7
        session().change(name, value, final=final)
        self.dragged = "" if final else name

    def let_go(self):
        """A slider that is being dragged is let go sooner or later, wherever the artist is by then."""
        if self.dragged:
            session().change(self.dragged, getattr(session().settings, self.dragged), final=True)
        self.dragged = ""

    def delete_lineart(self):
        self.document.waitForDone()  # a layer that Krita's undo is just taking out comes back twice
        node = node_named(self.document, "Lineart: Sketch")
        if node is not None:
            node.remove()

    def delete_sketch(self):
        self.document.waitForDone()
        if self.living() is not None:
            self.living().remove()

    def add_layer(self):
        name = f"Extra {len(self.extra)}"
        node = self.document.createNode(name, "paintlayer")
        paint(self.document, node, strokes(40, 30, opaque=False), 5, 5)
        root = self.document.rootNode()
        root.addChildNode(node, children(root)[-1])
        self.extra[name] = self.pixels(node)

    def select(self):
        nodes = children(self.document.rootNode())
        if nodes:
            self.document.setActiveNode(self.random.choice(nodes))

    def look_elsewhere(self):
        if self.other is None:
            self.other = helpers.new_document(120, 90, name=OTHER)

    def come_back(self):
        helpers.show(self.document)

    def ink_and_undo(self):
        """At a quiet moment: undo takes back exactly what a run did."""
        yield from self.settle()
        if self.living() is None or not self.in_front():
            return
        self.document.setActiveNode(self.living())
        yield 150
        self.document.waitForDone()
        before = self.state()
        widget("ink").click()
        yield from self.settle()
        self.document.waitForDone()
        if session().messages.shown.text or self.state() == before:
            return
        K.action("edit_undo").trigger()
        self.document.waitForDone()
        yield 250
        self.document.waitForDone()
        if self.state() != before:
            raise Violated(f"undo gave {self.state()[:1]} and not {before[:1]}")

    def close(self):
        self.document.setModified(False)
        self.document.close()
        self.closed = True

    def finish(self):
        """Wait for what is under way, look once more, and leave nothing behind."""
        yield from self.settle()
        self.check()
        if session().queue.active or session().turns.drags:
            raise Violated("something is still under way")
        helpers.close_all()
        yield 100

    # -- what must hold

    def check(self):
        if modal() is not None:
            raise Violated(f"a modal window: {modal()}")
        last = session().messages.last_error.strip().splitlines()
        if last and not any(name in last[-1].split(":")[0] for name in EXPECTED_ERRORS):
            raise Violated(session().messages.last_error)
        if self.closed:
            return
        names = tree(self.document)
        known = {"Background", "Sketch", "Lineart: Sketch", "Lineart: Background", *self.extra}
        known |= {f"Lineart: {name}" for name in {*self.extra, *self.orphans}}
        if not set(map(str, names)) <= known:
            raise Violated(f"a stray layer: {names}")
        if len(names) != len(set(map(str, names))):
            self.document.waitForDone()  # while Krita replaces a layer, both are there for a moment
            names = tree(self.document)
        if len(names) != len(set(map(str, names))):
            raise Violated(f"a layer twice: {names}")
        if self.living() is not None and self.pixels(self.living()) != self.painted:
            raise Violated("the sketch was changed")
        for name, pixels in self.extra.items():
            node = node_named(self.document, name)
            if node is not None and self.pixels(node) != pixels:
                raise Violated(f"{name} was changed")

    # -- looking

    def settle(self):
        """Wait until nothing is under way. A renewal waits for its document to be in front."""
        self.let_go()
        for _ in range(4):
            if not self.closed:
                self.come_back()
            try:
                yield from idle(20)
            except TimeoutError:
                continue
            return
        raise Violated(f"still under way: {[(job.title, job.state) for job in session().queue.active]}")

    def living(self):
        for node in children(self.document.rootNode()):
            if node.uniqueId().toString() == self.identity:
                return node
        return None

    def in_front(self) -> bool:
        return K.activeDocument() is not None and K.activeDocument() == self.document

    def state(self) -> list:
        """Names and pixels of all layers."""
        nodes = children(self.document.rootNode())
        return [[node.name() for node in nodes], [self.pixels(node) for node in nodes]]

    @staticmethod
    def pixels(node) -> bytes:
        return np.frombuffer(bytes(node.pixelData(-8, -8, WIDTH + 16, HEIGHT + 16)), np.uint8).tobytes()
