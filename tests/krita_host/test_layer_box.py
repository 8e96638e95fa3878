# SPDX-License-Identifier: GPL-3.0-or-later
"""Krita's list of layers shows at once what was changed from here, and never without a document."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.krita_host.fake_krita import Document


class Layers:
    """Krita's list: `rows` of the document in front, and how often it was told to show what is new."""

    def __init__(self, kind: str = "KisNodeModel", rows: int = 2):
        self.kind, self.rows, self.shown = kind, rows, 0

    def metaObject(self) -> Any:  # noqa: N802 (Qt's name)
        return SimpleNamespace(className=lambda: self.kind)

    def rowCount(self) -> int:  # noqa: N802 (Qt's name)
        return self.rows

    def processUpdateQueue(self) -> None:  # noqa: N802 (Krita's name)
        self.shown += 1


def docker(name: str, *lists: Layers) -> Any:
    return SimpleNamespace(objectName=lambda: name, findChildren=lambda _kind: list(lists))


@pytest.fixture
def layer(host) -> Any:
    return host.layer.Layer(host.krita.show(Document()).add("Sketch"))


def change(layer: Any, what: str) -> None:
    {
        "name": lambda: layer.rename("Rough"),
        "eye": lambda: layer.set_visible(False),
        "opacity": lambda: layer.set_opacity(100),
    }[what]()


@pytest.mark.parametrize("what", ["name", "eye", "opacity"])
def test_what_was_changed_is_shown_within_a_tenth_of_a_second(host, layer, what: str) -> None:
    """Until then Krita ends if the document is closed; Krita hears of a change a turn later or more."""
    layers, other = Layers(), Layers("KisNodeFilterProxyModel")
    host.krita.boxes = [docker("KisLayerBox", layers, other), docker("Other", Layers())]
    change(layer, what)
    assert layers.shown == 0
    waits = [one for one in host.krita.waits if one != host.layer_box.WATCHED_MS]
    assert waits[0] == 0
    assert max(waits) < 100
    host.krita.turn()
    assert layers.shown == len(waits) > 1
    assert other.shown == 0


def test_more_changes_at_a_time_wait_for_no_more_turns(host, layer) -> None:
    change(layer, "name")
    once = len(host.krita.timers)
    change(layer, "eye")
    assert len(host.krita.timers) == once
    host.krita.turn()
    change(layer, "opacity")
    assert len(host.krita.timers) == once


def test_a_list_without_a_document_is_left_alone(host, layer) -> None:
    layers = Layers(rows=0)
    host.krita.boxes = [docker("KisLayerBox", layers)]
    change(layer, "name")
    host.krita.turn()
    assert layers.shown == 0


def test_no_window_that_is_gone_is_asked_for_its_list(host, layer) -> None:
    """Krita asks the window in front for its dockers without looking whether there is one."""
    layers = Layers()
    host.krita.boxes = [docker("KisLayerBox", layers)]
    change(layer, "name")
    host.krita.has_window = False
    host.krita.turn()
    assert layers.shown == 0


def test_it_is_shown_before_the_document_is_closed(host, layer) -> None:
    """On a busy machine the turns in which it is to be shown come later than that."""
    layers, view = Layers(), host.krita.watching_view
    host.krita.boxes = [docker("KisLayerBox", layers)]
    change(layer, "name")
    change(layer, "eye")
    (guard,) = view
    assert guard.eventFilter(None, SimpleNamespace(type=lambda: "painted")) is False
    assert layers.shown == 0
    assert guard.eventFilter(None, SimpleNamespace(type=lambda: "close")) is False
    assert layers.shown == 1


def test_a_view_is_watched_for_a_while_from_the_last_change_on(host, layer) -> None:
    watching = host.krita.watching_view
    change(layer, "name")
    host.krita.turn()
    assert watching == []
    change(layer, "name")
    change(layer, "eye")
    host.krita.turn()
    assert len(watching) == 1
    host.krita.view_in_front.destroyed = True
    host.krita.turn()
    assert host.layer_box._guards == []


def test_what_goes_wrong_there_is_kept_from_krita_which_would_show_a_box(host, layer) -> None:
    change(layer, "name")
    host.krita.has_window = None  # asked for dockers then, Krita ends
    host.krita.activeWindow = lambda: 1 / 0
    (guard,) = host.krita.watching_view
    assert guard.eventFilter(None, SimpleNamespace(type=lambda: "close")) is False
