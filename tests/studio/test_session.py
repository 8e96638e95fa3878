# SPDX-License-Identifier: GPL-3.0-or-later
"""The model the docker is bound to, in a small Krita in memory; its threads' work is done at once."""

from __future__ import annotations

import tracemalloc
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from smart_lineart.inking import FreshInk, InkError, Rect
from tests.krita_host.fake_krita import Document, Selection, alpha_of, painted

WIDE, TALL = 60, 40


class Loop:
    """An event loop that turns until nothing is left to do, or `most` times."""

    def __init__(self) -> None:
        self.actions: deque[Callable[[], None]] = deque()

    def later(self, _milliseconds: int, action: Callable[[], None]) -> None:
        self.actions.append(action)

    def post(self, action: Callable[[], None]) -> None:
        self.actions.append(action)

    def turn(self, most: int = 2000) -> None:
        while self.actions and most:
            self.actions.popleft()()
            most -= 1


class Engine:
    """Inks a stripe as thick as asked for."""

    def __init__(self) -> None:
        self.options: Any = None
        self.find_style: Any = None
        self.error: BaseException | None = None
        self.prepared = 0

    def prepare(self, sketch, _settings, _progress, _cancelled, _earlier=None) -> Any:
        if self.error is not None:
            raise self.error
        self.prepared += 1
        suits = lambda _page=None: 4.0  # noqa: E731
        return SimpleNamespace(
            calibration="seen", scale=0.4, size=sketch.size, nbytes=10, suiting_thickness=suits
        )

    def draw(self, item, settings, *, part=None, others=None, **_) -> FreshInk:
        """From the row that the detail of the lines tells."""
        known = {**(others or {}), item.detail: item}

        def inked(lines: Any, settings: Any) -> FreshInk:
            ink, top = np.zeros((TALL, WIDE), np.uint8), 10 + round(10 * lines.detail)
            ink[top : top + round(settings.thickness), 5:50] = 255
            return FreshInk(ink, Rect(0, 0, WIDE, TALL), settings.thickness, None)

        def inside(values: Any, _part: Rect) -> FreshInk | None:
            own = settings.with_values(values)
            return inked(known[own.detail], own) if own.detail in known else None

        return replace(inked(item, settings), inside=inside)


class AtOnce:
    def __init__(self, _loop: Any, _name: str):
        self.stopped = False

    def submit(self, task: Callable[[], Any]) -> Any:
        from smart_lineart.studio.steps import Pending

        pending = Pending()
        try:
            pending.finish(task())
        except BaseException as error:  # noqa: BLE001 (handed to the one who waits)
            pending.finish(error=error)
        return pending

    def stop(self) -> None:
        self.stopped = True


@pytest.fixture
def scene(room: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path) -> SimpleNamespace:
    monkeypatch.setattr(room.context, "Worker", AtOnce)
    monkeypatch.setattr(room.application, "user_folder", lambda: tmp_path)
    monkeypatch.setattr(room.application.QStandardPaths, "writableLocation", lambda _place: str(tmp_path))
    monkeypatch.setattr(room.engine.CachedFeatures, "nbytes", 10)
    raw = room.krita.show(Document(WIDE, TALL))
    raw.active = sketch = raw.add("sketch")
    ink = np.zeros((TALL, WIDE), np.uint8)
    ink[10:13, 5:50] = ink[5:35, 5:8] = 255
    painted(sketch, 0, 0, ink)
    loop, engine = Loop(), Engine()
    session = room.session.Session(loop, engine)
    session.look()
    return SimpleNamespace(room=room, raw=raw, sketch=sketch, loop=loop, engine=engine, session=session)


def stripe(scene: SimpleNamespace) -> int:
    """How thick the lineart's stripe is; 0 without lineart."""
    document = scene.room.document.Document(scene.raw)
    layer = scene.session.context.memory.lineart_in_use(document, scene.sketch.identity)
    return 0 if layer is None else int((alpha_of(layer.raw, 20, 0, 1, TALL) > 0).sum())


def applied(scene: SimpleNamespace, sketch: Any = None) -> Any:
    """How a sketch's lineart was inked."""
    document = scene.room.document.Document(scene.raw)
    return scene.session.context.memory.settings_of(document, (sketch or scene.sketch).identity)


def ink(scene: SimpleNamespace) -> None:
    scene.session.change("thickness", 3.0, final=True)
    scene.session.ink()
    scene.loop.turn()


def test_a_click_inks_the_selected_layer(scene) -> None:
    ink(scene)
    assert stripe(scene) == 3
    assert not scene.session.turns.busy
    assert scene.session.target == scene.room.session.Target("sketch", True, False, "Lineart: sketch")
    assert scene.session.messages.shown.text == ""
    assert set(scene.session.runner.last_seconds) == {"reading", "inking", "total"}


def test_without_a_document_or_layer_a_click_says_what_to_do(scene) -> None:
    scene.raw.active = None
    scene.session.ink()
    assert scene.session.messages.shown == scene.room.messages.Message(
        "Select the layer with your sketch first.", "error"
    )
    scene.room.krita.front = None
    scene.session.look()
    scene.session.ink()
    assert "Open a document" in scene.session.messages.shown.text
    assert scene.session.target == scene.room.session.Target()
    assert scene.session.queue.jobs == []


def test_a_slider_redraws_without_looking_at_the_sketch(scene) -> None:
    ink(scene)
    scene.session.change("thickness", 6.0, final=False)
    assert scene.session.turns.busy
    scene.session.change("thickness", 8.0, final=True)
    scene.loop.turn()
    assert stripe(scene) == 8
    assert not scene.session.turns.busy
    assert scene.engine.prepared == 1
    assert applied(scene).thickness == 8.0
    assert scene.room.preferences.load_settings().thickness == 3.0, "those of new sketches are others"


def test_line_weight_follows_as_thickness_does_and_undo_calls_it_so(scene) -> None:
    ink(scene)
    asked = []
    draw = scene.engine.draw
    scene.engine.draw = lambda item, settings, **rest: (
        asked.append(settings.weight) or draw(item, settings, **rest)
    )
    scene.session.change("thickness", 5.0, final=True)
    scene.loop.turn()
    scene.session.change("weight", 0.75, final=False)
    scene.session.change("weight", 0.0, final=True)
    scene.loop.turn()
    assert asked[-1] == applied(scene).weight == 0.0
    assert scene.engine.prepared == 1
    assert not scene.session.turns.busy
    before, now = applied(scene).with_value("weight", 1.0), applied(scene)
    assert scene.room.followed.word_of_change(before, now) == "Line weight"


def test_a_drag_ends_and_it_is_said_where_settings_cannot_be_kept(scene, monkeypatch) -> None:
    ink(scene)

    def refuse(*_: object) -> None:
        raise UnicodeEncodeError("ascii", "ü", 0, 1, "ordinal not in range(128)")

    monkeypatch.setattr(scene.room.krita, "writeSetting", refuse, raising=False)
    scene.session.use_for_new_sketches()
    assert "UnicodeEncodeError" in scene.session.messages.last_error
    scene.session.change("thickness", 6.0, final=False)
    scene.session.change("thickness", 8.0, final=True)
    scene.loop.turn()
    assert stripe(scene) == 8
    assert not scene.session.turns.busy
    assert "UnicodeEncodeError" in scene.session.messages.last_error
    assert scene.session.messages.shown.kind == "error"


def test_a_drag_ends_where_showing_a_setting_fails(scene) -> None:
    ink(scene)
    scene.session.change("thickness", 6.0, final=False)

    def fail() -> None:
        raise RuntimeError("wrapped C/C++ object has been deleted")

    scene.session.settings_changed.connect(fail)
    with pytest.raises(RuntimeError):
        scene.session.change("thickness", 8.0, final=True)
    scene.loop.turn()
    assert stripe(scene) == 8
    assert not scene.session.turns.busy


def test_a_value_set_while_a_lineart_is_between_two_layers_is_for_that(scene) -> None:
    ink(scene)
    document = scene.room.document.Document(scene.raw)
    turns, memory = scene.session.turns, scene.session.context.memory
    node = memory.lineart_in_use(document, scene.sketch.identity).raw
    defaults = scene.room.preferences.load_settings()
    turns.take_lineart("another", document, scene.sketch.identity)
    node.remove()
    scene.session.change("thickness", 8.0, final=True)
    chosen = np.zeros((TALL, WIDE), np.uint8)
    chosen[:, 55:] = 255
    scene.raw.chosen = Selection(chosen)  # heard of, too
    scene.session.change("thickness", 5.0, final=True)
    assert scene.session.target.inside
    scene.raw.chosen = None
    scene.session.look()
    assert scene.session.settings.thickness == 3.0, "as it is inked"
    scene.loop.turn(40)
    scene.raw.root.addChildNode(node, scene.sketch)
    turns.leave("another")
    scene.loop.turn()
    assert stripe(scene) == 8
    assert scene.room.preferences.load_settings() == defaults, "not for new sketches"


def test_a_drag_left_open_ends_where_the_next_one_ends_elsewhere(scene) -> None:
    ink(scene)
    scene.session.change("thickness", 6.0, final=False)
    scene.loop.turn()
    assert scene.session.turns.busy
    scene.room.krita.show(Document())
    scene.session.change("thickness", 7.0, final=True)
    scene.room.krita.show(scene.raw)
    scene.loop.turn()
    assert not scene.session.turns.busy
    assert stripe(scene) == 6


