# SPDX-License-Identifier: GPL-3.0-or-later
"""The artist's pen is held back within a step of ours, and hovers before it comes down; nothing gets lost."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.krita_host.fake_krita import fake_krita, run


class Receiver:
    """A window of Qt's, or a widget."""

    def __init__(self, kind: str = ""):
        self.kind = kind
        self.received: list[Any] = []
        self.destroyed = False
        self.filters: list[Any] = []
        self.installEventFilter, self.removeEventFilter = self.filters.append, self.filters.remove

    def isVisible(self) -> bool:  # noqa: N802
        return True

    def isWindowType(self) -> bool:  # noqa: N802
        return not self.kind

    def metaObject(self) -> Any:  # noqa: N802
        return SimpleNamespace(className=lambda: self.kind)


class Event:
    """Of a pen, in the words of Qt 6."""

    def __init__(self, kind: str, point: str = "pen", *, button: int = 1, buttons: int = 1):
        self.type, self.pointerType, self.pointingDevice = lambda: kind, lambda: point, lambda: "their pen"
        self.button, self.buttons = lambda: button, lambda: buttons

    def clone(self) -> Event:
        return Event(self.type(), self.pointerType(), button=self.button(), buttons=self.buttons())


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Any:
    with fake_krita("krita_host.artists_pen", "krita_host.view", "studio.runs.painting") as made:
        monkeypatch.setattr(made.artists_pen, "hovering", lambda _event: Event("pen moved"))
        made.watch = made.artists_pen.ArtistsPen()
        yield made


def kinds(receiver: Receiver) -> list[str]:
    return [event.type() for event in receiver.received]


def test_what_comes_meanwhile_comes_right_after_in_order(room) -> None:
    window, story = Receiver(), ["pen pressed", "pen moved", "moved", "pen let go"]
    with pytest.raises(ZeroDivisionError), room.watch.held_back():
        assert all(room.watch.eventFilter(window, Event(kind)) for kind in story)
        assert not room.watch.eventFilter(window, Event("painted"))
        assert window.received == []
        raise ZeroDivisionError
    assert kinds(window) == story
    assert not room.watch.eventFilter(window, Event("pen pressed"))


def sent(room: Any, window: Receiver) -> Any:
    """How Qt sends an event to a window: whoever looks at all events hears of it first."""

    def send(receiver: Receiver, event: Event) -> None:
        if not any(one.eventFilter(receiver, event) for one in [*room.krita.filters, *receiver.filters]):
            receiver.received.append(event)

    room.artists_pen.QApplication.sendEvent = send
    room.krita.on_screen.append(window)
    return lambda kind: send(window, Event(kind))


def test_only_what_goes_to_windows_is_looked_at_within(room) -> None:
    """Krita may send very many events there; whoever looks at all of them hears of all again afterwards."""
    window = Receiver()
    send = sent(room, window)
    with room.watch.held_back():
        assert room.krita.filters == []
        send("pen pressed")
        assert window.received == []
    assert (room.krita.filters, window.filters) == ([room.watch], [])
    assert kinds(window) == ["pen pressed"]
    with room.watch.held_back():
        room.watch.leave()
    assert (room.krita.filters, window.filters) == ([], [])


@pytest.mark.parametrize("asked", ["dialog", "menu"])
def test_what_krita_waits_for_is_not_held_back(room, asked: str) -> None:
    """A dialog that opens within is closed by the artist, and by nobody else."""
    window = Receiver()
    send = sent(room, window)
    with room.watch.held_back():
        send("pen pressed")
        send("pen let go")
        assert kinds(window) == []
        setattr(room.krita, asked, object())
        send("pressed")
        send("let go")
        assert kinds(window) == ["pen pressed", "pen let go", "pressed", "let go"]
        setattr(room.krita, asked, None)
        send("moved")
        assert len(window.received) == 4
    assert kinds(window)[4:] == ["moved"]


