# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs, keyframes and what documents remember, in a small Krita in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from smart_lineart.inking import Cancelled, FreshInk, InkError, InkRecord, Rect
from smart_lineart.inking.features import suiting_thickness
from smart_lineart.inking.hues import palette as palettes
from tests.krita_host.fake_krita import Document, Node, Selection, alpha_of, painted, run

WIDE, TALL = 130, 40


def stripe(top: int, left: int = 5, right: int = 50) -> np.ndarray:
    ink = np.zeros((TALL, WIDE), np.uint8)
    ink[top : top + 3, left:right] = 255
    ink[5:35, left : left + 3] = 255
    return ink


class Context:
    """What runs are given; the engine inks what was prepared last as `ink` says."""

    def __init__(self, room: SimpleNamespace):
        self._pending = room.steps.Pending
        self.memory = room.memory.Memory()
        self.said: list[str] = []
        self.messages = room.messages.Messages()
        self.messages.changed.connect(lambda: self.said.append(self.messages.shown.text))
        self.ink: np.ndarray = stripe(10)
        self.prepared: list[Any] = []
        self.kept: dict[str, Any] = {}
        self.shown: list[Any] = []
        self.corrections = room.corrections.Corrections()
        self.copies = room.copies.Copies(self.memory, self.shown.append)
        paper = room.paper.Paper(self.memory, lambda document, _work: self.shown.append(document))
        self.reveal = room.reveal.Reveal(self.memory, paper, self.shown.append, self.shown.append)
        self.ink_worker = SimpleNamespace(submit=self.submit)
        self.cache = SimpleNamespace(
            get=lambda _document, sketch, _detail=None: self.kept.get(sketch),
            put=lambda item: self.kept.update({item.sketch: item}),
        )
        self.undo_words = room.undo_words.UndoWords()
        self.engine = SimpleNamespace(prepare=self.prepare, render=self.render, draw=self.draw)
        self.loop = SimpleNamespace(post=lambda action: action())

    def submit(self, task: Callable[[], Any]) -> Any:
        pending = self._pending()
        pending.finish(task())
        return pending

    def prepare(self, sketch, settings, progress, cancelled, earlier=None) -> Any:
        progress(0.5)
        self.prepared.append((sketch, earlier))
        return SimpleNamespace(calibration="seen", scale=0.4, size=sketch.size)

    def render(self, features, settings, *_: Any, cancelled: Any = None) -> np.ndarray:
        sketch = self.prepared[-1][0]
        return np.where(sketch.alpha > 0, 255, 0).astype(np.uint8)

    def draw(self, item, settings, *, part=None, **_) -> FreshInk:
        return FreshInk(self.ink.copy(), Rect(0, 0, WIDE, TALL), settings.thickness, None)


@pytest.fixture
def scene(room: SimpleNamespace) -> SimpleNamespace:
    raw = room.krita.show(Document(WIDE, TALL))
    raw.active = sketch = raw.add("sketch")
    painted(sketch, 10, 10, stripe(0)[:12])
    document = room.document.Document(raw)
    context = Context(room)
    renewer = room.renewing.Renewer(context.memory, context.ink_worker)
    return SimpleNamespace(
        room=room, raw=raw, sketch=sketch, document=document, context=context, turns=room.turns.Turns(),
        renewer=renewer,
    )  # fmt: skip


def job(scene: SimpleNamespace, **options: Any) -> Any:
    settings = scene.room.settings.InkSettings(thickness=3.0, detail=options.pop("detail", 0.0))
    return scene.room.jobs.Job(scene.document, scene.sketch.identity, "sketch", settings, **options)


def run_of(scene: SimpleNamespace, one: Any) -> Any:
    return scene.room.run.Run(scene.context, scene.turns, scene.renewer, one)


def ink(scene: SimpleNamespace, **options: Any) -> Any:
    one = job(scene, **options)
    one_run = run_of(scene, one)
    try:
        run(one_run.steps(), gate=one_run.stopped)
    finally:
        scene.turns.end(one)
    return one


def lineart(scene: SimpleNamespace) -> Node:
    found = scene.context.memory.lineart_in_use(scene.document, scene.sketch.identity)
    assert found is not None
    return found.raw


def whole(node: Node) -> np.ndarray:
    return alpha_of(node, 0, 0, WIDE, TALL)


def names(scene: SimpleNamespace) -> list[str]:
    return [node.named for node in scene.raw.root.nodes]