def test_a_unit_is_remembered_and_nothing_drawn(scene) -> None:
    ink(scene)
    heard = []
    scene.session.settings_changed.connect(lambda: heard.append(scene.session.settings.unit))
    scene.session.change("unit", "mm", final=True)
    scene.session.change("unit", "mm", final=True)
    assert heard == ["mm"]
    assert not scene.session.turns.busy
    assert applied(scene).unit == "mm"


def test_detail_looks_at_the_sketch_again_once_the_drag_has_ended(scene) -> None:
    ink(scene)
    scene.session.change("detail", 0.5, final=False)
    scene.loop.turn()
    assert scene.engine.prepared == 1
    scene.session.change("detail", 0.5, final=True)
    scene.loop.turn()
    assert scene.engine.prepared == 2
    scene.session.change("detail", 0.5, final=True)
    scene.loop.turn()
    assert scene.engine.prepared == 2


def test_a_sketch_that_was_never_inked_follows_no_slider(scene) -> None:
    scene.session.change("thickness", 6.0, final=False)
    scene.session.change("detail", 0.5, final=True)
    scene.loop.turn()
    assert not scene.session.turns.busy
    assert stripe(scene) == 0


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (InkError("One sentence."), "One sentence."),
        (MemoryError(), "Krita ran out of memory"),
        (ZeroDivisionError(), "Something went wrong"),
    ],
)
def test_an_error_is_said_and_kept_and_the_next_run_goes_on(scene, error, said: str) -> None:
    scene.engine.error = error
    ink(scene)
    assert scene.session.messages.shown.text.startswith(said)
    assert scene.session.messages.shown.kind == "error"
    assert type(error).__name__ in scene.session.messages.last_error
    assert not scene.session.turns.busy
    scene.engine.error = None
    scene.session.ink()
    scene.loop.turn()
    assert stripe(scene) == 3


def test_a_cancelled_run_says_nothing(scene) -> None:
    scene.session.ink()
    scene.session.cancel(scene.session.queue.jobs[0])
    scene.loop.turn()
    assert scene.session.messages.shown.text == ""
    assert not scene.session.turns.busy
    assert stripe(scene) == 0


def test_live_runs_keep_still_about_what_the_next_stroke_mends(scene) -> None:
    document = scene.room.document.Document(scene.raw)
    layer = scene.room.layer.Layer(scene.sketch)
    scene.engine.error = scene.room.sketch.Problem("no lines")
    job = scene.session.ink_live(document, layer)
    scene.loop.turn()
    assert job.state is scene.room.jobs.JobState.failed
    assert scene.session.messages.shown.text == ""
    scene.engine.error = InkError("The model is damaged.")
    scene.session.ink_live(document, layer)
    scene.loop.turn()
    assert scene.session.messages.shown.text == "The model is damaged."


def test_live_inking_waits_while_a_run_does(scene, monkeypatch) -> None:
    now = [100.0]
    monkeypatch.setattr(scene.room.live.time, "monotonic", lambda: now[0])
    session, document = scene.session, scene.room.document.Document(scene.raw)
    waiting = scene.room.jobs.Job(document, scene.sketch.identity, "sketch", session.settings)
    session.queue.add(waiting)
    session.live.switch(True)
    now[0] += 1
    scene.loop.turn(3)
    assert session.queue.active == [waiting]
    waiting.cancel()
    now[0] += 1
    scene.loop.turn(3)
    assert [job.live for job in session.queue.active] == [True]


def test_runs_wait_while_other_work_is_done(scene) -> None:
    document = scene.room.document.Document(scene.raw)
    with scene.session.turns.at_work(document, scene.sketch.identity):
        assert scene.session.turns.busy
        scene.session.ink()
        scene.loop.turn()
        assert stripe(scene) == 0
    scene.loop.turn()
    assert stripe(scene) > 0


def inked_with(scene: SimpleNamespace, raw: Document, **values: Any) -> Any:
    """A sketch of a document in front and its lineart, known from its file alone; the sketch is selected."""
    raw.active = sketch = raw.add("inked")
    lineart = raw.add("Lineart: inked")
    state, record = scene.room.settings.DocumentState(), scene.room.settings.LineartRecord
    settings = scene.room.settings.InkSettings(**values)
    state = state.with_record(record(sketch.identity, (lineart.identity,), settings))
    raw.notes[scene.room.settings.NOTE_KEY] = state.to_json().encode()
    return sketch


def test_another_documents_settings_are_taken_and_an_unknown_brush_told(scene) -> None:
    ink(scene)
    other = scene.room.krita.show(Document())
    other.active = other.add("empty")
    scene.session.look()
    assert scene.session.settings.thickness == 3.0, "the artist's own, where there is no lineart"
    third = scene.room.krita.show(Document())
    inked = inked_with(scene, third, thickness=9.0, style="own:Nib")
    scene.session.look()
    assert scene.session.settings.thickness == 9.0
    assert scene.session.settings.style == "pen"
    assert '"Nib"' in scene.session.messages.shown.text
    scene.session.messages.say("")
    for layer in (third.add("empty"), inked):
        third.active = layer
        scene.session.look()
    assert scene.session.settings.thickness == 9.0
    assert scene.session.messages.shown.text == "", "told once"


OLD = """{"version": 1, "settings": {"thickness": 12.0, "colour": "foreground"}, "records": [
 {"sketch": "%s", "layers": ["%s"], "settings": {"thickness": 2.0, "unit": "mm", "colour": "black"}},
 {"sketch": "%s", "layers": ["%s"]}]}"""


def test_a_document_of_an_older_version_opens_as_before(scene) -> None:
    """Each lineart has its values; those the document kept are for its new sketches, until others are set."""
    raw = scene.room.krita.show(Document())
    layers = [raw.add(name) for name in ("A", "Lineart: A", "B", "Lineart: B")]
    other = raw.add("other")
    text = OLD % tuple(layer.identity for layer in layers)
    raw.notes[scene.room.settings.NOTE_KEY] = text.encode()

    def shown(layer: Any) -> tuple[float, str]:
        raw.active = layer
        scene.session.look()
        return scene.session.settings.thickness, scene.session.settings.unit

    assert [shown(layer) for layer in layers] == [(2.0, "mm"), (2.0, "mm"), (12.0, "px"), (12.0, "px")]
    assert shown(other) == (12.0, "px")
    scene.session.change("thickness", 5.0, final=True)
    assert shown(layers[0]) == (2.0, "mm")
    assert shown(other) == (5.0, "px")
    assert scene.room.preferences.load_settings().thickness == 5.0


def test_the_lineart_of_an_older_version_stays_as_drawn_and_new_ones_get_what_is_usual(scene) -> None:
    usual = scene.room.settings.InkSettings().weight
    raw = scene.room.krita.show(Document())
    layers = [raw.add(name) for name in ("A", "Lineart: A", "B", "Lineart: B")]
    other = raw.add("other")
    text = OLD % tuple(layer.identity for layer in layers)
    raw.notes[scene.room.settings.NOTE_KEY] = text.encode()
    for layer, weight in (*((one, 1.0) for one in layers), (other, usual)):
        raw.active = layer
        scene.session.look()
        assert scene.session.settings.weight == weight


def second_sketch(scene: SimpleNamespace, name: str = "second") -> Any:
    raw = scene.raw
    sketch = raw.add(name)
    ink = np.zeros((TALL, WIDE), np.uint8)
    ink[20:23, 5:50] = ink[5:35, 40:43] = 255
    painted(sketch, 0, 0, ink)
    return sketch


def go_to(scene: SimpleNamespace, layer: Any) -> Any:
    """The artist selects a layer; the settings that are shown then."""
    scene.raw.active = layer
    scene.session.look()
    return scene.session.settings


def lineart_of(scene: SimpleNamespace, sketch: Any) -> Any:
    document = scene.room.document.Document(scene.raw)
    return scene.session.context.memory.lineart_in_use(document, sketch.identity).raw


