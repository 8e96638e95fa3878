# SPDX-License-Identifier: GPL-3.0-or-later
"""A document that is closed while Krita waits in a call of ours lives until that has returned."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from smart_lineart import nested
from tests.krita_host.fake_krita import Document


class Destroyable:
    """An object of Krita's, which C++ destroys."""

    def __init__(self, kind: str):
        self.kind, self.times = kind, 0

    @property
    def destroyed(self) -> bool:
        return self.times > 0

    def inherits(self, kind: str) -> bool:
        return kind == self.kind

    def destroy(self) -> None:
        self.times += 1


@pytest.fixture
def raw(host) -> Document:
    return host.krita.show(Document())


@pytest.fixture
def held(host, raw) -> Destroyable:
    """What Krita holds the document's pixels in."""
    one = Destroyable("KisDocument")
    raw.meanwhile = lambda: host.krita.delete_later(one)
    return one


def test_a_document_closed_while_krita_composes_is_destroyed_afterwards(host, raw, held) -> None:
    at_return = []
    compose = raw.refreshProjection
    raw.refreshProjection = lambda: (compose(), at_return.append(held.destroyed))
    host.document.Document(raw).refresh()
    assert at_return == [False]
    assert not held.destroyed  # nor in the step that is under way
    host.krita.turn()
    assert held.times == 1
    assert host.krita.filters == []


def test_a_window_closed_meanwhile_is_destroyed_afterwards(host, raw) -> None:
    """The docker that asked for the selected layer lies in it, and has not gone on yet."""
    window, seen = Destroyable("KisMainWindow"), []

    def closed() -> Any:
        host.krita.delete_later(window)
        return None

    raw.activeNode = closed
    host.document.Document(raw).active_layer()
    seen.append(window.times)
    host.krita.turn()
    assert [*seen, window.times] == [0, 1]


def test_what_was_held_back_goes_when_krita_ends(host, raw, held) -> None:
    host.document.Document(raw).refresh()
    host.krita.about_to_quit.emit()
    assert held.times == 1
    host.krita.about_to_quit.emit()
    assert held.times == 1


def test_what_krita_wishes_twice_is_destroyed_once(host, raw, held) -> None:
    raw.meanwhile = lambda: (host.krita.delete_later(held), host.krita.delete_later(held))
    host.document.Document(raw).refresh()
    host.krita.turn()
    assert held.times == 1


def test_it_is_not_destroyed_while_krita_waits_again(host, raw, held) -> None:
    document = host.document.Document(raw)
    document.refresh()
    seen = []
    raw.meanwhile = lambda: (host.krita.turn(), seen.append(held.destroyed))
    document.refresh()
    assert seen == [False]
    assert min(host.krita.waits[1:]) > 0, "it takes all the time there is while Krita waits"
    host.krita.turn()
    assert held.times == 1


def test_a_call_within_another_keeps_it_until_the_outer_one_has_returned(host, raw, held) -> None:
    with host.outlived.outlived():
        host.document.Document(raw).refresh()
        host.krita.turn()
        assert nested.under_way()
        assert not held.destroyed
    assert not nested.under_way()
    host.krita.turn()
    assert held.times == 1


def test_anything_else_is_destroyed_when_krita_wishes(host, raw) -> None:
    other, seen = Destroyable("KisView"), []
    raw.meanwhile = lambda: (host.krita.delete_later(other), seen.append(other.times))
    host.document.Document(raw).refresh()
    assert seen == [1]


class TestSparingly:
    """No event is looked at before something was closed."""

    def test_a_document_closed_meanwhile_is_destroyed_afterwards(self, host, held) -> None:
        host.krita.notifies = True
        with host.outlived.outlived(sparing=True):
            assert host.krita.filters == []
            host.krita.signals["imageClosed"].emit("drawing.kra")
            host.krita.delete_later(held)
            assert nested.under_way()
        assert (held.times, host.krita.filters) == (0, [])
        host.krita.turn()
        assert held.times == 1
        host.krita.signals["imageClosed"].emit("another.kra")
        assert host.krita.filters == []

    def test_a_window_closed_meanwhile_is_destroyed_afterwards(self, host) -> None:
        window, watching = Destroyable("KisMainWindow"), []
        window.installEventFilter, window.removeEventFilter = watching.append, watching.remove
        host.krita.main_windows.append(SimpleNamespace(qwindow=lambda: window))
        with host.outlived.outlived(sparing=True):
            (keeper,) = watching
            assert keeper.eventFilter(window, SimpleNamespace(type=lambda: "close")) is False
            host.krita.delete_later(window)
        assert (window.times, watching, host.krita.filters) == (0, [], [])
        host.krita.turn()
        assert window.times == 1


def test_an_error_leaves_nothing_behind(host, raw, held) -> None:
    def fail() -> None:
        host.krita.delete_later(held)
        raise ZeroDivisionError

    raw.meanwhile = fail
    with pytest.raises(ZeroDivisionError):
        host.document.Document(raw).refresh()
    assert host.krita.filters == []
    assert not nested.under_way()
    host.krita.turn()
    assert held.times == 1


def test_all_that_waits_is_called_so(host, raw) -> None:
    """Conversions, Krita's own actions, and which layer is selected, where Krita delivers what it put off."""
    seen = []
    watch = lambda *_: seen.append(nested.under_way())  # noqa: E731
    node = raw.add("Layer")
    node.setColorSpace = watch
    raw.createNode = lambda *_: node
    host.krita.createDocument = lambda *_: raw
    host.colour.convert(bytes(4), 1, 1, node.form, host.colour.PixelFormat("GRAYA", "U8", "any"))
    host.krita.action("edit_undo").trigger = watch
    host.application.trigger("edit_undo")
    raw.activeNode = raw.setActiveNode = watch
    host.document.Document(raw).active_layer()
    host.document.Document(raw).activate(host.layer.Layer(node))
    assert seen == [True] * 5