class TestRuns:
    def test_a_first_run_puts_a_layer_above_the_sketch(self, scene) -> None:
        scene.raw.add("colours")
        one = ink(scene)
        assert one.state is scene.room.jobs.JobState.finished
        assert one.progress == 1.0
        assert set(one.seconds) == {"reading", "inking", "total"}
        assert all(0 <= seconds < 60 for seconds in one.seconds.values())
        assert names(scene) == ["sketch", "Lineart: sketch", "colours"]
        np.testing.assert_array_equal(whole(lineart(scene)), stripe(10))
        record = scene.context.memory.ink_of(scene.document, scene.room.layer.Layer(lineart(scene)))
        np.testing.assert_array_equal(record.coverage(Rect(0, 0, WIDE, TALL)), stripe(10))
        assert scene.context.memory.settings_of(scene.document, scene.sketch.identity).thickness == 3.0

    def test_a_second_run_renews_that_layer(self, scene) -> None:
        ink(scene)
        first = lineart(scene)
        scene.context.ink = stripe(20)
        ink(scene)
        assert names(scene) == ["sketch", "Lineart: sketch"]
        assert lineart(scene) is not first
        np.testing.assert_array_equal(whole(lineart(scene)), stripe(20))
        assert scene.context.said == []
        assert scene.context.corrections.kept.lineart == lineart(scene).identity
        assert scene.context.corrections.count == 0

    def test_a_copy_is_a_layer_of_its_own(self, scene) -> None:
        ink(scene)
        ink(scene, keep_copy=True)
        ink(scene, keep_copy=True)
        assert names(scene) == ["sketch", "Lineart: sketch 3", "Lineart: sketch 2", "Lineart: sketch"]

    def shown(self, scene) -> dict[str, bool]:
        scene.context.copies.look(scene.document, scene.turns.written)
        return {node.named: node.visible() for node in scene.raw.root.nodes if node is not scene.sketch}

    def test_a_copy_hides_the_older_one_until_undo_takes_it_away(self, scene) -> None:
        ink(scene)
        older = lineart(scene)
        ink(scene, keep_copy=True)
        assert self.shown(scene) == {"Lineart: sketch": False, "Lineart: sketch 2": True}
        newer = lineart(scene)
        newer.remove()
        assert self.shown(scene) == {"Lineart: sketch": True}
        scene.raw.root.addChildNode(newer, scene.sketch)
        assert self.shown(scene) == {"Lineart: sketch": False, "Lineart: sketch 2": True}
        scene.context.ink = stripe(20)
        painted(scene.sketch, 30, 20, np.full((2, 3), 255, np.uint8))
        ink(scene)
        assert self.shown(scene) == {"Lineart: sketch": False, "Lineart: sketch 2": True}, "renewed"
        older.setVisible(True)
        assert self.shown(scene) == {"Lineart: sketch": True, "Lineart: sketch 2": True}, "the artist's wish"

    def test_a_lineart_that_the_artist_has_hidden_stays_so(self, scene) -> None:
        ink(scene)
        lineart(scene).setVisible(False)
        ink(scene, keep_copy=True)
        lineart(scene).remove()
        assert self.shown(scene) == {"Lineart: sketch": False}

    def test_inside_a_selection_the_rest_stays_blank(self, scene) -> None:
        chosen = np.zeros((TALL, WIDE), np.uint8)
        chosen[:, :20] = 255
        ink(scene, selection=Selection(chosen))
        expected = stripe(10)
        expected[:, 20:] = 0
        np.testing.assert_array_equal(whole(lineart(scene)), expected)
        record = scene.context.memory.ink_of(scene.document, scene.room.layer.Layer(lineart(scene)))
        np.testing.assert_array_equal(record.coverage(Rect(0, 0, WIDE, TALL)), expected)

    def test_a_sketch_that_did_not_change_is_not_looked_at_again(self, scene) -> None:
        ink(scene)
        ink(scene)
        assert len(scene.context.prepared) == 1
        ink(scene, detail=0.5)
        assert len(scene.context.prepared) == 2
        assert scene.context.kept[scene.sketch.identity].detail == 0.5

    def test_a_live_run_draws_nothing_where_nothing_changed(self, scene) -> None:
        ink(scene)
        first = lineart(scene)
        ink(scene, live=True)
        scene.context.ink = stripe(20)
        ink(scene, live=True)
        assert lineart(scene) is first
        np.testing.assert_array_equal(whole(first), stripe(10))
        painted(scene.sketch, 30, 20, np.full((2, 3), 255, np.uint8))
        ink(scene, live=True)
        np.testing.assert_array_equal(whole(lineart(scene)), stripe(20))

    def test_live_runs_one_after_the_other_write_into_one_layer_and_remember_its_ink(self, scene) -> None:
        memory, layer = scene.context.memory, scene.room.layer.Layer
        ink(scene)
        written = []
        for number, top in enumerate((20, 24, 15)):
            painted(scene.sketch, 30 + 4 * number, 20, np.full((2, 3), 255, np.uint8))
            scene.context.ink = stripe(top)
            ink(scene, live=True)
            written.append(lineart(scene))
            np.testing.assert_array_equal(whole(written[-1]), stripe(top))
            record = memory.ink_of(scene.document, layer(written[-1]))
            np.testing.assert_array_equal(record.coverage(Rect(0, 0, WIDE, TALL)), stripe(top))
        assert written[0] is written[1] is written[2]

    def test_a_live_run_makes_a_layer_ready_before_the_next_stroke(self, scene) -> None:
        """Its ink is then no undo step of its own, so that undo takes back the stroke."""
        ink(scene)
        ink(scene, live=True)
        first = lineart(scene)
        assert scene.room.krita.triggered == [], "it holds its ink alone"
        painted(scene.sketch, 30, 20, np.full((2, 3), 255, np.uint8))
        scene.context.ink = stripe(20)
        ink(scene, live=True)
        assert lineart(scene) is first
        painted(first, 80, 5, np.full((9, 9), 255, np.uint8))
        scene.renewer.live.doubt()  # the artist has corrected it, and comes back to the sketch
        ink(scene, live=True)
        ready = lineart(scene)
        assert ready is not first
        assert len(scene.room.krita.triggered) == 1
        painted(scene.sketch, 40, 20, np.full((2, 3), 255, np.uint8))
        scene.context.ink = stripe(24)
        ink(scene, live=True)
        assert lineart(scene) is ready
        assert (whole(ready)[5:14, 80:89] == 255).all()

    @pytest.mark.parametrize("colour", [(0, 0, 255, 255), (0, 255, 0, 255)], ids=["red", "green"])
    def test_a_live_run_writes_into_no_layer_that_was_recoloured_with_alpha_locked(self, scene, colour):
        """Krita's undo of that knows nothing of what a script wrote there since."""
        ink(scene)
        patch = (slice(5, 14), slice(80, 89))
        painted(lineart(scene), 80, 5, np.full((9, 9), 255, np.uint8))
        lineart(scene).setPixelData(bytes((0, 0, 255, 255)) * 81, 80, 5, 9, 9)
        ink(scene, live=True)
        painted(scene.sketch, 30, 20, np.full((2, 3), 255, np.uint8))
        scene.context.ink = stripe(20)
        ink(scene, live=True)
        ready = lineart(scene)
        ready.setPixelData(bytes(colour) * 81, 80, 5, 9, 9)
        painted(scene.sketch, 40, 20, np.full((2, 3), 255, np.uint8))
        scene.context.ink = stripe(24)
        ink(scene, live=True)
        assert (lineart(scene) is ready) == (colour == (0, 0, 255, 255)), "the same again is no change"
        assert (whole(lineart(scene))[patch] == 255).all()

    def test_while_the_artist_is_at_the_lineart_no_layer_takes_its_place(self, scene) -> None:
        ink(scene)
        painted(lineart(scene), 80, 5, np.full((9, 9), 255, np.uint8))
        scene.raw.active = first = lineart(scene)
        ink(scene, live=True)
        assert lineart(scene) is first
        scene.raw.active = scene.sketch
        scene.room.krita.action("edit_redo").words = "Redo a stroke"
        scene.room.application._bare_redo[:] = ["Redo"]
        scene.renewer.live.doubt()
        ink(scene, live=True)
        assert lineart(scene) is first, "nothing that could be redone is taken away"

    def test_a_blank_sketch_has_a_blank_lineart_under_live(self, scene) -> None:
        strokes = scene.sketch.frames
        scene.sketch.frames = {0: {}}
        ink(scene, live=True)
        first = lineart(scene)
        assert not whole(first).any()
        scene.sketch.frames = strokes
        ink(scene, live=True)
        assert lineart(scene) is first
        np.testing.assert_array_equal(whole(first), stripe(10))
        scene.sketch.frames = {0: {}}
        ink(scene, live=True)
        assert not whole(first).any()
        scene.sketch.frames = strokes
        ink(scene, live=True)
        np.testing.assert_array_equal(whole(first), stripe(10))

    def test_a_blank_lineart_has_the_thickness_that_its_first_ink_will_have(self, scene) -> None:
        strokes, memory = scene.sketch.frames, scene.context.memory
        scene.sketch.frames = {0: {}}
        one = job(scene, live=True)
        one.settings = scene.room.settings.InkSettings(auto=True)
        for frames in ({0: {}}, strokes):
            scene.sketch.frames = frames
            one.state = scene.room.jobs.JobState.queued
            run(run_of(scene, one).steps())
            scene.turns.end(one)
            settings = memory.settings_of(scene.document, scene.sketch.identity)
            assert (settings.thickness, settings.auto) == (suiting_thickness((TALL, WIDE)), True)

    def test_no_undo_is_live_s_own(self, scene) -> None:
        """Ink came as a step, and the artist takes it back: what lies before it may be anything of theirs."""
        krita, redo = scene.room.krita, scene.room.krita.action("edit_redo")
        scene.room.application._bare_redo[:] = ["Redo"]
        redo.words = "Redo"
        ink(scene, live=True)
        lineart(scene).remove()
        redo.words = "Redo Add Layer"
        ink(scene, live=True)
        assert krita.triggered == []
        assert names(scene) == ["sketch"], "no new layer takes the redo away"

    def test_what_was_erased_by_hand_outlives_an_empty_sketch(self, scene) -> None:
        ink(scene, live=True)
        painted(lineart(scene), 40, 10, np.zeros((4, 30), np.uint8))
        erased = whole(lineart(scene)).copy()
        strokes = scene.sketch.frames
        for frames in ({0: {}}, strokes):
            scene.sketch.frames = frames
            scene.renewer.live.doubt()
            ink(scene, live=True)
        np.testing.assert_array_equal(whole(lineart(scene)), erased)

    def test_an_edit_is_told_to_the_engine(self, scene) -> None:
        ink(scene)
        painted(scene.sketch, 30, 20, np.full((2, 3), 255, np.uint8))
        ink(scene)
        _, earlier = scene.context.prepared[1]
        kept = scene.context.kept[scene.sketch.identity]
        assert earlier.changed == Rect(30 - kept.area.x, 20 - kept.area.y, 3, 2)
        assert earlier.calibration == "seen"
        assert earlier.features is not None
        painted(scene.sketch, 700, 20, np.full((2, 3), 255, np.uint8))
        ink(scene)
        _, earlier = scene.context.prepared[2]
        assert earlier.features is None, "another area"
        assert earlier.calibration == "seen"

    @pytest.mark.parametrize("case", ["empty", "blank", "deleted", "closed"])
    def test_what_cannot_be_inked_is_told_in_a_sentence(self, scene, case: str) -> None:
        if case == "empty":
            scene.sketch.frames = {0: {}}
        if case == "blank":
            painted(scene.sketch, 0, 0, np.full((TALL, WIDE), 255, np.uint8))
        if case == "deleted":
            scene.sketch.remove()
        scene.raw.closed = case == "closed"
        with pytest.raises(InkError, match=case.replace("closed", "was closed")):
            ink(scene)

    def test_an_area_without_pixels_is_empty_and_one_of_one_tone_blank(self, scene) -> None:
        layer, read = scene.room.layer.Layer(scene.sketch), scene.room.sketch.read
        scene.sketch.frames = {0: {}}
        for word in ("empty", "blank"):
            with pytest.raises(scene.room.sketch.Problem, match=f'"sketch" is {word}'):
                run(read(layer, Rect(0, 0, 9, 9)))
            painted(scene.sketch, 0, 0, np.full((9, 9), 255, np.uint8))

    def test_a_page_without_lines_is_told(self, scene) -> None:
        scene.context.ink[:] = 0
        ink(scene)
        assert "No lines were found" in scene.context.said[-1]
        scene.context.said.clear()
        ink(scene, live=True)
        assert not any("No lines" in one for one in scene.context.said)

    def test_lines_outside_the_selection_alone_are_told(self, scene) -> None:
        chosen = np.zeros((TALL, WIDE), np.uint8)
        chosen[:, 100:] = 255
        ink(scene, selection=Selection(chosen))
        (said,) = scene.context.said
        assert said.startswith('No lines of "sketch" were found inside the selection')
        scene.context.said.clear()
        chosen[:, 30:] = 255
        ink(scene, selection=Selection(chosen))
        assert scene.context.said == []

    def test_a_renewal_that_finds_no_line_is_told(self, scene) -> None:
        ink(scene)
        scene.context.ink[:] = 0
        painted(scene.sketch, 30, 20, np.full((2, 3), 255, np.uint8))
        ink(scene)
        assert not whole(lineart(scene)).any()
        assert "No lines were found" in scene.context.said[-1]

    def test_a_pass_through_group_is_inked_as_its_layers_show_together(self, scene) -> None:
        group = scene.raw.add("group", "grouplayer")
        for top, left in ((5, 20), (20, 60)):
            layer = Node(scene.raw, "layer", "paintlayer")
            painted(layer, left, top, np.full((3, 9), 255, np.uint8))
            group.addChildNode(layer, None)
        group.passing = True
        scene.sketch = group
        one = ink(scene)
        assert one.state is scene.room.jobs.JobState.finished
        sketch, _ = scene.context.prepared[0]
        area = scene.context.kept[group.identity].area
        rows, columns = np.nonzero(sketch.alpha)
        assert (rows.min() + area.y, rows.max() + area.y) == (5, 22)
        assert (columns.min() + area.x, columns.max() + area.x) == (20, 68)
        assert names(scene) == ["sketch", "group", "Lineart: group"]

    def test_cancelled_before_it_is_put_nothing_is_there(self, scene) -> None:
        one = job(scene)
        one_run = run_of(scene, one)
        draw = scene.context.engine.draw

        def cancel(*args: Any, **options: Any) -> FreshInk:
            one.cancel()
            return draw(*args, **options)

        scene.context.engine.draw = cancel
        with pytest.raises(Cancelled):
            run(one_run.steps(), gate=one_run.stopped)
        assert names(scene) == ["sketch"]
        assert scene.context.kept == {}

    def test_too_late_to_cancel_it_is_finished(self, scene) -> None:
        one = job(scene)
        one_run = run_of(scene, one)
        work = one_run.steps()
        value = None
        for _ in range(200):
            wish = work.send(value)
            value = getattr(wish, "value", None)
            if len(scene.raw.root.nodes) == 2:
                break
        one.cancel()
        assert not one.cancelled
        run(work, gate=one_run.stopped)
        assert one.state is scene.room.jobs.JobState.finished

    def test_followers_end_before_a_run(self, scene) -> None:
        ended = []
        scene.turns.drags = [
            SimpleNamespace(
                document=scene.document,
                sketch=sketch,
                where=None,
                over=over,
                finish=lambda name=name: ended.append(name),
            )
            for name, sketch, over in (
                ("this", scene.sketch.identity, False),
                ("another sketch's", "{other}", False),
                ("over already", scene.sketch.identity, True),
            )
        ]
        ink(scene)
        assert ended == ["this"]

    @pytest.mark.parametrize(("where", "drawn"), [(None, [3.0]), ("another part", [3.0, 8.0])])
    def test_a_value_set_while_it_ends_is_drawn_unless_a_drag_of_the_same_part_does(
        self, scene, where, drawn, monkeypatch
    ) -> None:
        ink(scene)
        scene.context.ink = stripe(20)
        one, draw, thicknesses = job(scene), scene.context.draw, []

        def set_late(_kept: Any) -> None:
            one.settings = replace(one.settings, thickness=8.0)
            drag = SimpleNamespace(document=scene.document, sketch=one.sketch, where=where, over=False)
            scene.turns.drags = [drag]

        monkeypatch.setattr(scene.context.corrections, "show", set_late)
        scene.context.engine.draw = lambda item, settings, **options: (
            thicknesses.append(settings.thickness) or draw(item, settings, **options)
        )
        run(run_of(scene, one).steps())
        assert thicknesses == drawn

    def test_renewal_waits_for_its_document_and_lets_others_run(self, scene) -> None:
        ink(scene)
        scene.context.ink = stripe(20)
        one = job(scene)
        work = run_of(scene, one).steps()
        other = scene.room.krita.show(Document())
        given_up = []
        scene.turns.given_up.connect(lambda: given_up.append(scene.turns.taken))
        value = None
        for _ in range(60):
            value = getattr(work.send(value), "value", None)
        assert given_up
        assert not any(given_up)
        told = [sentence for sentence in scene.context.said if "Go back to its document" in sentence]
        assert len(told) == 1
        np.testing.assert_array_equal(whole(lineart(scene)), stripe(10))
        scene.room.krita.show(scene.raw)
        run(work)
        np.testing.assert_array_equal(whole(lineart(scene)), stripe(20))
        assert "" in scene.context.said, "the sentence was taken back"
        assert other.root.nodes == []

    def test_ink_that_is_not_found_stays_as_corrections(self, scene) -> None:
        ink(scene)
        key = next(key for key in scene.raw.notes if "/ink/" in key)
        del scene.raw.notes[key]
        scene.context.memory.records.keep_only(lambda _document: False)
        scene.context.ink = stripe(20)
        ink(scene)
        assert sorted(names(scene)) == ["Lineart corrections", "Lineart: sketch", "sketch"]
        np.testing.assert_array_equal(whole(lineart(scene)), stripe(20))
        assert "Lineart corrections" in scene.context.said[-1]

    def test_a_lineart_of_which_nothing_is_remembered_is_not_found(self, scene) -> None:
        ink(scene)
        layer = scene.room.layer.Layer(lineart(scene))
        for key in [key for key in scene.raw.notes if layer.identity.strip("{}") in key]:
            del scene.raw.notes[key]
        scene.context.memory.records.keep_only(lambda _document: False)
        finding = scene.room.finding
        work = finding.find_base(scene.context.memory, scene.context.ink_worker, scene.document, layer)
        with pytest.raises(finding.NotFound, match="moved or transformed"):
            run(work)

    def test_a_lineart_that_holds_other_ink_is_not_found(self, scene) -> None:
        ink(scene)
        node = lineart(scene)
        node.frames = {0: {}}
        dots = np.zeros((36, 120), np.uint8)
        dots[::4, ::4] = 255
        painted(node, 2, 2, dots)
        finding, layer = scene.room.finding, scene.room.layer.Layer(node)
        work = finding.find_base(scene.context.memory, scene.context.ink_worker, scene.document, layer)
        with pytest.raises(finding.NotFound, match="moved or transformed"):
            run(work)

    def test_the_pen_is_waited_for(self, scene) -> None:
        scene.room.krita.buttons = 1
        work = run_of(scene, job(scene)).steps()
        value = None
        for _ in range(40):
            wish = work.send(value)
            value = getattr(wish, "value", None)
        assert wish == scene.room.settling.WAIT_FOR_PEN_MS
        assert names(scene) == ["sketch"]
        scene.room.krita.buttons = 0
        run(work)
        assert len(names(scene)) == 2


