# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps of Krita's that were taken for one thing are undone and redone at once."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.krita_host.fake_krita import Document, Node

CONVERT = "Convert to a Paint Layer"
ADD = "Add Layer"


class Scene:
    """A Krita whose undo history is a list: what it calls a step, and the layers that go and come with it."""

    def __init__(self, room: SimpleNamespace):
        self.room = room
        self.raw = room.krita.show(Document())
        self.document = room.document.Document(self.raw)
        self.sketch = self.raw.add("sketch")
        self.words = room.undo_words.UndoWords()
        self.history: list[tuple[str, Node | None, Node | None]] = []
        self.done = 0
        self.works: list[Any] = []
        self.ends: list[Any] = []
        self.one = room.one_step.OneStep(SimpleNamespace(undo_words=self.words, work_on=self.work_on))
        for name, step in (("edit_undo", self.undo), ("edit_redo", self.redo)):
            room.krita.action(name).trigger = step
        self.asked: list[str] = []
        self.meanwhile: Callable[[], None] = lambda: None  # what events bring while Krita undoes
        self.name()

    def work_on(self, _document: Any, work: Any) -> Any:
        self.works.append(work)
        return SimpleNamespace(when_done=self.ends.append)

    def name(self) -> None:
        """Krita names the steps it would take."""
        undo = self.history[self.done - 1][0] if self.done else ""
        redo = self.history[self.done][0] if self.done < len(self.history) else ""
        names = {"edit_undo": undo, "edit_redo": redo}
        self.room.application.step_named = names.__getitem__

    def take(self, word: str, goes: Node | None = None, comes: Node | None = None) -> None:
        """Another step."""
        self.history = [*self.history[: self.done], (word, goes, comes)]
        self.redo(ours=False)

    def redo(self, *, ours: bool = True) -> None:
        if ours:
            self.asked.append("redo")
        _, goes, comes = self.history[self.done]
        self._replace(goes, comes)
        self.done += 1
        self.name()

    def undo(self) -> None:
        self.asked.append("undo")
        self.done -= 1
        _, goes, comes = self.history[self.done]
        self._replace(comes, goes)
        self.name()

    def _replace(self, goes: Node | None, comes: Node | None) -> None:
        if goes is not None:
            goes.remove()
        if comes is not None:
            self.raw.root.addChildNode(comes, None)

    def layer(self, name: str) -> Node:
        return Node(self.raw, name, "paintlayer")

    def note(self, node: Node, whole: object, old: Node | None = None) -> None:
        """A step was ours: a layer in the place of an old one, or a new one."""
        layer = self.room.layer.Layer
        word, instead = ("Line thickness", layer(old).identity) if old is not None else ("", "")
        self.words.note(self.document, layer(node), word, whole, instead)

    def artist(self, entry: str) -> None:
        """The artist asks for a step, and for no other until all is at rest."""
        self.asked.clear()
        self.one.look(self.document)
        {"edit_undo": self.undo, "edit_redo": self.redo}[entry]()
        self.meanwhile()
        self.one.stepped(entry)
        while self.works:
            for _ in self.works.pop():
                pass
            self.ends.pop()()

    @property
    def there(self) -> list[str]:
        return sorted(node.name() for node in self.raw.root.childNodes() if node is not self.sketch)


@pytest.fixture
def scene(room: SimpleNamespace) -> Scene:
    return Scene(room)


def several(scene: Scene) -> None:
    """The steps of a whole that follow each other."""
    whole = object()
    olds = [scene.layer(name) for name in "abc"]
    for old in olds:
        scene.take("Freehand Brush Stroke", None, old)
    for old in olds:
        new = scene.layer(old.name() + "2")
        scene.take(CONVERT, old, new)
        scene.note(new, whole, old)


def test_undo_and_redo_take_all_steps_of_a_whole(scene: Scene) -> None:
    several(scene)
    assert scene.there == ["a2", "b2", "c2"]
    scene.artist("edit_undo")
    assert scene.there == ["a", "b", "c"]
    assert scene.asked == ["undo"] * 3
    scene.artist("edit_redo")
    assert scene.there == ["a2", "b2", "c2"]
    assert scene.asked == ["redo"] * 3


def test_events_that_krita_handles_while_it_undoes_change_nothing(scene: Scene) -> None:
    """Layers are looked at then, and the menu's entries called as the artist knows our steps."""
    several(scene)

    def look() -> None:
        names = {entry: scene.room.application.step_named(entry) for entry in ("edit_undo", "edit_redo")}
        ours = {entry: "Line thickness" if name == CONVERT else name for entry, name in names.items()}
        scene.room.application.step_named = ours.__getitem__
        scene.one.look(scene.document)

    scene.meanwhile = look
    scene.artist("edit_undo")
    assert scene.there == ["a", "b", "c"]
    scene.artist("edit_redo")
    assert scene.there == ["a2", "b2", "c2"]


