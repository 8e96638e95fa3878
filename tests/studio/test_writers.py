# SPDX-License-Identifier: GPL-3.0-or-later
"""All that writes into Krita's documents, against a Krita that fails where the real one would end: whatever
is closed, cancelled or painted between two steps.
"""

from __future__ import annotations

import importlib
import sys
import tracemalloc
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from smart_lineart.inking import Features, FreshInk
from smart_lineart.inking.brushes.styles import find_style
from smart_lineart.inking.strokes import Strokes
from tests import fake_krita
from tests.fake_krita import FakeDocument, FakeNode, FakeSelection
from tests.fresh_plugin import fresh_plugin

WIDTH, HEIGHT = 120, 100
STRIP = 128 * 32  # px: a page has several strips
TURNS = 3000


class FakeLoop:
    """Turned by a test; calls `between` with the number of each step before it is taken."""

    def __init__(self) -> None:
        self._actions: deque[Callable[[], None]] = deque()
        self.between: Callable[[int], None] = lambda _: None
        self.steps = 0

    def later(self, milliseconds: int, action: Callable[[], None]) -> None:
        self._actions.append(action)

    post = lambda self, action: self.later(0, action)  # noqa: E731

    def run_at_most(self, steps: int) -> None:
        """As Krita turns the loop while it waits."""
        for _ in range(min(steps, len(self._actions))):
            self._actions.popleft()()

    def run(self, between: Callable[[int], None] = lambda _: None) -> int:
        """Until nothing is left to do; returns how many steps were taken."""
        self.steps = 0
        while self._actions and self.steps < TURNS:
            between(self.steps)
            self.steps += 1
            self._actions.popleft()()
        return self.steps


class Engine:
    """Inks what is dark in a sketch, the fuller the thicker."""

    def __init__(self) -> None:
        self.options = SimpleNamespace(memory=1024)
        self.find_style = find_style
        self._sketches: dict[int, tuple[Any, Features]] = {}

    def prepare(self, sketch: Any, settings: Any, *_: Any) -> Features:
        features = Features(sketch.size, 1.0, False, Strokes.empty(), None, None)
        self._sketches[id(features)] = sketch, features
        return features

    def render(self, features: Features, settings: Any, *_: Any, **__: Any) -> np.ndarray:
        sketch, _ = self._sketches[id(features)]
        dark = sketch.read_luma(0, sketch.size[0]) < 0.5
        return dark * np.uint8(min(255, 150 + settings.thickness))

    def read_picture(self, picture: Any, *_: Any) -> Any:
        """Each kind is all that is dark."""
        reading = importlib.import_module("smart_lineart.studio.picture_reading")
        kinds = {kind: self.prepare(picture, None) for kind in reading.KINDS}
        return reading.FoundInPicture(kinds, 3.0, (60, 30, 20))

    def draw(self, item: Any, settings: Any, hue: str = "", **_: Any) -> FreshInk:
        ink = self.render(item.kinds.get(hue, item.features), settings)
        return FreshInk(ink, item.area, settings.thickness, None, {"sketch": item.notes()})


class Studio:
    """A Krita with one page and its sketch, and the plugin's session."""

    def __init__(self, app: fake_krita.App):
        self.app = app
        self.loop = FakeLoop()
        steps = importlib.import_module("smart_lineart.studio.steps")
        importlib.import_module("smart_lineart.studio.context").Worker = lambda *_: Now(steps.Pending)
        module = importlib.import_module("smart_lineart.studio.session")
        importlib.import_module("smart_lineart.krita_host.geometry").strips.__defaults__ = (STRIP, STRIP)
        importlib.import_module("smart_lineart.krita_host.composing").AT_ONCE = STRIP
        self.session = module.Session(self.loop, Engine())
        self.document: FakeDocument = app.createDocument(WIDTH, HEIGHT)
        app.active = self.document
        self.sketch = self.document.createNode("Sketch", "paintlayer")
        self.document.rootNode().addChildNode(self.sketch, None)
        draw(self.sketch.still, 30)
        self.loop.run()

    @property
    def lineart(self) -> FakeNode:
        (found,) = [node for node in self.document.root.nodes if node.title.startswith("Lineart")]
        return found

    @property
    def flats(self) -> FakeNode:
        (found,) = [node for node in self.document.root.nodes if node.title == "Flats"]
        return found

    @property
    def hints(self) -> FakeNode:
        (found,) = [node for node in self.document.root.nodes if node.title == "Colour hints"]
        return found

    @property
    def layers(self) -> list[str]:
        return [node.title for node in self.document.root.nodes]

    @property
    def states(self) -> list[str]:
        return [job.state.value for job in self.session.queue.jobs]

    def ink(self) -> None:
        self.session.ink()

    def inked(self) -> FakeNode:
        self.document.active = self.sketch
        self.ink()
        self.loop.run()
        self.document.active = self.sketch
        return self.lineart

    def edit(self) -> None:
        draw(self.sketch.still, 60)

    def animate(self, node: FakeNode) -> None:
        node.keys = {time: node.still.copy() for time in (0, 4, 8)}
        for number, picture in enumerate(node.keys.values()):
            draw(picture, 20 + 20 * number)
        self.session.frames = 0, 12
        self.document.shown = 4


