# SPDX-License-Identifier: GPL-3.0-or-later
"""Which layer's ink is remembered where: while Krita runs, and in the document's file."""

from __future__ import annotations

import weakref

import numpy as np
import pytest

from smart_lineart.inking import DamagedRecord, InkRecord, Rect
from smart_lineart.studio.document import records as module
from smart_lineart.studio.document.records import IN_MEMORY, Records


class FakeDocument:
    def __init__(self, kept: dict[str, bytes] | None = None):
        self.kept = dict(kept or {})

    def data(self, key: str, most: int = 0) -> bytes | None:
        return self.kept.get(key)

    def set_data(self, key: str, _title: str, data: bytes) -> None:
        self.kept[key] = data

    def remove_data(self, key: str) -> None:
        del self.kept[key]

    def data_keys(self) -> list[str]:
        return list(self.kept)


def ink(value: int) -> InkRecord:
    return InkRecord.of(np.full((5, 7), value, np.uint8), Rect(0, 0, 7, 5), thickness=3.0)


def shade(record: InkRecord | None) -> int:
    assert record is not None
    return int(record.coverage()[0, 0])


def test_a_record_is_kept_in_the_file_and_found_when_it_is_opened_again() -> None:
    document = FakeDocument()
    Records().put(document, "{a}", ink(3))  # type: ignore[arg-type]
    assert list(document.kept) == ["smart_lineart/ink/a"]
    opened = FakeDocument(document.kept)
    records = Records()
    assert shade(records.get(opened, "{a}")) == 3  # type: ignore[arg-type]
    assert records.get(opened, "{b}") is None  # type: ignore[arg-type]
    assert records.get(FakeDocument(), "{a}") is None  # type: ignore[arg-type]


def test_frames_have_records_of_their_own_and_go_along() -> None:
    document = FakeDocument()
    Records().put(document, "{a}", ink(1), 0)  # type: ignore[arg-type]
    Records().put(document, "{a}", ink(2), 12)  # type: ignore[arg-type]
    records = Records()  # the file was opened again
    records.carry(document, "{a}", "{b}")  # type: ignore[arg-type]
    assert [shade(records.get(document, "{b}", time)) for time in (0, 12)] == [1, 2]  # type: ignore[arg-type]
    assert records.get(document, "{b}") is None  # type: ignore[arg-type]


def test_the_file_keeps_the_newest_layers_and_the_one_undo_brought_back() -> None:
    document, records = FakeDocument(), Records()
    layers = [f"{{{name}}}" for name in "abcdef"]
    for number, layer in enumerate(layers, 1):
        records.put(document, layer, ink(number))  # type: ignore[arg-type]
    document.kept["smart_lineart/state"] = b"{}"
    document.kept["another/plugin"] = b"x"
    records.tidy(document, layers, "{f}")  # type: ignore[arg-type]
    assert sorted(key[-1] for key in document.kept if "/ink/" in key) == ["d", "e", "f"]
    assert {"smart_lineart/state", "another/plugin"} <= set(document.kept)
    records.tidy(document, layers, "{a}")  # type: ignore[arg-type]
    assert "smart_lineart/ink/a" in document.kept
    assert shade(Records().get(document, "{a}")) == 1  # type: ignore[arg-type]


def test_damage_is_told_and_a_damaged_layer_does_not_stop_the_others() -> None:
    document = FakeDocument({"smart_lineart/ink/a": b"nonsense", "smart_lineart/ink/a@x": b""})
    records = Records()
    with pytest.raises(DamagedRecord):
        records.get(document, "{a}")  # type: ignore[arg-type]
    records.carry(document, "{a}", "{b}")  # type: ignore[arg-type]
    assert records.get(document, "{b}") is None  # type: ignore[arg-type]


class Same(FakeDocument):
    """One of several objects for the same document, as Krita gives them."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same)


def test_one_object_of_a_document_is_kept_however_often_it_is_told() -> None:
    records, first, again = Records(), Same(), Same()
    gone = weakref.ref(again)
    records.put(first, "{a}", ink(10))  # type: ignore[arg-type]
    records.put(again, "{b}", ink(20))  # type: ignore[arg-type]
    del again
    assert gone() is None
    assert records.get(first, "{b}") is not None  # type: ignore[arg-type]


def test_what_is_kept_in_memory_is_bounded_but_the_last_always_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    records, document = Records(), FakeDocument()
    size = ink(10).nbytes
    monkeypatch.setattr(module, "IN_MEMORY", 2 * size)
    for number in range(3):
        records.put(document, f"{{{number}}}", ink(10))  # type: ignore[arg-type]
    document.kept.clear()
    there = [records.get(document, f"{{{number}}}") is not None for number in range(3)]  # type: ignore[arg-type]
    assert there == [False, True, True]
    monkeypatch.setattr(module, "IN_MEMORY", size - 1)
    records.put(document, "{large}", ink(10))  # type: ignore[arg-type]
    document.kept.clear()
    assert records.get(document, "{large}") is not None  # type: ignore[arg-type]
    assert records.get(document, "{2}") is None  # type: ignore[arg-type]
    assert IN_MEMORY == 256 << 20