class TestNothingFound:
    """What is said where ink is blank."""

    def said_with(self, scene: Any, left_out: tuple[str, ...]) -> str:
        hue = lambda name: palettes.Hue(name, ((0.0, 0.0),), (0, 0, 0))  # noqa: E731
        scene.context.ink = np.zeros((TALL, WIDE), np.uint8)

        def look(item: Any, cancelled: Any) -> None:
            item.palette = palettes.Palette((hue("dark"), hue("blue")))

        scene.room.run.look_at_colours = look
        painted(scene.sketch, 10, 10, stripe(0)[:12], (200, 60, 40))
        one = job(scene)
        one.settings = replace(one.settings, left_out=left_out)
        run(run_of(scene, one).steps())
        return str(scene.context.said[-1])

    def test_where_all_colours_are_left_out_it_names_them(self, scene) -> None:
        said = self.said_with(scene, ("dark", "blue", "red"))
        assert "colours that are left out (Dark lines, Blue lines)" in said
        assert "Light lines" not in said

    def test_where_some_are_inked_it_says_how_to_find_more(self, scene) -> None:
        assert "Light lines" in self.said_with(scene, ("blue",))


class TestKeyframes:
    @pytest.fixture
    def clip(self, scene) -> SimpleNamespace:
        """Keyframes at 0, 4 and 9, each with a stripe of its own; the one at 4 is blank."""
        scene.sketch.keys = [0, 4, 9]
        scene.sketch.frames = {0: {}, 4: {}, 9: {}}
        for time in (0, 9):
            scene.raw.time = time
            painted(scene.sketch, 0, 0, stripe(10 + time))
        scene.raw.time = 2
        return scene

    def frames_of(self, node: Node) -> list[list[int]]:
        found = []
        for time in (0, 4, 9):
            data = np.frombuffer(node.pixelDataAtTime(0, 0, WIDE, TALL, time), np.uint8)
            found.append(sorted(set(np.flatnonzero(data.reshape(TALL, WIDE, 4)[:, 30, 3]).tolist())))
        return found

    def test_first_and_last_of_a_range_are_inked(self, clip) -> None:
        one = ink(clip, frames=(0, 9))
        assert self.frames_of(lineart(clip)) == [[10, 11, 12], [], [19, 20, 21]]
        assert lineart(clip).keys == [0, 4, 9]
        assert one.progress == 1.0
        assert clip.raw.time == 2

    def test_frames_are_counted(self, clip) -> None:
        one, seen = job(clip, frames=(0, 9)), []
        one.changed.connect(lambda: seen.append((one.state.value, one.frame)))
        run(run_of(clip, one).steps())
        counted = [told for told, before in zip(seen, [None, *seen], strict=False) if told != before]
        ours = [("inking", (1, 3)), ("inking", (2, 3)), ("inking", (3, 3)), ("writing", (3, 3))]
        assert counted[1:-1] == [("reading", (1, 3)), *ours, *(("writing", (n, 3)) for n in (1, 2, 3))]

    def test_frames_are_told_apart_by_the_colours_of_all_of_them(self, clip, monkeypatch) -> None:
        """Blue lines at 0, blue and black ones at 9: blue is left out of both."""
        found = iter([("blue",), ("dark", "blue"), ("blue",)])
        left: list[tuple[str, ...]] = []

        def look(item: Any, cancelled: Any = None) -> None:
            new = [name for name in next(found) if name not in (item.palette or ())]
            item.palette = (*(item.palette or ()), *new)

        def lines(item: Any, settings: Any) -> Any:
            left.append(item.palette)
            return item.features

        monkeypatch.setattr(clip.room.keyframes, "find_palette", look)
        monkeypatch.setattr(clip.room.keyframes, "lines_of", lines)
        one = job(clip, frames=(0, 9))
        one.settings = replace(one.settings, left_out=("blue",))
        run(run_of(clip, one).steps())
        assert left == [("blue",), ("blue", "dark"), ("blue", "dark")]
        assert len(clip.context.prepared) == 3, "the last frame knew of all"
        assert clip.context.said[-1].startswith("No lines but of colours that are left out were found")
        assert self.frames_of(lineart(clip)) == [[10, 11, 12], [], [19, 20, 21]]

    def test_frames_beyond_a_range_are_not(self, clip) -> None:
        ink(clip, frames=(1, 9))
        assert self.frames_of(lineart(clip)) == [[], [], [19, 20, 21]]
        clip.sketch.frames[9] = dict(clip.sketch.frames[0])
        ink(clip, frames=(0, 8))
        assert self.frames_of(lineart(clip)) == [[10, 11, 12], [], [19, 20, 21]]
        ink(clip, frames=(9, 9))
        assert self.frames_of(lineart(clip)) == [[10, 11, 12], [], [10, 11, 12]]

    def test_what_the_artist_changed_in_a_frame_stays(self, clip) -> None:
        ink(clip, frames=(0, 9))
        node = lineart(clip)
        clip.raw.time = 9
        painted(node, 30, 30, np.full((6, 6), 255, np.uint8), (0, 0, 200))
        clip.raw.time = 2
        ink(clip, frames=(0, 9))
        assert self.frames_of(lineart(clip)) == [[10, 11, 12], [], [19, 20, 21, 30, 31, 32, 33, 34, 35]]
        assert lineart(clip) is not node
        said = clip.context.said[-1]
        assert "undo twice" in said
        assert said.endswith("No lines were found in these frames: 4.")

    def test_a_frame_whose_ink_is_not_found_is_left_and_told(self, clip) -> None:
        ink(clip, frames=(0, 9))
        for key in [key for key in clip.raw.notes if key.endswith("@9")]:
            del clip.raw.notes[key]
        clip.context.memory.records.keep_only(lambda _document: False)
        clip.sketch.frames[9] = dict(clip.sketch.frames[0])
        ink(clip, frames=(0, 9))
        assert self.frames_of(lineart(clip))[2] == [19, 20, 21]
        assert "so they stay as they are: 9." in clip.context.said[-1]

    def test_frames_without_lines_are_told_and_only_those(self, clip) -> None:
        ink(clip, frames=(0, 9))
        assert clip.context.said == ["No lines were found in these frames: 4."]
        clip.context.engine.render = lambda features, settings, **_: np.zeros(features.size, np.uint8)
        ink(clip, frames=(0, 9), keep_copy=True)
        assert clip.context.said[-1] == "No lines were found in these frames: 0, 4, 9."
        clip.context.said.clear()
        clip.context.engine.render = clip.context.render
        ink(clip, frames=(9, 9), keep_copy=True)
        assert clip.context.said == []

    def test_the_ink_of_every_frame_is_remembered(self, clip) -> None:
        ink(clip, frames=(0, 9))
        for time, top in ((0, 24), (9, 30)):
            clip.sketch.frames[time] = {}
            clip.raw.time = time
            painted(clip.sketch, 0, 0, stripe(top))
        ink(clip, frames=(0, 9))
        records, page = clip.context.memory.records, Rect(0, 0, WIDE, TALL)
        for time, top in ((0, 24), (9, 30)):
            record = records.get(clip.document, lineart(clip).identity, time)
            np.testing.assert_array_equal(record.coverage(page), stripe(top))

    def test_the_ink_of_a_frame_that_was_wiped_goes(self, clip) -> None:
        ink(clip, frames=(0, 9))
        clip.sketch.frames[9] = {}
        ink(clip, frames=(0, 9))
        assert self.frames_of(lineart(clip)) == [[10, 11, 12], [], []]
        record = clip.context.memory.records.get(clip.document, lineart(clip).identity, 9)
        assert not record.coverage().any()
        assert record.thickness == 3.0

    def set_inside(self, clip, left: int, right: int, **values: Any) -> None:
        """Ink all frames inside a selection of these columns, with other settings than the whole's."""
        chosen = np.zeros((TALL, WIDE), np.uint8)
        chosen[:, left:right] = 255
        one = job(clip, frames=(0, 9), selection=Selection(chosen))
        one.settings = replace(one.settings, **values)
        try:
            run(run_of(clip, one).steps())
        finally:
            clip.turns.end(one)

    def amounts(self, clip) -> list[list[int]]:
        """How thick the stripes at 0 and 9 are, at their left and at their right."""
        found = []
        for time in (0, 9):
            data = np.frombuffer(lineart(clip).pixelDataAtTime(0, 0, WIDE, TALL, time), np.uint8)
            alpha = data.reshape(TALL, WIDE, 4)[..., 3]
            found.append([int((alpha[:, column] > 0).sum()) for column in (20, 45)])
        return found

    @pytest.fixture
    def thick(self, clip) -> SimpleNamespace:
        """The engine draws a stripe where a sketch has one, as thick as is set, farther down with detail."""

        def prepare(sketch: Any, settings: Any, *_: Any) -> Any:
            rows = np.flatnonzero(sketch.alpha[:, 30] > 0)
            return SimpleNamespace(
                calibration="seen", scale=0.4, size=sketch.size, top=rows[0], detail=settings.detail
            )

        def render(features: Any, settings: Any, *_: Any, **__: Any) -> np.ndarray:
            ink = np.zeros(features.size, np.uint8)
            assert features.detail == settings.detail
            ink[features.top : features.top + round(settings.thickness + 2 * features.detail), 5:50] = 255
            return ink

        clip.context.engine.prepare, clip.context.engine.render = prepare, render
        ink(clip, frames=(0, 9))
        assert self.amounts(clip) == [[3, 3], [3, 3]]
        return clip

    def test_what_is_set_inside_a_selection_is_not_the_whole_lineart_s(self, thick) -> None:
        self.set_inside(thick, 40, WIDE, thickness=8.0)
        memory = thick.context.memory
        assert self.amounts(thick) == [[3, 8], [3, 8]]
        assert memory.settings_of(thick.document, thick.sketch.identity).thickness == 3.0
        self.set_inside(thick, 0, WIDE, thickness=6.0)
        assert self.amounts(thick) == [[6, 6], [6, 6]]
        assert memory.settings_of(thick.document, thick.sketch.identity).thickness == 6.0, "all is selected"

    @pytest.mark.parametrize("own", [{"thickness": 8.0}, {"thickness": 6.0, "detail": 1.0}])
    def test_a_part_keeps_what_was_set_for_it_when_its_frames_are_inked_again(self, thick, own) -> None:
        self.set_inside(thick, 40, WIDE, **own)
        memory = thick.context.memory
        (region,) = memory.regions_of(thick.document, thick.sketch.identity)
        assert region.notes["set"] == own
        before = lineart(thick)
        for keep_copy in (False, True):
            one = job(thick, frames=(0, 9), keep_copy=keep_copy)
            one.settings = replace(one.settings, thickness=4.0)
            run(run_of(thick, one).steps())
            thick.turns.end(one)
            assert self.amounts(thick) == [[4, 8], [4, 8]]
            assert lineart(thick) is not before
            before = lineart(thick)
            assert memory.regions_of(thick.document, thick.sketch.identity)[0].notes["set"] == own

    def test_a_part_keeps_its_colour_in_its_frames(self, thick) -> None:
        colour = {"model": "RGBA", "depth": "U8", "profile": "sRGB-elle-V2-srgbtrc.icc"}
        red = thick.room.settings.Colour(**colour, components=(1.0, 0.0, 0.0, 1.0))
        self.set_inside(thick, 40, WIDE, colour=red)
        for keep_copy in (False, True):
            ink(thick, frames=(0, 9), keep_copy=keep_copy)
            data = np.frombuffer(lineart(thick).pixelDataAtTime(0, 0, WIDE, TALL, 9), np.uint8)
            black, other = data.reshape(TALL, WIDE, 4)[20, [20, 45]].tolist()
            assert black == [0, 0, 0, 255]
            assert other[3] == 255
            assert other != black

    def test_progress_goes_on_with_each_frame(self, clip, monkeypatch) -> None:
        seen: list[float] = []
        report = clip.room.jobs.Job.report
        monkeypatch.setattr(
            clip.room.jobs.Job, "report", lambda one, done: (seen.append(done), report(one, done))
        )
        ink(clip, frames=(0, 9))
        frames = [done for done in seen if done in (0.95 / 3, 0.95)]
        assert frames == [0.95 / 3, 0.95], "the blank one between them is passed over"
        assert max(seen) <= 1.0

    def test_no_keyframe_in_a_range_is_told(self, clip) -> None:
        with pytest.raises(clip.room.sketch.Problem, match="no keyframe"):
            ink(clip, frames=(5, 8))