class Now:
    """A worker whose results are there at once."""

    def __init__(self, pending: Callable[[], Any]):
        self._pending = pending

    def submit(self, task: Callable[[], Any]) -> Any:
        pending = self._pending()
        try:
            pending.finish(task())
        except Exception as error:  # noqa: BLE001 (handed to the one who waits)
            pending.finish(error=error)
        return pending

    def stop(self) -> None:
        pass


def draw(picture: np.ndarray, row: int) -> None:
    """A line, and a tick above its left end."""
    picture[row : row + 3, 10:110] = (20, 20, 20, 255)
    picture[row - 8 : row, 12:14] = (20, 20, 20, 255)


def draw_box(picture: np.ndarray, left: int, top: int, right: int, bottom: int) -> None:
    """The outline of a rectangle."""
    for rows, columns in (
        (slice(top, top + 3), slice(left, right)),
        (slice(bottom - 3, bottom), slice(left, right)),
        (slice(top, bottom), slice(left, left + 3)),
        (slice(top, bottom), slice(right - 3, right)),
    ):
        picture[rows, columns] = (20, 20, 20, 255)


def opaque(node: FakeNode, time: int | None = None) -> int:
    return int((node._picture(time)[..., 3] > 0).sum())


@pytest.fixture
def app() -> Iterator[fake_krita.App]:
    one = fake_krita.App()
    with fresh_plugin(fake_krita.modules(one)):
        yield one


@pytest.fixture
def studio(app: fake_krita.App) -> Studio:
    return Studio(app)


# -- what each writer begins with; returns what sets it to work


def new(studio: Studio) -> Callable[[], None]:
    return studio.ink


def group(studio: Studio) -> Callable[[], None]:
    """The sketch lies in a pass-through group, with another layer."""
    around = studio.document.createGroupLayer("Group")
    studio.document.rootNode().addChildNode(around, None)
    studio.sketch.remove()
    for node in (studio.sketch, studio.sketch.duplicate()):
        around.addChildNode(node, None)
    around.passing = True
    studio.document.active = around
    return studio.ink


def renew(studio: Studio) -> Callable[[], None]:
    draw(studio.inked().still, 80)
    studio.lineart.look["locked"] = True
    studio.edit()
    return studio.ink


def slider(studio: Studio) -> Callable[[], None]:
    studio.inked()
    return lambda: studio.session.change("thickness", 40.0, final=True)


def drag(studio: Studio) -> Callable[[], None]:
    studio.inked()

    def move() -> None:
        studio.session.change("thickness", 40.0, final=False)
        studio.session.change("thickness", 50.0, final=False)
        studio.loop.later(0, lambda: studio.session.change("thickness", 60.0, final=True))

    return move


def colours(studio: Studio) -> Callable[[], None]:
    """The lines of two colours get layers of their own."""
    studio.inked()
    palettes = importlib.import_module("smart_lineart.inking.hues.palette")
    hues = [palettes.Hue(name, ((0.0, 0.0),), (9, 9, 200)) for name in ("dark", "blue", "red")]
    for item in studio.session.context.cache._items:
        item.palette = palettes.Palette(tuple(hues))
    return lambda: studio.session.change("by_colour", True, final=True)


def colours_again(studio: Studio) -> Callable[[], None]:
    colours(studio)()
    studio.loop.run()
    (around,) = [node for node in studio.document.root.nodes if node.title.startswith("Line colours")]
    assert [node.title for node in around.nodes] == ["Blue lines", "Red lines"]
    draw(around.nodes[0].still, 80)
    studio.document.active = studio.sketch
    studio.edit()
    return studio.ink


def colours_slider(studio: Studio) -> Callable[[], None]:
    colours_again(studio)
    return lambda: studio.session.change("thickness", 40.0, final=True)


def picture(studio: Studio) -> Callable[[], None]:
    """Lines and edges are taken from a finished picture."""
    studio.session.picturing.choose("shade_edge", on=True)
    return studio.session.take_lines


def picture_again(studio: Studio) -> Callable[[], None]:
    """The artist has drawn on the lines, changed the picture and ticked two kinds more."""
    picture(studio)()
    studio.loop.run()
    (around,) = [node for node in studio.document.root.nodes if node.title == "Sketch lines"]
    assert [node.title for node in around.nodes] == ["Shade edges", "Lines"]
    draw(around.nodes[1].still, 80)
    for kind in ("highlight_edge", "shade"):
        studio.session.picturing.choose(kind, on=True)
    studio.document.active = studio.sketch
    studio.edit()
    return studio.session.take_lines


def picture_slider(studio: Studio) -> Callable[[], None]:
    picture(studio)()
    studio.loop.run()
    studio.document.active = studio.sketch
    return lambda: studio.session.change("thickness", 40.0, final=True)


def live(studio: Studio) -> Callable[[], None]:
    def again() -> None:
        application = sys.modules["smart_lineart.krita_host.application"]
        document = application.active_document()
        if document is not None:
            studio.session.ink_live(document, document.active_layer())

    again()
    studio.loop.run()
    studio.document.active = studio.sketch
    studio.edit()
    return again


def frames(studio: Studio) -> Callable[[], None]:
    studio.animate(studio.sketch)
    return studio.ink


def frames_again(studio: Studio) -> Callable[[], None]:
    studio.animate(studio.sketch)
    studio.inked()
    for picture in studio.sketch.keys.values():
        draw(picture, 80)
    draw(studio.lineart.keys[4], 90)
    return studio.ink