def test_what_comes_while_a_dialog_opens_keeps_its_order(room) -> None:
    """A press that was held opens it, and its own release is not yet delivered."""
    window = Receiver()
    send = sent(room, window)
    deliver = room.artists_pen.QApplication.sendEvent

    def opens(receiver: Receiver, event: Event) -> None:
        deliver(receiver, event)
        if event.type() == "pressed":
            send("pressed twice")

    room.artists_pen.QApplication.sendEvent = opens
    with room.watch.held_back():
        for kind in ("pressed", "moved", "let go"):
            send(kind)
    assert kinds(window) == ["pressed", "moved", "let go", "pressed twice"]


def test_no_more_is_held_back_than_an_artist_waits_for(room) -> None:
    window, most = Receiver(), room.artists_pen.MOST
    send = sent(room, window)
    with room.watch.held_back():
        for _ in range(most):
            send("pen moved")
        assert window.received == []
        send("pen let go")
        send("pressed")
        assert kinds(window) == ["pen moved"] * most + ["pen let go", "pressed"]
    with room.watch.held_back():
        send("pen pressed")
        assert len(window.received) == most + 2


def test_no_hover_goes_into_a_stroke(room) -> None:
    """Where a button on the pen's barrel is pressed while it paints."""
    theirs = Receiver("KisOpenGLCanvas2")
    assert not room.watch.eventFilter(theirs, Event("pen pressed", button=2, buttons=3))
    assert theirs.received == []
    assert not room.watch.eventFilter(theirs, Event("pen pressed", button=2, buttons=2))
    assert kinds(theirs) == ["pen moved"]


def test_a_pen_hovers_over_the_artist_s_canvas_before_it_comes_down(room) -> None:
    theirs, ours, button = (
        Receiver("KisOpenGLCanvas2"),
        Receiver("KisQPainterCanvas"),
        Receiver("QPushButton"),
    )
    room.watch.ours = ours
    for receiver in (theirs, ours, button):
        for kind in ("pen pressed", "pen moved", "pen let go", "pressed"):
            assert not room.watch.eventFilter(receiver, Event(kind))
    assert (kinds(theirs), kinds(ours), kinds(button)) == (["pen moved"], [], [])


def test_the_artist_s_pen_is_known_but_not_the_end_that_erases(room) -> None:
    window = Receiver()
    assert room.watch.pen is None
    room.watch.eventFilter(window, Event("pen moved", "eraser"))
    assert room.watch.pen is None
    room.watch.eventFilter(window, Event("pen moved"))
    assert room.watch.pen.device == "their pen"
    room.watch.eventFilter(window, Event("pen moved", "eraser"))
    assert room.watch.pen.device == "their pen"


def test_nothing_goes_up_to_krita_and_no_watch_is_left(room) -> None:
    def broken() -> bool:
        raise RuntimeError

    window = Receiver()
    window.isWindowType = broken  # type: ignore[method-assign]
    assert not room.watch.eventFilter(window, Event("pen pressed"))
    room.watch.leave()
    room.watch.leave()
    assert room.krita.filters == []


@pytest.mark.parametrize("held_up", ["pen", "key"])
def test_no_part_of_a_work_begins_while_the_artist_paints(room, monkeypatch, held_up) -> None:
    """Nor its first step, which comes after whatever another part has waited for."""
    busy, done = [True], []
    waits = {"pen": "painting", "key": "modifier_down"}
    for name in waits.values():
        monkeypatch.setattr(room.view, name, lambda name=name: busy[0] and name == waits[held_up])
    window = SimpleNamespace(lost=False, undisturbed=room.watch.held_back)

    def work() -> Any:
        done.append(busy[0])
        yield 0
        done.append(busy[0])

    steps = room.painting.safely(window, work())
    for _ in range(5):
        next(steps)
    assert done == []
    busy[0] = False
    next(steps)
    busy[0] = True
    for _ in range(5):
        next(steps)
    busy[0] = False
    run(steps)
    assert done == [False, False]