class TestMemory:
    def test_a_lineart_and_a_mask_stand_for_their_sketch(self, scene) -> None:
        ink(scene)
        memory, layer = scene.context.memory, scene.room.layer.Layer
        assert memory.sketch_for(scene.document, layer(lineart(scene))).identity == scene.sketch.identity
        scene.sketch.addChildNode(scene.raw.createNode("mask", "transparencymask"), None)
        mask = layer(scene.sketch.nodes[0])
        assert memory.sketch_for(scene.document, mask).identity == scene.sketch.identity
        other = layer(scene.raw.add("other"))
        assert memory.sketch_for(scene.document, other).identity == other.identity
        kept = layer(lineart(scene))
        scene.sketch.remove()
        assert memory.sketch_for(scene.document, kept).identity == kept.identity

    def test_undo_brings_an_older_lineart_and_its_ink_back(self, scene) -> None:
        ink(scene)
        first = lineart(scene)
        scene.context.ink = stripe(20)
        ink(scene)
        scene.raw.root.addChildNode(first, lineart(scene))
        lineart(scene).remove()
        assert lineart(scene) is first
        record = scene.context.memory.ink_of(scene.document, scene.room.layer.Layer(first))
        np.testing.assert_array_equal(record.coverage(Rect(0, 0, WIDE, TALL)), stripe(10))

    def test_ink_of_a_lineart_that_came_back_goes_into_the_file_again(self, scene) -> None:
        ink(scene)
        first = lineart(scene)
        for top in (20, 22, 24, 26):
            scene.context.ink = stripe(top)
            ink(scene)
        key = "smart_lineart/ink/" + first.identity.strip("{}")
        assert key not in scene.raw.notes
        assert sum("/ink/" in one for one in scene.raw.notes) == 3
        lineart(scene).remove()
        scene.raw.root.addChildNode(first, None)
        scene.context.memory.look_after(scene.document, scene.sketch.identity)
        assert InkRecord.from_bytes(scene.raw.notes[key]).coverage()[10].any()

    def test_the_layers_of_all_colours_are_looked_for_in_one_walk(self, scene, monkeypatch) -> None:
        """Looked for at each change, in pages of thousands of layers."""
        memory, document, layer = scene.context.memory, scene.document, scene.room.layer.Layer
        sketch, settings = scene.sketch.identity, scene.room.settings.InkSettings()
        hues = ("", "red", "blue", "green")
        for hue in hues:
            memory.note_lineart(document, sketch, layer(scene.raw.add(hue or "main")), settings, hue)
        walks, walk = [], type(document).layers
        monkeypatch.setattr(type(document), "layers", lambda self: walks.append(1) or walk(self))
        assert [one.name for one in memory.layers_of_colours(document, sketch).values()] == [*hues[1:]]
        assert len(walks) == 1
        memory.look_after(document, sketch)
        assert len(walks) == 2

    def test_only_a_linearts_copy_takes_a_linearts_place(self, scene) -> None:
        ink(scene)
        memory, before = scene.context.memory, lineart(scene)
        copy = scene.room.layer.Layer(scene.raw.add("copy"))
        memory.carry(scene.document, "{nobody}", copy)
        memory.carry(scene.document, scene.sketch.identity, copy)
        assert lineart(scene) is before
        memory.carry(scene.document, before.identity, copy)
        assert lineart(scene) is copy.raw
        record = memory.ink_of(scene.document, copy)
        np.testing.assert_array_equal(record.coverage(Rect(0, 0, WIDE, TALL)), stripe(10))

    def test_settings_belong_to_a_lineart_and_come_back_with_it(self, scene) -> None:
        memory, layer = scene.context.memory, scene.room.layer.Layer
        settings = scene.room.settings.InkSettings
        assert memory.settings_of(scene.document, scene.sketch.identity) is None
        ink(scene)
        first = lineart(scene)
        newer = scene.raw.add("newer")
        memory.carry(scene.document, first.identity, layer(newer))
        assert memory.settings_of(scene.document, scene.sketch.identity).thickness == 3.0
        memory.note_lineart(scene.document, scene.sketch.identity, layer(newer), settings(thickness=8.0))
        assert memory.settings_of(scene.document, scene.sketch.identity).thickness == 8.0
        newer.remove()
        assert memory.settings_of(scene.document, scene.sketch.identity).thickness == 3.0
        memory.look_after(scene.document, scene.sketch.identity)
        assert memory.state_of(scene.document).records[0].settings.thickness == 3.0
        memory.keep_only(lambda _document: False)
        assert memory.settings_of(scene.document, scene.sketch.identity).thickness == 3.0

    def test_preferences_come_back(self, room, monkeypatch, tmp_path) -> None:
        places = room.application.QStandardPaths
        monkeypatch.setattr(places, "writableLocation", lambda _place: str(tmp_path))
        preferences = room.preferences
        assert preferences.load_settings() == room.settings.InkSettings(auto=True)
        preferences.save_settings(room.settings.InkSettings(thickness=7.5, style="brush"))
        assert preferences.load_settings() == room.settings.InkSettings(thickness=7.5, style="brush")
        options = room.engine.EngineOptions(runtime="onnxruntime", memory=512)
        preferences.save_engine_options(options)
        assert preferences.load_engine_options() == options