def take_new(studio: Studio) -> Callable[[], None]:
    draw(studio.inked().still, 80)
    studio.document.chosen = FakeSelection(0, 0, WIDTH, HEIGHT)
    return studio.session.take_new


def flats(studio: Studio) -> Callable[[], None]:
    """Of a layer that the artist inked by hand."""
    draw_box(studio.sketch.still, 20, 20, 90, 60)
    return studio.session.flatting.begin


def flats_again(studio: Studio) -> Callable[[], None]:
    """The artist has painted on them, and drawn another line."""
    flats(studio)()
    studio.loop.run()
    studio.flats.still[40:50, 40:50] = (0, 0, 200, 255)
    studio.flats.look["locked"] = True
    studio.document.active = studio.sketch
    draw_box(studio.sketch.still, 50, 20, 90, 60)
    return studio.session.flatting.begin


def group_of_flats(studio: Studio) -> Callable[[], None]:
    """With one layer a colour, in which the artist has a layer of their own, after the same edits."""
    studio.session.flatting.set_layered(True)
    flats(studio)()
    studio.loop.run()
    (part,) = (node for node in studio.flats.nodes if node.still[45, 30].any())
    part.title = "Skin"
    part.still[40:50, 40:50] = (0, 0, 200, 255)
    shade = studio.document.createNode("Shade", "paintlayer")
    shade.still[30:60, 30:60] = (9, 9, 9, 200)
    studio.flats.addChildNode(shade, part)
    studio.document.active = studio.sketch
    draw_box(studio.sketch.still, 50, 20, 90, 60)
    return studio.session.flatting.begin


def flats_into_a_group(studio: Studio) -> Callable[[], None]:
    """One layer is made a group with one layer a colour."""
    flats_again(studio)
    studio.flats.look["locked"] = False
    return lambda: studio.session.flatting.set_layered(True)


def hints(studio: Studio) -> Callable[[], None]:
    """The artist dabs a colour on a layer of hints."""
    draw_box(studio.sketch.still, 20, 20, 90, 60)
    studio.session.flatting.begin(hints=True)
    turn(studio)

    def dab() -> None:
        application = sys.modules["smart_lineart.krita_host.application"]
        document = application.active_document()
        if document is not None:
            studio.hints.still[45:50, 30:35] = (1, 2, 3, 255)
            studio.session.flatting.follow(document, studio.sketch.identity)

    return dab


def turn(studio: Studio) -> None:
    """Until nothing is left to do but to watch the artist."""
    studio.session.flatting.hints.look = lambda *_: None
    studio.loop.run()


WRITERS = [
    *(
        new,
        group,
        renew,
        slider,
        drag,
        colours,
        colours_again,
        colours_slider,
        picture,
        picture_again,
        picture_slider,
        live,
        frames,
        frames_again,
        take_new,
    ),
    *(flats, flats_again, hints, group_of_flats, flats_into_a_group),
]


@pytest.mark.parametrize("writer", [slider, drag, live, hints])
def test_what_is_closed_while_krita_composes_is_left_alone_and_nothing_else_begins(
    app: fake_krita.App, writer: Any
) -> None:
    """Krita handles events while it composes the page."""
    studio = Studio(app)
    begin = writer(studio)
    begun, steps = [], []

    def events(document: FakeDocument) -> None:
        if document is not studio.document or begun:
            return
        begun.append(document)
        work = sys.modules["smart_lineart.krita_host.document"].Document(document)
        other = studio.session.context.work_on(work, iter_steps(steps))
        studio.loop.run_at_most(20)
        assert steps == [], "a step began in the middle of another"
        assert not other.done
        document.close()

    app.meanwhile = events
    begin()
    studio.loop.run()
    assert begun
    assert app.touched == []
    assert steps == [], "a step on a document that was closed"
    assert not studio.session.turns.busy
    assert "went wrong" not in studio.session.messages.shown.text


def iter_steps(taken: list[int]) -> Iterator[None]:
    taken.append(1)
    yield


@pytest.mark.parametrize("writer", WRITERS)
def test_nothing_of_a_document_is_touched_once_it_is_closed(app: fake_krita.App, writer: Any) -> None:
    studio = Studio(app)
    writer(studio)()
    steps = studio.loop.run()
    assert studio.session.messages.last_error == ""
    assert 4 < steps < TURNS
    for at in range(steps):
        app.open.clear()
        studio = Studio(app)
        writer(studio)()
        studio.loop.run(lambda step, at=at, one=studio: one.document.close() if step == at else None)
        assert app.touched == [], f"closed before step {at} of {steps}"
        assert not studio.session.turns.busy
        assert studio.session.queue.active == []
        assert "went wrong" not in studio.session.messages.shown.text
        assert app.open == [], "a document that layers were composed in is left open"


