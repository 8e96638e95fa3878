# SPDX-License-Identifier: GPL-3.0-or-later
"""With which brush a sketch was redrawn, kept in the document."""

from __future__ import annotations

import pytest

from tests.krita_host.fake_krita import fake_krita

with fake_krita("studio.document.redrawn") as room:
    redrawn = room.redrawn


class Notes:
    """What a document keeps, and nothing else of it."""

    def __init__(self, text: str = ""):
        self.text = text

    def note(self, key: str) -> str:
        assert key == redrawn.KEY
        return self.text

    def set_note(self, key: str, _title: str, text: str) -> None:
        assert key == redrawn.KEY
        self.text = text


def test_each_sketch_has_its_brush() -> None:
    document = Notes()
    redrawn.remember(document, "one", "Ink")
    redrawn.remember(document, "two", "Chalk")
    redrawn.remember(document, "one", "Pencil")
    assert redrawn.brush_of(document, "one") == "Pencil"
    assert redrawn.brush_of(document, "two") == "Chalk"
    assert redrawn.brush_of(document, "three") == ""


@pytest.mark.parametrize(
    "text", ["nonsense", "[1, 2]", '{"one": 3}', '{"one": "' + "x" * 999 + '"}', "[" * 9999]
)
def test_anything_may_be_in_a_file(text: str) -> None:
    document = Notes(text)
    assert redrawn.brush_of(document, "one") == ""
    redrawn.remember(document, "one", "Ink")
    assert redrawn.brush_of(document, "one") == "Ink"


def test_it_does_not_grow_without_end() -> None:
    document = Notes()
    for number in range(redrawn.MOST + 20):
        redrawn.remember(document, str(number), "Ink")
    assert redrawn.brush_of(document, "0") == ""
    assert redrawn.brush_of(document, str(redrawn.MOST + 19)) == "Ink"
    assert len(document.text) < 100 * redrawn.MOST