class TestSettling:
    def test_the_artists_layer_is_selected_again_once_krita_has_moved(self, scene) -> None:
        document, layer = scene.document, scene.room.layer.Layer
        newcomer = scene.raw.add("new")
        work = scene.room.settling.stay_on(document, layer(scene.sketch), layer(newcomer))
        assert next(work) == scene.room.settling.SETTLE_MS
        next(work)
        scene.raw.active = newcomer
        run(work)
        assert scene.raw.active is scene.sketch

    @pytest.mark.parametrize("kind", ["pressed", "pen pressed", "moved"])
    def test_a_stroke_that_begins_once_krita_has_moved_lands_on_the_artists_layer(self, scene, kind) -> None:
        layer, newcomer = scene.room.layer.Layer, scene.raw.add("new")
        work = scene.room.settling.stay_on(scene.document, layer(scene.sketch), layer(newcomer))
        next(work)
        krita = scene.room.krita
        for selected, then in ((newcomer, scene.sketch), (other := scene.raw.add("other"), other)):
            scene.raw.active = selected
            krita.press(kind)
            assert scene.raw.active is (selected if kind == "moved" else then)
        krita.front = None
        krita.press(kind)
        work.close()
        assert krita.filters == []

    def test_where_krita_does_not_move_it_is_not_waited_for_long(self, scene) -> None:
        layer = scene.room.layer.Layer
        work = scene.room.settling.stay_on(scene.document, layer(scene.sketch), layer(scene.raw.add("new")))
        assert sum(work) == 300, "ms"
        other = scene.raw.add("the artist's choice")
        scene.raw.active = other
        run(scene.room.settling.stay_on(scene.document, layer(scene.sketch), layer(scene.raw.add("new"))))
        assert scene.raw.active is other
        scene.raw.closed = True
        assert len(list(scene.room.settling.stay_on(scene.document, layer(scene.sketch), layer(other)))) == 1

    def test_where_the_artist_was_on_no_layer_or_is_on_none_nothing_is_chosen(self, scene) -> None:
        layer, stay_on = scene.room.layer.Layer, scene.room.settling.stay_on
        newcomer = scene.raw.active = scene.raw.add("new")
        assert len(list(stay_on(scene.document, None, layer(newcomer)))) == 1
        assert scene.raw.active is newcomer
        scene.raw.active = None
        assert len(list(stay_on(scene.document, layer(scene.sketch), layer(newcomer)))) == 1
        assert scene.raw.active is None