@pytest.mark.parametrize(
    "writer",
    [
        *(new, group, renew, picture, picture_again, live, frames, frames_again),
        *(flats, flats_again, group_of_flats, flats_into_a_group),
    ],
)
def test_what_is_told_as_cancelled_was_not_done_and_the_rest_was(app: fake_krita.App, writer: Any) -> None:
    studio = Studio(app)
    writer(studio)()
    steps = studio.loop.run()
    told = set()
    for at in range(steps):
        studio = Studio(app)
        writer(studio)()
        before, layers, notes = picture_of(studio), studio.layers, dict(studio.document.notes)
        studio.loop.run(lambda step, at=at, one=studio: cancel(one) if step == at else None)
        state = studio.states[-1]
        told.add(state)
        assert state in {"cancelled", "finished"}
        if state == "cancelled":
            assert picture_of(studio) == before, f"cancelled before step {at} of {steps}"
            assert (studio.layers, studio.document.notes) == (layers, notes)
        else:
            assert picture_of(studio) != before
        assert studio.document.shown == (4 if studio.sketch.keys else 0)
    assert told == {"cancelled", "finished"}


def cancel(studio: Studio) -> None:
    studio.session.cancel(studio.session.queue.jobs[-1])


def picture_of(studio: Studio) -> list[Any]:
    nodes, waiting = [], list(studio.document.root.nodes)
    while waiting:
        nodes.append(waiting.pop(0))
        waiting = nodes[-1].nodes + waiting
    return [
        (node.title, picture.tobytes(), dict(node.look))
        for node in nodes
        for picture in (list(node.keys.values()) or [node.still])
    ]


def test_frames_the_artist_goes_to_meanwhile_get_no_other_frames_ink(app: fake_krita.App) -> None:
    expected = Studio(app)
    frames(expected)()
    expected.loop.run()
    wanted = {time: picture.copy() for time, picture in expected.lineart.keys.items()}
    studio = Studio(app)
    frames(studio)()

    def wander(step: int) -> None:
        studio.document.shown = step * 4 % 12

    studio.loop.run(wander)
    for time, picture in wanted.items():
        np.testing.assert_array_equal(studio.lineart.keys[time], picture)


def test_every_frame_of_a_range_is_inked_with_its_ends(studio: Studio) -> None:
    studio.animate(studio.sketch)
    studio.session.frames = 4, 8
    studio.ink()
    studio.loop.run()
    assert [opaque(studio.lineart, time) > 600 for time in (0, 4, 8)] == [False, True, True]
    assert studio.document.shown == 4


def test_an_animated_lineart_keeps_its_keyframes_when_it_is_renewed(studio: Studio) -> None:
    """Krita's conversion, by which others are replaced, keeps the frame shown alone."""
    host = {
        name: sys.modules[f"smart_lineart.krita_host.{name}"] for name in ("document", "layer", "lineart")
    }
    old = studio.inked()
    old.keys = {0: old.still.copy(), 4: old.still.copy()}
    layer, document = host["layer"].Layer(old), host["document"].Document(studio.document)
    assert list(host["lineart"].replace_by_copy(document, layer)) == []
    assert studio.lineart is not old
    assert list(studio.lineart.keys) == [0, 4]


def test_a_renewed_lineart_looks_as_the_old_one_did(studio: Studio) -> None:
    look = {"colorLabel": 3, "visible": False, "alphaLocked": True, "inheritAlpha": True, "locked": True}
    old = studio.inked()
    old.look.update(look)
    studio.edit()
    studio.inked()
    assert studio.lineart is not old
    assert studio.lineart.look == look
    assert old.look == look  # undo brings it back


def test_what_the_artist_paints_while_ink_is_written_stays(studio: Studio) -> None:
    old = studio.inked()
    studio.edit()
    studio.ink()
    painted = []

    def paint(_: int) -> None:
        if studio.lineart is not old and not painted:
            painted.append(studio.lineart)
            studio.lineart.still[55:70, 50:60] = (0, 0, 200, 255)

    studio.loop.run(paint)
    assert painted
    assert (studio.lineart.still[55:70, 50:60] == (0, 0, 200, 255)).all()
    assert studio.lineart.still[61, 20, 3]  # and beside it came ink


def test_what_the_artist_erases_stays_erased(studio: Studio) -> None:
    studio.inked().still[30:33, 40:60] = 0
    studio.session.settings = studio.session.settings.with_value("thickness", 5.0)  # all ink is another now
    studio.edit()
    lineart = studio.inked()
    assert not lineart.still[31, 42:58, 3].any()
    assert lineart.still[31, 20, 3]
    assert lineart.still[61, 50, 3]


def test_ink_that_is_recoloured_without_the_artists_touch_takes_the_new_colour(studio: Studio) -> None:
    red = np.array([0, 0, 255, 255], np.uint8)
    pen = sys.modules["smart_lineart.studio.runs.pen"]
    studio.inked()
    pen.as_pixel = lambda *_: red
    studio.edit()
    lineart = studio.inked()
    assert tuple(lineart.still[31, 20, :3]) == (0, 0, 255)
    assert tuple(lineart.still[61, 20, :3]) == (0, 0, 255)


def test_a_record_that_was_never_made_for_its_page_is_said_and_the_lineart_kept_apart(studio: Studio) -> None:
    lineart = studio.inked()
    before = lineart.still.copy()
    (kept,) = studio.session.context.memory.records._kept
    kept.record = replace(kept.record, area=kept.record.area._replace(width=23_000, height=23_000))
    studio.edit()
    studio.ink()
    studio.loop.run()
    assert studio.layers == ["Sketch", "Lineart: Sketch", "Lineart corrections"]
    assert "damaged" in studio.session.messages.shown.text
    np.testing.assert_array_equal(lineart.still, before)


