# SPDX-License-Identifier: GPL-3.0-or-later
"""The window that is painted in leaves nothing behind, whatever fails: itself, and no smoothing."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from smart_lineart import nested
from smart_lineart.inking import Rect
from smart_lineart.krita_host.pixels import SRGB
from tests.krita_host.fake_krita import fake_krita, run

KEY = "", "LineSmoothingType"
NONE, STABILIZER = "0", "3"
SPEED = "", "useTimestampsForBrushSpeed"


class Window:
    """Krita's; a view cannot be had in it, and `seen` is the smoothing that its tools would have."""

    def __init__(self, krita: Any):
        self.krita, self.closed, self.seen = krita, False, ""
        self.then: Any = lambda: None
        self.gone: list[str] = []  # in this order

    def addView(self, _document: Any) -> None:  # noqa: N802
        self.seen = self.krita.kept[KEY]
        self.then()

    def qwindow(self) -> Any:
        view = SimpleNamespace(destroy=lambda: self.gone.append("view"))
        area = SimpleNamespace(findChildren=lambda kind: [view] * (kind.__name__ == "QMdiSubWindow"))
        return SimpleNamespace(
            close=self._close,
            findChildren=lambda kind: [area] * (kind.__name__ == "QMdiArea"),
            destroyed=False,
            installEventFilter=lambda _: None,
            removeEventFilter=lambda _: None,
        )

    def _close(self) -> None:
        self.closed = True
        self.gone.append("window")


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Any:
    names = "krita_host.application", "krita_host.painting_window", "krita_host.view", "studio.runs.painting"
    with fake_krita(*names) as room:
        krita = room.krita
        krita.kept[KEY] = STABILIZER
        window = Window(krita)
        krita.openWindow, krita.windows = lambda: window, lambda: [] if window.closed else [window]
        made = SimpleNamespace(room=room, krita=krita, window=window, space=True, later=[])
        monkeypatch.setattr(room.application, "has_room_for_settings", lambda: made.space)
        monkeypatch.setattr(room.painting_window.PaintingWindow, "_hide", lambda _self: None)
        loop = SimpleNamespace(later=lambda _ms, action: made.later.append(action))
        made.painting = room.painting.Painting(SimpleNamespace(loop=loop))
        yield made


def paint(scene: Any) -> None:
    """Open a window, which fails, and close it."""
    with (
        pytest.raises(scene.room.painting_window.NotPainted),
        scene.painting.window(Rect(0, 0, 40, 30), SRGB, 72.0) as window,
    ):
        run(window.open(None, None))


def no_room(scene: Any) -> None:
    scene.space = False


def test_nothing_is_smoothed_in_it_and_the_artist_has_their_smoothing_again(scene) -> None:
    paint(scene)
    assert scene.window.seen == NONE
    assert scene.krita.kept[KEY] == STABILIZER
    assert scene.window.closed
    assert scene.krita.documents() == []
    assert scene.later == []


def test_its_strokes_are_as_fast_as_their_events_say_and_the_artist_s_as_before(scene, monkeypatch) -> None:
    seen: list[str | None] = []
    scene.window.then = lambda: seen.append(scene.krita.kept.get(SPEED))
    paint(scene)
    assert seen.pop() is None, "in Qt 6 they say nothing"
    monkeypatch.setattr(scene.room.painting_window, "TIMED", True)
    scene.window.closed = False
    paint(scene)
    assert seen == ["true"]
    assert scene.krita.kept[SPEED] == "false"
    scene.krita.kept[SPEED], scene.window.closed = "true", False
    paint(scene)
    assert scene.krita.kept[SPEED] == "true"


def test_its_view_goes_before_it(scene) -> None:
    """Else Krita ends, where its window is destroyed first."""
    paint(scene)
    assert scene.window.gone == ["view", "window"]


def test_who_smooths_nothing_goes_on_so(scene) -> None:
    scene.krita.kept[KEY] = NONE
    paint(scene)
    assert scene.krita.kept[KEY] == NONE