def test_steps_before_and_after_are_one_each(scene: Scene) -> None:
    several(scene)
    scene.take("Freehand Brush Stroke")
    scene.artist("edit_undo")
    assert scene.asked == ["undo"]
    scene.artist("edit_undo")
    assert scene.asked == ["undo"] * 3
    scene.artist("edit_undo")
    assert scene.there == ["a", "b"]
    assert scene.asked == ["undo"]
    scene.artist("edit_redo")
    assert scene.asked == ["redo"]


def test_a_stroke_painted_in_between_stays(scene: Scene) -> None:
    several(scene)
    scene.history.insert(5, ("Freehand Brush Stroke", None, None))
    scene.done += 1
    scene.name()
    scene.artist("edit_undo")
    assert scene.there == ["a2", "b2", "c"]
    assert scene.asked == ["undo"], "what comes next is the artist's"


def test_a_layer_that_the_artist_deleted_brings_no_more_steps_back(scene: Scene) -> None:
    several(scene)
    gone = next(node for node in scene.raw.root.childNodes() if node.name() == "c2")
    scene.take("Remove Layer", gone, None)
    scene.artist("edit_undo")
    assert scene.there == ["a2", "b2", "c2"]
    assert scene.asked == ["undo"]


def test_while_the_artist_paints_nothing_more_is_undone(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    several(scene)
    monkeypatch.setattr(scene.room.view, "painting", lambda: True)
    scene.artist("edit_undo")
    assert scene.asked == ["undo"]


def test_a_stroke_after_a_whole_that_was_taken_back_in_part_goes_alone(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    several(scene)
    with monkeypatch.context() as painting:
        painting.setattr(scene.room.view, "painting", lambda: True)
        scene.artist("edit_undo")
    scene.take("Freehand Brush Stroke")
    scene.artist("edit_undo")
    assert scene.there == ["a2", "b2", "c"]
    assert scene.asked == ["undo"]


def added_and_converted(scene: Scene, between: Callable[[], None] = lambda: None) -> None:
    """A group that was added and a lineart that was renewed, with what the artist does between the two."""
    whole, lineart, group, new = object(), *(scene.layer(name) for name in ("main", "group", "main2"))
    scene.take("Freehand Brush Stroke", None, lineart)
    scene.take(ADD, None, group)
    scene.note(group, whole)
    between()
    scene.take(CONVERT, lineart, new)
    scene.note(new, whole, lineart)


def test_a_layer_that_is_added_and_one_renewed_go_and_come_at_once(scene: Scene) -> None:
    added_and_converted(scene)
    scene.artist("edit_undo")
    assert scene.there == ["main"]
    scene.artist("edit_redo")
    assert scene.there == ["group", "main2"]


def test_a_layer_that_the_artist_added_in_between_stays(scene: Scene) -> None:
    added_and_converted(scene, lambda: scene.take(ADD, None, scene.layer("own")))
    scene.artist("edit_undo")
    assert scene.there == ["group", "main", "own"]
    assert scene.asked == ["undo"], "what comes next is called as ours are, and is the artist's"
    for _ in range(2):
        scene.undo()
    assert scene.there == ["main"]
    scene.artist("edit_redo")
    assert scene.there == ["group", "main"]
    assert scene.asked == ["redo"], "what comes next is the artist's"


class Late(Scene):
    """A Krita that is at rest for a while before it begins with what was asked for."""

    def __init__(self, room: SimpleNamespace, turns: int):
        super().__init__(room)
        self.turns = turns
        self.waiting: list[tuple[int, Callable[[], None]]] = []
        for name, step in (("edit_undo", self.undo), ("edit_redo", self.redo)):
            room.krita.action(name).trigger = lambda step=step: self.waiting.append((turns, step))

    def artist(self, entry: str) -> None:
        self.asked.clear()
        self.one.look(self.document)
        self.room.krita.action(entry).trigger()
        self.one.stepped(entry)
        while self.works:
            for _ in self.works.pop():
                self.waiting = [(turns - 1, step) for turns, step in self.waiting]
                for turns, step in self.waiting:
                    if turns <= 0:
                        step()
                self.waiting = [one for one in self.waiting if one[0] > 0]
            self.ends.pop()()


@pytest.mark.parametrize("turns", [1, 5, 40])
def test_a_krita_that_is_late_is_waited_for(room: SimpleNamespace, turns: int) -> None:
    scene = Late(room, turns)
    several(scene)
    before = scene.there
    scene.artist("edit_undo")
    assert scene.asked == ["undo"] * 3
    scene.artist("edit_redo")
    assert scene.asked == ["redo"] * 3
    assert scene.there == before


def test_a_krita_that_shows_a_step_before_it_tells_of_it_is_followed(scene: Scene) -> None:
    """The docker looks at the layers while Krita takes the step."""
    several(scene)
    before = scene.there
    for entry, taken in (("edit_undo", "undo"), ("edit_redo", "redo")):
        take = scene.room.krita.action(entry)
        step = take.trigger
        scene.one.look(scene.document)
        scene.asked.clear()
        step()
        scene.one.look(scene.document)
        scene.one.stepped(entry)
        while scene.works:
            for _ in scene.works.pop():
                pass
            scene.ends.pop()()
        assert scene.asked == [taken] * 3
    assert scene.there == before