class TestCorrections:
    @pytest.fixture
    def corrections(self, scene) -> Any:
        ink(scene)
        painted(lineart(scene), 20, 25, np.full((8, 8), 255, np.uint8), (0, 0, 200))
        painted(lineart(scene), 110, 25, np.full((8, 8), 255, np.uint8), (0, 0, 200))
        context = scene.context
        context.loop = SimpleNamespace(later=lambda _ms, action: scene.todo.append(action))
        context.work_on = partial(scene.room.context.Context.work_on, context)
        scene.taking = scene.room.take_new.TakeNew(context, scene.turns, scene.renewer)
        scene.todo = []
        scene.context.ink = stripe(14)
        ink(scene)
        return context.corrections

    def test_places_are_counted_for_the_lineart_at_hand(self, scene, corrections) -> None:
        assert corrections.count == 2
        corrections.look(scene.document, None)
        assert corrections.count == 0
        corrections.look(scene.document, scene.room.layer.Layer(lineart(scene)))
        assert corrections.count == 2
        scene.raw.closed = True
        corrections.look(scene.document, scene.room.layer.Layer(lineart(scene)))
        assert corrections.count == 0

    def test_the_last_sixteen_linearts_are_remembered(self, scene, corrections) -> None:
        kept = scene.room.corrections.Kept
        for number in range(16):
            corrections.show(kept(scene.document, f"{{{number}}}", (Rect(0, 0, 1, 1),) * (number + 1)))
        counts = []
        for number in range(16):
            corrections.look(scene.document, SimpleNamespace(identity=f"{{{number}}}"))
            counts.append(corrections.count)
        assert counts == list(range(1, 17))
        corrections.look(scene.document, scene.room.layer.Layer(lineart(scene)))
        assert corrections.count == 0

    def test_where_giving_up_takes_two_steps_to_undo_it_is_said(self, scene, corrections) -> None:
        lineart(scene).style = "<asl/>"
        scene.raw.chosen = Selection(np.full((TALL, WIDE), 255, np.uint8))
        scene.raw.active = scene.sketch
        scene.taking.begin()
        while scene.todo:
            scene.todo.pop(0)()
        assert "undo twice" in scene.context.said[-1]

    def test_listeners_hear_of_changes_only(self, scene, corrections) -> None:
        heard = []
        corrections.changed.connect(lambda: heard.append(corrections.count))
        corrections.look(scene.document, scene.room.layer.Layer(lineart(scene)))
        assert heard == []
        corrections.look(scene.document, None)
        corrections.set_shown(True)
        assert heard == [0, 0]
        assert corrections.shown

    def test_what_is_missing_is_told(self, scene, corrections) -> None:
        scene.taking.begin()
        assert "Select the area" in scene.context.said[-1]
        scene.raw.chosen = Selection(np.full((TALL, WIDE), 255, np.uint8))
        assert scene.turns.take("a run")
        scene.taking.begin()
        assert "Wait" in scene.context.said[-1]
        scene.turns.give_up("a run")
        scene.raw.active = scene.raw.add("other")
        scene.taking.begin()
        assert "no lineart" in scene.context.said[-1]
        scene.room.krita.front = None
        scene.taking.begin()
        assert scene.todo == []

    def test_places_given_up_become_the_ink_and_others_stay(self, scene, corrections) -> None:
        chosen = np.zeros((TALL, WIDE), np.uint8)
        chosen[22:36, 17:32] = 255
        scene.raw.chosen = Selection(chosen)
        scene.raw.active = scene.sketch
        scene.context.messages.say("Select the places first.", "error")
        scene.taking.begin()
        while scene.todo:
            scene.todo.pop(0)()
        assert scene.context.messages.shown.text == "", "what was wrong is not any more"
        expected = stripe(14)
        expected[25:33, 110:118] = 255
        np.testing.assert_array_equal(whole(lineart(scene)), expected)
        assert corrections.count == 1
        assert corrections.kept.places[0].x > 32