def test_smoothing_that_could_not_be_put_back_is_later(scene) -> None:
    scene.window.then = lambda: no_room(scene)
    paint(scene)
    assert scene.krita.kept[KEY] == NONE
    scene.later.pop()()
    assert scene.krita.kept[KEY] == NONE
    scene.space = True
    scene.later.pop()()
    assert scene.krita.kept[KEY] == STABILIZER
    assert scene.later == []


def test_a_window_meanwhile_does_not_take_ours_for_the_artist_s(scene) -> None:
    scene.window.then = lambda: no_room(scene)
    paint(scene)
    scene.window.closed, scene.window.then, scene.space = False, lambda: None, True
    paint(scene)
    assert scene.krita.kept[KEY] == STABILIZER
    scene.later.pop()()
    assert scene.later == []


def test_it_is_put_back_at_the_latest_as_krita_closes(scene) -> None:
    scene.window.then = lambda: no_room(scene)
    paint(scene)
    scene.space = True
    scene.painting.close()
    assert scene.krita.kept[KEY] == STABILIZER
    scene.krita.kept[KEY] = NONE
    scene.later.pop()()
    assert (scene.krita.kept[KEY], scene.later) == (NONE, []), "Krita is not asked again"


def test_a_document_that_cannot_be_closed_leaves_neither_window_nor_smoothing(scene) -> None:
    def refuses() -> None:
        raise RuntimeError("deleted")

    with (
        pytest.raises(RuntimeError, match="deleted"),
        scene.painting.window(Rect(0, 0, 40, 30), SRGB, 72.0) as window,
    ):
        steps = window.open(None, None)
        next(steps)
        next(steps)
        scene.krita.open[-1].close = refuses
        with pytest.raises(scene.room.painting_window.NotPainted):
            run(steps)
        scene.krita.kept[KEY] = NONE  # a tool was chosen
    assert scene.window.closed
    assert scene.krita.kept[KEY] == STABILIZER


def test_marks_do_not_follow_each_other_without_giving_way(scene) -> None:
    """However fast Krita paints: else all marks of a preset hold up the window in one go."""
    with scene.painting.window(Rect(0, 0, 40, 30), SRGB, 72.0) as window:
        assert list(window.settled()) == [0]


def test_no_step_of_ours_begins_while_krita_makes_the_window(scene, monkeypatch) -> None:
    """Nor in any other part of the work that lets its event loop run."""
    monkeypatch.setattr(scene.room.view, "modifier_down", lambda: False)
    seen = []

    def work() -> Any:
        for _ in range(2):
            seen.append((nested.under_way(), len(scene.krita.filters)))
            yield 0
            seen.append((nested.under_way(), len(scene.krita.filters)))

    with scene.painting.window(Rect(0, 0, 40, 30), SRGB, 72.0) as window:
        steps = scene.room.painting.safely(window, work())
        for _ in steps:
            assert not nested.under_way()
        assert len(scene.krita.filters) == 1
    assert seen == [(True, 0)] * 4, "Krita sends so many events there that a look at each takes long"


@pytest.mark.parametrize(
    ("mark", "painted"),
    [
        (Rect(112, 240, 160, 32), True),
        (Rect(150, 290, 90, 20), True),  # a brush that lays it beside the way
        (Rect(0, 0, 0, 0), True),  # one that lays none here: an eraser, and who measures it says so
        (Rect(415, 494, 160, 32), False),
    ],
)
def test_a_window_that_paints_elsewhere_is_not_used(scene, monkeypatch, mark: Rect, painted: bool) -> None:
    """Krita 5.3 lays the page out otherwise: all came some 300 px off."""
    module = scene.room.painting_window
    monkeypatch.setattr(module, "Layer", lambda _raw: SimpleNamespace(bounds=mark))
    quiet = {"stroke": None, "clear": None, "settled": (), "_found_again": True, "painting": nullcontext()}
    for name, answer in quiet.items():
        monkeypatch.setattr(module.PaintingWindow, name, lambda *_, answer=answer: answer)
    with scene.painting.window(Rect(0, 0, 40, 30), SRGB, 72.0) as window:
        window._pen = SimpleNamespace(come_in=lambda: None)
        with nullcontext() if painted else pytest.raises(module.NotPainted):
            run(window._warm_up())