class TestWhoseSettings:
    def test_each_lineart_keeps_its_own_and_new_sketches_begin_with_the_artists(self, scene) -> None:
        ink(scene)
        scene.session.change("thickness", 8.0, final=True)
        scene.loop.turn()
        second = second_sketch(scene)
        assert go_to(scene, second).thickness == 3.0
        assert scene.session.target.lineart == ""
        scene.session.ink()
        scene.loop.turn()
        scene.session.change("thickness", 5.0, final=True)
        scene.session.change("style", "brush", final=True)
        scene.loop.turn()
        assert go_to(scene, scene.sketch).thickness == 8.0
        assert scene.session.settings.style == "pen"
        scene.session.ink()
        scene.loop.turn()
        assert stripe(scene) == 8
        assert go_to(scene, lineart_of(scene, second)).thickness == 5.0
        assert scene.session.target.lineart == "Lineart: second"

    def test_a_layer_between_sketch_and_lineart_in_one_or_on_one_belongs_to_them(self, scene) -> None:
        ink(scene)
        scene.session.change("thickness", 8.0, final=True)
        scene.loop.turn()
        between = scene.raw.add("flats")
        above = scene.raw.add("above")
        nodes = scene.raw.root.nodes
        nodes.remove(between)
        nodes.insert(nodes.index(scene.sketch) + 1, between)
        mask = scene.room.krita.front.createNode("mask", "transparencymask")
        lineart_of(scene, scene.sketch).addChildNode(mask, None)
        assert [go_to(scene, one).thickness for one in (between, mask)] == [8.0, 8.0]
        assert go_to(scene, above).thickness == 3.0
        go_to(scene, between)
        assert scene.session.target.title == "flats", "Ink sketch inks what is selected"
        scene.session.change("thickness", 6.0, final=True)
        scene.loop.turn()
        assert stripe(scene) == 6

    def test_a_value_moved_right_after_another_layer_was_selected_is_of_that_one(self, scene) -> None:
        ink(scene)
        scene.session.change("thickness", 8.0, final=True)
        scene.loop.turn()
        scene.raw.active = second_sketch(scene)
        scene.session.change("faint", 0.9, final=True)
        assert scene.session.settings.thickness == 3.0
        assert applied(scene).faint == 0.5
        assert go_to(scene, scene.sketch).faint == 0.5

    def test_undo_brings_an_older_lineart_back_with_its_settings(self, scene) -> None:
        ink(scene)
        first = lineart_of(scene, scene.sketch)
        scene.session.change("thickness", 8.0, final=True)
        scene.loop.turn()
        newer = lineart_of(scene, scene.sketch)
        scene.raw.root.addChildNode(first, newer)
        newer.remove()
        scene.session.look()
        assert scene.session.settings.thickness == 3.0
        assert '"thickness": 3.0' in scene.raw.notes[scene.room.settings.NOTE_KEY].decode(), (
            "in the file, too"
        )
        scene.raw.root.addChildNode(newer, first)
        first.remove()
        scene.session.look()
        assert scene.session.settings.thickness == 8.0

    def test_a_cancelled_change_is_shown_no_longer(self, scene) -> None:
        ink(scene)
        scene.session.change("detail", 0.5, final=True)
        assert scene.session.settings.detail == 0.5
        scene.session.cancel(scene.session.queue.jobs[-1])
        assert scene.session.settings.detail == 0.0
        scene.loop.turn()
        assert (scene.session.settings.detail, applied(scene).detail) == (0.0, 0.0)

    def test_a_failed_change_is_shown_no_longer(self, scene) -> None:
        ink(scene)
        scene.engine.error = InkError("One sentence.")
        scene.session.change("detail", 0.5, final=True)
        scene.loop.turn()
        assert scene.session.settings.detail == 0.0

    def test_a_slider_of_a_lineart_whose_lines_are_not_known_inks_it_again(self, scene) -> None:
        """As after a file was opened: moving it did nothing and said nothing."""
        ink(scene)
        scene.session.context.cache.keep_only(lambda _document: False)
        scene.session.change("thickness", 7.0, final=False)
        assert not scene.session.turns.busy
        scene.session.change("thickness", 7.0, final=True)
        scene.loop.turn()
        assert stripe(scene) == 7
        assert applied(scene).thickness == 7.0
        assert scene.engine.prepared == 2

    def test_what_is_set_while_the_first_ink_is_made_counts_for_it(self, scene) -> None:
        scene.session.ink()
        scene.session.change("thickness", 9.0, final=True)
        scene.loop.turn()
        assert stripe(scene) == 9
        assert scene.session.settings.thickness == 9.0
        assert scene.room.preferences.load_settings().thickness == 4.0

    def test_live_inks_with_the_settings_of_its_lineart(self, scene) -> None:
        ink(scene)
        scene.session.change("thickness", 8.0, final=True)
        scene.loop.turn()
        go_to(scene, second_sketch(scene))
        document, layer = scene.room.document.Document(scene.raw), scene.room.layer.Layer(scene.sketch)
        painted(scene.sketch, 10, 30, np.full((2, 20), 255, np.uint8))
        scene.session.ink_live(document, layer)
        scene.loop.turn()
        assert stripe(scene) == 8

    def test_values_are_kept_for_new_sketches_when_the_artist_says_so(self, scene) -> None:
        ink(scene)
        scene.session.change("thickness", 8.0, final=True)
        scene.loop.turn()
        scene.session.use_for_new_sketches()
        assert go_to(scene, second_sketch(scene)).thickness == 8.0
        assert scene.room.preferences.load_settings().thickness == 8.0

    def test_a_preset_is_kept_shared_and_taken_for_the_lineart_at_hand(self, scene, tmp_path) -> None:
        session, presets = scene.session, scene.session.presets
        assert presets.known() == []
        ink(scene)
        session.change("thickness", 8.0, final=True)
        scene.loop.turn()
        session.keep_preset(presets.folder / "Bold")
        assert [path.stem for path in presets.known()] == ["Bold"]
        second = second_sketch(scene)
        go_to(scene, second)
        session.ink()
        scene.loop.turn()
        session.take_preset(presets.known()[0])
        scene.loop.turn()
        assert applied(scene, second).thickness == session.settings.thickness == 8.0
        session.keep_preset(tmp_path / "elsewhere.slpreset")
        assert presets.load(tmp_path / "elsewhere.slpreset") == session.settings

    def test_colours_left_out_of_a_drawing_are_left_out_of_no_other(self, scene) -> None:
        session, presets = scene.session, scene.session.presets
        ink(scene)
        session.change("left_out", ["blue"], final=True)
        scene.loop.turn()
        assert applied(scene).left_out == ("blue",)
        session.use_for_new_sketches()
        assert scene.room.preferences.load_settings().left_out == ()
        session.keep_preset(presets.folder / "Rough")
        assert presets.load(presets.known()[0]).left_out == ()
        session.change("thickness", 8.0, final=True)
        session.take_preset(presets.known()[0])
        scene.loop.turn()
        assert applied(scene).left_out == ("blue",), "a preset leaves a drawing's own alone"
        second = second_sketch(scene)
        go_to(scene, second)
        session.ink()
        scene.loop.turn()
        assert applied(scene, second).left_out == ()

    def test_a_preset_of_an_older_version_is_as_it_looked(self, scene, tmp_path) -> None:
        presets, kept = scene.session.presets, tmp_path / "old.slpreset"
        kept.write_text('{"kind": "smart_lineart preset", "version": 1, "settings": {"thickness": 7.0}}')
        assert (presets.load(kept).thickness, presets.load(kept).weight) == (7.0, 1.0)
        own = replace(scene.session.settings, weight=0.25)
        assert presets.load(presets.save(tmp_path / "new", own)).weight == 0.25

    def test_a_preset_with_another_detail_looks_at_the_sketch_again(self, scene) -> None:
        ink(scene)
        presets = scene.session.presets
        wanted = scene.session.settings.with_value("detail", 0.5)
        scene.session.take_preset(presets.save(presets.folder / "Fine", wanted))
        scene.loop.turn()
        assert scene.engine.prepared == 2
        assert applied(scene).detail == 0.5

    def test_what_is_no_preset_is_told(self, scene, tmp_path) -> None:
        for text in ("", "nonsense", '{"settings": {}}', "[" * 10000):
            path = tmp_path / "bad.slpreset"
            path.write_text(text)
            scene.session.take_preset(path)
            assert scene.session.messages.shown.text == "bad.slpreset is not a preset of settings."
        scene.session.take_preset(tmp_path / "gone")
        assert scene.session.messages.shown.text.startswith("gone cannot be read")
        scene.session.keep_preset(tmp_path / "bad.slpreset" / "below")
        assert "cannot be written" in scene.session.messages.shown.text
        assert scene.session.settings == scene.room.settings.InkSettings(auto=True)

    def test_a_colour_once_taken_stays_until_it_is_taken_again(self, scene, monkeypatch) -> None:
        blue = {"model": "RGBA", "depth": "U8", "profile": "p", "components": [1.0, 0.0, 0.0, 1.0]}
        red = {**blue, "components": [0.0, 0.0, 1.0, 1.0]}
        colour = scene.room.settings.Colour.from_dict
        monkeypatch.setattr(scene.room.session.colour, "take_foreground", lambda: blue)
        ink(scene)
        scene.session.change("colour", "foreground", final=True)
        scene.loop.turn()
        assert applied(scene).colour == colour(blue)
        monkeypatch.setattr(scene.room.session.colour, "take_foreground", lambda: red)
        scene.session.change("thickness", 6.0, final=True)
        scene.loop.turn()
        assert applied(scene).colour == colour(blue)
        scene.session.change("colour", "foreground", final=True)
        scene.loop.turn()
        assert applied(scene).colour == colour(red)