class TestLive:
    @pytest.fixture
    def live(self, scene, monkeypatch) -> SimpleNamespace:
        now = SimpleNamespace(time=100.0)
        monkeypatch.setattr(scene.room.live.time, "monotonic", lambda: now.time)
        todo: list[Any] = []
        inked: list[str] = []
        loop = SimpleNamespace(later=lambda _ms, action: todo.append(action))
        made = SimpleNamespace(todo=todo, inked=inked, busy=False)
        made.job = lambda: job(scene)

        def begin(_document: Any, sketch: Any) -> Any:
            inked.append(sketch.identity)
            return made.job()

        made.live = scene.room.live.Live(
            loop, scene.context.memory, lambda: made.busy, begin, scene.renewer.live
        )

        def look(seconds: float = 0.05) -> int:
            """A while later, look once; how often was it inked so far?"""
            now.time += seconds
            todo.pop(0)()
            return len(inked)

        made.look = look
        return made

    def test_it_inks_a_moment_after_the_pen_was_lifted(self, scene, live) -> None:
        live.live.switch(True)
        assert live.look(0.39) == 0
        assert live.look(0.02) == 1
        assert [live.look(0.5) for _ in range(3)] == [1, 1, 1]
        scene.room.krita.buttons = 1
        assert live.look() == 1
        scene.room.krita.buttons = 0
        assert live.look(0.39) == 1
        assert live.look(0.02) == 2
        assert live.inked == [scene.sketch.identity] * 2

    def test_colours_drawn_meanwhile_are_looked_for_at_the_next_ink(self, scene, monkeypatch) -> None:
        looked = []

        def look(item: Any, cancelled: Callable[[], bool]) -> None:
            looked.append(item.palette)
            item.palette, item.looked = f"colours {len(looked)}", True

        monkeypatch.setattr(scene.room.run, "look_at_colours", look)
        painted(scene.sketch, 10, 10, stripe(0)[:12], (200, 60, 40))
        ink(scene, live=True)
        assert looked == [None]
        painted(scene.sketch, 60, 10, stripe(0)[:12], (0, 0, 0))
        ink(scene, live=True)
        assert looked == [None], "they stay as they are while it is drawn"
        ink(scene)
        assert looked == [None, "colours 1"]
        assert scene.context.kept[scene.sketch.identity].palette == "colours 2"
        ink(scene)
        assert len(looked) == 2, "nothing was drawn since"

    def test_undo_stirs_it_and_every_few_seconds_it_looks_anyway(self, scene, live) -> None:
        live.live.switch(True)
        assert live.look(0.5) == 1
        scene.room.krita.action("edit_undo").words = "Undo"
        assert live.look(0.5) == 2
        assert live.look(3.9) == 2
        assert live.look(0.2) == 3
        live.live.stir()  # an undo after which the menu says the same
        assert live.look(0.05) == 4

    def test_a_run_under_way_is_dropped_when_the_pen_comes_down(self, scene, live) -> None:
        one = job(scene)
        live.job = lambda: one
        live.live.switch(True)
        live.look(0.5)
        scene.room.krita.buttons = 1
        live.look()
        assert one.cancelled

    def test_it_keeps_to_its_sketch_and_tells_where_the_artist_is(self, scene, live) -> None:
        live.live.switch(True)
        assert live.live.state == scene.room.live.LiveState("sketch", True, False)
        other = scene.raw.active = scene.raw.add("flats")
        live.look(0.5)
        assert live.live.state.here is False
        scene.room.krita.buttons = 1
        live.look()
        scene.room.krita.buttons = 0
        assert live.look(0.5) == 2
        assert live.inked == [scene.sketch.identity] * 2
        scene.raw.active = scene.sketch
        live.look(0.5)
        assert live.live.state.here
        assert other.identity not in live.inked

    def test_in_another_document_it_waits_and_ends_with_its_own(self, scene, live) -> None:
        live.live.switch(True)
        other = scene.room.krita.show(Document(WIDE, TALL))
        other.active = other.add("layer")
        assert live.look(5) == 0
        assert live.live.on
        scene.room.krita.open.remove(scene.raw)
        assert live.look(5) == 0
        assert not live.live.on
        assert live.todo == []

    def test_without_a_layer_it_stays_off(self, scene, live) -> None:
        scene.raw.active = None
        live.live.switch(True)
        assert not live.live.on
        assert live.todo == []

    @pytest.mark.parametrize("case", ["busy", "deleted", "animated"])
    def test_it_waits_where_there_is_nothing_to_ink(self, scene, live, case: str) -> None:
        live.busy = case == "busy"
        if case == "animated":
            scene.sketch.keys = [0]
        live.live.switch(True)
        if case == "deleted":
            scene.sketch.remove()
        assert live.look(0.5) == 0
        assert live.todo, "it looks on"

    def test_switched_off_it_looks_no_more(self, live) -> None:
        heard = []
        live.live.changed.connect(lambda: heard.append(live.live.on))
        live.live.switch(True)
        live.live.switch(True)
        live.live.switch(False)
        assert heard == [True, False]
        assert live.look(0.5) == 0
        assert live.todo == []
        live.live.switch(True)
        live.live.stop()
        assert live.look(0.5) == 0
        assert live.todo == []
