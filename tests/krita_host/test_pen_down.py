# SPDX-License-Identifier: GPL-3.0-or-later
"""What hears of the pen before Krita never stands in its way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from tests.krita_host.fake_krita import fake_krita


class Page:
    """A document of two layers, of which the second is selected."""

    def __init__(self) -> None:
        self.selected = SimpleNamespace(identity="copy")
        self.raw: object = None

    def active_layer(self) -> SimpleNamespace:
        return self.selected

    def layer(self, identity: str) -> SimpleNamespace:
        return SimpleNamespace(identity=identity)

    def activate(self, layer: SimpleNamespace) -> None:
        self.selected = layer


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    with fake_krita("krita_host.application", "krita_host.pen_down") as made:
        monkeypatch.setattr(made.application, "is_active", lambda _document: True)
        yield made


def stay(host: SimpleNamespace, page: Page, left_for: Callable[[SimpleNamespace], bool]) -> None:
    with host.pen_down.strokes_stay_on(page, SimpleNamespace(identity="home"), left_for):
        host.krita.press("pen pressed")
    assert host.krita.filters == [], "it goes on hearing of everything"


def test_a_stroke_that_begins_lands_where_the_artist_was(host: SimpleNamespace) -> None:
    page = Page()
    stay(host, page, lambda now: now.identity == "copy")
    assert page.selected.identity == "home"


def test_a_layer_that_the_artist_chose_stays(host: SimpleNamespace) -> None:
    page = Page()
    stay(host, page, lambda _now: False)
    assert page.selected.identity == "copy"


def test_an_error_is_kept_from_krita_which_would_show_a_box(host: SimpleNamespace) -> None:
    page = Page()
    stay(host, page, lambda _now: 1 / 0 > 0)
    assert page.selected.identity == "copy"
