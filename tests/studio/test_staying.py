# SPDX-License-Identifier: GPL-3.0-or-later
"""The artist's layer after undo and redo, at which Krita selects a lineart that comes back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.krita_host.fake_krita import Document


@pytest.fixture
def scene(room: SimpleNamespace) -> SimpleNamespace:
    raw = room.krita.show(Document())
    made = {name: raw.add(name) for name in ("sketch", "lineart", "flats")}
    document, memory = room.document.Document(raw), room.memory.Memory()
    lineart = room.layer.Layer(made["lineart"])
    memory.note_lineart(document, made["sketch"].identity, lineart, room.settings.InkSettings())
    works: list[Any] = []
    ended: list[Any] = []

    def work_on(_document: Any, work: Any) -> Any:
        works.append(work)
        return SimpleNamespace(when_done=ended.append)

    staying = room.staying.Staying(SimpleNamespace(memory=memory, work_on=work_on))
    room.application.when_undone(staying.stepped)
    return SimpleNamespace(room=room, raw=raw, works=works, ended=ended, **made)


def undo(scene: SimpleNamespace, at: Any, then: Any) -> Any:
    """The layer selected a while after an undo at which Krita goes from one to another."""
    scene.raw.active = at
    scene.room.krita.action("edit_undo").trigger()
    next(scene.works[-1])
    scene.raw.active = then
    for _ in scene.works[-1]:
        pass
    scene.ended.pop()()
    return scene.raw.active


def test_the_artist_stays_where_they_were(scene) -> None:
    assert undo(scene, scene.sketch, scene.lineart) is scene.sketch
    assert undo(scene, scene.flats, scene.lineart) is scene.flats


def test_where_it_was_no_lineart_that_came_back_krita_is_right(scene) -> None:
    assert undo(scene, scene.sketch, scene.flats) is scene.flats
    assert undo(scene, scene.lineart, scene.sketch) is scene.sketch


def test_a_layer_that_undo_took_away_is_left(scene) -> None:
    scene.raw.active = scene.flats
    scene.room.krita.action("edit_undo").trigger()
    scene.flats.remove()
    scene.raw.active = scene.lineart
    for _ in scene.works[-1]:
        pass
    assert scene.raw.active is scene.lineart


def test_one_undo_after_the_other_goes_on_from_the_layer_of_the_first(scene) -> None:
    scene.raw.active = scene.flats
    scene.room.krita.action("edit_undo").trigger()
    next(scene.works[0])
    scene.raw.active = scene.lineart
    scene.room.krita.action("edit_redo").trigger()
    for _ in scene.works[0]:
        pass
    assert len(scene.works) == 1
    assert scene.raw.active is scene.flats


def test_it_is_heard_once_and_without_a_document_nothing_is_done(scene) -> None:
    scene.room.application.when_undone(lambda: scene.works.append("again"))
    scene.raw.active = None
    scene.room.krita.action("edit_undo").trigger()
    scene.room.krita.front = None
    scene.room.krita.action("edit_redo").trigger()
    assert scene.works == []