class TestWhatIsMovedDuringARun:
    def until_ready(self, scene, monkeypatch) -> list[bool]:
        """A run that has drawn its ink and waits: the artist holds the pen down."""
        down = [True]
        for module in (scene.room.in_front, scene.room.settling):
            monkeypatch.setattr(module.view, "painting", lambda: down[0])
        scene.session.ink()
        scene.loop.turn(60)
        assert scene.session.turns.busy
        return down

    def test_a_first_ink_that_is_drawn_already_is_drawn_as_moved_since(self, scene, monkeypatch) -> None:
        down = self.until_ready(scene, monkeypatch)
        scene.session.change("thickness", 9.0, final=True)
        down[0] = False
        scene.loop.turn()
        assert (stripe(scene), applied(scene).thickness, scene.session.settings.thickness) == (9, 9.0, 9.0)
        assert scene.room.krita.triggered == [], "one undo step: the layer that came"

    @pytest.mark.parametrize("known", [True, False], ids=["lines known", "opened anew"])
    def test_ink_again_that_is_drawn_already_is_drawn_as_moved_since(self, scene, monkeypatch, known) -> None:
        ink(scene)
        if not known:
            scene.session.context.cache.keep_only(lambda _document: False)
        down = self.until_ready(scene, monkeypatch)
        scene.session.change("thickness", 9.0, final=True)
        scene.loop.turn(60)
        down[0] = False
        scene.loop.turn()
        assert (stripe(scene), applied(scene).thickness, scene.session.settings.thickness) == (9, 9.0, 9.0)
        assert len(scene.room.krita.triggered) == 1, "one undo step"

    def test_a_live_run_does_not_undo_what_was_moved_meanwhile(self, scene, monkeypatch) -> None:
        ink(scene)
        painted(scene.sketch, 10, 30, np.full((2, 20), 255, np.uint8))
        monkeypatch.setattr(
            scene.session, "ink",
            lambda: scene.session.ink_live(
                scene.room.document.Document(scene.raw), scene.room.layer.Layer(scene.sketch)
            ),
        )  # fmt: skip
        down = self.until_ready(scene, monkeypatch)
        scene.session.change("thickness", 9.0, final=True)
        scene.loop.turn(60)
        down[0] = False
        scene.loop.turn()
        assert (stripe(scene), applied(scene).thickness, scene.session.settings.thickness) == (9, 9.0, 9.0)

    def test_what_is_moved_right_after_the_layer_came_is_drawn_too(self, scene, monkeypatch) -> None:
        original, moved = scene.room.run.stay_on, []

        def stay_on(*values: Any) -> Any:
            if not moved:
                moved.append(scene.session.change("thickness", 9.0, final=True))
            return original(*values)

        monkeypatch.setattr(scene.room.run, "stay_on", stay_on)
        ink(scene)
        assert moved
        assert (stripe(scene), applied(scene).thickness, scene.session.settings.thickness) == (9, 9.0, 9.0)


class TestWhatWaitsForAClick:
    def waiting(self, scene) -> Any:
        """Detail set for a new layer, and another sketch inked before the click comes."""
        ink(scene)
        scene.session.keep_copies(True)
        scene.session.change("detail", 0.5, final=True)
        document = scene.room.document.Document(scene.raw)
        other = scene.room.layer.Layer(second_sketch(scene))
        scene.session.ink_live(document, other)
        scene.loop.turn()
        assert scene.engine.prepared == 2
        return document

    def test_it_is_still_shown_after_another_run(self, scene) -> None:
        self.waiting(scene)
        assert (scene.session.settings.detail, applied(scene).detail) == (0.5, 0.0)
        scene.session.change("thickness", 7.0, final=True)
        scene.loop.turn()
        assert (scene.session.settings.detail, applied(scene).thickness) == (0.5, 7.0)
        scene.session.ink()
        scene.loop.turn()
        assert (scene.session.settings.detail, applied(scene).detail) == (0.5, 0.5)

    def test_it_is_taken_back_where_no_new_layer_is_wanted_any_more(self, scene) -> None:
        self.waiting(scene)
        scene.session.keep_copies(False)
        assert scene.session.settings.detail == 0.0

    def test_it_belongs_to_its_document(self, scene) -> None:
        """A copy of a file has layers of the same identities."""
        self.waiting(scene)
        twin = scene.room.krita.show(Document(WIDE, TALL))
        twin.notes = dict(scene.raw.notes)
        for node in scene.raw.root.nodes:
            copy = node.duplicate()
            copy.identity, copy.document = node.identity, twin
            twin.root.addChildNode(copy, None)
        twin.active = twin.root.nodes[0]
        scene.session.look()
        assert scene.session.settings.detail == 0.0


def test_a_damaged_note_is_told(scene) -> None:
    other = scene.room.krita.show(Document())
    other.active = other.add("layer")
    other.notes[scene.room.settings.NOTE_KEY] = b"{nonsense"
    scene.session.look()
    assert "damaged" in scene.session.messages.shown.text


class TestMessagesGoWithTheirCause:
    def text(self, scene) -> str:
        scene.session.look()
        return scene.session.messages.shown.text

    def test_what_asks_for_a_layer_goes_once_there_is_one(self, scene) -> None:
        scene.raw.active = None
        scene.session.ink()
        assert self.text(scene)
        scene.raw.active = scene.sketch
        assert self.text(scene) == ""

    def test_what_asks_for_a_document_goes_once_there_is_one(self, scene) -> None:
        scene.room.krita.front = None
        scene.session.switch_live(True)
        assert "Open a document" in self.text(scene)
        scene.room.krita.show(scene.raw)
        assert self.text(scene) == ""

    def test_a_blank_sketch_is_told_until_another_layer_is_selected(self, scene) -> None:
        scene.raw.active = scene.raw.add("empty")
        scene.session.ink()
        scene.loop.turn()
        assert '"empty"' in self.text(scene)
        scene.raw.active = scene.sketch
        assert self.text(scene) == ""

    def test_no_lines_are_told_until_the_settings_are_others(self, scene, monkeypatch) -> None:
        draw = scene.engine.draw
        blank = np.zeros((TALL, WIDE), np.uint8)
        monkeypatch.setattr(
            scene.engine, "draw", lambda *_, **__: FreshInk(blank, Rect(0, 0, WIDE, TALL), 4.0, None)
        )
        ink(scene)
        assert "No lines" in self.text(scene)
        monkeypatch.setattr(scene.engine, "draw", draw)
        scene.session.change("faint", 0.1, final=True)
        scene.loop.turn()
        assert self.text(scene) == ""

    def test_each_request_of_new_ink_goes_once_it_is_met(self, scene) -> None:
        scene.session.take_new()
        assert "no lineart" in self.text(scene)
        ink(scene)
        scene.session.take_new()
        assert "Select the area" in self.text(scene)
        scene.raw.chosen = Selection(np.full((TALL, WIDE), 255, np.uint8))
        assert self.text(scene) == ""
        with scene.session.turns.at_work(scene.room.document.Document(scene.raw), scene.sketch.identity):
            scene.session.take_new()
            assert "Wait" in self.text(scene)
        assert self.text(scene) == ""

    def test_a_missing_brush_is_told_until_another_is_chosen(self, scene) -> None:
        raw = scene.room.krita.show(Document())
        inked_with(scene, raw, style="own:Nib")
        assert '"Nib"' in self.text(scene)
        assert '"Nib"' in self.text(scene)
        scene.session.settings = scene.session.settings.with_value("style", "brush")
        assert self.text(scene) == ""


class TestDetailIsPreviewed:
    @pytest.fixture
    def seen(self, scene, monkeypatch) -> list[Any]:
        """The page's right part is in the window; what is prepared of the sketch: size, scale, detail."""
        krita, prepared = scene.room.krita, []
        krita.scrolled, krita.shown = (30, 10), (20, 20)
        krita.canvas = SimpleNamespace(zoomLevel=lambda: 1.0, rotation=lambda: 0.0, mirror=lambda: False)
        monkeypatch.setattr(scene.room.colour, "on_screen", lambda _colour: "#000000", raising=False)
        original = scene.engine.prepare

        def prepare(sketch, settings, progress, cancelled, earlier=None) -> Any:
            known = earlier.auto_scale if earlier is not None else None
            prepared.append((sketch.size, known, settings.detail, sketch.read_luma(0, 5).shape))
            return original(sketch, settings, progress, cancelled, earlier)

        ink(scene)
        monkeypatch.setattr(scene.engine, "prepare", prepare)
        return prepared

    def drag(self, scene, *values: float) -> Any:
        for value in values:
            scene.session.change("detail", value, final=False)
        scene.loop.turn()
        return scene.session.preview.shown

    def test_what_is_seen_is_inked_beside_the_document(self, scene, seen) -> None:
        shown = self.drag(scene, 0.2, 0.5)
        assert shown.area == Rect(29, 9, 23, 23)
        assert seen == [((23, 23), 0.4, 0.5, (5, 23))], "only the newest wish, seen as the page is"
        assert (shown.selected, shown.colour) == (None, "#000000")
        assert scene.room.krita.triggered == []
        assert applied(scene).detail == 0.0

    def test_of_a_large_part_the_middle_is_inked(self, scene, seen, monkeypatch) -> None:
        monkeypatch.setattr(scene.room.preview, "MOST_PIXELS", 23 * 23 * 0.16 * 2 / 4)
        shown = self.drag(scene, 0.5)
        assert shown.area == Rect(34, 14, 12, 12)
        assert seen[-1][0] == (12, 12)

    def test_the_middle_is_the_page_s_own_scale(self, scene, seen) -> None:
        scene.session.change("detail", 0.5, final=True)
        scene.loop.turn()
        self.drag(scene, 0.0)
        assert 0 < seen[-1][2] < 0.001
        assert seen[-1][1] == 0.4

    def test_it_goes_when_the_run_has_drawn_it(self, scene, seen) -> None:
        self.drag(scene, 0.5)
        scene.session.change("detail", 0.5, final=True)
        assert scene.session.preview.shown is not None, "until then nothing flickers"
        scene.loop.turn()
        assert scene.session.preview.shown is None
        assert applied(scene).detail == 0.5

    def test_it_goes_when_the_run_is_cancelled(self, scene, seen) -> None:
        self.drag(scene, 0.5)
        scene.session.change("detail", 0.5, final=True)
        scene.session.cancel(scene.session.queue.active[0])
        assert scene.session.preview.shown is None

    def test_it_goes_when_the_slider_comes_back(self, scene, seen) -> None:
        assert self.drag(scene, 0.5) is not None
        assert self.drag(scene, 0.0) is None
        assert self.drag(scene, 0.5) is not None
        scene.session.change("detail", 0.0, final=True)
        assert scene.session.preview.shown is None

    def test_it_goes_when_the_artist_leaves(self, scene, seen) -> None:
        assert self.drag(scene, 0.5) is not None
        go_to(scene, second_sketch(scene))
        assert scene.session.preview.shown is None
        go_to(scene, scene.sketch)
        assert self.drag(scene, 0.5) is not None
        scene.room.krita.front = None
        scene.session.look()
        assert scene.session.preview.shown is None

    def test_it_stays_when_other_work_ends(self, scene, seen) -> None:
        assert self.drag(scene, 0.5) is not None
        with scene.session.turns.at_work("another document", "sketch"):
            pass
        assert scene.session.preview.shown is not None
        scene.session.change("detail", 0.5, final=True)
        with scene.session.turns.at_work("another document", "sketch"):
            pass
        assert scene.session.preview.shown is not None, "its run is still to come"
        scene.loop.turn()
        assert scene.session.preview.shown is None

    @pytest.mark.parametrize("selected", [False, True])
    def test_its_pixels_are_ink_over_a_veil(self, scene, selected: bool) -> None:
        coverage = np.arange(256 * 200, dtype=np.int64).reshape(200, 256).astype(np.uint8)
        share = np.repeat(np.arange(200, dtype=np.uint8)[:, None], 256, 1)
        shown = scene.room.preview.Shown(
            None, Rect(0, 0, 256, 200), coverage, share if selected else None, "#ff8001"
        )
        ink = coverage[..., None] / 255
        expected = 255 * 0.85 * (1 - ink) + np.array([1, 128, 255, 255]) * ink
        if selected:
            expected = expected * share[..., None] / 255
        assert np.abs(shown.pixels() - expected).max() <= 1.0

    def test_its_pixels_need_little_more_room_than_they_take(self, scene) -> None:
        coverage = np.zeros((1000, 1000), np.uint8)
        shown = scene.room.preview.Shown(None, Rect(0, 0, 1000, 1000), coverage, coverage, "#000000")
        tracemalloc.start()
        try:
            pixels = shown.pixels()
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert most < 1.5 * pixels.nbytes

    def test_inside_a_selection_it_shows_no_more_than_that(self, scene, seen) -> None:
        chosen = np.zeros((TALL, WIDE), np.uint8)
        chosen[:, :40] = 255
        scene.raw.chosen = Selection(chosen)
        shown = self.drag(scene, 0.5)
        assert (shown.selected == np.where(np.arange(29, 52) < 40, 255, 0)).all()

    def test_what_cannot_be_inked_is_not_shown_and_not_told(self, scene, seen, monkeypatch) -> None:
        scene.engine.error = InkError("The model is damaged.")
        assert self.drag(scene, 0.5) is None
        assert scene.session.messages.shown.text == ""