def test_a_frame_whose_record_makes_no_sense_is_left_alone_and_told(studio: Studio) -> None:
    frames_again(studio)
    before = studio.lineart.keys[4].copy()
    for kept in studio.session.context.memory.records._kept:
        if kept.frame == 4:
            kept.record = replace(kept.record, area=kept.record.area._replace(width=23_000, height=23_000))
    studio.ink()
    studio.loop.run()
    np.testing.assert_array_equal(studio.lineart.keys[4], before)
    assert opaque(studio.lineart, 8) > 900
    assert studio.session.messages.shown.text.endswith(" 4.")


@pytest.mark.parametrize("deleted", ["lineart", "sketch"])
def test_frames_find_their_place_or_leave_nothing_where_a_layer_was_deleted_meanwhile(
    studio: Studio, deleted: str
) -> None:
    frames_again(studio)
    studio.ink()
    gone, notes = getattr(studio, deleted), dict(studio.document.notes)
    studio.loop.run(lambda step: gone.remove() if step == 30 else None)
    if deleted == "lineart":
        assert studio.layers == ["Sketch", "Lineart: Sketch"]
        assert studio.lineart is not gone
    else:
        assert studio.layers == ["Lineart: Sketch"]
        assert "was deleted" in studio.session.messages.shown.text
        assert studio.document.notes == notes


def test_pixels_far_off_the_page_are_not_read(studio: Studio) -> None:
    """A few bytes in a file paint a pixel anywhere; what lies between it and the page would be gigabytes."""
    sketch, lineart = studio.sketch, studio.inked()
    far = Box(-2_000_000_000, -2_000_000_000, 2_000_000_100, 2_000_000_100)
    sketch.bounds = lineart.bounds = lambda: far
    copies = FakeNode.duplicate

    def duplicate(self: FakeNode) -> FakeNode:
        copy = copies(self)
        copy.bounds = self.bounds
        return copy

    FakeNode.duplicate = duplicate
    try:
        studio.edit()
        tracemalloc.start()
        studio.ink()
        studio.loop.run()
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()
        FakeNode.duplicate = copies
    assert studio.session.messages.last_error == ""
    assert studio.states[-1] == "finished"


class Box:
    def __init__(self, *values: int):
        self.x, self.y, self.width, self.height = (lambda value=value: value for value in values)


def test_a_clip_without_end_is_looked_through_in_a_moment(studio: Studio) -> None:
    frames = sys.modules["smart_lineart.krita_host.frames"]
    asked = []
    layer = SimpleNamespace(has_frame=lambda time: asked.append(time) or time in {0, 12})
    assert frames.key_times(SimpleNamespace(clip=(3, 12), length=7), layer) == [0, 12]
    document = SimpleNamespace(clip=(-(2**31), 2**31 - 1), length=2**31 - 1)
    assert frames.key_times(document, layer) == [0, 12]
    assert len(asked) < 300_000


def test_flats_lie_under_what_they_fill_and_what_the_artist_painted_stays(studio: Studio) -> None:
    again = flats_again(studio)
    old, colour = studio.flats, tuple(studio.flats.still[40, 30])
    assert colour[3] == 255
    assert not studio.flats.still[10, 10].any()
    again()
    studio.loop.run()
    assert studio.flats is not old
    assert (studio.flats.still[40:50, 40:50] == (0, 0, 200, 255)).all()
    assert tuple(studio.flats.still[45, 60]) == tuple(studio.flats.still[45, 30]) == colour
    assert studio.flats.look["locked"]


def test_what_is_painted_while_flats_are_made_stays(studio: Studio) -> None:
    again, old, painted = flats_again(studio), studio.flats, []
    draw_box(studio.sketch.still, 20, 62, 90, 95)  # paper until now
    again()

    def paint(step: int) -> None:
        moments = (3, 12), (6, 30), (9, 48), (-1 if studio.flats is old else step, 66)
        for moment, column in moments:
            if step == moment and column not in painted:
                studio.flats.still[70:76, column : column + 8] = (0, 90, 0, 255)
                painted.append(column)

    studio.loop.run(paint)
    assert studio.flats is not old
    assert tuple(studio.flats.still[85, 50])[3] == 255
    assert painted == [12, 30, 48, 66]
    for column in painted:
        assert (studio.flats.still[70:76, column : column + 8] == (0, 90, 0, 255)).all(), column


AFTER_WRITING = 8  # steps of a run in which nothing is written any more


@pytest.mark.parametrize("writer", [flats, flats_again, group_of_flats, flats_into_a_group])
@pytest.mark.parametrize("size", [(WIDTH + 30, HEIGHT + 20), (WIDTH - 10, HEIGHT - 10)])
def test_a_page_that_is_resized_while_flats_are_made_has_flats_of_its_new_size(
    app: fake_krita.App, writer: Any, size: tuple[int, int]
) -> None:
    studio = Studio(app)
    writer(studio)()
    steps = studio.loop.run()
    for at in range(steps):
        app.open.clear()
        studio = Studio(app)
        writer(studio)()
        studio.loop.run(
            lambda step, at=at, one=studio: setattr(one.document, "size", size) if step == at else 0
        )
        session = studio.session
        assert session.messages.last_error == "", f"resized before step {at} of {steps}"
        assert session.messages.shown.kind != "error"
        document = sys.modules["smart_lineart.krita_host.document"].Document(studio.document)
        flats = session.context.flats.in_use(document, studio.sketch.identity)
        found = session.context.flats.areas_in(document, flats.identity)
        late = {(HEIGHT, WIDTH)} if at >= steps - AFTER_WRITING else set()
        assert found.shape in {size[::-1], *late}, f"resized before step {at} of {steps}"


