# SPDX-License-Identifier: GPL-3.0-or-later
"""What all work on documents shares: the engine's options, threads, what is known of documents, messages."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from tests.krita_host.fake_krita import Document


class Worker:
    """A thread that has nothing to do."""

    def __init__(self, _loop: Any, name: str):
        self.name, self.stopped = name, False

    def stop(self) -> None:
        self.stopped = True


class Loop:
    """An event loop that turns when told."""

    def __init__(self) -> None:
        self.actions: list[Any] = []

    def later(self, _milliseconds: int, action: Any) -> None:
        self.actions.append(action)

    def post(self, action: Any) -> None:
        self.actions.append(action)

    def turn(self) -> None:
        while self.actions:
            self.actions.pop(0)()


@pytest.fixture
def made(room: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path) -> SimpleNamespace:
    """A context, made once the artist has chosen 512 MB; its loop, and its room."""
    monkeypatch.setattr(room.context, "Worker", Worker)
    monkeypatch.setattr(room.application, "user_folder", lambda: tmp_path)
    room.krita.kept["smart_lineart", "engine"] = json.dumps({"runtime": "onnxruntime", "memory": 512})
    loop, engine = Loop(), SimpleNamespace(options=None, find_style=None)
    return SimpleNamespace(context=room.context.Context(loop, engine), loop=loop, room=room)


def test_the_engine_begins_with_what_the_artist_chose(made) -> None:
    context = made.context
    assert (context.engine.options.runtime, context.engine.options.memory) == ("onnxruntime", 512)
    assert context.memory.limit == 512 << 20
    assert context.engine.find_style == context.brushes.find
    context.use(made.room.engine.EngineOptions(memory=2048))
    assert context.engine.options.memory == 2048
    assert context.memory.limit == 2 << 30


def test_before_anything_was_chosen_a_document_may_make_us_take_a_gigabyte(room) -> None:
    assert room.memory.Memory().limit == 1 << 30


def test_the_threads_end_with_krita(made) -> None:
    workers = [made.context.ink_worker, made.context.render_worker, made.context.device_worker]
    assert [worker.name for worker in workers] == ["inking", "rendering", "devices"]
    made.context.close()
    assert all(worker.stopped for worker in workers)


def test_a_notice_from_a_thread_is_said_on_the_loop(made) -> None:
    made.context._notice_from_thread("The GPU failed, so the CPU is used.")
    assert made.context.messages.shown.text == ""
    made.loop.turn()
    assert made.context.messages.shown.text == "The GPU failed, so the CPU is used."


@pytest.mark.parametrize("closed", [False, True])
def test_work_that_fails_is_told_and_work_on_a_closed_document_ends_in_silence(made, closed: bool) -> None:
    raw = made.room.krita.show(Document())
    steps = []

    def work() -> Any:
        steps.append("begun")
        yield
        steps.append("went on")
        raise MemoryError

    raw.closed = closed
    made.context.work_on(made.room.document.Document(raw), work())
    made.loop.turn()
    assert steps == ([] if closed else ["begun", "went on"])
    assert ("ran out of memory" in made.context.messages.shown.text) is not closed


def test_what_is_known_of_closed_documents_is_forgotten(made, monkeypatch) -> None:
    asked = []
    for known in (made.context.cache, made.context.memory.records):
        monkeypatch.setattr(type(known), "keep_only", lambda _, open_ones: asked.append(open_ones))
    made.context.forget_closed()
    assert asked == [made.room.application.is_open] * 2


def test_what_is_kept_of_a_sketch_takes_the_memory_of_lines_and_pixels(room) -> None:
    features = SimpleNamespace(nbytes=100)
    bare = room.engine.CachedFeatures(None, "a", features, None, 0.0)
    assert bare.nbytes == 100
    bare.read = SimpleNamespace(nbytes=30)
    assert bare.nbytes == 130