def test_what_is_looked_at_again_and_again_is_looked_for_once(scene, monkeypatch) -> None:
    ink(scene)
    asked = []
    monkeypatch.setattr(scene.session, "_target_at", lambda *_: asked.append(1) or scene.session.target)
    for _ in range(3):
        scene.session.look()
    assert len(asked) <= 1
    asked.clear()
    scene.room.krita.action("edit_undo").words = "Undo: renewed"
    for _ in range(3):
        scene.session.look()
    assert asked == [1]


def test_closing_ends_all_work(scene) -> None:
    ink(scene)
    scene.session.live.switch(True)
    scene.session.change("thickness", 6.0, final=False)
    scene.session.ink()
    job = scene.session.queue.jobs[-1]
    scene.session.close()
    scene.loop.turn()
    assert scene.loop.actions == deque()
    assert job.cancelled
    assert stripe(scene) == 3, "nothing follows any more"
    assert scene.session.queue.active == []
    assert not scene.session.live.on
    assert scene.session.context.ink_worker.stopped
    assert scene.session.context.render_worker.stopped
    scene.session.ink()
    scene.loop.turn()
    assert scene.session.queue.active, "it is never begun"


def test_a_pen_is_watched_until_krita_closes(scene) -> None:
    """Where Qt counts it among no buttons, nothing else tells that it paints."""
    assert len(scene.room.krita.filters) == 1
    scene.session.close()
    assert scene.room.krita.filters == []


def test_closing_lets_go_of_what_a_group_is_composed_in(scene) -> None:
    around = scene.raw.add("group", "grouplayer")
    around.addChildNode(scene.sketch.duplicate(), None)
    around.passing, scene.raw.active = True, around
    scene.session.ink()
    scene.loop.turn(2)
    (bench,) = [document for document in scene.room.krita.open if document is not scene.raw]
    assert not bench.closed
    scene.session.close()
    assert bench.closed
    scene.loop.turn()
    assert not scene.session.turns.busy


def test_the_pen_is_black_or_kritas_foreground(scene) -> None:
    scene.room.krita.foreground = "blue"
    settings = scene.room.settings.InkSettings
    assert scene.room.pen.chosen_colour(settings()) is None
    assert scene.room.pen.chosen_colour(settings(colour="foreground")) == "blue"


def test_engine_options_are_kept(scene) -> None:
    scene.engine.options = scene.room.engine.EngineOptions()
    scene.session.set_engine_options(memory=512)
    assert scene.engine.options.memory == 512
    assert scene.room.preferences.load_engine_options().memory == 512


def test_asking_for_devices_ends_with_krita(scene, monkeypatch) -> None:
    """A driver may keep it waiting for long."""
    asked: list[Callable[[], bool]] = []
    monkeypatch.setattr(scene.room.context, "list_devices_isolated", lambda stop: asked.append(stop) or [])
    assert scene.session.context.look_for_devices().value == []
    assert not asked[0]()
    scene.session.close()
    assert asked[0]()


class TestARedrawAfterTheInkIsIn:
    """The artist moved a slider while the ink was put in."""

    @pytest.fixture
    def redrawn(self, scene) -> Any:
        """Its run, about to draw for the second time."""
        scene.session.change("thickness", 3.0, final=True)
        scene.session.ink()
        (job,) = scene.session.queue.active
        while not stripe(scene):
            scene.loop.turn(1)
        scene.session.change("thickness", 8.0, final=False)
        return job

    def test_it_can_be_cancelled_and_the_ink_stays(self, scene, redrawn, monkeypatch) -> None:
        draw = scene.engine.draw
        cancelled = []

        def draw_and_cancel(*rest: Any, **options: Any) -> FreshInk:
            scene.session.cancel(redrawn)
            cancelled.append(options["cancelled"]())
            return draw(*rest, **options)

        monkeypatch.setattr(scene.engine, "draw", draw_and_cancel)
        scene.loop.turn()
        assert cancelled == [True]
        assert redrawn.state is scene.room.jobs.JobState.cancelled
        assert not scene.session.turns.busy
        assert (stripe(scene), applied(scene).thickness) == (3, 3.0)
        assert scene.session.settings.thickness == 3.0, "what was not applied is not shown"
        monkeypatch.setattr(scene.engine, "draw", draw)
        scene.session.change("thickness", 6.0, final=True)
        scene.loop.turn()
        assert (stripe(scene), scene.engine.prepared) == (6, 1), "its lines are known"

    def test_it_goes_through_where_nobody_cancels(self, scene, redrawn) -> None:
        scene.loop.turn()
        assert redrawn.state is scene.room.jobs.JobState.finished
        assert (stripe(scene), applied(scene).thickness) == (8, 8.0)


class TestASketchInAGroupThatIsInked:
    @pytest.fixture
    def grouped(self, scene, monkeypatch) -> Any:
        """The sketch, faded behind its ink, lies in a group that is selected."""
        monkeypatch.setattr(scene.room.reveal.stack, "bare_paper", lambda *_: None)
        around = scene.raw.add("group", "grouplayer")
        scene.sketch.remove()
        around.addChildNode(scene.sketch, None)
        ink(scene)
        assert scene.sketch.opacity() == scene.room.veil.FADED
        scene.raw.active = around
        scene.session.look()
        return around

    def look(self, scene) -> str:
        document, layer = scene.room.document.Document(scene.raw), scene.room.layer.Layer(scene.sketch)
        return scene.session.context.reveal.look_of(document, layer)

    def test_is_shown_when_the_ink_is_there(self, scene, grouped) -> None:
        scene.session.ink()
        scene.loop.turn()
        assert (scene.sketch.opacity(), self.look(scene)) == (255, "shown")

    def test_is_faded_again_where_live_finds_nothing_new_to_ink(self, scene, grouped) -> None:
        document, layer = scene.room.document.Document(scene.raw), scene.room.layer.Layer
        scene.session.ink_live(document, layer(grouped))
        scene.loop.turn()
        reveal, lifted = scene.session.context.reveal, []
        reveal.choose(document, layer(scene.sketch), scene.room.veil.PALE)
        lift = reveal.lift_inside
        reveal.lift_inside = lambda *group: lifted.append(lift(*group)) or lifted[-1]
        scene.session.ink_live(document, layer(grouped))
        scene.loop.turn()
        assert [len(one) for one in lifted] == [1]
        assert (scene.sketch.opacity(), self.look(scene)) == (scene.room.veil.FADED, "faded")

    @pytest.mark.parametrize("turns", [0, 1, 2, 4, 6])
    def test_is_faded_again_when_that_is_cancelled(self, scene, grouped, turns: int) -> None:
        scene.session.ink()
        scene.loop.turn(turns)
        (job,) = scene.session.queue.active
        scene.session.cancel(job)
        scene.loop.turn()
        assert (scene.sketch.opacity(), self.look(scene)) == (scene.room.veil.FADED, "faded")

    def test_is_faded_again_when_that_fails_and_not_where_the_artist_has_shown_it(self, scene, grouped):
        scene.engine.error = InkError("The model is damaged.")
        scene.session.ink()
        scene.loop.turn()
        assert scene.sketch.opacity() == scene.room.veil.FADED
        scene.session.ink()
        scene.loop.turn(2)
        assert scene.sketch.opacity() == 255
        scene.sketch.setOpacity(200)
        scene.loop.turn()
        assert scene.sketch.opacity() == 200


