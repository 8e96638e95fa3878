# SPDX-License-Identifier: GPL-3.0-or-later
"""Lineart that is renewed or follows a slider, in a small Krita in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from smart_lineart.inking import Base, DamagedRecord, FreshInk, InkRecord, LayerInk, Rect
from tests.krita_host.fake_krita import Document, Node, Selection, alpha_of, painted, run

WIDE, TALL = 90, 70
AREA = Rect(0, 0, WIDE, TALL)


def ink_of(thickness: float) -> np.ndarray:
    """A drawing without symmetry, darker where it is thicker; uint8 (TALL, WIDE)."""
    ink = np.zeros((TALL, WIDE), np.uint8)
    size = round(thickness)
    ink[10 : 10 + size, 8:80] = 255
    ink[10:60, 20 : 20 + size] = 255
    ink[40 : 40 + size, 20:50] = 255
    return ink


class Context:
    """What work is given; all of it is done at once."""

    def __init__(self, room: SimpleNamespace):
        self.memory = room.memory.Memory()
        self.undo_words = room.undo_words.UndoWords()
        self.messages = room.messages.Messages()
        self.drawn: list[tuple[float, Rect | None]] = []
        self.shown: list[Any] = []
        self.before_draw: Callable[[], None] = lambda: None
        self.render_worker = SimpleNamespace(submit=self.submit)
        self.engine = SimpleNamespace(draw=self.draw)
        self.cache = SimpleNamespace(get=lambda *_: None, all=lambda *_: {})
        self.corrections = SimpleNamespace(show=self.shown.append)

    @staticmethod
    def submit(task: Callable[[], Any]) -> Any:
        return SimpleNamespace(value=task())

    def draw(self, item: Any, settings: Any, *, part: Rect | None = None, **_: Any) -> FreshInk:
        self.before_draw()
        self.drawn.append((settings.thickness, part))
        area = part or item.area
        ink = ink_of(settings.thickness)
        x, y = area.x - item.area.x, area.y - item.area.y
        return FreshInk(ink[y : y + area.height, x : x + area.width], area, settings.thickness, None)


@pytest.fixture
def scene(room: SimpleNamespace) -> SimpleNamespace:
    """A sketch and its lineart, 3 px thick, in the document in front; the sketch is selected."""
    raw = room.krita.show(Document(WIDE, TALL))
    raw.active = sketch = raw.add("sketch")
    lineart = raw.add("Lineart")
    painted(lineart, 0, 0, ink_of(3))
    document = room.document.Document(raw)
    context = Context(room)
    settings = room.settings.InkSettings(thickness=3.0)
    fresh = FreshInk(ink_of(3), AREA, 3.0, None)
    context.memory.note_lineart(document, sketch.identity, room.layer.Layer(lineart), settings)
    pen = room.pen.Pen.of(None, room.layer.Layer(lineart).form, document, None)
    noted = pen.noting(Base.blank().record)(fresh)
    context.memory.note_ink(document, room.layer.Layer(lineart), noted.record())
    item = SimpleNamespace(document=document, sketch=sketch.identity, area=AREA, detail=0.0)
    return SimpleNamespace(
        room=room, raw=raw, sketch=sketch, lineart=lineart, document=document, context=context,
        settings=settings, item=item, turns=room.turns.Turns(),
        renewer=room.renewing.Renewer(context.memory, context.render_worker),
    )  # fmt: skip


def look_at(room: SimpleNamespace, x: int, y: int, width: int, height: int) -> None:
    """The window shows this part of the page, pixel by pixel."""
    room.krita.scrolled, room.krita.shown = (x, y), (width, height)
    room.krita.canvas = SimpleNamespace(zoomLevel=lambda: 1.0, rotation=lambda: 0.0, mirror=lambda: False)


def newest(scene: SimpleNamespace) -> Node:
    """The lineart in the document."""
    found = scene.context.memory.lineart_in_use(scene.document, scene.sketch.identity)
    assert found is not None
    return found.raw


def whole(node: Node) -> np.ndarray:
    return alpha_of(node, 0, 0, WIDE, TALL)


def drive(work: Any, until: Callable[[], bool] = lambda: False) -> Any:
    """Do steps of a piece of work, all at once, to its end or until something is so before a wait."""
    value = None
    for _ in range(500):
        try:
            wish = work.send(value)
        except StopIteration as end:
            return end.value
        value = getattr(wish, "value", None)
        if value is None and until():
            return None
    raise AssertionError("it goes on and on")


class TestFollowing:
    def drag(self, scene, *thicknesses: float, final: bool = True):
        follower = scene.room.follow.Follower(scene.context, scene.turns, scene.item)
        for number, thickness in enumerate(thicknesses):
            last = final and number == len(thicknesses) - 1
            follower.want(scene.settings.with_value("thickness", thickness), final=last)
        return follower

    def test_the_visible_part_comes_first_and_lies_where_it_belongs(self, scene) -> None:
        look_at(scene.room, 15, 30, 20, 16)
        work = self.drag(scene, 6).run()
        scene.raw.busy = 1
        drive(work, lambda: scene.raw.busy == 0)  # Krita composes what it was given first
        part = scene.context.drawn[0][1]
        assert part == Rect(14, 29, 23, 19)
        expected = ink_of(3)
        rows, columns = slice(part.y, part.bottom), slice(part.x, part.right)
        expected[rows, columns] = ink_of(6)[rows, columns]
        np.testing.assert_array_equal(whole(newest(scene)), expected)
        drive(work)
        np.testing.assert_array_equal(whole(newest(scene)), ink_of(6))
        assert [area for _, area in scene.context.drawn] == [part, None]

    def test_a_page_that_is_seen_whole_is_drawn_once(self, scene) -> None:
        look_at(scene.room, 0, 0, WIDE, TALL)
        drive(self.drag(scene, 6).run())
        assert scene.context.drawn == [(6.0, None)]

    def test_a_drag_replaces_the_lineart_once_and_remembers_its_ink(self, scene) -> None:
        follower = self.drag(scene, 5, final=False)
        work = follower.run()
        drive(work, lambda: bool(scene.context.drawn) and scene.raw.refreshed > 0)
        follower.want(scene.settings.with_value("thickness", 7.0), final=True)
        drive(work)
        assert scene.room.krita.triggered == [scene.room.lineart.CONVERT]
        node = newest(scene)
        np.testing.assert_array_equal(whole(node), ink_of(7))
        np.testing.assert_array_equal(whole(scene.lineart), ink_of(3), "what undo brings back")
        record = scene.context.memory.ink_of(scene.document, scene.room.layer.Layer(node))
        np.testing.assert_array_equal(record.coverage(AREA), ink_of(7))
        assert scene.context.memory.settings_of(scene.document, scene.sketch.identity).thickness == 7
        assert scene.context.shown[-1].lineart == node.identity
        assert follower.over
        assert scene.raw.active is scene.sketch, "the layer the artist is on"

    def test_settings_that_were_passed_over_are_not_drawn(self, scene) -> None:
        drive(self.drag(scene, 4, 5, 6).run())
        assert [thickness for thickness, _ in scene.context.drawn] == [6.0]

    def test_settings_that_change_while_the_part_is_drawn_are_drawn_next(self, scene) -> None:
        look_at(scene.room, 15, 30, 20, 16)
        follower = self.drag(scene, 5, final=False)

        def change() -> None:
            scene.context.before_draw = lambda: None
            follower.want(scene.settings.with_value("thickness", 7.0), final=True)

        scene.context.before_draw = change
        drive(follower.run())
        assert [(thickness, part is None) for thickness, part in scene.context.drawn] == [
            (5.0, False),
            (7.0, False),
            (7.0, True),
        ]
        np.testing.assert_array_equal(whole(newest(scene)), ink_of(7))

    def test_what_the_artist_changed_stays(self, scene) -> None:
        painted(scene.lineart, 60, 50, np.full((12, 20), 255, np.uint8), (0, 0, 200))
        drive(self.drag(scene, 6).run())
        found = whole(newest(scene))
        assert (found[50:62, 60:80] == 255).all()
        expected = ink_of(6)
        expected[50:62, 60:80] = 255
        np.testing.assert_array_equal(found, expected)
        assert len(scene.context.shown[-1].places) == 1

    def test_a_stopped_drag_changes_nothing(self, scene) -> None:
        follower = self.drag(scene, 6)
        follower.stop()
        drive(follower.run())
        assert scene.room.krita.triggered == []
        assert newest(scene) is scene.lineart
        assert follower.over

    def test_a_drag_without_lineart_or_document_ends(self, scene) -> None:
        scene.lineart.remove()
        follower = self.drag(scene, 6)
        drive(follower.run())
        scene.turns.end(follower)
        assert scene.context.drawn == []
        scene.raw.closed = True
        drive(self.drag(scene, 6).run())
        assert scene.context.drawn == []

    def test_a_document_closed_while_krita_converts_colours_is_not_touched(self, scene, monkeypatch) -> None:
        chosen = np.zeros((TALL, WIDE), np.uint8)
        chosen[:, 40:] = 255
        scene.raw.chosen = Selection(chosen)
        made, settings_of = scene.room.followed.Pen.of, scene.context.memory.settings_of
        alive: list[bool] = []

        def convert(*arguments: Any) -> Any:
            pen = made(*arguments)
            scene.raw.closed = True
            return pen

        def ask(*arguments: Any, **named: Any) -> Any:
            alive.append(not scene.raw.closed)
            return settings_of(*arguments, **named)

        monkeypatch.setattr(scene.room.followed.Pen, "of", convert)
        monkeypatch.setattr(scene.context.memory, "settings_of", ask)
        gone = LookupError("closed")
        with pytest.raises(LookupError):
            run(self.drag(scene, 6).run(), gate=lambda: gone if scene.raw.closed else None)
        assert alive
        assert all(alive)

    def test_a_lineart_that_another_writes_is_waited_for(self, scene) -> None:
        assert scene.turns.take_lineart("another", scene.document, scene.sketch.identity)
        work = self.drag(scene, 6).run()
        waits = [next(work) for _ in range(5)]
        assert waits == [30] * 5
        assert scene.room.krita.triggered == []
        scene.room.krita.front = None
        assert next(work) == scene.room.settling.WAIT_FOR_DOCUMENT_MS
        scene.room.krita.front = scene.raw
        scene.turns.leave("another")
        drive(work)
        np.testing.assert_array_equal(whole(newest(scene)), ink_of(6))

    def test_undo_in_a_drag_begins_another_step(self, scene) -> None:
        follower = self.drag(scene, 5, final=False)
        work = follower.run()
        drive(work, lambda: scene.raw.refreshed > 0)
        copy = newest(scene)
        scene.raw.root.addChildNode(scene.lineart, copy)
        copy.remove()
        follower.want(scene.settings.with_value("thickness", 7.0), final=True)
        drive(work)
        assert len(scene.room.krita.triggered) == 2
        np.testing.assert_array_equal(whole(newest(scene)), ink_of(7))

    def test_a_lineart_moved_off_its_sketch_is_drawn_as_a_whole_where_it_lies(self, scene) -> None:
        scene.lineart.frames = {0: {}}
        painted(scene.lineart, 5, 4, ink_of(3))
        look_at(scene.room, 15, 30, 20, 16)
        follower = self.drag(scene, 5, final=False)
        work = follower.run()
        drive(work, lambda: scene.raw.refreshed > 0)
        first = len(scene.context.drawn)
        follower.want(scene.settings.with_value("thickness", 7.0), final=True)
        drive(work)
        assert [part for _, part in scene.context.drawn[first:]] == [None]
        np.testing.assert_array_equal(alpha_of(newest(scene), 5, 4, WIDE, TALL), ink_of(7))

    def test_inside_a_selection_only_and_the_record_says_so(self, scene) -> None:
        chosen = np.zeros((TALL, WIDE), np.uint8)
        chosen[:, :40] = 255
        scene.raw.chosen = Selection(chosen)
        drive(self.drag(scene, 6).run())
        node = newest(scene)
        found = whole(node)
        np.testing.assert_array_equal(found[:, 40:], ink_of(3)[:, 40:])
        np.testing.assert_array_equal(found[:, :34], ink_of(6)[:, :34])
        edge = found[14, 34:41].astype(int)
        assert (np.diff(edge) < 0).all(), "the new line goes out towards the border"
        record = scene.context.memory.ink_of(scene.document, scene.room.layer.Layer(node))
        np.testing.assert_allclose(record.coverage(AREA).astype(int), found.astype(int), atol=1)


class TestRenewing:
    def renew(self, scene, ink: np.ndarray, *, area: Rect = AREA, **options: Any):
        fresh = FreshInk(ink, area, options.pop("thickness", 3.0), None)
        selection = options.pop("selection", None)
        work = scene.renewer.renew(
            scene.document, scene.room.layer.Layer(newest(scene)), fresh, None, selection, **options
        )
        return drive(work)

    def moved(self) -> np.ndarray:
        ink = ink_of(3)
        ink[40:43, 20:50] = 0
        ink[50:53, 30:70] = 255
        return ink

    def test_fresh_ink_takes_the_place_of_the_old(self, scene) -> None:
        told = []
        renewed = self.renew(scene, self.moved(), begin=lambda: told.append(list(scene.room.krita.triggered)))
        assert renewed.changed
        assert told == [[]], "told before anything changes"
        np.testing.assert_array_equal(whole(renewed.layer.raw), self.moved())
        record = scene.context.memory.ink_of(scene.document, renewed.layer)
        np.testing.assert_array_equal(record.coverage(AREA), self.moved())
        assert record.notes["page"] == [WIDE, TALL]
        assert renewed.kept.places == ()
        assert scene.raw.active is scene.sketch, "the layer the artist is on"

    def test_an_artist_on_the_lineart_is_on_the_renewed_one_then(self, scene) -> None:
        scene.raw.active = scene.lineart
        assert self.renew(scene, self.moved()).layer.raw is scene.raw.active

    def test_the_same_ink_is_no_step_to_undo(self, scene) -> None:
        renewed = self.renew(scene, ink_of(3))
        assert not renewed.changed
        assert scene.room.krita.triggered == []
        assert renewed.layer.raw is scene.lineart

    def test_a_change_outside_the_selection_is_no_step_to_undo(self, scene) -> None:
        chosen = np.zeros((TALL, WIDE), np.uint8)
        chosen[:30] = 255
        assert not self.renew(scene, self.moved(), selection=Selection(chosen)).changed
        chosen[45] = 1
        chosen[51] = 255
        assert self.renew(scene, self.moved(), selection=Selection(chosen)).changed

    def test_what_was_erased_stays_erased_and_is_counted(self, scene) -> None:
        erased = whole(scene.lineart).copy()
        erased[8:16, 50:80] = 0
        scene.lineart.frames = {0: {}}
        painted(scene.lineart, 0, 0, erased)
        renewed = self.renew(scene, self.moved())
        expected = self.moved()
        expected[8:16, 50:80] = 0
        np.testing.assert_array_equal(whole(renewed.layer.raw), expected)
        assert len(renewed.kept.places) == 1
        place = renewed.kept.places[0]
        assert place.intersection(Rect(50, 8, 30, 8)).width > 0

    def test_an_empty_layer_is_begun_anew(self, scene) -> None:
        scene.lineart.frames = {0: {}}
        renewed = self.renew(scene, self.moved())
        np.testing.assert_array_equal(whole(renewed.layer.raw), self.moved())

    @pytest.mark.parametrize("fault", ["unknown", "damaged", "damaged inside"])
    def test_ink_that_is_not_found_is_told(self, scene, fault: str) -> None:
        key = next(key for key in scene.raw.notes if "/ink/" in key)
        scene.context.memory.records.keep_only(lambda _document: False)
        if fault == "unknown":
            del scene.raw.notes[key]
        if fault == "damaged":
            scene.raw.notes[key] = scene.raw.notes[key][:-3]
        if fault == "damaged inside":
            record = InkRecord(AREA, 3.0, {(0, 0): b"no ink"})
            scene.context.memory.note_ink(scene.document, scene.room.layer.Layer(scene.lineart), record)
        with pytest.raises(scene.room.finding.NotFound):
            self.renew(scene, self.moved())
        assert scene.room.krita.triggered == []

    def test_a_lineart_the_artist_never_stops_painting_on_is_left(self, scene) -> None:
        strokes = iter(range(200))

        def paint():
            painted(scene.lineart, next(strokes) % 80, 65, np.full((1, 1), 255, np.uint8))
            yield 1

        with pytest.raises(scene.room.lineart.NotRenewed):
            self.renew(scene, self.moved(), ready=paint)
        assert next(strokes) == scene.room.renewing.TRIES
        assert scene.room.krita.triggered == []

    def test_a_stroke_painted_meanwhile_is_merged(self, scene) -> None:
        once = iter([True])

        def paint():
            if next(once, False):
                painted(scene.lineart, 60, 58, np.full((8, 20), 255, np.uint8))
            yield 1

        found = whole(self.renew(scene, self.moved(), ready=paint).layer.raw)
        assert (found[58:66, 60:80] == 255).all()

    def test_live_runs_share_one_step_until_the_artist_touches_the_lineart(self, scene) -> None:
        first = self.renew(scene, self.moved(), live=True)
        again = self.renew(scene, ink_of(3), live=True)
        assert again.layer.identity == first.layer.identity
        assert again.changed
        assert len(scene.room.krita.triggered) == 1
        np.testing.assert_array_equal(whole(again.layer.raw), ink_of(3))
        painted(again.layer.raw, 60, 58, np.full((8, 20), 255, np.uint8))
        other = self.renew(scene, self.moved(), live=True)
        assert other.layer.identity != first.layer.identity
        assert len(scene.room.krita.triggered) == 2

    def test_a_live_run_takes_no_redo_away(self, scene, monkeypatch) -> None:
        monkeypatch.setattr(scene.room.application, "can_redo", lambda: True)
        assert self.renew(scene, self.moved(), live=True) is None
        assert self.renew(scene, self.moved()).changed

    def test_giving_up_corrections_takes_the_ink_last_made(self, scene) -> None:
        painted(scene.lineart, 60, 50, np.full((8, 20), 255, np.uint8))
        painted(scene.lineart, 60, 20, np.full((8, 20), 255, np.uint8))
        chosen = np.zeros((TALL, WIDE), np.uint8)
        chosen[45:] = 255
        raw = Selection(chosen)
        work = scene.renewer.take_new(scene.document, scene.room.layer.Layer(scene.lineart), raw, None)
        found = whole(drive(work).layer.raw)
        expected = ink_of(3)
        expected[20:28, 60:80] = 255
        np.testing.assert_array_equal(found, expected)

    def test_kept_places_lie_on_the_page(self, scene) -> None:
        merge = SimpleNamespace(kept=[Rect(0, 0, 10, 10), Rect(30, 30, 5, 5), Rect(200, 0, 3, 3)])
        layer = scene.room.layer.Layer(scene.lineart)
        kept = scene.room.corrections.Kept.of(scene.document, layer, merge, Rect(-6, 2, 1, 1))
        assert kept.places == (Rect(0, 2, 4, 10), Rect(24, 32, 5, 5))


def test_colours_of_ink_are_noted_once_and_the_last_of_them(room) -> None:
    document = room.document.Document(room.krita.show(Document(WIDE, TALL)))
    fresh = FreshInk(np.zeros((1, 1), np.uint8), Rect(0, 0, 1, 1), 3.0, None, {"sketch": 1})
    from smart_lineart.krita_host.pixels import SRGB

    before = Base.blank().record
    everywhere = room.pen.Pen.of(None, SRGB, document, None)
    selected = room.pen.Pen.of(None, SRGB, document, "a selection")
    black = everywhere.noting(before)(fresh).notes["colours"]
    assert len(black) == 1
    most = room.pen.COLOURS
    others = [{"space": black[0]["space"], "pixel": [n, 0, 0, 255]} for n in range(1, most + 3)]
    before = InkRecord.of(fresh.coverage, fresh.area, thickness=3.0, notes={"colours": [*black, *others]})
    noted = selected.noting(before)(fresh).notes
    assert noted["colours"] == [*others[1 - most :], *black]
    assert noted["sketch"] == 1
    assert noted["page"] == [WIDE, TALL]
    assert everywhere.noting(before)(fresh).notes["colours"] == black, "nothing of what was there stays"


def test_how_a_part_with_a_detail_of_its_own_saw_the_sketch_is_not_noted_for_the_whole(room) -> None:
    document = room.document.Document(room.krita.show(Document(WIDE, TALL)))
    from smart_lineart.krita_host.pixels import SRGB

    area = Rect(0, 0, 1, 1)
    blank = np.zeros((1, 1), np.uint8)
    before = InkRecord.of(blank, area, thickness=3.0, notes={"sketch": {"detail": 0.0}})
    part = FreshInk(blank, area, 3.0, None, {"sketch": {"detail": 0.6}}, values={"detail": 0.6})
    selected = room.pen.Pen.of(None, SRGB, document, "a selection").noting(before)
    assert selected(part).notes["sketch"] == {"detail": 0.0}
    assert selected(replace(part, values={})).notes["sketch"] == {"detail": 0.6}
    whole = room.pen.Pen.of(None, SRGB, document, None).noting(before)
    assert whole(replace(part, values=None)).notes["sketch"] == {"detail": 0.6}


def test_a_damaged_region_is_told_when_the_ink_is_looked_for(room) -> None:
    ink = np.zeros((TALL, WIDE), np.uint8)
    ink[20:40, 20:60] = 255
    page = Rect(0, 0, WIDE, TALL)
    region = InkRecord.of(ink, page, thickness=3.0)
    record = replace(InkRecord.of(ink, page, thickness=3.0), regions=(region,))
    layer = LayerInk(ink, ink > 255, page)
    assert room.finding._found(page, record, layer, 1 << 30) is not None
    damaged = replace(region, tiles=dict.fromkeys(region.tiles, b"no zlib stream"))
    with pytest.raises(DamagedRecord):
        room.finding._found(page, replace(record, regions=(damaged,)), layer, 1 << 30)


def test_ink_of_another_colour_than_the_last_recolours(room) -> None:
    document = room.document.Document(room.krita.show(Document(WIDE, TALL)))
    from smart_lineart.krita_host.pixels import SRGB

    pen = room.pen.Pen.of(None, SRGB, document, None)
    fresh = FreshInk(np.zeros((1, 1), np.uint8), Rect(0, 0, 1, 1), 3.0, None)
    black = pen.noting(Base.blank().record)(fresh)
    (note,) = black.notes["colours"]
    blue = {"colours": [note, {**note, "pixel": [10, 0, 0, 255]}]}
    record = InkRecord.of(fresh.coverage, fresh.area, thickness=3.0, notes=blue)
    assert pen.recolours(record)
    assert not pen.recolours(black.record())
    blue_pen = replace(pen, pixel=np.array([10, 0, 0, 255], np.uint8))
    assert blue_pen.recolours(record), "some of the ink is black, and nothing is to be"
    assert not blue_pen.recolours(replace(record, notes={"colours": blue["colours"][1:]}))
    assert not replace(pen, selection="a part").recolours(black.record())
    assert replace(blue_pen, selection="a part").recolours(record), "the part may be what is black"
    assert not pen.recolours(Base.blank().record)