def test_other_colours_are_proposed_without_a_step_and_taken_by_area(studio: Studio) -> None:
    flats(studio)()
    studio.loop.run()
    proposing, old, before = studio.session.flatting.proposing, studio.flats, studio.flats.still.copy()
    proposing.begin()
    studio.loop.run()
    first = proposing.shown
    assert first is not None
    assert len(first.pictures) == 6
    assert studio.flats is old
    np.testing.assert_array_equal(old.still, before)
    proposing.take(2)
    studio.loop.run()
    colour = tuple(studio.flats.still[45, 30])
    assert colour[2::-1] in first.recoloured[2].values()
    assert proposing.shown is not first, "they are of the colours that there are now"
    locked = proposing.shown.colours[0]
    proposing.lock(locked, on=True)
    studio.loop.run()
    assert proposing.shown.locked == {locked}
    proposing.lock(locked, on=False)
    proposing.more()
    studio.loop.run()
    assert proposing.shown.locked == frozenset()
    assert proposing.shown.asked.first == 6
    studio.flats.remove()
    proposing.more()
    studio.loop.run()
    assert "no flats here" in studio.session.messages.shown.text


def test_seams_are_those_of_the_flats_there_are_for_as_long_as_they_are_wanted(
    app: fake_krita.App, studio: Studio
) -> None:
    again = flats_again(studio)
    seams, changes = studio.session.flatting.seams, []
    seams.changed.connect(lambda: changes.append(seams.shown))
    seams.switch(True)
    assert len(changes) == 1
    assert seams.shown is not None
    studio.session.look()
    assert len(changes) == 1, "nothing is told twice"
    studio.sketch.still[22:58, 86:94] = 0  # a side of the box is open
    again()
    studio.loop.run()
    memory = studio.session.context.flats
    document = sys.modules["smart_lineart.krita_host.document"].Document(studio.document)
    areas = memory.areas_in(document, studio.flats.identity)
    assert changes[-1].closed is areas.seams
    assert changes[-1].open is areas.open_seams
    studio.document.size = WIDTH + 4, HEIGHT
    seams.look()
    assert changes[-1] is None, "they would lie elsewhere"
    studio.document.size = WIDTH, HEIGHT
    seams.look()
    assert changes[-1] is not None
    app.active = app.createDocument(WIDTH, HEIGHT)
    seams.look()
    assert changes[-1] is None
    seams.switch(False)
    app.active = studio.document
    seams.look()
    assert changes[-1] is None


def test_proposals_go_with_their_document(app: fake_krita.App, studio: Studio) -> None:
    flats(studio)()
    studio.loop.run()
    proposing, changes = studio.session.flatting.proposing, []
    proposing.begin()
    studio.loop.run()
    proposing.changed.connect(lambda: changes.append(proposing.shown))
    app.active = app.createDocument(WIDTH, HEIGHT)
    studio.session.look()
    assert changes == [None]
    proposing.take(0)
    studio.loop.run()
    assert app.touched == []


def test_the_colours_of_the_selected_layer_are_taken(studio: Studio) -> None:
    flats(studio)()
    studio.loop.run()
    photo = studio.document.createNode("Photo", "paintlayer")
    studio.document.rootNode().addChildNode(photo, None)
    proposing = studio.session.flatting.proposing
    studio.document.active = studio.sketch
    proposing.begin()
    studio.loop.run()
    studio.document.active = photo
    proposing.from_layer()
    studio.loop.run()
    assert "has no colours to take" in studio.session.messages.shown.text
    photo.still[:] = (250, 10, 0, 255)
    photo.still[:, ::2] = (0, 200, 30, 255)
    proposing.from_layer()
    studio.loop.run()
    assert set(proposing.shown.asked.palette.colours) == {(30, 200, 0), (0, 10, 250)}


def propose(studio: Studio) -> Callable[[], None]:
    flats(studio)()
    studio.loop.run()
    return studio.session.flatting.proposing.begin


def take_proposal(studio: Studio) -> Callable[[], None]:
    propose(studio)()
    studio.loop.run()
    return lambda: studio.session.flatting.proposing.take(0)


@pytest.mark.parametrize("writer", [propose, take_proposal])
def test_a_document_that_is_closed_while_colours_are_proposed_is_left_alone(
    app: fake_krita.App, writer: Any
) -> None:
    studio = Studio(app)
    writer(studio)()
    steps = studio.loop.run()
    for at in range(steps):
        app.open.clear()
        studio = Studio(app)
        writer(studio)()
        studio.loop.run(lambda step, at=at, one=studio: one.document.close() if step == at else None)
        assert app.touched == [], f"closed before step {at} of {steps}"
        assert not studio.session.turns.busy
        assert "went wrong" not in studio.session.messages.shown.text


def in_group(studio: Studio) -> dict[str, FakeNode]:
    return {node.title: node for node in studio.flats.nodes}