class TestPaperWithNothingBeneath:
    """A scan that fades onto its own colour, under all layers."""

    PAPER = (240, 230, 210, 255)
    CLEAR = (10, 20, 30, 0)

    @pytest.fixture
    def faded(self, scene, monkeypatch) -> Any:
        """Its document, as fake Krita has it."""
        bare = lambda document, _layer: None if document.has_background else self.PAPER[:3]  # noqa: E731
        monkeypatch.setattr(scene.room.reveal.stack, "bare_paper", bare)
        scene.raw.beneath = self.CLEAR
        ink(scene)
        self.look(scene)
        assert scene.raw.beneath[3] == 255
        return scene.raw

    def look(self, scene) -> None:
        for _ in range(3):
            scene.session.look()
            scene.loop.turn()

    def veil(self, scene) -> Any:
        document = scene.room.document.Document(scene.raw)
        return scene.session.context.memory.veil_of(document, scene.sketch.identity)

    def choose(self, scene, look: str) -> None:
        document, layer = scene.room.document.Document(scene.raw), scene.room.layer.Layer(scene.sketch)
        scene.session.context.reveal.choose(document, layer, look)
        self.look(scene)

    def test_goes_and_what_was_there_is_back_when_it_is_shown(self, scene, faded) -> None:
        assert faded.beneath == self.PAPER
        self.choose(scene, "shown")
        assert faded.beneath == self.CLEAR
        self.choose(scene, "faded")
        assert faded.beneath == self.PAPER

    @pytest.mark.parametrize("turns", [0, 1, 2, 4, 6])
    def test_is_there_again_after_a_group_around_it_brought_no_ink(self, scene, faded, turns: int) -> None:
        around = faded.add("group", "grouplayer")
        scene.sketch.remove()
        around.addChildNode(scene.sketch, None)
        faded.active = around
        self.look(scene)
        scene.session.ink()
        scene.loop.turn(turns)
        (job,) = scene.session.queue.active
        scene.session.cancel(job)
        scene.loop.turn()
        self.look(scene)
        assert (scene.sketch.opacity(), faded.beneath) == (scene.room.veil.FADED, self.PAPER)
        faded.active = scene.sketch
        self.choose(scene, "shown")
        assert faded.beneath == self.CLEAR, "it still is known for ours"

    def test_is_known_for_ours_where_the_colour_space_changes_it(self, scene, faded, monkeypatch) -> None:
        self.choose(scene, "shown")
        put = lambda colour: setattr(faded, "beneath", (231, 231, 231, 255) if colour[3] else colour)  # noqa: E731
        monkeypatch.setattr(faded, "setBackgroundColor", put)
        self.choose(scene, "faded")
        assert faded.beneath == (231, 231, 231, 255)
        self.choose(scene, "shown")
        assert faded.beneath == self.CLEAR

    def test_is_known_for_ours_after_the_document_was_converted(self, scene, faded, monkeypatch) -> None:
        monkeypatch.setattr(type(faded), "colorModel", lambda _: "GRAYA")
        faded.beneath = (231, 231, 231, 255)
        self.look(scene)
        self.choose(scene, "shown")
        assert faded.beneath == self.CLEAR

    def test_one_that_the_artist_puts_there_stays(self, scene, faded) -> None:
        faded.beneath = (231, 231, 231, 255)
        self.look(scene)
        self.choose(scene, "shown")
        assert faded.beneath == (231, 231, 231, 255)
        assert not self.veil(scene).beneath

    def test_stays_for_good_where_the_scan_is_merged_into_another_layer(self, scene, faded) -> None:
        for layer in [*faded.rootNode().childNodes()]:
            layer.remove()
        faded.active = faded.add("merged")
        self.look(scene)
        assert faded.beneath == self.PAPER

    def test_goes_where_the_scan_is_deleted(self, scene, faded) -> None:
        scene.sketch.remove()
        (faded.active,) = faded.rootNode().childNodes()
        self.look(scene)
        assert faded.beneath == self.CLEAR

    def test_goes_while_a_group_around_it_is_hidden(self, scene, faded) -> None:
        around = faded.add("group", "grouplayer")
        scene.sketch.remove()
        around.addChildNode(scene.sketch, None)
        self.look(scene)
        assert faded.beneath == self.PAPER
        around.setVisible(False)
        self.look(scene)
        assert faded.beneath == self.CLEAR
        around.setVisible(True)
        self.look(scene)
        assert faded.beneath == self.PAPER

    def test_goes_while_it_is_hidden_and_another_layer_is_at_hand(self, scene, faded) -> None:
        faded.active = faded.add("another")
        self.look(scene)
        assert scene.session.pair is None
        scene.sketch.setVisible(False)
        self.look(scene)
        assert faded.beneath == self.CLEAR

    def test_is_known_for_ours_when_the_scan_gets_its_first_ink_again(self, scene, faded) -> None:
        reveal = scene.session.context.reveal
        document, layer = scene.room.document.Document(scene.raw), scene.room.layer.Layer(scene.sketch)
        scene.sketch.setOpacity(255)  # by hand, its lineart merged away
        reveal.at_first_ink(document, layer, scene.room.reveal.Fading())
        self.look(scene)
        assert (scene.sketch.opacity(), self.veil(scene).beneath) == (scene.room.veil.FADED, True)
        self.choose(scene, "shown")
        assert faded.beneath == self.CLEAR

    def test_is_known_for_ours_when_ink_comes_that_does_not_fade_it(self, scene, faded) -> None:
        reveal, memory = scene.session.context.reveal, scene.session.context.memory
        document, layer = scene.room.document.Document(scene.raw), scene.room.layer.Layer(scene.sketch)
        memory.note_veil(document, scene.sketch.identity, replace(self.veil(scene), on=False, laid=False))
        reveal.at_first_ink(document, layer, scene.room.reveal.Fading())
        assert self.veil(scene).beneath
        self.look(scene)
        assert faded.beneath == self.CLEAR

    def test_a_document_that_is_closed_meanwhile_is_looked_at_no_more(
        self, scene, faded, monkeypatch
    ) -> None:
        reveal, asked = scene.session.context.reveal, []
        monkeypatch.setattr(reveal, "follow", lambda *_: scene.room.krita.open.remove(faded))
        monkeypatch.setattr(scene.session, "_target_at", lambda *rest: asked.append(rest))
        scene.session._seen = None
        scene.session.look()
        assert asked == []

    def test_nor_is_one_that_is_closed_where_a_group_is_lifted(self, scene, faded, monkeypatch) -> None:
        around = faded.add("group", "grouplayer")
        scene.sketch.remove()
        around.addChildNode(scene.sketch, None)
        reveal = scene.session.context.reveal
        document, layer = scene.room.document.Document(faded), scene.room.layer.Layer(around)
        monkeypatch.setattr(reveal, "choose", lambda *_: scene.room.krita.open.remove(faded))
        assert reveal.lift_inside(document, layer) == []


class TestALookAtOneOfTheTwo:
    @pytest.fixture
    def held(self, scene) -> Any:
        ink(scene)
        scene.session.look()
        document, pair = scene.session.at_hand
        scene.session.context.reveal.hold(document, pair, ink=True)
        assert not scene.sketch.visible()
        return scene.session.context.reveal.glance

    def test_lasts_while_live_and_other_documents_go_on(self, scene, held) -> None:
        document, layer = scene.room.document.Document(scene.raw), scene.room.layer.Layer(scene.sketch)
        job = scene.session.ink_live(document, layer)
        job.report(0.5)
        scene.loop.turn()
        assert held.active
        assert job.state is scene.room.jobs.JobState.queued, "layers are not as they are"
        job.cancel()
        scene.loop.turn()
        assert held.active
        held.end()
        assert scene.sketch.visible()
        assert not scene.room.view.painting()

    def test_nothing_is_changed_meanwhile(self, scene, held) -> None:
        assert scene.room.view.painting()
        assert not scene.room.view.button_down()

    def test_ends_where_the_artist_asks_for_ink(self, scene, held) -> None:
        scene.session.ink()
        assert not held.active
        assert scene.sketch.visible()


