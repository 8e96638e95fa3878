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
    made["lineart"].remove()  # it comes with a step, see `comes`
    works: list[Any] = []
    ended: list[Any] = []

    def work_on(_document: Any, work: Any) -> Any:
        works.append(work)
        return SimpleNamespace(when_done=ended.append)

    staying = room.staying.Staying(SimpleNamespace(memory=memory, work_on=work_on))
    room.application.when_undone(lambda _: staying.stepped())
    return SimpleNamespace(
        room=room,
        raw=raw,
        works=works,
        ended=ended,
        staying=staying,
        memory=memory,
        document=document,
        **made,
    )


def comes(scene: SimpleNamespace) -> None:
    """What undo brings back."""
    scene.raw.root.addChildNode(scene.lineart, scene.sketch)


def undo(scene: SimpleNamespace, at: Any, then: Any, *, busy: int = 0) -> Any:
    """The layer selected a while after an undo at which Krita goes from one to another, once at rest."""
    scene.raw.active = at
    scene.staying.look(scene.document, scene.room.layer.Layer(at))
    scene.room.krita.action("edit_undo").trigger()
    scene.raw.busy = busy
    for _ in range(busy + 1):
        next(scene.works[-1])
    if scene.lineart.parentNode() is None:
        comes(scene)
    scene.raw.active = then
    for _ in scene.works[-1]:
        pass
    scene.ended.pop()()
    return scene.raw.active


@pytest.mark.parametrize("name", ["sketch", "flats"])
def test_the_artist_stays_where_they_were(scene, name) -> None:
    layer = getattr(scene, name)
    assert undo(scene, layer, scene.lineart) is layer


def test_however_long_krita_takes_for_the_step(scene) -> None:
    assert undo(scene, scene.flats, scene.lineart, busy=200) is scene.flats


def test_a_krita_that_never_rests_is_not_waited_for(scene) -> None:
    scene.raw.active = scene.flats
    scene.room.krita.action("edit_undo").trigger()
    scene.raw.busy = 10**9
    assert sum(1 for _ in scene.works[-1]) < 10_000


def test_who_goes_to_a_lineart_that_was_there_stays_there(scene) -> None:
    comes(scene)
    assert undo(scene, scene.flats, scene.lineart) is scene.lineart


def test_the_next_step_goes_on_from_where_the_artist_is_at_rest(scene) -> None:
    undo(scene, scene.flats, scene.lineart)
    scene.staying.look(scene.document, scene.room.layer.Layer(scene.flats))
    scene.lineart.remove()
    assert undo(scene, scene.sketch, scene.lineart) is scene.sketch


def test_who_goes_to_it_after_another_step_stays_there_too(scene) -> None:
    comes(scene)
    scene.raw.active = scene.flats
    for _ in range(2):
        scene.staying.look(scene.document, scene.room.layer.Layer(scene.flats))
        scene.room.krita.action("edit_undo").trigger()
        for _ in range(12):
            next(scene.works[0])
    scene.raw.active = scene.lineart
    for _ in scene.works[0]:
        pass
    assert scene.raw.active is scene.lineart


def test_what_went_with_a_step_and_came_with_the_next_is_krita_s_choice(scene) -> None:
    comes(scene)
    scene.raw.active = scene.flats
    scene.room.krita.action("edit_undo").trigger()
    next(scene.works[0])
    scene.lineart.remove()
    scene.room.krita.action("edit_redo").trigger()
    next(scene.works[0])
    comes(scene)
    scene.raw.active = scene.lineart
    for _ in scene.works[0]:
        pass
    assert scene.raw.active is scene.flats


def test_where_it_was_no_lineart_that_came_back_krita_is_right(scene) -> None:
    assert undo(scene, scene.sketch, scene.flats) is scene.flats
    assert undo(scene, scene.lineart, scene.sketch) is scene.sketch


