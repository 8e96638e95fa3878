# SPDX-License-Identifier: GPL-3.0-or-later
"""Redraw with my brush, without the painting: what becomes of runs that wait, and which lines are drawn."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from smart_lineart.inking import Cancelled
from tests.krita_host.fake_krita import Document, fake_krita


@pytest.fixture
def room() -> Any:
    parts = ("turns", "steps", "settings", "messages", "runs.jobs", "runs.redraw")
    with fake_krita("krita_host.document", "krita_host.layer", *(f"studio.{part}" for part in parts)) as made:
        yield made


@pytest.fixture
def scene(room: SimpleNamespace) -> SimpleNamespace:
    raw = room.krita.show(Document())
    raw.add("sketch")
    document, actions = room.document.Document(raw), []
    reported: list[BaseException] = []
    context = SimpleNamespace(
        loop=SimpleNamespace(later=lambda _ms, action: actions.append(action)),
        messages=SimpleNamespace(report=lambda error, **_: reported.append(error)),
    )
    turns, queue = room.turns.Turns(), room.jobs.JobQueue()
    redraw = room.redraw.Redraw(context, turns, queue, SimpleNamespace())
    return SimpleNamespace(
        room=room,
        redraw=redraw,
        turns=turns,
        queue=queue,
        document=document,
        reported=reported,
        actions=actions,
        pair=SimpleNamespace(sketch=SimpleNamespace(identity="{s}", name="Sketch")),
    )


@pytest.mark.parametrize(
    ("end", "state"),
    [(None, "finished"), (ZeroDivisionError(), "failed"), (Cancelled(), "cancelled"), ("stop", "cancelled")],
)
def test_what_waits_begins_however_it_ends(scene, monkeypatch, end, state) -> None:
    """As `Runner` does: it asks the queue for the next each time a turn is given up."""
    begun: list[Any] = []
    scene.turns.given_up.connect(lambda: begun.append(scene.queue.next))

    def steps(job: Any, found: Any, *_: Any) -> Any:
        with scene.turns.at_work(scene.document, found[0].pair.sketch.identity):
            yield 0
            if end == "stop":
                job.cancel()
                yield 0
            elif end is not None:
                raise end

    monkeypatch.setattr(scene.redraw, "_steps", steps)
    settings = scene.room.settings.InkSettings()
    source = SimpleNamespace(pair=scene.pair, settings=settings)
    scene.redraw._start(scene.document, [source], None)
    (redrawing,) = scene.queue.jobs
    waiting = scene.room.jobs.Job(scene.document, "{s}", "Sketch", settings)
    scene.queue.add(waiting)
    assert scene.queue.next is None
    while scene.actions:
        scene.actions.pop(0)()
    assert redrawing.state.value == state
    assert begun[-1] is waiting
    assert bool(scene.reported) == (state == "failed")
