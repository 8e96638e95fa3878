# SPDX-License-Identifier: GPL-3.0-or-later
"""A pen that is down is seen where it shows in no button of Qt's, and never for longer than it is."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from tests.krita_host.fake_krita import fake_krita

TIP, BARREL = 1, 2


@pytest.fixture
def host() -> Iterator[SimpleNamespace]:
    with fake_krita("krita_host.pen_watch", "krita_host.view") as made:
        made.pen_watch.begin()
        yield made


def comes(host: SimpleNamespace, kind: str, buttons: int = 0) -> bool:
    """Whether an event leaves the pen down."""
    for one in host.krita.filters:
        assert one.eventFilter(None, SimpleNamespace(type=lambda: kind, buttons=lambda: buttons)) is False
    assert host.view.button_down() is host.view.painting()
    return host.view.painting()


def test_a_pen_paints_as_long_as_a_button_of_it_is_down(host) -> None:
    assert not comes(host, "pen moved")
    assert comes(host, "pen pressed", TIP)
    assert comes(host, "pen moved", TIP)
    assert comes(host, "pen pressed", TIP | BARREL)
    assert comes(host, "pen let go", TIP)
    assert not comes(host, "pen let go")


@pytest.mark.parametrize("clears", ["pen let go", "pen moved", "pen away", "moved", "let go"])
def test_one_that_went_up_unheard_of_is_not_down_for_ever(host, clears: str) -> None:
    assert comes(host, "pen pressed", TIP)
    assert not comes(host, clears)


def test_a_mouse_is_no_pen(host) -> None:
    """Its buttons are Qt's to tell; one pushed aside does not hide the pen that paints on."""
    assert not comes(host, "moved", TIP)
    assert comes(host, "pen pressed", TIP)
    assert comes(host, "moved", TIP)
    assert not comes(host, "moved")
    assert comes(host, "pen moved", TIP)


def test_an_event_that_tells_nothing_is_kept_from_krita_which_would_show_a_box(host) -> None:
    for one in host.krita.filters:
        assert one.eventFilter(None, SimpleNamespace(type=lambda: "pen pressed")) is False
    assert not host.view.painting()


def test_one_watch_and_none_in_the_end(host) -> None:
    host.pen_watch.begin()
    assert len(host.krita.filters) == 1
    assert comes(host, "pen pressed", TIP)
    host.pen_watch.end()
    host.pen_watch.end()
    assert host.krita.filters == []
    assert not host.view.painting()


def test_nothing_is_heard_where_it_is_paused_nor_after_the_end(host) -> None:
    watching = list(host.krita.filters)
    with host.pen_watch.paused():
        assert host.krita.filters == []
    assert host.krita.filters == watching
    with host.pen_watch.paused():
        host.pen_watch.end()
    assert host.krita.filters == []