class TestAThicknessThatIsChosen:
    def suits(self, scene, **notes: Any) -> float:
        """With these notes of how the sketch was seen, and its lines not known any more."""
        document, memory = scene.room.document.Document(scene.raw), scene.session.context.memory
        lineart = memory.lineart_in_use(document, scene.sketch.identity)
        record = memory.ink_of(document, lineart)
        memory.note_ink(document, lineart, replace(record, notes={"sketch": notes}))
        scene.session.context.cache.keep_only(lambda _: False)
        scene.session._seen = None
        scene.session.suit_thickness()
        return scene.session.settings.thickness

    @pytest.fixture
    def large(self, scene, monkeypatch) -> None:
        ink(scene)
        page = Rect(0, 0, 5000, 4000)
        monkeypatch.setattr(scene.room.document.Document, "page", page)

    def test_is_the_same_in_a_file_that_was_opened_again(self, scene, large) -> None:
        assert self.suits(scene, extent=1000) == 4.0
        assert scene.session.settings.auto

    @pytest.mark.parametrize("extent", [None, True, "5", -1])
    def test_is_the_page_s_where_the_file_does_not_tell(self, scene, large, extent) -> None:
        assert self.suits(scene, extent=extent) == 10.0

    def test_stays_where_it_was_chosen_once_and_the_file_tells_no_more(self, scene, large) -> None:
        document, memory = scene.room.document.Document(scene.raw), scene.session.context.memory
        lineart = memory.lineart_in_use(document, scene.sketch.identity)
        chosen = applied(scene).suited(2.5)
        memory.note_lineart(document, scene.sketch.identity, lineart, chosen)
        assert self.suits(scene) == 2.5

    def test_of_a_preset_is_chosen_for_the_lineart_at_hand(self, scene, large, tmp_path) -> None:
        scene.session.context.cache.keep_only(lambda _: False)
        path = scene.room.presets.file_of(tmp_path / "auto")
        settings = scene.room.settings.InkSettings(auto=True)
        scene.session.presets.keep(path, settings, scene.session.messages)
        scene.session.take_preset(path)
        assert (scene.session.settings.thickness, scene.session.settings.auto) == (10.0, True)


def test_what_is_said_of_a_document_goes_when_that_is_closed(scene) -> None:
    document = scene.room.document.Document(scene.raw)
    scene.session.ink()
    other = scene.room.krita.show(Document())
    other.active = other.add("layer")
    scene.session.look()
    scene.session.messages.say('"sketch" is ready.', of=document)
    scene.session.look()
    assert scene.session.messages.shown.text
    scene.room.krita.open.remove(scene.raw)
    scene.session.look()
    assert scene.session.messages.shown.text == ""
    scene.loop.turn()
    assert "closed" in scene.session.messages.shown.text, "the run tells, for a while"
    scene.session.look()
    assert "closed" in scene.session.messages.shown.text
    assert scene.session.messages.shown.of is None or scene.session.messages.shown.of.raw is other