def test_layers_of_a_group_of_flats_keep_names_strokes_and_what_lies_among_them(studio: Studio) -> None:
    again = group_of_flats(studio)
    old, inside = studio.flats, in_group(studio)
    colour, shade = tuple(inside["Skin"].still[45, 30]), inside["Shade"].still.copy()
    studio.document.active = inside["Shade"]
    again()
    studio.loop.run()
    assert studio.flats is not old
    assert list(in_group(studio)) == list(inside)
    skin = in_group(studio)["Skin"]
    assert (skin.still[40:50, 40:50] == (0, 0, 200, 255)).all()
    assert tuple(skin.still[45, 30]) == tuple(skin.still[45, 60]) == colour
    np.testing.assert_array_equal(in_group(studio)["Shade"].still, shade)
    assert studio.document.active is in_group(studio)["Shade"]
    assert "undo twice" in studio.session.messages.shown.text


def test_what_is_painted_in_a_group_of_flats_while_they_are_made_stays(studio: Studio) -> None:
    again, painted, stroke = group_of_flats(studio), [], (0, 90, 0, 255)
    draw_box(studio.sketch.still, 20, 62, 90, 95)  # paper until now
    old = studio.flats
    again()

    def paint(step: int) -> None:
        for moment, column in ((3, 12), (6, 30), (-1 if studio.flats is old else step, 66)):
            if step == moment and column not in painted:
                in_group(studio)["Skin"].still[70:76, column : column + 8] = stroke
                in_group(studio)["Skin"].still[36:39, column : column + 8] = stroke
                painted.append(column)

    studio.loop.run(paint)
    assert studio.flats is not old
    assert painted == [12, 30, 66]
    inside = in_group(studio)
    assert any(tuple(node.still[85, 50])[3] == 255 for name, node in inside.items() if name != "Shade")
    for column in painted:
        for rows in (slice(70, 76), slice(36, 39)):
            assert (inside["Skin"].still[rows, column : column + 8] == stroke).all(), column
            late = [node.still[rows, column : column + 8] for name, node in inside.items() if name[0] == "#"]
            assert not any(one.any() for one in late), "nothing lies over it"


def test_strokes_lie_in_the_layer_of_the_colour_beneath_when_flats_become_a_group(studio: Studio) -> None:
    make = flats_into_a_group(studio)
    studio.flats.still[70:74, 70:74] = (9, 0, 9, 255)  # on paper
    shown = studio.flats.still.copy()
    make()
    studio.loop.run()
    layers = list(in_group(studio).values())
    together = np.zeros_like(shown)
    for layer in layers:
        together = np.where(layer.still[..., 3:] > 0, layer.still, together)
    same = np.ones(shown.shape[:2], np.bool_)
    same[:, 48:52] = False  # where the new line parts areas
    np.testing.assert_array_equal(together[same], shown[same])
    (beneath,) = [one for one in layers if one.still[45, 30].any()]
    assert (beneath.still[40:50, 40:48] == (0, 0, 200, 255)).all()
    studio.session.flatting.set_layered(False)
    studio.loop.run()
    assert studio.flats.kind == "paintlayer"
    np.testing.assert_array_equal(studio.flats.still, together)


def test_flats_with_a_mask_or_a_layer_of_the_artists_do_not_become_others(studio: Studio) -> None:
    make = flats_into_a_group(studio)
    flats = studio.flats
    mask = studio.document.createNode("Mask", "transparencymask")
    flats.addChildNode(mask, None)
    make()
    studio.loop.run()
    assert studio.flats is flats
    assert not studio.session.flatting.layered
    assert "Take that out first" in studio.session.messages.shown.text
    mask.remove()
    studio.document.active = studio.sketch
    make()
    studio.loop.run()
    made = studio.flats
    made.addChildNode(studio.document.createNode("Shade", "paintlayer"), None)
    studio.session.flatting.set_layered(False)
    studio.loop.run()
    assert studio.flats is made
    assert studio.session.flatting.layered


def test_a_stroke_on_flats_that_become_a_group_is_in_it(studio: Studio) -> None:
    make, stroke = flats_into_a_group(studio), (0, 90, 0, 255)
    for moment in range(0, 60, 3):
        studio.session.flatting.set_layered(False)
        studio.loop.run()
        old = studio.flats
        make()

        def paint(step: int, old: FakeNode = old, moment: int = moment) -> None:
            if step == moment and old.parent is not None:
                old.still[36:39, 30:38] = stroke if moment % 2 else (0, moment, 9, 255)

        studio.loop.run(paint)
        shown = [node.still[36:39, 30:38] for node in studio.flats.nodes]
        assert any((one == old.still[36:39, 30:38]).all() for one in shown), moment


@pytest.mark.parametrize("gone", ["flats", "sketch"])
def test_flats_whose_layer_or_lineart_is_deleted_meanwhile(studio: Studio, gone: str) -> None:
    flats_again(studio)()
    layer = getattr(studio, gone)
    studio.loop.run(lambda step: layer.remove() if step == 4 else None)
    assert studio.session.messages.last_error == "" or "Problem" in studio.session.messages.last_error
    if gone == "flats":
        assert sorted(studio.layers) == ["Flats", "Sketch"]
        assert studio.flats is not layer
    else:
        assert "was deleted" in studio.session.messages.shown.text
        assert studio.layers == ["Flats"]


