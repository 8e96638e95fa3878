# SPDX-License-Identifier: GPL-3.0-or-later
"""What undo and redo say of our steps, in a small Krita in memory."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from smart_lineart.inking import InkError
from tests.krita_host.fake_krita import Document, Node, fake_krita

KRITAS = "Convert to a Paint Layer"


@pytest.fixture
def room() -> Iterator[SimpleNamespace]:
    with fake_krita(
        "krita_host.application", "krita_host.document", "krita_host.layer", "krita_host.undo_words"
    ) as made:
        yield made


@pytest.fixture
def scene(room: SimpleNamespace) -> SimpleNamespace:
    """A document in front, and a Krita that words its steps."""
    raw = room.krita.show(Document())
    one = SimpleNamespace(
        room=room, raw=raw, document=room.document.Document(raw), words=room.undo_words.UndoWords(), nodes=[]
    )
    one.undo, one.redo = room.krita.action("edit_undo"), room.krita.action("edit_redo")
    one.undo.words, one.redo.words = "Undo Add Layer", "Redo"
    room.application.when_converted(one.words.theirs)
    return one


def step(scene: SimpleNamespace, word: str) -> Node:
    """One of ours: a copy of the lineart takes its place."""
    with scene.words.ours():
        scene.room.krita.action("convert_to_paint_layer").triggered.emit()
    if scene.nodes:
        scene.nodes[-1].remove()
    scene.nodes.append(scene.raw.add("Lineart"))
    scene.undo.words, scene.redo.words = f"Undo {KRITAS}", "Redo"
    scene.words.note(scene.document, scene.room.layer.Layer(scene.nodes[-1]), word)
    return scene.nodes[-1]


def told(scene: SimpleNamespace, undo: str, redo: str) -> list[str]:
    """What the menu says a moment after Krita has worded it so."""
    scene.undo.words, scene.redo.words = undo, redo
    scene.words.look(scene.document)
    return [scene.undo.words, scene.redo.words]


def go_back(scene: SimpleNamespace, number: int) -> None:
    for node in scene.nodes:
        node.remove()
    scene.raw.root.addChildNode(scene.nodes[number], None)


def test_each_step_is_called_what_it_did(scene) -> None:
    step(scene, "Ink sketch")
    assert scene.undo.words == "Undo Ink sketch"
    step(scene, "Line thickness")
    assert [scene.undo.words, scene.redo.words] == ["Undo Line thickness", "Redo"]


def test_undo_and_redo_go_from_one_to_the_next(scene) -> None:
    for word in ("Ink sketch", "Line thickness", "Light lines"):
        step(scene, word)
    go_back(scene, 1)
    assert told(scene, f"Undo {KRITAS}", f"Redo {KRITAS}") == ["Undo Line thickness", "Redo Light lines"]
    go_back(scene, 0)
    assert told(scene, f"Undo {KRITAS}", f"Redo {KRITAS}") == ["Undo Ink sketch", "Redo Line thickness"]


def test_other_steps_keep_kritas_words(scene) -> None:
    step(scene, "Ink sketch")
    assert told(scene, "Undo Freehand Brush Stroke", "Redo Fill") == [
        "Undo Freehand Brush Stroke",
        "Redo Fill",
    ]
    other = scene.room.krita.show(Document())
    scene.undo.words = f"Undo {KRITAS}"
    scene.words.look(scene.room.document.Document(other))
    assert scene.undo.words == f"Undo {KRITAS}", "that document has none of ours"


def test_where_the_artist_converts_a_layer_kritas_words_stay(scene) -> None:
    step(scene, "Ink sketch")
    scene.room.krita.action("convert_to_paint_layer").triggered.emit()
    assert told(scene, f"Undo {KRITAS}", "Redo")[0] == f"Undo {KRITAS}"
    step(scene, "Line thickness")
    assert scene.undo.words == "Undo Line thickness"


def test_a_step_of_ours_that_failed_does_not_pass_the_artists_for_ours(scene) -> None:
    step(scene, "Ink sketch")
    with pytest.raises(InkError), scene.words.ours():
        raise InkError("Krita did not let it.")
    scene.room.krita.action("convert_to_paint_layer").triggered.emit()
    assert told(scene, f"Undo {KRITAS}", "Redo")[0] == f"Undo {KRITAS}"


def test_what_krita_words_late_is_worded_then_and_an_artists_stroke_never(scene) -> None:
    scene.undo.words = "Undo Add Layer"
    with scene.words.ours():
        pass
    scene.words.note(scene.document, scene.room.layer.Layer(scene.raw.add("Lineart")), "Ink sketch")
    assert scene.undo.words == "Undo Add Layer"
    assert told(scene, f"Undo {KRITAS}", "Redo")[0] == "Undo Ink sketch"
    stroke = "Undo Freehand Brush Stroke"
    with scene.words.ours():
        scene.undo.words = stroke  # before Krita's word for ours was ever seen
    scene.words.note(scene.document, scene.room.layer.Layer(scene.raw.add("Lineart")), "Line thickness")
    assert scene.undo.words == stroke
    assert told(scene, stroke, "Redo")[0] == stroke


@pytest.mark.parametrize("said", ["In eine Malebene umwandeln", "In eine Malebene umwandeln\nUmwandeln"])
def test_krita_is_understood_in_its_own_language(scene, said: str) -> None:
    scene.room.krita.texts[KRITAS] = said
    word = said.splitlines()[-1]
    step(scene, "Ink sketch")
    assert told(scene, f"Undo {word}", "Redo")[0] == "Undo Ink sketch"
    assert told(scene, f"Undo {KRITAS}", "Redo")[0] == f"Undo {KRITAS}"