@pytest.fixture(params=["flats", "redrawn"])
def ours(request, scene) -> Any:
    """A layer of ours that is no lineart; it is away, until undo brings it back."""
    layer = scene.raw.add(request.param)
    if request.param == "flats":
        note = scene.room.flats.FlatsNote(scene.sketch.identity, (layer.identity,))
        scene.room.flats.FlatsMemory().save(scene.document, note)
    else:
        scene.memory.note_put_in(scene.room.layer.Layer(layer))
    layer.remove()
    return layer


@pytest.mark.parametrize("at", ["sketch", "lineart"])
def test_the_artist_stays_where_flats_or_a_redrawn_lineart_come_back(scene, ours, at) -> None:
    comes(scene)
    scene.lineart, home = ours, getattr(scene, at)
    assert undo(scene, home, ours) is home


def test_who_goes_to_flats_that_were_there_stays_there(scene, ours) -> None:
    comes(scene)
    scene.raw.root.addChildNode(ours, scene.sketch)
    assert undo(scene, scene.sketch, ours) is ours


def test_colour_hints_that_come_back_are_the_artist_s_to_paint_on(scene) -> None:
    hints = scene.raw.add("hints")
    note = scene.room.flats.FlatsNote(scene.sketch.identity, hints=hints.identity)
    scene.room.flats.FlatsMemory().save(scene.document, note)
    hints.remove()
    comes(scene)
    scene.lineart = hints
    assert undo(scene, scene.sketch, hints) is hints


def test_a_layer_that_undo_took_away_is_left(scene) -> None:
    scene.raw.active = scene.flats
    scene.room.krita.action("edit_undo").trigger()
    scene.flats.remove()
    comes(scene)
    scene.raw.active = scene.lineart
    for _ in scene.works[-1]:
        pass
    assert scene.raw.active is scene.lineart


def test_one_undo_after_the_other_goes_on_from_the_layer_of_the_first(scene) -> None:
    scene.raw.active = scene.flats
    scene.room.krita.action("edit_undo").trigger()
    next(scene.works[0])
    comes(scene)
    scene.raw.active = scene.lineart
    scene.room.krita.action("edit_redo").trigger()
    for _ in scene.works[0]:
        pass
    assert len(scene.works) == 1
    assert scene.raw.active is scene.flats


def test_it_is_heard_once_and_without_a_document_nothing_is_done(scene) -> None:
    scene.room.application.when_undone(lambda _: scene.works.append("again"))
    scene.raw.active = None
    scene.room.krita.action("edit_undo").trigger()
    scene.room.krita.front = None
    scene.room.krita.action("edit_redo").trigger()
    assert scene.works == []


@pytest.fixture
def came_back(scene) -> Any:
    """An undo that swaps the lineart for an older one, which Krita selects before it tells, as 5.3 does."""
    document, layer = scene.room.document.Document(scene.raw), scene.room.layer.Layer
    scene.older = scene.raw.add("older lineart")
    scene.memory.note_lineart(
        document, scene.sketch.identity, layer(scene.older), scene.room.settings.InkSettings()
    )
    scene.older.remove()
    comes(scene)

    def undo(at: Any, *, looked: bool = False) -> Any:
        scene.raw.active = at
        scene.staying.look(document, layer(at))
        scene.lineart.remove()
        scene.raw.root.addChildNode(scene.older, scene.sketch)
        scene.raw.active = scene.older
        if looked:
            scene.staying.look(document, layer(scene.older))
        scene.room.krita.action("edit_undo").trigger()
        scene.at_once = scene.raw.active
        for _ in scene.works[-1]:
            pass
        return scene.raw.active

    return undo


@pytest.mark.parametrize("looked", [False, True])
def test_the_artist_stays_where_krita_selects_before_it_tells(scene, came_back, looked) -> None:
    assert came_back(scene.flats, looked=looked) is scene.flats
    assert scene.at_once is scene.flats, "however late the first turn is"


def test_who_was_on_the_lineart_goes_to_the_one_that_came_back(scene, came_back) -> None:
    assert came_back(scene.lineart) is scene.older