class TestAPartWithSettingsOfItsOwn:
    """The stripe's right part, from column 30 on, is selected while something is set."""

    def thick(self, scene) -> list[int]:
        """The stripe's thickness at its left and at its right; rows from 20 on count, for another detail."""
        document = scene.room.document.Document(scene.raw)
        layer = scene.session.context.memory.lineart_in_use(document, scene.sketch.identity)
        return [int((alpha_of(layer.raw, column, 0, 1, TALL) > 0).sum()) for column in (10, 45)]

    def top(self, scene) -> list[int]:
        """The stripe's first row there."""
        document = scene.room.document.Document(scene.raw)
        layer = scene.session.context.memory.lineart_in_use(document, scene.sketch.identity)
        return [int((alpha_of(layer.raw, column, 0, 1, TALL) > 0).argmax()) for column in (10, 45)]

    def select(self, scene, left: int | None, right: int = WIDE) -> None:
        scene.raw.chosen = None
        if left is not None:
            chosen = np.zeros((TALL, WIDE), np.uint8)
            chosen[:, left:right] = 255
            scene.raw.chosen = Selection(chosen)
        scene.session.look()

    def set(self, scene, name: str, *values: Any) -> None:
        for value in values:
            scene.session.change(name, value, final=value == values[-1])
            scene.loop.turn()

    @pytest.fixture
    def parted(self, scene) -> None:
        ink(scene)
        self.select(scene, 30)
        self.set(scene, "thickness", 6.0, 8.0)
        assert self.thick(scene) == [3, 8]

    def test_keeps_them_when_a_slider_moves_afterwards(self, scene, parted) -> None:
        self.select(scene, None)
        self.set(scene, "thickness", 4.0, 5.0)
        assert self.thick(scene) == [5, 8]
        assert scene.engine.prepared == 1
        assert applied(scene).thickness == 5.0

    def test_shows_them_where_it_is_selected(self, scene, parted) -> None:
        assert scene.session.settings.thickness == 8.0
        self.select(scene, None)
        assert scene.session.settings.thickness == 3.0
        self.select(scene, 40)
        assert scene.session.settings.thickness == 8.0
        self.select(scene, 0, 30)
        assert scene.session.settings.thickness == 3.0

    def test_has_a_line_weight_of_its_own(self, scene, parted) -> None:
        self.set(scene, "weight", 0.2)
        self.select(scene, None)
        whole = scene.session.settings.weight
        assert applied(scene).weight == whole != 0.2
        self.set(scene, "thickness", 5.0)
        self.select(scene, 30)
        assert (scene.session.settings.weight, scene.session.settings.thickness) == (0.2, 8.0)

    def test_shows_them_whatever_is_selected_beyond_the_page(self, scene, parted) -> None:
        for top, thickness in ((0, 8.0), (TALL, 3.0)):
            chosen = np.zeros((2 * TALL, WIDE), np.uint8)
            chosen[top:, 30:] = 255
            scene.raw.chosen = Selection(chosen)
            scene.session.look()
            assert scene.session.settings.thickness == thickness

    def test_keeps_them_when_it_is_inked_again(self, scene, parted) -> None:
        self.select(scene, None)
        painted(scene.sketch, 30, 30, np.full((2, 3), 255, np.uint8))
        scene.session.ink()
        scene.loop.turn()
        assert scene.engine.prepared == 2
        assert self.thick(scene) == [3, 8]
        self.set(scene, "thickness", 5.0)
        assert self.thick(scene) == [5, 8]

    def test_keeps_them_under_live(self, scene, parted) -> None:
        painted(scene.sketch, 30, 30, np.full((2, 3), 255, np.uint8))
        document = scene.room.document.Document(scene.raw)
        scene.session.ink_live(document, scene.room.layer.Layer(scene.sketch))
        scene.loop.turn()
        assert self.thick(scene) == [3, 8]

    def test_takes_all_else_that_is_set_for_the_whole(self, scene, parted) -> None:
        self.select(scene, None)
        self.set(scene, "detail", 0.5)
        assert self.top(scene) == [15, 15]
        assert self.thick(scene) == [3, 8]

    def test_a_detail_of_its_own_is_kept_by_sliders_and_runs(self, scene) -> None:
        ink(scene)
        self.select(scene, 30)
        self.set(scene, "detail", 0.5)
        assert self.top(scene) == [10, 15]
        assert applied(scene).detail == 0.0
        self.select(scene, None)
        self.set(scene, "thickness", 5.0)
        assert (self.thick(scene), self.top(scene)) == ([5, 5], [10, 15])
        assert scene.engine.prepared == 2, "both details' lines are known"
        self.select(scene, 30)
        self.set(scene, "thickness", 7.0)
        assert (self.thick(scene), self.top(scene)) == ([5, 7], [10, 15])
        self.select(scene, None)
        painted(scene.sketch, 30, 30, np.full((2, 3), 255, np.uint8))
        scene.session.ink()
        scene.loop.turn()
        assert (self.thick(scene), self.top(scene)) == ([5, 7], [10, 15])
        assert scene.engine.prepared == 4, "the sketch has changed for both"

    def test_a_detail_of_its_own_whose_lines_are_not_known_keeps_its_ink(self, scene) -> None:
        ink(scene)
        self.select(scene, 30)
        self.set(scene, "detail", 0.5)
        self.select(scene, None)
        cache = scene.session.context.cache
        cache._items = [item for item in cache._items if item.detail == 0.0]
        self.set(scene, "thickness", 5.0)
        assert (self.thick(scene), self.top(scene)) == ([5, 3], [10, 15])

    def test_a_file_that_was_opened_again_keeps_them(self, scene, parted) -> None:
        self.select(scene, None)
        memory = scene.session.context.memory
        memory.keep_only(lambda _: False)
        scene.session.context.cache.keep_only(lambda _: False)
        self.set(scene, "thickness", 5.0)
        assert self.thick(scene) == [5, 8]

    def test_gives_them_up_where_all_is_selected(self, scene, parted) -> None:
        self.select(scene, 0)
        assert scene.session.settings.thickness == 3.0
        self.set(scene, "thickness", 5.0)
        assert self.thick(scene) == [5, 5]
        assert applied(scene).thickness == 5.0, "it is the whole"
        self.select(scene, None)
        self.set(scene, "thickness", 4.0)
        assert self.thick(scene) == [4, 4]

    def test_gives_them_up_where_it_is_set_to_what_the_whole_has(self, scene, parted) -> None:
        self.set(scene, "thickness", 3.0)
        self.select(scene, None)
        self.set(scene, "thickness", 5.0)
        assert self.thick(scene) == [5, 5]

    def test_a_detail_of_its_own_is_left_out_of_the_preview_of_another(self, scene, monkeypatch) -> None:
        ink(scene)
        self.select(scene, 30)
        self.set(scene, "detail", 0.5)
        self.select(scene, None)
        krita = scene.room.krita
        krita.scrolled, krita.shown = (0, 0), (WIDE, TALL)
        krita.canvas = SimpleNamespace(zoomLevel=lambda: 1.0, rotation=lambda: 0.0, mirror=lambda: False)
        monkeypatch.setattr(scene.room.colour, "on_screen", lambda _colour: "#000000", raising=False)
        scene.session.change("detail", -0.5, final=False)
        scene.loop.turn()
        shown = scene.session.preview.shown
        assert (shown.selected[:, 20 - shown.area.x] == 255).all()
        assert (shown.selected[5:30, 45 - shown.area.x] == 0).all()

    def test_the_first_ink_inside_a_selection_takes_the_value_that_is_set_meanwhile(self, scene) -> None:
        self.select(scene, 30)
        scene.session.ink()
        scene.session.change("thickness", 7.0, final=True)
        scene.loop.turn()
        assert self.thick(scene) == [0, 7]
        assert scene.session.settings.thickness == 7.0

    def test_while_one_is_inked_another_is_set(self, scene) -> None:
        ink(scene)
        self.select(scene, 30)
        scene.session.change("detail", 0.5, final=True)
        self.select(scene, 0, 30)
        assert scene.session.settings.detail == 0.0
        scene.session.change("thickness", 7.0, final=True)
        job = scene.session.queue.active[0]
        assert (job.settings.thickness, job.settings.detail) == (3.0, 0.5)
        self.select(scene, 30)
        assert scene.session.settings == job.settings

    @pytest.mark.parametrize("ended", [True, False])
    @pytest.mark.parametrize("other", [(0, 30), (None,)])
    def test_a_drag_hears_nothing_of_what_is_set_elsewhere_meanwhile(self, scene, ended, other) -> None:
        ink(scene)
        self.select(scene, 30)
        scene.session.change("thickness", 8.0, final=ended)
        scene.loop.turn(0 if ended else 2000)
        self.select(scene, *other)
        self.set(scene, "thickness", 4.0, 5.0)
        assert self.thick(scene) == [5, 8]
        assert not scene.session.turns.busy
        self.select(scene, 30)
        assert scene.session.settings.thickness == 8.0

    def test_a_drag_goes_on_where_it_began(self, scene) -> None:
        ink(scene)
        self.select(scene, 30)
        scene.session.change("thickness", 6.0, final=False)
        scene.raw.chosen = None
        scene.loop.turn()
        assert self.thick(scene) == [3, 6]

    def test_is_told_from_another_in_the_same_box(self, scene) -> None:
        ink(scene)
        corner = np.zeros((TALL, WIDE), np.uint8)
        corner[:, 30:40] = corner[30:, 30:] = 255
        other = np.zeros_like(corner)
        other[:, 50:] = other[:10, 30:] = 255
        scene.raw.chosen = Selection(corner)
        scene.session.change("detail", 0.5, final=True)
        scene.raw.chosen = Selection(other)
        scene.session.look()
        assert scene.session.settings.detail == 0.0
        scene.session.change("thickness", 7.0, final=True)
        assert scene.session.queue.active[0].settings.thickness == 3.0
        scene.raw.chosen = Selection(corner)
        scene.session.look()
        assert scene.session.settings.detail == 0.5

    @pytest.mark.parametrize("name", ["detail", "thickness"])
    def test_while_it_is_inked_or_dragged_the_whole_keeps_its_values(self, scene, name: str) -> None:
        ink(scene)
        whole = scene.session.settings
        self.select(scene, 30)
        scene.session.change(name, 0.5 if name == "detail" else 8.0, final=True)
        assert scene.session.settings != whole
        self.select(scene, None)
        assert scene.session.settings == whole
        scene.session.ink()
        assert scene.session.queue.active[-1].settings == whole

    @pytest.mark.parametrize("chosen", [(0, 30), (0, 60)])
    def test_new_ink_for_corrections_is_in_the_colours_that_are_set(self, scene, chosen) -> None:
        ink(scene)
        red = {"model": "RGBA", "depth": "U8", "profile": "sRGB-elle-V2-srgbtrc.icc"}
        self.select(scene, 30)
        self.set(scene, "colour", scene.room.settings.Colour(**red, components=(1.0, 0.0, 0.0, 1.0)))
        document = scene.room.document.Document(scene.raw)
        lineart = lambda: scene.session.context.memory.lineart_in_use(document, scene.sketch.identity)  # noqa: E731
        pixels = lambda: np.frombuffer(lineart().own_pixels(Rect(0, 11, WIDE, 1)), np.uint8).reshape(WIDE, 4)  # noqa: E731
        before = pixels()[[10, 45]].tolist()
        assert before[0] == [0, 0, 0, 255] != before[1]
        painted(lineart().raw, 8, 8, np.full((8, 40), 255, np.uint8), (0, 200, 0))
        assert pixels()[10].tolist() != before[0]
        self.select(scene, *chosen)
        scene.session.take_new()
        scene.loop.turn()
        taken = pixels()[[10, 45]].tolist()
        assert taken[0] == before[0]
        assert chosen[1] == 30 or taken[1] == before[1]

    def test_goes_on_in_a_lineart_on_a_new_layer(self, scene, parted) -> None:
        red = {"model": "RGBA", "depth": "U8", "profile": "sRGB-elle-V2-srgbtrc.icc"}
        made = scene.room.settings.Colour(**red, components=(1.0, 0.0, 0.0, 1.0))
        self.set(scene, "colour", made)
        self.set(scene, "detail", 0.5)
        self.select(scene, None)
        self.set(scene, "thickness", 4.0)
        document, memory = scene.room.document.Document(scene.raw), scene.session.context.memory
        older = memory.lineart_in_use(document, scene.sketch.identity)
        scene.session.keep_copies(True)
        scene.session.ink()
        scene.loop.turn()
        scene.session.keep_copies(False)
        newer = memory.lineart_in_use(document, scene.sketch.identity)
        assert newer.identity != older.identity
        assert (self.thick(scene), self.top(scene)) == ([4, 8], [10, 15])
        pixels = [
            np.frombuffer(layer.own_pixels(Rect(45, 16, 1, 1)), np.uint8).tolist() for layer in (older, newer)
        ]
        assert pixels[0] == pixels[1] != [0, 0, 0, 255]
        self.set(scene, "thickness", 5.0)
        assert (self.thick(scene), self.top(scene)) == ([5, 8], [10, 15])
        assert scene.session.context.corrections.count == 0
        self.select(scene, 30)
        assert scene.session.settings.thickness == 8.0

    def test_a_new_layer_inside_a_selection_takes_none_over(self, scene, parted) -> None:
        self.select(scene, 0, 50)
        scene.session.keep_copies(True)
        scene.session.ink()
        scene.loop.turn()
        scene.session.keep_copies(False)
        assert self.thick(scene) == [3, 3]
        self.select(scene, 30)
        assert scene.session.settings.thickness == 3.0

    def test_a_value_that_waits_for_a_click_waits_for_one_alone(self, scene) -> None:
        ink(scene)
        scene.session.keep_copies(True)
        self.select(scene, 30)
        scene.session.change("detail", 0.5, final=True)
        assert scene.session.settings.detail == 0.5
        scene.session.ink()
        scene.session.cancel(scene.session.queue.active[-1])
        assert scene.session.settings.detail == 0.0, "it was not applied"

    def test_a_value_that_waits_for_a_click_waits_while_something_is_selected(self, scene) -> None:
        ink(scene)
        scene.session.keep_copies(True)
        scene.session.change("detail", 0.5, final=True)
        self.select(scene, 30)
        assert scene.session.settings.detail == 0.5

    def test_goes_with_its_undo(self, scene) -> None:
        ink(scene)
        document, memory = scene.room.document.Document(scene.raw), scene.session.context.memory
        older = memory.lineart_in_use(document, scene.sketch.identity).raw
        self.select(scene, 30)
        self.set(scene, "thickness", 8.0)
        memory.lineart_in_use(document, scene.sketch.identity).raw.remove()
        scene.raw.root.addChildNode(older, scene.sketch)
        scene.session._seen = None
        scene.session.look()
        assert scene.session.settings.thickness == 3.0
        self.select(scene, None)
        self.set(scene, "thickness", 5.0)
        assert self.thick(scene) == [5, 5]

    def test_a_colour_of_its_own_is_kept(self, scene) -> None:
        ink(scene)
        red = {"model": "RGBA", "depth": "U8", "profile": "sRGB-elle-V2-srgbtrc.icc"}
        made = scene.room.settings.Colour(**red, components=(1.0, 0.0, 0.0, 1.0))
        self.select(scene, 30)
        self.set(scene, "colour", made)
        self.select(scene, None)
        self.set(scene, "thickness", 5.0)
        self.set(scene, "thickness", 6.0)
        assert self.thick(scene) == [6, 6]
        document = scene.room.document.Document(scene.raw)
        layer = scene.session.context.memory.lineart_in_use(document, scene.sketch.identity)
        pixels = np.frombuffer(layer.own_pixels(Rect(0, 12, WIDE, 1)), np.uint8).reshape(WIDE, 4)
        assert pixels[10].tolist() != pixels[45].tolist()
        assert scene.session.context.corrections.count == 0, "it is ink, not the artist's"


def test_vectors_are_never_of_the_strokes_of_another_detail(scene) -> None:
    ink(scene)
    scene.session.change("detail", 0.5, final=True)
    scene.loop.turn()
    cache = scene.session.context.cache
    cache._items = [item for item in cache._items if item.detail == 0.0]
    scene.session.copy_as_vectors(as_shown=False)
    assert "known only after inking" in scene.session.messages.shown.text
