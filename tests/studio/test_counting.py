# SPDX-License-Identifier: GPL-3.0-or-later
"""Corrections are counted when they may have become others, in a small Krita in memory."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.krita_host.fake_krita import Document, painted
from tests.studio.test_session import TALL, WIDE, ink, lineart_of, scene

__all__ = ["scene"]


@pytest.fixture
def pen(scene: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The artist's pen, and a clock."""
    counting = scene.room.counting
    one = SimpleNamespace(down=False, now=100.0)
    monkeypatch.setattr(counting.view, "painting", lambda: one.down)
    monkeypatch.setattr(counting, "time", SimpleNamespace(monotonic=lambda: one.now))
    return one


def count(scene: SimpleNamespace, pen: SimpleNamespace) -> int:
    """What the docker says a while later."""
    for _ in range(2):
        pen.now += 1
        scene.session.look()
        scene.loop.turn()
    return scene.session.context.corrections.count


def correct(scene: SimpleNamespace, pen: SimpleNamespace, x: int, y: int = 30) -> None:
    """A short stroke onto the lineart: the docker's look falls into none."""
    scene.raw.active = lineart_of(scene, scene.sketch)
    scene.session.look()
    pen.down = True
    scene.session.counting.notice_pen()
    pen.down = False
    painted(lineart_of(scene, scene.sketch), x, y, np.full((6, 6), 255, np.uint8))


def test_corrections_are_counted_before_the_next_run_and_it_keeps_as_many(scene, pen) -> None:
    ink(scene)
    assert count(scene, pen) == 0
    correct(scene, pen, 0)
    assert count(scene, pen) == 1
    correct(scene, pen, 54, 0)
    assert count(scene, pen) == 2
    scene.session.ink()
    scene.loop.turn()
    assert scene.session.context.corrections.count == 2
    assert count(scene, pen) == 2


def test_a_stroke_is_counted_also_where_the_artist_has_left_the_lineart_since(scene, pen) -> None:
    ink(scene)
    correct(scene, pen, 20)
    scene.raw.active = scene.sketch
    assert count(scene, pen) == 1


def test_undo_and_redo_count_again(scene, pen) -> None:
    ink(scene)
    correct(scene, pen, 20)
    assert count(scene, pen) == 1
    painted(lineart_of(scene, scene.sketch), 20, 30, np.zeros((6, 6), np.uint8))
    scene.session._undone("edit_undo")
    assert count(scene, pen) == 0


def test_what_a_file_holds_is_counted_when_it_is_opened(scene, pen) -> None:
    ink(scene)
    painted(lineart_of(scene, scene.sketch), 20, 30, np.full((6, 6), 255, np.uint8))
    again = scene.room.krita.show(Document(WIDE, TALL))
    again.notes = dict(scene.raw.notes)
    for node in scene.raw.root.nodes:
        copy = node.duplicate()
        copy.identity, copy.document = node.identity, again
        again.root.addChildNode(copy, None)
    again.active = again.root.nodes[0]
    assert count(scene, pen) == 1


@pytest.fixture
def counted(scene: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Each counting that is begun."""
    begun: list[Any] = []
    counting = scene.session.counting
    original = counting._count
    monkeypatch.setattr(counting, "_count", lambda *now: begun.append(now) or original(*now))
    return begun


def test_strokes_on_the_sketch_and_rest_count_nothing(scene, pen, counted) -> None:
    ink(scene)
    count(scene, pen)
    counted.clear()
    for _ in range(3):
        pen.down = True
        scene.session.counting.notice_pen()
        scene.session.look()
        pen.down = False
        count(scene, pen)
    assert counted == []


def test_nothing_is_counted_during_a_stroke_right_after_it_or_in_a_run(scene, pen, counted) -> None:
    ink(scene)
    count(scene, pen)
    counted.clear()
    correct(scene, pen, 20)
    scene.session.look()
    assert counted == [], "the pen may come down again"
    pen.now += 1
    pen.down = True
    scene.session.look()
    pen.down = False
    with scene.session.turns.at_work(scene.room.document.Document(scene.raw), scene.sketch.identity):
        scene.session.look()
        assert counted == []
    assert len(counted) == 1


def test_ink_that_is_not_found_again_has_no_count(scene, pen) -> None:
    ink(scene)
    correct(scene, pen, 20)
    assert count(scene, pen) == 1
    records = scene.session.context.memory.records
    records.keep_only(lambda _document: False)
    for key in [key for key in scene.raw.notes if "ink" in key]:
        del scene.raw.notes[key]
    correct(scene, pen, 40)
    assert count(scene, pen) == 0
    assert scene.session.context.corrections.kept is None