def test_damaged_notes_on_flats_are_said_and_the_layer_kept(studio: Studio) -> None:
    again = flats_again(studio)
    before = studio.flats.still.copy()
    studio.session.context.flats._kept.clear()
    key = next(key for key in studio.document.notes if key.startswith("smart_lineart/flats/"))
    studio.document.notes[key] = studio.document.notes[key][:-3]
    again()
    studio.loop.run()
    assert sorted(studio.layers) == ["Flats", "Flats 2", "Sketch"]
    np.testing.assert_array_equal(studio.flats.still, before)
    assert "layer of their own" in studio.session.messages.shown.text


def test_flats_that_undo_brings_back_while_new_ones_are_written_are_renewed(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    again, old, parent = flats_again(studio), studio.flats, studio.document.root
    old.remove()
    layer = sys.modules["smart_lineart.krita_host.flats_layer"].FlatsLayer
    write = layer.write

    def writing(self: Any, *args: Any) -> Iterator[None]:
        yield from write(self, *args)
        if old not in parent.nodes and not brought:
            brought.append(True)
            parent.addChildNode(old, None)

    brought: list[bool] = []
    monkeypatch.setattr(layer, "write", writing)
    again()
    studio.loop.run()
    assert brought
    assert sorted(studio.layers) == ["Flats", "Sketch"]
    assert (studio.flats.still[40:50, 40:50] == (0, 0, 200, 255)).all()


def test_flats_that_were_wiped_away_are_made_anew_though_their_notes_are_damaged(studio: Studio) -> None:
    again, old = flats_again(studio), studio.flats
    studio.session.context.flats._kept.clear()
    key = next(key for key in studio.document.notes if key.startswith("smart_lineart/flats/"))
    studio.document.notes[key] = studio.document.notes[key][:-3]
    old.still[:] = 0
    again()
    studio.loop.run()
    assert studio.flats is not old
    assert sorted(studio.layers) == ["Flats", "Sketch"]
    assert studio.flats.still[45, 60, 3] == 255
    assert studio.session.messages.last_error == ""


def test_a_dab_colours_its_area_without_a_step_and_leaves_nothing_when_it_is_taken_back(
    studio: Studio,
) -> None:
    dab = hints(studio)
    flats, before = studio.flats, studio.flats.still.copy()
    assert studio.document.active is studio.hints
    dab()
    studio.loop.run()
    assert studio.flats is flats, "no other layer has taken its place"
    assert tuple(flats.still[45, 60]) == (1, 2, 3, 255)
    studio.hints.still[:] = 0
    studio.session.flatting.follow(
        sys.modules["smart_lineart.krita_host.application"].active_document(), studio.sketch.identity
    )
    studio.loop.run()
    assert studio.flats is flats
    np.testing.assert_array_equal(flats.still, before)


def test_hints_spread_as_far_as_is_set_and_not_into_what_the_artist_coloured_before_or_since(
    studio: Studio,
) -> None:
    for column in (50, 70):  # parts the box in three
        draw_box(studio.sketch.still, column, 20, 90, 60)
    dab = hints(studio)
    flats = studio.flats.still
    flats[(flats == flats[40, 80]).all(-1)] = (0, 0, 200, 255)
    studio.session.context.flats.doubt()  # they were on it
    dab()
    studio.loop.run()
    first = tuple(studio.flats.still[40, 60])
    assert first != (1, 2, 3, 255)
    assert tuple(studio.flats.still[40, 40]) == (1, 2, 3, 255)
    for opened_again in (False, True):
        if opened_again:
            studio.session.flatting.set_spread(0.0)
            turn(studio)
            assert tuple(studio.flats.still[40, 60]) == first
            studio.session.context.flats.keep_only(lambda _: False)
        studio.session.flatting.set_spread(1.0)
        turn(studio)
        assert tuple(studio.flats.still[40, 60]) == (1, 2, 3, 255)
        assert tuple(studio.flats.still[40, 80]) == (0, 0, 200, 255)


def test_flats_that_the_artist_has_painted_on_are_a_step_of_their_own_under_hints(studio: Studio) -> None:
    dab = hints(studio)
    flats = studio.flats
    flats.still[48:52, 60:66] = (0, 0, 200, 255)
    studio.session.context.flats.doubt()  # they were on it
    dab()
    studio.loop.run()
    assert studio.flats is not flats
    assert (studio.flats.still[48:52, 60:66] == (0, 0, 200, 255)).all()
    assert tuple(studio.flats.still[45, 70]) == (1, 2, 3, 255)


def test_the_artist_on_flats_is_noticed_and_on_hints_they_are_followed(studio: Studio) -> None:
    module = sys.modules["smart_lineart.krita_host.document"]
    hints(studio)
    flatting, memory = studio.session.flatting, studio.session.context.flats
    del flatting.hints.look
    document = module.Document(studio.document)
    ready = lambda: memory.is_ready(document, memory.in_use(document, studio.sketch.identity))  # noqa: E731
    assert ready()
    studio.document.active = studio.flats
    flatting.hints.look(document, document.active_layer())
    assert not ready()
    studio.document.active = studio.hints
    studio.hints.still[45:50, 30:35] = (4, 5, 6, 255)
    flatting.hints.look(document, document.active_layer())
    studio.loop.run(lambda step: setattr(studio.document, "active", studio.sketch) if step == 200 else None)
    assert tuple(studio.flats.still[45, 60]) == (4, 5, 6, 255)
